/* http_curl.c - libcurl's multi interface, driven by one thread.
 *
 * A caller prepares its own easy handle, queues it and sleeps; only the I/O thread touches the
 * multi handle. One multi handle, CAINFO as a file and no CAPATH: only so does libcurl keep the
 * parsed CA bundle, and parsing it costs more than all the rest of a call.
 *
 * libcurl repeats a request by itself when a kept-alive connection dies without a byte of reply.
 * For a create that is one too many, so the second try is refused (before_send) and told to the
 * caller as `stale`. */
#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "net/http.h"
#include "net/tls_sessions.h"
#include "base/banned.h"

enum {
	DEFAULT_CONNECTIONS = 64,
	DEFAULT_TIMEOUT_MS = 60000,
	DEFAULT_CONNECT_TIMEOUT_MS = 10000,
	DEFAULT_MAX_REPLY = 64 * 1024 * 1024,
	MAX_HEADER_BYTES = 256 * 1024,
	SMALL_BODY = 16 * 1024,
	MAX_IDLE_S = 20, /* AWS keeps idle connections open for longer than this */
	FRESH_IDLE_S = 1,
	POLL_MS = 1000,
};

struct transfer {
	const struct http_request *request;
	CURL *easy;
	struct curl_slist *header_list;
	struct str header_text; /* name NUL value NUL ... */
	struct str body;
	size_t max_reply;
	char error[CURL_ERROR_SIZE];
	CURLcode code;
	long status;
	size_t slot; /* in running[] */
	bool sent, stale, refused, too_large, cancelled, done;
	pthread_cond_t wake;
	struct transfer *next; /* in the queue */
};

struct http_curl {
	struct http base;
	char *ca_file, *user_agent;
	CURLM *multi;
	struct tls_sessions *sessions;
	pthread_t thread;

	pthread_mutex_t lock; /* guards all below but running[], which is the I/O thread's */
	struct transfer *first, *last; /* waiting for a free slot */
	bool stopped, closing;
	CURL **idle; /* easy handles for reuse */
	size_t idle_len;

	struct transfer **running;
	size_t running_len, max_running;
};

static pthread_once_t global_once = PTHREAD_ONCE_INIT;

static void global_init(void)
{
	curl_global_init(CURL_GLOBAL_ALL);
}

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
		return len;
	}
	if (t->header_text.len + len > MAX_HEADER_BYTES) {
		t->too_large = true;
		return 0;
	}
	add_header(t, line, trim_end(line, len));
	return len;
}

/* --- I/O thread --- */

static void finish(struct http_curl *h, struct transfer *t, CURLcode code)
{
	curl_multi_remove_handle(h->multi, t->easy);
	t->code = code;
	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &t->status);
	h->running_len--;
	h->running[t->slot] = h->running[h->running_len];
	h->running[t->slot]->slot = t->slot;
	pthread_mutex_lock(&h->lock);
	t->done = true;
	pthread_cond_signal(&t->wake); /* under the lock: `t` is gone once its owner saw done */
	pthread_mutex_unlock(&h->lock);
}

static void harvest(struct http_curl *h)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(h->multi, &left))) {
		struct transfer *t = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		finish(h, t, m->data.result);
	}
}

/* The next transfer to start, NULL: none may. */
static struct transfer *take(struct http_curl *h)
{
	struct transfer *t = NULL;

	pthread_mutex_lock(&h->lock);
	if (!h->stopped && h->running_len < h->max_running && (t = h->first)) {
		h->first = t->next;
		if (!h->first)
			h->last = NULL;
	}
	pthread_mutex_unlock(&h->lock);
	return t;
}

static void admit(struct http_curl *h)
{
	struct transfer *t;

	while ((t = take(h))) {
		t->slot = h->running_len;
		h->running[h->running_len++] = t;
		if (curl_multi_add_handle(h->multi, t->easy) != CURLM_OK)
			finish(h, t, CURLE_OUT_OF_MEMORY);
	}
}

