/* credentials_instance.c - the role of the EC2 instance we run on, from its metadata service:
 * version 2 with a session token, version 1 where only that answers. */
#include <string.h>

#include "aws/metadata.h"
#include "aws/uri.h"
#include "base/clock.h"
#include "model/json.h"
#include "base/banned.h"

enum { DEFAULT_TIMEOUT_S = 1, DEFAULT_ATTEMPTS = 1, STALE_LIFE_S = 15 * 60 };

#define ROLES "/latest/meta-data/iam/security-credentials/"

struct instance {
	const struct credentials_context *context;
	struct arena *arena;
	struct diags *diags;
	const char *base;
	const char *token; /* NULL: version 1 */
	int64_t timeout_ms;
	int attempts;
};

static bool env_is_true(const struct instance *i, const char *name)
{
	const char *text = config_env(i->context->config, name);
	bool yes = false;

	return text && config_bool(text, &yes) == 0 && yes;
}

static int64_t env_number(const struct instance *i, const char *name, int64_t fallback)
{
	const char *text = config_env(i->context->config, name);
	int64_t n;

	return text && str_to_int64(text, &n) && n > 0 && n <= 60 ? n : fallback;
}

static int find_base(struct instance *i)
{
	const char *url = config_env(i->context->config, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
	const char *mode = config_env(i->context->config, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
	struct uri u;

	i->base = str_eq_fold(mode, "ipv6") ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
	if (!url)
		return 0;
	if (uri_parse(i->arena, url, &u))
		return diag_error(i->diags, D_AUTH, NO_SPAN,
				  "AWS_EC2_METADATA_SERVICE_ENDPOINT is not a URL: \"%s\"", url);
	i->base = arena_printf(i->arena, "%s://%s%s", u.scheme, u.host, u.path);
	return 0;
}

static void get(struct instance *i, const char *path, struct http_reply *ret)
{
	struct metadata_request r = {
		.method = "GET",
		.url = arena_printf(i->arena, "%s%s", i->base, path),
		.header = i->token ? "x-aws-ec2-metadata-token" : NULL,
		.value = i->token,
		.timeout_ms = i->timeout_ms,
		.attempts = i->attempts,
	};

	metadata_call(i->context, &r, i->arena, ret);
}

/* One line without control characters, "" otherwise. */
static char *first_line(struct instance *i, const struct http_reply *r)
{
	char *line = arena_strndup(i->arena, r->body, strcspn(r->body, "\r\n"));

	for (char *p = line; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			*line = '\0';
	return line;
}

static int get_token(struct instance *i)
{
	struct metadata_request r = {
		.method = "PUT",
		.url = arena_printf(i->arena, "%s/latest/api/token", i->base),
		.header = "x-aws-ec2-metadata-token-ttl-seconds",
		.value = "21600",
		.timeout_ms = i->timeout_ms,
		.attempts = i->attempts,
	};
	struct http_reply reply;

	metadata_call(i->context, &r, i->arena, &reply);
	if (reply.failure == HTTP_CONNECT || reply.failure == HTTP_HANDSHAKE)
		return 1; /* nobody is there */
	if (reply.failure == HTTP_OK && reply.status == 200 && *first_line(i, &reply)) {
		i->token = first_line(i, &reply);
		return 0;
	}
	if (reply.failure == HTTP_OK && reply.status == 400)
		return diag_error(i->diags, D_AUTH, NO_SPAN,
				  "the instance's metadata service refuses to give a token");
	return env_is_true(i, "AWS_EC2_METADATA_V1_DISABLED") ? 1 : 0;
}

/* While the service has trouble it gives keys that look expired and still work. */
static bool is_stale(const struct value *v)
{
	const char *expiration = value_text_at(v, "Expiration");
	int64_t at = expiration ? clock_parse(expiration) : -1;

	return at >= 0 && at <= clock_unix_ms() / 1000;
}

static int get_keys(struct instance *i, const char *role, struct credentials *ret)
{
	struct http_reply reply;
	struct value *v;

	get(i, arena_printf(i->arena, ROLES "%s", role), &reply);
	v = reply.failure == HTTP_OK && reply.status == 200
		    ? json_parse(i->arena, reply.body, reply.body_len, NULL)
		    : NULL;
	if (!value_is(v, VALUE_MAP) || !str_eq(value_text_at(v, "Code"), "Success"))
		return diag_error(i->diags, D_AUTH, NO_SPAN,
				  "the instance's metadata service gives no credentials for its "
				  "role \"%s\"",
				  role);
	if (is_stale(v))
		value_set(i->arena, v, "Expiration",
			  value_string(i->arena, clock_iso8601(i->arena, clock_unix_ms() / 1000 +
										 STALE_LIFE_S)));
	return credentials_from_json(i->arena, v, "Token", "instance metadata", ret, i->diags);
}

int credentials_from_instance(const struct credentials_context *c, struct arena *a,
			      struct credentials *ret, struct diags *d)
{
	struct instance i = { .context = c, .arena = a, .diags = d };
	struct http_reply roles;
	int r;

	if (env_is_true(&i, "AWS_EC2_METADATA_DISABLED"))
		return 1;
	i.timeout_ms = 1000 * env_number(&i, "AWS_METADATA_SERVICE_TIMEOUT", DEFAULT_TIMEOUT_S);
	i.attempts = (int)env_number(&i, "AWS_METADATA_SERVICE_NUM_ATTEMPTS", DEFAULT_ATTEMPTS);
	if (find_base(&i))
		return -1;
	r = get_token(&i);
	if (r)
		return r;
	get(&i, ROLES, &roles);
	if (roles.failure != HTTP_OK || roles.status != 200 || !*first_line(&i, &roles))
		return 1; /* no role attached */
	return get_keys(&i, first_line(&i, &roles), ret);
}
