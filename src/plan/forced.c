/* Which other change makes a property change. */
#include "plan/path.h"
#include "plan/planner.h"

#include "base/banned.h"

/* The part of the stack's value that decides about the property at `path`. */
static const struct value *raw_at(struct arena *a, const struct value *props, const char *path)
{
	const struct value *at = props;
	const char *word;

	while (value_is(at, VALUE_MAP) && (word = path_next(a, &path)))
		at = value_get(at, word);
	return at;
}

struct search {
	const struct planner *p;
	const struct change *found;
};

/* Will users of this attribute see another value than the one there is now? */
static bool attribute_changes(const struct planner *p, const struct change *c, const char *name)
{
	const struct value *next, *now;

	if (!c->recorded || c->excluded || c->action == ACTION_NOOP)
		return false;
	next = plan_attribute(p->a, p->plan, c->address, name);
	if (value_has_unknown(next))
		return true;
	now = plan_attribute_now(c, name);
	return c->action != ACTION_UPDATE && now && next && !value_equal(now, next);
}

static void find_changing(void *ctx, const struct expr *ref)
{
	struct search *s = ctx;
	const struct change *c;

	if (s->found || ref->kind != EXPR_ATTRIBUTE)
		return;
	c = map_get(s->p->plan->by_address, ref->address);
	if (c && attribute_changes(s->p, c, ref->name))
		s->found = c;
}

const char *planner_forced_by(const struct planner *p, const struct change *c, const char *path)
{
	struct search s = { p, NULL };

	value_each_ref(raw_at(p->a, c->wanted->props, path), find_changing, &s);
	return s.found ? s.found->address : NULL;
}

static void find_first(void *ctx, const struct expr *ref)
{
	struct search *s = ctx;

	if (!s->found && ref->kind == EXPR_ATTRIBUTE)
		s->found = map_get(s->p->plan->by_address, ref->address);
}

const struct change *planner_referred(const struct planner *p, const struct change *c,
				      const char *property)
{
	struct search s = { p, NULL };

	value_each_ref(value_get(c->wanted->props, property), find_first, &s);
	return s.found;
}
