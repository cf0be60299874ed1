/* variables_given.c - values from outside: environment, files, options.
 *
 * A text that may hold secrets is parsed aside, since messages and lines would show them. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "lang/variables.h"
#include "lang/yaml.h"
#include "model/json.h"
#include "base/banned.h"

static bool has_secrets(const struct loader *l)
{
	return map_first(l->stack->secrets) != NULL;
}

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

static void give(struct loader *l, const char *name, struct span at, const struct value *value,
		 bool beside_secrets)
{
	struct variable *v = map_get(l->variables, name);

	if (v) {
		v->given = value;
		v->beside_secrets = beside_secrets;
	} else {
		undeclared(l, name, at);
	}
}

/* What is wrong, and where, but nothing of the text. */
static void tell_places(struct loader *l, const struct diags *d)
{
	for (const struct diag *e = diags_first(d); e; e = e->next) {
		diag_error(l->diags, D_CONFIG, e->span, "this is not YAML");
		diag_hide_source(l->diags);
		diag_hint(l->diags, "the text is not shown, as it may hold a secret");
	}
}

static struct value *parse_yaml(struct loader *l, uint32_t file, bool secret)
{
	struct diags *d = secret ? diags_new(l->arena) : l->diags;
	struct value *v = NULL;

	yaml_parse(l->arena, l->sources, file, &v, d);
	if (secret)
		tell_places(l, d);
	return v;
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
		parsed = parse_yaml(l, own, v->sensitive);
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
	map_each(l->variables, e) {
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
	     outside_value(l, map_get(l->variables, name), file, strlen(name) + 1), false);
}

static struct value *parse_file(struct loader *l, const char *path, uint32_t file)
{
	const struct source *s = source_get(l->sources, file);
	const char *why = NULL;
	struct value *v;

	if (!str_ends(path, ".json"))
		return parse_yaml(l, file, has_secrets(l));
	v = json_parse(l->arena, s->text, s->len, &why);
	if (!v)
		diag_error(l->diags, D_CONFIG, NO_SPAN, "%s: %s", path,
			   has_secrets(l) ? "this is not JSON" : why);
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
			      p->value->span.file ? p->value->span : (struct span){ file, 0, 0 }),
		     has_secrets(l));
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
