/* trust.c - who may assume a role. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "providers/aws/expand.h"
#include "providers/aws/policy.h"

/* clang-format off */
static const struct prop trust_words[] = {
	PROP("account", STRING, 0, .pattern = "[0-9]{12}", .doc = "Id of an AWS account."),
	PROP("role", ANY, 0, .doc = "A role."),
	PROP("oidc", STRING, 0, .doc = "An OIDC provider: ARN, or its URL without https://."),
	PROP("subject", LIST, 0, .doc = "With oidc: whom the token must name; * and ? match."),
	PROP("audience", LIST, 0, .doc = "With oidc: whom the token must be for."),
	PROP_END
};

/* clang-format on */

struct trust {
	struct expansion *x;
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

struct value *x_trust(struct expansion *x, const struct value *v)
{
	struct trust t = { x, value_list(x->arena), value_list(x->arena), value_list(x->arena) };
	const struct value *all = x_list(x, v);
	value_each_item(all, who) {
		if (value_text(who) && !str_starts(value_text(who), "arn:"))
			trust_service(&t, who);
		else if (value_is(who, VALUE_MAP))
			trust_map(&t, who);
		else
			value_append(x->arena, t.principals, who);
	}
	add_statement(&t, "Service", t.services);
	add_statement(&t, "AWS", t.principals);
	return policy_document(x->arena, t.statements);
}
