/* credentials_file.c - keys of a profile in the credentials file or the config file. */
#include "aws/credentials.h"
#include "base/banned.h"

typedef const char *(*getter)(const struct aws_config *c, const char *profile, const char *key);

static int from_file(const struct credentials_context *c, const char *profile, getter get,
		     const char *file, struct arena *a, struct credentials *ret, struct diags *d)
{
	const char *id = get(c->config, profile, "aws_access_key_id");
	const char *secret = get(c->config, profile, "aws_secret_access_key");
	const char *token = get(c->config, profile, "aws_session_token");

	if (!id || !*id)
		return 1;
	if (!secret || !*secret)
		return diag_error(d, D_AUTH, NO_SPAN,
				  "profile \"%s\" of the %s file has an aws_access_key_id but no "
				  "aws_secret_access_key",
				  profile, file);
	if (!token)
		token = get(c->config, profile, "aws_security_token");
	ret->keys.access_key = arena_strdup(a, id);
	ret->keys.secret_key = arena_strdup(a, secret);
	ret->keys.token = token && *token ? arena_strdup(a, token) : NULL;
	ret->source = arena_printf(a, "profile \"%s\" of the %s file", profile, file);
	return 0;
}

int credentials_from_shared_file(const struct credentials_context *c, const char *profile,
				 struct arena *a, struct credentials *ret, struct diags *d)
{
	return from_file(c, profile, config_credentials_get, "credentials", a, ret, d);
}

int credentials_from_config_file(const struct credentials_context *c, const char *profile,
				 struct arena *a, struct credentials *ret, struct diags *d)
{
	return from_file(c, profile, config_profile_get, "config", a, ret, d);
}
