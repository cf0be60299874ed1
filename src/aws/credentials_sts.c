/* credentials_sts.c - AssumeRole and AssumeRoleWithWebIdentity. */
#include <string.h>

#include "aws/credentials.h"
#include "base/banned.h"

static struct value *secret(struct arena *a, const char *text)
{
	return value_mark(a, value_string(a, text), VALUE_SENSITIVE, 0);
}

static struct value *input_of(struct arena *a, const struct assume_role *r)
{
	struct value *in = value_map(a);

	value_set(a, in, "RoleArn", value_string(a, r->role_arn));
	value_set(a, in, "RoleSessionName",
		  value_string(a, r->session_name ? r->session_name : "cinfra"));
	if (r->duration_s)
		value_set(a, in, "DurationSeconds", value_int(a, r->duration_s));
	if (r->external_id)
		value_set(a, in, "ExternalId", secret(a, r->external_id));
	if (r->web_token)
		value_set(a, in, "WebIdentityToken", secret(a, r->web_token));
	return in;
}

static int refused(const struct assume_role *r, const struct aws_error *err, struct diags *d)
{
	diag_error(d, D_AUTH, NO_SPAN, "cannot assume role %s: %s: %s", r->role_arn, err->code,
		   err->message);
	if (err->class == AWS_DENIED)
		diag_hint(d, "the role's trust policy must name the caller, and the caller needs "
			     "sts:AssumeRole");
	else if (err->hint)
		diag_hint(d, "%s", err->hint);
	return -1;
}

int credentials_assume(const struct credentials_context *c, const struct assume_role *r,
		       const struct sigv4_keys *keys, struct arena *a, struct credentials *ret,
		       struct diags *d)
{
	struct aws_call call = {
		.service = aws_service("sts"),
		.operation = r->web_token ? "AssumeRoleWithWebIdentity" : "AssumeRole",
		.input = input_of(a, r),
	};
	struct aws_reply reply;
	struct aws_error err;

	if (!str_starts(r->role_arn, "arn:"))
		return diag_error(d, D_AUTH, NO_SPAN, "\"%s\" is not the ARN of a role",
				  r->role_arn);
	if (c->call(c->ctx, &call, r->web_token ? NULL : keys, a, &reply, &err))
		return refused(r, &err, d);
	return credentials_from_json(a, value_get(reply.output, "Credentials"), "SessionToken",
				     arena_printf(a, "role %s (%s)", r->role_arn, r->source), ret,
				     d);
}
