/* decode.c - members of a reply to properties. */
#include <stdlib.h>
#include <string.h>

#include "model/json.h"
#include "providers/aws/run.h"

struct value *as_list(struct arena *a, const struct value *v)
{
	if (value_is(v, VALUE_LIST))
		return (struct value *)v;
	struct value *list = value_list(a);
	if (v && !value_is(v, VALUE_NULL) && !str_eq(value_text(v), ""))
		value_append(a, list, (struct value *)v);
	return list;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct value *url_decode_text(struct arena *a, const char *text)
{
	char *out = arena_strdup(a, text), *w = out;
	for (const char *s = text; *s; s++) {
		int hi = *s == '%' ? hex_digit(s[1]) : -1;
		int lo = hi >= 0 ? hex_digit(s[2]) : -1;
		if (lo >= 0)
			s += 2;
		*w++ = lo >= 0 ? (char)(hi << 4 | lo) : *s;
	}
	*w = '\0';
	return value_string(a, out);
}

/* A document comes as text, URL-encoded by IAM; what is no JSON stays text. */
static struct value *decode_document(struct aws_run *r, const struct value *v)
{
	const char *text = value_text(v);
	if (!text)
		return (struct value *)v;
	if (!*text)
		return NULL;
	if (str_starts(text, "%7B"))
		text = value_text(url_decode_text(r->a, text));
	struct value *tree = json_parse(r->a, text, strlen(text), NULL);
	return tree ? tree : (struct value *)v;
}

static struct value *decode_number(struct aws_run *r, const struct prop *p, const struct value *v)
{
	const char *text = value_text(v);
	if (!text) {
		bool whole = p->type == PROP_INT && value_is(v, VALUE_DOUBLE) &&
			     v->number == (double)(int64_t)v->number;
		return whole ? value_int(r->a, (int64_t)v->number) : (struct value *)v;
	}
	int64_t n;
	if (str_to_int64(text, &n))
		return value_int(r->a, n);
	char *end;
	double d = strtod(text, &end);
	if (!*text || *end)
		return *text ? (struct value *)v : NULL;
	bool whole = p->type == PROP_INT && d == (double)(int64_t)d;
	return whole ? value_int(r->a, (int64_t)d) : value_double(r->a, d);
}

static struct value *decode_bool(struct aws_run *r, const struct value *v)
{
	const char *text = value_text(v);
	if (!text)
		return (struct value *)v;
	return *text ? value_bool(r->a, str_eq_fold(text, "true")) : NULL;
}

static struct value *decode_members(struct aws_run *r, const struct prop *rows,
				    const struct value *v)
{
	struct value *out = value_map(r->a);
	for (const struct prop *row = rows; row && row->name; row++) {
		const struct value *wire = value_path(v, wire_name(r, row));
		struct value *member = wire ? decode_value(r, row, wire) : NULL;
		if (member)
			value_set(r->a, out, row->name, member);
	}
	return value_len(out) ? out : NULL;
}

static struct value *decode_item(struct aws_run *r, const struct prop *p, const struct value *v)
{
	struct prop item = { .name = p->name, .type = p->item, .sub = p->sub };
	struct value *out = decode_value(r, &item, v);
	return out ? out : value_map(r->a);
}

static struct value *decode_list(struct aws_run *r, const struct prop *p, const struct value *v)
{
	struct value *out = value_list(r->a);
	const struct value *list = as_list(r->a, v);
	value_each_item(list, item)
		value_append(r->a, out, decode_item(r, p, item));
	return out;
}

static struct value *decode_map(struct aws_run *r, const struct prop *p, const struct value *v)
{
	struct value *out = value_map(r->a);
	value_each_pair(v, m)
		value_set(r->a, out, m->key, decode_item(r, p, m->value));
	return out;
}

struct value *decode_value(struct aws_run *r, const struct prop *p, const struct value *v)
{
	if (!v || value_is(v, VALUE_NULL))
		return NULL;
	switch (p->type) {
	case PROP_JSON:
		return decode_document(r, v);
	case PROP_INT:
	case PROP_DOUBLE:
		return decode_number(r, p, v);
	case PROP_BOOL:
		return decode_bool(r, v);
	case PROP_OBJECT: {
		const struct value *tree = value_text(v) ? decode_document(r, v) : v;
		return tree ? decode_members(r, p->sub, tree) : NULL;
	}
	case PROP_LIST:
		return decode_list(r, p, v);
	case PROP_MAP:
		return decode_map(r, p, v);
	case PROP_STRING: {
		const char *text = value_scalar_text(r->a, v);
		return text ? value_string(r->a, text) : (struct value *)v;
	}
	default:
		return (struct value *)v;
	}
}

void decode_props(struct aws_run *r, unsigned groups, const struct value *wire)
{
	for (const struct prop *p = r->type->props; p->name; p++) {
		unsigned group = p->group ? p->group : G_MAIN;
		if (!(group & groups) || (p->flags & (P_TAGS | P_WRITE_ONLY)))
			continue;
		struct value *v = decode_value(r, p, value_path(wire, wire_name(r, p)));
		if (v)
			value_set(r->a, p->flags & P_COMPUTED ? r->attributes : r->live, p->name,
				  v);
	}
}
