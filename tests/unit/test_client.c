#include "test.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "aws/call.h"
#include "base/clock.h"
#include "base/str.h"
#include "fake_http.h"
#include "model/json.h"

#define AWS_ERROR(status_, code)                                                                   \
	{                                                                                          \
		.status = (status_), .body = "{\"__type\":\"" code "\"}"                           \
	}
#define GOOD                                                                                       \
	{                                                                                          \
		.status = 200, .body = "{}"                                                        \
	}

static const char *const env_keys[] = { "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=secret",
					NULL };
static const char *const env_session[] = { "AWS_ACCESS_KEY_ID=ASIA", "AWS_SECRET_ACCESS_KEY=secret",
					   "AWS_SESSION_TOKEN=token", NULL };

struct fixture {
	struct arena *arena;
	struct fake_http http;
	struct aws_options options;
	struct aws_client *client;
	struct aws_reply reply;
	struct aws_error err;
};

static void set_up(struct fixture *f, const char *const *env, const struct fake_reply *replies,
		   size_t n)
{
	memset(f, 0, sizeof(*f));
	f->arena = arena_new();
	fake_http_init(&f->http, f->arena, replies, n);
	f->options = (struct aws_options){
		.region = "eu-west-1",
		.http = &f->http.base,
		.env = fake_env,
		.env_ctx = (void *)env,
		.backoff_ms = 1,
	};
}

static struct aws_client *client(struct fixture *f)
{
	struct diags *d = diags_new(f->arena);

	if (!f->client)
		f->client = aws_client_new(&f->options, d);
	if (!f->client)
		fail_msg("%s", diags_first(d)->message);
	return f->client;
}

static void tear_down(struct fixture *f)
{
	aws_client_free(f->client);
	arena_free(f->arena);
}

static int call(struct fixture *f, const struct aws_call *c)
{
	return aws_call(client(f), c, f->arena, &f->reply, &f->err);
}

static struct aws_call read_call(void)
{
	return (struct aws_call){ .service = aws_service("sqs"), .operation = "GetQueueUrl" };
}

static struct aws_call create_call(void)
{
	return (struct aws_call){ .service = aws_service("kms"),
				  .operation = "CreateKey",
				  .mutating = true,
				  .repeat_unsafe = true };
}

#define SET_UP(f, env, replies) set_up(f, env, replies, sizeof(replies) / sizeof(*(replies)))

/* --- the plain way --- */

TEST(client_signs_and_parses)
{
	static const struct fake_reply replies[] = { { .status = 200,
						       .body = "{\"QueueUrl\":\"u\"}" } };
	struct fixture f;
	struct aws_call c = read_call();
	uint64_t calls, mutating;

	SET_UP(&f, env_session, replies);
	assert_int_equal(call(&f, &c), 0);
	assert_string_equal(value_text_at(f.reply.output, "QueueUrl"), "u");
	assert_string_equal(f.http.requests.items[0].url, "https://sqs.eu-west-1.amazonaws.com/");
	assert_non_null(strstr(fake_header(&f.http, 0, "authorization"), "Credential=ASIA/"));
	assert_non_null(strstr(fake_header(&f.http, 0, "authorization"), "/eu-west-1/sqs/"
									 "aws4_request"));
	assert_string_equal(fake_header(&f.http, 0, "x-amz-security-token"), "token");
	assert_string_equal(fake_header(&f.http, 0, "amz-sdk-request"), "attempt=1; max=8");
	aws_counts(f.client, &calls, &mutating);
	assert_int_equal(calls, 1);
	assert_int_equal(mutating, 0);
	tear_down(&f);
}

TEST(client_without_region)
{
	struct fixture f;
	struct diags *d;

	set_up(&f, env_keys, NULL, 0);
	f.options.region = NULL;
	d = diags_new(f.arena);
	assert_null(aws_client_new(&f.options, d));
	assert_int_equal(diags_code(d), D_CONFIG);
	assert_non_null(diags_first(d)->hints);
	tear_down(&f);
}

TEST(client_without_credentials)
{
	static const char *const env[] = { "AWS_EC2_METADATA_DISABLED=true", NULL };
	struct fixture f;
	struct aws_call c = read_call();
	struct diags *d;

	set_up(&f, env, NULL, 0);
	assert_int_equal(call(&f, &c), -1);
	assert_string_equal(f.err.code, "NoCredentials");
	assert_int_equal(f.err.class, AWS_AUTH);
	assert_int_equal(f.http.requests.len, 0);
	d = diags_new(f.arena);
	assert_int_equal(aws_diag(d, &f.err, NO_SPAN), -1);
	assert_int_equal(diags_code(d), D_AUTH);
	assert_string_equal(diags_first(d)->message, "no AWS credentials found");
	assert_non_null(diags_first(d)->hints);
	tear_down(&f);
}

