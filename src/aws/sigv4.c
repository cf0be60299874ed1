#include "aws/sigv4.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aws/uri.h"
#include "base/hash.h"
#include "base/str.h"
#include "base/banned.h"

typedef VEC(const char *) strings;

char *sigv4_time(struct arena *a, int64_t unix_s)
{
	time_t t = (time_t)unix_s;
	struct tm tm = { 0 };
	char text[32];

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &tm);
	return arena_strdup(a, text);
}

static char *date_of(struct arena *a, int64_t unix_s)
{
	return arena_strndup(a, sigv4_time(a, unix_s), 8);
}

static char *scope_of(struct arena *a, const struct sigv4_request *r)
{
	return arena_printf(a, "%s/%s/%s/aws4_request", date_of(a, r->unix_s), r->region,
			    r->service);
}

/* --- path --- */

static bool is_segment(const char *s, size_t n, const char *what)
{
	return n == strlen(what) && memcmp(s, what, n) == 0;
}

/* Without "//", "." and "..". */
static void add_normal_path(struct arena *a, struct str *out, const char *path)
{
	struct {
		const char *text;
		size_t len;
	} seg;
	VEC(__typeof__(seg)) segs = { 0 };
	size_t n = strlen(path);

	for (const char *p = path; *p; p += seg.len + (p[seg.len] == '/')) {
		seg.text = p;
		seg.len = strcspn(p, "/");
		if (is_segment(p, seg.len, "..")) {
			segs.len -= segs.len > 0;
			continue;
		}
		if (seg.len > 0 && !is_segment(p, seg.len, "."))
			vec_push(a, &segs, seg);
	}
	str_addc(out, '/');
	for (size_t i = 0; i < segs.len; i++) {
		if (i > 0)
			str_addc(out, '/');
		str_addn(out, segs.items[i].text, segs.items[i].len);
	}
	if (segs.len > 0 && path[n - 1] == '/')
		str_addc(out, '/');
}

static void add_path(struct arena *a, struct str *out, const struct sigv4_request *r)
{
	_cleanup_str_ struct str normal = STR_INIT;

	if (r->s3) {
		str_add(out, *r->path ? r->path : "/");
		return;
	}
	add_normal_path(a, &normal, r->path);
	uri_encode(out, normal.data, normal.len, true);
}

/* --- query --- */

struct pair {
	const char *key, *value;
};

static int compare_pairs(const void *pa, const void *pb)
{
	const struct pair *a = pa, *b = pb;
	int c = strcmp(a->key, b->key);

	return c ? c : strcmp(a->value, b->value);
}

static void add_query(struct arena *a, struct str *out, const char *query)
{
	VEC(struct pair) pairs = { 0 };

	for (const char *p = query; p && *p;) {
		size_t n = strcspn(p, "&"), k = strcspn(p, "=&");
		struct pair pair = { arena_strndup(a, p, k), "" };

		if (k < n)
			pair.value = arena_strndup(a, p + k + 1, n - k - 1);
		vec_push(a, &pairs, pair);
		p += n + (p[n] == '&');
	}
	if (pairs.len > 0)
		qsort(pairs.items, pairs.len, sizeof(*pairs.items), compare_pairs);
	for (size_t i = 0; i < pairs.len; i++)
		str_addf(out, "%s%s=%s", i ? "&" : "", pairs.items[i].key, pairs.items[i].value);
}

/* --- headers --- */

static const char *const unsigned_headers[] = {
	"authorization", "connection", "content-length",  "expect",
	"keep-alive",	 "te",	       "trailer",	  "transfer-encoding",
	"upgrade",	 "user-agent", "x-amzn-trace-id", NULL,
};

static bool is_signed(const char *name)
{
	return !str_in(name, unsigned_headers) && !str_starts(name, "proxy-");
}

