/* roles: IAM roles. */
#include "base/str.h"
#include "providers/aws/expand.h"
#include "providers/aws/names.h"

/* clang-format off */
static const struct prop words[] = {
	PROP("trust", ANY, P_REQUIRED, .to = "AssumeRolePolicyDocument",
	     .doc = "Who may assume it: services (`lambda`), {account}, {role}, {oidc, subject, audience}."),
	PROP("allow", MAP, 0, OF(ANY), .doc = "By address, what may be done: verbs or IAM actions."),
	PROP("statements", LIST, 0, OF(JSON), .doc = "Statements as IAM writes them."),
	PROP("policies", LIST, 0, OF(STRING), .to = "ManagedPolicyArns", .doc = "Managed policies: ARNs, or names of AWS's own."),
	PROP("permissions_boundary", STRING, 0, .to = "PermissionsBoundary", .doc = "ARN of the policy that bounds the role."),
	PROP("max_session_duration", INT, 0, .to = "MaxSessionDuration", .unit = "s", .def = "3600", RANGE(3600, 43200),
	     .doc = "How long a session may last."),
	PROP_END
};

static const char *const assume[] = { "sts:AssumeRole", NULL };
static const char *const pass[] = { "iam:PassRole", NULL };
static const char *const itself[] = { "", NULL };
static const struct verb verbs[] = {
	{ "assume", assume, itself },
	{ "pass", pass, itself },
	{ NULL, NULL, NULL },
};
/* clang-format on */

/* --- the role --- */

static struct value *role_name(struct expansion *x, const struct item *i)
{
	if (i->entry->name)
		return x_named(x, i, i->entry->name);
	if (i->entry->name_unknown)
		return value_unknown(x->arena);
	if (!x->account || !x->account->region)
		return value_unknown(x->arena);
	return x_name(x, i, arena_printf(x->arena, "-%s", x->account->region), "AWS::IAM::Role");
}

static void declare(struct expansion *x, struct item *i)
{
	struct role *r = arena_new_of(x->arena, struct role);
	r->item = i;
	r->address = i->entry->address;
	r->policy = x_address(x, i, "policy");
	r->name = x_name(x, i, "", "AWS::IAM::RolePolicy");
	r->statements = value_list(x->arena);
	i->role = r;
	x_main(x, i, "AWS::IAM::Role",
	       x_map(x, "RoleName", role_name(x, i), "AssumeRolePolicyDocument",
		     x_trust(x, x_word(i, "trust")), "ManagedPolicyArns",
		     x_policies(x, x_word(i, "policies")), "PermissionsBoundary",
		     x_word(i, "permissions_boundary"), NULL));
}

static void wire(struct expansion *x, struct item *i)
{
	x_allow(x, i, i->role);
}

static void finish(struct expansion *x, struct item *i)
{
	x_role_finish(x, i->role);
}

static const struct aws_kind impl = {
	.arn = "Arn",
	.service = "iam",
	.prefix = "role/",
	.declare = declare,
	.wire = wire,
	.finish = finish,
};

const struct kind aws_kind_roles = {
	.section = "roles",
	.word = "role",
	.type = "AWS::IAM::Role",
	.words = words,
	.doc = "IAM roles. A function makes a role of its own; an entry here is for what several "
	       "share, "
	       "or for somebody outside. Rights derived for a function that names it join its "
	       "`policy`.",
	.example = "roles:\n"
		   "  reports:\n"
		   "    trust: lambda\n"
		   "    allow: { tables.orders: read }\n"
		   "  deploy:\n"
		   "    trust: { oidc: token.actions.githubusercontent.com, subject: "
		   "\"repo:acme/shop:*\",\n"
		   "             audience: sts.amazonaws.com }\n"
		   "    policies: [ReadOnlyAccess]\n",
	.verbs = verbs,
	.impl = &impl,
};
