#include "engine/run.h"

#include "model/expr.h"
#include "base/banned.h"

struct search {
	const struct plan *plan;
	bool undone; /* it refers to a change that was to be made, and was not */
};

static void look(void *ctx, const struct expr *ref)
{
	struct search *search = ctx;
	const struct change *c;

	if (ref->kind != EXPR_ATTRIBUTE)
		return;
	c = map_get(search->plan->by_address, ref->address);
	search->undone |= c && c->action != ACTION_NOOP && !c->excluded && !c->done;
}

static bool is_undone(const struct plan *p, const char *name)
{
	struct search search = { .plan = p };

	for (size_t i = 0; p->source && i < p->source->outputs.len; i++)
		if (str_eq(p->source->outputs.items[i]->name, name))
			value_each_ref(p->source->outputs.items[i]->value, look, &search);
	return search.undone;
}

/* {value, sensitive} as the state stores it; the old one when there is nothing new to say. */
static struct value *store(struct run *r, const char *name, const struct value *now,
			   struct value *old)
{
	const struct value *v = value_get(now, "value");
	bool secret = value_bool_or(value_get(now, "sensitive"), false);
	struct value *entry;

	if (!v || value_has_unknown(v) || is_undone(r->plan, name))
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
	value_each_pair(all, p) {
		struct value *old = value_get(r->s->outputs, p->key);
		struct value *entry = store(r, p->key, p->value, old);

		if (entry)
			value_set(r->a, outputs, p->key, entry);
		r->s->dirty |= entry != old;
	}
	r->s->dirty |= value_len(outputs) != value_len(r->s->outputs);
	r->s->outputs = outputs;
}