TEST(client_bad_input_is_not_sent)
{
	struct fixture f;
	struct aws_call c = { .service = aws_service("lambda"),
			      .operation = "X",
			      .path = "/{Gone}" };

	set_up(&f, env_keys, NULL, 0);
	assert_int_equal(call(&f, &c), -1);
	assert_string_equal(f.err.code, "BadInput");
	c.service = aws_service("no such service");
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 0);
	tear_down(&f);
}

/* --- retries --- */

static const char *hidden(struct fixture *f, const char *message, const char *secret)
{
	struct value *v = value_map(f->arena);

	f->err.message = message;
	value_set(f->arena, v, "plain", value_string(f->arena, "sent"));
	value_set(f->arena, v, "secret",
		  value_mark(f->arena, value_string(f->arena, secret), VALUE_SENSITIVE, 0));
	aws_error_hide(&f->err, f->arena, v);
	return f->err.message;
}

TEST(client_hides_what_is_sensitive)
{
	struct fixture f = { .arena = arena_new() };

	assert_string_equal(hidden(&f, "you sent s3cret.", "s3cret"), "you sent (sensitive).");
	assert_string_equal(hidden(&f, "s3crets3cret", "s3cret"), "(sensitive)(sensitive)");
	assert_string_equal(hidden(&f, "a %22%2F%C3%A9x z", "\"/\u00e9x"), "a (sensitive) z");
	assert_string_equal(hidden(&f, "{\"a\":\"x\\\"yz\"}", "x\"yz"), "{\"a\":\"(sensitive)\"}");
	assert_string_equal(hidden(&f, "x\\\\\\\"yz", "x\"yz"), "(sensitive)");
	assert_string_equal(hidden(&f, "pins 42, 421, x42, \"42\"", "42"), "pins (sensitive), 421, "
									   "x42, \"(sensitive)\"");
	assert_string_equal(hidden(&f, "sent", ""), "sent");
	tear_down(&f);
}

TEST(client_hides_its_token)
{
	static const char *const env[] = { "AWS_ACCESS_KEY_ID=ASIA", "AWS_SECRET_ACCESS_KEY=code",
					   "AWS_SESSION_TOKEN=0123456789abcdef", NULL };
	static const struct fake_reply replies[] = { { .status = 400,
						       .body = "{\"__type\":\"Bad\",\"message\":"
							       "\"code 0123456789abcdef\"}" } };
	struct fixture f;
	struct aws_call c = read_call();

	set_up(&f, env, replies, 1);
	assert_int_equal(call(&f, &c), -1);
	assert_string_equal(f.err.message, "code (sensitive)");
	tear_down(&f);
}

TEST(client_repeats_after_throttling)
{
	static const struct fake_reply replies[] = { AWS_ERROR(400, "ThrottlingException"),
						     AWS_ERROR(403, "RequestThrottled"),
						     { .status = 429 },
						     { .status = 503 },
						     GOOD };
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	assert_int_equal(call(&f, &c), 0);
	assert_int_equal(f.http.requests.len, 5);
	assert_string_equal(fake_header(&f.http, 4, "amz-sdk-request"), "attempt=5; max=8");
	assert_string_equal(fake_header(&f.http, 4, "amz-sdk-invocation-id"),
			    fake_header(&f.http, 0, "amz-sdk-invocation-id"));
	tear_down(&f);
}

TEST(client_gives_up)
{
	static const struct fake_reply replies[] = { AWS_ERROR(400, "Throttling") };
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	f.options.max_attempts = 3;
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 3);
	assert_int_equal(f.err.class, AWS_THROTTLED);
	assert_string_equal(f.err.code, "Throttling");
	c.max_attempts = 1;
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 4);
	tear_down(&f);
}

TEST(client_does_not_repeat_what_will_not_change)
{
	static const char *const codes[] = { "ValidationException",    "AccessDeniedException",
					     "QueueDoesNotExist",      "InvalidClientTokenId",
					     "LimitExceededException", "ConflictException" };
	static const enum aws_class classes[] = { AWS_INVALID, AWS_DENIED, AWS_ABSENT,
						  AWS_AUTH,    AWS_QUOTA,  AWS_CONFLICT };

	for (size_t i = 0; i < 6; i++) {
		struct fake_reply reply = { .status = 400 };
		struct fixture f;
		struct aws_call c = read_call();

		set_up(&f, env_keys, &reply, 1);
		reply.body = arena_printf(f.arena, "{\"__type\":\"%s\"}", codes[i]);
		assert_int_equal(call(&f, &c), -1);
		assert_int_equal(f.http.requests.len, 1);
		assert_int_equal(f.err.class, classes[i]);
		assert_false(f.err.maybe_done);
		tear_down(&f);
	}
}

/* What an emulator or a proxy lacks will not appear by asking again. */
TEST(client_html_500_is_repeated_twice)
{
	static const struct fake_reply replies[] = { { .status = 500,
						       .body = "<html>oops</html>" } };
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 3);
	assert_string_equal(f.err.code, "HTTP500");
	assert_int_equal(f.err.class, AWS_TRANSIENT);
	tear_down(&f);
}

