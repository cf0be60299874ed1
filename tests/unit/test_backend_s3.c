#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "fake_http.h"
#include "state/backend_s3.h"

static const char *const env[] = { "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=secret", NULL };

#define ERROR_BODY(code) "<Error><Code>" code "</Code><Message>m</Message></Error>"
#define ERROR(status_, code)                                                                       \
	{                                                                                          \
		.status = (status_), .body = ERROR_BODY(code)                                      \
	}
#define FOUND(content, etag)                                                                       \
	{                                                                                          \
		.status = 200, .body = (content), .headers = "etag: \"" etag "\""                  \
	}
#define PUT_OK(etag)                                                                               \
	{                                                                                          \
		.status = 200, .headers = "etag: \"" etag "\""                                     \
	}
#define LOST                                                                                       \
	{                                                                                          \
		.failure = HTTP_SENT, .sent = true                                                 \
	}

struct fixture {
	struct arena *a;
	struct fake_http http;
	struct aws_client *client;
	struct backend *b;
	struct backend_s3_options options;
	struct diags *d;
	/* Results. */
	char *text;
	size_t len;
	const char *version;
};

static void set_up(struct fixture *f, const struct fake_reply *replies, size_t n)
{
	struct aws_options o = { .region = "eu-west-1",
				 .http = &f->http.base,
				 .env = fake_env,
				 .env_ctx = (void *)env,
				 .backoff_ms = 1 };

	memset(f, 0, sizeof(*f));
	f->a = arena_new();
	f->d = diags_new(f->a);
	fake_http_init(&f->http, f->a, replies, n);
	f->client = aws_client_new(&o, f->d);
	assert_non_null(f->client);
	f->options = (struct backend_s3_options){ .client = f->client,
						  .bucket = "my-bucket",
						  .key = "team/orders.json",
						  .account = "123456789012" };
	f->b = backend_s3_new(&f->options);
}
#define SET_UP(f, replies) set_up(f, replies, sizeof(replies) / sizeof(*(replies)))

static void tear_down(struct fixture *f)
{
	f->b->close(f->b);
	aws_client_free(f->client);
	arena_free(f->a);
}

static int get(struct fixture *f, enum backend_object o)
{
	return f->b->read(f->b, o, f->a, &f->text, &f->len, &f->version, f->d);
}

static int put(struct fixture *f, enum backend_object o, const char *text, const char *expected)
{
	return f->b->write(f->b, o, text, strlen(text), expected, f->a, &f->version, f->d);
}

static void assert_told(const struct fixture *f, const char *text)
{
	for (const struct diag *x = diags_first(f->d); x; x = x->next) {
		if (strstr(x->message, text) || (x->context && strstr(x->context, text)))
			return;
		for (const struct diag_note *h = x->hints; h; h = h->next)
			if (strstr(h->text, text))
				return;
	}
	fail_msg("nothing says \"%s\"", text);
}

static const char *method(const struct fixture *f, size_t n)
{
	return n < f->http.requests.len ? f->http.requests.items[n].method : "none";
}

/* --- reading --- */

TEST(backend_s3_reads)
{
	static const struct fake_reply replies[] = { FOUND("{}", "v1") };
	struct fixture f;

	SET_UP(&f, replies);
	assert_int_equal(get(&f, OBJECT_STATE), 0);
	assert_string_equal(f.text, "{}");
	assert_int_equal(f.len, 2);
	assert_string_equal(f.version, "\"v1\"");
	assert_string_equal(f.http.requests.items[0].url, "https://"
							  "my-bucket.s3.eu-west-1.amazonaws.com/"
							  "team/orders.json");
	assert_string_equal(fake_header(&f.http, 0, "x-amz-expected-bucket-owner"), "123456789012");
	assert_int_equal(get(&f, OBJECT_OPERATION), 0);
	assert_true(url_has(&f.http, 1, "/team/orders.json.op"));
	assert_string_equal(f.b->describe(f.b), "s3://my-bucket/team/orders.json");
	tear_down(&f);
}

