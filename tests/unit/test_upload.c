/* Packages that go through S3, against a network of canned replies. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake_http.h"
#include "model/json.h"
#include "providers/aws/provider.h"
#include "providers/aws/upload.h"
#include "temp.h"

static const char *const env[] = { "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=secret", NULL };
enum { MB = 1024 * 1024 };

#define ERROR(status_, code)                                                                       \
	{                                                                                          \
		.status = (status_), .body = "<Error><Code>" code "</Code><Message>m</Message></"  \
					     "Error>"                                              \
	}
#define BEGUN                                                                                      \
	{                                                                                          \
		.status = 200, .body = "<InitiateMultipartUploadResult><UploadId>u-1</UploadId>"   \
				       "</InitiateMultipartUploadResult>"                          \
	}
#define PART(etag)                                                                                 \
	{                                                                                          \
		.status = 200, .headers = "etag: \"" etag "\""                                     \
	}
#define COMPLETED                                                                                  \
	{                                                                                          \
		.status = 200, .headers = "x-amz-version-id: v-1",                                 \
		.body = "<CompleteMultipartUploadResult><ETag>x</ETag>"                            \
			"</CompleteMultipartUploadResult>"                                         \
	}
#define THERE(bytes)                                                                               \
	{                                                                                          \
		.status = 200, .headers = "content-length: " bytes                                 \
	}
static const struct fake_reply absent = { .status = 404 };
static const struct fake_reply deleted = { .status = 204 };

struct fixture {
	struct arena *a;
	const char *dir;
	struct fake_http http;
	struct aws_client *client;
	struct package package;
	struct operation op;
	struct account account;
	struct aws_run r;
	struct value *members;
	bool stop;
};

static bool cancelled(void *ctx)
{
	return ((struct fixture *)ctx)->stop;
}

static void begin(struct fixture *f, const struct fake_reply *replies, size_t n, off_t size)
{
	struct aws_options o = { .region = "eu-west-1",
				 .http = &f->http.base,
				 .env = fake_env,
				 .env_ctx = (void *)env,
				 .backoff_ms = 1 };
	static const char place[] = "{\"bucket\":\"code\",\"prefix\":\"p\"}";
	memset(f, 0, sizeof(*f));
	f->a = arena_new();
	fake_http_init(&f->http, f->a, replies, n);
	f->client = aws_client_new(&o, diags_new(f->a));
	f->dir = temp_dir();
	f->package.zip_path = arena_strdup(f->a, temp_path(f->dir, "it.zip"));
	temp_write(f->package.zip_path, "", 0, 0644);
	assert_int_equal(truncate(f->package.zip_path, size), 0);
	f->package.s3 = json_parse(f->a, place, sizeof(place) - 1, NULL);
	f->account.id = "123456789012";
	f->op = (struct operation){ .package = &f->package, .cancelled = cancelled, .ctx = f };
	f->r = (struct aws_run){ .client = f->client,
				 .op = &f->op,
				 .a = f->a,
				 .d = diags_new(f->a),
				 .account = &f->account };
	f->members = value_map(f->a);
}
#define BEGIN(f, size, ...)                                                                        \
	const struct fake_reply replies[] = { __VA_ARGS__ };                                       \
	begin(f, replies, sizeof(replies) / sizeof(*replies), size)

static int upload(struct fixture *f)
{
	return upload_package(&f->r, f->members);
}

static void end(struct fixture *f)
{
	temp_remove(f->dir);
	aws_client_free(f->client);
	arena_free(f->a);
}

/* "HEAD PUT POST": the requests' methods. */
static void sent(const struct fixture *f, const char *want)
{
	_cleanup_str_ struct str got = STR_INIT;
	for (size_t i = 0; i < f->http.requests.len; i++)
		str_addf(&got, "%s%s", i ? " " : "", f->http.requests.items[i].method);
	assert_string_equal(str_text(&got), want);
}

