#include "aws/ini.h"

#include <string.h>

#include "aws/words.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "base/banned.h"

struct ini {
	struct arena *arena;
	struct map *values;   /* "section\x1fkey\x1fsub" */
	struct map *sections; /* name -> itself */
	VEC(const char *) names;
	size_t entries;
};

struct reader {
	struct ini *ini;
	const char *name; /* of the file */
	struct diags *diags;
	size_t line;
	const char *section, *key; /* where we are; NULL: nowhere yet */
	size_t indent;		   /* of the line with `key` */
};

static char *path_of(struct arena *a, const char *section, const char *key, const char *sub)
{
	return arena_printf(a, "%s\x1f%s\x1f%s", section, key, sub ? sub : "");
}

static int fail(struct reader *r, const char *what)
{
	return diag_error(r->diags, D_CONFIG, NO_SPAN, "%s:%zu: %s", r->name, r->line, what);
}

static char *trimmed(struct arena *a, const char *s, size_t n)
{
	while (n > 0 && strchr(" \t\r", *s))
		s++, n--;
	while (n > 0 && strchr(" \t\r", s[n - 1]))
		n--;
	return arena_strndup(a, s, n);
}

static void lower(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s += 32;
}

static int add(struct reader *r, const char *key, const char *sub, const char *value)
{
	struct ini *i = r->ini;

	if (++i->entries > INI_MAX_ENTRIES)
		return fail(r, "too many settings");
	map_set(i->values, path_of(i->arena, r->section, key, sub), (void *)value);
	return 0;
}

static char *section_name(struct arena *a, const char *text, size_t n)
{
	char *raw = trimmed(a, text, n), **words = words_split(a, raw, NULL);
	_cleanup_str_ struct str name = STR_INIT;

	if (!words)
		return raw;
	for (char **w = words; *w; w++)
		str_addf(&name, "%s%s", w > words ? " " : "", *w);
	return str_dup(&name, a);
}

static int read_section(struct reader *r, const char *line, size_t n)
{
	const char *end = memchr(line, ']', n);
	struct ini *i = r->ini;
	char *name;

	if (!end)
		return fail(r, "the section's name has no closing \"]\"");
	name = section_name(i->arena, line + 1, (size_t)(end - line - 1));
	if (!*name)
		return fail(r, "the section has no name");
	r->section = name;
	r->key = NULL;
	if (map_has(i->sections, name))
		return 0;
	if (++i->entries > INI_MAX_ENTRIES)
		return fail(r, "too many sections");
	map_set(i->sections, name, name);
	vec_push(i->arena, &i->names, name);
	return 0;
}

static int read_setting(struct reader *r, const char *line, size_t n, const char *delimiters)
{
	struct arena *a = r->ini->arena;
	size_t k = 0;
	char *key;

	while (k < n && !strchr(delimiters, line[k]))
		k++;
	key = trimmed(a, line, k);
	lower(key);
	if (k == n || !*key)
		return fail(r, "expected \"name = value\"");
	if (!r->section)
		return fail(r, "a setting before the first [section]");
	r->key = key;
	return add(r, key, NULL, trimmed(a, line + k + 1, n - k - 1));
}

/* A deeper line: one more setting of a block, or more of the value. */
static int read_deeper(struct reader *r, const char *line, size_t n)
{
	struct arena *a = r->ini->arena;
	const char *value = ini_get(r->ini, r->section, r->key, NULL);
	const char *equals = memchr(line, '=', n);
	char *sub;

	if (*value)
		return add(r, r->key, NULL, arena_printf(a, "%s\n%s", value, trimmed(a, line, n)));
	if (!equals)
		return fail(r, "expected \"name = value\"");
	sub = trimmed(a, line, (size_t)(equals - line));
	lower(sub);
	return add(r, r->key, sub, trimmed(a, equals + 1, n - (size_t)(equals - line) - 1));
}

static int read_line(struct reader *r, const char *line, size_t n)
{
	size_t indent = 0;

	while (indent < n && strchr(" \t\r", line[indent]))
		indent++;
	if (indent == n || line[indent] == '#' || line[indent] == ';')
		return 0;
	if (r->key && indent > r->indent)
		return read_deeper(r, line + indent, n - indent);
	r->indent = indent;
	if (line[indent] == '[')
		return read_section(r, line + indent, n - indent);
	return read_setting(r, line + indent, n - indent, "=:");
}

struct ini *ini_parse(struct arena *a, const char *name, const char *text, size_t len,
		      struct diags *d)
{
	struct ini *i = arena_new_of(a, struct ini);
	struct reader r = { .ini = i, .name = name, .diags = d };

	i->arena = a;
	i->values = map_new(a);
	i->sections = map_new(a);
	if (memchr(text, '\0', len)) {
		diag_error(d, D_CONFIG, NO_SPAN, "%s: not a text file", name);
		return NULL;
	}
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		text += 3, len -= 3;
	for (const char *p = text, *end = text + len; p < end;) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((lf ? lf : end) - p);

		r.line++;
		if (read_line(&r, p, n))
			return NULL;
		p += n + 1;
	}
	vec_push(a, &i->names, NULL);
	return i;
}

bool ini_has(const struct ini *i, const char *section)
{
	return i && map_has(i->sections, section);
}

const char *ini_get(const struct ini *i, const char *section, const char *key, const char *sub)
{
	_cleanup_str_ struct str path = STR_INIT;

	if (!i)
		return NULL;
	str_addf(&path, "%s\x1f%s\x1f%s", section, key, sub ? sub : "");
	return map_get(i->values, path.data);
}

const char *const *ini_sections(const struct ini *i)
{
	return i->names.items;
}
