/* credentials_container.c - the endpoint that ECS, EKS Pod Identity and others give a container. */
#include <string.h>

#include "aws/metadata.h"
#include "aws/uri.h"
#include "base/file.h"
#include "model/json.h"
#include "base/banned.h"

enum { TIMEOUT_MS = 2000, ATTEMPTS = 3, TOKEN_MAX_BYTES = 64 * 1024 };

#define CONTAINER_HOST "http://169.254.170.2"

/* Only there may a token go unencrypted. */
static bool is_local(const char *host_and_port)
{
	static const char *const hosts[] = { "localhost",      "[::1]",		 "169.254.170.2",
					     "169.254.170.23", "[fd00:ec2::23]", NULL };
	size_t n = *host_and_port == '[' ? strcspn(host_and_port, "]") + 1
					 : strcspn(host_and_port, ":");

	for (const char *const *h = hosts; *h; h++)
		if (strlen(*h) == n && strncmp(*h, host_and_port, n) == 0)
			return true;
	return str_starts(host_and_port, "127.") &&
	       strspn(host_and_port, "0123456789.") == n; /* 127.evil.example is none */
}

static int find_url(const struct credentials_context *c, struct arena *a, const char **ret,
		    struct diags *d)
{
	const char *relative = config_env(c->config, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	const char *full = config_env(c->config, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
	const char *without_query;
	struct uri u;

	if (relative) {
		*ret = arena_printf(a, CONTAINER_HOST "%s%s", *relative == '/' ? "" : "/",
				    relative);
		return 0;
	}
	if (!full)
		return 1;
	*ret = full;
	without_query = arena_strndup(a, full, strcspn(full, "?"));
	if (uri_parse(a, without_query, &u) || (str_eq(u.scheme, "http") && !is_local(u.host)))
		return diag_error(d, D_AUTH, NO_SPAN,
				  "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or http to "
				  "this host: "
				  "\"%s\"",
				  uri_shown(a, full));
	return 0;
}

/* The file is read each time: its token rotates. */
static int find_token(const struct credentials_context *c, struct arena *a, char **ret,
		      struct diags *d)
{
	const char *file = config_env(c->config, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	size_t len;
	int r;

	*ret = arena_strdup(a, config_env(c->config, "AWS_CONTAINER_AUTHORIZATION_TOKEN"));
	if (file) {
		r = file_read(a, file, TOKEN_MAX_BYTES, ret, &len, d);
		if (r > 0)
			diag_error(d, D_AUTH, NO_SPAN, "the token file \"%s\" does not exist",
				   file);
		if (r)
			return -1;
		while (len > 0 && strchr("\r\n", (*ret)[len - 1]))
			(*ret)[--len] = '\0';
	}
	if (*ret && strpbrk(*ret, "\r\n"))
		return diag_error(d, D_AUTH, NO_SPAN,
				  "the container's authorization token has a line break in it");
	return 0;
}

int credentials_from_container(const struct credentials_context *c, struct arena *a,
			       struct credentials *ret, struct diags *d)
{
	struct metadata_request r = { .method = "GET",
				      .timeout_ms = TIMEOUT_MS,
				      .attempts = ATTEMPTS };
	struct http_reply reply;
	const struct value *v;
	char *token;
	int found = find_url(c, a, &r.url, d);

	if (found)
		return found;
	if (find_token(c, a, &token, d))
		return -1;
	r.header = token ? "Authorization" : NULL;
	r.value = token;
	metadata_call(c, &r, a, &reply);
	if (reply.failure != HTTP_OK)
		return diag_error(d, D_AUTH, NO_SPAN, "the container's credentials: %s",
				  reply.failure_text);
	v = json_parse(a, reply.body, reply.body_len, NULL);
	if (reply.status != 200 || !value_is(v, VALUE_MAP))
		return diag_error(d, D_AUTH, NO_SPAN,
				  "the container's credentials: HTTP status %d%s", reply.status,
				  reply.status == 200 ? ", but no JSON" : "");
	return credentials_from_json(a, v, "Token", "container", ret, d);
}
