/* expand_logs.c - log groups: entries of their own and parts of functions and APIs. */
#include "base/str.h"
#include "providers/aws/expand.h"
#include "providers/aws/policy.h"

static const char *const keys_section[] = { "keys", NULL };

/* What CloudWatch Logs offers, in days. */
static const int64_t retentions[] = {
	1,   3,	  5,   7,   14,	  30,	60,   90,   120,  150,	180,
	365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
};
enum { RETENTIONS = sizeof(retentions) / sizeof(*retentions) };

static const struct prop days_row = PROP("retention", INT, 0, .unit = "d", RANGE(1, 3653));

/* The number of days, NULL for `never` and after an error. */
static struct value *days(struct expansion *x, const struct value *v)
{
	if (!v || str_eq_fold(value_text(v), "never"))
		return NULL;
	const struct value *checked = x_check_value(x, &days_row, v);
	if (!checked || !value_is(checked, VALUE_INT))
		return (struct value *)checked;
	size_t n = 0;
	while (n < RETENTIONS && retentions[n] < checked->integer)
		n++;
	if (n < RETENTIONS && retentions[n] == checked->integer)
		return (struct value *)checked;
	x_error(x, v->span, "CloudWatch Logs keeps logs for certain times only: %lldd is none",
		(long long)checked->integer);
	if (n > 0 && n < RETENTIONS)
		diag_hint(x->diags, "it offers %lldd or %lldd here", (long long)retentions[n - 1],
			  (long long)retentions[n]);
	return NULL;
}

void x_log_words(struct expansion *x, const struct value *words, struct value *props,
		 struct target *ret_key)
{
	struct value *retention = days(x, value_get(words, "retention"));
	const struct value *key = value_get(words, "encryption");
	*ret_key = (struct target){ 0 };
	if (retention)
		value_set(x->arena, props, "RetentionInDays", retention);
	if (key && !value_is(key, VALUE_NULL) && !x_ref(x, key, keys_section, ret_key))
		value_set(x->arena, props, "KmsKeyId", ret_key->arn);
}

void x_log_key(struct expansion *x, const struct target *key, const struct resource *group)
{
	static const char *const actions[] = { "kms:Encrypt*",	 "kms:Decrypt*",
					       "kms:ReEncrypt*", "kms:GenerateDataKey*",
					       "kms:Describe*",	 NULL };
	if (!key->item || !group)
		return;
	struct value *who =
		policy_who(x->arena, "Service", x_text(x, "logs.${region}.amazonaws.com"));
	struct value *s = policy_grant(x->arena, who, actions, x_string(x, "*"));
	policy_when(x->arena, s, "ArnEquals", "kms:EncryptionContext:aws:logs:arn",
		    x_text(x, "arn:${partition}:logs:${region}:${account}:log-group:%",
			   x_known(x, group, "LogGroupName")));
	x_guard(x, key->item, s);
}

struct resource *x_log_group(struct expansion *x, struct item *i, const char *part,
			     struct value *name, const struct value *words)
{
	struct target key;
	struct value *props = x_map(x, "LogGroupName", name, NULL);
	const struct value *checked =
		x_part_words(x, "log_groups", "AWS::Logs::LogGroup", words, props);
	x_log_words(x, checked, props, &key);
	const struct value *filters = value_get(checked, "metric_filters");
	if (filters)
		x_error(x, filters->span,
			"`metric_filters` of a generated log group come with a "
			"later version of cinfra");
	struct resource *r = x_part(x, i, part, "AWS::Logs::LogGroup", props);
	x_log_key(x, &key, r);
	return r;
}
