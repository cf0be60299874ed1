#include "engine/suspects.h"

#include "base/clock.h"
#include "state/owner.h"
#include "base/banned.h"

/* AWS takes no request that was signed longer ago, whatever the service. */
enum { SUSPECT_MS = 15 * 60 * 1000 };

static bool makes(const struct intent *i)
{
	return str_eq(i->action, "create") || str_eq(i->action, "replace");
}

static bool removes(const struct intent *i)
{
	return str_eq(i->action, "delete") || (str_eq(i->action, "replace") && !i->create_first);
}

int64_t engine_settle_ms(const struct engine *e, const struct type *type)
{
	return e->provider->settle_ms ? e->provider->settle_ms(type) : 0;
}

bool suspect_is_lost(const struct intent *i)
{
	return makes(i) && !i->id && i->status == INTENT_OPEN;
}

static bool is_open_delete(const struct intent *i)
{
	return removes(i) && !i->deleted && i->status == INTENT_OPEN;
}

bool suspect_expired(const struct intent *suspect)
{
	return suspect->until && clock_parse(suspect->until) * 1000 <= clock_unix_ms();
}

/* Whole seconds: never earlier. */
static const char *in_ms(struct arena *a, int64_t ms)
{
	return clock_iso8601(a, (clock_unix_ms() + ms) / 1000 + 1);
}

/* Time passes only once it was looked for in vain, whenever that was. */
static void begin_to_expire(struct arena *a, struct intent *i)
{
	if (!i->until && i->looked_for)
		i->until = in_ms(a, SUSPECT_MS);
}

static struct intent *copy_of(struct arena *a, const struct intent *of, const char *operation,
			      const char *since)
{
	struct intent *i = arena_new_of(a, struct intent);

	*i = *of;
	i->operation = operation;
	i->since = since;
	return i;
}

static void keep(struct journal *j, struct intent *i)
{
	begin_to_expire(j->a, i);
	vec_push(j->a, &j->doc->suspects, i);
}

static struct intent *add(struct journal *j, const struct intent *of, const char *action,
			  const struct operation_doc *doc)
{
	struct intent *i = copy_of(j->a, of, doc->id, doc->started);

	i->action = action;
	keep(j, i);
	return i;
}

struct intent *suspect_of(struct arena *a, const struct intent *of, const char *operation,
			  const char *since)
{
	struct intent *i = copy_of(a, of, operation, since);

	i->status = INTENT_OPEN;
	i->id = i->ret_incarnation = i->error = NULL;
	i->props = i->attributes = NULL;
	i->until = NULL;
	i->looked_for = false;
	return i;
}

static int64_t late_ms(const struct journal *j, const struct intent *i)
{
	const struct provider *p = j->e->provider;
	const struct type *type = p->type(i->type);

	return type && p->late_ms ? p->late_ms(type) : 0;
}

void suspects_add(struct journal *j, const struct intent *i)
{
	struct intent *suspect = suspect_of(j->a, i, j->doc->id, j->doc->started);

	suspect->looked_for = true;
	keep(j, suspect);
}

/* Of a run on this host that is gone nothing is under way after a moment, see engine_arrival_left. */
static void inherit_deletes(struct journal *j, const struct operation_doc *previous)
{
	if (owner_status(previous->owner) == OWNER_GONE)
		return;
	for (size_t n = 0; n < previous->intents.len; n++) {
		const struct intent *i = previous->intents.items[n];

		if (is_open_delete(i))
			add(j, i, "delete", previous)->until = in_ms(j->a, late_ms(j, i));
	}
}

void suspects_inherit(struct journal *j, const struct operation_doc *previous)
{
	if (!previous)
		return;
	for (size_t n = 0; n < previous->suspects.len; n++) {
		begin_to_expire(j->a, previous->suspects.items[n]);
		if (!suspect_expired(previous->suspects.items[n]))
			vec_push(j->a, &j->doc->suspects, previous->suspects.items[n]);
	}
	if (previous->free)
		return;
	for (size_t n = 0; n < previous->intents.len; n++)
		if (suspect_is_lost(previous->intents.items[n]))
			add(j, previous->intents.items[n], previous->intents.items[n]->action,
			    previous);
	inherit_deletes(j, previous);
}

/* The stack may have changed since: then the suspect is another object. */
static bool is_same(const struct intent *suspect, const struct state_object *o)
{
	value_each_pair(suspect->identity, p) {
		const struct value *have = value_get(o->props, p->key);

		if (!have || !value_equal(have, p->value))
			return false;
	}
	return true;
}

/* AWS makes but one of them, and the state has it. */
static bool is_made(const struct journal *j, const struct intent *suspect)
{
	const struct type *type = j->e->provider->type(suspect->type);
	const struct state_resource *r = state_get(j->s, suspect->address);

	if (type && engine_settle_ms(j->e, type) > 0)
		return false;
	return r && r->current && str_eq(r->current->marker, suspect->nonce) &&
	       is_same(suspect, r->current);
}

void suspects_settle(struct journal *j)
{
	size_t kept = 0;

	for (size_t n = 0; n < j->doc->suspects.len; n++) {
		struct intent *i = j->doc->suspects.items[n];

		if (!i->id && !suspect_expired(i) && !is_made(j, i))
			j->doc->suspects.items[kept++] = i;
	}
	j->doc->suspects.len = kept;
	for (size_t n = 0; n < j->doc->intents.len; n++) {
		const struct intent *i = j->doc->intents.items[n];

		if (suspect_is_lost(i) && i->error)
			add(j, i, i->action, j->doc);
	}
}

int64_t suspects_since_ms(const struct operation_doc *doc, const char *nonce)
{
	int64_t first = 0;

	for (size_t n = 0; n < doc->suspects.len; n++) {
		int64_t since = clock_parse(doc->suspects.items[n]->since) * 1000;

		if (str_eq(doc->suspects.items[n]->nonce, nonce) && since > 0 &&
		    (!first || since < first))
			first = since;
	}
	return first;
}

int64_t suspects_hold_ms(const struct operation_doc *doc, const struct type *type)
{
	int64_t now = clock_unix_ms(), most = 0;

	for (size_t n = 0; n < doc->suspects.len; n++) {
		const struct intent *i = doc->suspects.items[n];
		int64_t left = i->until ? clock_parse(i->until) * 1000 - now : 0;

		if (str_eq(i->action, "delete") && str_eq(i->type, type->name) && left > most)
			most = left;
	}
	return most;
}
