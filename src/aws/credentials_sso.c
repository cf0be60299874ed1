/* credentials_sso.c - IAM Identity Center: the token that `aws sso login` left, exchanged for the
 * keys of a role. A token of an sso-session is refreshed and put back for the next tool. */
#include <string.h>

#include "aws/credentials.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "model/json.h"
#include "base/banned.h"

enum { TOKEN_MAX_BYTES = 256 * 1024, REFRESH_S = 15 * 60 };

static const struct aws_service portal = {
	.id = "sso",
	.name = "IAM Identity Center",
	.endpoint_id = "SSO",
	.host_prefix = "portal.sso",
	.signing_name = "awsssoportal",
	.protocol = AWS_REST_JSON,
	.in_flight = 4,
};
static const struct aws_service oidc = {
	.id = "sso-oidc",
	.name = "IAM Identity Center",
	.endpoint_id = "SSO_OIDC",
	.host_prefix = "oidc",
	.signing_name = "sso-oauth",
	.protocol = AWS_REST_JSON,
	.in_flight = 4,
};

struct sso {
	const struct credentials_context *context;
	struct arena *arena;
	struct diags *diags;
	const char *profile, *session; /* session NULL: the legacy form */
	const char *region, *start_url, *account, *role;
	const char *cache_path;
	struct value *token;
};

static int ask_to_login(struct sso *s, const char *why)
{
	diag_error(s->diags, D_AUTH, NO_SPAN, "profile \"%s\": %s", s->profile, why);
	diag_hint(s->diags, "run `aws sso login --profile %s`", s->profile);
	return -1;
}

/* --- what the profile says --- */

static const char *get(const struct sso *s, const char *key)
{
	const char *value = config_get(s->context->config, s->profile, key);

	return value && *value ? value : NULL;
}

static const char *get_session(const struct sso *s, const char *key)
{
	if (!s->session)
		return get(s, key);
	return config_section_get(s->context->config, "sso-session", s->session, key, NULL);
}

static int require(struct sso *s, const char *key, const char *value)
{
	if (value && *value)
		return 0;
	if (s->session && (str_eq(key, "sso_region") || str_eq(key, "sso_start_url")))
		return diag_error(s->diags, D_AUTH, NO_SPAN, "sso-session \"%s\" has no %s",
				  s->session, key);
	return diag_error(s->diags, D_AUTH, NO_SPAN, "profile \"%s\" has no %s", s->profile, key);
}

static int read_profile(struct sso *s)
{
	if (s->session && !config_has_section(s->context->config, "sso-session", s->session))
		return diag_error(s->diags, D_AUTH, NO_SPAN,
				  "profile \"%s\" names sso_session \"%s\", which does not exist",
				  s->profile, s->session);
	s->region = get_session(s, "sso_region");
	s->start_url = get_session(s, "sso_start_url");
	s->account = get(s, "sso_account_id");
	s->role = get(s, "sso_role_name");
	if (require(s, "sso_region", s->region) || require(s, "sso_start_url", s->start_url) ||
	    require(s, "sso_account_id", s->account) || require(s, "sso_role_name", s->role))
		return -1;
	if (!config_is_region(s->region))
		return diag_error(s->diags, D_AUTH, NO_SPAN,
				  "profile \"%s\": sso_region \"%s\" is no region", s->profile,
				  s->region);
	return 0;
}

/* --- the token --- */

static int64_t time_of(struct sso *s, const char *member)
{
	const char *text = value_text_at(s->token, member);

	if (str_ends(text, "UTC")) /* as older versions of the AWS CLI write it */
		text = arena_printf(s->arena, "%.*sZ", (int)strlen(text) - 3, text);
	return text ? clock_parse(text) : -1;
}

static int read_token(struct sso *s)
{
	const char *key = s->session ? s->session : s->start_url;
	const char *name = sha1_hex(s->arena, key, strlen(key));
	const char *dir = config_path(s->context->config, s->arena, "~/.aws/sso/cache");
	char *text;
	size_t len;
	int r;

	if (!dir)
		return ask_to_login(s, "there is no home folder with a token in it");
	s->cache_path = arena_printf(s->arena, "%s/%s.json", dir, name);
	r = file_read(s->arena, s->cache_path, TOKEN_MAX_BYTES, &text, &len, s->diags);
	if (r)
		return r < 0 ? -1 : ask_to_login(s, "nobody has signed in to IAM Identity Center");
	s->token = json_parse(s->arena, text, len, NULL);
	if (!value_text_at(s->token, "accessToken") || time_of(s, "expiresAt") < 0)
		return ask_to_login(s, "the token that `aws sso login` left cannot be read");
	return 0;
}

