/* http_curl.c - libcurl's multi interface, driven by one thread.
 *
 * A caller prepares its own easy handle, queues it and sleeps; only the I/O thread touches the
 * multi handle. One multi handle, CAINFO as a file and no CAPATH: only so does libcurl keep the
 * parsed CA bundle, and parsing it costs more than all the rest of a call. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"
#include "base/thread.h"
#include "net/http.h"
#include "net/tls_sessions.h"
#include "net/transfer.h"
#include "base/banned.h"

enum {
	DEFAULT_CONNECTIONS = 64,
	POLL_MS = 1000,
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
	curl_global_init_mem(CURL_GLOBAL_ALL, mem_alloc, free, mem_resize, mem_strdup, mem_zeroed);
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

/* Whatever has held up this thread meanwhile. */
static void cut_refused(struct http_curl *h)
{
	for (size_t i = 0; i < h->running_len;) {
		if (transfer_is_refused(h->running[i]))
			finish(h, h->running[i], CURLE_ABORTED_BY_CALLBACK);
		else
			i++;
	}
}

static void *run(void *arg)
{
	struct http_curl *h = arg;
	int n;

	while (obey(h)) {
		admit(h);
		cut_refused(h);
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

static void curl_call(struct http *base, const struct http_request *r, struct arena *a,
		      struct http_reply *ret)
{
	struct http_curl *h = (struct http_curl *)base;
	struct transfer t = { .request = r,
			      .easy = take_easy(h),
			      .wake = PTHREAD_COND_INITIALIZER };

	memset(ret, 0, sizeof(*ret));
	if (transfer_prepare(&t, h->ca_file, h->user_agent))
		submit_and_wait(h, &t);
	else
		t.code = CURLE_BAD_FUNCTION_ARGUMENT;
	transfer_reply(&t, a, ret);
	give_easy(h, t.easy);
	transfer_free(&t);
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

struct http *http_curl_new(const struct http_options *o)
{
	struct http_curl *h = mem_zeroed(1, sizeof(*h));

	pthread_once(&global_once, global_init);
	pthread_mutex_init(&h->lock, NULL);
	h->base = (struct http){ .call = curl_call, .stop = curl_stop, .close = curl_close };
	h->max_running = o->max_connections > 0 ? (size_t)o->max_connections : DEFAULT_CONNECTIONS;
	h->ca_file = o->ca_file ? mem_strdup(o->ca_file) : NULL;
	h->user_agent = o->user_agent ? mem_strdup(o->user_agent) : NULL;
	h->idle = mem_zeroed(h->max_running, sizeof(*h->idle));
	h->running = mem_zeroed(h->max_running, sizeof(*h->running));
	h->sessions = tls_sessions_new();
	h->multi = curl_multi_init();
	if (h->multi)
		curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)h->max_running);
	if (!h->multi || !h->sessions || thread_start(&h->thread, NULL, run, h) != 0) {
		release(h);
		return NULL;
	}
	return &h->base;
}
