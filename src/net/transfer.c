/* transfer.c - options, callbacks and reply of one request.
 *
 * libcurl repeats a request by itself when a kept-alive connection dies without a byte of reply.
 * For a create that is one too many, so the second try is refused (before_send) and told to the
 * caller as `stale`. */
#include "net/transfer.h"

#include <string.h>

#include "base/banned.h"

enum {
	DEFAULT_TIMEOUT_MS = 60000,
	DEFAULT_CONNECT_TIMEOUT_MS = 10000,
	DEFAULT_MAX_REPLY = 64 * 1024 * 1024,
	MAX_HEADER_BYTES = 256 * 1024,
	SMALL_BODY = 16 * 1024,
	MAX_IDLE_S = 20, /* AWS keeps idle connections open for longer than this */
	FRESH_IDLE_S = 1,
	TRICKLE = 64, /* bytes a second, in either direction */
};

/* --- callbacks, on the I/O thread --- */

static int before_send(void *ctx, char *to, char *from, int to_port, int from_port)
{
	struct transfer *t = ctx;
	const struct http_request *r = t->request;

	(void)to, (void)from, (void)to_port, (void)from_port;
	if (t->sent) {
		t->stale = true;
		return CURL_PREREQFUNC_ABORT;
	}
	if (r->permit && !r->permit(r->permit_ctx)) {
		t->refused = true;
		return CURL_PREREQFUNC_ABORT;
	}
	t->sent = true;
	return CURL_PREREQFUNC_OK;
}

/* Nothing is carried out that AWS has not had the end of. */
bool transfer_is_refused(struct transfer *t)
{
	const struct http_request *r = t->request;
	curl_off_t sent = 0;

	if (!t->sent || !r->permit || r->body_len <= SMALL_BODY)
		return false;
	curl_easy_getinfo(t->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
	if ((size_t)sent < r->body_len && !r->permit(r->permit_ctx))
		t->refused = true;
	return t->refused;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;

	if (t->body.len + size * n > t->max_reply) {
		t->too_large = true;
		return 0;
	}
	str_addn(&t->body, data, size * n);
	return size * n;
}

static size_t trim_end(const char *s, size_t n)
{
	while (n > 0 && strchr(" \t\r\n", s[n - 1]))
		n--;
	return n;
}

static void add_header(struct transfer *t, const char *line, size_t n)
{
	const char *colon = memchr(line, ':', n);
	size_t name_len, skip;

	if (!colon || memchr(line, '\0', n))
		return;
	name_len = trim_end(line, (size_t)(colon - line));
	for (size_t i = 0; i < name_len; i++)
		str_addc(&t->header_text,
			 line[i] >= 'A' && line[i] <= 'Z' ? line[i] + 32 : line[i]);
	str_addc(&t->header_text, '\0');
	for (skip = (size_t)(colon - line) + 1; skip < n && strchr(" \t", line[skip]);)
		skip++;
	str_addn(&t->header_text, line + skip, n - skip);
	str_addc(&t->header_text, '\0');
}

static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = size * n;

	if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) { /* forget those of an interim reply */
		str_clear(&t->header_text);
		t->headers_end = false;
		return len;
	}
	if (t->header_text.len + len > MAX_HEADER_BYTES) {
		t->too_large = t->headers_too_large = true;
		return 0;
	}
	t->headers_end = trim_end(line, len) == 0;
	add_header(t, line, trim_end(line, len));
	return len;
}

/* --- before it is sent --- */

/* A line break in a header would be a second header. */
static bool header_is_clean(const struct http_header *hd)
{
	return hd->name[0] && !strpbrk(hd->name, "\r\n: ") && !strpbrk(hd->value, "\r\n");
}

static bool append_header(struct transfer *t, const char *line)
{
	struct curl_slist *list = curl_slist_append(t->header_list, line);

	if (list)
		t->header_list = list;
	return list != NULL;
}

