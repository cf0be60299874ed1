#include "model/json.h"

#include <string.h>

#include <jansson.h>

static void explain(struct arena *a, const json_error_t *error, const char **ret_why)
{
	const char *text = error->text, *near = strstr(text, " near ");
	size_t len = strlen(text);

	if (!ret_why)
		return;
	/* What stands there may be a secret; a key is not. */
	if (near && json_error_code(error) != json_error_duplicate_key)
		len = (size_t)(near - text);
	if (json_error_code(error) == json_error_null_character ||
	    json_error_code(error) == json_error_null_byte_in_key)
		text = "a text holds the character U+0000", len = strlen(text);
	*ret_why = arena_printf(a, "line %d, column %d: %.*s", error->line, error->column, (int)len,
				text);
}

static struct value *convert(struct arena *a, const json_t *json, int depth);

static struct value *convert_list(struct arena *a, const json_t *json, int depth)
{
	struct value *list = value_list(a);
	size_t n = json_array_size(json);

	list->list.items = arena_array(a, n, sizeof(*list->list.items));
	list->list.cap = n;
	for (size_t i = 0; i < n; i++) {
		struct value *item = convert(a, json_array_get(json, i), depth + 1);

		if (!item)
			return NULL;
		value_append(a, list, item);
	}
	return list;
}

static struct value *convert_map(struct arena *a, json_t *json, int depth)
{
	struct value *map = value_map(a);
	size_t n = json_object_size(json);
	const char *key;
	json_t *member;

	map->map.items = arena_array(a, n, sizeof(*map->map.items));
	map->map.cap = n;
	json_object_foreach(json, key, member)
	{
		struct value *v = convert(a, member, depth + 1);

		if (!v)
			return NULL;
		value_add_pair(a, map, arena_strdup(a, key), NO_SPAN, v);
	}
	return map;
}

/* NULL: nested too deep. */
static struct value *convert(struct arena *a, const json_t *json, int depth)
{
	if (depth > JSON_MAX_DEPTH)
		return NULL;
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		return convert_map(a, (json_t *)json, depth);
	case JSON_ARRAY:
		return convert_list(a, json, depth);
	case JSON_STRING:
		return value_stringn(a, json_string_value(json), json_string_length(json));
	case JSON_INTEGER:
		return value_int(a, json_integer_value(json));
	case JSON_REAL:
		return value_double(a, json_real_value(json));
	case JSON_TRUE:
	case JSON_FALSE:
		return value_bool(a, json_is_true(json));
	case JSON_NULL:
		break;
	}
	return value_null(a);
}

struct value *json_parse(struct arena *a, const char *text, size_t len, const char **ret_why)
{
	json_auto_t *json = NULL;
	struct value *v;
	json_error_t error;
	const char *why = NULL;

	if (len > JSON_MAX_BYTES) {
		why = arena_printf(a, "more than %d MB", JSON_MAX_BYTES / (1024 * 1024));
	} else if (memchr(text, '\0', len)) {
		why = "holds a NUL byte"; /* where jansson would silently stop */
	} else {
		json = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
		if (!json)
			explain(a, &error, &why);
	}
	v = json ? convert(a, json, 1) : NULL;
	if (json && !v)
		why = arena_printf(a, "nested deeper than %d levels", JSON_MAX_DEPTH);
	if (!v && ret_why)
		*ret_why = why;
	return v;
}
