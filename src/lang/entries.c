/* entries.c - sections of kinds and `resources`: defaults, for_each, when, then one by one. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "lang/loader.h"
#include "lang/yaml.h"
#include "base/banned.h"

enum { EACH_KEY_MAX = 128 };

/* An entry as written, defaults merged. */
struct draft {
	const struct kind *kind; /* NULL: `resources` */
	const char *section, *key;
	struct span span;
	const struct value *body;
	struct known *known;
};

/* --- one entry --- */

static const char *entry_address(struct loader *l, const struct draft *f, const char *each_key)
{
	if (!each_key)
		return arena_printf(l->arena, "%s.%s", f->section, f->key);
	return arena_printf(l->arena, "%s.%s[\"%s\"]", f->section, f->key, each_key);
}

static void check_resource(struct loader *l, struct entry *e, const struct value *rest)
{
	const struct type *type = body_type(l, e->type);

	value_each_pair(rest, p) {
		diag_error(l->diags, D_CONFIG, p->key_span, "unknown key `%s`", p->key);
		diag_hint(l->diags, "here are `type`, `properties`, and what every entry takes");
	}
	e->body = value_map(l->arena);
	e->body->span = e->span;
	/* What is missing is missing in the entry. */
	e->properties = value_at(l->arena, e->properties ? e->properties : e->body, e->span);
	/* Without a type the provider says what is wrong with it, once. */
	e->properties = body_check_properties(l, type, e->properties, 0);
}

static const char *nearest_type(struct loader *l, const char *name)
{
	VEC(const char *) names = { 0 };
	size_t n = 0;
	const struct type *const *types = l->options->provider->types(&n);

	for (size_t i = 0; i < n; i++)
		vec_push(l->arena, &names, types[i]->name);
	return str_nearest(name, names.items, names.len);
}

static int check_resource_type(struct loader *l, const struct entry *e)
{
	const char *name = value_text(e->type), *near;

	if (!e->type)
		return diag_error(l->diags, D_CONFIG, e->span, "%s needs `type`", e->address);
	if (!name && !value_is(e->type, VALUE_UNKNOWN))
		return diag_error(l->diags, D_CONFIG, e->type->span,
				  "`type` is a type's name, such as AWS::SQS::Queue");
	if (!name)
		return -1;
	if (body_type(l, e->type))
		return 0;
	diag_error(l->diags, D_CONFIG, e->type->span, "this version does not know the type `%s`",
		   name);
	near = nearest_type(l, name);
	if (near)
		diag_hint(l->diags, "did you mean `%s`?", near);
	else
		diag_hint(l->diags, "`cinfra types` lists what there is");
	return -1;
}

static void check_kind(struct loader *l, struct entry *e, const struct value *rest)
{
	const struct type *type = e->kind->type ? l->options->provider->type(e->kind->type) : NULL;
	const struct prop *rows = body_rows(l, e->kind);

	e->properties = body_check_properties(l, type, e->properties, CHECK_PARTIAL);
	body_check(l, e, merge_drop_nulls(l->arena, rows, rest), 0);
}

/* False when nothing can be made of it; an error was added. */
static bool fill_entry(struct loader *l, struct entry *e, const struct value *v)
{
	struct value *rest = NULL;

	common_take(l, e, v, &rest);
	if (e->kind) {
		check_kind(l, e, rest);
		return true;
	}
	if (check_resource_type(l, e) < 0)
		return false;
	check_resource(l, e, rest);
	return true;
}

static void add_entry(struct loader *l, const struct draft *f, const char *each_key,
		      const struct value *v)
{
	struct entry *e = arena_new_of(l->arena, struct entry);

	e->section = f->section;
	e->key = f->key;
	e->each_key = each_key;
	e->address = entry_address(l, f, each_key);
	e->span = f->span;
	e->kind = f->kind;
	if (!fill_entry(l, e, v)) {
		f->known->broken = true;
		return;
	}
	vec_push(l->arena, &l->stack->entries, e);
	map_set(l->stack->by_address, e->address, e);
	if (l->stack->entries.len <= LANG_MAX_ENTRIES)
		return;
	if (!l->full)
		diag_error(l->diags, D_CONFIG, f->span, "more than %d entries", LANG_MAX_ENTRIES);
	l->full = true;
}