static void store_token(struct sso *s, const struct value *fresh)
{
	struct diags *ignored = diags_new(s->arena);
	int64_t expires = clock_unix_ms() / 1000 + value_int_or(value_get(fresh, "expiresIn"), 0);
	struct value *token = value_map(s->arena);
	const char *text;

	value_merge(s->arena, token, s->token, false);
	value_set(s->arena, token, "accessToken", value_get(fresh, "accessToken"));
	value_set(s->arena, token, "expiresAt",
		  value_string(s->arena, clock_iso8601(s->arena, expires)));
	if (value_get(fresh, "refreshToken"))
		value_set(s->arena, token, "refreshToken", value_get(fresh, "refreshToken"));
	s->token = token;
	text = json_text(s->arena, token, JSON_COMPACT);
	file_write_atomic(s->cache_path, text, strlen(text), 0600, ignored);
}

static bool can_refresh(struct sso *s, int64_t now)
{
	int64_t registered = time_of(s, "registrationExpiresAt");

	return s->session && value_text_at(s->token, "refreshToken") &&
	       value_text_at(s->token, "clientId") && value_text_at(s->token, "clientSecret") &&
	       (registered < 0 || registered > now);
}

static bool refresh_token(struct sso *s)
{
	struct value *in = value_map(s->arena);
	struct aws_call call = { .service = &oidc,
				 .operation = "CreateToken",
				 .path = "/token",
				 .input = in,
				 .region = s->region };
	struct aws_reply reply;
	struct aws_error err;

	value_set(s->arena, in, "grantType", value_string(s->arena, "refresh_token"));
	value_set(s->arena, in, "clientId", value_get(s->token, "clientId"));
	value_set(s->arena, in, "clientSecret", value_get(s->token, "clientSecret"));
	value_set(s->arena, in, "refreshToken", value_get(s->token, "refreshToken"));
	if (s->context->call(s->context->ctx, &call, NULL, s->arena, &reply, &err) ||
	    !value_text_at(reply.output, "accessToken"))
		return false;
	store_token(s, reply.output);
	return true;
}

static int get_token(struct sso *s)
{
	int64_t now = clock_unix_ms() / 1000;

	if (read_token(s))
		return -1;
	if (time_of(s, "expiresAt") - now < REFRESH_S && can_refresh(s, now))
		refresh_token(s); /* if that fails, the old one may still do */
	if (time_of(s, "expiresAt") <= now)
		return ask_to_login(s, "the sign-in to IAM Identity Center has expired");
	return 0;
}

/* --- the keys --- */

static int fill(struct sso *s, const struct value *v, struct credentials *ret)
{
	ret->keys.access_key = arena_strdup(s->arena, value_text_at(v, "accessKeyId"));
	ret->keys.secret_key = arena_strdup(s->arena, value_text_at(v, "secretAccessKey"));
	ret->keys.token = arena_strdup(s->arena, value_text_at(v, "sessionToken"));
	ret->expires = value_int_or(value_get(v, "expiration"), 0) / 1000;
	ret->source = arena_printf(s->arena, "IAM Identity Center, profile \"%s\"", s->profile);
	if (!ret->keys.access_key || !ret->keys.secret_key)
		return diag_error(s->diags, D_AUTH, NO_SPAN, "%s: the reply has no keys",
				  ret->source);
	return 0;
}

static int get_keys(struct sso *s, struct credentials *ret)
{
	struct value *in = value_map(s->arena);
	struct aws_call call = { .service = &portal,
				 .operation = "GetRoleCredentials",
				 .method = "GET",
				 .path = "/federation/credentials",
				 .query = "role_name=role_name,account_id=account_id",
				 .headers = "x-amz-sso_bearer_token=token",
				 .input = in,
				 .region = s->region };
	struct aws_reply reply;
	struct aws_error err;

	value_set(s->arena, in, "role_name", value_string(s->arena, s->role));
	value_set(s->arena, in, "account_id", value_string(s->arena, s->account));
	value_set(s->arena, in, "token",
		  value_mark(s->arena, value_get(s->token, "accessToken"), VALUE_SENSITIVE, 0));
	if (s->context->call(s->context->ctx, &call, NULL, s->arena, &reply, &err) == 0)
		return fill(s, value_get(reply.output, "roleCredentials"), ret);
	if (err.status == 401)
		return ask_to_login(s, "the sign-in to IAM Identity Center has expired");
	return diag_error(s->diags, D_AUTH, NO_SPAN, "IAM Identity Center, profile \"%s\": %s: %s",
			  s->profile, err.code, err.message);
}

int credentials_from_sso(const struct credentials_context *c, const char *profile, struct arena *a,
			 struct credentials *ret, struct diags *d)
{
	struct sso s = { .context = c, .arena = a, .diags = d, .profile = profile };

	s.session = get(&s, "sso_session");
	if (!s.session && !get(&s, "sso_start_url") && !get(&s, "sso_account_id"))
		return 1;
	if (read_profile(&s) || get_token(&s))
		return -1;
	return get_keys(&s, ret);
}
