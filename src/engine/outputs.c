#include "engine/run.h"

#include "model/expr.h"
#include "base/banned.h"

static int lookup(void *ctx, const struct expr *ref, struct arena *a, struct value **ret,
		  struct diags *d)
{
	if (ref->kind != EXPR_ATTRIBUTE)
		return 0;
	*ret = plan_attribute(a, ctx, ref->address, ref->name);
	if (*ret)
		return 0;
	return diag_error(d, D_REFERENCE, ref->span, "`%s` is not there", ref->address);
}

/* {value, sensitive} as the state stores it; NULL when it cannot be known. */
static struct value *evaluate(struct run *r, const struct output *o, struct value *old)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	const struct account *account = &r->e->account;
	struct expr_scope scope = { .lookup = lookup,
				    .ctx = r->plan,
				    .account = account->id,
				    .region = account->region,
				    .partition = account->partition };
	struct value *v, *entry = value_map(r->a);
	bool secret;

	if (value_eval(scratch, o->value, &scope, &v, diags_new(scratch)) || value_has_unknown(v))
		return NULL;
	v = value_copy(r->a, v);
	secret = o->sensitive || value_has_sensitive(v);
	/* A digest of the same secret would only differ in its salt. */
	if (secret && state_digest_matches(value_get(old, "value"), v))
		return old;
	if (secret)
		v->flags |= VALUE_SENSITIVE;
	value_set(r->a, entry, "value", state_redact(r->a, v));
	if (secret)
		value_set(r->a, entry, "sensitive", value_bool(r->a, true));
	return entry;
}

/* An output whose resources were not made keeps its old value, if it has one. */
void run_outputs(struct run *r)
{
	struct value *outputs = value_map(r->a);
	size_t n = r->e->stack ? r->e->stack->outputs.len : 0;

	for (size_t i = 0; i < n; i++) {
		const struct output *o = r->e->stack->outputs.items[i];
		struct value *old = value_get(r->s->outputs, o->name), *now = evaluate(r, o, old);

		if (now && !value_equal(old, now))
			r->s->dirty = true;
		if (now || old)
			value_set(r->a, outputs, o->name, now ? now : old);
	}
	if (value_len(outputs) != value_len(r->s->outputs))
		r->s->dirty = true;
	r->s->outputs = outputs;
}
