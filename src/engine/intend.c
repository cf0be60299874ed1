#include "engine/journal.h"

#include "base/hash.h"
#include "engine/identity.h"
#include "engine/suspects.h"
#include "base/banned.h"

enum { NONCE_BYTES = 16 };

static struct value *digest_or_null(struct arena *a, const struct value *v)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct value *secret;

	if (!v || value_has_unknown(v))
		return value_null(a);
	secret = value_at(scratch, v, NO_SPAN);
	secret->flags |= VALUE_SENSITIVE;
	return value_copy(a, state_redact(scratch, secret));
}

/* What an update is about to change: {path: {before, after}}, as digests. */
static struct value *paths_of(struct arena *a, const struct change *c)
{
	struct value *paths = value_map(a);

	for (size_t i = 0; i < c->differences.len; i++) {
		const struct difference *diff = &c->differences.items[i];
		struct value *both = value_map(a);

		value_set(a, both, "before", digest_or_null(a, diff->before));
		value_set(a, both, "after", digest_or_null(a, diff->after));
		value_set(a, paths, diff->path, both);
	}
	return paths;
}

/* The words of the format; import and move are never intents. */
static const char *action_text(enum action action)
{
	switch (action) {
	case ACTION_CREATE:
		return "create";
	case ACTION_REPLACE:
		return "replace";
	case ACTION_DELETE:
		return "delete";
	case ACTION_FORGET:
		return "forget";
	default:
		return "update";
	}
}

/* A create that a dead run may have sent bears its nonce: with the same one the provider knows the
 * object as ours. */
static const char *nonce_of(const struct journal *j, const struct change *c)
{
	for (size_t n = 0; n < j->doc->suspects.len; n++) {
		const struct intent *i = j->doc->suspects.items[n];

		if (str_eq(i->address, c->address) && str_eq(i->type, c->type_name) &&
		    suspect_is_lost(i) && !c->deposed)
			return i->nonce;
	}
	return random_hex(j->a, NONCE_BYTES);
}

struct intent *journal_intend(struct journal *j, const struct change *c)
{
	struct intent *i = arena_new_of(j->a, struct intent);

	i->address = c->address;
	i->type = c->type_name;
	i->action = action_text(c->action);
	i->nonce = nonce_of(j, c);
	i->deposed = c->deposed;
	i->create_first = c->action == ACTION_REPLACE && !c->delete_first;
	if (c->recorded) {
		i->old_id = c->recorded->id;
		i->incarnation = c->recorded->incarnation;
	}
	if (c->wanted && c->type && c->action != ACTION_UPDATE)
		i->identity = identity_make(j->a, c->type, c->after, c->wanted->props);
	if (c->action == ACTION_UPDATE) {
		i->paths = paths_of(j->a, c);
		i->unmarked = c->recorded && c->recorded->unmarked; /* until it is done */
	}
	if (c->wanted) {
		i->depends.items = c->depends.items;
		i->depends.len = i->depends.cap = c->depends.len;
		i->protect = c->wanted->life.protect;
		i->retain = c->wanted->life.retain;
		i->empty_on_destroy = c->wanted->empty_on_destroy;
	}
	vec_push(j->a, &j->doc->intents, i);
	return i;
}
