#include "plan/path.h"

#include <string.h>

#include "base/banned.h"

char *path_member(struct arena *a, const char *path, const char *name)
{
	return *path ? arena_printf(a, "%s.%s", path, name) : arena_strdup(a, name);
}

char *path_item(struct arena *a, const char *path, const char *key)
{
	_cleanup_str_ struct str out = STR_INIT;

	str_addf(&out, "%s[\"", path);
	for (; *key; key++) {
		if (*key == '"' || *key == '\\')
			str_addc(&out, '\\');
		str_addc(&out, *key);
	}
	str_add(&out, "\"]");
	return str_dup(&out, a);
}

static char *next_item(struct arena *a, const char **path)
{
	_cleanup_str_ struct str out = STR_INIT;
	const char *s = *path + 2;

	for (; *s && *s != '"'; s++) {
		if (*s == '\\' && s[1])
			s++;
		str_addc(&out, *s);
	}
	*path = s + strspn(s, "\"]");
	return str_dup(&out, a);
}

char *path_next(struct arena *a, const char **path)
{
	const char *s = *path;
	size_t len;

	if (*s == '.')
		s++;
	if (!*s)
		return NULL;
	*path = s;
	if (str_starts(s, "[\""))
		return next_item(a, path);
	len = strcspn(s + 1, ".[") + 1;
	*path = s + len;
	return arena_strndup(a, s, len);
}

struct value *path_get(struct arena *a, const struct value *v, const char *path)
{
	struct value *at = (struct value *)v;
	const char *word;

	while (at && (word = path_next(a, &path)))
		at = value_get(at, word);
	return at;
}

struct value *path_put(struct arena *a, const struct value *map, const char *path,
		       const struct value *v)
{
	struct value *own = value_map(a), *child;
	const char *word = path_next(a, &path);

	child = value_get(map, word);
	if (*path && (v || child))
		child = path_put(a, child, path, v);
	else
		child = (struct value *)v;
	if (map) {
		own->span = map->span;
		own->flags = map->flags;
	}
	value_each_pair(map, p) {
		struct value *same = str_eq(p->key, word) ? child : p->value;

		if (same)
			value_add_pair(a, own, p->key, p->key_span, same);
	}
	if (child && !value_get(map, word))
		value_add_pair(a, own, word, NO_SPAN, child);
	return own;
}
