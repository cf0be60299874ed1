/* Are two values of a property the same to AWS? */
#include <stdlib.h>
#include <string.h>

#include "model/expr_call.h"
#include "model/json.h"
#include "model/schema_rows.h"

#include "base/banned.h"

/* `whole`: members that are not wanted count too, as inside items of lists, which AWS takes and
 * returns as a whole. */
static bool equal(struct arena *a, const struct prop *p, const struct value *want,
		  const struct value *have, bool whole);

static bool is_empty(const struct value *v)
{
	if (!v || value_is(v, VALUE_NULL))
		return true;
	return (value_is(v, VALUE_LIST) || value_is(v, VALUE_MAP)) && value_len(v) == 0;
}

/* --- one side absent --- */

/* Does the value say no more than its absence does? */
static bool says_nothing(struct arena *a, const struct prop *p, const struct value *v)
{
	const struct value *def;

	if (is_empty(v))
		return true;
	def = prop_default(a, p);
	if (def && !is_empty(def)) /* an empty one says nothing either */
		return equal(a, p, def, v, true);
	if (p->type != PROP_OBJECT || !p->sub || !value_is(v, VALUE_MAP))
		return false;
	value_each_pair(v, pair) {
		const struct prop *sub = prop_find(p->sub, pair->key);

		if (!sub || !says_nothing(a, sub, pair->value))
			return false;
	}
	return true;
}

/* A member that AWS has and we did not ask for. */
static bool unasked(struct arena *a, const struct prop *p, const struct value *have)
{
	return (p->flags & (P_COMPUTED | P_CREATE_DEFAULT)) || says_nothing(a, p, have);
}

/* --- scalars --- */

static bool equal_text(struct arena *a, const struct prop *p, const struct value *want,
		       const struct value *have)
{
	const char *x = value_scalar_text(a, want), *y = value_scalar_text(a, have);

	if (!x || !y)
		return value_equal(want, have);
	return p->flags & P_FOLD ? str_eq_fold(x, y) : strcmp(x, y) == 0;
}

static bool equal_number(struct arena *a, const struct prop *p, const struct value *want,
			 const struct value *have)
{
	const struct value *x = expr_number(a, want), *y = expr_number(a, have);

	return x && y ? value_equal(x, y) : equal_text(a, p, want, have);
}

static bool equal_boolean(struct arena *a, const struct prop *p, const struct value *want,
			  const struct value *have)
{
	bool x, y;

	if (expr_boolean(want, &x) && expr_boolean(have, &y))
		return x == y;
	return equal_text(a, p, want, have);
}

static const struct value *document(struct arena *a, const struct value *v)
{
	const struct value *parsed;

	if (!value_text(v) || (v->flags & VALUE_DIGEST))
		return v;
	parsed = json_parse(a, value_text(v), v->string.len, NULL);
	return parsed ? parsed : v;
}

/* --- objects --- */

static bool equal_object(struct arena *a, const struct prop *p, const struct value *want,
			 const struct value *have, bool whole)
{
	if (!p->sub || !value_is(want, VALUE_MAP) || !value_is(have, VALUE_MAP))
		return value_equal(want, have);
	value_each_pair(want, pair) {
		const struct prop *sub = prop_find(p->sub, pair->key);
		const struct value *other = value_get(have, pair->key);

		if (sub ? !equal(a, sub, pair->value, other, whole)
			: !value_equal(pair->value, other))
			return false;
	}
	value_each_pair(have, pair) {
		const struct prop *sub = prop_find(p->sub, pair->key);

		if (whole && sub && !value_get(want, pair->key) && !unasked(a, sub, pair->value))
			return false;
	}
	return true;
}

/* --- maps --- */

static bool equal_map(struct arena *a, const struct prop *p, const struct value *want,
		      const struct value *have)
{
	struct prop item = prop_item_row(p);

	if (!value_is(want, VALUE_MAP) || !value_is(have, VALUE_MAP))
		return value_equal(want, have);
	if (!(p->flags & P_TAGS) && value_len(want) != value_len(have))
		return false;
	value_each_pair(want, pair) {
		const struct value *other = value_get(have, pair->key);

		if (!other || !equal(a, &item, pair->value, other, true))
			return false;
	}
	return true;
}

/* --- lists --- */

static bool equal_in_order(struct arena *a, const struct prop *item, const struct value *want,
			   const struct value *have)
{
	if (value_len(want) != value_len(have))
		return false;
	value_each_item(want, v) {
		if (!equal(a, item, v, value_item(have, v_i), true))
			return false;
	}
	return true;
}

static const struct value *find_keyed(struct arena *a, const struct prop *p,
				      const struct value *list, const struct value *like)
{
	const struct prop *key_row = prop_find(p->sub, p->key);
	const struct value *key = value_get(like, p->key);
	static const struct prop text = { .type = PROP_STRING };

	value_each_item(list, item) {
		const struct value *other = value_get(item, p->key);

		if (key && other && equal(a, key_row ? key_row : &text, key, other, true))
			return item;
	}
	return NULL;
}

