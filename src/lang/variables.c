/* variables.c - inputs: declared in the stack, given outside it. Each is evaluated when it is first
 * needed, since defaults may use other variables. */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "lang/loader.h"
#include "lang/words.h"
#include "lang/yaml.h"
#include "model/json.h"
#include "base/banned.h"

struct variable {
	const char *name;
	struct span span;
	enum variable_type type;
	const struct value *def;   /* NULL: required */
	const struct value *given; /* NULL: not given */
	const struct value *allowed;
	const struct value *pattern;
	bool sensitive;
	struct value *value;	/* once it was evaluated */
	struct variable *outer; /* that needed it, while it is evaluated */
	bool busy;
};

/* --- declarations --- */

static enum variable_type type_named(const char *word)
{
	static const char *const names[] = { "string", "number", "bool", "list", "map" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq(word, names[i]))
			return (enum variable_type)i;
	return VARIABLE_STRING;
}

/* `type: table` takes an address: only modules have a use for it. */
static bool is_kind_word(struct loader *l, const struct value *type)
{
	size_t n = 0;
	const struct kind *const *kinds =
		l->options->provider ? l->options->provider->kinds(&n) : NULL;

	for (size_t i = 0; i < n; i++)
		if (str_eq(kinds[i]->word, value_text(type)))
			return true;
	return false;
}

static void declare_object(struct loader *l, struct variable *v, const struct value *spec)
{
	struct value *checked = NULL, *rest = value_map(l->arena);
	const struct value *type = value_get(spec, "type");
	size_t errors = diags_errors(l->diags);

	rest->span = spec->span;
	value_each_pair(spec, p)
	{
		if (str_eq(p->key, "type") && is_kind_word(l, type))
			diag_error(l->diags, D_CONFIG, type->span,
				   "variables that take a resource come with modules, in a later "
				   "version");
		else
			value_add_pair(l->arena, rest, p->key, p->key_span, p->value);
	}
	schema_check(l->arena, words_variable, rest, 0, "a variable", &checked, l->diags);
	if (diags_errors(l->diags) > errors)
		v->value = value_unknown(l->arena);
	v->def = value_get(spec, "default");
	if (yaml_is_null(v->def))
		v->def = NULL;
	v->allowed = value_get(checked, "allowed");
	v->pattern = value_get(checked, "pattern");
	v->sensitive = value_bool_or(value_get(checked, "sensitive"), false);
	v->type = value_get(checked, "type") ? type_named(value_text_at(checked, "type"))
		  : v->def		     ? variable_infer(v->def)
					     : VARIABLE_STRING;
}

static void declare(struct loader *l, const struct value_pair *p)
{
	struct variable *v = arena_new_of(l->arena, struct variable);

	if (loader_check_key(l, "a variable", p->key, p->key_span) < 0)
		return;
	v->name = p->key;
	v->span = p->key_span;
	if (value_is(p->value, VALUE_MAP)) {
		declare_object(l, v, p->value);
	} else {
		v->def = p->value;
		v->type = variable_infer(p->value);
	}
	if (v->sensitive)
		map_set(l->stack->secrets, v->name, v);
	map_set(l->variables, v->name, v);
}

void variables_declare(struct loader *l, const struct value *map)
{
	value_each_pair(map, p) declare(l, p);
}

/* --- values from outside --- */

static void undeclared(struct loader *l, const char *name, struct span at)
{
	const char *near = loader_nearest(l, l->variables, name);

	diag_error(l->diags, D_CONFIG, at, "the stack has no variable `%s`", name);
	diag_hide_source(l->diags);
	if (near)
		diag_hint(l->diags, "did you mean `%s`?", near);
	else
		diag_hint(l->diags, "variables are declared under `variables`");
}

static void give(struct loader *l, const char *name, struct span at, const struct value *value)
{
	struct variable *v = map_get(l->variables, name);

	if (v)
		v->given = value;
	else
		undeclared(l, name, at);
}

/* A text from command line or environment: YAML where a list or map is wanted, so [a, b]. */
static const struct value *outside_value(struct loader *l, const struct variable *v, uint32_t file,
					 size_t off)
{
	const struct source *s = source_get(l->sources, file);
	struct value *text, *parsed = NULL;
	uint32_t own;

	if (v && (v->type == VARIABLE_LIST || v->type == VARIABLE_MAP)) {
		own = source_add(l->sources, arena_printf(l->arena, "value of %s", v->name),
				 s->text + off, s->len - off);
		if (yaml_parse(l->arena, l->sources, own, &parsed, l->diags) < 0 && v->sensitive)
			diag_hide_source(l->diags);
		return parsed ? parsed : value_unknown(l->arena);
	}
	text = value_stringn(l->arena, s->text + off, s->len - off);
	text->flags = VALUE_PLAIN;
	text->span = (struct span){ file, (uint32_t)off, (uint32_t)(s->len - off) };
	return text;
}

