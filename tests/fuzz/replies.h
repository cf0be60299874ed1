/* replies.h - a network whose replies are the input's: each begins with a line "<<< STATUS", then
 * headers, an empty line, the body. When there are no more, the network is down. */
#ifndef TESTS_FUZZ_REPLIES_H
#define TESTS_FUZZ_REPLIES_H

#include "fuzz.h"

#include "aws/client.h"
#include "base/clock.h"

struct replies {
	struct http base; /* first */
	const char *rest, *end;
};

/* Two seconds a look, so that no wait takes time. */
static int64_t fuzz_now_ms = 1800000000000;
static inline int64_t fuzz_clock(void)
{
	return fuzz_now_ms += 2000;
}

static inline const char *replies_line(struct replies *n, struct arena *a)
{
	const char *lf = memchr(n->rest, '\n', (size_t)(n->end - n->rest));
	const char *line = arena_strndup(a, n->rest, (size_t)((lf ? lf : n->end) - n->rest));

	n->rest = lf ? lf + 1 : n->end;
	return line;
}

static inline void replies_headers(struct replies *n, struct arena *a, http_headers *ret)
{
	const char *line;

	while (n->rest < n->end && *(line = replies_line(n, a))) {
		size_t k = strcspn(line, ":");
		struct http_header h = { arena_strndup(a, line, k), line + k };

		h.value += *h.value == ':';
		h.value += strspn(h.value, " ");
		vec_push(a, ret, h);
	}
}

static inline void replies_call(struct http *base, const struct http_request *r, struct arena *a,
				struct http_reply *ret)
{
	struct replies *n = (struct replies *)base;
	const char *next;
	char *body;

	(void)r;
	*ret = (struct http_reply){ .failure = HTTP_CONNECT, .failure_text = "down", .body = "" };
	if (n->end - n->rest < 8 || memcmp(n->rest, "<<< ", 4))
		return;
	*ret = (struct http_reply){ .sent = true,
				    .status = (int)strtol(replies_line(n, a) + 4, NULL, 10) };
	ret->status = ret->status < 100 || ret->status > 599 ? 200 : ret->status;
	replies_headers(n, a, &ret->headers);
	next = memmem(n->rest, (size_t)(n->end - n->rest), "\n<<< ", 5);
	ret->body_len = (size_t)((next ? next : n->end) - n->rest);
	body = arena_alloc(a, ret->body_len + 1);
	memcpy(body, n->rest, ret->body_len);
	ret->body = body;
	n->rest = next ? next + 1 : n->end;
}

static inline void replies_nothing(struct http *base)
{
	(void)base;
}

static inline struct replies replies_from(struct fuzz *f, const char *rest)
{
	clock_set_for_tests(fuzz_clock, fuzz_clock);
	return (struct replies){ .base = { replies_call, replies_nothing, replies_nothing },
				 .rest = rest,
				 .end = f->text + f->len };
}

/* A client on that network, whose environment says nothing but `env`: NAME=value, NULL at the end. */
static inline const char *replies_env(void *ctx, const char *name)
{
	size_t n = strlen(name);

	for (const char *const *e = ctx; *e; e++)
		if (!strncmp(*e, name, n) && (*e)[n] == '=')
			return *e + n + 1;
	return NULL;
}

static inline struct aws_options replies_options(struct replies *n, const char *const *env)
{
	return (struct aws_options){ .region = "eu-west-1",
				     .http = &n->base,
				     .env = replies_env,
				     .env_ctx = (void *)env,
				     .max_attempts = 2,
				     .backoff_ms = 1 };
}

#endif