/* Other items are other people's: here as in a plan they are left alone. */
static bool equal_keyed(struct arena *a, const struct prop *p, const struct prop *item,
			const struct value *want, const struct value *have)
{
	value_each_item(want, v) {
		const struct value *other = find_keyed(a, p, have, v);

		if (!other || !equal(a, item, v, other, true))
			return false;
	}
	return true;
}

/* Each of `some` has its like in `all`. */
static bool contained(struct arena *a, const struct prop *item, const struct value *some,
		      const struct value *all, bool some_wanted)
{
	value_each_item(some, v) {
		bool found = false;

		for (size_t i = 0; i < value_len(all) && !found; i++)
			found = some_wanted ? equal(a, item, v, value_item(all, i), true)
					    : equal(a, item, value_item(all, i), v, true);
		if (!found)
			return false;
	}
	return true;
}

static int compare_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* Sorted and without repeats; NULL when an item is no scalar. */
static const char **sorted_texts(struct arena *a, const struct prop *item, const struct value *list,
				 size_t *ret_len)
{
	const char **texts = arena_array(a, value_len(list), sizeof(*texts));
	size_t n = value_len(list), kept = 0;

	value_each_item(list, v) {
		const struct value *number = item->type == PROP_STRING ? NULL : expr_number(a, v);
		char *text = arena_strdup(a, value_scalar_text(a, number ? number : v));

		if (!text)
			return NULL;
		for (char *s = text; *s && (item->flags & P_FOLD); s++)
			*s = (char)(*s >= 'A' && *s <= 'Z' ? *s + ('a' - 'A') : *s);
		texts[v_i] = text;
	}
	if (n)
		qsort(texts, n, sizeof(*texts), compare_text);
	for (size_t i = 0; i < n; i++)
		if (!kept || strcmp(texts[kept - 1], texts[i]) != 0)
			texts[kept++] = texts[i];
	*ret_len = kept;
	return texts;
}

static bool equal_set(struct arena *a, const struct prop *item, const struct value *want,
		      const struct value *have)
{
	const char **x, **y;
	size_t n, m;

	if (item->type == PROP_STRING || item->type == PROP_INT || item->type == PROP_DOUBLE) {
		x = sorted_texts(a, item, want, &n);
		y = sorted_texts(a, item, have, &m);
		for (size_t i = 0; x && y && n == m && i < n; i++)
			if (strcmp(x[i], y[i]) != 0)
				return false;
		if (x && y)
			return n == m;
	}
	return contained(a, item, want, have, true) && contained(a, item, have, want, false);
}

static bool equal_list(struct arena *a, const struct prop *p, const struct value *want,
		       const struct value *have)
{
	struct prop item = prop_item_row(p);

	if (!value_is(want, VALUE_LIST) || !value_is(have, VALUE_LIST))
		return value_equal(want, have);
	if ((p->flags & P_KEYED) && p->key)
		return equal_keyed(a, p, &item, want, have);
	if (p->flags & P_TAGS)
		return contained(a, &item, want, have, true);
	if (p->flags & P_SET)
		return equal_set(a, &item, want, have);
	return equal_in_order(a, &item, want, have);
}

/* --- one row --- */

static bool equal_typed(struct arena *a, const struct prop *p, const struct value *want,
			const struct value *have, bool whole)
{
	switch (p->type) {
	case PROP_INT:
	case PROP_DOUBLE:
		return equal_number(a, p, want, have);
	case PROP_BOOL:
		return equal_boolean(a, p, want, have);
	case PROP_STRING:
		return equal_text(a, p, want, have);
	case PROP_JSON:
		return value_equal(document(a, want), document(a, have));
	case PROP_OBJECT:
		return equal_object(a, p, want, have, whole);
	case PROP_LIST:
		return equal_list(a, p, want, have);
	case PROP_MAP:
		return equal_map(a, p, want, have);
	case PROP_ANY:
		break;
	}
	return value_equal(want, have);
}

static bool equal(struct arena *a, const struct prop *p, const struct value *want,
		  const struct value *have, bool whole)
{
	if (is_empty(want))
		return unasked(a, p, have);
	if (is_empty(have))
		return says_nothing(a, p, want);
	if (p->equal)
		return p->equal(p->type == PROP_JSON ? document(a, want) : want,
				p->type == PROP_JSON ? document(a, have) : have);
	return equal_typed(a, p, want, have, whole);
}

bool prop_equal(struct arena *a, const struct prop *p, const struct value *want,
		const struct value *have)
{
	if (value_has_unknown(want) || value_has_unknown(have))
		return false;
	return equal(a, p, want, have, false);
}
