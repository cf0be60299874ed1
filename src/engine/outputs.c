#include "engine/run.h"

#include "base/banned.h"

/* {value, sensitive} as the state stores it; the old one when there is nothing new to say. */
static struct value *store(struct run *r, const struct value *now, struct value *old)
{
	const struct value *v = value_get(now, "value");
	bool secret = value_bool_or(value_get(now, "sensitive"), false);
	struct value *entry;

	if (!v || value_has_unknown(v))
		return old;
	/* A digest of the same secret would only differ in its salt. */
	if (secret && state_digest_matches(value_get(old, "value"), v))
		return old;
	entry = value_map(r->a);
	value_set(r->a, entry, "value", state_redact(r->a, value_copy(r->a, v)));
	if (secret)
		value_set(r->a, entry, "sensitive", value_bool(r->a, true));
	return old && value_equal(old, entry) ? old : entry;
}

/* An output whose resources were not made keeps its old value, if it has one. */
void run_outputs(struct run *r)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct value *all = NULL, *outputs = value_map(r->a);

	plan_outputs(r->a, r->plan, &all, diags_new(scratch));
	value_each_pair(all, p)
	{
		struct value *old = value_get(r->s->outputs, p->key);
		struct value *entry = store(r, p->value, old);

		if (entry)
			value_set(r->a, outputs, p->key, entry);
		r->s->dirty |= entry != old;
	}
	r->s->dirty |= value_len(outputs) != value_len(r->s->outputs);
	r->s->outputs = outputs;
}
