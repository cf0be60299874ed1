#include "http_server.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TLS_HELLO = 0x16 };

struct connection {
	struct http_server *server;
	int fd;
	SSL *tls;
	bool die; /* on the next request */
	char buffer[65536];
	size_t len;
};

static ssize_t send_some(struct connection *c, const char *data, size_t n)
{
	return c->tls ? SSL_write(c->tls, data, (int)n) : send(c->fd, data, n, MSG_NOSIGNAL);
}

static ssize_t receive_some(struct connection *c, char *data, size_t n)
{
	return c->tls ? SSL_read(c->tls, data, (int)n) : recv(c->fd, data, n, 0);
}

/* False: the client has gone. */
static bool send_all(struct connection *c, const char *data, size_t n)
{
	while (n > 0) {
		ssize_t sent = send_some(c, data, n);

		if (sent <= 0)
			return false;
		data += sent;
		n -= (size_t)sent;
	}
	return true;
}

static bool send_text(struct connection *c, const char *text)
{
	return send_all(c, text, strlen(text));
}

static void send_reply(struct connection *c, const char *head, size_t body)
{
	char *text = malloc(512 + body);
	int n = snprintf(text, 512, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n", head, body);

	memset(text + n, 'x', body);
	send_all(c, text, (size_t)n + body);
	free(text);
}

static void reset(int fd)
{
	struct linger l = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
}

static void sleep_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static bool is(const char *path, const char *name)
{
	return strncmp(path, name, strlen(name)) == 0;
}

/* What has no end but the client's. */
static void send_endlessly(struct connection *c, const char *path, long ms)
{
	const char *again = "x";

	if (is(path, "/trickle"))
		send_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
	else if (is(path, "/flood"))
		send_text(c, "HTTP/1.1 200 OK\r\n");
	if (is(path, "/interims"))
		again = "HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n";
	else if (is(path, "/flood"))
		again = "X-More: 0123456789012345678901234567890123456789\r\n";
	while (send_text(c, again))
		if (ms)
			sleep_ms(ms);
}

/* Replies that end too early. */
static const struct {
	const char *path, *text;
} cuts[] = {
	{ "/reset", "" },
	{ "/none", "" },
	{ "/half", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789" },
	{ "/headers-cut", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Le" },
	{ "/no-length", "HTTP/1.1 200 OK\r\n\r\n" },
	{ "/cut", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n" },
};

/* False: the connection is over. */
static bool answer(struct connection *c, const char *path)
{
	const char *slash = strchr(path + 1, '/');
	long n = slash ? strtol(slash + 1, NULL, 10) : 0;

	if (is(path, "/reset"))
		reset(c->fd);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++)
		if (is(path, cuts[i].path)) {
			send_text(c, cuts[i].text);
			return false;
		}
	if (is(path, "/trickle") || is(path, "/interims") || is(path, "/flood")) {
		send_endlessly(c, path, n);
		return false;
	}
	if (is(path, "/slow"))
		sleep_ms(n);
	if (is(path, "/interim"))
		send_text(c, "HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n");
	if (is(path, "/redirect"))
		send_reply(c, "302 Found\r\nLocation: /ok", 0);
	else if (is(path, "/headers"))
		send_reply(c, "200 OK\r\nX-UPPER:  a b \r\nEmpty:\r\nX-Two: 1\r\nX-Two: 2", 0);
	else if (is(path, "/status"))
		send_reply(c, slash + 1, 0);
	else
		send_reply(c, "200 OK", is(path, "/body") ? (size_t)n : 5);
	c->die = is(path, "/last");
	return true;
}

static size_t length_of(const char *head)
{
	const char *header = strcasestr(head, "\r\nContent-Length:");

	return header ? strtoul(header + 17, NULL, 10) : 0;
}

/* Read one request into the buffer; its size, 0 at the end. */
static size_t read_request(struct connection *c)
{
	for (;;) {
		char *end;
		ssize_t n;

		c->buffer[c->len] = '\0';
		end = strstr(c->buffer, "\r\n\r\n");
		if (end && c->len >= (size_t)(end + 4 - c->buffer) + length_of(c->buffer))
			return (size_t)(end + 4 - c->buffer) + length_of(c->buffer);
		n = receive_some(c, c->buffer + c->len, sizeof(c->buffer) - 1 - c->len);
		if (n <= 0)
			return 0;
		c->len += (size_t)n;
		if (c->buffer[0] == TLS_HELLO) {
			send_text(c, "HTTP/1.1 400 Bad Request\r\n\r\n");
			return 0;
		}
	}
}

static void note(struct http_server *s, const char *request, size_t n)
{
	atomic_fetch_add(&s->requests, 1);
	pthread_mutex_lock(&s->lock);
	memcpy(s->last, request, n);
	s->last[n] = '\0';
	pthread_mutex_unlock(&s->lock);
}

static void *serve(void *arg)
{
	struct connection *c = arg;
	bool go_on = true;
	size_t n;

	if (c->server->tls) {
		c->tls = SSL_new(c->server->tls);
		SSL_set_fd(c->tls, c->fd);
		go_on = SSL_accept(c->tls) == 1;
	}
	while (go_on && (n = read_request(c)) > 0) {
		char path[256] = "";
		const char *space = strchr(c->buffer, ' ');

		note(c->server, c->buffer, n);
		if (c->die)
			break;
		if (space)
			snprintf(path, sizeof(path), "%.*s", (int)strcspn(space + 1, " "),
				 space + 1);
		memmove(c->buffer, c->buffer + n, c->len - n);
		c->len -= n;
		go_on = answer(c, path);
	}
	SSL_free(c->tls);
	close(c->fd);
	atomic_fetch_sub(&c->server->open, 1);
	free(c);
	return NULL;
}

static void *accept_all(void *arg)
{
	struct http_server *s = arg;
	int fd;

	while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
		struct connection *c = calloc(1, sizeof(*c));
		pthread_t thread;

		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
		c->server = s;
		c->fd = fd;
		atomic_fetch_add(&s->connections, 1);
		atomic_fetch_add(&s->open, 1);
		pthread_create(&thread, NULL, serve, c);
		pthread_detach(thread);
	}
	return NULL;
}

static X509 *make_certificate(EVP_PKEY *key)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	X509_EXTENSION *san = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_pubkey(x, key);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1,
				   0);
	X509_set_issuer_name(x, name);
	X509_add_ext(x, san, -1);
	X509_EXTENSION_free(san);
	X509_sign(x, key, EVP_sha256());
	return x;
}

