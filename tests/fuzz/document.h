/* document.h - what the state and the operation object have in common: nothing is dropped. */
#ifndef TESTS_FUZZ_DOCUMENT_H
#define TESTS_FUZZ_DOCUMENT_H

#include "fuzz.h"

#include "model/json.h"

/* Is all that `v` says in `in`? What says nothing (false, nothing in it) may be absent. */
static inline bool document_holds(const struct value *in, const struct value *v)
{
	if (!in)
		return !value_bool_or(v, !value_is(v, VALUE_LIST) && !value_is(v, VALUE_MAP)) &&
		       value_len(v) == 0;
	if (!value_is(v, VALUE_MAP) || !value_is(in, VALUE_MAP))
		return value_equal(in, v);
	value_each_pair(v, p) {
		if (!document_holds(value_get(in, p->key), p->value))
			return false;
	}
	return true;
}

static inline struct value *document_of(struct fuzz *f, const char *text, size_t len)
{
	struct value *v = json_parse(f->arena, text, len, NULL);

	require(v);
	value_remove(v, "write"); /* fresh each time */
	return v;
}

/* Are two documents the same to the letter, but for what is fresh each time? */
static inline bool document_same(struct fuzz *f, const char *a, size_t a_len, const char *b,
				 size_t b_len)
{
	return !strcmp(json_text(f->arena, document_of(f, a, a_len), JSON_SORTED),
		       json_text(f->arena, document_of(f, b, b_len), JSON_SORTED));
}

#endif