/* --- when --- */

/* true, false, or one whole expression that gives one of them. */
static int read_when(struct loader *l, const struct value *v, bool *ret)
{
	const char *text = value_text(v);

	if (value_is(v, VALUE_BOOL) || str_eq(text, "true") || str_eq(text, "false")) {
		*ret = text ? text[0] == 't' : v->boolean;
		if (!(v->flags & VALUE_QUOTED))
			return 0;
	}
	if (value_is(v, VALUE_UNKNOWN)) {
		diag_error(l->diags, D_CONFIG, v->span,
			   "`when` must be known when the stack is read");
		return -1;
	}
	diag_error(l->diags, D_CONFIG, v->span, "`when` is true, false or one whole ${...}, got %s",
		   value_kind_name(v));
	if (text && (v->flags & VALUE_PLAIN))
		diag_hint(l->diags, "booleans are `true` and `false`");
	else if (text)
		diag_hint(l->diags, "write true or false without quotes");
	return -1;
}

static bool is_template(const struct value *v)
{
	return value_is(v, VALUE_EXPR) && v->expr->kind == EXPR_TEMPLATE;
}

static int evaluate_when(struct scope *s, const struct value *raw, bool *ret)
{
	struct loader *l = s->loader;
	struct value *v = NULL;

	*ret = true;
	if (!raw || yaml_is_null(raw))
		return 0;
	if (is_template(raw)) {
		diag_error(l->diags, D_CONFIG, raw->span,
			   "`when` is true, false or one whole ${...}");
		diag_hint(l->diags, "operators go inside: ${stage == 'prod'}");
		return -1;
	}
	if (scope_eval_known(s, raw, "`when`", &v) < 0)
		return -1;
	return read_when(l, value_at(l->arena, v, raw->span), ret);
}

/* --- for_each --- */

static void set_disabled(struct loader *l, struct known *k, const char *each_key)
{
	if (!each_key)
		k->disabled = true;
	else
		map_set(k->disabled_instances, arena_strdup(l->arena, each_key), k);
}

static void add_instance(struct loader *l, const struct draft *f, const char *each_key,
			 const struct value *each_value)
{
	struct scope scope = {
		.loader = l, .self_key = f->key, .each_key = each_key, .each_value = each_value
	};
	struct value *body = value_map(l->arena), *v = NULL;
	bool when;

	if (l->full)
		return;
	if (evaluate_when(&scope, value_get(f->body, "when"), &when) < 0) {
		f->known->broken = true;
		return;
	}
	if (!when) {
		set_disabled(l, f->known, each_key);
		return;
	}
	body->span = f->body->span;
	value_each_pair(f->body, p) {
		if (!str_eq(p->key, "when") && !str_eq(p->key, "for_each"))
			value_add_pair(l->arena, body, p->key, p->key_span, p->value);
	}
	scope_eval(&scope, body, &v);
	if (value_is(v, VALUE_MAP))
		add_entry(l, f, each_key, v);
}

static bool is_each_key(const char *key)
{
	size_t len = strlen(key);

	if (len == 0 || len > EACH_KEY_MAX)
		return false;
	for (; *key; key++)
		if (iscntrl((unsigned char)*key) || strchr("\"\\$", *key))
			return false;
	return true;
}

static void add_each(struct loader *l, const struct draft *f, const char *key,
		     const struct value *value, struct span at)
{
	if (!is_each_key(key)) {
		diag_error(l->diags, D_CONFIG, at, "this cannot be a key of `for_each`");
		diag_hint(l->diags,
			  "keys are texts of 1 to %d characters without quotes, backslashes or $",
			  EACH_KEY_MAX);
		f->known->broken = true;
	} else if (map_has(f->known->instances, key)) {
		diag_error(l->diags, D_CONFIG, at, "`for_each` has `%s` twice", key);
	} else {
		map_set(f->known->instances, key, f->known);
		add_instance(l, f, key, value);
	}
}

