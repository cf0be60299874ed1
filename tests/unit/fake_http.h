/* fake_http.h - a network that answers from a list and remembers what it was asked. */
#ifndef TESTS_UNIT_FAKE_HTTP_H
#define TESTS_UNIT_FAKE_HTTP_H

#include <pthread.h>

#include "aws/client.h"
#include "net/http.h"

struct fake_reply {
	int status;
	const char *body;    /* NULL: "" */
	const char *headers; /* "a: b\nc: d" or NULL */
	enum http_failure failure;
	bool sent, stale;
};

struct fake_request {
	const char *method, *url, *body;
	size_t body_len;
	http_headers headers;
	bool fresh, no_proxy, new_connection;
	int64_t timeout_ms, stall_ms;
};

struct fake_http {
	struct http base;
	struct arena *arena;
	pthread_mutex_t lock;
	const struct fake_reply *replies; /* the last one repeats */
	size_t replies_len;
	/* Instead of the list; under the lock. */
	void (*answer)(struct fake_http *f, const struct http_request *r, struct fake_reply *ret);
	VEC(struct fake_request) requests;
};

void fake_http_init(struct fake_http *f, struct arena *a, const struct fake_reply *replies,
		    size_t n);
#define FAKE_HTTP(f, a, replies) fake_http_init(f, a, replies, sizeof(replies) / sizeof(*(replies)))
/* A header of the n-th request, "" when it has none. */
const char *fake_header(const struct fake_http *f, size_t n, const char *name);
bool url_has(const struct fake_http *f, size_t n, const char *text);
bool body_has(const struct fake_http *f, size_t n, const char *text);

/* An environment: `ctx` is a list of "NAME=value" that ends with NULL. */
const char *fake_env(void *ctx, const char *name);

#endif
