/* keys: KMS keys and their aliases. */
#include <string.h>

#include "base/str.h"
#include "providers/aws/expand.h"
#include "providers/aws/names.h"
#include "providers/aws/policy.h"

/* clang-format off */
static const struct prop words[] = {
	PROP("rotation", ANY, 0, .to = "EnableKeyRotation", .def = "false",
	     .doc = "Whether AWS renews the key's material, or how often (90d to 2560d)."),
	PROP("alias", ANY, 0, .doc = "Alias, by default from stack and key; `false` for none."),
	PROP("administrators", LIST, 0, OF(STRING), .doc = "ARNs that may manage the key, but not use it."),
	PROP("statements", LIST, 0, OF(JSON), .doc = "Statements of the key's policy, beside derived ones."),
	PROP("deletion_window", INT, 0, .to = "PendingWindowInDays", .unit = "d", .def = "30", RANGE(7, 30),
	     .doc = "How long a deleted key can be brought back."),
	PROP_END
};

static const char *const encrypt[] = { "kms:Encrypt", NULL };
static const char *const decrypt[] = { "kms:Decrypt", NULL };
static const char *const sign[] = { "kms:Sign", NULL };
static const char *const verify[] = { "kms:Verify", NULL };
static const char *const itself[] = { "", NULL };
static const struct verb verbs[] = {
	{ "encrypt", encrypt, itself },
	{ "decrypt", decrypt, itself },
	{ "sign", sign, itself },
	{ "verify", verify, itself },
	{ NULL, NULL, NULL },
};
/* clang-format on */

static const struct prop period = PROP("rotation", INT, 0, .unit = "d", RANGE(90, 2560));

static void rotation(struct expansion *x, const struct item *i, struct value *props)
{
	const struct value *v = x_word(i, "rotation");
	bool on = x_is_bool(v, true);
	if (!v)
		return;
	if (value_text(v) && !strpbrk(value_text(v), "0123456789") && !on && !x_is_bool(v, false)) {
		x_error(x, v->span, "`rotation` is true, false or a time such as 180d");
		return;
	}
	if (!on && !x_is_bool(v, false)) {
		const struct value *days = x_check_value(x, &period, v);
		if (days)
			value_set(x->arena, props, "RotationPeriodInDays", (struct value *)days);
		on = true;
	}
	value_set(x->arena, props, "EnableKeyRotation",
		  value_at(x->arena, value_bool(x->arena, on), v->span));
}

static void alias(struct expansion *x, struct item *i)
{
	const struct value *v = x_word(i, "alias");
	struct value *name = (struct value *)v;
	if (x_is_bool(v, false))
		return;
	if (!v || x_is_bool(v, true))
		name = x_text(x, "alias/%", x_name(x, i, "", "AWS::KMS::Alias"));
	else if (value_text(v) && !str_starts(value_text(v), "alias/"))
		name = x_text(x, "alias/%", v);
	x_part(x, i, "alias", "AWS::KMS::Alias",
	       x_map(x, "AliasName", name, "TargetKeyId",
		     x_attribute(x, i->entry->address, "KeyId"), NULL));
}

static void declare(struct expansion *x, struct item *i)
{
	struct value *props = value_map(x->arena);
	rotation(x, i, props);
	x_main(x, i, "AWS::KMS::Key", props);
	alias(x, i);
}

static void wire(struct expansion *x, struct item *i)
{
	x_own_statements(x, i, x_string(x, "*"));
}

/* --- the policy --- */

/* Without it, IAM policies say nothing about the key, and nobody may change the key's own. */
static struct value *root_statement(struct expansion *x)
{
	static const char *const all[] = { "kms:*", NULL };
	struct value *root = x_text(x, "arn:${partition}:iam::${account}:root");
	return policy_grant(x->arena, policy_who(x->arena, "AWS", root), all, x_string(x, "*"));
}

static struct value *administrators(struct expansion *x, const struct value *who)
{
	static const char *const manage[] = { "kms:Create*",
					      "kms:Describe*",
					      "kms:Enable*",
					      "kms:List*",
					      "kms:Put*",
					      "kms:Update*",
					      "kms:Revoke*",
					      "kms:Disable*",
					      "kms:Get*",
					      "kms:Delete*",
					      "kms:TagResource",
					      "kms:UntagResource",
					      "kms:ScheduleKeyDeletion",
					      "kms:CancelKeyDeletion",
					      "kms:RotateKeyOnDemand",
					      NULL };
	struct value *them = policy_who(x->arena, "AWS", (struct value *)who);
	return policy_grant(x->arena, them, manage, x_string(x, "*"));
}

static void finish(struct expansion *x, struct item *i)
{
	if (value_get(i->main->props, "KeyPolicy"))
		return; /* given whole, under `properties` */
	struct value *all = value_list(x->arena);
	const struct value *who = x_word(i, "administrators");
	value_append(x->arena, all, root_statement(x));
	if (value_len(who))
		value_append(x->arena, all, administrators(x, who));
	value_each_item(i->guard, s)
		value_append(x->arena, all, s);
	value_set(x->arena, i->main->props, "KeyPolicy", policy_document(x->arena, all));
}

static const struct aws_kind impl = {
	.arn = "Arn",
	.service = "kms",
	.prefix = "key/",
	.declare = declare,
	.wire = wire,
	.finish = finish,
	.metrics = "AWS/KMS",
	.dimension = "KeyId",
	.dimension_of = "KeyId",
};

const struct kind aws_kind_keys = {
	.section = "keys",
	.word = "key",
	.type = "AWS::KMS::Key",
	.words = words,
	.doc = "KMS keys. What a role needs to use an encrypted queue, table or bucket goes into "
	       "the "
	       "role's policy; what AWS's services need goes into the key's.",
	.example = "keys:\n"
		   "  data: { rotation: true, deletion_window: 7d }\n",
	.verbs = verbs,
	.impl = &impl,
};
