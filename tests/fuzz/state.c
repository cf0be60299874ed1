/* The state document: what is read is written again the same. */
#include "fuzz.h"

#include "model/json.h"
#include "state/state.h"

static const char *content(struct fuzz *f, const char *text, size_t len)
{
	struct value *v = json_parse(f->arena, text, len, NULL);

	require(v);
	value_remove(v, "write"); /* fresh each time */
	return json_text(f->arena, v, JSON_SORTED);
}

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
	require(!state_parse(f->arena, one, one_len, "state", &second, f->diags));
	two = state_write(f->arena, second, &two_len);
	require(!strcmp(content(f, one, one_len), content(f, two, two_len)));
	require(state_len(first) == state_len(second));
}