TEST(client_html_404_is_no_absence)
{
	static const struct fake_reply replies[] = { { .status = 404,
						       .body = "<html>none</html>" } };
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 1);
	assert_int_equal(f.err.class, AWS_OTHER);
	tear_down(&f);
}

TEST(client_survives_a_truncated_reply)
{
	static const struct fake_reply replies[] = { { .status = 200, .body = "{\"QueueUrl\":\"u" },
						     { .status = 200, .body = "<html></html>" },
						     GOOD };
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	assert_int_equal(call(&f, &c), 0);
	assert_int_equal(f.http.requests.len, 3);
	tear_down(&f);
}

TEST(client_repeats_a_read_whose_reply_was_lost)
{
	static const struct fake_reply replies[] = {
		{ .failure = HTTP_SENT, .sent = true },
		{ .failure = HTTP_TIMEOUT, .sent = true },
		{ .failure = HTTP_CONNECT },
		GOOD,
	};
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	assert_int_equal(call(&f, &c), 0);
	assert_int_equal(f.http.requests.len, 4);
	tear_down(&f);
}

TEST(client_does_not_repeat_a_create_that_may_be_done)
{
	static const struct fake_reply lost[] = {
		{ .failure = HTTP_SENT, .sent = true },
		{ .failure = HTTP_TIMEOUT, .sent = true },
		{ .failure = HTTP_SENT, .sent = true, .stale = true },
		{ .status = 500, .body = "{\"__type\":\"KMSInternalException\"}" },
		{ .status = 500, .body = "{\"__type\":\"InternalError\"}" },
		{ .status = 500 },
		{ .status = 502, .body = "<html></html>" },
		{ .status = 503, .body = "<html></html>" },
		{ .status = 503, .body = "{\"__type\":\"ServiceUnavailable\"}" },
		{ .status = 504 },
		{ .status = 200, .body = "{\"KeyMetadata\":{\"Ke" },
	};

	for (size_t i = 0; i < sizeof(lost) / sizeof(*lost); i++) {
		struct fixture f;
		struct aws_call c = create_call();

		set_up(&f, env_keys, &lost[i], 1);
		assert_int_equal(call(&f, &c), -1);
		assert_int_equal(f.http.requests.len, 1);
		assert_true(f.err.maybe_done);
		assert_int_equal(f.err.class, AWS_TRANSIENT);
		assert_true(f.http.requests.items[0].fresh);
		tear_down(&f);
	}
}

TEST(client_repeats_a_create_that_was_refused)
{
	static const struct fake_reply replies[] = {
		AWS_ERROR(400, "ThrottlingException"),
		{ .failure = HTTP_CONNECT },
		{ .status = 503, .body = "{\"__type\":\"SlowDown\"}" },
		{ .status = 429 },
		GOOD,
	};
	struct fixture f;
	struct aws_call c = create_call();

	SET_UP(&f, env_keys, replies);
	assert_int_equal(call(&f, &c), 0);
	assert_int_equal(f.http.requests.len, 5);
	assert_false(f.err.maybe_done);
	tear_down(&f);
}

/* "It exists already" after a lost reply may be our own doing. */
TEST(client_remembers_that_it_may_be_done)
{
	static const struct fake_reply replies[] = { { .failure = HTTP_SENT, .sent = true },
						     AWS_ERROR(400, "QueueNameExists") };
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	c.mutating = true;
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.err.class, AWS_EXISTS);
	assert_true(f.err.maybe_done);
	tear_down(&f);
}

TEST(client_repeats_at_once_on_a_stale_connection)
{
	static const struct fake_reply replies[] = {
		{ .failure = HTTP_SENT, .sent = true, .stale = true }, GOOD
	};
	struct fixture f;
	struct aws_call c = read_call();
	int64_t since = clock_monotonic_ms();

	SET_UP(&f, env_keys, replies);
	f.options.backoff_ms = 60000;
	c.max_attempts = 1; /* it is not counted */
	assert_int_equal(call(&f, &c), 0);
	assert_true(clock_monotonic_ms() - since < 1000);
	assert_false(f.http.requests.items[0].new_connection);
	assert_true(f.http.requests.items[1].new_connection); /* the others may be as dead */
	tear_down(&f);
}

TEST(client_an_unreachable_host_is_soon_given_up)
{
	static const struct fake_reply replies[] = { { .failure = HTTP_CONNECT } };
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 4);
	assert_string_equal(f.err.code, "Connect");
	assert_non_null(strstr(f.err.hint, "sqs.eu-west-1.amazonaws.com"));
	assert_false(f.err.maybe_done);
	tear_down(&f);
}

TEST(client_an_untrusted_certificate_is_not_repeated)
{
	static const struct fake_reply replies[] = { { .failure = HTTP_TLS } };
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 1);
	assert_string_equal(f.err.code, "Tls");
	assert_non_null(f.err.hint);
	tear_down(&f);
}

