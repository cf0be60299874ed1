/* What a type makes of AWS's replies. The input: a line "VERB TYPE", with VERB one of read, create,
 * update and delete; a line of properties as JSON; replies (see replies.h). */
#include "replies.h"

#include "model/json.h"
#include "providers/aws/provider.h"

static const char *const verbs[] = { "read", "create", "update", "delete", NULL };

static bool verb_of(const char *word, enum operation_kind *ret)
{
	for (int i = 0; verbs[i]; i++)
		if (str_eq(word, verbs[i])) {
			*ret = (enum operation_kind)i;
			return true;
		}
	return false;
}

static void run(struct fuzz *f, struct provider *p, struct operation *op)
{
	struct operation *ops[] = { op };
	struct account account;

	op->arena = f->arena;
	op->diags = f->diags;
	op->address = "queues.jobs";
	op->marker = "8731dcdb-eb11-4275-a9c0-a9b91921380a/0123456789abcdef0123456789abcdef";
	op->wanted = op->recorded;
	op->attributes = value_map(f->arena);
	op->live = value_map(f->arena);
	op->timeout_ms = 60000;
	p->identity(p, &account, f->diags);
	if (op->kind != OPERATION_CREATE)
		op->id = value_text_at(op->recorded, "id");
	require(p->run(p, ops, 1) == op->failed);
	if (!op->failed && op->kind == OPERATION_READ && !op->absent)
		json_text(f->arena, op->ret_live, JSON_COMPACT);
}

FUZZ(struct fuzz *f)
{
	static const char *const env[] = { "HOME=/nonexistent", "AWS_ACCESS_KEY_ID=a",
					   "AWS_SECRET_ACCESS_KEY=b", NULL };
	const char *rest = f->text;
	size_t len = 0;
	char *verb = fuzz_part(f, &rest, " ", NULL), *type = fuzz_part(f, &rest, "\n", NULL);
	char *props = fuzz_part(f, &rest, "\n", &len);
	struct replies replies = replies_from(f, rest);
	struct aws_options options = replies_options(&replies, env);
	struct operation op = { .all = true };
	struct aws_client *client = aws_client_new(&options, f->diags);
	struct provider *p = aws_provider_new(f->arena, client);

	op.recorded = props ? json_parse(f->arena, props, len, NULL) : NULL;
	op.type = type ? p->type(type) : NULL;
	if (client && op.type && value_is(op.recorded, VALUE_MAP) && verb_of(verb, &op.kind))
		run(f, p, &op);
	aws_provider_free(p);
	aws_client_free(client);
}
