/* credentials_web.c - a role for the bearer of an OIDC token: EKS pods, CI jobs. */
#include <string.h>

#include "aws/credentials.h"
#include "base/file.h"
#include "base/banned.h"

enum { TOKEN_MAX_BYTES = 64 * 1024 };

struct web_identity {
	const char *token_file, *role_arn, *session_name;
};

/* The environment counts for the chosen profile only, and not when it was chosen by name. */
static const char *setting(const struct credentials_context *c, const char *profile,
			   const char *variable, const char *key)
{
	const struct aws_config *config = c->config;
	const char *value = NULL;

	if (!config->profile_explicit && str_eq(profile, config->profile))
		value = config_env(config, variable);
	if (!value)
		value = config_get(config, profile, key);
	return value && *value ? value : NULL;
}

static int read_token(struct arena *a, const char *path, char **ret, struct diags *d)
{
	size_t len;
	int r = file_read(a, path, TOKEN_MAX_BYTES, ret, &len, d);

	if (r > 0)
		diag_error(d, D_AUTH, NO_SPAN, "the web identity token file \"%s\" does not exist",
			   path);
	if (r)
		return -1;
	(*ret)[strcspn(*ret, "\r\n")] = '\0';
	return **ret ? 0
		     : diag_error(d, D_AUTH, NO_SPAN, "the web identity token file \"%s\" is empty",
				  path);
}

int credentials_from_web_identity(const struct credentials_context *c, const char *profile,
				  struct arena *a, struct credentials *ret, struct diags *d)
{
	const char *file =
		setting(c, profile, "AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
	struct assume_role r = { .source = "web identity" };
	char *path, *token;

	if (!file)
		return 1;
	r.role_arn = setting(c, profile, "AWS_ROLE_ARN", "role_arn");
	if (!r.role_arn)
		return diag_error(d, D_AUTH, NO_SPAN,
				  "a web identity token file is set, but no role (AWS_ROLE_ARN)");
	r.session_name = setting(c, profile, "AWS_ROLE_SESSION_NAME", "role_session_name");
	path = config_path(c->config, a, file);
	if (read_token(a, path ? path : file, &token, d))
		return -1;
	r.web_token = token;
	return credentials_assume(c, &r, NULL, a, ret, d);
}
