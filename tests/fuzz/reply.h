/* reply.h - the input as what AWS answered, read as a success and as an error. */
#ifndef TESTS_FUZZ_REPLY_H
#define TESTS_FUZZ_REPLY_H

#include "fuzz.h"

#include "aws/protocol.h"
#include "aws/retry.h"
#include "model/json.h"

static inline void fuzz_reply(struct fuzz *f, const char *service, int status)
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

#endif