static SSL_CTX *make_tls(const char *cert_path)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = make_certificate(key);
	FILE *f = fopen(cert_path, "w");

	PEM_write_X509(f, x);
	fclose(f);
	if (SSL_CTX_use_certificate(tls, x) != 1 || SSL_CTX_use_PrivateKey(tls, key) != 1)
		abort();
	X509_free(x);
	EVP_PKEY_free(key);
	return tls;
}

static struct http_server *start(SSL_CTX *tls)
{
	struct http_server *s = calloc(1, sizeof(*s));
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);

	s->tls = tls;
	pthread_mutex_init(&s->lock, NULL);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(s->fd, (struct sockaddr *)&at, sizeof(at)) || listen(s->fd, 256) ||
	    getsockname(s->fd, (struct sockaddr *)&at, &len))
		abort();
	s->port = ntohs(at.sin_port);
	pthread_create(&s->thread, NULL, accept_all, s);
	return s;
}

struct http_server *http_server_start(void)
{
	return start(NULL);
}

struct http_server *http_server_start_tls(const char *cert_path)
{
	return start(make_tls(cert_path));
}

void http_server_stop(struct http_server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
	while (atomic_load(&s->open) > 0) /* clients are closed by now */
		sleep_ms(1);
	SSL_CTX_free(s->tls);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