static void cancel_queue(struct http_curl *h)
{
	for (struct transfer *t = h->first, *next; t; t = next) {
		next = t->next;
		t->cancelled = t->done = true;
		pthread_cond_signal(&t->wake);
	}
	h->first = h->last = NULL;
}

/* Cut everything when asked to; false: end the thread. */
static bool obey(struct http_curl *h)
{
	bool stopped, closing;

	pthread_mutex_lock(&h->lock);
	stopped = h->stopped;
	closing = h->closing;
	if (stopped)
		cancel_queue(h);
	pthread_mutex_unlock(&h->lock);
	while (stopped && h->running_len > 0) {
		h->running[0]->cancelled = true;
		finish(h, h->running[0], CURLE_ABORTED_BY_CALLBACK);
	}
	return !closing;
}

static void *run(void *arg)
{
	struct http_curl *h = arg;
	int n;

	while (obey(h)) {
		admit(h);
		curl_multi_perform(h->multi, &n);
		harvest(h);
		admit(h); /* into the slots just freed; the poll then returns at once */
		curl_multi_poll(h->multi, NULL, 0, POLL_MS, NULL);
	}
	/* Here, where SIGPIPE is blocked: TLS says goodbye to connections that may be gone. */
	curl_multi_cleanup(h->multi);
	h->multi = NULL;
	return NULL;
}

/* --- caller's thread --- */

static CURL *take_easy(struct http_curl *h)
{
	CURL *e = NULL;

	pthread_mutex_lock(&h->lock);
	if (h->idle_len > 0)
		e = h->idle[--h->idle_len];
	pthread_mutex_unlock(&h->lock);
	if (!e && (e = curl_easy_init()))
		tls_sessions_use(h->sessions, e);
	return e;
}

static void give_easy(struct http_curl *h, CURL *e)
{
	if (!e)
		return;
	curl_easy_reset(e);
	pthread_mutex_lock(&h->lock);
	if (h->idle_len < h->max_running) {
		h->idle[h->idle_len++] = e;
		e = NULL;
	}
	pthread_mutex_unlock(&h->lock);
	curl_easy_cleanup(e);
}

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

static void set_transport(struct http_curl *h, struct transfer *t)
{
	const struct http_request *r = t->request;
	int64_t timeout = r->timeout_ms ? r->timeout_ms : DEFAULT_TIMEOUT_MS;
	int64_t connect =
		r->connect_timeout_ms ? r->connect_timeout_ms : DEFAULT_CONNECT_TIMEOUT_MS;

	curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)timeout);
	curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect);
	curl_easy_setopt(t->easy, CURLOPT_MAXAGE_CONN,
			 (long)(r->fresh ? FRESH_IDLE_S : MAX_IDLE_S));
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
	if (h->ca_file)
		curl_easy_setopt(t->easy, CURLOPT_CAINFO, h->ca_file);
	if (h->user_agent)
		curl_easy_setopt(t->easy, CURLOPT_USERAGENT, h->user_agent);
	if (r->no_proxy)
		curl_easy_setopt(t->easy, CURLOPT_NOPROXY, "*");
}

static bool prepare(struct http_curl *h, struct transfer *t)
{
	t->easy = take_easy(h);
	if (!t->easy)
		return false;
	set_callbacks(t);
	set_transport(h, t);
	set_method(t);
	curl_easy_setopt(t->easy, CURLOPT_PATH_AS_IS, 1L); /* S3 keys may hold "../" */
	if (curl_easy_setopt(t->easy, CURLOPT_URL, t->request->url) != CURLE_OK)
		return false;
	return set_headers(t);
}