static int check_text(struct loader *l, const char *where, const char *text)
{
	if (str_is_utf8(text, strlen(text)))
		return 0;
	return diag_error(l->diags, D_CONFIG, NO_SPAN, "%s: the text is not UTF-8", where);
}

static void give_from_environment(struct loader *l)
{
	map_each(l->variables, e)
	{
		struct variable *v = e->value;
		const char *name = arena_printf(l->arena, "CINFRA_VAR_%s", e->key);
		const char *text = getenv(name);

		if (!text || check_text(l, name, text) < 0)
			continue;
		v->given = outside_value(l, v,
					 source_add(l->sources, name, arena_strdup(l->arena, text),
						    strlen(text)),
					 0);
	}
}

static void give_from_option(struct loader *l, const char *option)
{
	const char *equal = strchr(option, '=');
	const char *name;
	uint32_t file;

	if (check_text(l, "--var", option) < 0)
		return;
	if (!equal || equal == option) {
		diag_error(l->diags, D_CONFIG, NO_SPAN, "--var wants NAME=VALUE");
		return;
	}
	name = arena_strndup(l->arena, option, (size_t)(equal - option));
	file = source_add(l->sources, "--var", option, strlen(option));
	give(l, name, (struct span){ file, 0, (uint32_t)strlen(name) },
	     outside_value(l, map_get(l->variables, name), file, strlen(name) + 1));
}

static struct value *parse_file(struct loader *l, const char *path, uint32_t file)
{
	const struct source *s = source_get(l->sources, file);
	const char *why = NULL;
	struct value *v = NULL;

	if (!str_ends(path, ".json")) {
		yaml_parse(l->arena, l->sources, file, &v, l->diags);
		return v;
	}
	v = json_parse(l->arena, s->text, s->len, &why);
	if (!v)
		diag_error(l->diags, D_CONFIG, NO_SPAN, "%s: %s", path, why);
	return v;
}

static void give_from_file(struct loader *l, const char *path)
{
	char *text = NULL;
	size_t len = 0;
	uint32_t file;
	struct value *v;
	int rc = file_read(l->arena, path, YAML_MAX_BYTES, &text, &len, l->diags);

	if (rc > 0)
		diag_error(l->diags, D_CONFIG, NO_SPAN, "--var-file: there is no file `%s`", path);
	if (rc != 0)
		return;
	file = source_add(l->sources, path, text, len);
	v = parse_file(l, path, file);
	if (v && !value_is(v, VALUE_MAP)) {
		diag_error(l->diags, D_CONFIG, (struct span){ file, 0, 0 },
			   "a file of variables is a map of names and values, got %s",
			   value_kind_name(v));
		diag_hide_source(l->diags);
	}
	value_each_pair(v, p)
		give(l, p->key, p->key_span,
		     value_at(l->arena, p->value,
			      p->value->span.file ? p->value->span : (struct span){ file, 0, 0 }));
}

/* As in Terraform: the environment, then the files, then the options; the last one wins. */
void variables_assign(struct loader *l)
{
	const struct lang_options *o = l->options;

	give_from_environment(l);
	for (size_t i = 0; o->var_files && o->var_files[i]; i++)
		give_from_file(l, o->var_files[i]);
	for (size_t i = 0; o->vars && o->vars[i]; i++)
		give_from_option(l, o->vars[i]);
}

/* --- checks --- */

static void show_allowed(struct loader *l, const struct variable *v)
{
	_cleanup_str_ struct str out = STR_INIT;

	value_each_item(v->allowed, item)
	{
		const char *text = value_scalar_text(l->arena, item);

		str_addf(&out, "%s`%s`", item_i ? ", " : "", text ? text : "...");
	}
	diag_hint(l->diags, "it takes %s", str_text(&out));
}

static bool is_allowed(struct loader *l, const struct variable *v, const struct value *value)
{
	value_each_item(v->allowed, item)
	{
		struct value *one = variable_convert(l, v->name, v->type, item, v->sensitive);

		if (one && value_equal(one, value))
			return true;
	}
	return false;
}

static int check_allowed(struct loader *l, const struct variable *v, const struct value *value)
{
	if (!v->allowed || is_allowed(l, v, value))
		return 0;
	diag_error(l->diags, D_CONFIG, value->span, "variable `%s` does not take this value",
		   v->name);
	if (v->sensitive)
		diag_hide_source(l->diags);
	else
		show_allowed(l, v);
	return -1;
}

