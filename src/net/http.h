/* http.h - the seam to the network: one blocking request, any thread.
 *
 * A request is sent once or not at all, to the host of its URL and no other: redirects are
 * replies, and nothing is repeated here. Limits hold for time, for the reply's size and for its
 * headers, so that no server can keep a caller for ever. */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/vec.h"

struct http_header {
	const char *name, *value;
};
typedef VEC(struct http_header) http_headers;

struct http_request {
	const char *method, *url;
	http_headers headers; /* Host and Content-Length are made by the transport */
	const void *body;
	size_t body_len;
	int64_t timeout_ms; /* whole call, however slowly bytes come; 0: 60 s */
	int64_t stall_ms;   /* less than a trickle for so long ends it; 0: only timeout_ms */
	int64_t connect_timeout_ms; /* names, connection and TLS; 0: 10 s */
	bool no_proxy;		    /* metadata services */
	/* Not over a connection that was idle for a while and may be dead: for requests that may
	 * not be repeated. */
	bool fresh;
	bool new_connection; /* not over a kept one at all */
	size_t max_reply;    /* bytes; 0: 64 MB */
	/* Asked just before the bytes leave, and again as long as a large body is on its way, on the
	 * I/O thread; false: the call is not sent, or not to its end, and fails with HTTP_REFUSED.
	 * May be NULL. */
	bool (*permit)(void *ctx);
	void *permit_ctx;
};
enum http_failure {
	HTTP_OK,
	HTTP_CONNECT,	/* nothing was sent: DNS, connect, TLS handshake */
	HTTP_HANDSHAKE, /* as HTTP_CONNECT: the other side answers, but not with TLS */
	HTTP_TLS,	/* certificate not trusted: no retry helps */
	HTTP_SENT,	/* the request may have been carried out: reset, half reply */
	HTTP_TIMEOUT,	/* as HTTP_SENT */
	HTTP_TOO_LARGE, /* the reply passed max_reply */
	HTTP_REFUSED,	/* permit said no */
	HTTP_CANCELLED, /* http_stop was called */
};
struct http_reply {
	enum http_failure failure;
	const char *failure_text; /* for people; NULL when HTTP_OK */
	bool sent;		  /* bytes of the request may have left, whatever the failure is */
	/* HTTP_SENT on a kept-alive connection that died without a byte of reply: most likely it
	 * was closed before the request arrived. */
	bool stale;
	int status;
	http_headers headers; /* names in lower case */
	const char *body;     /* NUL-terminated, may hold NULs */
	size_t body_len;
};

struct http {
	/* Fills *ret, memory from `a`. Never returns before the outcome is known. */
	void (*call)(struct http *h, const struct http_request *r, struct arena *a,
		     struct http_reply *ret);
	/* Cut all calls under way; later ones fail at once. */
	void (*stop)(struct http *h);
	void (*close)(struct http *h);
};

struct http_options {
	const char *ca_file; /* AWS_CA_BUNDLE, or NULL: the system's */
	int max_connections; /* in flight at most; 0: 64 */
	const char *user_agent;
};
/* libcurl's multi interface on one I/O thread with one connection pool. NULL: out of resources. */
struct http *http_curl_new(const struct http_options *o);
const char *http_header(const http_headers *h, const char *name); /* any case; NULL */

#endif
