#include "test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "http_server.h"
#include "net/http.h"
#include "temp.h"

struct fixture {
	struct http_server *server;
	struct http *http;
	struct arena *arena;
};

static struct fixture set_up(int connections)
{
	struct http_options o = { .max_connections = connections, .user_agent = "test/1" };
	struct fixture f = { http_server_start(), http_curl_new(&o), arena_new() };

	assert_non_null(f.http);
	return f;
}

static void tear_down(struct fixture *f)
{
	if (f->http)
		f->http->close(f->http);
	http_server_stop(f->server);
	arena_free(f->arena);
}

static struct http_request request(struct fixture *f, const char *method, const char *path)
{
	return (struct http_request){
		.method = method,
		.url = arena_printf(f->arena, "http://127.0.0.1:%d%s", f->server->port, path),
	};
}

static struct http_reply send_it(struct fixture *f, const struct http_request *r)
{
	struct http_reply reply;

	f->http->call(f->http, r, f->arena, &reply);
	return reply;
}

static struct http_reply get(struct fixture *f, const char *path)
{
	struct http_request r = request(f, "GET", path);

	return send_it(f, &r);
}

static bool last_has(struct fixture *f, const char *text)
{
	bool has;

	pthread_mutex_lock(&f->server->lock);
	has = strcasestr(f->server->last, text) != NULL;
	pthread_mutex_unlock(&f->server->lock);
	return has;
}

TEST(http_get)
{
	struct fixture f = set_up(4);
	struct http_reply r = get(&f, "/ok");

	assert_int_equal(r.failure, HTTP_OK);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.body, "xxxxx");
	assert_int_equal(r.body_len, 5);
	assert_string_equal(http_header(&r.headers, "CONTENT-length"), "5");
	assert_null(http_header(&r.headers, "content"));
	assert_true(r.sent);
	assert_true(last_has(&f, "GET /ok HTTP/1.1\r\n"));
	assert_true(last_has(&f, "User-Agent: test/1\r\n"));
	assert_false(last_has(&f, "Accept"));
	tear_down(&f);
}

TEST(http_connection_is_kept)
{
	struct fixture f = set_up(4);

	for (int i = 0; i < 20; i++)
		assert_int_equal(get(&f, "/ok").status, 200);
	assert_int_equal(atomic_load(&f.server->connections), 1);
	assert_int_equal(atomic_load(&f.server->requests), 20);
	tear_down(&f);
}

TEST(http_body_has_its_length)
{
	struct fixture f = set_up(4);
	_cleanup_str_ struct str big = STR_INIT;
	struct http_request r = request(&f, "POST", "/ok");
	struct http_header h = { "Content-Type", "application/json" };

	for (int i = 0; i < 3000; i++) /* over the size at which libcurl would ask with Expect */
		str_add(&big, "0123456789");
	vec_push(f.arena, &r.headers, h);
	r.body = big.data;
	r.body_len = big.len;
	assert_int_equal(send_it(&f, &r).status, 200);
	assert_true(last_has(&f, "Content-Length: 30000\r\n"));
	assert_true(last_has(&f, "Content-Type: application/json\r\n"));
	assert_false(last_has(&f, "Expect"));
	assert_false(last_has(&f, "chunked"));
	assert_true(last_has(&f, "\r\n\r\n0123456789"));
	tear_down(&f);
}

TEST(http_methods)
{
	static const char *const methods[] = { "PUT", "POST", "PATCH", "DELETE" };
	struct fixture f = set_up(4);

	for (size_t i = 0; i < 4; i++) {
		struct http_request r = request(&f, methods[i], "/ok");

		assert_int_equal(send_it(&f, &r).status, 200);
		assert_true(last_has(&f, arena_printf(f.arena, "%s /ok HTTP/1.1\r\n", methods[i])));
		assert_int_equal(last_has(&f, "Content-Length: 0\r\n"), i < 3);
		assert_false(last_has(&f, "Content-Type"));
	}
	tear_down(&f);
}

TEST(http_bytes_with_nul)
{
	struct fixture f = set_up(4);
	struct http_request r = request(&f, "PUT", "/ok");

	r.body = "a\0b";
	r.body_len = 3;
	assert_int_equal(send_it(&f, &r).status, 200);
	assert_true(last_has(&f, "Content-Length: 3\r\n"));
	tear_down(&f);
}

TEST(http_head_has_no_body)
{
	struct fixture f = set_up(4);
	struct http_request r = request(&f, "HEAD", "/status/404");
	struct http_reply reply = send_it(&f, &r);

	assert_int_equal(reply.failure, HTTP_OK);
	assert_int_equal(reply.status, 404);
	assert_int_equal(reply.body_len, 0);
	assert_true(last_has(&f, "HEAD /status/404"));
	tear_down(&f);
}

