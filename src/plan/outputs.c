#include "plan/mask.h"
#include "plan/planner.h"

#include "base/banned.h"

struct causes {
	const struct plan *plan;
	bool changing; /* something it refers to changes */
	bool missing;  /* something it refers to is excluded and was never made */
};

static void find_causes(void *ctx, const struct expr *ref)
{
	struct causes *causes = ctx;
	const struct change *c;

	if (ref->kind != EXPR_ATTRIBUTE)
		return;
	c = map_get(causes->plan->by_address, ref->address);
	causes->changing |= c && c->action != ACTION_NOOP;
	causes->missing |= c && c->excluded && !c->recorded;
}

static struct causes causes_of(const struct plan *p, const struct value *v)
{
	struct causes causes = { p, false, false };

	value_each_ref(v, find_causes, &causes);
	return causes;
}

int plan_outputs(struct arena *a, const struct plan *p, struct value **ret, struct diags *d)
{
	size_t errors = diags_errors(d);
	struct value *all = value_map(a);

	for (size_t i = 0; !p->destroy && p->source && i < p->source->outputs.len; i++) {
		const struct output *o = p->source->outputs.items[i];
		struct value *entry = value_map(a), *v = NULL;

		if (causes_of(p, o->value).missing) {
			entry = value_get(p->recorded_outputs, o->name);
		} else if (plan_eval(a, p, o->value, &v, d) == 0 && v) {
			if (o->sensitive)
				v = value_mark(a, v, VALUE_SENSITIVE, 0);
			value_set(a, entry, "value", v);
			value_set(a, entry, "sensitive", value_bool(a, value_has_sensitive(v)));
		}
		value_set(a, all, o->name, entry);
	}
	*ret = all;
	return diags_errors(d) > errors ? -1 : 0;
}

static bool same(struct arena *a, const struct value *before, const struct value *after)
{
	if (!before || !after || value_has_unknown(after))
		return before == after;
	return value_equal(mask_undigest(a, before, after), after);
}

static void compare(struct planner *p, const char *name, const struct value *before,
		    const struct value *after)
{
	struct output_change change = { .name = name };

	change.after = value_get(after, "value");
	change.before = mask_secrets(p->a, value_get(before, "value"), change.after, NULL);
	change.sensitive = value_has_sensitive(change.after) ||
			   value_has_sensitive(change.before) ||
			   value_bool_or(value_get(before, "sensitive"), false);
	if (!same(p->a, change.before, change.after))
		vec_push(p->a, &p->plan->outputs, change);
}

static bool changed_by_stack(const struct planner *p, const char *name)
{
	for (size_t i = 0; i < p->plan->source->outputs.len; i++) {
		const struct output *o = p->plan->source->outputs.items[i];

		if (str_eq(o->name, name))
			return !causes_of(p->plan, o->value).changing;
	}
	return true;
}

void planner_outputs(struct planner *p)
{
	const struct value *old = p->in->recorded_outputs;
	struct value *all;

	plan_outputs(p->a, p->plan, &all, p->d);
	value_each_pair(all, pair)
		compare(p, pair->key, value_get(old, pair->key), pair->value);
	value_each_pair(old, pair) {
		if (!value_get(all, pair->key))
			compare(p, pair->key, pair->value, NULL);
	}
	for (size_t i = 0; !p->plan->destroy && p->plan->source && i < p->plan->outputs.len; i++)
		p->outputs_by_stack |= changed_by_stack(p, p->plan->outputs.items[i].name);
}