TEST(backend_s3_absent_is_no_error)
{
	static const struct fake_reply replies[] = { ERROR(404, "NoSuchKey") };
	struct fixture f;

	SET_UP(&f, replies);
	assert_int_equal(get(&f, OBJECT_STATE), 1);
	assert_int_equal(diags_len(f.d), 0);
	tear_down(&f);
}

static void assert_read_fails(const struct fake_reply *reply, enum diag_code code, const char *text)
{
	struct fixture f;

	set_up(&f, reply, 1);
	assert_int_equal(get(&f, OBJECT_STATE), -1);
	assert_int_equal(diags_code(f.d), code);
	assert_told(&f, text);
	assert_told(&f, "s3://my-bucket/team/orders.json");
	tear_down(&f);
}

/* What cannot be read is never taken for absent: that would make everything anew. */
TEST(backend_s3_what_is_not_told_is_not_absent)
{
	static const struct fake_reply denied = ERROR(403, "AccessDenied"),
				       bucket = ERROR(404, "NoSuchBucket"),
				       page = { .status = 404, .body = "<html>not here</html>" },
				       gateway = { .status = 404, .body = "not found" },
				       no_etag = { .status = 200, .body = "{}" };

	assert_read_fails(&denied, D_DENIED, "s3:ListBucket");
	assert_read_fails(&denied, D_DENIED, "account 123456789012");
	assert_read_fails(&bucket, D_REMOTE, "cinfra init --state s3://my-bucket/team/orders.json");
	assert_read_fails(&page, D_REMOTE, "404");
	assert_read_fails(&gateway, D_REMOTE, "404");
	assert_read_fails(&no_etag, D_REMOTE, "ETag");
}

TEST(backend_s3_damaged_reply_is_read_again)
{
	/* SHA-256 of "{}" */
	static const char *const headers = "etag: \"v1\"\nx-amz-checksum-sha256: "
					   "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=";
	struct fake_reply replies[] = { { .status = 200, .body = "{ ", .headers = headers },
					{ .status = 200, .body = "{}", .headers = headers },
					{ .status = 200, .body = "[]", .headers = headers } };
	struct fixture f;

	SET_UP(&f, replies);
	assert_int_equal(get(&f, OBJECT_STATE), 0);
	assert_string_equal(f.text, "{}");
	assert_int_equal(f.http.requests.len, 2);
	assert_int_equal(get(&f, OBJECT_STATE), -1);
	assert_told(&f, "checksum");
	tear_down(&f);
}

static int64_t fake_mono = 1000 * 1000;

static int64_t mono(void)
{
	return fake_mono;
}

TEST(backend_s3_age_is_told_by_the_store)
{
	/* The store's clock is years behind ours. */
	static const struct fake_reply replies[] = {
		{ .status = 200,
		  .body = "{}",
		  .headers = "etag: \"v\"\ndate: Sat, 21 Nov 2020 15:17:15 GMT\n"
			     "last-modified: Sat, 21 Nov 2020 15:16:15 GMT" },
		{ .status = 200,
		  .body = "{}",
		  .headers = "etag: \"v\"\ndate: Sat, 21 Nov 2020 15:17:15 GMT\n"
			     "last-modified: Sat, 21 Nov 2020 15:17:20 GMT" },
		ERROR(404, "NoSuchKey"),
	};
	struct fixture f;

	SET_UP(&f, replies);
	clock_set_for_tests(NULL, mono);
	assert_int_equal(f.b->age_ms(f.b, OBJECT_OPERATION, f.d), 60000);
	fake_mono += 5000; /* no further question */
	assert_int_equal(f.b->age_ms(f.b, OBJECT_OPERATION, f.d), 65000);
	assert_int_equal(f.http.requests.len, 1);
	assert_int_equal(get(&f, OBJECT_OPERATION), 0);
	assert_int_equal(f.b->age_ms(f.b, OBJECT_OPERATION, f.d), 0);
	assert_int_equal(f.b->age_ms(f.b, OBJECT_STATE, f.d), -1);
	clock_set_for_tests(NULL, NULL);
	tear_down(&f);
}

/* --- writing --- */

