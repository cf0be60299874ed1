/* JSON: documents, and replies of the services that speak it. */
#include "fuzz.h"

#include "aws/protocol.h"
#include "aws/retry.h"
#include "model/json.h"

static void document(struct fuzz *f)
{
	const char *why = NULL, *text;
	struct value *v = json_parse(f->arena, f->text, f->len, &why), *again;

	if (!v) {
		require(why);
		return;
	}
	text = json_text(f->arena, v, JSON_SORTED);
	again = json_parse(f->arena, text, strlen(text), NULL);
	require(again && value_equal(v, again));
	require(!strcmp(text, json_text(f->arena, again, JSON_SORTED)));
	json_text(f->arena, v, JSON_PRETTY);
}

static void reply(struct fuzz *f, const char *service, int status)
{
	struct aws_call call = { .service = aws_service(service), .operation = "GetThing" };
	struct http_reply r = { .status = status, .body = f->text, .body_len = f->len };
	struct aws_reply out = { 0 };
	struct aws_error err = { .service = service, .operation = "GetThing", .status = status };
	const char *why = NULL;
	bool known;

	require(protocol_parse(f->arena, &call, &r, &out, &why) ? why != NULL : out.output != NULL);
	known = protocol_error(f->arena, &r, &err);
	require(err.code && err.message);
	err.class = retry_classify(&call, &err, known);
	aws_diag(f->diags, &err, NO_SPAN);
}

FUZZ(struct fuzz *f)
{
	document(f);
	reply(f, "sqs", 400);
	reply(f, "lambda", 503);
}
