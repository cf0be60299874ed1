/* The state document: what is read is written again the same. */
#include "document.h"

#include "state/state.h"

FUZZ(struct fuzz *f)
{
	struct state *first, *second;
	char *one, *two;
	size_t one_len, two_len;

	if (state_parse(f->arena, f->text, f->len, "state", &first, f->diags)) {
		require(diags_errors(f->diags));
		return;
	}
	one = state_write(f->arena, first, &one_len);
	require(document_holds(document_of(f, one, one_len), document_of(f, f->text, f->len)));
	require(!state_parse(f->arena, one, one_len, "state", &second, f->diags));
	two = state_write(f->arena, second, &two_len);
	require(document_same(f, one, one_len, two, two_len));
	require(state_len(first) == state_len(second));
}
