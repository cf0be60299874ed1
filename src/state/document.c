#include "state/document.h"

#include <stdlib.h>
#include <string.h>

#include "model/json.h"
#include "state/state.h"
#include "base/banned.h"

static const char secret_key[] = "$secret";

void document_fault(struct document *doc, const char *path, const char *problem)
{
	doc->failed = true;
	diag_error(doc->diags, D_IO, NO_SPAN, "%s: the %s is damaged: %s %s", doc->where, doc->what,
		   path, problem);
}

static struct value *refuse(struct document *doc, const char *problem)
{
	doc->failed = true;
	diag_error(doc->diags, D_IO, NO_SPAN, "%s: %s", doc->where, problem);
	return NULL;
}

struct value *document_parse(struct document *doc, const char *text, size_t len, int64_t format)
{
	const char *why = NULL;
	struct value *v = json_parse(doc->arena, text, len, &why);
	struct value *found = value_get(v, "format");

	if (!v)
		return refuse(doc,
			      arena_printf(doc->arena, "the %s is not JSON: %s", doc->what, why));
	if (!value_is(v, VALUE_MAP) || !value_is(found, VALUE_INT))
		return refuse(doc, arena_printf(doc->arena,
						"this is no %s of cinfra: it has no number "
						"under \"format\"",
						doc->what));
	if (found->integer == format)
		return v;
	refuse(doc, arena_printf(doc->arena,
				 "the %s is in format %lld, this cinfra reads format %lld only",
				 doc->what, (long long)found->integer, (long long)format));
	if (found->integer > format)
		diag_hint(doc->diags, "a newer cinfra wrote it: use that one");
	return NULL;
}

bool document_keys(struct document *doc, const struct value *map, const char *path,
		   const char *const *known)
{
	if (!value_is(map, VALUE_MAP)) {
		document_fault(doc, path, "is not a map");
		return false;
	}
	value_each_pair(map, p) {
		if (!str_in(p->key, known))
			document_fault(doc, path,
				       arena_printf(doc->arena, "holds the unknown key \"%s\"",
						    p->key));
	}
	return true;
}

/* The member when it is of this kind; NULL otherwise, with a fault when it is of another. */
static struct value *member(struct document *doc, const struct value *map, const char *path,
			    const char *key, enum value_kind kind, const char *kind_name)
{
	struct value *v = value_get(map, key);

	if (!v || value_is(v, kind))
		return v;
	document_fault(doc, path,
		       arena_printf(doc->arena, "holds %s under \"%s\" instead of %s",
				    value_kind_name(v), key, kind_name));
	return NULL;
}

const char *document_text(struct document *doc, const struct value *map, const char *path,
			  const char *key, bool required)
{
	struct value *v = member(doc, map, path, key, VALUE_STRING, "text");

	if (required && !value_get(map, key))
		document_fault(doc, path, arena_printf(doc->arena, "has no \"%s\"", key));
	return value_text(v);
}

int64_t document_int(struct document *doc, const struct value *map, const char *path,
		     const char *key)
{
	struct value *v = member(doc, map, path, key, VALUE_INT, "a whole number");

	if (v && v->integer < 0)
		document_fault(doc, path, arena_printf(doc->arena, "has a negative \"%s\"", key));
	return value_int_or(v, 0);
}

bool document_bool(struct document *doc, const struct value *map, const char *path, const char *key)
{
	return value_bool_or(member(doc, map, path, key, VALUE_BOOL, "true or false"), false);
}

struct value *document_map(struct document *doc, const struct value *map, const char *path,
			   const char *key)
{
	return member(doc, map, path, key, VALUE_MAP, "a map");
}

struct value *document_props(struct document *doc, const struct value *map, const char *path,
			     const char *key)
{
	struct value *v = document_map(doc, map, path, key);

	return v ? document_secrets_in(doc->arena, v) : NULL;
}

const char **document_texts(struct document *doc, const struct value *map, const char *path,
			    const char *key, size_t *ret_len)
{
	struct value *list = member(doc, map, path, key, VALUE_LIST, "a list");
	const char **texts = arena_array(doc->arena, value_len(list) + 1, sizeof(*texts));

	*ret_len = 0;
	value_each_item(list, v) {
		if (value_is(v, VALUE_STRING))
			texts[(*ret_len)++] = v->string.text;
		else
			document_fault(doc, path,
				       arena_printf(doc->arena,
						    "holds something else than text "
						    "under \"%s\"",
						    key));
	}
	return texts;
}

