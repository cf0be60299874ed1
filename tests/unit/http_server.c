#include "http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct connection {
	struct http_server *server;
	int fd;
	bool die; /* on the next request */
	char buffer[65536];
	size_t len;
};

static void send_text(int fd, const char *text)
{
	size_t n = strlen(text);

	while (n > 0) {
		ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		text += sent;
		n -= (size_t)sent;
	}
}

static void send_reply(int fd, const char *head, size_t body)
{
	char text[512];

	snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n", head, body);
	send_text(fd, text);
	for (size_t i = 0; i < body; i++)
		if (send(fd, "x", 1, MSG_NOSIGNAL | (i + 1 < body ? MSG_MORE : 0)) <= 0)
			return;
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

/* False: the connection is over. */
static bool answer(struct connection *c, const char *path)
{
	const char *slash = strchr(path + 1, '/');
	long n = slash ? strtol(slash + 1, NULL, 10) : 0;

	if (is(path, "/reset"))
		reset(c->fd);
	if (is(path, "/half"))
		send_text(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789");
	if (is(path, "/reset") || is(path, "/half") || is(path, "/none"))
		return false;
	if (is(path, "/slow"))
		sleep_ms(n);
	if (is(path, "/interim"))
		send_text(c->fd, "HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n");
	if (is(path, "/redirect"))
		send_reply(c->fd, "302 Found\r\nLocation: /ok", 0);
	else if (is(path, "/headers"))
		send_reply(c->fd, "200 OK\r\nX-UPPER:  a b \r\nEmpty:\r\nX-Two: 1\r\nX-Two: 2", 0);
	else if (is(path, "/status"))
		send_reply(c->fd, slash + 1, 0);
	else
		send_reply(c->fd, "200 OK", is(path, "/body") ? (size_t)n : 5);
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
		n = recv(c->fd, c->buffer + c->len, sizeof(c->buffer) - 1 - c->len, 0);
		if (n <= 0)
			return 0;
		c->len += (size_t)n;
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

		c->server = s;
		c->fd = fd;
		atomic_fetch_add(&s->connections, 1);
		atomic_fetch_add(&s->open, 1);
		pthread_create(&thread, NULL, serve, c);
		pthread_detach(thread);
	}
	return NULL;
}

struct http_server *http_server_start(void)
{
	struct http_server *s = calloc(1, sizeof(*s));
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);

	pthread_mutex_init(&s->lock, NULL);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(s->fd, (struct sockaddr *)&at, sizeof(at)) || listen(s->fd, 256) ||
	    getsockname(s->fd, (struct sockaddr *)&at, &len))
		abort();
	s->port = ntohs(at.sin_port);
	pthread_create(&s->thread, NULL, accept_all, s);
	return s;
}

void http_server_stop(struct http_server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
	while (atomic_load(&s->open) > 0) /* clients are closed by now */
		sleep_ms(1);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