/* libcurl's own headers are switched off with "Name:", an empty one is sent with "Name;". */
static bool set_headers(struct transfer *t)
{
	static const char *const unwanted[] = { "Expect", "Accept", "Content-Type" };
	const http_headers *hs = &t->request->headers;
	_cleanup_str_ struct str line = STR_INIT;
	bool ok = true;

	for (size_t i = 0; i < sizeof(unwanted) / sizeof(*unwanted); i++) {
		str_clear(&line);
		str_addf(&line, "%s:", unwanted[i]);
		if (!http_header(hs, unwanted[i]))
			ok = ok && append_header(t, line.data);
	}
	for (size_t i = 0; i < hs->len; i++) {
		const struct http_header *hd = &hs->items[i];

		if (!header_is_clean(hd))
			return false;
		str_clear(&line);
		if (hd->value[0])
			str_addf(&line, "%s: %s", hd->name, hd->value);
		else
			str_addf(&line, "%s;", hd->name);
		ok = ok && append_header(t, line.data);
	}
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->header_list);
	return ok;
}

/* With POSTFIELDS there is always a Content-Length, also of 0. */
static void set_method(struct transfer *t)
{
	const struct http_request *r = t->request;
	bool may_have_body =
		str_eq(r->method, "POST") || str_eq(r->method, "PUT") || str_eq(r->method, "PATCH");

	if (str_eq(r->method, "HEAD")) {
		curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
		return;
	}
	if (may_have_body || r->body_len > 0) {
		curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
		curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, r->body_len ? r->body : "");
	}
	if (!str_eq(r->method, "GET") || r->body_len > 0)
		curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, r->method);
}

static void set_callbacks(struct transfer *t)
{
	curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error);
	curl_easy_setopt(t->easy, CURLOPT_PREREQFUNCTION, before_send);
	curl_easy_setopt(t->easy, CURLOPT_PREREQDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

static void set_times(struct transfer *t)
{
	const struct http_request *r = t->request;
	int64_t timeout = r->timeout_ms ? r->timeout_ms : DEFAULT_TIMEOUT_MS;
	int64_t connect =
		r->connect_timeout_ms ? r->connect_timeout_ms : DEFAULT_CONNECT_TIMEOUT_MS;

	curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)timeout);
	curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect);
	/* Else the I/O thread, and with it every other call, waits for a resolver that hangs. */
	curl_easy_setopt(t->easy, CURLOPT_QUICK_EXIT, 1L);
	if (!r->stall_ms)
		return;
	curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_LIMIT, (long)TRICKLE);
	curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_TIME, (long)((r->stall_ms + 999) / 1000));
}

static void set_transport(struct transfer *t, const char *ca_file, const char *user_agent)
{
	const struct http_request *r = t->request;

	set_times(t);
	curl_easy_setopt(t->easy, CURLOPT_MAXAGE_CONN,
			 (long)(r->fresh ? FRESH_IDLE_S : MAX_IDLE_S));
	curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, r->new_connection ? 1L : 0L);
	/* libcurl's buffer is 64 KB for each of the handles, most of which send a few hundred bytes. */
	if (r->body_len <= SMALL_BODY)
		curl_easy_setopt(t->easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)SMALL_BODY);
	curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(t->easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(t->easy, CURLOPT_CAPATH, NULL);
	if (ca_file)
		curl_easy_setopt(t->easy, CURLOPT_CAINFO, ca_file);
	if (user_agent)
		curl_easy_setopt(t->easy, CURLOPT_USERAGENT, user_agent);
	if (r->no_proxy)
		curl_easy_setopt(t->easy, CURLOPT_NOPROXY, "*");
}

bool transfer_prepare(struct transfer *t, const char *ca_file, const char *user_agent)
{
	t->max_reply = t->request->max_reply ? t->request->max_reply : DEFAULT_MAX_REPLY;
	if (!t->easy)
		return false;
	set_callbacks(t);
	set_transport(t, ca_file, user_agent);
	set_method(t);
	curl_easy_setopt(t->easy, CURLOPT_PATH_AS_IS, 1L); /* S3 keys may hold "../" */
	if (curl_easy_setopt(t->easy, CURLOPT_URL, t->request->url) != CURLE_OK)
		return false;
	return set_headers(t);
}

