/* common.c - the words that every entry takes. */
#include <string.h>

#include "base/str.h"
#include "lang/loader.h"
#include "lang/words.h"
#include "base/banned.h"

/* --- words to the entry --- */

/* Texts that must be known now. NULL when absent, or with an error. */
static const char *known_text(struct loader *l, const struct value *words, const char *word)
{
	const struct value *v = value_get(words, word);

	if (value_is(v, VALUE_EXPR))
		diag_error(l->diags, D_CONFIG, v->span, "`%s` must be known when the stack is read",
			   word);
	return value_text(v);
}

static void take_name(struct loader *l, struct entry *e, const struct value *words)
{
	const struct value *v = value_get(words, "name");

	e->name = known_text(l, words, "name");
	e->name_span = v ? v->span : NO_SPAN;
	e->name_unknown = value_is(v, VALUE_UNKNOWN);
	if (!e->name || !v || !(v->flags & VALUE_SENSITIVE))
		return;
	diag_error(l->diags, D_CONFIG, v->span, "a secret cannot be part of a name");
	diag_hide_source(l->diags);
	e->name = NULL;
}

static void take_depends(struct loader *l, struct entry *e, const struct value *words)
{
	const struct value *v = value_get(words, "depends_on");

	if (!v)
		return;
	e->life.depends_on_span = v->span;
	value_each_item(v, item) {
		if (value_text(item))
			vec_push(l->arena, &l->dependencies, ((struct dependency){ e, item }));
		else if (!value_is(item, VALUE_UNKNOWN))
			diag_error(l->diags, D_CONFIG, item->span,
				   "`depends_on` takes addresses, such as `queues.jobs`");
	}
}

static void take_replace(struct entry *e, const struct value *words)
{
	const char *mode = value_text_at(words, "replace");

	if (str_eq(mode, "create-first"))
		e->life.replace = REPLACE_CREATE_FIRST;
	else if (str_eq(mode, "delete-first"))
		e->life.replace = REPLACE_DELETE_FIRST;
}

static void refuse_later(struct loader *l, const struct value *words, const char *word)
{
	const struct value *v = value_get(words, word);

	if (v)
		diag_error(l->diags, D_CONFIG, v->span, "`%s` comes with a later version", word);
}

static void take_properties(struct loader *l, struct entry *e, const struct value *words)
{
	const struct value *v = value_get(words, "properties");

	if (!v || value_is(v, VALUE_UNKNOWN))
		return;
	if (value_is(v, VALUE_MAP)) {
		e->properties = (struct value *)v;
		return;
	}
	diag_error(l->diags, D_CONFIG, v->span, "`properties` must be a map, got %s",
		   value_kind_name(v));
	diag_hint(l->diags, "it holds properties in CloudFormation's spelling");
}

static void take_words(struct loader *l, struct entry *e, const struct value *words)
{
	take_name(l, e, words);
	e->description = known_text(l, words, "description");
	e->tags = value_get(words, "tags");
	e->life.protect = value_bool_or(value_get(words, "protect"), false);
	e->life.retain = value_bool_or(value_get(words, "retain"), false);
	e->life.timeouts = value_get(words, "timeouts");
	take_depends(l, e, words);
	take_replace(e, words);
	take_properties(l, e, words);
	refuse_later(l, words, "moved_from");
	refuse_later(l, words, "import");
}

/* --- ignore_changes --- */

/* A word of the kind, or a property in either spelling. */
static const char *property_named(struct loader *l, const struct entry *e, const char *word)
{
	const struct prop *row = e->kind ? prop_find_snake(e->kind->words, word) : NULL;
	const struct type *type = e->kind && e->kind->type
					  ? l->options->provider->type(e->kind->type)
					  : body_type(l, e->type);
	const struct prop *p;

	if (row && row->to)
		return row->to;
	if (!type || str_eq(word, "*"))
		return word;
	if (str_eq(word, "name") && type->name_prop)
		return type->name_prop;
	p = prop_find_snake(type->props, word);
	if (!p)
		p = prop_find(type->props, word);
	return p ? p->name : NULL;
}

static void refuse_ignored(struct loader *l, const struct entry *e, const struct value *item)
{
	const char *word = value_text(item), *near;
	VEC(const char *) names = { 0 };
	const struct prop *rows = e->kind ? body_rows(l, e->kind) : NULL;

	for (; rows && rows->name; rows++)
		vec_push(l->arena, &names, prop_snake(l->arena, rows));
	near = str_nearest(word, names.items, names.len);
	diag_error(l->diags, D_CONFIG, item->span, "%s has no property `%s`", e->address, word);
	if (near)
		diag_hint(l->diags, "did you mean `%s`?", near);
}

/* A word may stand for several properties: "A B". */
static void ignore(struct loader *l, struct entry *e, const char *properties)
{
	while (*properties) {
		size_t len = strcspn(properties, " ,");

		if (len)
			vec_push(l->arena, &e->life.ignore_changes,
				 arena_strndup(l->arena, properties, len));
		properties += len + (properties[len] != '\0');
	}
}

static void take_ignored(struct loader *l, struct entry *e, const struct value *words)
{
	value_each_item(value_get(words, "ignore_changes"), item) {
		const char *word = value_text(item);
		const char *property = word ? property_named(l, e, word) : NULL;

		if (property)
			ignore(l, e, property);
		else if (word)
			refuse_ignored(l, e, item);
	}
}

/* --- tags of the stack --- */

static void add_stack_tags(struct loader *l, struct entry *e)
{
	const struct value *all = l->tags;
	struct scope scope = {
		.loader = l, .self_key = e->key, .self_open = true, .each_key = e->each_key
	};
	struct value *tags = NULL, *both = value_map(l->arena);

	if (!value_len(all) || scope_eval(&scope, all, &tags) < 0)
		return;
	value_merge(l->arena, both, tags, false);
	value_merge(l->arena, both, e->tags, false);
	e->tags = both;
}

void common_take(struct loader *l, struct entry *e, const struct value *v, struct value **ret_rest)
{
	struct value *words = value_map(l->arena), *rest = value_map(l->arena), *checked = NULL;

	words->span = rest->span = e->span;
	value_each_pair(v, p) {
		if (!e->kind && str_eq(p->key, "type"))
			e->type = p->value;
		else
			value_add_pair(l->arena, prop_find(words_entry, p->key) ? words : rest,
				       p->key, p->key_span, p->value);
	}
	*ret_rest = rest;
	schema_check(l->arena, words_entry, words, CHECK_PARTIAL, "an entry", &checked, l->diags);
	take_words(l, e, checked);
	take_ignored(l, e, checked);
	add_stack_tags(l, e);
}