TEST(upload_in_parts)
{
	struct fixture f;
	BEGIN(&f, 17 * MB, absent, BEGUN, PART("e1"), PART("e2"), COMPLETED);
	assert_int_equal(upload(&f), 0);
	sent(&f, "HEAD POST PUT PUT POST");
	assert_int_equal(f.http.requests.items[2].body_len, 16 * MB);
	assert_int_equal(f.http.requests.items[3].body_len, MB);
	assert_true(url_has(&f.http, 3, "partNumber=2&uploadId=u-1"));
	assert_true(body_has(&f.http, 4, "<PartNumber>2</PartNumber>"));
	assert_true(body_has(&f.http, 4, "<ChecksumSHA256>"));
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(fake_header(&f.http, i, "x-amz-expected-bucket-owner"), "123456"
											    "78901"
											    "2");
	assert_string_equal(value_text_at(f.members, "S3Bucket"), "code");
	assert_true(str_starts(value_text_at(f.members, "S3Key"), "p/"));
	assert_string_equal(value_text_at(f.members, "S3ObjectVersion"), "v-1");
	end(&f);
}

TEST(upload_of_what_is_there)
{
	struct fixture f;
	BEGIN(&f, 10, THERE("10"));
	assert_int_equal(upload(&f), 0);
	sent(&f, "HEAD");
	assert_null(value_get(f.members, "S3ObjectVersion"));
	end(&f);
}

TEST(upload_over_half_an_object)
{
	struct fixture f;
	BEGIN(&f, 10, THERE("9"), BEGUN, PART("e"), COMPLETED);
	assert_int_equal(upload(&f), 0);
	sent(&f, "HEAD POST PUT POST");
	end(&f);
}

/* Without the right to list, nobody is told that there is nothing. */
TEST(upload_without_the_right_to_list)
{
	struct fixture f;
	BEGIN(&f, 10, { .status = 403 }, BEGUN, PART("e"), COMPLETED);
	assert_int_equal(upload(&f), 0);
	end(&f);
}

TEST(upload_is_dropped_when_a_part_fails)
{
	struct fixture f;
	BEGIN(&f, 10, absent, BEGUN, ERROR(403, "AccessDenied"), deleted);
	assert_int_equal(upload(&f), -1);
	sent(&f, "HEAD POST PUT DELETE");
	assert_true(url_has(&f.http, 3, "uploadId=u-1"));
	assert_int_equal(diags_code(f.r.d), D_DENIED);
	end(&f);
}

TEST(upload_part_is_sent_again)
{
	struct fixture f;
	BEGIN(&f, 10, absent, BEGUN, ERROR(500, "InternalError"), PART("e"), COMPLETED);
	assert_int_equal(upload(&f), 0);
	sent(&f, "HEAD POST PUT PUT POST");
	end(&f);
}

TEST(upload_whose_end_was_lost)
{
	struct fixture f;
	BEGIN(&f, 10, absent, BEGUN, PART("e"), { .failure = HTTP_SENT, .sent = true },
	      ERROR(404, "NoSuchUpload"), THERE("10"));
	assert_int_equal(upload(&f), 0);
	sent(&f, "HEAD POST PUT POST POST HEAD");
	assert_int_equal(diags_len(f.r.d), 0);
	end(&f);
}

TEST(upload_ends_with_the_run)
{
	struct fixture f;
	BEGIN(&f, 10, absent, BEGUN, deleted);
	f.stop = true;
	assert_int_equal(upload(&f), -1);
	sent(&f, "HEAD POST DELETE");
	assert_int_equal(diags_code(f.r.d), D_INTERRUPTED);
	end(&f);
}

TEST(upload_without_a_bucket)
{
	struct fixture f;
	BEGIN(&f, 50 * MB, absent);
	f.package.s3 = NULL;
	assert_false(upload_is_needed(&f.package));
	assert_int_equal(aws_check_package(&f.package, f.r.d), 0);
	assert_int_equal(truncate(f.package.zip_path, 50 * MB + 1), 0);
	assert_true(upload_is_needed(&f.package));
	assert_int_equal(upload(&f), -1);
	sent(&f, "");
	assert_int_equal(diags_code(f.r.d), D_QUOTA);
	end(&f);
}
