/* expand_words.c - what entries say, and how short forms become properties. */
#include <string.h>

#include "base/str.h"
#include "providers/aws/expand_parts.h"

const struct value *x_word(const struct item *i, const char *word)
{
	const struct value *v = value_get(i->entry->body, word);
	return value_is(v, VALUE_NULL) ? NULL : v;
}

bool x_flag(const struct item *i, const char *word, bool fallback)
{
	return value_bool_or(x_word(i, word), fallback);
}

struct span x_at(const struct item *i, const char *word)
{
	value_each_pair(i->entry->body, p) {
		if (str_eq(p->key, word))
			return p->value->span.file ? p->value->span : p->key_span;
	}
	return i->entry->span;
}

const struct value *x_list(struct expansion *x, const struct value *v)
{
	if (value_is(v, VALUE_LIST))
		return v;
	struct value *list = value_list(x->arena);
	if (v && !value_is(v, VALUE_NULL))
		value_append(x->arena, list, (struct value *)v);
	return list;
}

const struct value *x_check(struct expansion *x, const struct prop *rows, const struct value *v,
			    const char *what)
{
	struct value *out = NULL;
	return schema_check(x->arena, rows, v, 0, what, &out, x->diags) ? NULL : out;
}

/* --- errors --- */

int x_error(struct expansion *x, struct span at, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *text = arena_vprintf(x->arena, fmt, ap);
	va_end(ap);
	return diag_error(x->diags, D_CONFIG, at, "%s", text);
}

int x_lacks(struct expansion *x, const struct item *i, const char *word)
{
	return x_error(x, i->entry->span, "%s needs `%s`", i->entry->address, word);
}

void x_later(struct expansion *x, const struct item *i, const char *word)
{
	if (x_word(i, word))
		x_error(x, x_at(i, word), "`%s` comes with a later version of cinfra", word);
}

/* --- words to properties --- */

void x_set_path(struct expansion *x, struct value *props, const char *path, struct value *v)
{
	const char *dot = strchr(path, '.');
	if (!dot) {
		value_set(x->arena, props, path, v);
		return;
	}
	char *head = arena_strndup(x->arena, path, (size_t)(dot - path));
	struct value *inner = value_map(x->arena), *old = value_get(props, head);
	if (value_is(old, VALUE_MAP))
		value_merge(x->arena, inner, old, false);
	x_set_path(x, inner, dot + 1, v);
	inner->span = v->span;
	value_set(x->arena, props, head, inner);
}

static const struct prop *row_at(const struct prop *rows, const char *path)
{
	while (rows) {
		size_t n = strcspn(path, ".");
		const struct prop *p = rows;
		while (p->name && (strlen(p->name) != n || strncmp(p->name, path, n) != 0))
			p++;
		if (!p->name || !path[n])
			return p->name ? p : NULL;
		rows = p->sub;
		path += n + 1;
	}
	return NULL;
}

/* Members of a word that is a map: each by its own `to`. */
static struct value *convert(struct expansion *x, const struct prop *word, const struct value *v)
{
	if (word->type != PROP_OBJECT || !word->sub || !value_is(v, VALUE_MAP))
		return (struct value *)v;
	struct value *out = value_map(x->arena);
	out->span = v->span;
	value_each_pair(v, p) {
		const struct prop *sub = prop_find(word->sub, p->key);
		const char *path = sub && sub->to ? sub->to : p->key;
		x_set_path(x, out, path, sub ? convert(x, sub, p->value) : p->value);
	}
	return out;
}

static struct value *as_list(struct expansion *x, struct value *v)
{
	struct value *list = value_list(x->arena);
	list->span = v->span;
	value_append(x->arena, list, v);
	return list;
}