/* A host that has answered exists: the network is down for a while. */
TEST(client_a_host_that_has_answered_is_given_more_time)
{
	static const struct fake_reply replies[] = { GOOD, { .failure = HTTP_CONNECT } };
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	assert_int_equal(call(&f, &c), 0);
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 1 + 8);
	c.service = aws_service("sns");
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 1 + 8 + 4);
	tear_down(&f);
}

TEST(client_no_tls_has_a_hint)
{
	static const struct fake_reply replies[] = { { .failure = HTTP_HANDSHAKE } };
	struct fixture f;
	struct aws_call c = create_call();

	SET_UP(&f, env_keys, replies);
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 4);
	assert_false(f.err.maybe_done);
	assert_non_null(strstr(f.err.hint, "http://"));
	tear_down(&f);
}

TEST(client_a_call_that_hangs_is_not_repeated_for_long)
{
	static const struct fake_reply replies[] = { { .failure = HTTP_TIMEOUT, .sent = true } };
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 4);
	assert_string_equal(f.err.code, "Timeout");
	assert_int_equal(f.http.requests.items[0].stall_ms, 60000);
	tear_down(&f);
}

/* --- throttles, and the time there is --- */

/* A clock that goes on by this much whenever it is looked at. */
static _Atomic int64_t fast_now, fast_step;

static int64_t fast_clock(void)
{
	return atomic_fetch_add(&fast_now, atomic_load(&fast_step));
}

static void start_fast_clock(int64_t step)
{
	atomic_store(&fast_now, 1000000);
	atomic_store(&fast_step, step);
	clock_set_for_tests(NULL, fast_clock);
}

static void throttle_for_minutes(struct fake_http *f, const struct http_request *r,
				 struct fake_reply *ret)
{
	static const struct fake_reply kinds[] = { AWS_ERROR(400, "ThrottlingException"),
						   { .status = 429 },
						   { .status = 503 },
						   AWS_ERROR(503, "SlowDown") };

	(void)r;
	*ret = kinds[f->requests.len % 4];
	if (atomic_load(&fast_now) > 1000000 + 4 * 60 * 1000)
		*ret = (struct fake_reply)GOOD;
}

TEST(client_outlives_throttling)
{
	struct fixture f;
	struct aws_call c = read_call();

	set_up(&f, env_keys, NULL, 0);
	f.http.answer = throttle_for_minutes;
	start_fast_clock(500);
	assert_int_equal(call(&f, &c), 0);
	assert_true(f.http.requests.len > 10);
	clock_set_for_tests(NULL, NULL);
	tear_down(&f);
}

TEST(client_does_not_outlive_throttling_for_ever)
{
	static const struct fake_reply replies[] = { AWS_ERROR(400, "TooManyRequestsException") };
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	start_fast_clock(1000);
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.err.class, AWS_THROTTLED);
	assert_in_range(atomic_load(&fast_now) - 1000000, 5 * 60 * 1000, 6 * 60 * 1000);
	clock_set_for_tests(NULL, NULL);
	tear_down(&f);
}

TEST(client_throttles_take_nothing_from_the_budget)
{
	static const struct fake_reply replies[] = { { .status = 503 } };
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	f.options.max_attempts = 8;
	start_fast_clock(1000);
	for (int i = 0; i < 30; i++) /* 210 repetitions: the budget is 100 */
		call(&f, &c);
	assert_int_equal(f.http.requests.len, 30 * 8);
	clock_set_for_tests(NULL, NULL);
	tear_down(&f);
}

TEST(client_keeps_the_deadline)
{
	static const struct fake_reply slow[] = { { .status = 503, .headers = "retry-after: 30" } };
	static const struct fake_reply hung[] = { { .failure = HTTP_TIMEOUT, .sent = true } };
	struct fixture f;
	struct aws_call c = read_call();
	int64_t since = clock_monotonic_ms();

	SET_UP(&f, env_keys, slow);
	c.deadline_ms = since + 20000; /* before the 30 s are over: no use to wait */
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 1);
	assert_string_equal(f.err.code, "HTTP503");
	assert_true(clock_monotonic_ms() - since < 2000);
	c.deadline_ms = since; /* over */
	assert_int_equal(call(&f, &c), -1);
	assert_string_equal(f.err.code, "Deadline");
	assert_false(f.err.maybe_done);
	assert_int_equal(f.http.requests.len, 1);
	tear_down(&f);

	SET_UP(&f, env_keys, hung);
	c.deadline_ms = clock_monotonic_ms() + 20000;
	c.max_attempts = 1;
	call(&f, &c);
	assert_in_range(f.http.requests.items[0].timeout_ms, 15000, 20000);
	tear_down(&f);
}