static int refuse_each(struct loader *l, const struct draft *f, const struct value *v)
{
	f->known->broken = true;
	if (value_is(v, VALUE_UNKNOWN))
		return diag_error(l->diags, D_CONFIG, v->span,
				  "`for_each` must be known when the stack is read");
	diag_error(l->diags, D_CONFIG, v->span, "`for_each` takes a list of texts or a map, got %s",
		   value_kind_name(v));
	diag_hint(l->diags, "write [a, b] or { a: 1, b: 2 }");
	return -1;
}

static void add_each_item(struct loader *l, const struct draft *f, const struct value *item)
{
	const char *text = value_is_scalar(item) ? value_scalar_text(l->arena, item) : NULL;

	if (text) {
		add_each(l, f, text, item, item->span);
		return;
	}
	f->known->broken = true;
	diag_error(l->diags, D_CONFIG, item->span, "`for_each` takes texts, got %s",
		   value_kind_name(item));
	if (value_is(item, VALUE_MAP))
		diag_hint(l->diags, "write a map: its keys name the entries, its values are "
				    "${each.value}");
}

static void expand_each(struct loader *l, const struct draft *f, const struct value *raw)
{
	struct scope scope = { .loader = l, .self_key = f->key };
	struct value *v = NULL;

	f->known->each = true;
	if (scope_eval_known(&scope, raw, "`for_each`", &v) < 0) {
		f->known->broken = true;
		return;
	}
	v = value_at(l->arena, v, raw->span);
	if (value_has_sensitive(v)) {
		f->known->broken = true;
		diag_error(l->diags, D_CONFIG, raw->span,
			   "a secret cannot be in `for_each`: its keys are part of addresses");
		return;
	}
	if (!value_is(v, VALUE_LIST) && !value_is(v, VALUE_MAP)) {
		refuse_each(l, f, v);
		return;
	}
	value_each_item(v, item)
		add_each_item(l, f, item);
	value_each_pair(v, p)
		add_each(l, f, p->key, p->value, p->key_span);
}

/* --- literal secrets --- */

static bool is_named_like_secret(const char *name)
{
	static const char *const secret[] = { "PASSWORD",  "PASSWD",	  "PASSPHRASE",
					      "SECRET",	   "TOKEN",	  "API_KEY",
					      "APIKEY",	   "PRIVATE_KEY", "ACCESS_KEY",
					      "CREDENTIAL" };
	static const char *const harmless[] = { "_ARN",	 "_NAME", "_ID",	"_URL",	 "_TABLE",
						"_PATH", "_TTL",  "_PARAMETER", "_FILE", "_TYPE" };
	size_t len = strlen(name);
	bool like = false;

	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		like |= strcasestr(name, secret[i]) != NULL;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		size_t end = strlen(harmless[i]);

		like &= !(len >= end && str_eq_fold(name + len - end, harmless[i]));
	}
	return like;
}

/* What stands there literally: a reference is none, wherever it leads. */
static void warn_of_secrets(struct loader *l, const struct value *body)
{
	value_each_pair(value_get(body, "environment"), p) {
		if (!value_text(p->value) || !p->value->string.len || yaml_is_null(p->value) ||
		    !is_named_like_secret(p->key))
			continue;
		diag_warning(l->diags, p->key_span,
			     "`%s` looks like a secret, and its value stands here", p->key);
		diag_hide_source(l->diags);
		diag_hint(l->diags, "declare a variable with `sensitive: true` and write "
				    "${var.NAME}");
	}
}

/* --- sections --- */

static struct known *add_known(struct loader *l, const char *section, const char *key)
{
	struct known *k = arena_new_of(l->arena, struct known);