/* --- after it --- */

static bool has_header(const struct transfer *t, const char *name)
{
	const char *p = str_text(&t->header_text), *end = p + t->header_text.len;

	while (p < end) {
		if (str_eq(p, name))
			return true;
		p += strlen(p) + 1; /* the value */
		p += strlen(p) + 1;
	}
	return false;
}

/* To libcurl a reply is whole that ends within its headers, or has neither length nor body. */
static bool is_cut(const struct transfer *t)
{
	if (t->code != CURLE_OK || !t->headers_end)
		return t->code == CURLE_OK;
	return t->body.len == 0 && t->status != 204 && t->status != 304 &&
	       !str_eq(t->request->method, "HEAD") && !has_header(t, "content-length") &&
	       !has_header(t, "transfer-encoding");
}

static enum http_failure failure_of_code(CURLcode code, bool sent)
{
	switch (code) {
	case CURLE_OK:
		return HTTP_OK;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return HTTP_TLS;
	case CURLE_SSL_CONNECT_ERROR:
		return HTTP_HANDSHAKE;
	case CURLE_OPERATION_TIMEDOUT:
		return sent ? HTTP_TIMEOUT : HTTP_CONNECT;
	default:
		return sent ? HTTP_SENT : HTTP_CONNECT;
	}
}

static enum http_failure failure_of(const struct transfer *t)
{
	if (t->cancelled)
		return HTTP_CANCELLED;
	if (t->refused)
		return HTTP_REFUSED;
	if (t->too_large)
		return HTTP_TOO_LARGE;
	if (is_cut(t))
		return HTTP_SENT;
	return failure_of_code(t->code, t->sent);
}

static const char *failure_text(const struct transfer *t, enum http_failure f, struct arena *a)
{
	switch (f) {
	case HTTP_OK:
		return NULL;
	case HTTP_CANCELLED:
		return "cut off";
	case HTTP_REFUSED:
		return "not sent: the run no longer holds its lease";
	case HTTP_TOO_LARGE:
		if (t->headers_too_large)
			return arena_printf(a, "the reply's headers are larger than %d bytes",
					    MAX_HEADER_BYTES);
		return arena_printf(a, "the reply is larger than %zu bytes", t->max_reply);
	default:
		if (t->stale)
			return "the connection was closed before any reply";
		if (is_cut(t))
			return "the reply was cut off";
		return arena_strdup(a, t->error[0] ? t->error : curl_easy_strerror(t->code));
	}
}

static void copy_headers(const struct transfer *t, struct arena *a, http_headers *ret)
{
	const char *p = t->header_text.data;
	const char *end = p ? p + t->header_text.len : NULL;

	while (p < end) {
		struct http_header hd;

		hd.name = arena_strdup(a, p);
		p += strlen(p) + 1;
		hd.value = arena_strdup(a, p);
		p += strlen(p) + 1;
		vec_push(a, ret, hd);
	}
}

void transfer_reply(const struct transfer *t, struct arena *a, struct http_reply *ret)
{
	ret->failure = failure_of(t);
	ret->failure_text = failure_text(t, ret->failure, a);
	ret->sent = t->sent && !t->refused;
	ret->stale = t->stale;
	ret->body = "";
	if (ret->failure != HTTP_OK)
		return;
	ret->status = (int)t->status;
	copy_headers(t, a, &ret->headers);
	ret->body_len = t->body.len;
	ret->body = memcpy(arena_alloc(a, t->body.len + 1), str_text(&t->body), t->body.len);
}

void transfer_free(struct transfer *t)
{
	curl_slist_free_all(t->header_list);
	str_free(&t->header_text);
	str_wipe(&t->body); /* may hold a secret */
}
