#include "model/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "model/expr.h"

static struct value *value_new(struct arena *a, enum value_kind kind)
{
	struct value *v = arena_new_of(a, struct value);

	v->kind = kind;
	return v;
}

struct value *value_null(struct arena *a)
{
	return value_new(a, VALUE_NULL);
}

struct value *value_bool(struct arena *a, bool b)
{
	struct value *v = value_new(a, VALUE_BOOL);

	v->boolean = b;
	return v;
}

struct value *value_int(struct arena *a, int64_t n)
{
	struct value *v = value_new(a, VALUE_INT);

	v->integer = n;
	return v;
}

struct value *value_double(struct arena *a, double d)
{
	struct value *v = value_new(a, VALUE_DOUBLE);

	v->number = d;
	return v;
}

struct value *value_stringn(struct arena *a, const char *text, size_t len)
{
	struct value *v = value_new(a, VALUE_STRING);

	v->string.len = strnlen(text, len);
	v->string.text = arena_strndup(a, text, v->string.len);
	return v;
}

struct value *value_string(struct arena *a, const char *text)
{
	return text ? value_stringn(a, text, strlen(text)) : value_null(a);
}

struct value *value_printf(struct arena *a, const char *fmt, ...)
{
	struct value *v = value_new(a, VALUE_STRING);
	va_list ap;

	va_start(ap, fmt);
	v->string.text = arena_vprintf(a, fmt, ap);
	va_end(ap);
	v->string.len = strlen(v->string.text);
	return v;
}

struct value *value_list(struct arena *a)
{
	return value_new(a, VALUE_LIST);
}

struct value *value_map(struct arena *a)
{
	return value_new(a, VALUE_MAP);
}

struct value *value_unknown(struct arena *a)
{
	return value_new(a, VALUE_UNKNOWN);
}

struct value *value_expr(struct arena *a, const struct expr *e, struct span at)
{
	struct value *v = value_new(a, VALUE_EXPR);

	v->expr = e;
	v->span = at;
	return v;
}

struct value *value_at(struct arena *a, const struct value *v, struct span at)
{
	struct value *same = arena_new_of(a, struct value);

	*same = *v;
	same->span = at;
	/* A later append must not write into the block that is shared now. */
	if (v->kind == VALUE_LIST)
		same->list.cap = v->list.len;
	if (v->kind == VALUE_MAP)
		same->map.cap = v->map.len;
	return same;
}

static void copy_list(struct arena *a, struct value *to, const struct value *from)
{
	size_t n = from->list.len;

	to->list.items = arena_array(a, n, sizeof(*to->list.items));
	to->list.len = to->list.cap = n;
	for (size_t i = 0; i < n; i++)
		to->list.items[i] = value_copy(a, from->list.items[i]);
}

static void copy_map(struct arena *a, struct value *to, const struct value *from)
{
	size_t n = from->map.len;

	to->map.items = arena_array(a, n, sizeof(*to->map.items));
	to->map.len = to->map.cap = n;
	for (size_t i = 0; i < n; i++) {
		const struct value_pair *p = &from->map.items[i];

		to->map.items[i] = (struct value_pair){
			.key = arena_strdup(a, p->key),
			.key_span = p->key_span,
			.value = value_copy(a, p->value),
		};
	}
}

struct value *value_copy(struct arena *a, const struct value *v)
{
	struct value *copy;

	if (!v)
		return NULL;
	copy = arena_new_of(a, struct value);
	*copy = *v;
	switch ((enum value_kind)v->kind) {
	case VALUE_STRING:
		copy->string.text = arena_strndup(a, v->string.text, v->string.len);
		break;
	case VALUE_LIST:
		copy_list(a, copy, v);
		break;
	case VALUE_MAP:
		copy_map(a, copy, v);
		break;
	case VALUE_EXPR:
		copy->expr = expr_copy(a, v->expr);
		break;
	default:
		break;
	}
	return copy;
}

