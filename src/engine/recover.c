/* recover.c - what became of creates whose result nobody knows. Reads only. */
#include "base/clock.h"
#include "engine/identity.h"
#include "engine/pool.h"
#include "engine/run.h"
#include "engine/settle.h"
#include "engine/suspects.h"
#include "base/banned.h"

enum { WORKERS = 16, POLL_MS = 200, ARRIVAL_MS = 10 * 1000 };

enum lookup_status { LOOKUP_OPEN, LOOKUP_RUNNING, LOOKUP_FOUND, LOOKUP_NOT_FOUND, LOOKUP_FAILED };

struct lookup {
	struct job job; /* first */
	struct engine *e;
	struct intent *intent;
	bool suspect; /* of an earlier operation: a later one may have made the object anew */
	const char *operation;
	const struct type *type;
	struct value *identity; /* resolved */
	struct operation op;
	enum lookup_status status;
	bool again; /* what it found is another's */
	bool twice; /* its object is there: a second one, had the create been sent twice */
};
struct recovering {
	struct engine *e;
	struct arena *a;
	struct state *s;
	struct operation_doc *op;
	VEC(struct lookup *) all;
	struct pool *pool;
	size_t running;
	struct diags *d;
};

int64_t engine_arrival_left(struct engine *e, const struct operation_doc *op, struct diags *d)
{
	int64_t whole = e->arrival_ms ? e->arrival_ms : ARRIVAL_MS, age;
	bool open = false;

	for (size_t n = 0; op && !op->free && n < op->intents.len; n++)
		open = open || op->intents.items[n]->status == INTENT_OPEN;
	if (!open)
		return 0;
	age = e->backend->age_ms(e->backend, OBJECT_OPERATION, d);
	return age < 0 ? whole : age < whole ? whole - age : 0;
}

/* --- what is to be looked for --- */

static struct lookup *add(struct recovering *r, struct intent *i, const char *operation,
			  const char *since, bool suspect)
{
	struct lookup *l = arena_new_of(r->a, struct lookup);
	int64_t began = clock_parse(since);

	l->e = r->e;
	l->intent = i;
	l->suspect = suspect;
	l->operation = operation;
	l->type = r->e->provider->type(i->type);
	l->op.since_ms = began > 0 ? began * 1000 : 0;
	vec_push(r->a, &r->all, l);
	return l;
}

/* Made, and nothing but its id was on record when the run died. */
static bool is_bare(const struct intent *i)
{
	return i->id && !i->attributes && i->status == INTENT_OPEN;
}

static void collect(struct recovering *r)
{
	struct operation_doc *op = r->op;

	for (size_t n = 0; !op->free && n < op->intents.len; n++) {
		struct intent *i = op->intents.items[n];

		if (suspect_is_lost(i) || is_bare(i))
			add(r, i, op->id, op->started, false);
	}
	for (size_t n = 0; n < op->suspects.len; n++) {
		struct intent *i = op->suspects.items[n];

		if (suspect_is_lost(i) && !suspect_expired(i))
			add(r, i, i->operation, i->since, true);
	}
}

static bool depends_on(const struct intent *i, const char *address)
{
	for (size_t n = 0; n < i->depends.len; n++)
		if (str_eq(i->depends.items[n], address))
			return true;
	return false;
}

/* What it needs may turn up yet; the other one of a create is looked for when all else is found, as
 * it may look like another create's. */
static bool must_wait(const struct recovering *r, const struct lookup *l)
{
	for (size_t n = 0; n < r->all.len; n++) {
		const struct lookup *other = r->all.items[n];

		if (other == l || other->twice || other->status > LOOKUP_RUNNING)
			continue;
		if (l->twice || depends_on(l->intent, other->intent->address))
			return true;
	}
	return false;
}

/* --- looking --- */

static void run_lookup(struct job *j)
{
	struct lookup *l = (struct lookup *)j;
	struct operation *op = &l->op;

	op->arena = arena_new();
	op->diags = diags_new(op->arena);
	if (l->e->provider->run(l->e->provider, &op, 1))
		op->failed = -1;
}

const char *engine_marker(struct arena *a, const struct state *s, const char *nonce)
{
	return arena_printf(a, "%s/%s", s->lineage, nonce);
}