/* What is signed is good for minutes: not before the wait for a turn. */
TEST(client_signs_when_it_sends)
{
	struct fixture f;
	struct aws_call c = read_call();

	set_up(&f, env_keys, NULL, 0);
	f.http.answer = throttle_for_minutes;
	clock_set_for_tests(fast_clock, fast_clock);
	atomic_store(&fast_now, 1000000);
	atomic_store(&fast_step, 500);
	assert_int_equal(call(&f, &c), 0);
	assert_string_not_equal(fake_header(&f.http, 0, "x-amz-date"),
				fake_header(&f.http, f.http.requests.len - 1, "x-amz-date"));
	clock_set_for_tests(NULL, NULL);
	tear_down(&f);
}

TEST(client_retry_after)
{
	static const struct fake_reply replies[] = { { .status = 429, .headers = "retry-after: 1" },
						     GOOD };
	struct fixture f;
	struct aws_call c = read_call();
	int64_t since = clock_monotonic_ms();

	SET_UP(&f, env_keys, replies);
	assert_int_equal(call(&f, &c), 0);
	assert_in_range(clock_monotonic_ms() - since, 990, 3000);
	tear_down(&f);
}

/* 500 tokens, 5 a retry: an outage does not become a storm. */
TEST(client_has_a_retry_budget)
{
	static const struct fake_reply replies[] = { AWS_ERROR(500, "InternalError") };
	struct fixture f;
	struct aws_call c = read_call();
	size_t before;

	SET_UP(&f, env_keys, replies);
	for (int i = 0; i < 20; i++)
		call(&f, &c);
	assert_int_equal(f.http.requests.len, 20 + 500 / 5);
	before = f.http.requests.len;
	call(&f, &c);
	assert_int_equal(f.http.requests.len, before + 1);
	c.service = aws_service("kms"); /* the trouble of one service is not the others' */
	call(&f, &c);
	assert_int_equal(f.http.requests.len, before + 1 + 8);
	tear_down(&f);
}

/* --- clock, credentials, regions --- */

static int64_t slow_clock(void)
{
	return 1795273200000; /* 2026-11-21T15:00:00Z */
}

TEST(client_corrects_its_clock)
{
	static const struct fake_reply replies[] = {
		{ .status = 403,
		  .body = "{\"__type\":\"InvalidSignatureException\",\"message\":\"Signature "
			  "expired: ...\"}",
		  .headers = "date: Sat, 21 Nov 2026 15:20:00 GMT" },
		GOOD,
	};
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	clock_set_for_tests(slow_clock, NULL);
	assert_int_equal(call(&f, &c), 0);
	assert_string_equal(fake_header(&f.http, 0, "x-amz-date"), "20261121T150000Z");
	assert_string_equal(fake_header(&f.http, 1, "x-amz-date"), "20261121T152000Z");
	assert_int_equal(call(&f, &c), 0); /* and stays corrected */
	assert_string_equal(fake_header(&f.http, 2, "x-amz-date"), "20261121T152000Z");
	clock_set_for_tests(NULL, NULL);
	tear_down(&f);
}

/* Two calls were under way with the wrong time; the second learns what the first has found out. */
static void refuse_twice(struct fake_http *f, const struct http_request *r, struct fake_reply *ret)
{
	const char *date = http_header(&r->headers, "x-amz-date");

	(void)f;
	*ret = (struct fake_reply)GOOD;
	if (str_eq(date, "20261121T150000Z")) {
		ret->status = 403;
		ret->body = "{\"__type\":\"SignatureDoesNotMatch\"}";
		ret->headers = "date: Sat, 21 Nov 2026 15:20:00 GMT";
	}
}

static void refuse_and_correct(struct fake_http *f, const struct http_request *r,
			       struct fake_reply *ret)
{
	struct fixture *x = (struct fixture *)((char *)f - offsetof(struct fixture, http));

	refuse_twice(f, r, ret);
	if (ret->status == 403)
		atomic_store(&x->client->skew_ms, 20 * 60 * 1000); /* another thread did */
}

TEST(client_learns_the_time_from_other_calls)
{
	struct fixture f;
	struct aws_call c = read_call();

	set_up(&f, env_keys, NULL, 0);
	f.http.answer = refuse_and_correct;
	clock_set_for_tests(slow_clock, NULL);
	assert_int_equal(call(&f, &c), 0);
	assert_int_equal(f.http.requests.len, 2);
	clock_set_for_tests(NULL, NULL);
	tear_down(&f);
}

TEST(client_corrects_its_clock_once)
{
	static const struct fake_reply replies[] = {
		{ .status = 403,
		  .body = "{\"__type\":\"RequestTimeTooSkewed\"}",
		  .headers = "date: Sat, 21 Nov 2026 15:20:00 GMT" },
		{ .status = 403,
		  .body = "{\"__type\":\"RequestTimeTooSkewed\"}",
		  .headers = "date: Sat, 21 Nov 2026 19:20:00 GMT" },
	};
	struct fixture f;
	struct aws_call c = create_call(); /* it was refused: also what may not be done twice */

	SET_UP(&f, env_keys, replies);
	clock_set_for_tests(slow_clock, NULL);
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 2);
	assert_false(f.err.maybe_done);
	clock_set_for_tests(NULL, NULL);
	tear_down(&f);
}