TEST(http_path_is_sent_as_it_is)
{
	struct fixture f = set_up(4);

	get(&f, "/ok/../a//b/./%2F%20?x=%2B&y");
	assert_true(last_has(&f, "GET /ok/../a//b/./%2F%20?x=%2B&y HTTP/1.1"));
	tear_down(&f);
}

TEST(http_no_redirect_is_followed)
{
	struct fixture f = set_up(4);
	struct http_reply r = get(&f, "/redirect");

	assert_int_equal(r.status, 302);
	assert_string_equal(http_header(&r.headers, "location"), "/ok");
	tear_down(&f);
}

TEST(http_headers_in_lower_case)
{
	struct fixture f = set_up(4);
	struct http_reply r = get(&f, "/headers");

	assert_string_equal(r.headers.items[0].name, "x-upper");
	assert_string_equal(r.headers.items[0].value, "a b");
	assert_string_equal(http_header(&r.headers, "empty"), "");
	assert_int_equal(r.headers.len, 5);
	tear_down(&f);
}

TEST(http_interim_reply_is_dropped)
{
	struct fixture f = set_up(4);
	struct http_reply r = get(&f, "/interim");

	assert_int_equal(r.status, 200);
	assert_null(http_header(&r.headers, "x-early"));
	tear_down(&f);
}

TEST(http_header_cannot_smuggle)
{
	static const struct http_header bad[] = {
		{ "X", "a\r\nY: b" }, { "X\r\nY", "b" }, { "X Y", "b" }, { "", "b" }
	};
	struct fixture f = set_up(4);

	for (size_t i = 0; i < 4; i++) {
		struct http_request r = request(&f, "GET", "/ok");

		vec_push(f.arena, &r.headers, bad[i]);
		assert_int_not_equal(send_it(&f, &r).failure, HTTP_OK);
	}
	assert_int_equal(atomic_load(&f.server->requests), 0);
	tear_down(&f);
}

TEST(http_empty_header_is_sent)
{
	struct fixture f = set_up(4);
	struct http_request r = request(&f, "GET", "/ok");
	struct http_header h = { "X-Empty", "" };

	vec_push(f.arena, &r.headers, h);
	assert_int_equal(send_it(&f, &r).status, 200);
	assert_true(last_has(&f, "\r\nX-Empty:"));
	tear_down(&f);
}

/* --- failures --- */

TEST(http_nobody_listens)
{
	struct fixture f = set_up(4);
	struct http_request r = { .method = "GET", .url = "http://127.0.0.1:1/" };
	struct http_reply reply = send_it(&f, &r);

	assert_int_equal(reply.failure, HTTP_CONNECT);
	assert_false(reply.sent);
	assert_non_null(reply.failure_text);
	tear_down(&f);
}

TEST(http_unknown_host_and_bad_url)
{
	static const char *const urls[] = { "http://nowhere.invalid/", "ftp://127.0.0.1/",
					    "http://a b/", "", "http://[::1" };
	struct fixture f = set_up(4);

	for (size_t i = 0; i < 5; i++) {
		struct http_request r = { .method = "GET", .url = urls[i] };

		assert_int_equal(send_it(&f, &r).failure, HTTP_CONNECT);
	}
	tear_down(&f);
}

TEST(http_lost_replies)
{
	static const char *const paths[] = { "/reset", "/half",	       "/none",
					     "/cut",   "/headers-cut", "/no-length" };
	struct fixture f = set_up(4);

	for (size_t i = 0; i < 6; i++) {
		struct http_reply r = get(&f, paths[i]);

		assert_int_equal(r.failure, HTTP_SENT);
		assert_true(r.sent);
		assert_false(r.stale);
		assert_int_equal(atomic_load(&f.server->requests), (int)i + 1);
	}
	tear_down(&f);
}

TEST(http_timeout)
{
	struct fixture f = set_up(4);
	struct http_request r = request(&f, "GET", "/slow/2000");
	int64_t since = clock_monotonic_ms();
	struct http_reply reply;

	r.timeout_ms = 150;
	reply = send_it(&f, &r);
	assert_int_equal(reply.failure, HTTP_TIMEOUT);
	assert_true(reply.sent);
	assert_in_range(clock_monotonic_ms() - since, 100, 1500);
	tear_down(&f);
}

/* Bytes that come one by one do not keep a call alive: neither past its time ... */
TEST(http_timeout_in_spite_of_bytes)
{
	static const char *const paths[] = { "/trickle/10", "/interims/10" };
	struct fixture f = set_up(4);

	for (size_t i = 0; i < 2; i++) {
		struct http_request r = request(&f, "GET", paths[i]);
		int64_t since = clock_monotonic_ms();

		r.timeout_ms = 200;
		assert_int_equal(send_it(&f, &r).failure, HTTP_TIMEOUT);
		assert_in_range(clock_monotonic_ms() - since, 150, 1500);
	}
	tear_down(&f);
}

