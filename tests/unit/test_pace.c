#include "test.h"

#include <pthread.h>
#include <stdatomic.h>

#include "aws/pace.h"
#include "aws/retry.h"
#include "base/clock.h"

static struct aws_call call_of(const char *service, const char *operation, bool mutating)
{
	return (struct aws_call){ .service = aws_service(service),
				  .operation = operation,
				  .mutating = mutating };
}

static bool give_up(void *ctx)
{
	return clock_monotonic_ms() > *(int64_t *)ctx;
}

/* How many turns are to be had at once. */
static int turns(struct pace *p, const struct aws_call *c, bool limited)
{
	int64_t until = clock_monotonic_ms() + 60;
	int n = 0;

	while (n < 200 && pace_enter(p, c, limited, give_up, &until))
		n++;
	return n;
}

TEST(pace_windows)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct pace *p = pace_new(a, 64);
	struct aws_call write = call_of("kms", "CreateKey", true),
			read = call_of("kms", "DescribeKey", false);
	struct aws_call free_call = call_of("sqs", "CreateQueue", true);

	assert_int_equal(turns(p, &write, true), 3);
	assert_int_equal(turns(p, &read, true), 12);
	for (int i = 0; i < 3; i++)
		pace_leave(p, &write, PACE_DONE);
	assert_int_equal(turns(p, &write, true), 3);
	assert_int_equal(turns(p, &free_call, false), 64); /* an emulator has no limits */
	pace_free(p);
}

static int64_t now;

static int64_t still(void)
{
	return now;
}

static bool stop(void *ctx)
{
	(void)ctx;
	return true;
}

TEST(pace_token_bucket)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct pace *p;
	struct aws_call v1 = call_of("apigateway", "GetRestApis", false);
	struct aws_call v2 = call_of("apigatewayv2", "CreateRoute", true);
	int n = 0;

	now = 1000;
	clock_set_for_tests(NULL, still);
	p = pace_new(a, 64);
	for (; pace_enter(p, &v1, true, stop, NULL); n++)
		pace_leave(p, &v1, PACE_DONE);
	assert_int_equal(n, 40);			    /* the burst */
	assert_false(pace_enter(p, &v2, true, stop, NULL)); /* one limit for both versions */
	now += 500;
	for (n = 0; pace_enter(p, &v2, true, stop, NULL); n++)
		pace_leave(p, &v2, PACE_DONE);
	assert_int_equal(n, 5);
	clock_set_for_tests(NULL, NULL);
	pace_free(p);
}

TEST(pace_operations_with_a_rate_of_their_own)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct pace *p;
	struct aws_call get = call_of("lambda", "GetFunction", false);
	struct aws_call list = call_of("lambda", "ListFunctions", false);
	int n = 0;

	now = 1000;
	clock_set_for_tests(NULL, still);
	p = pace_new(a, 64);
	for (; pace_enter(p, &get, true, stop, NULL); n++)
		pace_leave(p, &get, PACE_DONE);
	assert_int_equal(n, 100);
	assert_true(pace_enter(p, &list, true, stop, NULL));
	clock_set_for_tests(NULL, NULL);
	pace_free(p);
}

/* --- the rate that is found out --- */

/* A service that takes so many calls a second, and a client that sends as fast as it may. */
struct service {
	struct pace *pace;
	struct aws_call call;
	double limit, tokens;
	int taken, refused;
};

static void offer(struct service *s, int64_t ms)
{
	for (int64_t end = now + ms; now < end; now += 5) {
		s->tokens += s->limit * 5 / 1000;
		if (s->tokens > 2)
			s->tokens = 2;
		while (pace_enter(s->pace, &s->call, false, stop, NULL)) {
			bool ok = s->tokens >= 1;

			s->tokens -= ok;
			s->taken += ok;
			s->refused += !ok;
			pace_leave(s->pace, &s->call, ok ? PACE_DONE : PACE_THROTTLED);
			if (s->taken + s->refused > 1000000)
				return;
			if (ok || s->limit > 0)
				continue;
			break;
		}
	}
}

static struct service start(struct arena *a, double limit)
{
	now = 1000;
	clock_set_for_tests(NULL, still);
	return (struct service){ .pace = pace_new(a, 64),
				 .call = call_of("sqs", "CreateQueue", true),
				 .limit = limit };
}

static void end(struct service *s)
{
	clock_set_for_tests(NULL, NULL);
	pace_free(s->pace);
}

TEST(pace_finds_the_rate)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct service s = start(a, 20);

	/* The first throttles: the client sends without limit. */
	for (int i = 0; i < 100; i++) {
		pace_enter(s.pace, &s.call, false, stop, NULL);
		pace_leave(s.pace, &s.call, PACE_THROTTLED);
	}
	offer(&s, 10000);
	s.taken = s.refused = 0;
	offer(&s, 60000);
	assert_in_range(s.taken, 60 * 20 / 2, 60 * 20 + 2); /* most of what there is to have */
	assert_in_range(s.refused, 0, s.taken / 4);
	end(&s);
}

