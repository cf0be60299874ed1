#include "plan/show.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "model/json.h"
#include "plan/diff.h"

#include "base/banned.h"

/* --- text --- */

static bool is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f || c == 0x061c ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static void add_escaped(struct str *out, uint32_t c)
{
	if (c == '\n')
		str_add(out, "\\n");
	else if (c == '\t')
		str_add(out, "\\t");
	else if (c == '\r')
		str_add(out, "\\r");
	else
		str_addf(out, "\\u%04x", c);
}

static void add_text(struct str *out, const char *text, size_t len, bool quoted)
{
	uint32_t c;

	for (size_t i = 0, n; i < len; i += n) {
		n = str_code_point(text + i, len - i, &c);
		if (!n) {
			str_addf(out, "\\x%02x", (unsigned char)text[i]);
			n = 1;
		} else if (is_unsafe(c)) {
			add_escaped(out, c);
		} else {
			if (quoted && (c == '"' || c == '\\'))
				str_addc(out, '\\');
			str_addn(out, text + i, n);
		}
	}
}

char *show_plain(struct arena *a, const char *text, size_t len)
{
	_cleanup_str_ struct str out = STR_INIT;

	add_text(&out, text, len, false);
	return str_dup(&out, a);
}

static void add_key(struct str *out, const char *key)
{
	bool plain = *key != '\0';

	for (const char *s = key; *s; s++)
		plain &= isalnum((unsigned char)*s) || strchr("_-.:/@$*", *s);
	if (!plain)
		str_addc(out, '"');
	add_text(out, key, strlen(key), true);
	if (!plain)
		str_addc(out, '"');
}

char *show_key(struct arena *a, const char *key)
{
	_cleanup_str_ struct str out = STR_INIT;

	add_key(&out, key);
	return str_dup(&out, a);
}

size_t show_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

const char *show_clipped(struct arena *a, const char *text, size_t max, bool unicode)
{
	size_t len = 0, width = 0;

	if (show_width(text) <= max)
		return text;
	for (; text[len]; len++) {
		width += (text[len] & 0xc0) != 0x80;
		if (width > max)
			break;
	}
	return arena_printf(a, "%.*s%s", (int)len, text, unicode ? "…" : "...");
}

/* --- values --- */

bool show_is_secret(const struct prop *row, const struct value *v)
{
	return v &&
	       ((row && row->flags & P_SENSITIVE) || v->flags & (VALUE_SENSITIVE | VALUE_DIGEST));
}

const struct prop *show_row(struct arena *a, const struct prop *row, const char *key)
{
	struct prop *item;

	if (!row || row->type == PROP_JSON || row->type == PROP_ANY)
		return NULL;
	if (row->type == PROP_OBJECT)
		return row->sub ? prop_find(row->sub, key) : NULL;
	item = arena_new_of(a, struct prop);
	*item = diff_item_row(row);
	return item;
}

static void add_value(struct str *out, struct arena *a, const struct prop *row,
		      const struct value *v);

static void add_list(struct str *out, struct arena *a, const struct prop *row,
		     const struct value *v)
{
	const struct prop *item = show_row(a, row, "");
	const char *between = "";

	str_addc(out, '[');
	value_each_item(v, one) {
		str_add(out, between);
		add_value(out, a, item, one);
		between = ", ";
	}
	str_addc(out, ']');
}

static void add_map(struct str *out, struct arena *a, const struct prop *row, const struct value *v)
{
	const char *between = "{ ";

	value_each_pair(v, p) {
		str_add(out, between);
		add_key(out, p->key);
		str_add(out, ": ");
		add_value(out, a, show_row(a, row, p->key), p->value);
		between = ", ";
	}
	str_add(out, value_len(v) ? " }" : "{}");
}

static void add_value(struct str *out, struct arena *a, const struct prop *row,
		      const struct value *v)
{
	if (show_is_secret(row, v)) {
		str_add(out, SHOW_SENSITIVE);
	} else if (value_is(v, VALUE_UNKNOWN) || value_is(v, VALUE_EXPR)) {
		str_add(out, SHOW_UNKNOWN);
	} else if (value_is(v, VALUE_STRING)) {
		str_addc(out, '"');
		add_text(out, v->string.text, v->string.len, true);
		str_addc(out, '"');
	} else if (value_is(v, VALUE_LIST)) {
		add_list(out, a, row, v);
	} else if (value_is(v, VALUE_MAP)) {
		add_map(out, a, row, v);
	} else if (value_is_scalar(v) && !value_is(v, VALUE_NULL)) {
		str_add(out, value_scalar_text(a, v));
	} else {
		str_add(out, "null");
	}
}

char *show_value(struct arena *a, const struct prop *row, const struct value *v)
{
	_cleanup_str_ struct str out = STR_INIT;

	add_value(&out, a, row, v);
	return str_dup(&out, a);
}

/* --- documents --- */

const struct value *show_document(struct arena *a, const struct prop *row, const struct value *v)
{
	const char *text = value_text(v), *why;
	struct value *document;

	if (!text || show_is_secret(row, v) || (*text != '{' && *text != '['))
		return v;
	document = json_parse(a, text, v->string.len, &why);
	return document ? document : v;
}

static int compare_items(const void *a, const void *b)
{
	return value_compare(*(struct value *const *)a, *(struct value *const *)b);
}

struct value *show_sorted(struct arena *a, const struct value *list)
{
	struct value *own = value_list(a);

	value_each_item(list, item)
		value_append(a, own, item);
	if (own->list.len)
		qsort(own->list.items, own->list.len, sizeof(struct value *), compare_items);
	return own;
}

/* A list where order does not count, and one item may stand bare. */
static struct value *as_set(struct arena *a, struct value *v)
{
	if (!value_is(v, VALUE_LIST))
		return v;
	return value_len(v) == 1 ? value_item(v, 0) : show_sorted(a, v);
}

/* The members of a map, at a depth, each as a set. */
static struct value *members_as_sets(struct arena *a, struct value *v, int depth)
{
	struct value *map;

	if (depth == 0 || !value_is(v, VALUE_MAP))
		return as_set(a, v);
	map = value_map(a);
	value_each_pair(v, p)
		value_add_pair(a, map, p->key, NO_SPAN, members_as_sets(a, p->value, depth - 1));
	return map;
}

static struct value *statement_by_meaning(struct arena *a, struct value *statement)
{
	static const struct {
		const char *key;
		int depth;
	} sets[] = { { "Action", 0 },	   { "NotAction", 0 }, { "Resource", 0 },
		     { "NotResource", 0 }, { "Principal", 1 }, { "NotPrincipal", 1 },
		     { "Condition", 2 } };
	struct value *map = value_map(a);

	if (!value_is(statement, VALUE_MAP))
		return statement;
	value_each_pair(statement, p) {
		struct value *v = p->value;

		for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
			if (str_eq(p->key, sets[i].key))
				v = members_as_sets(a, v, sets[i].depth);
		value_add_pair(a, map, p->key, NO_SPAN, v);
	}
	return map;
}

const struct value *show_by_meaning(struct arena *a, const struct value *v)
{
	struct value *statements = value_get(v, "Statement"), *map, *list;

	if (!statements)
		return v;
	map = value_map(a);
	list = value_list(a);
	if (value_is(statements, VALUE_MAP))
		value_append(a, list, statement_by_meaning(a, statements));
	value_each_item(statements, item)
		value_append(a, list, statement_by_meaning(a, item));
	value_each_pair(v, p)
		value_add_pair(a, map, p->key, NO_SPAN,
			       p->value == statements ? show_sorted(a, list) : p->value);
	return map;
}