static bool marked(const struct value *v, unsigned set, unsigned clear)
{
	if ((v->flags & set) != set || (v->flags & clear))
		return false;
	value_each_item(v, item) {
		if (!marked(item, set, clear))
			return false;
	}
	value_each_pair(v, p) {
		if (!marked(p->value, set, clear))
			return false;
	}
	return true;
}

struct value *value_mark(struct arena *a, const struct value *v, unsigned set, unsigned clear)
{
	struct value *other;

	if (!v || marked(v, set, clear))
		return (struct value *)v;
	other = value_at(a, v, v->span);
	other->flags = (uint8_t)((v->flags | set) & ~clear);
	if (value_is(v, VALUE_LIST) && v->list.len) {
		other->list.items = arena_array(a, v->list.len, sizeof(*other->list.items));
		value_each_item(v, item)
			other->list.items[item_i] = value_mark(a, item, set, clear);
	}
	if (value_is(v, VALUE_MAP) && v->map.len) {
		other->map.items = arena_array(a, v->map.len, sizeof(*other->map.items));
		memcpy(other->map.items, v->map.items, v->map.len * sizeof(*v->map.items));
		for (size_t i = 0; i < v->map.len; i++)
			other->map.items[i].value =
				value_mark(a, v->map.items[i].value, set, clear);
	}
	return other;
}

void value_append(struct arena *a, struct value *list, struct value *item)
{
	if (item)
		vec_push(a, &list->list, item);
}

static struct value_pair *find_pair(const struct value *map, const char *key)
{
	if (!map || map->kind != VALUE_MAP)
		return NULL;
	for (size_t i = 0; i < map->map.len; i++)
		if (strcmp(map->map.items[i].key, key) == 0)
			return &map->map.items[i];
	return NULL;
}

void value_add_pair(struct arena *a, struct value *map, const char *key, struct span key_at,
		    struct value *v)
{
	if (v)
		vec_push(a, &map->map, ((struct value_pair){ key, key_at, v }));
}

static void set_pair(struct arena *a, struct value *map, const char *key, struct span key_at,
		     struct value *v, bool own_key)
{
	struct value_pair *p = find_pair(map, key);

	if (!v)
		return;
	if (!p) {
		value_add_pair(a, map, own_key ? key : arena_strdup(a, key), key_at, v);
		return;
	}
	p->key_span = key_at;
	p->value = v;
}

void value_set(struct arena *a, struct value *map, const char *key, struct value *v)
{
	set_pair(a, map, key, NO_SPAN, v, false);
}

void value_set_at(struct arena *a, struct value *map, const char *key, struct span key_at,
		  struct value *v)
{
	set_pair(a, map, key, key_at, v, false);
}

void value_remove(struct value *map, const char *key)
{
	struct value_pair *p = find_pair(map, key);

	if (!p)
		return;
	map->map.len--;
	memmove(p, p + 1, (size_t)(map->map.items + map->map.len - p) * sizeof(*p));
}

/* A map of its own that shares the children, since the nested one may belong to others. */
static struct value *merged(struct arena *a, const struct value *into, const struct value *from)
{
	struct value *both = value_at(a, into, into->span);

	both->map.items = arena_array(a, into->map.len, sizeof(*both->map.items));
	if (into->map.len)
		memcpy(both->map.items, into->map.items, into->map.len * sizeof(*both->map.items));
	value_merge(a, both, from, true);
	return both;
}

void value_merge(struct arena *a, struct value *into, const struct value *from, bool deep)
{
	value_each_pair(from, p) {
		struct value *old = deep ? value_get(into, p->key) : NULL;
		struct value *v = p->value;

		if (value_is(old, VALUE_MAP) && value_is(v, VALUE_MAP))
			v = merged(a, old, v);
		set_pair(a, into, p->key, p->key_span, v, true);
	}
}

struct value *value_get(const struct value *map, const char *key)
{
	const struct value_pair *p = find_pair(map, key);