TEST(pace_stands_nearly_still_while_all_is_refused)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct service s = start(a, 0);

	for (int i = 0; i < 64; i++) {
		pace_enter(s.pace, &s.call, false, stop, NULL);
		pace_leave(s.pace, &s.call, PACE_THROTTLED);
	}
	offer(&s, 20000);
	s.refused = 0;
	offer(&s, 60000);
	assert_in_range(s.refused, 20, 40); /* one in two seconds looks whether it is over */
	s.limit = 1000;
	offer(&s, 10000);
	assert_in_range(s.taken, 300, 1000 * 10); /* and soon all goes on */
	end(&s);
}

TEST(pace_forgets_the_rate)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct service s = start(a, 20);
	int n = 0;

	assert_true(pace_enter(s.pace, &s.call, false, stop, NULL));
	pace_leave(s.pace, &s.call, PACE_THROTTLED);
	assert_false(pace_enter(s.pace, &s.call, false, stop, NULL));
	now += 31000;
	assert_true(pace_enter(s.pace, &s.call, false, stop, NULL));
	pace_leave(s.pace, &s.call, PACE_DONE);
	while (n < 1000 && pace_enter(s.pace, &s.call, false, stop, NULL)) {
		pace_leave(s.pace, &s.call, PACE_DONE);
		n++;
	}
	assert_int_equal(n, 1000);
	end(&s);
}

TEST(pace_a_throttled_service_holds_no_other)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct service s = start(a, 0);
	struct aws_call read = call_of("sqs", "ListQueues", false);
	struct aws_call other = call_of("sns", "CreateTopic", true);

	pace_enter(s.pace, &s.call, false, stop, NULL);
	pace_leave(s.pace, &s.call, PACE_THROTTLED);
	assert_false(pace_enter(s.pace, &s.call, false, stop, NULL));
	for (int i = 0; i < 50; i++) {
		assert_true(pace_enter(s.pace, &read, false, stop, NULL));
		pace_leave(s.pace, &read, PACE_DONE);
		assert_true(pace_enter(s.pace, &other, false, stop, NULL));
		pace_leave(s.pace, &other, PACE_DONE);
	}
	end(&s);
}

TEST(pace_waits_no_longer_than_the_deadline)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct service s = start(a, 0);

	pace_enter(s.pace, &s.call, false, stop, NULL);
	pace_leave(s.pace, &s.call, PACE_THROTTLED);
	s.call.deadline_ms = now + 100;
	now += 100;
	assert_false(pace_enter(s.pace, &s.call, false, NULL, NULL));
	end(&s);
}

struct crowd {
	struct pace *pace;
	struct aws_call call;
	_Atomic int inside, most;
};

static void *enter_often(void *arg)
{
	struct crowd *c = arg;

	for (int i = 0; i < 50; i++) {
		int inside;

		pace_enter(c->pace, &c->call, true, NULL, NULL);
		inside = atomic_fetch_add(&c->inside, 1) + 1;
		if (inside > atomic_load(&c->most))
			atomic_store(&c->most, inside);
		atomic_fetch_sub(&c->inside, 1);
		pace_leave(c->pace, &c->call, PACE_DONE);
	}
	return NULL;
}

TEST(pace_many_threads)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct crowd c = { .pace = pace_new(a, 64), .call = call_of("kms", "CreateKey", true) };
	pthread_t threads[16];

	for (int i = 0; i < 16; i++)
		pthread_create(&threads[i], NULL, enter_often, &c);
	for (int i = 0; i < 16; i++)
		pthread_join(threads[i], NULL);
	assert_in_range(atomic_load(&c.most), 1, 3);
	pace_free(c.pace);
}

/* --- retry.h --- */

struct class_case {
	const char *service, *code, *message;
	int status;
	enum aws_class class;
};

