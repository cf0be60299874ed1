/* body.c - what is left of an entry, against the rows of its kind and type. */
#include <string.h>

#include "base/str.h"
#include "lang/loader.h"
#include "lang/words.h"
#include "base/banned.h"

static const struct type *main_type(const struct loader *l, const struct kind *kind)
{
	return kind && kind->type ? l->options->provider->type(kind->type) : NULL;
}

/* --- what replaces what --- */

/* `to` names properties by path, several with blanks between: "VpcConfig.SubnetIds Layers". */
static bool stands_for(const char *to, const char *name)
{
	size_t len = strlen(name);

	while (to && *to) {
		if (strncmp(to, name, len) == 0 && (!to[len] || strchr(". ,", to[len])))
			return true;
		to += strcspn(to, " ,");
		to += strspn(to, " ,");
	}
	return false;
}

static const struct prop *word_for(const struct kind *kind, const char *name)
{
	for (const struct prop *w = kind->words; w && w->name; w++)
		if (stands_for(w->to, name))
			return w;
	return NULL;
}

static bool is_common(struct arena *a, const struct prop *p)
{
	return (p->flags & P_TAGS) || prop_find(words_entry, prop_snake(a, p));
}

/* --- rows --- */

static size_t count(const struct prop *rows)
{
	size_t n = 0;

	while (rows && rows[n].name)
		n++;
	return n;
}

static bool is_offered(struct loader *l, const struct kind *kind, const struct type *type,
		       const struct prop *p)
{
	return !str_eq(p->name, type->name_prop) && !word_for(kind, p->name) &&
	       !is_common(l->arena, p) && !prop_find(kind->words, prop_snake(l->arena, p));
}

static struct prop *make_rows(struct loader *l, const struct kind *kind)
{
	const struct type *type = main_type(l, kind);
	size_t words = count(kind->words), n = words;
	size_t props = type ? count(type->props) : 0;
	struct prop *rows = arena_array(l->arena, words + props + 1, sizeof(*rows));

	if (words)
		memcpy(rows, kind->words, words * sizeof(*rows));
	for (size_t i = 0; i < props; i++) {
		if (!is_offered(l, kind, type, &type->props[i]))
			continue;
		rows[n] = type->props[i];
		/* The kind sees to what its type needs. */
		rows[n++].flags &= ~(unsigned)P_REQUIRED;
	}
	return rows;
}

const struct prop *body_rows(struct loader *l, const struct kind *kind)
{
	struct prop *rows = map_get(l->rows, kind->section);

	if (!rows) {
		rows = make_rows(l, kind);
		map_set(l->rows, kind->section, rows);
	}
	return rows;
}

/* --- common words in another spelling --- */

static const char *common_word(struct loader *l, const struct type *type, const char *key)
{
	const struct prop *p = type ? prop_find(type->props, key) : NULL;

	if (!p && type)
		p = prop_find_snake(type->props, key);
	if (!p)
		return NULL;
	if (str_eq(p->name, type->name_prop))
		return "name";
	return is_common(l->arena, p) ? prop_snake(l->arena, p) : NULL;
}

/* `QueueName`, `queue_name`, `Tags`: the check of the rows does not know these. */
static struct value *drop_common(struct loader *l, const struct entry *e, const struct value *rest)
{
	const struct type *type = main_type(l, e->kind);
	struct value *out = value_map(l->arena);

	out->span = e->span;
	value_each_pair(rest, p) {
		const char *word =
			prop_find(e->kind->words, p->key) ? NULL : common_word(l, type, p->key);

		if (!word) {
			value_add_pair(l->arena, out, p->key, p->key_span, p->value);
			continue;
		}
		diag_error(l->diags, D_CONFIG, p->key_span, "unknown key `%s` in %s", p->key,
			   loader_article(l, e->kind->word));
		diag_hint(l->diags, "it is written `%s` here", word);
	}
	return out;
}

/* --- checks --- */

/* A word that is required may be said under `properties`. */
static bool said_in_properties(const struct entry *e)
{
	for (const struct prop *w = e->kind->words; w && w->name; w++)
		if (w->flags & P_REQUIRED)
			value_each_pair(e->properties, p) {
				if (stands_for(w->to, p->key))
					return true;
			}
	return false;
}

void body_check(struct loader *l, struct entry *e, const struct value *rest, unsigned flags)
{
	const struct prop *rows = body_rows(l, e->kind);
	struct value *known = drop_common(l, e, rest);
	size_t mark = diags_len(l->diags);

	flags |= CHECK_SNAKE;
	if (said_in_properties(e))
		flags |= CHECK_PARTIAL;
	schema_check(l->arena, rows, known, flags, loader_article(l, e->kind->word), &e->body,
		     l->diags);
	e->body = loader_poison(l, mark, e->body);
}

struct value *body_check_properties(struct loader *l, const struct type *type,
				    const struct value *properties, unsigned flags)
{
	struct value *checked = NULL;
	size_t mark = diags_len(l->diags);

	if (!type || !properties)
		return (struct value *)properties;
	schema_check(l->arena, type->props, properties, flags, type->name, &checked, l->diags);
	return loader_poison(l, mark, checked);
}

/* --- types --- */

const struct type *body_type(struct loader *l, const struct value *name)
{
	return value_text(name) ? l->options->provider->type(value_text(name)) : NULL;
}
