/* encode.c - properties to the members of a request. */
#include <ctype.h>
#include <string.h>

#include "model/json.h"
#include "providers/aws/run.h"

const char *wire_name(struct aws_run *r, const struct prop *p)
{
	if (p->wire)
		return p->wire;
	if (!r->aws->camel)
		return p->name;
	char *name = arena_strdup(r->a, p->name);
	name[0] = (char)tolower((unsigned char)name[0]);
	return name;
}

/* Set a member by a path: "Expiration.Days" makes Expiration a map. */
void set_path(struct arena *a, struct value *map, const char *path, struct value *v)
{
	for (const char *dot; (dot = strchr(path, '.')); path = dot + 1) {
		char *key = arena_strndup(a, path, (size_t)(dot - path));
		struct value *inner = value_get(map, key);
		if (!value_is(inner, VALUE_MAP)) {
			inner = value_map(a);
			value_set(a, map, key, inner);
		}
		map = inner;
	}
	value_set(a, map, path, v);
}

static struct value *encode_members(struct aws_run *r, const struct prop *rows,
				    const struct value *v)
{
	struct value *out = value_map(r->a);
	value_each_pair(v, m) {
		const struct prop *row = prop_find(rows, m->key);
		if (!row || (row->flags & P_COMPUTED))
			continue;
		struct value *member = encode_value(r, row, m->value, false);
		if (member)
			set_path(r->a, out, wire_name(r, row), member);
	}
	return out;
}

static struct value *encode_item(struct aws_run *r, const struct prop *p, const struct value *v)
{
	struct prop item = { .name = p->name, .type = p->item, .sub = p->sub };
	return encode_value(r, &item, v, false);
}

static struct value *encode_list(struct aws_run *r, const struct prop *p, const struct value *v)
{
	struct value *out = value_list(r->a);
	value_each_item(v, item)
		value_append(r->a, out, encode_item(r, p, item));
	return out;
}

static struct value *encode_map(struct aws_run *r, const struct prop *p, const struct value *v)
{
	struct value *out = value_map(r->a);
	value_each_pair(v, m)
		value_set(r->a, out, m->key, encode_item(r, p, m->value));
	return out;
}

static struct value *encode_typed(struct aws_run *r, const struct prop *p, const struct value *v)
{
	switch (p->type) {
	case PROP_JSON:
		return value_text(v) ? (struct value *)v
				     : value_string(r->a, json_text(r->a, v, JSON_COMPACT));
	case PROP_OBJECT:
		return value_is(v, VALUE_MAP) ? encode_members(r, p->sub, v) : (struct value *)v;
	case PROP_LIST:
		return value_is(v, VALUE_LIST) ? encode_list(r, p, v) : (struct value *)v;
	case PROP_MAP:
		return value_is(v, VALUE_MAP) ? encode_map(r, p, v) : (struct value *)v;
	case PROP_STRING: {
		const char *text = value_scalar_text(r->a, v);
		return text ? value_string(r->a, text) : (struct value *)v;
	}
	default:
		return (struct value *)v;
	}
}

/* An attribute map's text: scalars as they are, everything else as JSON. */
static struct value *as_text(struct aws_run *r, const struct value *v)
{
	const char *text = value_scalar_text(r->a, v);
	return value_string(r->a, text ? text : json_text(r->a, v, JSON_COMPACT));
}

struct value *encode_value(struct aws_run *r, const struct prop *p, const struct value *v,
			   bool strings)
{
	if (!v || value_is(v, VALUE_NULL))
		return NULL;
	struct value *out = encode_typed(r, p, v);
	return strings ? as_text(r, out) : out;
}