static int compile(struct loader *l, const struct variable *v, regex_t *ret)
{
	char why[200];
	const char *text = arena_printf(l->arena, "^(%s)$", value_text(v->pattern));
	int rc = regcomp(ret, text, REG_EXTENDED | REG_NOSUB);

	if (rc == 0)
		return 0;
	regerror(rc, ret, why, sizeof(why));
	return diag_error(l->diags, D_CONFIG, v->pattern->span, "not a regular expression: %s",
			  why);
}

static int check_pattern(struct loader *l, const struct variable *v, const struct value *value)
{
	regex_t regex;
	int rc;

	if (!value_text(v->pattern) || !value_text(value))
		return 0;
	if (compile(l, v, &regex) < 0)
		return -1;
	rc = regexec(&regex, value_text(value), 0, NULL, 0);
	regfree(&regex);
	if (rc == 0)
		return 0;
	diag_error(l->diags, D_CONFIG, value->span, "variable `%s` does not match its pattern",
		   v->name);
	if (v->sensitive)
		diag_hide_source(l->diags);
	diag_hint(l->diags, "the pattern is `%s`", value_text(v->pattern));
	return -1;
}

/* --- evaluation --- */

static int required(struct loader *l, const struct variable *v)
{
	diag_error(l->diags, D_CONFIG, v->span, "variable `%s` has no value", v->name);
	diag_hint(l->diags,
		  "give it by --var %s=VALUE, by --var-file FILE, or as CINFRA_VAR_%s in the "
		  "environment; or give it a `default`",
		  v->name, v->name);
	return -1;
}

static int cycle(struct loader *l, const struct variable *v)
{
	_cleanup_str_ struct str path = STR_INIT;
	VEC(const struct variable *) chain = { 0 };

	for (const struct variable *o = l->evaluating; o; o = o->outer) {
		vec_push(l->arena, &chain, o);
		if (o == v)
			break;
	}
	for (size_t i = chain.len; i > 0; i--)
		str_addf(&path, "%s -> ", chain.items[i - 1]->name);
	str_add(&path, v->name);
	return diag_error(l->diags, D_CYCLE, v->span, "variables that need each other: %s",
			  str_text(&path));
}

static struct value *evaluate_default(struct loader *l, struct variable *v)
{
	struct scope scope = { .loader = l };
	struct value *value = NULL;
	int failed;

	v->busy = true;
	v->outer = l->evaluating;
	l->evaluating = v;
	failed = scope_eval_known(&scope, v->def, "a variable", &value);
	l->evaluating = v->outer;
	v->busy = false;
	return failed ? NULL : value;
}

static struct value *evaluate(struct loader *l, struct variable *v)
{
	const struct value *raw = v->given ? v->given : v->def ? evaluate_default(l, v) : NULL;
	struct value *value;

	if (!v->given && !v->def)
		required(l, v);
	if (!raw)
		return NULL;
	if (value_is(raw, VALUE_UNKNOWN))
		return (struct value *)raw;
	value = variable_convert(l, v->name, v->type, raw, v->sensitive);
	if (!value || check_allowed(l, v, value) < 0 || check_pattern(l, v, value) < 0)
		return NULL;
	return v->sensitive ? value_mark(l->arena, value, VALUE_SENSITIVE, 0) : value;
}

/* What went wrong was said, once: it is unknown from then on. */
static void settle(struct loader *l, struct variable *v)
{
	if (v->value)
		return;
	v->value = evaluate(l, v);
	if (!v->value)
		v->value = value_unknown(l->arena);
}

void variables_evaluate_all(struct loader *l)
{
	map_each(l->variables, e) settle(l, e->value);
}

int variable_lookup(struct loader *l, const struct expr *ref, struct value **ret)
{
	const char *name = ref->path_len > 1 ? ref->path[1] : NULL;
	struct variable *v = name ? map_get(l->variables, name) : NULL;
	const char *near;

	if (!name)
		return diag_error(l->diags, D_REFERENCE, ref->span, "write ${var.NAME}");
	if (!v) {
		near = loader_nearest(l, l->variables, name);
		diag_error(l->diags, D_REFERENCE, ref->span, "the stack has no variable `%s`",
			   name);
		if (near)
			diag_hint(l->diags, "did you mean `var.%s`?", near);
		else
			diag_hint(l->diags, "declare it under `variables`");
		return -1;
	}
	if (v->busy)
		return cycle(l, v);
	settle(l, v);
	*ret = v->value;
	return 0;
}
