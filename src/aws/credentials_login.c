/* credentials_login.c - what `aws login` left: keys for a quarter of an hour, renewed with a token
 * that is bound to a key beside it, and put back for the next tool. */
#include <string.h>

#include "aws/credentials.h"
#include "aws/dpop.h"
#include "aws/endpoint.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "model/json.h"
#include "base/banned.h"

enum { TOKEN_MAX_BYTES = 256 * 1024, REFRESH_S = 5 * 60 };

#define TOKEN_PATH "/v1/token"

static const struct aws_service signin = {
	.id = "signin",
	.name = "AWS Sign-In",
	.endpoint_id = "SIGNIN",
	.host_prefix = "signin",
	.signing_name = "signin",
	.protocol = AWS_REST_JSON,
	.in_flight = 4,
};

struct login {
	const struct credentials_context *context;
	struct arena *arena;
	struct diags *diags;
	const char *profile, *path;
	struct value *token;
};

static int ask_to_login(struct login *l, const char *why)
{
	diag_error(l->diags, D_AUTH, NO_SPAN, "profile \"%s\": %s", l->profile, why);
	diag_hint(l->diags, "run `aws login --profile %s`", l->profile);
	return -1;
}

static const char *cache_path(struct login *l, const char *session)
{
	const char *dir = config_env(l->context->config, "AWS_LOGIN_CACHE_DIRECTORY");
	const char *name = sha256_hex(l->arena, session, strlen(session));

	dir = config_path(l->context->config, l->arena, dir ? dir : "~/.aws/login/cache");
	return dir ? arena_printf(l->arena, "%s/%s.json", dir, name) : NULL;
}

static int read_token(struct login *l, const char *session)
{
	char *text;
	size_t len;
	int r;

	l->path = cache_path(l, session);
	if (!l->path)
		return ask_to_login(l, "there is no home folder with a login in it");
	r = file_read(l->arena, l->path, TOKEN_MAX_BYTES, &text, &len, l->diags);
	if (r)
		return r < 0 ? -1 : ask_to_login(l, "nobody has logged in");
	l->token = json_parse(l->arena, text, len, NULL);
	if (!value_get(l->token, "accessToken") || !value_text_at(l->token, "refreshToken") ||
	    !value_text_at(l->token, "clientId") || !value_text_at(l->token, "dpopKey"))
		return ask_to_login(l, "what `aws login` left cannot be read");
	return 0;
}

static int64_t expires(const struct login *l)
{
	const char *text = value_text_at(value_get(l->token, "accessToken"), "expiresAt");

	return text ? clock_parse(text) : -1;
}

/* --- renewal --- */

static const char *proof(struct login *l)
{
	const struct aws_config *config = l->context->config;
	struct endpoint e;
	const char *why, *url;

	if (endpoint_resolve(config, &signin, config->region, l->arena, &e, &why))
		return NULL;
	url = arena_printf(l->arena, "%s://%s%s" TOKEN_PATH, e.scheme, e.host, e.path);
	return dpop_proof(l->arena, value_text_at(l->token, "dpopKey"), url,
			  clock_unix_ms() / 1000);
}

static void store(struct login *l, const struct value *reply)
{
	int64_t at = clock_unix_ms() / 1000 + value_int_or(value_get(reply, "expiresIn"), 0);
	struct value *token = value_map(l->arena), *keys = value_map(l->arena);
	struct diags *ignored = diags_new(l->arena);
	const char *text;

	value_merge(l->arena, keys, value_get(l->token, "accessToken"), false);
	value_merge(l->arena, keys, value_get(reply, "accessToken"), false);
	value_set(l->arena, keys, "expiresAt", value_string(l->arena, clock_iso8601(l->arena, at)));
	value_merge(l->arena, token, l->token, false);
	value_set(l->arena, token, "accessToken", keys);
	if (value_text_at(reply, "refreshToken"))
		value_set(l->arena, token, "refreshToken", value_get(reply, "refreshToken"));
	l->token = token;
	text = json_text(l->arena, token, JSON_COMPACT);
	file_write_atomic(l->path, text, strlen(text), 0600, ignored);
}

static int renew(struct login *l)
{
	struct value *in = value_map(l->arena);
	const char *dpop = proof(l);
	struct aws_call call = { .service = &signin,
				 .operation = "CreateOAuth2Token",
				 .path = TOKEN_PATH,
				 .headers = "DPoP=dpop",
				 .input = in };
	struct aws_reply reply;
	struct aws_error err;

	if (!dpop)
		return ask_to_login(l, "the key that `aws login` left cannot be read");
	value_set(l->arena, in, "dpop", value_string(l->arena, dpop));
	value_set(l->arena, in, "clientId", value_get(l->token, "clientId"));
	value_set(l->arena, in, "grantType", value_string(l->arena, "refresh_token"));
	value_set(l->arena, in, "refreshToken",
		  value_mark(l->arena, value_get(l->token, "refreshToken"), VALUE_SENSITIVE, 0));
	if (l->context->call(l->context->ctx, &call, NULL, l->arena, &reply, &err))
		return ask_to_login(l, arena_printf(l->arena, "the login cannot be renewed: %s: %s",
						    err.code, err.message));
	if (!value_text_at(value_get(reply.output, "accessToken"), "accessKeyId"))
		return ask_to_login(l, "the login cannot be renewed: the reply has no keys");
	store(l, reply.output);
	return 0;
}

static int fill(struct login *l, struct credentials *ret)
{
	const struct value *v = value_get(l->token, "accessToken");

	ret->keys.access_key = arena_strdup(l->arena, value_text_at(v, "accessKeyId"));
	ret->keys.secret_key = arena_strdup(l->arena, value_text_at(v, "secretAccessKey"));
	ret->keys.token = arena_strdup(l->arena, value_text_at(v, "sessionToken"));
	ret->expires = expires(l);
	ret->source = arena_printf(l->arena, "login, profile \"%s\"", l->profile);
	if (!ret->keys.access_key || !ret->keys.secret_key || ret->expires < 0)
		return ask_to_login(l, "what `aws login` left cannot be read");
	return 0;
}

int credentials_from_login(const struct credentials_context *c, const char *profile,
			   struct arena *a, struct credentials *ret, struct diags *d)
{
	struct login l = { .context = c, .arena = a, .diags = d, .profile = profile };
	const char *session = config_get(c->config, profile, "login_session");

	if (!session || !*session)
		return 1;
	if (read_token(&l, session))
		return -1;
	if (expires(&l) - clock_unix_ms() / 1000 < REFRESH_S && renew(&l))
		return -1;
	return fill(&l, ret);
}
