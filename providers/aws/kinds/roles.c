/* roles: IAM roles. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "providers/aws/expand.h"
#include "providers/aws/names.h"
#include "providers/aws/policy.h"

/* clang-format off */
static const struct prop words[] = {
	PROP("trust", ANY, P_REQUIRED, .to = "AssumeRolePolicyDocument",
	     .doc = "Who may assume it: services (`lambda`), {account}, {role}, {oidc, subject, audience}."),
	PROP("allow", MAP, 0, OF(ANY), .doc = "By address, what may be done: verbs or IAM actions."),
	PROP("statements", LIST, 0, OF(JSON), .doc = "Statements as IAM writes them."),
	PROP("policies", LIST, 0, OF(STRING), .to = "ManagedPolicyArns", .doc = "Managed policies: ARNs, or names of AWS's own."),
	PROP("permissions_boundary", ANY, 0, .to = "PermissionsBoundary", .doc = "ARN of the policy that bounds the role."),
	PROP("max_session_duration", INT, 0, .to = "MaxSessionDuration", .unit = "s", .def = "3600", RANGE(3600, 43200),
	     .doc = "How long a session may last."),
	PROP_END
};

static const struct prop trust_words[] = {
	PROP("account", STRING, 0, .pattern = "[0-9]{12}", .doc = "Id of an AWS account."),
	PROP("role", ANY, 0, .doc = "A role."),
	PROP("oidc", STRING, 0, .doc = "An OIDC provider: ARN, or its URL without https://."),
	PROP("subject", LIST, 0, .doc = "With oidc: whom the token must name; * and ? match."),
	PROP("audience", LIST, 0, .doc = "With oidc: whom the token must be for."),
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

/* --- trust --- */

struct trust {
	struct expansion *x;
	struct item *item;
	struct value *services, *principals; /* one statement each */
	struct value *statements;
};

static void trust_service(struct trust *t, const struct value *v)
{
	struct expansion *x = t->x;
	const char *text = value_text(v);
	for (const char *c = text; *c; c++)
		if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) &&
		    !strchr(".-", *c)) {
			x_error(x, v->span, "`%s` is no AWS service", text);
			diag_hint(x->diags, "write a service's name (`lambda`), or `{ account: ... "
					    "}`, "
					    "`{ role: ... }`, `{ oidc: ..., subject: ... }`");
			return;
		}
	value_append(x->arena, t->services, x_string(x, policy_principal(x->arena, text)));
}

/* A provider's ARN, and the URL that its condition keys begin with. */
static struct value *oidc_provider(struct expansion *x, const struct value *v, const char **ret_url)
{
	const char *text = value_text(v);
	const char *in_arn = text ? strstr(text, ":oidc-provider/") : NULL;
	*ret_url = text;
	if (in_arn) {
		*ret_url = in_arn + strlen(":oidc-provider/");
		return (struct value *)v;
	}
	if (str_starts(text, "https://"))
		*ret_url = text + strlen("https://");
	return x_text(x, "arn:${partition}:iam::${account}:oidc-provider/%", x_string(x, *ret_url));
}

static void trust_oidc(struct trust *t, const struct value *w)
{
	struct expansion *x = t->x;
	const struct value *v = value_get(w, "oidc");
	struct value *subject = value_get(w, "subject"), *audience = value_get(w, "audience");
	const char *url = NULL;
	static const char *const web[] = { "sts:AssumeRoleWithWebIdentity", NULL };
	if (!value_text(v)) {
		x_error(x, v->span, "an OIDC provider's ARN or URL must be known beforehand");
		return;
	}
	struct value *who = policy_who(x->arena, "Federated", oidc_provider(x, v, &url));
	struct value *s = policy_grant(x->arena, who, web, NULL);
	if (audience)
		policy_when(x->arena, s, "StringEquals", arena_printf(x->arena, "%s:aud", url),
			    audience);
	if (subject)
		policy_when(x->arena, s, "StringLike", arena_printf(x->arena, "%s:sub", url),
			    subject);
	else
		diag_warning(x->diags, v->span,
			     "without `subject`, everybody with a token of this provider may "
			     "assume "
			     "the role");
	value_append(x->arena, t->statements, s);
}

static void trust_map(struct trust *t, const struct value *v)
{
	struct expansion *x = t->x;
	static const char *const roles[] = { "roles", NULL };
	const struct value *w = x_check(x, trust_words, v, "a trust");
	const struct value *account = value_get(w, "account"), *role = value_get(w, "role");
	struct target who;
	if (!w)
		return;
	if (value_get(w, "oidc"))
		trust_oidc(t, w);
	else if (account)
		value_append(x->arena, t->principals,
			     x_text(x, "arn:${partition}:iam::%:root", account));
	else if (role && !x_ref(x, role, roles, &who))
		value_append(x->arena, t->principals, who.arn);
	else if (!role)
		x_error(x, v->span, "a trust names a service, or has `account`, `role` or `oidc`");
}

static void add_statement(struct trust *t, const char *kind, struct value *who)
{
	static const char *const action[] = { "sts:AssumeRole", NULL };
	struct expansion *x = t->x;
	if (!value_len(who))
		return;
	if (value_len(who) == 1)
		who = value_item(who, 0);
	value_append(x->arena, t->statements,
		     policy_grant(x->arena, policy_who(x->arena, kind, who), action, NULL));
}

static struct value *trust_document(struct expansion *x, struct item *i)
{
	struct trust t = { x, i, value_list(x->arena), value_list(x->arena), value_list(x->arena) };
	const struct value *all = x_list(x, x_word(i, "trust"));
	value_each_item(all, v)
	{
		if (value_text(v) && !str_starts(value_text(v), "arn:"))
			trust_service(&t, v);
		else if (value_is(v, VALUE_MAP))
			trust_map(&t, v);
		else
			value_append(x->arena, t.principals, v);
	}
	add_statement(&t, "Service", t.services);
	add_statement(&t, "AWS", t.principals);
	return policy_document(x->arena, t.statements);
}

/* --- the role --- */

static struct value *role_name(struct expansion *x, const struct item *i)
{
	if (i->entry->name)
		return x_string(x, i->entry->name);
	if (!x->account || !x->account->region)
		return value_unknown(x->arena);
	return x_string(x, x_name(x, i, arena_printf(x->arena, "-%s", x->account->region),
				  "AWS::IAM::Role"));
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
		     trust_document(x, i), "ManagedPolicyArns",
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
