#include "fake_http.h"

#include <string.h>

#include "base/str.h"

static void copy_request(struct fake_http *f, const struct http_request *r)
{
	struct fake_request q = {
		.method = arena_strdup(f->arena, r->method),
		.url = arena_strdup(f->arena, r->url),
		.body_len = r->body_len,
		.fresh = r->fresh,
		.no_proxy = r->no_proxy,
		.new_connection = r->new_connection,
		.timeout_ms = r->timeout_ms,
		.stall_ms = r->stall_ms,
	};
	char *body = arena_alloc(f->arena, r->body_len + 1);

	if (r->body_len)
		memcpy(body, r->body, r->body_len);
	q.body = body;
	for (size_t i = 0; i < r->headers.len; i++) {
		struct http_header h = { arena_strdup(f->arena, r->headers.items[i].name),
					 arena_strdup(f->arena, r->headers.items[i].value) };

		vec_push(f->arena, &q.headers, h);
	}
	vec_push(f->arena, &f->requests, q);
}

static void fill_headers(struct arena *a, const char *text, http_headers *ret)
{
	while (text && *text) {
		size_t n = strcspn(text, "\n"), k = strcspn(text, ":");
		struct http_header h = { arena_strndup(a, text, k),
					 arena_strndup(a, text + k + 2, n - k - 2) };

		vec_push(a, ret, h);
		text += n + (text[n] == '\n');
	}
}

static void fake_call(struct http *base, const struct http_request *r, struct arena *a,
		      struct http_reply *ret)
{
	struct fake_http *f = (struct fake_http *)base;
	struct fake_reply reply = { .status = 200 };

	memset(ret, 0, sizeof(*ret));
	ret->body = "";
	if (r->permit && !r->permit(r->permit_ctx)) {
		ret->failure = HTTP_REFUSED;
		ret->failure_text = "refused";
		return;
	}
	pthread_mutex_lock(&f->lock);
	copy_request(f, r);
	if (f->answer)
		f->answer(f, r, &reply);
	else if (f->replies_len > 0)
		reply = f->replies[f->requests.len < f->replies_len ? f->requests.len - 1
								    : f->replies_len - 1];
	pthread_mutex_unlock(&f->lock);
	ret->failure = reply.failure;
	ret->failure_text = reply.failure ? "a failure" : NULL;
	ret->sent = reply.sent;
	ret->stale = reply.stale;
	ret->status = reply.status;
	ret->body = reply.body ? arena_strdup(a, reply.body) : "";
	ret->body_len = strlen(ret->body);
	fill_headers(a, reply.headers, &ret->headers);
}

static void fake_nothing(struct http *base)
{
	(void)base;
}

void fake_http_init(struct fake_http *f, struct arena *a, const struct fake_reply *replies,
		    size_t n)
{
	memset(f, 0, sizeof(*f));
	f->base = (struct http){ fake_call, fake_nothing, fake_nothing };
	f->arena = a;
	f->replies = replies;
	f->replies_len = n;
	pthread_mutex_init(&f->lock, NULL);
}

const char *fake_header(const struct fake_http *f, size_t n, const char *name)
{
	const char *value =
		n < f->requests.len ? http_header(&f->requests.items[n].headers, name) : NULL;

	return value ? value : "";
}

bool url_has(const struct fake_http *f, size_t n, const char *text)
{
	return n < f->requests.len && strstr(f->requests.items[n].url, text);
}

bool body_has(const struct fake_http *f, size_t n, const char *text)
{
	return n < f->requests.len && strstr(f->requests.items[n].body, text);
}

const char *fake_env(void *ctx, const char *name)
{
	size_t n = strlen(name);

	for (const char *const *e = ctx; *e; e++)
		if (strncmp(*e, name, n) == 0 && (*e)[n] == '=')
			return *e + n + 1;
	return NULL;
}
