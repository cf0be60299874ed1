/* src/aws/sigv4.c against what botocore makes of the same requests (tests/sigv4). */
#include "test.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "aws/sigv4.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/str.h"
#include "model/json.h"

#define CASES "tests/sigv4/cases"

enum { MAX_FILE = 4 * 1024 * 1024, MIN_CASES = 300 };

static const struct sigv4_keys keys = { "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
					NULL };

static const char *body_hash(struct arena *a, const struct value *c)
{
	_cleanup_str_ struct str body = STR_INIT;

	for (int64_t i = value_int_or(value_get(c, "repeat"), 1); i > 0; i--)
		str_add(&body, value_text_at(c, "body"));
	return sha256_hex(a, str_text(&body), body.len);
}

static struct sigv4_request request_of(struct arena *a, const struct value *c)
{
	const struct value *headers = value_get(c, "headers");
	struct sigv4_request r = {
		.method = value_text_at(c, "method"),
		.path = value_text_at(c, "path"),
		.query = value_text_at(c, "query"),
		.host = value_text_at(c, "host"),
		.payload_sha256 = body_hash(a, c),
		.region = value_text_at(c, "region"),
		.service = value_text_at(c, "service"),
		.unix_s = clock_parse("2026-11-21T14:03:09Z"),
		.s3 = value_bool_or(value_get(c, "s3"), false),
	};

	if (str_ends(r.host, ":443")) /* https's own port is not sent */
		r.host = arena_strndup(a, r.host, strlen(r.host) - 4);
	value_each_item(headers, h) {
		struct http_header header = { value_text(value_item(h, 0)),
					      value_text(value_item(h, 1)) };

		vec_push(a, &r.headers, header);
	}
	return r;
}

static void assert_stage(const struct value *c, const char *stage, const char *have)
{
	const char *want = value_text_at(c, stage);

	if (str_eq(have, want))
		return;
	print_error("case %s, %s:\n--- botocore\n%s\n--- ours\n%s\n", value_text_at(c, "name"),
		    stage, want, have);
	fail();
}

static void check_case(const struct value *c)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct sigv4_request r = request_of(a, c);
	struct sigv4_keys k = keys;
	const char *names, *canonical, *to_sign;

	k.token = value_text_at(c, "token");
	sigv4_sign(a, &r, &k);
	canonical = sigv4_canonical_request(a, &r, &names);
	assert_stage(c, "canonical_request", canonical);
	to_sign = sigv4_string_to_sign(a, &r, canonical);
	assert_stage(c, "string_to_sign", to_sign);
	assert_stage(c, "signature", sigv4_signature(a, &r, k.secret_key, to_sign));
	assert_stage(c, "authorization", http_header(&r.headers, "Authorization"));
	assert_true(str_eq(http_header(&r.headers, "x-amz-security-token"), k.token));
}

static size_t check_file(const char *path)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);
	struct value *cases;
	const char *why = NULL;
	char *text;
	size_t len;

	assert_int_equal(file_read(a, path, MAX_FILE, &text, &len, d), 0);
	cases = json_parse(a, text, len, &why);
	assert_non_null(cases);
	value_each_item(cases, c)
		check_case(c);
	return value_len(cases);
}

TEST(sigv4_as_botocore)
{
	DIR *dir = opendir(CASES);
	size_t n = 0;

	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		char path[512];

		if (!str_ends(e->d_name, ".json"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", CASES, e->d_name);
		n += check_file(path);
	}
	closedir(dir);
	assert_true(n >= MIN_CASES);
}

TEST(sigv4_time_is_utc)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(sigv4_time(a, 0), "19700101T000000Z");
	assert_string_equal(sigv4_time(a, 951782399), "20000228T235959Z");
}

TEST(sigv4_does_not_sign_what_changes_on_the_way)
{
	_cleanup_arena_ struct arena *a = arena_new();
	static const char *const names[] = { "Connection", "Keep-Alive", "Proxy-Authorization",
					     "TE",	   "Trailer",	 "Upgrade",
					     "User-Agent", NULL };
	struct sigv4_request r = { .method = "GET",
				   .path = "/",
				   .host = "h",
				   .region = "r",
				   .service = "s",
				   .payload_sha256 = "x" };
	const char *signed_headers;

	for (size_t i = 0; names[i]; i++) {
		struct http_header h = { names[i], "v" };

		vec_push(a, &r.headers, h);
	}
	sigv4_canonical_request(a, &r, &signed_headers);
	assert_string_equal(signed_headers, "host");
}