static char *lower(struct arena *a, const char *s)
{
	char *low = arena_strdup(a, s);

	for (char *p = low; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 32;
	return low;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Trimmed, inner blanks collapsed. */
static char *normal_value(struct arena *a, const char *s)
{
	char *value = arena_strdup(a, s), *out = value;

	for (; *s; s++) {
		if (!is_blank(*s))
			*out++ = *s;
		else if (out > value && out[-1] != ' ')
			*out++ = ' ';
	}
	if (out > value && out[-1] == ' ')
		out--;
	*out = '\0';
	return value;
}

static int compare_keys(const void *pa, const void *pb)
{
	return strcmp(((const struct pair *)pa)->key, ((const struct pair *)pb)->key);
}

/* Stable: values of one name stay in their order. */
static void sort_headers(struct pair *items, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t j = i; j > 0 && compare_keys(&items[j - 1], &items[j]) > 0; j--) {
			struct pair t = items[j];

			items[j] = items[j - 1];
			items[j - 1] = t;
		}
}

static void add_headers(struct arena *a, struct str *out, const struct sigv4_request *r,
			const char **ret_signed)
{
	VEC(struct pair) pairs = { 0 };
	_cleanup_str_ struct str names = STR_INIT;

	vec_push(a, &pairs, ((struct pair){ "host", r->host }));
	for (size_t i = 0; i < r->headers.len; i++) {
		struct pair p = { lower(a, r->headers.items[i].name),
				  normal_value(a, r->headers.items[i].value) };

		if (is_signed(p.key))
			vec_push(a, &pairs, p);
	}
	sort_headers(pairs.items, pairs.len);
	for (size_t i = 0; i < pairs.len; i++) {
		bool again = i > 0 && str_eq(pairs.items[i].key, pairs.items[i - 1].key);

		if (again) {
			str_addf(out, ",%s", pairs.items[i].value);
			continue;
		}
		str_addf(out, "%s%s:%s", i ? "\n" : "", pairs.items[i].key, pairs.items[i].value);
		str_addf(&names, "%s%s", i ? ";" : "", pairs.items[i].key);
	}
	str_add(out, "\n\n");
	*ret_signed = str_dup(&names, a);
}

/* --- the stages --- */

char *sigv4_canonical_request(struct arena *a, const struct sigv4_request *r,
			      const char **ret_signed_headers)
{
	_cleanup_str_ struct str s = STR_INIT;

	str_addf(&s, "%s\n", r->method);
	add_path(a, &s, r);
	str_addc(&s, '\n');
	add_query(a, &s, r->query);
	str_addc(&s, '\n');
	add_headers(a, &s, r, ret_signed_headers);
	str_addf(&s, "%s\n%s", *ret_signed_headers, r->payload_sha256);
	return str_dup(&s, a);
}

char *sigv4_string_to_sign(struct arena *a, const struct sigv4_request *r, const char *canonical)
{
	return arena_printf(a, "AWS4-HMAC-SHA256\n%s\n%s\n%s", sigv4_time(a, r->unix_s),
			    scope_of(a, r), sha256_hex(a, canonical, strlen(canonical)));
}

static void step(uint8_t key[SHA256_LEN], const char *text)
{
	uint8_t out[SHA256_LEN];

	hmac_sha256(key, SHA256_LEN, text, strlen(text), out);
	memcpy(key, out, SHA256_LEN);
}

char *sigv4_signature(struct arena *a, const struct sigv4_request *r, const char *secret_key,
		      const char *string_to_sign)
{
	_cleanup_str_ struct str secret = STR_INIT;
	const char *date = date_of(a, r->unix_s);
	uint8_t key[SHA256_LEN];
	char *hex;

	str_addf(&secret, "AWS4%s", secret_key);
	hmac_sha256(secret.data, secret.len, date, strlen(date), key);
	str_wipe(&secret);
	step(key, r->region);
	step(key, r->service);
	step(key, "aws4_request");
	step(key, string_to_sign);
	hex = hex_encode(a, key, SHA256_LEN);
	explicit_bzero(key, sizeof(key));
	return hex;
}

void sigv4_sign(struct arena *a, struct sigv4_request *r, const struct sigv4_keys *keys)
{
	const char *signed_headers, *canonical, *signature;
	struct http_header h = { "X-Amz-Date", sigv4_time(a, r->unix_s) };

	vec_push(a, &r->headers, h);
	h = (struct http_header){ "x-amz-content-sha256", r->payload_sha256 };
	vec_push(a, &r->headers, h);
	if (keys->token) {
		h = (struct http_header){ "X-Amz-Security-Token", keys->token };
		vec_push(a, &r->headers, h);
	}
	canonical = sigv4_canonical_request(a, r, &signed_headers);
	signature = sigv4_signature(a, r, keys->secret_key, sigv4_string_to_sign(a, r, canonical));
	h.name = "Authorization";
	h.value =
		arena_printf(a, "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s",
			     keys->access_key, scope_of(a, r), signed_headers, signature);
	vec_push(a, &r->headers, h);
}
