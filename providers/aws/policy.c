#include "providers/aws/policy.h"

#include <string.h>

static struct value *one_or_list(struct arena *a, const char *const *words)
{
	if (words[0] && !words[1])
		return value_string(a, words[0]);
	struct value *list = value_list(a);
	for (; *words; words++)
		value_append(a, list, value_string(a, *words));
	return list;
}

struct value *policy_grant(struct arena *a, struct value *principal, const char *const *actions,
			   struct value *resource)
{
	struct value *s = value_map(a);
	value_set(a, s, "Effect", value_string(a, "Allow"));
	if (principal)
		value_set(a, s, "Principal", principal);
	value_set(a, s, "Action", one_or_list(a, actions));
	if (resource)
		value_set(a, s, "Resource", resource);
	return s;
}

struct value *policy_allow(struct arena *a, const char *const *actions, struct value *resource)
{
	return policy_grant(a, NULL, actions, resource);
}

char *policy_principal(struct arena *a, const char *service)
{
	return strchr(service, '.') ? arena_strdup(a, service)
				    : arena_printf(a, "%s.amazonaws.com", service);
}

struct value *policy_who(struct arena *a, const char *kind, struct value *who)
{
	struct value *principal = value_map(a);
	value_set(a, principal, kind, who);
	return principal;
}

struct value *policy_service(struct arena *a, const char *service, const char *const *actions,
			     struct value *resource)
{
	struct value *who = value_string(a, policy_principal(a, service));
	return policy_grant(a, policy_who(a, "Service", who), actions, resource);
}

void policy_when(struct arena *a, struct value *statement, const char *test, const char *key,
		 struct value *v)
{
	struct value *condition = value_get(statement, "Condition");
	if (!condition) {
		condition = value_map(a);
		value_set(a, statement, "Condition", condition);
	}
	struct value *tests = value_get(condition, test);
	if (!tests) {
		tests = value_map(a);
		value_set(a, condition, test, tests);
	}
	value_set(a, tests, key, v);
}

static bool holds(const struct value *list, const struct value *v)
{
	value_each_item(list, item) {
		if (value_equal(item, v))
			return true;
	}
	return false;
}

struct value *policy_document(struct arena *a, const struct value *statements)
{
	struct value *doc = value_map(a), *list = value_list(a);
	value_each_item(statements, s) {
		if (value_has_unknown(s) || !holds(list, s))
			value_append(a, list, s);
	}
	value_set(a, doc, "Version", value_string(a, "2012-10-17"));
	value_set(a, doc, "Statement", list);
	return doc;
}

struct value *policy_trust_service(struct arena *a, const char *service)
{
	static const char *const assume[] = { "sts:AssumeRole", NULL };
	struct value *list = value_list(a);
	value_append(a, list, policy_service(a, service, assume, NULL));
	return policy_document(a, list);
}

/* --- statements as people write them --- */

static const char *const keys[] = { "Sid",	 "Effect",    "Principal", "NotPrincipal",
				    "Action",	 "NotAction", "Resource",  "NotResource",
				    "Condition", NULL };

static int check_keys(const struct value *s, struct diags *d)
{
	int rc = 0;
	value_each_pair(s, p) {
		if (str_in(p->key, keys))
			continue;
		rc = diag_error(d, D_CONFIG, p->key_span, "a statement has no `%s`", p->key);
		const char *near = NULL;
		for (size_t i = 0; keys[i]; i++)
			if (str_eq_fold(keys[i], p->key))
				near = keys[i];
		if (!near)
			near = str_nearest(p->key, keys, sizeof(keys) / sizeof(*keys) - 1);
		if (near)
			diag_hint(d, "IAM's spelling is kept in statements: `%s`", near);
	}
	return rc;
}

static const struct value *either(const struct value *s, const char *one, const char *other)
{
	const struct value *v = value_get(s, one);
	return v ? v : value_get(s, other);
}

static int check_effect(const struct value *s, struct diags *d)
{
	const struct value *effect = value_get(s, "Effect");
	const char *text = value_text(effect);
	if (!effect)
		return diag_error(d, D_CONFIG, s->span,
				  "a statement needs `Effect: Allow` or "
				  "`Effect: Deny`");
	if (text && !str_eq(text, "Allow") && !str_eq(text, "Deny"))
		return diag_error(d, D_CONFIG, effect->span, "`Effect` is Allow or Deny, not `%s`",
				  text);
	return 0;
}

static bool is_star(const struct value *principal)
{
	const struct value *aws = value_get(principal, "AWS");
	return str_eq(value_text(principal), "*") || str_eq(value_text(aws), "*");
}

static int check_principal(const struct value *s, enum policy_owner owner, struct diags *d)
{
	const struct value *who = either(s, "Principal", "NotPrincipal");
	if (owner == POLICY_OF_ROLE && who)
		return diag_error(d, D_CONFIG, who->span,
				  "a role's statements take no principal: they speak of the role");
	if (owner == POLICY_OF_RESOURCE && !who)
		return diag_error(d, D_CONFIG, s->span,
				  "a statement of a resource's own policy needs `Principal`");
	if (who && is_star(who) && !value_get(s, "Condition") &&
	    str_eq(value_text_at(s, "Effect"), "Allow"))
		diag_warning(d, who->span,
			     "`Principal: \"*\"` without a condition lets anyone in the world do "
			     "this");
	return 0;
}

static int check_one(const struct value *s, enum policy_owner owner, const struct value *self,
		     struct diags *d)
{
	if (value_is(s, VALUE_EXPR) || value_is(s, VALUE_UNKNOWN))
		return 0;
	if (!value_is(s, VALUE_MAP))
		return diag_error(d, D_CONFIG, s->span, "a statement is a map, not %s",
				  value_kind_name(s));
	int rc = check_keys(s, d) | check_effect(s, d) | check_principal(s, owner, d);
	if (!either(s, "Action", "NotAction"))
		rc = diag_error(d, D_CONFIG, s->span, "a statement needs `Action`");
	if (!either(s, "Resource", "NotResource") && !self)
		rc = diag_error(d, D_CONFIG, s->span, "a statement needs `Resource`");
	return rc;
}

static struct value *with_resource(struct arena *a, struct value *s, struct value *self)
{
	if (!self || !value_is(s, VALUE_MAP) || either(s, "Resource", "NotResource"))
		return s;
	struct value *out = value_map(a);
	out->span = s->span;
	value_merge(a, out, s, false);
	value_set(a, out, "Resource", self);
	return out;
}

int policy_check(struct arena *a, const struct value *written, enum policy_owner owner,
		 struct value *self, struct value **ret, struct diags *d)
{
	int rc = 0;
	*ret = value_list(a);
	if (value_is(written, VALUE_MAP)) {
		struct value *list = value_list(a);
		value_append(a, list, (struct value *)written);
		written = list;
	}
	value_each_item(written, s) {
		rc |= check_one(s, owner, self, d);
		value_append(a, *ret, with_resource(a, s, self));
	}
	return rc;
}