	k->section = section;
	k->key = key;
	k->instances = map_new(l->arena);
	k->disabled_instances = map_new(l->arena);
	map_set(l->known, arena_printf(l->arena, "%s.%s", section, key), k);
	return k;
}

static void load_entry(struct loader *l, const struct kind *kind, const char *section,
		       const struct value_pair *p, const struct value *defaults)
{
	struct draft f = { kind, section, p->key, p->key_span, NULL, NULL };
	const struct value *each;

	f.known = add_known(l, section, p->key);
	if (loader_check_key(l, loader_article(l, kind ? kind->word : "resource"), p->key,
			     p->key_span) < 0 ||
	    value_is(p->value, VALUE_UNKNOWN)) {
		f.known->broken = true;
		return;
	}
	if (!value_is(p->value, VALUE_MAP)) {
		f.known->broken = true;
		diag_error(l->diags, D_CONFIG, p->value->span, "`%s.%s` must be a map, got %s",
			   section, p->key, value_kind_name(p->value));
		return;
	}
	f.body = merge_defaults(l->arena, defaults, p->value);
	warn_of_secrets(l, f.body);
	each = value_get(f.body, "for_each");
	if (each && !yaml_is_null(each))
		expand_each(l, &f, each);
	else
		add_instance(l, &f, NULL, NULL);
}

/* Defaults that no entry takes are checked on their own, so that a mistake is found at once. */
static void check_unused(struct loader *l, const struct kind *kind, const struct value *defaults)
{
	struct entry *e = arena_new_of(l->arena, struct entry);
	struct scope scope = {
		.loader = l, .self_key = "x", .each_key = "x", .each_value = value_unknown(l->arena)
	};
	struct value *v = NULL, *rest = NULL;

	*e = (struct entry){
		.section = kind->section, .key = "defaults", .kind = kind, .span = defaults->span
	};
	e->address = arena_printf(l->arena, "defaults.%s", kind->section);
	warn_of_secrets(l, defaults);
	if (scope_eval(&scope, defaults, &v) < 0)
		return;
	common_take(l, e, v, &rest);
	body_check(l, e, merge_drop_nulls(l->arena, body_rows(l, kind), rest), CHECK_PARTIAL);
}

static void load_section(struct loader *l, const struct kind *kind, const char *section)
{
	const struct value *map = loader_map(l, section);
	const struct value *defaults = value_get(value_get(l->top, "defaults"), section);

	if (!value_is(defaults, VALUE_MAP))
		defaults = NULL;
	value_each_pair(map, p)
		load_entry(l, kind, section, p, defaults);
	if (kind && defaults && !value_len(map))
		check_unused(l, kind, defaults);
}

/* --- defaults --- */

static void check_defaults(struct loader *l)
{
	value_each_pair(loader_map(l, "defaults"), p) {
		const struct kind *kind = l->options->provider->kind(p->key);

		if (!kind) {
			diag_error(l->diags, D_CONFIG, p->key_span, "there is no section `%s`",
				   p->key);
			diag_hint(l->diags, "`defaults` holds sections, and in them what their "
					    "entries share");
		} else if (!value_is(p->value, VALUE_MAP) && !value_is(p->value, VALUE_UNKNOWN)) {
			diag_error(l->diags, D_CONFIG, p->value->span,
				   "`defaults.%s` must be a map, got %s", p->key,
				   value_kind_name(p->value));
		} else if (value_get(p->value, "name")) {
			diag_error(l->diags, D_CONFIG, value_get(p->value, "name")->span,
				   "a default `name` would name all entries alike");
		} else if (!value_get(l->top, p->key)) {
			load_section(l, kind, p->key);
		}
	}
}

void entries_load(struct loader *l)
{
	check_defaults(l);
	value_each_pair(l->top, p) {
		const struct kind *kind = l->options->provider->kind(p->key);

		if (kind || str_eq(p->key, "resources"))
			load_section(l, kind, p->key);
	}
}