TEST(backend_s3_creates_and_replaces)
{
	static const struct fake_reply replies[] = { PUT_OK("v1"), PUT_OK("v2") };
	struct fixture f;

	SET_UP(&f, replies);
	assert_int_equal(put(&f, OBJECT_STATE, "{}", NULL), 0);
	assert_string_equal(f.version, "\"v1\"");
	assert_string_equal(method(&f, 0), "PUT");
	assert_string_equal(fake_header(&f.http, 0, "if-none-match"), "*");
	assert_string_equal(fake_header(&f.http, 0, "if-match"), "");
	assert_string_equal(fake_header(&f.http, 0, "x-amz-expected-bucket-owner"), "123456789012");
	assert_string_equal(fake_header(&f.http, 0, "x-amz-checksum-sha256"), "RBNvo1WzZ4oRRq0W9+"
									      "hknpT7T8If536DEMBg9h"
									      "yq/4o=");
	assert_string_equal(fake_header(&f.http, 0, "x-amz-server-side-encryption"), "");
	assert_string_equal(f.http.requests.items[0].body, "{}");
	assert_int_equal(put(&f, OBJECT_STATE, "[]", "\"v1\""), 0);
	assert_string_equal(f.version, "\"v2\"");
	assert_string_equal(fake_header(&f.http, 1, "if-match"), "\"v1\"");
	assert_string_equal(fake_header(&f.http, 1, "if-none-match"), "");
	tear_down(&f);
}

TEST(backend_s3_asks_for_encryption)
{
	static const struct fake_reply replies[] = { PUT_OK("v1") };
	struct fixture f;

	SET_UP(&f, replies);
	f.b->close(f.b);
	f.options.kms_key = "arn:aws:kms:eu-west-1:123456789012:key/1";
	f.b = backend_s3_new(&f.options);
	assert_int_equal(put(&f, OBJECT_STATE, "{}", NULL), 0);
	assert_string_equal(fake_header(&f.http, 0, "x-amz-server-side-encryption"), "aws:kms");
	assert_string_equal(fake_header(&f.http, 0, "x-amz-server-side-encryption-aws-kms-key-id"),
			    f.options.kms_key);
	f.b->close(f.b);
	f.options.kms_key = NULL;
	f.options.encryption = "AES256";
	f.b = backend_s3_new(&f.options);
	assert_int_equal(put(&f, OBJECT_STATE, "{}", NULL), 0);
	assert_string_equal(fake_header(&f.http, 1, "x-amz-server-side-encryption"), "AES256");
	tear_down(&f);
}

TEST(backend_s3_somebody_else_was_faster)
{
	static const struct fake_reply replies[] = { ERROR(412, "PreconditionFailed") };
	struct fixture f;

	SET_UP(&f, replies);
	assert_int_equal(put(&f, OBJECT_STATE, "{}", "\"v1\""), 1);
	assert_int_equal(put(&f, OBJECT_STATE, "{}", NULL), 1);
	assert_int_equal(f.http.requests.len, 2); /* nothing is lost, so nothing is read */
	tear_down(&f);
}

TEST(backend_s3_own_write_whose_reply_was_lost)
{
	static const struct fake_reply replies[] = { LOST, ERROR(412, "PreconditionFailed"),
						     FOUND("{}", "v2") };
	struct fixture f;

	SET_UP(&f, replies);
	assert_int_equal(put(&f, OBJECT_STATE, "{}", "\"v1\""), 0);
	assert_string_equal(f.version, "\"v2\"");
	assert_int_equal(f.http.requests.len, 3);
	tear_down(&f);
}

TEST(backend_s3_reply_lost_for_good)
{
	static const struct fake_reply replies[] = {
		LOST, LOST, LOST, LOST, LOST, FOUND("{}", "v2")
	};
	struct fixture f;

	SET_UP(&f, replies);
	assert_int_equal(put(&f, OBJECT_STATE, "{}", "\"v1\""), 0);
	assert_string_equal(f.version, "\"v2\"");
	assert_int_equal(diags_len(f.d), 0);
	tear_down(&f);
}