/* A secret that is wrong is not the clock's fault. */
TEST(client_a_wrong_secret_is_told_at_once)
{
	static const struct fake_reply replies[] = {
		{ .status = 403,
		  .body = "{\"__type\":\"SignatureDoesNotMatch\"}",
		  .headers = "date: Sat, 21 Nov 2026 15:00:30 GMT" },
	};
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	clock_set_for_tests(slow_clock, NULL);
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 1);
	clock_set_for_tests(NULL, NULL);
	tear_down(&f);
}

TEST(client_does_not_blame_a_right_clock)
{
	static const struct fake_reply replies[] = {
		{ .status = 403,
		  .body = "{\"__type\":\"RequestExpired\"}",
		  .headers = "date: Sat, 21 Nov 2026 15:01:00 GMT" },
	};
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	clock_set_for_tests(slow_clock, NULL);
	assert_int_equal(call(&f, &c), -1);
	clock_set_for_tests(NULL, NULL);
	assert_int_equal(f.http.requests.len, 1);
	assert_int_equal(f.err.class, AWS_AUTH);
	tear_down(&f);
}

/* Keys from the container's endpoint, a new pair each time; AWS says that the first has expired. */
static void expire_first(struct fake_http *f, const struct http_request *r, struct fake_reply *ret)
{
	static int pair;
	const char *authorization = http_header(&r->headers, "Authorization");

	ret->body = "{}";
	if (authorization && strstr(authorization, "Credential=K0/")) {
		ret->status = 400;
		ret->body = "{\"__type\":\"ExpiredTokenException\"}";
	}
	if (strstr(r->url, "169.254.170.2/creds")) {
		ret->body = arena_printf(f->arena,
					 "{\"AccessKeyId\":\"K%d\",\"SecretAccessKey\":\"s\","
					 "\"Token\":\"t%d\","
					 "\"Expiration\":\"2099-01-01T00:00:00Z\"}",
					 pair, pair);
		pair++;
	}
}

TEST(client_renews_expired_credentials_once)
{
	static const char *const env[] = { "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/creds", NULL };
	struct fixture f;
	struct aws_call c = read_call();

	set_up(&f, env, NULL, 0);
	f.http.answer = expire_first;
	assert_int_equal(call(&f, &c), 0);
	assert_int_equal(f.http.requests.len, 4); /* keys, call, keys, call */
	assert_non_null(strstr(fake_header(&f.http, 3, "authorization"), "Credential=K1/"));
	assert_int_equal(call(&f, &c), 0);
	assert_int_equal(f.http.requests.len, 5);
	tear_down(&f);
}

TEST(client_cannot_renew_keys_of_the_environment)
{
	static const struct fake_reply replies[] = { AWS_ERROR(400, "ExpiredTokenException") };
	struct fixture f;
	struct aws_call c = read_call();
	struct diags *d;

	SET_UP(&f, env_session, replies);
	assert_int_equal(call(&f, &c), -1);
	assert_true(f.http.requests.len <= 2);
	assert_int_equal(f.err.class, AWS_AUTH);
	d = diags_new(f.arena);
	aws_diag(d, &f.err, NO_SPAN);
	assert_int_equal(diags_code(d), D_AUTH);
	assert_non_null(diags_first(d)->hints);
	tear_down(&f);
}

static struct aws_call bucket_call(struct fixture *f, const char *method)
{
	struct value *in = value_map(f->arena);

	value_set(f->arena, in, "Bucket", value_string(f->arena, "things"));
	return (struct aws_call){ .service = aws_service("s3"),
				  .operation = "GetBucketTagging",
				  .method = method,
				  .path = "/{Bucket}?tagging",
				  .input = in };
}

TEST(client_follows_a_bucket_to_its_region)
{
	static const struct fake_reply first[] = {
		{ .status = 301,
		  .body = "<Error><Code>PermanentRedirect</Code></Error>",
		  .headers = "x-amz-bucket-region: us-west-2" },
		{ .status = 400,
		  .body = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>us-west-2</"
			  "Region></Error>" },
		{ .status = 400, .headers = "x-amz-bucket-region: us-west-2" }, /* HEAD */
	};

	for (size_t i = 0; i < 3; i++) {
		struct fake_reply replies[] = { first[i], { .status = 200 } };
		struct fixture f;
		struct aws_call c;

		SET_UP(&f, env_keys, replies);
		c = bucket_call(&f, i == 2 ? "HEAD" : "GET");
		assert_int_equal(call(&f, &c), 0);
		assert_true(
			url_has(&f.http, 0, "https://things.s3.eu-west-1.amazonaws.com/?tagging"));
		assert_true(
			url_has(&f.http, 1, "https://things.s3.us-west-2.amazonaws.com/?tagging"));
		assert_non_null(strstr(fake_header(&f.http, 1, "authorization"), "/us-west-2/s3/"));
		assert_int_equal(call(&f, &c), 0); /* remembered */
		assert_true(url_has(&f.http, 2, "us-west-2"));
		assert_int_equal(f.http.requests.len, 3);
		tear_down(&f);
	}
}

