#include "state/state.h"

#include "model/secret.h"
#include "base/banned.h"

struct value *state_redact(struct arena *a, const struct value *v)
{
	struct value *copy;

	if (!v)
		return NULL;
	if ((v->flags & (VALUE_SENSITIVE | VALUE_DIGEST)) && !value_is(v, VALUE_NULL))
		return value_digest(a, v);
	if (value_is(v, VALUE_LIST)) {
		copy = value_list(a);
		value_each_item(v, item) {
			value_append(a, copy, state_redact(a, item));
		}
		return copy;
	}
	if (!value_is(v, VALUE_MAP))
		return value_copy(a, v);
	copy = value_map(a);
	value_each_pair(v, p) {
		value_add_pair(a, copy, arena_strdup(a, p->key), NO_SPAN,
			       state_redact(a, p->value));
	}
	return copy;
}

bool state_digest_matches(const struct value *digest, const struct value *plain)
{
	return value_digest_matches(digest, plain);
}
