/* XML: replies of the services that speak it, and errors of S3. */
#include "reply.h"

FUZZ(struct fuzz *f)
{
	const char *why = NULL;

	require(xml_parse(f->arena, f->text, f->len, &why) || why);
	fuzz_reply(f, "iam", 400);
	fuzz_reply(f, "s3", 404);
}