TEST(backend_s3_lost_reply_and_another_writer)
{
	static const struct fake_reply replies[] = { LOST, ERROR(412, "PreconditionFailed"),
						     FOUND("[]", "v2") };
	struct fixture f;

	SET_UP(&f, replies);
	assert_int_equal(put(&f, OBJECT_STATE, "{}", "\"v1\""), 1);
	tear_down(&f);
}

/* A write at the same moment: what is there now decides. */
TEST(backend_s3_conflict_is_looked_into)
{
	static const struct fake_reply again[] = { ERROR(409, "ConditionalRequestConflict"),
						   FOUND("old", "v1"), PUT_OK("v2") },
				       other[] = { ERROR(409, "ConditionalRequestConflict"),
						   FOUND("other", "v9") },
				       own[] = { ERROR(409, "ConditionalRequestConflict"),
						 FOUND("{}", "v2") },
				       first[] = { ERROR(409, "ConditionalRequestConflict"),
						   ERROR(404, "NoSuchKey"), PUT_OK("v1") };
	struct fixture f;

	SET_UP(&f, again);
	assert_int_equal(put(&f, OBJECT_STATE, "{}", "\"v1\""), 0);
	assert_string_equal(f.version, "\"v2\"");
	tear_down(&f);
	SET_UP(&f, other);
	assert_int_equal(put(&f, OBJECT_STATE, "{}", "\"v1\""), 1);
	assert_int_equal(f.http.requests.len, 2);
	tear_down(&f);
	SET_UP(&f, own);
	assert_int_equal(put(&f, OBJECT_STATE, "{}", "\"v1\""), 0);
	assert_string_equal(f.version, "\"v2\"");
	tear_down(&f);
	SET_UP(&f, first);
	assert_int_equal(put(&f, OBJECT_STATE, "{}", NULL), 0);
	assert_string_equal(f.version, "\"v1\"");
	tear_down(&f);
}

static void always_conflict(struct fake_http *h, const struct http_request *r,
			    struct fake_reply *ret)
{
	(void)h;
	if (str_eq(r->method, "PUT"))
		*ret = (struct fake_reply)ERROR(409, "ConditionalRequestConflict");
	else
		*ret = (struct fake_reply)FOUND("old", "v1");
}

TEST(backend_s3_conflicts_without_end)
{
	struct fixture f;

	set_up(&f, NULL, 0);
	f.http.answer = always_conflict;
	assert_int_equal(put(&f, OBJECT_STATE, "{}", "\"v1\""), -1);
	assert_told(&f, "same moment");
	assert_in_range(f.http.requests.len, 4, 20);
	tear_down(&f);
}

TEST(backend_s3_deleted_under_our_hands)
{
	static const struct fake_reply replies[] = { ERROR(404, "NoSuchKey") };
	struct fixture f;

	SET_UP(&f, replies);
	assert_int_equal(put(&f, OBJECT_OPERATION, "{}", "\"v1\""), 1);
	assert_told(&f, "deleted");
	tear_down(&f);
}

static void assert_write_fails(const struct fake_reply *reply, enum diag_code code,
			       const char *text)
{
	struct fixture f;

	set_up(&f, reply, 1);
	assert_int_equal(put(&f, OBJECT_STATE, "{}", "\"v1\""), -1);
	assert_int_equal(diags_code(f.d), code);
	assert_told(&f, text);
	tear_down(&f);
}

TEST(backend_s3_write_errors)
{
	static const struct fake_reply denied = ERROR(403, "AccessDenied"),
				       bucket = ERROR(404, "NoSuchBucket"),
				       unknown = ERROR(501, "NotImplemented"),
				       broken = ERROR(500, "InternalError"), lost = LOST,
				       busy = ERROR(503, "SlowDown"),
				       key = ERROR(400, "KMS.DisabledException");

	assert_write_fails(&denied, D_DENIED, "s3:PutObject");
	assert_write_fails(&bucket, D_REMOTE, "cinfra init");
	assert_write_fails(&unknown, D_REMOTE, "conditional writes");
	assert_write_fails(&broken, D_TRANSIENT, "InternalError");
	assert_write_fails(&lost, D_TRANSIENT, "LostReply");
	assert_write_fails(&busy, D_THROTTLED, "SlowDown");
	assert_write_fails(&key, D_REMOTE, "KMS.DisabledException");
}

