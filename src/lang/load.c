/* load.c - the way through a stack file, and its top level. */
#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "lang/expr_parse.h"
#include "lang/loader.h"
#include "lang/words.h"
#include "lang/yaml.h"
#include "base/banned.h"

/* More than YAML takes, so that its error can point at the limit. */
enum { READ_MAX = 64 * 1024 * 1024 };

/* --- helpers of all parts --- */

const char *loader_nearest(struct loader *l, const struct map *m, const char *word)
{
	VEC(const char *) names = { 0 };

	map_each(m, e)
		vec_push(l->arena, &names, e->key);
	return str_nearest(word, names.items, names.len);
}

const char *loader_article(struct loader *l, const char *word)
{
	return arena_printf(l->arena, "%s %s", strchr("aeiou", word[0]) ? "an" : "a", word);
}

static bool is_name(const char *key)
{
	if (!isalpha((unsigned char)*key))
		return false;
	for (; *key; key++)
		if (!isalnum((unsigned char)*key) && *key != '_' && *key != '-')
			return false;
	return true;
}

static bool is_yaml_word(const char *key)
{
	static const char *const words[] = { "true", "false", "yes", "no", "on", "off", "null" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq_fold(key, words[i]))
			return true;
	return false;
}

int loader_check_key(struct loader *l, const char *what, const char *key, struct span at)
{
	enum { KEY_MAX = 128 };

	if (is_yaml_word(key)) {
		diag_error(l->diags, D_CONFIG, at,
			   "`%s` cannot name %s: some YAML readers take it for a %s", key, what,
			   str_eq_fold(key, "null") ? "null" : "boolean");
		return -1;
	}
	if (is_name(key) && strlen(key) <= KEY_MAX)
		return 0;
	diag_error(l->diags, D_CONFIG, at, "`%s` cannot name %s", key, what);
	diag_hint(l->diags, "a name is a letter, then letters, digits, `-` or `_`");
	return -1;
}

static const struct value_pair *top_pair(const struct loader *l, const char *key)
{
	value_each_pair(l->top, p) {
		if (str_eq(p->key, key))
			return p;
	}
	return NULL;
}

const struct value *loader_map(struct loader *l, const char *key)
{
	const struct value_pair *p = top_pair(l, key);

	if (!p || value_is(p->value, VALUE_MAP))
		return p ? p->value : NULL;
	if (!value_is(p->value, VALUE_UNKNOWN))
		diag_error(l->diags, D_CONFIG, p->value->span, "`%s` must be a map, got %s", key,
			   value_kind_name(p->value));
	return NULL;
}

/* --- reading --- */

static int read_source(struct loader *l)
{
	const char *path = l->options->file;
	char *text = NULL;
	size_t len = 0;
	int rc = file_read(l->arena, path, READ_MAX, &text, &len, l->diags);

	if (rc > 0) {
		diag_error(l->diags, D_CONFIG, NO_SPAN, "there is no stack file `%s`", path);
		diag_hint(l->diags, "`cinfra init` writes one to begin with; -f FILE names "
				    "another");
	}
	if (rc != 0)
		return -1;
	l->file = source_add(l->sources, path, text, len);
	return 0;
}

static void make_stack(struct loader *l)
{
	struct stack *s = arena_new_of(l->arena, struct stack);

	s->file = l->options->file;
	s->dir = path_dir(l->arena, l->options->file);
	s->by_address = map_new(l->arena);
	s->secrets = map_new(l->arena);
	s->name_span = (struct span){ l->file, 0, 0 };
	l->stack = s;
}

/* Fails only when there is nothing to go on with. */
static int read_file(struct loader *l)
{
	if (read_source(l) < 0)
		return -1;
	yaml_parse(l->arena, l->sources, l->file, &l->top, l->diags);
	if (!l->top)
		return -1;
	make_stack(l);
	if (value_is(l->top, VALUE_MAP))
		return 0;
	diag_error(l->diags, D_CONFIG, l->top->span, "a stack is a map, got %s",
		   value_kind_name(l->top));
	diag_hint(l->diags, "it begins with `stack: NAME`");
	return -1;
}

