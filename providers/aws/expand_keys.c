/* expand_keys.c - what `encryption` implies: key rights for roles, and for AWS's services. */
#include "base/str.h"
#include "providers/aws/expand.h"
#include "providers/aws/policy.h"

static const char *const keys_section[] = { "keys", NULL };

static bool aws_managed(const char *text)
{
	return str_starts(text, "alias/");
}

struct value *x_encryption(struct expansion *x, struct item *i)
{
	const struct value *v = x_word(i, "encryption");
	if (!v)
		return NULL;
	if (aws_managed(value_text(v))) /* an alias in the account: nothing is known about it */
		return (struct value *)v;
	return x_ref(x, v, keys_section, &i->key) ? NULL : i->key.arn;
}

/* The same key, as links and ARNs may say it. */
static bool same_key(const struct value *a, const struct value *b)
{
	if (value_is(a, VALUE_EXPR) && value_is(b, VALUE_EXPR))
		return a->expr->kind == EXPR_ATTRIBUTE && b->expr->kind == EXPR_ATTRIBUTE &&
		       str_eq(a->expr->address, b->expr->address);
	return value_text(a) && str_eq(value_text(a), value_text(b));
}

void x_use(struct expansion *x, struct role *r, const struct target *t, unsigned uses)
{
	struct value *key = r && t->given ? x_target_arn(x, t) : NULL;
	if (!key || !uses)
		return;
	for (size_t n = 0; n < r->keys.len; n++)
		if (same_key(r->keys.items[n].key, key)) {
			r->keys.items[n].uses |= uses;
			return;
		}
	vec_push(x->arena, &r->keys, ((struct key_grant){ key, uses }));
}

void x_use_key(struct expansion *x, struct role *r, const struct target *t, unsigned uses)
{
	if (t->item)
		x_use(x, r, &t->item->key, uses);
}

void x_key_statements(struct expansion *x, struct role *r)
{
	for (size_t n = 0; n < r->keys.len; n++) {
		struct key_grant *g = &r->keys.items[n];
		if (g->uses & KEY_GENERATE)
			GRANT(x, r, g->key, "kms:Decrypt", "kms:GenerateDataKey");
		else
			GRANT(x, r, g->key, "kms:Decrypt");
	}
}

void x_serve_key(struct expansion *x, const struct item *i, const char *service)
{
	struct item *key = i->key.item;
	if (!key)
		return;
	static const char *const actions[] = { "kms:Decrypt", "kms:GenerateDataKey*", NULL };
	x_guard(x, key, policy_service(x->arena, service, actions, x_string(x, "*")));
}