/* --- a store in memory --- */

struct object {
	const char *text, *version;
};
static struct object store[2];
static int versions;
static enum { OBEYS, IGNORES_MATCH, IGNORES_NONE_MATCH } manners;

static bool may_write(const struct object *o, const struct http_request *r)
{
	const char *match = http_header(&r->headers, "if-match");

	if (http_header(&r->headers, "if-none-match") && manners != IGNORES_NONE_MATCH)
		return !o->text;
	return !match || manners == IGNORES_MATCH || str_eq(o->version, match);
}

static void answer(struct fake_http *h, const struct http_request *r, struct fake_reply *ret)
{
	struct object *o = &store[str_ends(r->url, ".op")];

	if (str_eq(r->method, "PUT") && !may_write(o, r)) {
		*ret = (struct fake_reply)ERROR(412, "PreconditionFailed");
		return;
	}
	if (str_eq(r->method, "PUT")) {
		o->text = arena_strndup(h->arena, r->body, r->body_len);
		o->version = arena_printf(h->arena, "\"0a%d\"", ++versions);
	}
	if (!o->text)
		*ret = (struct fake_reply)ERROR(404, "NoSuchKey");
	else
		*ret = (struct fake_reply){ .status = 200,
					    .body = str_eq(r->method, "GET") ? o->text : NULL,
					    .headers = arena_printf(h->arena, "etag: %s",
								    o->version) };
}

static void set_up_store(struct fixture *f, int how)
{
	memset(store, 0, sizeof(store));
	versions = 0;
	manners = how;
	set_up(f, NULL, 0);
	f->http.answer = answer;
}

static size_t writes(const struct fixture *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->http.requests.len; i++)
		n += str_eq(f->http.requests.items[i].method, "PUT");
	return n;
}

TEST(backend_s3_first_run_proves_the_conditions)
{
	struct fixture f;

	set_up_store(&f, OBEYS);
	assert_int_equal(get(&f, OBJECT_STATE), 1);
	assert_int_equal(put(&f, OBJECT_OPERATION, "{1}", NULL), 0);
	assert_string_equal(f.version, store[1].version);
	assert_int_equal(writes(&f), 3); /* one, and two that must be refused */
	assert_int_equal(put(&f, OBJECT_OPERATION, "{2}", f.version), 0);
	assert_int_equal(put(&f, OBJECT_STATE, "{3}", NULL), 0);
	assert_int_equal(writes(&f), 5);
	assert_string_equal(store[1].text, "{2}");
	tear_down(&f);
}

TEST(backend_s3_later_runs_need_no_proof)
{
	struct fixture f;

	set_up_store(&f, OBEYS);
	store[0] = (struct object){ "{}", "\"0a\"" };
	assert_int_equal(get(&f, OBJECT_STATE), 0);
	assert_int_equal(put(&f, OBJECT_OPERATION, "{1}", NULL), 0);
	assert_int_equal(writes(&f), 1);
	tear_down(&f);
}

/* Also when what failed is read back, as the engine does. */
TEST(backend_s3_store_without_conditions_is_refused)
{
	for (int how = IGNORES_MATCH; how <= IGNORES_NONE_MATCH; how++) {
		struct fixture f;

		set_up_store(&f, how);
		assert_int_equal(get(&f, OBJECT_STATE), 1);
		assert_int_equal(put(&f, OBJECT_OPERATION, "{1}", NULL), -1);
		assert_told(&f, "ignores the conditions");
		assert_string_equal(store[1].text, "{1}");
		assert_int_equal(get(&f, OBJECT_OPERATION), -1);
		assert_int_equal(put(&f, OBJECT_STATE, "{}", NULL), -1);
		assert_null(store[0].text);
		tear_down(&f);
	}
}

/* --- versions --- */

