#include "turns.h"

#include <stdlib.h>
#include <string.h>

#include "model/json.h"
#include "test.h"

static const char *const env[] = { "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=secret", NULL };
static const char identity[] = "<GetCallerIdentityResponse><GetCallerIdentityResult>"
			       "<Arn>arn:aws:iam::123456789012:user/t</Arn>"
			       "<Account>123456789012</Account></GetCallerIdentityResult>"
			       "</GetCallerIdentityResponse>";

static const char *name_of(struct arena *a, const struct http_request *r)
{
	for (size_t i = 0; i < r->headers.len; i++)
		if (str_eq_fold(r->headers.items[i].name, "x-amz-target"))
			return strchr(r->headers.items[i].value, '.') + 1;
	char *body = arena_strndup(a, r->body ? r->body : "", r->body_len);
	const char *action = strstr(body, "Action=");
	if (action)
		return arena_strndup(a, action + 7, strcspn(action + 7, "&"));
	const char *path = strchr(strstr(r->url, "://") + 3, '/');
	return arena_printf(a, "%s %s", r->method, path);
}

static void answer(struct fake_http *http, const struct http_request *r, struct fake_reply *ret)
{
	struct turns *t = (struct turns *)http;
	const char *call = name_of(t->a, r);
	if (str_eq(call, "GetCallerIdentity")) {
		ret->body = identity;
		return;
	}
	if (t->at == t->len)
		fail_msg("one call more: %s", call);
	const struct turn *now = &t->turns[t->at++];
	assert_string_equal(call, now->call);
	*ret = (struct fake_reply){ .status = now->status,
				    .body = now->body,
				    .headers = now->headers };
	if (!now->status)
		*ret = (struct fake_reply){ .failure = HTTP_SENT, .sent = true };
}

struct value *turns_json(struct turns *t, const char *text)
{
	struct value *v = json_parse(t->a, text, strlen(text), NULL);
	assert_non_null(v);
	return v;
}

void turns_begin(struct turns *t, const struct turn *turns, size_t n)
{
	struct aws_options o = { .region = "eu-west-1",
				 .http = &t->http.base,
				 .env = fake_env,
				 .env_ctx = (void *)env,
				 .backoff_ms = 1 };
	memset(t, 0, sizeof(*t));
	setenv("CINFRA_SETTLE_SECONDS", "1", 1);
	t->a = arena_new();
	fake_http_init(&t->http, t->a, NULL, 0);
	t->http.answer = answer;
	t->turns = turns;
	t->len = n;
	t->client = aws_client_new(&o, diags_new(t->a));
	t->provider = aws_provider_new(t->a, t->client);
	assert_int_equal(t->provider->identity(t->provider, &t->account, diags_new(t->a)), 0);
}
void turns_end(struct turns *t)
{
	assert_int_equal(t->at, t->len);
	aws_provider_free(t->provider);
	aws_client_free(t->client);
	arena_free(t->a);
}

void turns_prepare(struct turns *t, enum operation_kind kind, const char *type, const char *props)
{
	t->op = (struct operation){ .kind = kind,
				    .address = "resources.it",
				    .type = t->provider->type(type),
				    .wanted = turns_json(t, props),
				    .marker = MARKER,
				    .arena = t->a,
				    .diags = diags_new(t->a) };
	assert_non_null(t->op.type);
}

int turns_run(struct turns *t)
{
	struct operation *op = &t->op;
	return t->provider->run(t->provider, &op, 1);
}

void turns_found(const struct turns *t, const char *id)
{
	assert_int_equal(t->op.failed, 0);
	assert_false(t->op.absent || t->op.foreign);
	assert_string_equal(t->op.ret_id, id);
}

void turns_absent(const struct turns *t, bool foreign)
{
	assert_int_equal(t->op.failed, 0);
	assert_true(t->op.absent);
	assert_int_equal(t->op.foreign, foreign);
	assert_null(t->op.ret_id);
	assert_int_equal(diags_len(t->op.diags), 0);
}
