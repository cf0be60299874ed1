/* refs.c - do references lead to entries of this stack? */
#include <string.h>

#include "base/str.h"
#include "lang/loader.h"
#include "lang/words.h"
#include "base/banned.h"

static bool is_section(const struct loader *l, const char *word)
{
	return l->options->provider->kind(word) || str_eq(word, "resources");
}

static const struct known *find_known(struct loader *l, const char *section, const char *key)
{
	return map_get(l->known, arena_printf(l->arena, "%s.%s", section, key));
}

/* The same key in another section, else the nearest key of this one. */
static const char *nearest_entry(struct loader *l, const char *section, const char *key)
{
	VEC(const char *) keys = { 0 };
	const char *near;

	map_each(l->known, e) {
		const struct known *k = e->value;

		if (str_eq(k->section, section))
			vec_push(l->arena, &keys, k->key);
		else if (str_eq(k->key, key))
			return e->key;
	}
	near = str_nearest(key, keys.items, keys.len);
	return near ? arena_printf(l->arena, "%s.%s", section, near) : NULL;
}

static int no_entry(struct loader *l, const struct expr *ref)
{
	const struct kind *kind = l->options->provider->kind(ref->path[0]);
	const char *near = nearest_entry(l, ref->path[0], ref->path[1]);

	diag_error(l->diags, D_REFERENCE, ref->span, "no %s `%s` in this stack",
		   kind ? kind->word : "resource", ref->path[1]);
	if (near)
		diag_hint(l->diags, "did you mean `%s`?", near);
	return -1;
}

static const char *entry_named(struct loader *l, const char *key)
{
	map_each(l->known, e) {
		if (str_eq(((const struct known *)e->value)->key, key))
			return e->key;
	}
	return NULL;
}

static const char *nearest_head(struct loader *l, const char *word)
{
	static const char *const early[] = { "var",   "env",   "self",	 "each",
					     "stack", "stage", "random", "aws" };
	VEC(const char *) names = { 0 };
	size_t n = 0;
	const struct kind *const *kinds = l->options->provider->kinds(&n);

	for (size_t i = 0; i < n; i++)
		vec_push(l->arena, &names, kinds[i]->section);
	for (size_t i = 0; i < sizeof(early) / sizeof(early[0]); i++)
		vec_push(l->arena, &names, early[i]);
	return str_nearest(word, names.items, names.len);
}

static int no_head(struct loader *l, const struct expr *ref)
{
	const char *word = ref->path[0], *entry = entry_named(l, word),
		   *near = nearest_head(l, word);

	if (str_in(word, words_later))
		return diag_error(l->diags, D_REFERENCE, ref->span,
				  "`%s` is not supported by this version", word);
	diag_error(l->diags, D_REFERENCE, ref->span, "`%s` leads nowhere",
		   expr_text(l->arena, ref));
	if (map_has(l->variables, word))
		diag_hint(l->diags, "did you mean `var.%s`?", word);
	else if (entry)
		diag_hint(l->diags, "did you mean `%s`?", entry);
	else if (near)
		diag_hint(l->diags, "did you mean `%s`?", near);
	else
		diag_hint(l->diags, "references begin with a section (tables.orders.name), or with "
				    "var, "
				    "env, self, each, stack, stage, random or aws; for a literal "
				    "`${` "
				    "write `$${`");
	return -1;
}

static int not_made(struct loader *l, const struct expr *ref, const char *address)
{
	diag_error(l->diags, D_REFERENCE, ref->span, "`%s` is not there: its `when` is false",
		   address);
	diag_hint(l->diags, "give what refers to it the same `when`");
	return -1;
}

static int check_instance(struct loader *l, const struct expr *ref, const struct known *k)
{
	const char *key = ref->path_len > 2 ? ref->path[2] : NULL;
	const char *near;

	if (key && map_has(k->disabled_instances, key))
		return not_made(l, ref,
				arena_printf(l->arena, "%s.%s[\"%s\"]", k->section, k->key, key));
	if (key && map_has(k->instances, key))
		return 0;
	near = key ? loader_nearest(l, k->instances, key) : NULL;
	if (!near && map_first(k->instances))
		near = map_first(k->instances)->key;
	diag_error(l->diags, D_REFERENCE, ref->span, "`%s.%s` stands for several, by `for_each`",
		   k->section, k->key);
	diag_hint(l->diags, "say which: %s.%s[\"%s\"]", k->section, k->key, near ? near : "KEY");
	return -1;
}