struct value *document_text_list(struct arena *a, const char *const *items, size_t len)
{
	struct value *list = value_list(a);

	for (size_t i = 0; i < len; i++)
		value_append(a, list, value_string(a, items[i]));
	return list;
}

char *document_print(struct arena *a, const struct value *v, size_t *ret_len)
{
	_cleanup_str_ struct str text = STR_INIT;

	json_write(&text, v, JSON_PRETTY, true);
	if (text.len && text.data[text.len - 1] != '\n')
		str_addc(&text, '\n');
	*ret_len = text.len;
	return str_dup(&text, a);
}

void document_set_text(struct arena *a, struct value *map, const char *key, const char *text)
{
	if (text)
		value_set(a, map, key, value_string(a, text));
}

void document_set_true(struct arena *a, struct value *map, const char *key, bool on)
{
	if (on)
		value_set(a, map, key, value_bool(a, true));
}

/* `$secret` with any number of `$` before it. */
static bool is_secret_key(const char *key)
{
	return key[0] == '$' && str_eq(key + strspn(key, "$") - 1, secret_key);
}

static bool is_secret_map(const struct value *v)
{
	return value_is(v, VALUE_MAP) && v->map.len == 1 && is_secret_key(v->map.items[0].key);
}

static struct value *each_child(struct arena *a, const struct value *v,
				struct value *(*convert)(struct arena *, const struct value *))
{
	struct value *copy;

	if (value_is(v, VALUE_LIST)) {
		copy = value_list(a);
		value_each_item(v, item) {
			value_append(a, copy, convert(a, item));
		}
		return copy;
	}
	copy = value_map(a);
	value_each_pair(v, p) {
		value_set(a, copy, arena_strdup(a, p->key), convert(a, p->value));
	}
	return copy;
}

static struct value *secrets_out(struct arena *a, const struct value *v)
{
	struct value *map;

	if (value_is(v, VALUE_UNKNOWN) || value_is(v, VALUE_EXPR))
		return value_null(a);
	if (v->flags & VALUE_DIGEST) {
		map = value_map(a);
		value_set(a, map, secret_key, value_stringn(a, v->string.text, v->string.len));
		return map;
	}
	if (is_secret_map(v)) {
		map = value_map(a);
		value_set(a, map, arena_printf(a, "$%s", v->map.items[0].key),
			  secrets_out(a, v->map.items[0].value));
		return map;
	}
	if (value_is(v, VALUE_LIST) || value_is(v, VALUE_MAP))
		return each_child(a, v, secrets_out);
	return value_copy(a, v);
}

struct value *document_secrets_out(struct arena *a, const struct value *v)
{
	return secrets_out(a, value_has_sensitive(v) ? state_redact(a, v) : v);
}

static bool holds_secret_map(const struct value *v)
{
	if (is_secret_map(v))
		return true;
	value_each_item(v, item) {
		if (holds_secret_map(item))
			return true;
	}
	value_each_pair(v, p) {
		if (holds_secret_map(p->value))
			return true;
	}
	return false;
}

struct value *document_secrets_in(struct arena *a, const struct value *v)
{
	struct value *secret, *map;
	const char *key;

	if (!holds_secret_map(v))
		return (struct value *)v; /* as nearly all: states are large */
	if (!is_secret_map(v)) {
		if (value_is(v, VALUE_LIST) || value_is(v, VALUE_MAP))
			return each_child(a, v, document_secrets_in);
		return value_copy(a, v);
	}
	key = v->map.items[0].key;
	if (key[1] == '$') {
		map = value_map(a);
		value_set(a, map, arena_strdup(a, key + 1),
			  document_secrets_in(a, v->map.items[0].value));
		return map;
	}
	secret = value_copy(a, v->map.items[0].value);
	if (value_is(secret, VALUE_STRING))
		secret->flags |= VALUE_DIGEST | VALUE_SENSITIVE;
	return secret;
}

static int compare_keys(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

const char **document_sorted_keys(struct arena *a, const struct value *map)
{
	const char **keys = arena_array(a, value_len(map) + 1, sizeof(*keys));
	size_t n = 0;

	value_each_pair(map, p) {
		keys[n++] = p->key;
	}
	qsort(keys, n, sizeof(*keys), compare_keys);
	return keys;
}