/* ... nor for as long as a large body may take. */
TEST(http_stall)
{
	struct fixture f = set_up(4);
	struct http_request r = request(&f, "GET", "/trickle/100");
	int64_t since = clock_monotonic_ms();
	struct http_reply reply;

	r.timeout_ms = 600000;
	r.stall_ms = 1000;
	reply = send_it(&f, &r);
	assert_int_equal(reply.failure, HTTP_TIMEOUT);
	assert_true(reply.sent);
	assert_in_range(clock_monotonic_ms() - since, 900, 5000);
	tear_down(&f);
}

TEST(http_headers_without_end)
{
	struct fixture f = set_up(4);
	struct http_reply r = get(&f, "/flood");

	assert_int_equal(r.failure, HTTP_TOO_LARGE);
	assert_non_null(strstr(r.failure_text, "headers"));
	assert_int_equal(r.headers.len, 0);
	tear_down(&f);
}

TEST(http_no_tls_where_it_was_expected)
{
	struct fixture f = set_up(4);
	struct http_request r = {
		.method = "GET",
		.url = arena_printf(f.arena, "https://127.0.0.1:%d/ok", f.server->port),
		.timeout_ms = 5000,
	};
	struct http_reply reply = send_it(&f, &r);

	assert_int_equal(reply.failure, HTTP_HANDSHAKE);
	assert_false(reply.sent);
	tear_down(&f);
}

TEST(http_new_connection)
{
	struct fixture f = set_up(4);
	struct http_request r = request(&f, "GET", "/ok");

	get(&f, "/ok");
	r.new_connection = true;
	assert_int_equal(send_it(&f, &r).status, 200);
	assert_int_equal(atomic_load(&f.server->connections), 2);
	tear_down(&f);
}

/* libcurl would send the request again by itself, and so maybe create twice. */
TEST(http_stale_connection_is_not_repeated)
{
	struct fixture f = set_up(4);
	struct http_request r = request(&f, "POST", "/ok");
	struct http_reply reply;

	assert_int_equal(get(&f, "/last").status, 200);
	reply = send_it(&f, &r);
	assert_int_equal(reply.failure, HTTP_SENT);
	assert_true(reply.stale);
	assert_true(reply.sent);
	assert_int_equal(atomic_load(&f.server->requests), 2);
	assert_int_equal(send_it(&f, &r).status, 200); /* the next one is well */
	tear_down(&f);
}

TEST(http_reply_too_large)
{
	struct fixture f = set_up(4);
	struct http_request r = request(&f, "GET", "/body/2000");

	r.max_reply = 1999;
	assert_int_equal(send_it(&f, &r).failure, HTTP_TOO_LARGE);
	r.max_reply = 2000;
	assert_int_equal(send_it(&f, &r).body_len, 2000);
	tear_down(&f);
}

static bool refuse(void *ctx)
{
	++*(int *)ctx;
	return false;
}

static bool allow(void *ctx)
{
	++*(int *)ctx;
	return true;
}

TEST(http_permit_is_asked_before_each_send)
{
	struct fixture f = set_up(4);
	struct http_request r = request(&f, "POST", "/ok");
	int asked = 0;
	struct http_reply reply;

	r.permit = refuse;
	r.permit_ctx = &asked;
	reply = send_it(&f, &r);
	assert_int_equal(reply.failure, HTTP_REFUSED);
	assert_false(reply.sent);
	assert_int_equal(asked, 1);
	assert_int_equal(atomic_load(&f.server->requests), 0);
	r.permit = allow;
	assert_int_equal(send_it(&f, &r).status, 200);
	assert_int_equal(send_it(&f, &r).status, 200);
	assert_int_equal(asked, 3);
	tear_down(&f);
}

static bool allow_once(void *ctx)
{
	return ++*(int *)ctx == 1;
}

/* The permit ends while the body is on its way: its end is not sent. */
TEST(http_permit_holds_for_a_body_to_its_end)
{
	struct fixture f = set_up(4);
	struct http_request r = request(&f, "PUT", "/ok");
	const size_t len = 32 * 1024 * 1024;
	int asked = 0;
	struct http_reply reply;
	char *body = calloc(1, len);

	assert_non_null(body);
	r.body = body;
	r.body_len = len;
	r.permit = allow_once;
	r.permit_ctx = &asked;
	reply = send_it(&f, &r);
	assert_int_equal(reply.failure, HTTP_REFUSED);
	assert_false(reply.sent);
	assert_int_equal(asked, 2);
	free(body);
	tear_down(&f);
}