/* 1: it leads to what is broken itself. */
static int check_ref(struct loader *l, const struct expr *ref)
{
	const struct known *k;

	if (str_eq(ref->path[0], "self"))
		return 0;
	if (!is_section(l, ref->path[0]))
		return no_head(l, ref);
	if (ref->path_len < 2) {
		diag_error(l->diags, D_REFERENCE, ref->span, "`%s` is a section", ref->path[0]);
		diag_hint(l->diags, "write ${%s.NAME.ATTRIBUTE}", ref->path[0]);
		return -1;
	}
	k = find_known(l, ref->path[0], ref->path[1]);
	if (!k)
		return no_entry(l, ref);
	if (k->broken)
		return 1;
	if (k->disabled)
		return not_made(l, ref, arena_printf(l->arena, "%s.%s", k->section, k->key));
	return k->each ? check_instance(l, ref, k) : 0;
}

static int rewrite(void *ctx, const struct expr *ref, const struct expr **ret, struct diags *d)
{
	struct loader *l = ctx;

	(void)d;
	if (ref->kind == EXPR_REF && check_ref(l, ref) != 0)
		*ret = expr_literal(l->arena,
				    value_at(l->arena, value_unknown(l->arena), ref->span));
	return 0;
}

/* --- depends_on --- */

/* queues.jobs, queues.jobs["a"], functions.f.role: its words, as of a reference. NULL: none. */
static const struct expr *parse_address(struct loader *l, const struct value *v)
{
	const char *text = value_text(v), *dot = strchr(text, '.');
	size_t key = dot ? strcspn(dot + 1, ".[") : 0;
	const char *rest = dot ? dot + 1 + key : NULL, *end;
	const char *path[3];

	if (!dot || key == 0)
		return NULL;
	path[0] = arena_strndup(l->arena, text, (size_t)(dot - text));
	path[1] = arena_strndup(l->arena, dot + 1, key);
	end = strncmp(rest, "[\"", 2) == 0 ? strstr(rest, "\"]") : NULL;
	if (end)
		path[2] = arena_strndup(l->arena, rest + 2, (size_t)(end - rest - 2));
	return expr_ref(l->arena, path, end ? 3 : 2, v->span);
}

/* Without a key it depends on all that `for_each` makes. */
static bool names_all(struct loader *l, const struct expr *ref)
{
	const struct known *k = find_known(l, ref->path[0], ref->path[1]);

	return k && k->each && ref->path_len == 2;
}

static void check_dependency(struct loader *l, const struct dependency *d)
{
	const struct expr *ref = parse_address(l, d->address);

	if (!ref || !is_section(l, ref->path[0])) {
		diag_error(l->diags, D_REFERENCE, d->address->span, "`%s` is no address",
			   value_text(d->address));
		diag_hint(l->diags, "an address is a section and a name: queues.jobs");
	} else if (names_all(l, ref) || check_ref(l, ref) == 0) {
		vec_push(l->arena, &d->entry->life.depends_on, value_text(d->address));
	}
}

static void check_value(struct loader *l, struct value **v)
{
	struct value *out = NULL;

	if (*v && value_rewrite_refs(l->arena, *v, rewrite, l, &out, l->diags) == 0 && out)
		*v = out;
}

void refs_check(struct loader *l)
{
	for (size_t i = 0; i < l->stack->entries.len; i++) {
		struct entry *e = l->stack->entries.items[i];

		check_value(l, &e->body);
		check_value(l, &e->tags);
		check_value(l, &e->properties);
	}
	for (size_t i = 0; i < l->dependencies.len; i++)
		check_dependency(l, &l->dependencies.items[i]);
	check_value(l, &l->stack->overrides);
	for (size_t i = 0; i < l->stack->outputs.len; i++)
		check_value(l, &l->stack->outputs.items[i]->value);
}