/* --- empty values --- */

static const struct kind *find_kind(const struct loader *l, const char *section)
{
	return l->options->provider ? l->options->provider->kind(section) : NULL;
}

/* Sections whose entries may be written without a value. */
static bool has_entries(const struct loader *l, const char *key)
{
	return find_kind(l, key) || str_in(key, words_later) || str_eq(key, "resources") ||
	       str_eq(key, "variables") || str_eq(key, "random");
}

static void refuse_empty(struct loader *l, struct value *v);

static void refuse_empty_pair(struct loader *l, struct value_pair *p)
{
	if (!yaml_is_empty(p->value)) {
		refuse_empty(l, p->value);
		return;
	}
	diag_error(l->diags, D_CONFIG, p->key_span, "`%s` has no value", p->key);
	diag_hint(l->diags, "write one, or leave the key out; `null` removes a default");
	p->value = value_at(l->arena, value_unknown(l->arena), p->key_span);
}

/* What is wrong becomes unknown, so that it is reported once. */
static void refuse_empty(struct loader *l, struct value *v)
{
	for (size_t i = 0; value_is(v, VALUE_MAP) && i < v->map.len; i++)
		refuse_empty_pair(l, &v->map.items[i]);
	for (size_t i = 0; value_is(v, VALUE_LIST) && i < v->list.len; i++) {
		struct value **item = &v->list.items[i];

		if (!yaml_is_empty(*item)) {
			refuse_empty(l, *item);
			continue;
		}
		diag_error(l->diags, D_CONFIG, (*item)->span, "an item without a value");
		*item = value_at(l->arena, value_unknown(l->arena), (*item)->span);
	}
}

/* `orders:` is `orders: {}` where entries stand. */
static void fill_entries(struct loader *l, struct value *section)
{
	for (size_t i = 0; value_is(section, VALUE_MAP) && i < section->map.len; i++) {
		struct value_pair *p = &section->map.items[i];

		if (yaml_is_empty(p->value))
			p->value = value_at(l->arena, value_map(l->arena), p->key_span);
		else
			refuse_empty(l, p->value);
	}
}

static void check_empty(struct loader *l, struct value_pair *p)
{
	if (has_entries(l, p->key) && value_is(p->value, VALUE_MAP))
		fill_entries(l, p->value);
	else
		refuse_empty_pair(l, p);
}

/* --- the top level --- */

static bool is_extension(const char *key)
{
	return str_starts(key, "x-");
}

static bool is_top_word(const char *key)
{
	for (const struct top_word *w = words_top; w->name; w++)
		if (str_eq(w->name, key))
			return true;
	return false;
}

static const char *nearest_top(struct loader *l, const char *key)
{
	VEC(const char *) names = { 0 };
	size_t n = 0;
	const struct kind *const *kinds = l->options->provider->kinds(&n);

	for (size_t i = 0; i < n; i++)
		vec_push(l->arena, &names, kinds[i]->section);
	for (const struct top_word *w = words_top; w->name; w++)
		vec_push(l->arena, &names, w->name);
	return str_nearest(key, names.items, names.len);
}

/* CloudFormation's or somebody else's inputs, which look like SSM parameters. */
static bool look_like_inputs(const struct value *section)
{
	value_each_pair(section, p) {
		if (value_get(p->value, "Type") || value_get(p->value, "Default") ||
		    value_get(p->value, "default"))
			return true;
	}
	return false;
}

static void refuse_later(struct loader *l, const struct value_pair *p)
{
	if (str_eq(p->key, "modules")) {
		diag_error(l->diags, D_CONFIG, p->key_span, "modules come with a later version");
		return;
	}
	diag_error(l->diags, D_CONFIG, p->key_span, "`%s` is not supported by this version",
		   p->key);
	if (str_eq(p->key, "parameters"))
		diag_hint(l->diags, "these are SSM parameters%s",
			  look_like_inputs(p->value) ? "; inputs of the stack go under `variables`"
						     : "");
}

