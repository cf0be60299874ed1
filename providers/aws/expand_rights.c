/* expand_rights.c - roles, and the policies that guard resources. */
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "providers/aws/expand_parts.h"
#include "providers/aws/names.h"
#include "providers/aws/policy.h"

/* --- roles --- */

/* IAM names are global to the account, so generated ones say the region. */
static struct value *role_name(struct expansion *x, const struct item *i)
{
	if (!x->account || !x->account->region)
		return value_unknown(x->arena);
	const char *word = i->kind->word;
	const char *what = str_eq(word, "function") ? "" : arena_printf(x->arena, "-%s", word);
	const char *suffix = arena_printf(x->arena, "%s-role-%s", what, x->account->region);
	return x_name(x, i, suffix, "AWS::IAM::Role");
}

static const struct prop name_row = PROP("name", STRING, 0, .doc = "Its name.");

/* What an entry says about a part, in the words of the part's section. */
static const struct value *part_words(struct expansion *x, const char *section, const char *type,
				      const struct value *v, struct value *props)
{
	const struct kind *kind = x->provider->kind(section);
	const struct type *t = x_type(x, type, v->span);
	if (!kind || !t)
		return NULL;
	const struct prop *rows = x_rows(x, kind->words, t);
	size_t n = 0;
	while (rows[n].name)
		n++;
	struct prop *all = arena_array(x->arena, n + 2, sizeof(*all));
	memcpy(all, rows, n * sizeof(*all));
	all[n] = name_row;
	struct value *checked = NULL;
	const char *what = arena_printf(x->arena, "a %s", kind->word);
	if (schema_check(x->arena, all, v, CHECK_SNAKE | CHECK_PARTIAL, what, &checked, x->diags))
		return NULL;
	const char *name = value_text_at(checked, "name");
	if (name)
		value_set(x->arena, props, t->name_prop, x_string(x, name));
	value_remove(checked, "name");
	x_copy(x, kind->words, t, checked, props);
	return checked;
}

const struct value *x_part_words(struct expansion *x, const char *section, const char *type,
				 const struct value *v, struct value *props)
{
	return v ? part_words(x, section, type, v, props) : NULL;
}

static void role_words(struct expansion *x, const struct value *words, struct value *props)
{
	static const char *const at_the_owner[] = { "allow", "statements" };
	struct value *managed = x_policies(x, value_get(words, "policies"));
	const struct value *trust = value_get(words, "trust");
	if (managed)
		value_set(x->arena, props, "ManagedPolicyArns", managed);
	if (trust)
		value_set(x->arena, props, "AssumeRolePolicyDocument", x_trust(x, trust));
	for (size_t n = 0; n < 2; n++) {
		const struct value *v = value_get(words, at_the_owner[n]);
		if (!v)
			continue;
		x_error(x, v->span, "`%s` stands beside `role`, not in it", at_the_owner[n]);
	}
}

struct role *x_role(struct expansion *x, struct item *i, const char *service,
		    const struct value *keys)
{
	struct role *r = arena_new_of(x->arena, struct role);
	r->item = i;
	r->address = x_address(x, i, "role");
	r->policy = x_address(x, i, "policy");
	r->name = x_name(x, i, "", "AWS::IAM::RolePolicy");
	r->statements = value_list(x->arena);
	struct value *props = x_map(x, "RoleName", role_name(x, i), "AssumeRolePolicyDocument",
				    policy_trust_service(x->arena, service), NULL);
	role_words(x, x_part_words(x, "roles", "AWS::IAM::Role", keys, props), props);
	x_part(x, i, "role", "AWS::IAM::Role", props);
	return r;
}

bool x_has_rights(const struct role *r)
{
	return r && (value_len(r->statements) || r->keys.len);
}

void x_role_finish(struct expansion *x, struct role *r)
{
	if (!x_has_rights(r))
		return;
	x_key_statements(x, r);
	x_part(x, r->item, "policy", "AWS::IAM::RolePolicy",
	       x_map(x, "RoleName", x_attribute(x, r->address, "RoleName"), "PolicyName", r->name,
		     "PolicyDocument", policy_document(x->arena, r->statements), NULL));
}

void x_grant(struct expansion *x, struct role *r, const char *const *actions,
	     struct value *resource)
{
	if (r && resource)
		value_append(x->arena, r->statements, policy_allow(x->arena, actions, resource));
}

