/* merge.c - defaults under entries. */
#include <string.h>

#include "base/map.h"
#include "lang/loader.h"
#include "lang/yaml.h"
#include "base/banned.h"

/* Maps larger than this get an index. */
enum { SMALL_MAP = 16 };

static struct map *index_of(struct arena *a, const struct value *map)
{
	struct map *index;

	if (value_len(map) <= SMALL_MAP)
		return NULL;
	index = map_new(a);
	value_each_pair(map, p)
		map_set(index, p->key, p->value);
	return index;
}

static struct value *find(const struct value *map, const struct map *index, const char *key)
{
	return index ? map_get(index, key) : value_get(map, key);
}

static struct value *merge_one(struct arena *a, const struct value *below,
			       const struct value *above)
{
	if (value_is(below, VALUE_MAP) && value_is(above, VALUE_MAP))
		return merge_defaults(a, below, above);
	return (struct value *)above;
}

/* What the entry says comes first, in its order, then the defaults that are left. */
struct value *merge_defaults(struct arena *a, const struct value *defaults,
			     const struct value *entry)
{
	struct map *below = index_of(a, defaults), *above = index_of(a, entry);
	struct value *out = value_map(a);

	if (!value_len(defaults))
		return (struct value *)entry;
	out->span = entry->span;
	value_each_pair(entry, p) {
		const struct value *other = find(defaults, below, p->key);

		if (other && yaml_is_null(p->value))
			continue;
		value_add_pair(a, out, p->key, p->key_span, merge_one(a, other, p->value));
	}
	value_each_pair(defaults, p) {
		if (!find(entry, above, p->key))
			value_add_pair(a, out, p->key, p->key_span, p->value);
	}
	return out;
}

struct value *merge_drop_nulls(struct arena *a, const struct prop *rows, const struct value *v)
{
	struct value *out = value_map(a);

	if (!value_is(v, VALUE_MAP))
		return (struct value *)v;
	out->span = v->span;
	out->flags = v->flags;
	value_each_pair(v, p) {
		const struct prop *row = rows ? prop_find_snake(rows, p->key) : NULL;

		if (yaml_is_null(p->value))
			continue;
		value_add_pair(a, out, p->key, p->key_span,
			       row && row->type == PROP_JSON
				       ? p->value
				       : merge_drop_nulls(a, row ? row->sub : NULL, p->value));
	}
	return out;
}

size_t merge_count(const struct value *v)
{
	size_t n = 1;

	value_each_item(v, item)
		n += merge_count(item);
	value_each_pair(v, p)
		n += merge_count(p->value);
	return n;
}