const char *const *engine_known_ids(struct arena *a, const struct state *s, const struct type *type)
{
	VEC(const char *) ids = { 0 };

	state_each(s, r)
	{
		if (!str_eq(r->type, type->name))
			continue;
		if (r->current && r->current->id)
			vec_push(a, &ids, r->current->id);
		for (size_t i = 0; i < r->deposed.len; i++)
			vec_push(a, &ids, r->deposed.items[i]->id);
	}
	vec_push(a, &ids, NULL);
	return ids.items;
}

/* Ids that what is looked for cannot have. That of the old object it may, when that goes first. */
static const char *const *known_to(const struct recovering *r, const struct lookup *l)
{
	const struct intent *i = l->intent;
	bool reuses = str_eq(i->action, "replace") && !i->create_first;
	const char *const *ids = engine_known_ids(r->a, r->s, l->type);
	VEC(const char *) known = { 0 };

	for (; *ids; ids++)
		if (!reuses || !str_eq(*ids, i->old_id))
			vec_push(r->a, &known, *ids);
	vec_push(r->a, &known, NULL);
	return known.items;
}

static bool parents_are_there(const struct recovering *r, const struct intent *i)
{
	for (size_t n = 0; n < i->depends.len; n++) {
		const struct state_resource *needed = state_get(r->s, i->depends.items[n]);

		if (!needed || !needed->current)
			return false;
	}
	return true;
}

/* True when there is nothing to ask AWS. */
static bool ends_unasked(struct recovering *r, struct lookup *l)
{
	struct intent *i = l->intent;
	int unknown = identity_resolve(r->a, r->s, i->identity, &l->identity);

	if (i->id) /* that is enough */
		return false;
	/* A create begins when all that it needs is there: what is not there was not, either. */
	if (!l->suspect && !parents_are_there(r, i))
		i->status = INTENT_FAILED;
	else if (!unknown) {
		/* What it refers to may change before it turns up. */
		i->identity = l->identity;
		return false;
	}
	i->looked_for = !parents_are_there(r, i);
	l->status = LOOKUP_NOT_FOUND;
	return true;
}

static void begin(struct recovering *r, struct lookup *l)
{
	if (ends_unasked(r, l))
		return;
	l->op = (struct operation){ .kind = OPERATION_READ,
				    .address = l->intent->address,
				    .type = l->type,
				    .id = l->intent->id,
				    .wanted = l->identity,
				    .since_ms = l->op.since_ms,
				    .cancelled = engine_stop_asked,
				    .ctx = r->e };
	if (!l->intent->id) {
		l->op.marker = engine_marker(r->a, r->s, l->intent->nonce);
		l->op.known = known_to(r, l);
	}
	l->status = LOOKUP_RUNNING;
	l->job.run = run_lookup;
	r->running++;
	pool_add(r->pool, &l->job);
}

static void begin_all(struct recovering *r, bool all)
{
	for (size_t n = 0; n < r->all.len && !engine_stop_asked(r->e); n++) {
		struct lookup *l = r->all.items[n];

		if (l->status != LOOKUP_OPEN || (!all && must_wait(r, l)))
			continue;
		if (!l->type) {
			l->status = LOOKUP_FAILED;
			diag_error(r->d, D_CONFIG, NO_SPAN,
				   "%s: the type %s is unknown to this cinfra", l->intent->address,
				   l->intent->type);
			diag_hint(r->d, "use the version of cinfra that the last run used");
			continue;
		}
		begin(r, l);
	}
}

/* --- what was found --- */

/* The address has another object by now: this one is surplus. The nonce alone may be the key of the
 * object that was replaced. */
static void add_surplus(struct recovering *r, const struct lookup *l)
{
	struct state_resource *entry = state_get(r->s, l->intent->address);
	struct state_object *o = arena_new_of(r->a, struct state_object);

	*o = (struct state_object){ .id = l->intent->id,
				    .incarnation = l->intent->ret_incarnation,
				    .marker = l->intent->nonce,
				    .props = l->intent->props,
				    .attributes = l->intent->attributes,
				    .deposed = arena_printf(r->a, "%s.%s", l->intent->nonce,
							    l->intent->id) };
	if (!state_deposed(entry, o->deposed))
		vec_push(r->a, &entry->deposed, o);
}

/* What AWS makes twice may have been sent twice, and the other one may still arrive: it is looked
 * for at once, and by later runs. */
