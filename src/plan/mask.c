#include "plan/mask.h"

#include "model/secret.h"

#include "base/banned.h"

static bool is_digest(const struct value *v)
{
	return v && (v->flags & VALUE_DIGEST);
}

static bool has_digest(const struct value *v)
{
	if (is_digest(v))
		return true;
	value_each_item(v, item) {
		if (has_digest(item))
			return true;
	}
	value_each_pair(v, p) {
		if (has_digest(p->value))
			return true;
	}
	return false;
}

static struct value *undigest(struct arena *a, const struct value *recorded,
			      const struct value *plain);

/* The item of `plain` that a digest in a list stands for: the same place first. */
static const struct value *partner(const struct value *digest, const struct value *plain, size_t i)
{
	const struct value *same = value_item(plain, i);

	if (!is_digest(digest) || value_digest_matches(digest, same))
		return same;
	value_each_item(plain, item) {
		if (value_digest_matches(digest, item))
			return item;
	}
	return NULL;
}

static struct value *undigest_list(struct arena *a, const struct value *recorded,
				   const struct value *plain)
{
	struct value *list = value_list(a);

	for (size_t i = 0; i < value_len(recorded); i++) {
		const struct value *item = value_item(recorded, i);

		value_append(a, list, undigest(a, item, partner(item, plain, i)));
	}
	return list;
}

static struct value *undigest_map(struct arena *a, const struct value *recorded,
				  const struct value *plain)
{
	struct value *map = value_map(a);

	value_each_pair(recorded, p)
		value_set(a, map, p->key, undigest(a, p->value, value_get(plain, p->key)));
	return map;
}

static struct value *undigest(struct arena *a, const struct value *recorded,
			      const struct value *plain)
{
	if (is_digest(recorded) && value_digest_matches(recorded, plain))
		return (struct value *)plain;
	if (value_is(recorded, VALUE_LIST) && has_digest(recorded))
		return undigest_list(a, recorded, plain);
	if (value_is(recorded, VALUE_MAP) && has_digest(recorded))
		return undigest_map(a, recorded, plain);
	return (struct value *)recorded;
}

const struct value *mask_undigest(struct arena *a, const struct value *recorded,
				  const struct value *plain)
{
	return has_digest(recorded) ? undigest(a, recorded, plain) : recorded;
}

static struct value *marked(struct arena *a, const struct value *v)
{
	return value_mark(a, v, VALUE_SENSITIVE, 0);
}

static bool is_secret(const struct value *v)
{
	return v && (v->flags & (VALUE_SENSITIVE | VALUE_DIGEST));
}

/* Places in a list say nothing about each other, so only maps are told apart by member. */
static bool hides_all(const struct value *v)
{
	return is_secret(v) || (!value_is(v, VALUE_MAP) && value_has_sensitive(v));
}

const struct value *mask_secrets(struct arena *a, const struct value *live,
				 const struct value *wanted, const struct value *recorded)
{
	struct value *map;

	if (!live || (!value_has_sensitive(wanted) && !value_has_sensitive(recorded)))
		return live;
	if (hides_all(wanted) || hides_all(recorded) || !value_is(live, VALUE_MAP))
		return marked(a, live);
	map = value_map(a);
	map->flags = live->flags;
	value_each_pair(live, p) {
		const struct value *v = mask_secrets(a, p->value, value_get(wanted, p->key),
						     value_get(recorded, p->key));
		value_add_pair(a, map, p->key, p->key_span, (struct value *)v);
	}
	return map;
}

/* Is there something below `v` that a row calls a secret? */
static bool has_secret_row(const struct prop *row, const struct value *v)
{
	if (row->flags & P_SENSITIVE)
		return !value_is(v, VALUE_NULL);
	value_each_item(v, item) {
		struct prop own = { .type = row->item, .sub = row->sub };

		if (row->sub && has_secret_row(&own, item))
			return true;
	}
	value_each_pair(v, p) {
		const struct prop *sub = row->sub ? prop_find(row->sub, p->key) : NULL;

		if (sub && has_secret_row(sub, p->value))
			return true;
	}
	return false;
}

static struct value *mask_row(struct arena *a, const struct prop *row, const struct value *v)
{
	struct value *own;

	if (!has_secret_row(row, v))
		return (struct value *)v;
	if (row->flags & P_SENSITIVE)
		return marked(a, v);
	if (value_is(v, VALUE_MAP))
		return (struct value *)mask_rows(a, row->sub, v);
	own = value_list(a);
	own->flags = v->flags;
	own->span = v->span;
	value_each_item(v, item) {
		struct prop of = { .type = row->item, .sub = row->sub };

		value_append(a, own, mask_row(a, &of, item));
	}
	return own;
}

const struct value *mask_rows(struct arena *a, const struct prop *rows, const struct value *v)
{
	struct prop all = { .type = PROP_OBJECT, .sub = rows };
	struct value *map;

	if (!value_is(v, VALUE_MAP) || !has_secret_row(&all, v))
		return v;
	map = value_map(a);
	map->flags = v->flags;
	map->span = v->span;
	value_each_pair(v, p) {
		const struct prop *row = prop_find(rows, p->key);

		value_add_pair(a, map, p->key, p->key_span,
			       row ? mask_row(a, row, p->value) : p->value);
	}
	return map;
}
