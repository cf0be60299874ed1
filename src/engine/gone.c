/* gone.c - what the plan found gone is looked for once more before the state forgets it: reads of AWS
 * may lag, and what is there all the same would be lost, or made twice. */
#include <string.h>

#include "engine/run.h"
#include "base/banned.h"

static bool is_gone(const struct change *c)
{
	return c->action != ACTION_NOOP && !c->excluded && c->recorded && c->recorded->id &&
	       c->observed && c->observed->absent;
}

/* The object of a change, as the state has it. */
static struct state_object *object_of(const struct state_resource *r, const struct change *c)
{
	if (!r)
		return NULL;
	return c->deposed ? state_deposed(r, c->deposed) : r->current;
}

static void add_object(struct state *some, const struct state_resource *r, struct state_object *o)
{
	struct state_resource *entry = state_get(some, r->address);

	if (!entry)
		entry = state_put(some, r->address, r->type);
	if (o->deposed)
		vec_push(some->arena, &entry->deposed, o);
	else
		entry->current = o;
}

/* A state of what the changes call gone. */
static struct state *all_gone(struct arena *a, const struct plan *p, const struct state *s)
{
	struct state *some = state_new(a, s->stack, s->stage);

	for (size_t i = 0; i < p->changes.len; i++) {
		const struct change *c = p->changes.items[i];
		const struct state_resource *r = is_gone(c) ? state_get(s, c->address) : NULL;
		struct state_object *o = object_of(r, c);

		if (o)
			add_object(some, r, o);
	}
	return some;
}

int engine_check_gone(struct run *r)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	const struct state *some = all_gone(scratch, r->plan, r->s);
	const struct resource_list none = { 0 };
	struct map *seen;
	int found = 0;

	if (!state_len(some))
		return 0;
	if (engine_refresh(r->e, scratch, some, &none, false, &seen, r->d))
		return -1;
	map_each(seen, e) {
		const struct observed *o = e->value;

		if (o->absent)
			continue;
		found = diag_error(r->d, D_CONFLICT, NO_SPAN,
				   "%.*s is there after all: AWS did not show it to the plan",
				   (int)strcspn(e->key, "\n"), e->key);
		diag_hint(r->d, "nothing was changed; run the command again");
	}
	return found;
}