/* --- TLS --- */

static struct http_reply get_over_tls(struct http_server *s, const char *host, const char *ca_file,
				      struct arena *a)
{
	struct http_options o = { .ca_file = ca_file };
	struct http *http = http_curl_new(&o);
	struct http_request r = {
		.method = "GET",
		.url = arena_printf(a, "https://%s:%d/ok", host, s->port),
	};
	struct http_reply reply;

	http->call(http, &r, a, &reply);
	http->close(http);
	return reply;
}

TEST(http_trusts_the_given_certificates_alone)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const char *dir = temp_dir();
	const char *own = arena_strdup(a, temp_path(dir, "own.pem"));
	const char *other = arena_strdup(a, temp_path(dir, "other.pem"));
	const char *garbage = arena_strdup(a, temp_path(dir, "garbage.pem"));
	struct http_server *s = http_server_start_tls(own), *t = http_server_start_tls(other);

	temp_write(garbage, "nonsense", 8, 0600);
	assert_int_equal(get_over_tls(s, "127.0.0.1", own, a).status, 200);
	assert_int_equal(get_over_tls(s, "127.0.0.1", other, a).failure, HTTP_TLS);
	assert_int_equal(get_over_tls(s, "127.0.0.1", NULL, a).failure, HTTP_TLS);
	assert_int_equal(get_over_tls(s, "127.0.0.1", garbage, a).failure, HTTP_TLS);
	assert_int_equal(get_over_tls(s, "localhost", own, a).failure, HTTP_TLS); /* another name */
	assert_int_equal(atomic_load(&s->requests), 1);
	http_server_stop(s);
	http_server_stop(t);
	temp_remove(dir);
}

/* --- many at once --- */

struct worker {
	struct fixture *fixture;
	const char *path;
	pthread_t thread;
	int calls, good;
	enum http_failure last;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	_cleanup_arena_ struct arena *a = arena_new();

	for (int i = 0; i < w->calls; i++) {
		struct http_request r = {
			.method = "GET",
			.url = arena_printf(a, "http://127.0.0.1:%d%s", w->fixture->server->port,
					    w->path),
		};
		struct http_reply reply;

		w->fixture->http->call(w->fixture->http, &r, a, &reply);
		w->last = reply.failure;
		w->good += reply.failure == HTTP_OK && reply.status == 200 && reply.body_len == 5;
	}
	return NULL;
}

enum { WORKERS = 64 };

static void start(struct fixture *f, struct worker *ws, const char *path, int calls)
{
	for (int i = 0; i < WORKERS; i++) {
		ws[i] = (struct worker){ .fixture = f, .path = path, .calls = calls };
		pthread_create(&ws[i].thread, NULL, work, &ws[i]);
	}
}

static void join(struct worker *ws)
{
	for (int i = 0; i < WORKERS; i++)
		pthread_join(ws[i].thread, NULL);
}

TEST(http_many_at_once)
{
	struct fixture f = set_up(WORKERS);
	struct worker ws[WORKERS];

	start(&f, ws, "/ok", 20);
	join(ws);
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(ws[i].good, 20);
	assert_true(atomic_load(&f.server->connections) <= WORKERS);
	tear_down(&f);
}

TEST(http_waits_in_parallel)
{
	struct fixture f = set_up(WORKERS);
	struct worker ws[WORKERS];
	int64_t since = clock_monotonic_ms();

	start(&f, ws, "/slow/100", 2);
	join(ws);
	assert_true(clock_monotonic_ms() - since < 64 * 2 * 100 / 4);
	tear_down(&f);
}

TEST(http_connections_are_limited)
{
	struct fixture f = set_up(3);
	struct worker ws[WORKERS];

	start(&f, ws, "/slow/5", 2);
	join(ws);
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(ws[i].good, 2);
	assert_true(atomic_load(&f.server->connections) <= 3);
	tear_down(&f);
}

TEST(http_stop_cuts_all)
{
	struct fixture f = set_up(8); /* most of them wait in the queue */
	struct worker ws[WORKERS];
	int64_t since = clock_monotonic_ms();

	start(&f, ws, "/slow/3000", 3);
	while (atomic_load(&f.server->requests) < 8)
		;
	f.http->stop(f.http);
	join(ws);
	assert_true(clock_monotonic_ms() - since < 2500);
	for (int i = 0; i < WORKERS; i++) {
		assert_int_equal(ws[i].good, 0);
		assert_int_equal(ws[i].last, HTTP_CANCELLED);
	}
	assert_int_equal(get(&f, "/ok").failure, HTTP_CANCELLED);
	tear_down(&f);
}