TEST(client_follows_a_bucket_once_and_not_anywhere)
{
	static const struct fake_reply hostile[] = {
		{ .status = 301,
		  .body = "<Error/>",
		  .headers = "x-amz-bucket-region: evil.example/" },
	};
	static const struct fake_reply circle[] = {
		{ .status = 301, .body = "<Error/>", .headers = "x-amz-bucket-region: us-west-2" },
		{ .status = 301, .body = "<Error/>", .headers = "x-amz-bucket-region: us-west-1" },
	};
	struct fixture f;
	struct aws_call c;

	SET_UP(&f, env_keys, hostile);
	c = bucket_call(&f, "GET");
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 1);
	tear_down(&f);
	SET_UP(&f, env_keys, circle);
	c = bucket_call(&f, "GET");
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 2);
	tear_down(&f);
}

/* A redirect is never followed to the host it names. */
TEST(client_tells_of_redirects)
{
	static const char *const own[] = { "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=secret",
					   "AWS_ENDPOINT_URL=http://127.0.0.1:4566", NULL };
	static const struct fake_reply portal[] = {
		{ .status = 302, .headers = "location: https://login.example:8443/?token=t" },
	};
	static const struct fake_reply moved[] = {
		{ .status = 301,
		  .body = "<Error><Code>PermanentRedirect</Code><Endpoint>evil.example</Endpoint>"
			  "</Error>",
		  .headers = "x-amz-bucket-region: us-west-2" },
	};
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, portal);
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 1);
	assert_non_null(strstr(f.err.hint, "redirects to login.example:8443, "));
	assert_null(strstr(f.err.hint, "token"));
	tear_down(&f);
	SET_UP(&f, own, moved); /* an endpoint of one's own has one place for all regions */
	c = bucket_call(&f, "GET");
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 1);
	assert_string_equal(f.err.code, "PermanentRedirect");
	assert_non_null(strstr(f.err.hint, "us-west-2"));
	tear_down(&f);
}

TEST(client_bucket_in_path)
{
	static const char *const env[] = { "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=secret",
					   "AWS_ENDPOINT_URL=http://127.0.0.1:4566/base/", NULL };
	static const struct fake_reply replies[] = { { .status = 200 } };
	struct fixture f;
	struct aws_call c;

	SET_UP(&f, env, replies);
	c = bucket_call(&f, "GET");
	assert_int_equal(call(&f, &c), 0);
	assert_string_equal(f.http.requests.items[0].url, "http://127.0.0.1:4566/base/"
							  "things?tagging");
	tear_down(&f);
	SET_UP(&f, env_keys, replies);
	c = bucket_call(&f, "GET");
	value_set(f.arena, (struct value *)c.input, "Bucket", value_string(f.arena, "my.things"));
	assert_int_equal(call(&f, &c), 0);
	assert_true(url_has(&f.http, 0, "https://s3.eu-west-1.amazonaws.com/my.things?tagging"));
	tear_down(&f);
}

/* Nobody knows whether the write was done. */
TEST(client_s3_error_inside_a_success_of_a_write)
{
	static const struct fake_reply replies[] = {
		{ .status = 200,
		  .body = "<?xml version=\"1.0\"?>\n<Error xmlns=\"x\"><Code>InternalError</Code>"
			  "</Error>" },
	};
	struct fixture f;
	struct aws_call c;

	SET_UP(&f, env_keys, replies);
	c = bucket_call(&f, "PUT");
	c.mutating = c.repeat_unsafe = true;
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 1);
	assert_string_equal(f.err.code, "InternalError");
	assert_true(f.err.maybe_done);
	tear_down(&f);
}

TEST(client_s3_error_inside_success)
{
	static const struct fake_reply replies[] = {
		{ .status = 200, .body = "<Error><Code>InternalError</Code></Error>" },
		{ .status = 200, .body = "<Tagging><TagSet/></Tagging>" },
	};
	struct fixture f;
	struct aws_call c;

	SET_UP(&f, env_keys, replies);
	c = bucket_call(&f, "GET");
	assert_int_equal(call(&f, &c), 0);
	assert_int_equal(f.http.requests.len, 2);
	tear_down(&f);
}

/* --- ends --- */

struct gate {
	int asked;
	bool open, cancelled;
};

static bool ask_gate(void *ctx)
{
	((struct gate *)ctx)->asked++;
	return ((struct gate *)ctx)->open;
}

static bool is_cancelled(void *ctx)
{
	return ((struct gate *)ctx)->cancelled;
}

