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

static void use(struct expansion *x, struct role *r, struct value *key, unsigned uses)
{
	if (!key || !uses)
		return;
	if (uses & KEY_GENERATE)
		GRANT(x, r, key, "kms:Decrypt", "kms:GenerateDataKey");
	else
		GRANT(x, r, key, "kms:Decrypt");
}

void x_use_key(struct expansion *x, struct role *r, const struct target *t, unsigned uses)
{
	if (r && t->item && t->item->key.given)
		use(x, r, x_target_arn(x, &t->item->key), uses);
}

void x_serve_key(struct expansion *x, const struct item *i, const char *service)
{
	struct item *key = i->key.item;
	if (!key)
		return;
	static const char *const actions[] = { "kms:Decrypt", "kms:GenerateDataKey*", NULL };
	struct value *s = policy_allow(x->arena, actions, x_string(x, "*"));
	struct value *who =
		x_map(x, "Service", x_string(x, policy_principal(x->arena, service)), NULL);
	value_set(x->arena, s, "Principal", who);
	x_guard(x, key, s);
}