/* clang-format off */
static const struct class_case cases[] = {
	{ "lambda", "InvalidParameterValueException",
	  "The role defined for the function cannot be assumed by Lambda.", 400, AWS_PROPAGATION },
	{ "lambda", "InvalidParameterValueException", "Unzipped size", 400, AWS_INVALID },
	{ "lambda", "ResourceConflictException", "Function already exist: f", 409, AWS_EXISTS },
	{ "lambda", "ResourceConflictException", "An update is in progress", 409, AWS_CONFLICT },
	{ "dynamodb", "ResourceInUseException", "Table already exists: t", 400, AWS_EXISTS },
	{ "dynamodb", "ResourceInUseException", "Table is being updated", 400, AWS_CONFLICT },
	{ "dynamodb", "LimitExceededException", "simultaneously", 400, AWS_CONFLICT },
	{ "dynamodb", "ResourceNotFoundException", "m", 400, AWS_ABSENT },
	{ "iam", "LimitExceeded", "m", 409, AWS_QUOTA },
	{ "iam", "MalformedPolicyDocument", "Invalid principal in policy: x", 400, AWS_PROPAGATION },
	{ "iam", "MalformedPolicyDocument", "Syntax errors", 400, AWS_INVALID },
	{ "iam", "DeleteConflict", "m", 409, AWS_CONFLICT },
	{ "iam", "EntityAlreadyExists", "m", 409, AWS_EXISTS },
	{ "iam", "Throttling", "m", 400, AWS_THROTTLED },
	{ "iam", "SomethingNew", "m", 400, AWS_INVALID },
	{ "iam", "SomethingNew", "m", 418, AWS_OTHER },
	{ "iam", "SomethingNew", "m", 403, AWS_DENIED },
	{ "iam", "SomethingNew", "m", 500, AWS_TRANSIENT },
	{ "iam", "SomethingNew", "m", 429, AWS_THROTTLED },
	{ "iam", "NotImplemented", "m", 501, AWS_OTHER },
	{ "s3", "OperationAborted", "m", 409, AWS_CONFLICT },
	{ "s3", "PreconditionFailed", "m", 412, AWS_CONFLICT },
	{ "s3", "NoSuchBucket", "m", 404, AWS_ABSENT },
	{ "s3", "SlowDown", "m", 503, AWS_THROTTLED },
	{ "s3", "BucketAlreadyOwnedByYou", "m", 409, AWS_EXISTS },
	{ "s3", "InvalidArgument", "Unable to validate the following destination configurations", 400,
	  AWS_PROPAGATION },
	{ "logs", "LimitExceededException", "Resource limit exceeded", 400, AWS_QUOTA },
	{ "logs", "OperationAbortedException", "m", 400, AWS_CONFLICT },
	{ "sqs", "UnrecognizedClientException", "m", 400, AWS_AUTH },
	{ "sts", "AccessDenied", "m", 403, AWS_DENIED },
};
/* clang-format on */

TEST(retry_classes)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct aws_call call = call_of(cases[i].service, "X", false);
		struct aws_error e = { .status = cases[i].status,
				       .code = cases[i].code,
				       .message = cases[i].message };

		if (retry_classify(&call, &e, true) != cases[i].class)
			fail_msg("%s %s", cases[i].service, cases[i].code);
	}
}

TEST(retry_class_by_the_old_code)
{
	struct aws_call call = call_of("sqs", "X", false);
	struct aws_error e = { .status = 400,
			       .code = "New",
			       .legacy_code = "AWS.SimpleQueueService.NonExistentQueue" };

	assert_int_equal(retry_classify(&call, &e, true), AWS_ABSENT);
}

TEST(retry_backoff)
{
	for (int attempt = 1; attempt < 40; attempt++)
		for (int i = 0; i < 50; i++) {
			int64_t ms = retry_backoff_ms(attempt, 1000);

			assert_in_range(ms, 0, attempt > 5 ? 20000 : 1000 << (attempt - 1));
		}
}

enum { NOW_S = 1795274400 }; /* 2026-11-21T15:20:00Z */

static int64_t after(const char *name, const char *value)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct http_header h = { name, value };
	http_headers hs = { 0 };

	vec_push(a, &hs, h);
	return retry_after_ms(&hs, NOW_S);
}

TEST(retry_after_header)
{
	assert_int_equal(after("retry-after", "2"), 2000);
	assert_int_equal(after("retry-after", "99999999999"), 60000);
	assert_int_equal(after("retry-after", "9223372036854775807"), 60000);
	assert_int_equal(after("retry-after", "-5"), 0);
	assert_int_equal(after("retry-after", "-9223372036854775808"), 0);
	assert_int_equal(after("retry-after", "Sat, 21 Nov 2026 15:20:07 GMT"), 7000);
	assert_int_equal(after("retry-after", "Sun, 22 Nov 2026 15:20:00 GMT"), 60000);
	assert_int_equal(after("retry-after", "Sat, 21 Nov 2026 15:19:00 GMT"), 0);
	assert_int_equal(after("retry-after", "soon"), 0);
	assert_int_equal(after("retry-after", ""), 0);
	assert_int_equal(after("x-amz-retry-after", "1500"), 1500);
	assert_int_equal(after("x-amz-retry-after", "-1"), 0);
	assert_int_equal(after("x", "1"), 0);
}

TEST(retry_after_date_against_the_replys_own)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct http_header date = { "date", "Sat, 21 Nov 2026 12:00:00 GMT" };
	struct http_header when = { "retry-after", "Sat, 21 Nov 2026 12:00:09 GMT" };
	http_headers hs = { 0 };

	vec_push(a, &hs, date);
	vec_push(a, &hs, when);
	assert_int_equal(retry_after_ms(&hs, NOW_S), 9000);
}

TEST(retry_quota)
{
	struct retry_quota q;

	retry_quota_init(&q);
	for (int i = 0; i < RETRY_QUOTA / RETRY_COST; i++)
		assert_true(retry_quota_take(&q, RETRY_COST));
	assert_false(retry_quota_take(&q, RETRY_COST));
	retry_quota_give(&q, RETRY_COST);
	assert_true(retry_quota_take(&q, RETRY_COST));
	retry_quota_give(&q, RETRY_QUOTA * 2);
	for (int i = 0; i < RETRY_QUOTA / RETRY_COST; i++)
		assert_true(retry_quota_take(&q, RETRY_COST));
	assert_false(retry_quota_take(&q, 1));
	retry_quota_done(&q);
}