TEST(backend_s3_history)
{
	static const struct fake_reply replies[] = {
		{ .status = 200,
		  .body = "<ListVersionsResult><IsTruncated>false</IsTruncated>"
			  "<Version><Key>team/orders.json</Key><VersionId>b</VersionId>"
			  "<IsLatest>false</IsLatest><LastModified>2026-01-02T00:00:00.000Z"
			  "</LastModified><Size>7</Size></Version>"
			  "<Version><Key>team/orders.json</Key><VersionId>a</VersionId>"
			  "<IsLatest>false</IsLatest><LastModified>2026-01-01T00:00:00.000Z"
			  "</LastModified><Size>5</Size></Version>"
			  "<Version><Key>team/orders.json.op</Key><VersionId>x</VersionId>"
			  "<IsLatest>true</IsLatest><LastModified>2026-01-04T00:00:00.000Z"
			  "</LastModified><Size>9</Size></Version>"
			  "<DeleteMarker><Key>team/orders.json</Key><VersionId>c</VersionId>"
			  "<IsLatest>true</IsLatest><LastModified>2026-01-03T00:00:00.000Z"
			  "</LastModified></DeleteMarker></ListVersionsResult>" },
		FOUND("{}", "v"),
	};
	backend_versions all;
	struct fixture f;
	bool more;

	SET_UP(&f, replies);
	assert_int_equal(f.b->history(f.b, f.a, &all, &more, f.d), 0);
	assert_true(url_has(&f.http, 0, "?prefix=team%2Forders.json&versions") ||
		    url_has(&f.http, 0, "?versions&prefix=team%2Forders.json"));
	assert_int_equal(all.len, 3);
	assert_string_equal(all.items[0].id, "c");
	assert_true(all.items[0].deleted && all.items[0].current);
	assert_string_equal(all.items[1].id, "b");
	assert_int_equal(all.items[1].size, 7);
	assert_string_equal(all.items[2].id, "a");
	assert_false(more);
	assert_int_equal(f.b->read_version(f.b, "b", f.a, &f.text, &f.len, f.d), 0);
	assert_true(url_has(&f.http, 1, "versionId=b"));
	assert_string_equal(f.text, "{}");
	tear_down(&f);
}

/* --- names and endpoints --- */

TEST(backend_s3_names)
{
	static const char *const good[] = { "s3://my-bucket/a", "s3://a.b.c/x/y z.json", NULL };
	static const char *const bad[] = { "s3://my-bucket",	  "s3://my-bucket/",
					   "s3://My-Bucket/a",	  "s3:///a",
					   "https://my-bucket/a", "s3://my-bucket/a//b",
					   "s3://my-bucket/../b", "s3://my-bucket/a/.",
					   "s3://my-bucket//a",	  "s3://my-bucket/a\nb",
					   "s3://ab/c",		  NULL };
	_cleanup_arena_ struct arena *a = arena_new();
	const char *bucket, *key;

	for (const char *const *url = good; *url; url++)
		assert_int_equal(backend_s3_parse(a, *url, &bucket, &key, diags_new(a)), 0);
	assert_string_equal(bucket, "a.b.c");
	assert_string_equal(key, "x/y z.json");
	for (const char *const *url = bad; *url; url++) {
		struct diags *d = diags_new(a);

		if (!backend_s3_parse(a, *url, &bucket, &key, d))
			fail_msg("%s was taken", *url);
		assert_non_null(diags_first(d)->hints);
	}
}

TEST(backend_s3_other_endpoint)
{
	static const struct fake_reply replies[] = { FOUND("{}", "v1") };
	struct fake_http http;
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);
	struct aws_options o = { .region = "eu-west-1",
				 .s3_endpoint = "http://127.0.0.1:9000",
				 .http = &http.base,
				 .env = fake_env,
				 .env_ctx = (void *)env };
	struct backend_s3_options options = { .bucket = "my-bucket", .key = "k" };
	struct aws_call sts = { .service = aws_service("sts"), .operation = "GetCallerIdentity" };
	struct aws_reply reply;
	struct aws_error err;
	struct backend *b;
	const char *version;
	char *text;
	size_t len;

	FAKE_HTTP(&http, a, replies);
	options.client = aws_client_new(&o, d);
	assert_non_null(options.client);
	b = backend_s3_new(&options);
	assert_int_equal(b->read(b, OBJECT_STATE, a, &text, &len, &version, d), 0);
	assert_string_equal(http.requests.items[0].url, "http://127.0.0.1:9000/my-bucket/k");
	assert_string_equal(fake_header(&http, 0, "x-amz-expected-bucket-owner"), "");
	aws_call(options.client, &sts, a, &reply, &err);
	assert_true(url_has(&http, 1, "amazonaws.com"));
	b->close(b);
	aws_client_free(options.client);
}

