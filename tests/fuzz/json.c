/* JSON: documents, and replies of the services that speak it. */
#include "reply.h"

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

FUZZ(struct fuzz *f)
{
	document(f);
	fuzz_reply(f, "sqs", 400);
	fuzz_reply(f, "lambda", 503);
}