	return p ? p->value : NULL;
}

static struct value *step(const struct value *v, const char *word, size_t len)
{
	char digits[20];
	int64_t i;

	if (value_is(v, VALUE_MAP)) {
		for (size_t n = 0; n < v->map.len; n++) {
			const char *key = v->map.items[n].key;

			if (strncmp(key, word, len) == 0 && !key[len])
				return v->map.items[n].value;
		}
		return NULL;
	}
	if (len >= sizeof(digits))
		return NULL;
	memcpy(digits, word, len);
	digits[len] = '\0';
	return str_to_int64(digits, &i) && i >= 0 ? value_item(v, (size_t)i) : NULL;
}

struct value *value_path(const struct value *v, const char *path)
{
	for (;;) {
		size_t len = strcspn(path, ".");
		struct value *next = step(v, path, len);

		if (!next || !path[len])
			return next;
		v = next;
		path += len + 1;
	}
}

struct value *value_item(const struct value *list, size_t i)
{
	if (!value_is(list, VALUE_LIST) || i >= list->list.len)
		return NULL;
	return list->list.items[i];
}

bool value_is_scalar(const struct value *v)
{
	return v && v->kind >= VALUE_BOOL && v->kind <= VALUE_STRING;
}

const char *value_text(const struct value *v)
{
	return value_is(v, VALUE_STRING) ? v->string.text : NULL;
}

const char *value_text_at(const struct value *map, const char *key)
{
	return value_text(value_get(map, key));
}

int64_t value_int_or(const struct value *v, int64_t fallback)
{
	return value_is(v, VALUE_INT) ? v->integer : fallback;
}

bool value_bool_or(const struct value *v, bool fallback)
{
	return value_is(v, VALUE_BOOL) ? v->boolean : fallback;
}

char *value_number_text(double d, char out[VALUE_NUMBER_MAX])
{
	d += 0.0; /* -0 is 0: their texts, and digests, are one */
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(out, VALUE_NUMBER_MAX, "%.*g", digits, d);
		if (strtod(out, NULL) == d)
			break;
	}
	return out;
}

const char *value_scalar_text(struct arena *a, const struct value *v)
{
	char number[VALUE_NUMBER_MAX];

	if (!value_is_scalar(v))
		return NULL;
	switch ((enum value_kind)v->kind) {
	case VALUE_BOOL:
		return v->boolean ? "true" : "false";
	case VALUE_INT:
		return arena_printf(a, "%lld", (long long)v->integer);
	case VALUE_DOUBLE:
		return arena_strdup(a, value_number_text(v->number, number));
	default:
		return v->string.text;
	}
}

static bool any(const struct value *v, bool (*test)(const struct value *v))
{
	if (!v)
		return false;
	if (test(v))
		return true;
	value_each_item(v, item) {
		if (any(item, test))
			return true;
	}
	value_each_pair(v, p) {
		if (any(p->value, test))
			return true;
	}
	return false;
}

static bool is_open(const struct value *v)
{
	return v->kind == VALUE_UNKNOWN || v->kind == VALUE_EXPR;
}

static bool is_sensitive(const struct value *v)
{
	return v->flags & VALUE_SENSITIVE;
}

bool value_has_unknown(const struct value *v)
{
	return any(v, is_open);
}

bool value_has_sensitive(const struct value *v)
{
	return any(v, is_sensitive);
}

const char *value_kind_name(const struct value *v)
{
	static const char *const names[] = {
		[VALUE_NULL] = "null",		[VALUE_BOOL] = "true or false",
		[VALUE_INT] = "a number",	[VALUE_DOUBLE] = "a number",
		[VALUE_STRING] = "text",	[VALUE_LIST] = "a list",
		[VALUE_MAP] = "a map",		[VALUE_UNKNOWN] = "a value known only after apply",
		[VALUE_EXPR] = "an expression",
	};

	return v ? names[v->kind] : "nothing";
}