TEST(client_asks_before_each_mutating_attempt)
{
	static const struct fake_reply replies[] = { AWS_ERROR(400, "Throttling"), GOOD };
	struct gate gate = { .open = true };
	struct fixture f;
	struct aws_call c = read_call();
	uint64_t calls, mutating;

	SET_UP(&f, env_keys, replies);
	f.options.permit = ask_gate;
	f.options.ctx = &gate;
	assert_int_equal(call(&f, &c), 0);
	assert_int_equal(gate.asked, 0); /* a read */
	c.mutating = true;
	f.http.requests.len = 0;
	assert_int_equal(call(&f, &c), 0);
	assert_int_equal(gate.asked, 2);
	gate.open = false;
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(gate.asked, 3);
	assert_string_equal(f.err.code, "Refused");
	assert_int_equal(f.err.class, AWS_CANCELLED);
	assert_false(f.err.maybe_done);
	aws_counts(f.client, &calls, &mutating);
	assert_int_equal(mutating, 3);
	tear_down(&f);
}

static bool open_gate(void *ctx)
{
	return ((struct gate *)ctx)->open = true;
}

TEST(client_waits_for_a_stale_permit)
{
	static const struct fake_reply replies[] = { GOOD };
	struct gate gate = { .open = false };
	struct fixture f;
	struct aws_call c = read_call();

	SET_UP(&f, env_keys, replies);
	f.options.permit = ask_gate;
	f.options.await_permit = open_gate;
	f.options.mutating_ms = 25000;
	f.options.ctx = &gate;
	c.mutating = c.repeat_unsafe = true;
	c.max_attempts = 1;
	assert_int_equal(call(&f, &c), 0);
	assert_int_equal(gate.asked, 2);
	assert_int_equal(f.http.requests.items[0].timeout_ms / 1000, 25);
	tear_down(&f);
}

static struct gate cancelled_later;

static void cancel_after_first(struct fake_http *f, const struct http_request *r,
			       struct fake_reply *ret)
{
	(void)f, (void)r;
	ret->status = 503;
	cancelled_later.cancelled = true;
}

TEST(client_waits_end_when_cancelled)
{
	struct fixture f;
	struct aws_call c = read_call();
	int64_t since = clock_monotonic_ms();

	set_up(&f, env_keys, NULL, 0);
	f.http.answer = cancel_after_first;
	f.options.backoff_ms = 1000000;
	f.options.cancelled = is_cancelled;
	f.options.ctx = &cancelled_later;
	assert_int_equal(call(&f, &c), -1);
	assert_int_equal(f.http.requests.len, 1);
	assert_string_equal(f.err.code, "Cancelled");
	assert_non_null(strstr(f.err.message, "HTTP503"));
	assert_int_equal(call(&f, &c), -1);
	assert_string_equal(f.err.code, "Cancelled");
	assert_int_equal(f.err.class, AWS_CANCELLED);
	assert_int_equal(f.http.requests.len, 1);
	assert_false(aws_sleep(f.client, 60000));
	assert_true(clock_monotonic_ms() - since < 2000);
	tear_down(&f);
}

/* --- identity, endpoints, messages --- */

TEST(client_identity_is_asked_once)
{
	static const struct fake_reply replies[] = {
		{ .status = 200,
		  .body = "<GetCallerIdentityResponse><GetCallerIdentityResult>"
			  "<Arn>arn:aws-cn:iam::123456789012:user/x</Arn><Account>123456789012</"
			  "Account>"
			  "</GetCallerIdentityResult></GetCallerIdentityResponse>" },
	};
	struct fixture f;
	const char *account, *partition, *arn;

	SET_UP(&f, env_keys, replies);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(aws_identity(client(&f), f.arena, &account, &partition, &arn,
					      diags_new(f.arena)),
				 0);
		assert_string_equal(account, "123456789012");
		assert_string_equal(partition, "aws-cn");
		assert_string_equal(arn, "arn:aws-cn:iam::123456789012:user/x");
	}
	assert_int_equal(f.http.requests.len, 1);
	assert_string_equal(aws_partition(f.client), "aws");
	assert_string_equal(aws_endpoint_url(f.client, aws_service("sqs"), f.arena), "https://"
										     "sqs.eu-west-"
										     "1.amazonaws."
										     "com");
	tear_down(&f);
}

TEST(client_identity_refused)
{
	static const struct fake_reply replies[] = {
		{ .status = 403,
		  .body = "<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>bad</"
			  "Message>"
			  "</Error><RequestId>r</RequestId></ErrorResponse>" },
	};
	struct fixture f;
	const char *account, *partition, *arn;
	struct diags *d;

	SET_UP(&f, env_keys, replies);
	d = diags_new(f.arena);
	assert_int_equal(aws_identity(client(&f), f.arena, &account, &partition, &arn, d), -1);
	assert_int_equal(diags_code(d), D_AUTH);
	assert_string_equal(diags_first(d)->message, "STS GetCallerIdentity: InvalidClientTokenId: "
						     "bad (request id r)");
	tear_down(&f);
}
