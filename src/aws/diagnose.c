/* diagnose.c - an AWS error as a diagnostic for people. */
#include "aws/client.h"
#include "base/banned.h"

static enum diag_code code_of_class(enum aws_class class)
{
	switch (class) {
	case AWS_CONFLICT:
	case AWS_EXISTS:
		return D_CONFLICT;
	case AWS_THROTTLED:
		return D_THROTTLED;
	case AWS_TRANSIENT:
		return D_TRANSIENT;
	case AWS_AUTH:
		return D_AUTH;
	case AWS_DENIED:
		return D_DENIED;
	case AWS_QUOTA:
		return D_QUOTA;
	case AWS_CANCELLED:
		return D_INTERRUPTED;
	default:
		return D_REMOTE;
	}
}

static enum diag_code code_of(const struct aws_error *e)
{
	if (str_eq(e->code, "Configuration"))
		return D_CONFIG;
	if (str_eq(e->code, "Refused"))
		return D_LOCKED;
	return str_eq(e->code, "BadInput") ? D_BUG : code_of_class(e->class);
}

struct advice {
	const char *code, *text;
};

static const struct advice advices[] = {
	{ "ExpiredToken", "the session has expired: sign in again, for example with `aws sso "
			  "login`" },
	{ "ExpiredTokenException", "the session has expired: sign in again, for example with `aws "
				   "sso login`" },
	{ "InvalidClientTokenId", "the access key does not exist, or the region is one that this "
				  "account has not enabled" },
	{ "UnrecognizedClientException", "the access key does not exist, or the region is one that "
					 "this account has not enabled" },
	{ "InvalidAccessKeyId", "the access key does not exist" },
	{ "SignatureDoesNotMatch", "the secret access key does not belong to the access key" },
	{ "InvalidSignatureException", "the secret access key does not belong to the access key" },
	{ "RequestTimeTooSkewed", "this machine's clock is wrong" },
	{ "OptInRequired", "the account has not signed up for this service or region" },
	{ "Refused", "this run's lease was lost, or has run out; the next run goes on from here" },
	{ NULL, NULL },
};

static const char *advice_for(const struct aws_error *e)
{
	if (e->hint)
		return e->hint;
	for (const struct advice *a = advices; a->code; a++)
		if (str_eq(a->code, e->code))
			return a->text;
	switch (e->class) {
	case AWS_DENIED:
		return "the caller's IAM policies, a permissions boundary or an organization's "
		       "policy "
		       "do not allow it";
	case AWS_QUOTA:
		return "this is an AWS limit; most can be raised in Service Quotas";
	case AWS_THROTTLED:
		return "AWS kept throttling: try again, or with a lower --parallelism";
	default:
		return NULL;
	}
}

int aws_diag(struct diags *d, const struct aws_error *e, struct span at)
{
	const char *advice = advice_for(e);
	enum diag_code code = code_of(e);

	if (e->status == 0 && e->class == AWS_AUTH)
		diag_error(d, code, at, "%s", e->message); /* before any call: not the service's */
	else if (e->request_id)
		diag_error(d, code, at, "%s %s: %s: %s (request id %s)", e->service, e->operation,
			   e->code, e->message, e->request_id);
	else
		diag_error(d, code, at, "%s %s: %s: %s", e->service, e->operation, e->code,
			   e->message);
	if (advice)
		diag_hint(d, "%s", advice);
	return -1;
}