static void copy_word(struct expansion *x, const struct prop *word, const struct type *type,
		      const struct value *v, struct value *props)
{
	if (!word->to || word->type == PROP_ANY)
		return;
	const struct prop *row = type ? row_at(type->props, word->to) : NULL;
	if (type && !row) {
		x_error(x, v->span, "`%s` is not supported by this version of cinfra", word->name);
		return;
	}
	if (row && word->type == PROP_BOOL && row->type != PROP_BOOL)
		return; /* on and off have names of their own: the kind's code knows them */
	struct value *out = convert(x, word, v);
	if (row && row->type == PROP_LIST && value_is_scalar(out))
		out = as_list(x, out);
	x_set_path(x, props, word->to, out);
}

/* A long name beside the short form that replaces it. */
static bool replaced(struct expansion *x, const struct prop *rows, const struct value_pair *p)
{
	for (const struct prop *w = rows; w && w->name; w++) {
		if (!str_eq(w->to, p->key))
			continue;
		diag_error(x->diags, D_CONFIG, p->key_span, "`%s` is written `%s` here",
			   snake_case(x->arena, p->key), w->name);
		return true;
	}
	return false;
}

void x_copy(struct expansion *x, const struct prop *rows, const struct type *type,
	    const struct value *body, struct value *props)
{
	value_each_pair(body, p) {
		const struct prop *word = rows ? prop_find(rows, p->key) : NULL;
		if (value_is(p->value, VALUE_NULL))
			continue;
		if (word)
			copy_word(x, word, type, p->value, props);
		else if (!replaced(x, rows, p))
			value_set_at(x->arena, props, p->key, p->key_span, p->value);
	}
}

/* --- rows of a kind --- */

static bool is_replaced(const struct prop *words, const char *name)
{
	for (const struct prop *w = words; w && w->name; w++) {
		if (!w->to)
			continue;
		size_t n = strcspn(w->to, ".");
		if (strlen(name) == n && !strncmp(name, w->to, n))
			return true;
	}
	return false;
}

static size_t count(const struct prop *rows)
{
	size_t n = 0;
	while (rows && rows[n].name)
		n++;
	return n;
}

const struct prop *x_rows(struct expansion *x, const struct prop *words, const struct type *type)
{
	size_t len = count(words), n = len;
	struct prop *rows = arena_array(x->arena, len + count(type->props) + 1, sizeof(*rows));
	if (len)
		memcpy(rows, words, len * sizeof(*rows));
	for (const struct prop *p = type->props; p->name; p++) {
		unsigned identity = P_REQUIRED | P_REPLACE; /* whose part it is */
		if ((p->flags & (P_COMPUTED | P_TAGS)) || (p->flags & identity) == identity ||
		    is_replaced(words, p->name) || str_eq(p->name, type->name_prop))
			continue;
		rows[n] = *p;
		rows[n++].flags &= ~(unsigned)P_REQUIRED; /* generated code gives them */
	}
	return rows;
}

const struct value *x_check_with(struct expansion *x, const struct prop *words,
				 const struct type *type, const struct value *v, const char *what)
{
	struct value *out = NULL;
	const struct prop *rows = type ? x_rows(x, words, type) : words;
	return schema_check(x->arena, rows, v, CHECK_SNAKE, what, &out, x->diags) ? NULL : out;
}

const struct value *x_check_value(struct expansion *x, const struct prop *row,
				  const struct value *v)
{
	struct value *out = NULL;
	return schema_check_value(x->arena, row, v, 0, &out, x->diags) ? NULL : out;
}

bool x_is_bool(const struct value *v, bool b)
{
	if (value_is(v, VALUE_BOOL))
		return v->boolean == b;
	return v && !(v->flags & VALUE_QUOTED) && str_eq(value_text(v), b ? "true" : "false");
}

/* --- small values --- */

struct value *x_string(struct expansion *x, const char *text)
{
	return value_string(x->arena, text);
}

struct value *x_map(struct expansion *x, ...)
{
	struct value *map = value_map(x->arena);
	va_list ap;
	va_start(ap, x);
	for (const char *key; (key = va_arg(ap, const char *));) {
		struct value *v = va_arg(ap, struct value *);
		if (v)
			value_set(x->arena, map, key, v);
	}
	va_end(ap);
	return map;
}
