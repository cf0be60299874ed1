#include "lang_test.h"

#include "model/json.h"
#include "providers/aws/policy.h"

static struct value *json(struct run *r, const char *text)
{
	struct value *v = json_parse(r->arena, text, strlen(text), NULL);
	assert_non_null(v);
	return v;
}

static void assert_json(struct run *r, const struct value *v, const char *expected)
{
	assert_string_equal(json_text(r->arena, v, JSON_COMPACT), expected);
}

TEST(policy_statements)
{
	_cleanup_run_ struct run r = run_new();
	static const char *const one[] = { "s3:GetObject", NULL };
	static const char *const two[] = { "s3:GetObject", "s3:PutObject", NULL };
	struct value *arn = value_string(r.arena, "arn:aws:s3:::b/*");
	assert_json(&r, policy_allow(r.arena, one, arn),
		    "{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::"
		    "b/*\"}");
	assert_json(&r, policy_allow(r.arena, two, NULL),
		    "{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:PutObject\"]}");
	struct value *s = policy_service(r.arena, "sns", one, NULL);
	policy_when(r.arena, s, "StringEquals", "a", value_string(r.arena, "1"));
	policy_when(r.arena, s, "StringEquals", "b", value_string(r.arena, "2"));
	assert_json(&r, s,
		    "{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"sns.amazonaws.com\"},"
		    "\"Action\":\"s3:GetObject\",\"Condition\":{\"StringEquals\":{\"a\":\"1\","
		    "\"b\":"
		    "\"2\"}}}");
}

TEST(policy_documents_say_things_once)
{
	_cleanup_run_ struct run r = run_new();
	struct value *list = json(&r, "[{\"Effect\":\"Allow\",\"Action\":\"a:b\"},"
				      "{\"Action\":\"a:b\",\"Effect\":\"Allow\"},"
				      "{\"Effect\":\"Deny\",\"Action\":\"a:b\"}]");
	assert_json(&r, policy_document(r.arena, list),
		    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"
		    "\"a:b\"},{\"Effect\":\"Deny\",\"Action\":\"a:b\"}]}");
}

TEST(policy_principals)
{
	_cleanup_run_ struct run r = run_new();
	assert_string_equal(policy_principal(r.arena, "lambda"), "lambda.amazonaws.com");
	assert_string_equal(policy_principal(r.arena, "logs.eu-west-1.amazonaws.com"), "logs.eu-"
										       "west-1."
										       "amazonaws."
										       "com");
}

static int check(struct run *r, const char *text, enum policy_owner owner, const char *self,
		 struct value **ret)
{
	struct value *own = self ? value_string(r->arena, self) : NULL;
	return policy_check(r->arena, json(r, text), owner, own, ret, r->diags);
}

TEST(policy_check_fills_in_the_resource)
{
	_cleanup_run_ struct run r = run_new();
	struct value *out;
	assert_int_equal(check(&r,
			       "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"1\"},\"Action\":"
			       "\"sqs:*\"}",
			       POLICY_OF_RESOURCE, "arn:q", &out),
			 0);
	assert_json(&r, out,
		    "[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"1\"},\"Action\":\"sqs:*\","
		    "\"Resource\":\"arn:q\"}]");
	assert_silent(&r);
}

TEST(policy_check_finds_faults)
{
	_cleanup_run_ struct run r = run_new();
	struct value *out;
	assert_int_equal(check(&r, "[{\"effect\":\"Allow\"}, 3]", POLICY_OF_ROLE, NULL, &out), -1);
	assert_says(&r, "a statement has no `effect`");
	assert_says(&r, "`Effect`");
	assert_says(&r, "a statement needs `Action`");
	assert_says(&r, "a statement needs `Resource`");
	assert_says(&r, "a statement is a map, not a number");
}

TEST(policy_check_warns_of_everybody)
{
	_cleanup_run_ struct run r = run_new();
	struct value *out;
	assert_int_equal(check(&r,
			       "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":"
			       "\"a:b\"}",
			       POLICY_OF_RESOURCE, "x", &out),
			 0);
	assert_says(&r, "anyone in the world");
	_cleanup_run_ struct run quiet = run_new();
	assert_int_equal(check(&quiet,
			       "{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"a:b\"}",
			       POLICY_OF_RESOURCE, "x", &out),
			 0);
	assert_silent(&quiet);
}