/* --- many writers; driven by tests/e2e/test_state_s3.py, which has a store --- */

enum { WRITERS = 16, ROUNDS = 100 };

struct race {
	pthread_barrier_t begin, end;
	const char *version; /* what all of them have read */
	int round, winner, won, failed;
	pthread_mutex_t lock;
};
struct writer {
	struct race *race;
	struct backend *b;
	int number;
};

static void race_once(struct writer *w, struct arena *a)
{
	const char *text =
		arena_printf(a, "{\"round\": %d, \"writer\": %d}", w->race->round, w->number);
	const char *version;
	int r = w->b->write(w->b, OBJECT_STATE, text, strlen(text), w->race->version, a, &version,
			    diags_new(a));

	pthread_mutex_lock(&w->race->lock);
	w->race->failed += r < 0;
	w->race->won += r == 0;
	if (r == 0)
		w->race->winner = w->number;
	pthread_mutex_unlock(&w->race->lock);
}

static void *write_along(void *ctx)
{
	struct writer *w = ctx;

	for (int i = 0; i < ROUNDS; i++) {
		_cleanup_arena_ struct arena *a = arena_new();

		pthread_barrier_wait(&w->race->begin);
		race_once(w, a);
		pthread_barrier_wait(&w->race->end);
	}
	return NULL;
}

static struct backend *open_race(struct aws_client **ret_client, struct arena *a)
{
	struct aws_options o = { .region = "eu-west-1" };
	struct backend_s3_options options = { .bucket = "race", .key = "state.json" };
	struct diags *d = diags_new(a);

	*ret_client = options.client = aws_client_new(&o, d);
	if (!*ret_client)
		fail_msg("%s", diags_first(d)->message);
	return backend_s3_new(&options);
}

/* What is there is what the one winner wrote, or nothing at first. */
static void check_round(struct race *race, struct backend *b, struct arena *a)
{
	struct diags *d = diags_new(a);
	char *text;
	size_t len;
	int r = b->read(b, OBJECT_STATE, a, &text, &len, &race->version, d);

	if (r)
		fail_msg("round %d: nothing is there: %s", race->round,
			 r < 0 ? diags_first(d)->message : "");
	if (race->won != 1 || race->failed)
		fail_msg("round %d: %d won, %d failed", race->round, race->won, race->failed);
	assert_string_equal(text, arena_printf(a, "{\"round\": %d, \"writer\": %d}", race->round,
					       race->winner));
}

/* tests/e2e/test_state_s3.py runs it against its store. */
TEST_ON_DEMAND(backend_s3_race_of_many_writers)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct race race = { 0 };
	struct aws_client *clients[WRITERS + 1];
	struct writer writers[WRITERS];
	pthread_t threads[WRITERS];
	struct backend *b;

	pthread_mutex_init(&race.lock, NULL);
	pthread_barrier_init(&race.begin, NULL, WRITERS + 1);
	pthread_barrier_init(&race.end, NULL, WRITERS + 1);
	b = open_race(&clients[WRITERS], a);
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){ &race, open_race(&clients[i], a), i };
		pthread_create(&threads[i], NULL, write_along, &writers[i]);
	}
	for (race.round = 0; race.round < ROUNDS; race.round++) {
		race.won = race.failed = 0;
		pthread_barrier_wait(&race.begin);
		pthread_barrier_wait(&race.end);
		check_round(&race, b, a);
	}
	printf("rounds with one winner: %d\n", race.round);
	for (int i = 0; i <= WRITERS; i++) {
		if (i < WRITERS)
			pthread_join(threads[i], NULL);
		(i < WRITERS ? writers[i].b : b)->close(i < WRITERS ? writers[i].b : b);
		aws_client_free(clients[i]);
	}
}