static void suspect_another(struct recovering *r, const struct lookup *l)
{
	struct intent *i;

	if (engine_settle_ms(r->e, l->type) <= 0)
		return;
	i = suspect_of(r->a, l->intent, l->operation,
		       l->suspect ? l->intent->since : r->op->started);
	vec_push(r->a, &r->op->suspects, i);
	add(r, i, i->operation, i->since, true)->twice = true;
}

static void settle_found(struct recovering *r, struct lookup *l)
{
	const struct operation *op = &l->op;
	struct state_resource *entry = state_get(r->s, l->intent->address);
	struct intent *i = l->intent;

	i->id = arena_strdup(r->a, op->ret_id);
	i->ret_incarnation = arena_strdup(r->a, op->ret_incarnation);
	i->unmarked = op->unmarked;
	if (!i->props)
		i->props = l->identity;
	i->attributes = value_map(r->a);
	value_merge(r->a, i->attributes, op->ret_attributes, false);
	i->attributes = state_redact(r->a, step_mark_secrets(r->a, l->type, i->attributes));
	if (l->suspect && entry && entry->current)
		add_surplus(r, l);
	else
		settle_intent(r->s, l->operation, i);
	r->s->dirty = true;
}

/* Two that look alike may have found the same object: the second looks again. */
static void take(struct recovering *r, struct lookup *l)
{
	const struct operation *op = &l->op;
	size_t mark = diags_len(r->d);

	if (op->failed) {
		diags_merge(r->d, op->diags);
		diag_wrap(r->d, mark, "looking for %s, which operation %s was making",
			  l->intent->address, l->operation);
		l->status = LOOKUP_FAILED;
	} else if (op->absent || !op->ret_id) {
		l->status = LOOKUP_NOT_FOUND;
		l->intent->looked_for = true;
	} else if (!l->intent->id && str_in(op->ret_id, known_to(r, l))) {
		l->status = l->again ? LOOKUP_NOT_FOUND : LOOKUP_OPEN;
		l->again = true;
	} else {
		settle_found(r, l);
		l->status = LOOKUP_FOUND;
		suspect_another(r, l);
	}
	arena_free(op->arena);
	l->op.arena = NULL;
}

/* --- the whole --- */

static void wait_for_all(struct recovering *r)
{
	while (r->running) {
		struct message *m = pool_wait(r->pool, POLL_MS);

		if (!m)
			continue;
		take(r, (struct lookup *)m->job);
		message_free(m);
		r->running--;
	}
}

static bool any_open(const struct recovering *r)
{
	for (size_t n = 0; n < r->all.len; n++)
		if (r->all.items[n]->status == LOOKUP_OPEN)
			return true;
	return false;
}

static void look_for_all(struct recovering *r)
{
	r->pool = pool_new(WORKERS);
	while (any_open(r) && !engine_stop_asked(r->e)) {
		begin_all(r, false);
		if (!r->running) /* no parent that is still looked for will turn up */
			begin_all(r, true);
		wait_for_all(r);
	}
	pool_free(r->pool);
}

/* What an earlier run has looked for in vain, too, is neither told nor waited for again; nor is the
 * other one of a create that may have been sent twice. */
static bool is_news(const struct lookup *l)
{
	return l->status != LOOKUP_NOT_FOUND || !(l->twice || l->intent->until);
}

static void report(const struct recovering *r, struct recovery *ret)
{
	for (size_t n = 0; n < r->all.len; n++) {
		const struct lookup *l = r->all.items[n];
		int64_t settle = 0;

		if (!is_news(l))
			continue;
		vec_push(r->a, &ret->items,
			 ((struct recovered){ l->intent->address, l->intent->type, l->operation,
					      l->intent->id }));
		if (l->status == LOOKUP_NOT_FOUND)
			settle = engine_settle_ms(r->e, l->type);
		if (settle > ret->again_ms)
			ret->again_ms = settle;
	}
}

int engine_recover(struct engine *e, struct arena *a, struct state *s, struct operation_doc *op,
		   struct recovery *ret, struct diags *d)
{
	struct recovering r = { .e = e, .a = a, .s = s, .op = op, .d = d };
	size_t errors = diags_errors(d);

	*ret = (struct recovery){ 0 };
	if (!op)
		return 0;
	collect(&r);
	if (!r.all.len)
		return 0;
	look_for_all(&r);
	report(&r, ret);
	if (engine_stop_asked(e))
		return diag_error(d, D_INTERRUPTED, NO_SPAN,
				  "interrupted while looking for what "
				  "the last run made");
	return diags_errors(d) > errors ? -1 : 0;
}
