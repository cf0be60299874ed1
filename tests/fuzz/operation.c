/* The operation object: what is read is written again the same; and settling its intents into a
 * state a second time changes nothing. The input: an operation, an empty line, a state. */
#include "document.h"

#include "engine/settle.h"

static const char *settled(struct fuzz *f, struct state *s, const struct operation_doc *o)
{
	struct state *again;
	size_t len;
	char *text;

	settle_operation(s, o);
	text = state_write(f->arena, s, &len);
	require(!state_parse(f->arena, text, len, "state", &again, f->diags));
	return json_text(f->arena, document_of(f, text, len), JSON_SORTED);
}

static void settle(struct fuzz *f, const struct operation_doc *o, const char *text, size_t len)
{
	struct state *s;
	const char *once;

	if (state_parse(f->arena, text, len, "state", &s, f->diags))
		return;
	once = settled(f, s, o);
	require(!strcmp(once, settled(f, s, o)));
}

FUZZ(struct fuzz *f)
{
	struct operation_doc *first, *second;
	const char *rest = f->text;
	size_t len, one_len, two_len;
	char *text = fuzz_part(f, &rest, "\n\n", &len), *one, *two;

	if (!text || operation_parse(f->arena, text, len, "operation", &first, f->diags))
		return;
	one = operation_write(f->arena, first, &one_len);
	require(document_holds(document_of(f, one, one_len), document_of(f, text, len)));
	require(!operation_parse(f->arena, one, one_len, "operation", &second, f->diags));
	two = operation_write(f->arena, second, &two_len);
	require(document_same(f, one, one_len, two, two_len));
	settle(f, first, rest, (size_t)(f->text + f->len - rest));
}
