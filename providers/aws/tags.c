/* tags.c - one map of tags, three forms on the wire. */
#include "providers/aws/run.h"

static struct value *tag_item(struct arena *a, enum aws_tags form, const char *key,
			      const struct value *v)
{
	const char *text = value_scalar_text(a, v);
	struct value *item = value_map(a);
	value_set(a, item, form == TAGS_KMS ? "TagKey" : "Key", value_string(a, key));
	value_set(a, item, form == TAGS_KMS ? "TagValue" : "Value",
		  value_string(a, text ? text : ""));
	return item;
}

struct value *tags_encode(struct arena *a, enum aws_tags form, const struct value *tags)
{
	if (form == TAGS_MAP) {
		struct value *map = value_map(a);
		value_each_pair(tags, t) {
			const char *text = value_scalar_text(a, t->value);
			value_set(a, map, t->key, value_string(a, text ? text : ""));
		}
		return map;
	}
	struct value *list = value_list(a);
	value_each_pair(tags, t)
		value_append(a, list, tag_item(a, form, t->key, t->value));
	return list;
}

static const struct value *either(const struct value *item, const char *a, const char *b,
				  const char *c)
{
	const struct value *v = value_get(item, a);
	if (!v)
		v = value_get(item, b);
	return v ? v : value_get(item, c);
}

/* Keys of AWS's own ("aws:...") are not ours to see or to keep. */
static void add_tag(struct arena *a, struct value *out, const char *key, const struct value *v)
{
	if (key && !str_starts(key, "aws:"))
		value_set(a, out, key, v ? (struct value *)v : value_string(a, ""));
}

struct value *tags_decode(struct arena *a, const struct value *wire)
{
	struct value *out = value_map(a);
	bool one = value_is(wire, VALUE_MAP) && either(wire, "Key", "TagKey", "key") &&
		   either(wire, "Value", "TagValue", "value");
	if (value_is(wire, VALUE_MAP) && !one) {
		value_each_pair(wire, t)
			add_tag(a, out, t->key, t->value);
		return out;
	}
	const struct value *list = as_list(a, wire);
	value_each_item(list, item)
		add_tag(a, out, value_text(either(item, "Key", "TagKey", "key")),
			either(item, "Value", "TagValue", "value"));
	return out;
}

struct value *tags_for_create(struct aws_run *r)
{
	struct value *tags = value_map(r->a);
	value_merge(r->a, tags, value_get(r->op->wanted, "Tags"), false);
	if (r->op->marker)
		value_set(r->a, tags, MARKER_TAG, value_string(r->a, r->op->marker));
	return tags;
}
