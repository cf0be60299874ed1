/* XML: replies of the services that speak it, and errors of S3. */
#include "fuzz.h"

#include "aws/protocol.h"
#include "aws/retry.h"
#include "model/json.h"

static void reply(struct fuzz *f, const char *service, int status)
{
	struct aws_call call = { .service = aws_service(service), .operation = "GetThing" };
	struct http_reply r = { .status = status, .body = f->text, .body_len = f->len };
	struct aws_reply out = { 0 };
	struct aws_error err = { .service = service, .operation = "GetThing", .status = status };
	const char *why = NULL;
	bool known;

	if (protocol_parse(f->arena, &call, &r, &out, &why)) {
		require(why);
	} else {
		require(out.output);
		json_text(f->arena, out.output, JSON_COMPACT);
	}
	protocol_is_error_body(&call, &r);
	known = protocol_error(f->arena, &r, &err);
	require(err.code && err.message);
	err.class = retry_classify(&call, &err, known);
	aws_diag(f->diags, &err, NO_SPAN);
}

FUZZ(struct fuzz *f)
{
	const char *why = NULL;

	require(xml_parse(f->arena, f->text, f->len, &why) || why);
	reply(f, "iam", 400);
	reply(f, "s3", 404);
}
