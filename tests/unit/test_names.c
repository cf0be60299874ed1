#include <string.h>

#include "test.h"
#include "base/str.h"
#include "providers/aws/names.h"

static const struct account account = { "123456789012", "aws", "eu-west-1", NULL };

static char *base(struct arena *a, const char *stack, const char *stage, const char *key,
		  const char *each)
{
	struct stack s = { .name = stack, .stage = stage };
	struct entry e = { .key = key, .each_key = each };
	return name_base(a, &s, &e);
}

TEST(names_base)
{
	_cleanup_arena_ struct arena *a = arena_new();
	assert_string_equal(base(a, "shop", NULL, "jobs", NULL), "shop-jobs");
	assert_string_equal(base(a, "shop", "dev", "jobs", NULL), "shop-dev-jobs");
	assert_string_equal(base(a, "shop", "dev", "jobs", "eu"), "shop-dev-jobs-eu");
	assert_string_equal(base(a, "shop", NULL, "jobs", "a b/c"), "shop-jobs-a-b-c");
}

TEST(names_that_fit_stay)
{
	_cleanup_arena_ struct arena *a = arena_new();
	assert_string_equal(name_fit(a, "shop-jobs", ".fifo", 80), "shop-jobs.fifo");
	assert_string_equal(name_fit(a, "0123456789", "", 10), "0123456789");
}

/* Cut, with a hash of the whole: stable, and unlike a neighbour with the same beginning. */
TEST(names_overlong_are_cut)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const char *one = name_fit(a, "a-very-long-name-of-a-function-number-one", "", 30);
	const char *again = name_fit(a, "a-very-long-name-of-a-function-number-one", "", 30);
	const char *other = name_fit(a, "a-very-long-name-of-a-function-number-two", "", 30);
	assert_string_equal(one, "a-very-long-name-of-a-56736d56");
	assert_string_equal(one, again);
	assert_string_not_equal(one, other);
	assert_true(strlen(one) <= 30);
	const char *queue = name_fit(a, "a-very-long-name-of-a-queue", ".fifo", 24);
	assert_int_equal(strlen(queue), 24);
	assert_true(str_ends(queue, ".fifo"));
}

TEST(names_of_buckets)
{
	_cleanup_arena_ struct arena *a = arena_new();
	assert_string_equal(name_bucket(a, "Shop_Dev-images", &account), "shop-dev-images-"
									 "123456789012-eu-west-1-"
									 "an");
	const char *longer =
		name_bucket(a, "a-stack-with-quite-a-long-name-production-images", &account);
	assert_true(strlen(longer) <= 63);
	assert_true(str_ends(longer, "-123456789012-eu-west-1-an"));
	assert_null(name_bucket(a, "shop-images", NULL));
}

TEST(names_limits)
{
	assert_int_equal(name_limit("AWS::SQS::Queue"), 80);
	assert_int_equal(name_limit("AWS::Lambda::Function"), 64);
	assert_int_equal(name_limit("AWS::Unknown::Type"), 64);
}

TEST(names_steps)
{
	_cleanup_arena_ struct arena *a = arena_new();
	assert_string_equal(name_step(a, "jobs"), "jobs");
	assert_string_equal(name_step(a, "GET /x"), "[\"GET /x\"]");
	assert_string_equal(name_step(a, ""), "[\"\"]");
}