/* "service-role/AWSLambdaBasicExecutionRole" is one of AWS's own. */
static struct value *managed_policy(struct expansion *x, const struct value *v)
{
	const char *text = value_text(v);
	if (!text || str_starts(text, "arn:"))
		return (struct value *)v;
	if (strchr(text, '.')) {
		x_error(x, v->span, "no policy `%s` in this stack", text);
		diag_hint(x->diags, "give an ARN, or the name of one of AWS's own policies: "
				    "service-role/AWSLambdaVPCAccessExecutionRole");
		return NULL;
	}
	struct value *arn = x_text(x, "arn:${partition}:iam::aws:policy/%", v);
	arn->span = v->span;
	return arn;
}

struct value *x_policies(struct expansion *x, const struct value *v)
{
	if (!v)
		return NULL;
	struct value *list = value_list(x->arena);
	list->span = v->span;
	const struct value *written = x_list(x, v);
	value_each_item(written, p) {
		struct value *arn = managed_policy(x, p);
		if (arn)
			value_append(x->arena, list, arn);
	}
	return list;
}

/* --- policies of resources --- */

void x_guard(struct expansion *x, struct item *i, struct value *statement)
{
	value_append(x->arena, i->guard, statement);
}

void x_own_statements(struct expansion *x, struct item *i, struct value *self)
{
	const struct value *v = x_word(i, "statements");
	struct value *checked = NULL;
	if (!v)
		return;
	policy_check(x->arena, v, POLICY_OF_RESOURCE, self, &checked, x->diags);
	value_each_item(checked, s)
		x_guard(x, i, s);
}

void x_guard_finish(struct expansion *x, struct item *i, const char *type, const char *property,
		    struct value *link)
{
	if (value_len(i->guard))
		x_part(x, i, "policy", type,
		       x_map(x, property, link, "PolicyDocument",
			     policy_document(x->arena, i->guard), NULL));
}

void x_admit(struct expansion *x, const struct target *t, const char *service, struct value *source)
{
	struct item *i = t->item;
	if (!i)
		return;
	bool queue = str_eq(i->entry->section, "queues");
	static const char *const send[] = { "sqs:SendMessage", NULL };
	static const char *const publish[] = { "sns:Publish", NULL };
	struct value *s =
		policy_service(x->arena, service, queue ? send : publish, x_known_arn(x, i));
	bool s3 = str_eq(service, "s3");
	/* EventBridge publishes to topics without naming the rule, so no condition there. */
	if (queue || !str_eq(service, "events"))
		policy_when(x->arena, s, s3 ? "ArnLike" : "ArnEquals", "aws:SourceArn", source);
	if (s3)
		policy_when(x->arena, s, "StringEquals", "aws:SourceAccount",
			    x_text(x, "${account}"));
	x_guard(x, i, s);
	x_serve_key(x, i, service);
}

struct resource *x_permit(struct expansion *x, struct item *function, const char *from,
			  const char *service, struct value *source_arn, bool own_account)
{
	const char *part = x_step(x, "permissions", from);
	const char *address = x_address(x, function, "%s", part);
	struct resource *there = map_get(x->resources, address);
	if (there)
		return there;
	const char *who = policy_principal(x->arena, service);
	return x_part(x, function, part, "AWS::Lambda::Permission",
		      x_map(x, "FunctionName",
			    x_attribute(x, function->entry->address, "FunctionName"), "Action",
			    x_string(x, "lambda:InvokeFunction"), "Principal", x_string(x, who),
			    "SourceArn", source_arn, "SourceAccount",
			    own_account ? x_text(x, "${account}") : NULL, NULL));
}

struct value *x_failure_target(struct expansion *x, struct role *r, const struct value *v)
{
	static const char *const sections[] = { "queues", "topics", NULL };
	struct target t;
	if (!v || x_ref(x, v, sections, &t))
		return NULL;
	const char *section = x_section(x, &t);
	if (str_eq(section, "queues"))
		GRANT(x, r, x_target_arn(x, &t), "sqs:SendMessage");
	else if (section)
		GRANT(x, r, x_target_arn(x, &t), "sns:Publish");
	x_use_key(x, r, &t, KEY_DECRYPT | KEY_GENERATE);
	return t.arn;
}
