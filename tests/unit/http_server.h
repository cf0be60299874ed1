/* http_server.h - a small HTTP/1.1 server on 127.0.0.1 that behaves as its path says.
 *
 *	/ok		200 "hello", connection kept
 *	/body/N		200 with N bytes
 *	/status/N	that status, without a body
 *	/slow/MS	200 after a while
 *	/reset		reads the request, then RST
 *	/half		announces 100 bytes, sends 10, closes
 *	/none		closes without a reply
 *	/headers-cut	ends within its headers
 *	/no-length	200 without length or body, closes
 *	/cut		chunks without the last one, closes
 *	/trickle/MS	200 with a byte every so many milliseconds, until the client has gone
 *	/interims	103 again and again, until the client has gone
 *	/flood		headers without end, until the client has gone
 *	/last		200, then closes without a reply when the next request comes
 *	/interim	103 with headers of its own, then 200
 *	/headers	200 with odd headers
 *	/redirect	302 to /ok
 */
#ifndef TESTS_UNIT_HTTP_SERVER_H
#define TESTS_UNIT_HTTP_SERVER_H

#include <pthread.h>
#include <stdatomic.h>

struct http_server {
	int fd, port;
	pthread_t thread;
	_Atomic int connections, requests, open;
	pthread_mutex_t lock;
	char last[65536];	/* the last request as it came */
	struct ssl_ctx_st *tls; /* NULL: plain */
};

struct http_server *http_server_start(void);
/* With TLS, and a certificate for 127.0.0.1 of its own that is also written to `cert_path`. */
struct http_server *http_server_start_tls(const char *cert_path);
void http_server_stop(struct http_server *s);

#endif