static void submit_and_wait(struct http_curl *h, struct transfer *t)
{
	pthread_mutex_lock(&h->lock);
	if (h->stopped) {
		t->cancelled = true;
		pthread_mutex_unlock(&h->lock);
		return;
	}
	if (h->last)
		h->last->next = t;
	else
		h->first = t;
	h->last = t;
	curl_multi_wakeup(h->multi);
	while (!t->done)
		pthread_cond_wait(&t->wake, &h->lock);
	pthread_mutex_unlock(&h->lock);
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
		return arena_printf(a, "the reply is larger than %zu bytes", t->max_reply);
	default:
		if (t->stale)
			return "the connection was closed before any reply";
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

static void fill_reply(const struct transfer *t, struct arena *a, struct http_reply *ret)
{
	ret->failure = failure_of(t);
	ret->failure_text = failure_text(t, ret->failure, a);
	ret->sent = t->sent;
	ret->stale = t->stale;
	ret->body = "";
	if (ret->failure != HTTP_OK)
		return;
	ret->status = (int)t->status;
	copy_headers(t, a, &ret->headers);
	ret->body_len = t->body.len;
	ret->body = memcpy(arena_alloc(a, t->body.len + 1), str_text(&t->body), t->body.len);
}

static void curl_call(struct http *base, const struct http_request *r, struct arena *a,
		      struct http_reply *ret)
{
	struct http_curl *h = (struct http_curl *)base;
	struct transfer t = { .request = r, .wake = PTHREAD_COND_INITIALIZER };

	memset(ret, 0, sizeof(*ret));
	t.max_reply = r->max_reply ? r->max_reply : DEFAULT_MAX_REPLY;
	if (prepare(h, &t))
		submit_and_wait(h, &t);
	else
		t.code = CURLE_BAD_FUNCTION_ARGUMENT;
	fill_reply(&t, a, ret);
	give_easy(h, t.easy);
	curl_slist_free_all(t.header_list);
	str_free(&t.header_text);
	str_wipe(&t.body); /* may hold a secret */
	pthread_cond_destroy(&t.wake);
}

static void curl_stop(struct http *base)
{
	struct http_curl *h = (struct http_curl *)base;

	pthread_mutex_lock(&h->lock);
	h->stopped = true;
	curl_multi_wakeup(h->multi);
	pthread_mutex_unlock(&h->lock);
}

static void release(struct http_curl *h)
{
	for (size_t i = 0; h->idle && i < h->idle_len; i++)
		curl_easy_cleanup(h->idle[i]);
	if (h->multi)
		curl_multi_cleanup(h->multi);
	tls_sessions_free(h->sessions);
	pthread_mutex_destroy(&h->lock);
	free(h->idle);
	free(h->running);
	free(h->ca_file);
	free(h->user_agent);
	free(h);
}

static void curl_close(struct http *base)
{
	struct http_curl *h = (struct http_curl *)base;

	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	h->stopped = h->closing = true;
	curl_multi_wakeup(h->multi);
	pthread_mutex_unlock(&h->lock);
	pthread_join(h->thread, NULL);
	release(h);
}

/* Signals are the main thread's business. */
static int start_thread(struct http_curl *h)
{
	sigset_t all, old;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&h->thread, NULL, run, h);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return r;
}

struct http *http_curl_new(const struct http_options *o)
{
	struct http_curl *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	pthread_once(&global_once, global_init);
	pthread_mutex_init(&h->lock, NULL);
	h->base = (struct http){ .call = curl_call, .stop = curl_stop, .close = curl_close };
	h->max_running = o->max_connections > 0 ? (size_t)o->max_connections : DEFAULT_CONNECTIONS;
	h->ca_file = o->ca_file ? strdup(o->ca_file) : NULL;
	h->user_agent = o->user_agent ? strdup(o->user_agent) : NULL;
	h->idle = calloc(h->max_running, sizeof(*h->idle));
	h->running = calloc(h->max_running, sizeof(*h->running));
	h->sessions = tls_sessions_new();
	h->multi = curl_multi_init();
	if (h->multi)
		curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)h->max_running);
	if (!h->multi || !h->sessions || !h->idle || !h->running || start_thread(h) != 0) {
		release(h);
		return NULL;
	}
	return &h->base;
}