static void refuse_unknown(struct loader *l, const struct value_pair *p)
{
	const char *near = nearest_top(l, p->key), *advice = words_foreign(p->key);

	diag_error(l->diags, D_CONFIG, p->key_span, "unknown section `%s`", p->key);
	if (advice)
		diag_hint(l->diags, "%s", advice);
	else if (near)
		diag_hint(l->diags, "did you mean `%s`?", near);
	else
		diag_hint(l->diags, "keys that begin with `x-` are free for own use");
}

static void check_section(struct loader *l, const struct value_pair *p)
{
	if (find_kind(l, p->key) || is_extension(p->key))
		return;
	if (str_in(p->key, words_later))
		refuse_later(l, p);
	else if (!is_top_word(p->key))
		refuse_unknown(l, p);
}

/* Only what `wanted` lists (NULL: all), and never x-...; the rest is left out of l->top. */
static void prepare_sections(struct loader *l, const char *const *wanted)
{
	struct value *top = value_map(l->arena);

	top->span = l->top->span;
	for (size_t i = 0; i < l->top->map.len; i++) {
		struct value_pair *p = &l->top->map.items[i];
		struct value *parsed = NULL;

		if (is_extension(p->key) || (wanted && !str_in(p->key, wanted)))
			continue;
		check_empty(l, p);
		expr_parse_tree(l->arena, l->sources, p->value, &parsed, l->diags);
		value_add_pair(l->arena, top, p->key, p->key_span, parsed);
	}
	l->top = top;
}

static struct loader *loader_new(struct arena *a, struct sources *s, const struct lang_options *o,
				 struct diags *d)
{
	struct loader *l = arena_new_of(a, struct loader);

	l->arena = a;
	l->sources = s;
	l->options = o;
	l->diags = d;
	l->variables = map_new(a);
	l->random = map_new(a);
	l->known = map_new(a);
	l->rows = map_new(a);
	return l;
}

int lang_load(struct arena *a, struct sources *s, const struct lang_options *o, struct stack **ret,
	      struct diags *d)
{
	struct loader *l = loader_new(a, s, o, d);
	size_t errors = diags_errors(d);

	*ret = NULL;
	if (read_file(l) < 0)
		return -1;
	prepare_sections(l, NULL);
	value_each_pair(l->top, p)
		check_section(l, p);
	blocks_stack(l);
	variables_declare(l, loader_map(l, "variables"));
	variables_assign(l);
	blocks_evaluate_stage(l);
	blocks_evaluate_aws(l);
	variables_evaluate_all(l);
	blocks_state(l);
	blocks_packages(l);
	blocks_random(l);
	entries_load(l);
	blocks_overrides(l);
	blocks_outputs(l);
	refs_check(l);
	/* Names are made of it, also where only errors are looked for. */
	if (!l->stack->name)
		l->stack->name = "unnamed";
	*ret = l->stack;
	return diags_errors(d) > errors ? -1 : 0;
}

int lang_peek(struct arena *a, struct sources *s, const struct lang_options *o, struct stack **ret,
	      struct diags *d)
{
	static const char *const wanted[] = { "stack", "stage", "aws", "state", NULL };
	static const char *const inputs[] = { "variables", NULL };
	struct loader *l = loader_new(a, s, o, d);
	struct loader *quiet = loader_new(a, s, o, diags_new(a));
	size_t errors = diags_errors(d);
	struct value *top;

	*ret = NULL;
	if (read_file(l) < 0)
		return -1;
	/* Variables may be wrong as long as none of the four needs them. */
	quiet->top = top = l->top;
	quiet->stack = l->stack;
	prepare_sections(quiet, inputs);
	variables_declare(quiet, loader_map(quiet, "variables"));
	variables_assign(quiet);
	l->variables = quiet->variables;
	l->top = top;
	prepare_sections(l, wanted);
	blocks_stack(l);
	blocks_evaluate_stage(l);
	blocks_evaluate_aws(l);
	blocks_state(l);
	*ret = l->stack;
	return diags_errors(d) > errors ? -1 : 0;
}
