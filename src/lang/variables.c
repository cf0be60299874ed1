/* variables.c - inputs: declared in the stack, given outside it. Each is evaluated when it is first
 * needed, since defaults may use other variables. */
#include <regex.h>

#include "base/str.h"
#include "lang/variables.h"
#include "lang/words.h"
#include "lang/yaml.h"
#include "base/banned.h"

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
	value_each_pair(spec, p) {
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
	value_each_pair(map, p)
		declare(l, p);
}

/* --- checks --- */

/* The line with the value, which may hold others beside it. */
static bool hides_line(const struct variable *v)
{
	return v->sensitive || (v->given && v->beside_secrets);
}

static void show_allowed(struct loader *l, const struct variable *v)
{
	_cleanup_str_ struct str out = STR_INIT;

	value_each_item(v->allowed, item) {
		const char *text = value_scalar_text(l->arena, item);

		str_addf(&out, "%s`%s`", item_i ? ", " : "", text ? text : "...");
	}
	diag_hint(l->diags, "it takes %s", str_text(&out));
}

static bool is_allowed(struct loader *l, const struct variable *v, const struct value *value)
{
	value_each_item(v->allowed, item) {
		struct value *one = variable_convert(l, v, item, v->sensitive);

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
	if (hides_line(v))
		diag_hide_source(l->diags);
	if (!v->sensitive)
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
	if (hides_line(v))
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
	value = variable_convert(l, v, raw, hides_line(v));
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
	map_each(l->variables, e)
		settle(l, e->value);
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
