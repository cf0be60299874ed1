#include "engine/run.h"

#include "base/banned.h"

/* Steps of a change, by its index. */
struct pair {
	struct step *make, *end; /* end: delete or forget */
};

static struct step *add_step(struct run *r, struct change *c, enum step_kind kind,
			     struct intent *intent)
{
	struct step *s = arena_new_of(r->a, struct step);

	s->run = r;
	s->change = c;
	s->kind = kind;
	s->intent = intent;
	s->before = c->observed;
	vec_push(r->a, &r->steps, s);
	return s;
}

static int add_steps(struct run *r, struct change *c, struct pair *ret)
{
	struct intent *intent;

	if (c->excluded || c->action == ACTION_NOOP)
		return 0;
	if (c->action == ACTION_IMPORT || c->action == ACTION_MOVE)
		return diag_error(r->d, D_BUG, NO_SPAN, "%s: import and move cannot be applied yet",
				  c->address);
	intent = journal_intend(&r->journal, c);
	if (c->action == ACTION_CREATE || c->action == ACTION_UPDATE || c->action == ACTION_REPLACE)
		ret->make = add_step(r, c, STEP_MAKE, intent);
	if (c->action == ACTION_DELETE || c->action == ACTION_REPLACE)
		ret->end = add_step(r, c, STEP_DELETE, intent);
	if (c->action == ACTION_FORGET)
		ret->end = add_step(r, c, STEP_FORGET, intent);
	return 0;
}

static void wait_for(struct run *r, struct step *s, struct step *needed)
{
	if (!needed || needed == s)
		return;
	vec_push(r->a, &needed->dependants, s);
	s->missing++;
}

static bool is_delete_first(const struct change *c)
{
	return c->action == ACTION_REPLACE && c->delete_first;
}

static void order_make(struct run *r, const struct change *c, const struct pair *pairs)
{
	struct step *make = pairs[c->index].make;

	for (size_t i = 0; i < c->needs.len; i++) {
		const struct pair *other = &pairs[c->needs.items[i]->index];

		wait_for(r, make, other->make ? other->make : other->end);
	}
	if (is_delete_first(c))
		wait_for(r, make, pairs[c->index].end);
}

static void order_end(struct run *r, const struct change *c, const struct pair *pairs)
{
	struct step *end = pairs[c->index].end;

	for (size_t i = 0; i < c->delete_needs.len; i++) {
		const struct change *other = c->delete_needs.items[i];

		if (!is_delete_first(other))
			wait_for(r, end, pairs[other->index].make);
		wait_for(r, end, pairs[other->index].end);
	}
	if (!is_delete_first(c))
		wait_for(r, end, pairs[c->index].make);
}

int steps_make(struct run *r)
{
	struct pair *pairs = arena_array(r->a, r->plan->changes.len, sizeof(*pairs));

	for (size_t i = 0; i < r->plan->changes.len; i++)
		if (add_steps(r, r->plan->changes.items[i], &pairs[i]))
			return -1;
	for (size_t i = 0; i < r->plan->changes.len; i++) {
		if (pairs[i].make)
			order_make(r, r->plan->changes.items[i], pairs);
		if (pairs[i].end)
			order_end(r, r->plan->changes.items[i], pairs);
	}
	return 0;
}

enum operation_kind step_operation(const struct step *s)
{
	if (s->kind != STEP_MAKE)
		return OPERATION_DELETE;
	return s->change->action == ACTION_UPDATE ? OPERATION_UPDATE : OPERATION_CREATE;
}
