#include "test.h"

#include "base/arena.h"
#include "base/str.h"
#include "providers/aws/policy_equal.h"

#define FORM "{\"Version\":\"2012-10-17\",\"Statement\":[%s]}"

/* The one statement in question, in a document. */
static bool same(const char *one, const char *other)
{
	_cleanup_arena_ struct arena *a = arena_new();
	return aws_policy_equal(value_string(a, arena_printf(a, FORM, one)),
				value_string(a, arena_printf(a, FORM, other)));
}

static bool same_document(const char *one, const char *other)
{
	_cleanup_arena_ struct arena *a = arena_new();
	return aws_policy_equal(value_string(a, one), value_string(a, other));
}

#define ALLOW "\"Effect\":\"Allow\",\"Resource\":\"*\""

TEST(policy_equal_order_and_lists)
{
	assert_true(same("{" ALLOW ",\"Action\":\"s3:GetObject\"}", "{\"Action\":[\"s3:GetObject\"]"
								    "," ALLOW "}"));
	assert_true(same("{" ALLOW ",\"Action\":[\"a:B\",\"c:D\"]}", "{" ALLOW ",\"Action\":[\"c:"
								     "d\",\"A:B\"]}"));
	assert_true(same("{" ALLOW ",\"Action\":\"a:A\"},{" ALLOW ",\"Action\":\"b:B\"}",
			 "{" ALLOW ",\"Action\":\"b:B\"},{" ALLOW ",\"Action\":\"a:A\"}"));
	assert_false(same("{" ALLOW ",\"Action\":\"a:B\"}", "{" ALLOW ",\"Action\":\"a:C\"}"));
	assert_false(same("{" ALLOW ",\"Action\":\"a:B\"}", "{" ALLOW ",\"Action\":[\"a:B\",\"a:"
							    "C\"]}"));
	assert_false(same("{" ALLOW ",\"Action\":\"a:B\"}", "{" ALLOW ",\"NotAction\":\"a:B\"}"));
}

TEST(policy_equal_effect_and_sid)
{
	assert_true(same("{\"Effect\":\"Allow\"}", "{\"Effect\":\"allow\"}"));
	assert_false(same("{\"Effect\":\"Allow\"}", "{\"Effect\":\"Deny\"}"));
	assert_true(same("{\"Effect\":\"Allow\",\"Sid\":\"\"}", "{\"Effect\":\"Allow\"}"));
	assert_false(same("{\"Effect\":\"Allow\",\"Sid\":\"a\"}", "{\"Effect\":\"Allow\"}"));
}

TEST(policy_equal_principals)
{
	assert_true(same("{\"Principal\":\"*\"}", "{\"Principal\":{\"AWS\":\"*\"}}"));
	assert_true(same("{\"Principal\":{\"AWS\":\"123456789012\"}}", "{\"Principal\":{\"AWS\":["
								       "\"arn:aws:iam::"
								       "123456789012:root\"]}}"));
	assert_false(same("{\"Principal\":{\"AWS\":\"123456789012\"}}", "{\"Principal\":{\"AWS\":"
									"\"arn:aws:iam::"
									"123456789012:role/r\"}}"));
	/* The principal was deleted and made again: its statement no longer applies. */
	assert_false(same("{\"Principal\":{\"AWS\":\"arn:aws:iam::123456789012:role/r\"}}",
			  "{\"Principal\":{\"AWS\":\"AROAEXAMPLE\"}}"));
	assert_false(same("{\"Principal\":{\"Service\":\"a\"}}", "{\"Principal\":{\"AWS\":\"a\"}"
								 "}"));
}

TEST(policy_equal_resources_keep_their_case)
{
	assert_false(same("{\"Resource\":\"arn:aws:s3:::a\"}", "{\"Resource\":\"arn:aws:s3:::"
							       "A\"}"));
}

TEST(policy_equal_conditions)
{
	assert_true(same("{\"Condition\":{\"Bool\":{\"aws:SecureTransport\":false}}}", "{\"Conditio"
										       "n\":{"
										       "\"Bool\":{"
										       "\"AWS:"
										       "SecureTrans"
										       "port\":["
										       "\"false\"]}"
										       "}}"));
	assert_true(same("{\"Condition\":{\"NumericLessThan\":{\"a:b\":5}}}", "{\"Condition\":{"
									      "\"NumericLessThan\":"
									      "{\"a:b\":\"5\"}}}"));
	assert_true(same("{\"Condition\":{}}", "{}"));
	assert_false(same("{\"Condition\":{\"StringEquals\":{\"a:b\":\"x\"}}}", "{\"Condition\":{"
										"\"StringEquals\":{"
										"\"a:b\":\"X\"}}"
										"}"));
	assert_false(same("{\"Condition\":{\"StringEquals\":{\"a:b\":\"x\"}}}", "{\"Condition\":{"
										"\"StringLike\":{"
										"\"a:b\":\"x\"}}"
										"}"));
}

TEST(policy_equal_documents)
{
	assert_true(same_document("{\"Statement\":{\"Effect\":\"Allow\"}}", "{\"Version\":\"2008-"
									    "10-17\",\"Statement\":"
									    "[{\"Effect\":"
									    "\"Allow\"}]}"));
	assert_false(same_document("{\"Statement\":[]}", "{\"Version\":\"2012-10-17\","
							 "\"Statement\":[]}"));
	assert_false(same_document("{\"Id\":\"a\"}", "{\"Id\":\"b\"}"));
	assert_true(same_document("no JSON", "no JSON"));
	assert_false(same_document("no JSON", "{}"));
	assert_false(aws_policy_equal(NULL, NULL) == false);
}
