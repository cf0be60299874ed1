/* credentials_env.c - keys in the environment. */
#include "aws/credentials.h"
#include "base/banned.h"

int credentials_from_environment(const struct credentials_context *c, struct arena *a,
				 struct credentials *ret, struct diags *d)
{
	const char *id = config_env(c->config, "AWS_ACCESS_KEY_ID");
	const char *secret = config_env(c->config, "AWS_SECRET_ACCESS_KEY");
	const char *token = config_env(c->config, "AWS_SESSION_TOKEN");

	if (!id)
		return 1;
	if (!secret) {
		diag_error(d, D_AUTH, NO_SPAN,
			   "AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not");
		return -1;
	}
	if (!token)
		token = config_env(c->config, "AWS_SECURITY_TOKEN");
	ret->keys.access_key = arena_strdup(a, id);
	ret->keys.secret_key = arena_strdup(a, secret);
	ret->keys.token = arena_strdup(a, token);
	ret->source = "environment";
	return 0;
}
