#include "lang/json_schema.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "lang/loader.h"
#include "lang/words.h"
#include "base/banned.h"

struct maker {
	struct arena *arena;
	bool snake;    /* keys in snake_case, or CloudFormation's */
	bool required; /* what is required stands here and nowhere else */
};

static struct value *row_schema(const struct maker *m, const struct prop *p);
static struct value *rows_schema(const struct maker *m, const struct prop *rows);

/* --- building --- */

static struct value *text(const struct maker *m, const char *s)
{
	return value_string(m->arena, s);
}

static void set(const struct maker *m, struct value *map, const char *key, struct value *v)
{
	if (v)
		value_set(m->arena, map, key, v);
}

/* {key: value}, the value a text. */
static struct value *object(const struct maker *m, const char *key, const char *s)
{
	struct value *map = value_map(m->arena);

	set(m, map, key, text(m, s));
	return map;
}

static struct value *typed(const struct maker *m, const char *type)
{
	return object(m, "type", type);
}

static struct value *reference(const struct maker *m, const char *definition)
{
	return object(m, "$ref", arena_printf(m->arena, "#/definitions/%s", definition));
}

static struct value *pattern(const struct maker *m, const char *regex)
{
	struct value *map = typed(m, "string");

	set(m, map, "pattern", text(m, regex));
	return map;
}

/* One of `first`, `second` (may be NULL), an expression, or null. */
static struct value *any_of(const struct maker *m, struct value *first, struct value *second)
{
	struct value *list = value_list(m->arena), *map = value_map(m->arena);

	value_append(m->arena, list, first);
	if (second)
		value_append(m->arena, list, second);
	value_append(m->arena, list, reference(m, "expression"));
	set(m, map, "anyOf", list);
	return map;
}

/* --- texts --- */

/* TRIM_HORIZON and TrimHorizon as trim-horizon. */
static char *kebab(struct arena *a, const char *value)
{
	_cleanup_str_ struct str out = STR_INIT;

	for (const char *c = value; *c; c++) {
		if (c > value && isupper((unsigned char)*c) && islower((unsigned char)c[-1]))
			str_addc(&out, '-');
		str_addc(&out, *c == '_' ? '-' : (char)tolower((unsigned char)*c));
	}
	return str_dup(&out, a);
}

static bool is_listed(const struct value *list, const char *s)
{
	value_each_item(list, item) {
		if (str_eq(value_text(item), s))
			return true;
	}
	return false;
}

/* What editors offer: the value as people write it, and as AWS does. */
static struct value *offered(const struct maker *m, const struct prop *p)
{
	struct value *list = value_list(m->arena), *map = value_map(m->arena);

	for (size_t i = 0; p->values[i]; i++) {
		const char *easy = kebab(m->arena, p->values[i]);

		if (m->snake && !is_listed(list, easy))
			value_append(m->arena, list, text(m, easy));
		if (!is_listed(list, p->values[i]))
			value_append(m->arena, list, text(m, p->values[i]));
	}
	set(m, map, "enum", list);
	return map;
}

static void add_folded(struct str *out, const char *value)
{
	for (const char *c = value; *c; c++) {
		unsigned char l = (unsigned char)*c;

		if (*c == '-' || *c == '_')
			continue;
		if (c > value)
			str_add(out, "[-_]?");
		if (isalpha(l))
			str_addf(out, "[%c%c]", toupper(l), tolower(l));
		else if (isdigit(l))
			str_addc(out, *c);
		else
			str_addf(out, "[%s%c]", *c == '^' || *c == ']' || *c == '\\' ? "\\" : "",
				 *c);
	}
}

/* The same in any case, with or without - and _. */
static struct value *folded(const struct maker *m, const struct prop *p)
{
	_cleanup_str_ struct str out = STR_INIT;

	str_add(&out, "^(?:");
	for (size_t i = 0; p->values[i]; i++) {
		str_add(&out, i ? "|" : "");
		add_folded(&out, p->values[i]);
	}
	str_add(&out, ")$");
	return pattern(m, str_text(&out));
}

/* Where text is wanted, numbers and booleans are text too. */
static struct value *any_text(const struct maker *m, const struct prop *p)
{
	struct value *types = value_list(m->arena), *map = value_map(m->arena);

	value_append(m->arena, types, text(m, "string"));
	value_append(m->arena, types, text(m, "number"));
	value_append(m->arena, types, text(m, "boolean"));
	set(m, map, "type", types);
	/* POSIX classes are nothing to ECMA's regular expressions. */
	if (p->pattern && !strstr(p->pattern, "[:"))
		set(m, map, "pattern", text(m, arena_printf(m->arena, "^(?:%s)$", p->pattern)));
	if (p->has_length) {
		set(m, map, "minLength", value_int(m->arena, p->min_len));
		set(m, map, "maxLength", value_int(m->arena, p->max_len));
	}
	return map;
}

static struct value *text_schema(const struct maker *m, const struct prop *p)
{
	if (p->values)
		return any_of(m, offered(m, p), folded(m, p));
	return any_of(m, any_text(m, p), NULL);
}

/* --- numbers --- */

static const char *unit_names(const char *unit)
{
	if (str_in(unit, (const char *const[]){ "ms", "s", "m", "h", "d", "w", NULL }))
		return "ms|s|m|h|d|w";
	if (str_in(unit, (const char *const[]){ "MB", "GB", NULL }))
		return "MB|GB";
	return unit[0] == '/' ? "/s|/m" : unit;
}

static struct value *with_unit(const struct maker *m, const struct prop *p)
{
	if (!p->unit)
		return NULL;
	return pattern(m, arena_printf(m->arena, "^(?:0|[1-9][0-9]*)(?:%s)$", unit_names(p->unit)));
}

static struct value *number_schema(const struct maker *m, const struct prop *p)
{
	struct value *number = typed(m, p->type == PROP_INT ? "integer" : "number");

	if (p->has_range && p->type == PROP_INT) {
		set(m, number, "minimum", value_int(m->arena, (int64_t)p->min));
		set(m, number, "maximum", value_int(m->arena, (int64_t)p->max));
	} else if (p->has_range) {
		set(m, number, "minimum", value_double(m->arena, p->min));
		set(m, number, "maximum", value_double(m->arena, p->max));
	}
	return any_of(m, number, with_unit(m, p));
}

/* --- lists and maps --- */

static struct prop item_row(const struct prop *p)
{
	struct prop item = *p;

	item.type = p->item;
	item.item = PROP_STRING;
	item.has_length = false;
	item.doc = item.def = NULL;
	return item;
}

static struct value *list_schema(const struct maker *m, const struct prop *p)
{
	struct maker inside = *m;
	struct prop item = item_row(p);
	struct value *list = typed(m, "array");

	inside.required = true;
	set(m, list, "items", row_schema(&inside, &item));
	if (p->has_length) {
		set(m, list, "minItems", value_int(m->arena, p->min_len));
		set(m, list, "maxItems", value_int(m->arena, p->max_len));
	}
	/* One item may stand bare; a second copy of a large one would double with every level. */
	if (item.type == PROP_OBJECT || item.type == PROP_LIST || item.type == PROP_MAP)
		return any_of(m, list, typed(m, "object"));
	return any_of(m, list, row_schema(&inside, &item));
}

static struct value *map_schema(const struct maker *m, const struct prop *p)
{
	struct prop item = item_row(p);
	struct value *map = typed(m, "object");

	set(m, map, "additionalProperties", row_schema(m, &item));
	return any_of(m, map, NULL);
}

/* --- rows --- */

static struct value *shape_schema(const struct maker *m, const struct prop *p)
{
	switch (p->type) {
	case PROP_STRING:
		return text_schema(m, p);
	case PROP_INT:
	case PROP_DOUBLE:
		return number_schema(m, p);
	case PROP_BOOL:
		return any_of(m, typed(m, "boolean"), NULL);
	case PROP_OBJECT:
		return any_of(m, p->sub ? rows_schema(m, p->sub) : typed(m, "object"), NULL);
	case PROP_LIST:
		return list_schema(m, p);
	case PROP_MAP:
		return map_schema(m, p);
	case PROP_JSON:
	case PROP_ANY:
		break;
	}
	return value_map(m->arena);
}

static struct value *row_schema(const struct maker *m, const struct prop *p)
{
	struct value *schema = shape_schema(m, p);

	if (p->doc)
		set(m, schema, "description", text(m, p->doc));
	set(m, schema, "default", prop_default(m->arena, p));
	return schema;
}

static void add_rows(const struct maker *m, const struct prop *rows, struct value *properties)
{
	for (const struct prop *p = rows; p && p->name; p++)
		if (!(p->flags & P_COMPUTED))
			set(m, properties, m->snake ? prop_snake(m->arena, p) : p->name,
			    row_schema(m, p));
}

static struct value *required_names(const struct maker *m, const struct prop *rows)
{
	struct value *list = value_list(m->arena);

	for (const struct prop *p = rows; m->required && p->name; p++)
		if ((p->flags & P_REQUIRED) && !(p->flags & P_COMPUTED))
			value_append(m->arena, list,
				     text(m, m->snake ? prop_snake(m->arena, p) : p->name));
	return value_len(list) ? list : NULL;
}

static struct value *closed(const struct maker *m, struct value *properties)
{
	struct value *schema = typed(m, "object");

	set(m, schema, "properties", properties);
	set(m, schema, "additionalProperties", value_bool(m->arena, false));
	return schema;
}

static struct value *rows_schema(const struct maker *m, const struct prop *rows)
{
	struct value *properties = value_map(m->arena), *schema = closed(m, properties);

	add_rows(m, rows, properties);
	set(m, schema, "required", required_names(m, rows));
	return schema;
}

/* --- sections --- */

static struct value *map_of(const struct maker *m, struct value *item, const char *doc)
{
	struct value *schema = typed(m, "object");

	set(m, schema, "additionalProperties", item);
	if (doc)
		set(m, schema, "description", text(m, doc));
	return schema;
}

static struct value *kind_schema(const struct maker *m, struct loader *l, const struct kind *kind)
{
	struct value *properties = value_map(m->arena), *schema = closed(m, properties);
	struct value *types = value_list(m->arena);

	/* `orders:` with nothing behind it is an entry too. */
	value_append(m->arena, types, text(m, "object"));
	value_append(m->arena, types, text(m, "null"));
	set(m, schema, "type", types);
	add_rows(m, body_rows(l, kind), properties);
	add_rows(m, words_entry, properties);
	if (kind->doc)
		set(m, schema, "description", text(m, kind->doc));
	return schema;
}

static void add_kinds(const struct maker *m, struct loader *l, struct value *properties,
		      struct value *defaults, struct value *definitions)
{
	size_t n = 0;
	const struct kind *const *kinds = l->options->provider->kinds(&n);

	for (size_t i = 0; i < n; i++) {
		const char *section = kinds[i]->section;

		set(m, definitions, section, kind_schema(m, l, kinds[i]));
		set(m, properties, section, map_of(m, reference(m, section), kinds[i]->doc));
		set(m, defaults, section, reference(m, section));
	}
}

/* --- resources --- */

/* {if: {properties: {type: {const: T}}}, then: {properties: {properties: T's}}} */
static struct value *type_case(const struct maker *m, const char *type)
{
	struct value *out = value_map(m->arena), *condition = value_map(m->arena);
	struct value *then = value_map(m->arena), *inner = value_map(m->arena);

	set(m, inner, "type", object(m, "const", type));
	set(m, condition, "properties", inner);
	set(m, out, "if", condition);
	inner = value_map(m->arena);
	set(m, inner, "properties", reference(m, type));
	set(m, then, "properties", inner);
	set(m, out, "then", then);
	return out;
}

static void add_resources(const struct maker *m, struct loader *l, struct value *properties,
			  struct value *definitions)
{
	struct maker cfn = { m->arena, false, true };
	struct value *words = value_map(m->arena), *entry = closed(m, words);
	struct value *names = value_list(m->arena), *cases = value_list(m->arena);
	struct value *type = value_map(m->arena);
	size_t n = 0;
	const struct type *const *types = l->options->provider->types(&n);

	for (size_t i = 0; i < n; i++) {
		set(m, definitions, types[i]->name, rows_schema(&cfn, types[i]->props));
		value_append(m->arena, names, text(m, types[i]->name));
		value_append(m->arena, cases, type_case(m, types[i]->name));
	}
	add_rows(m, words_entry, words);
	set(m, type, "enum", names);
	set(m, words, "type", type);
	set(m, entry, "allOf", cases);
	names = value_list(m->arena);
	value_append(m->arena, names, text(m, "type"));
	set(m, entry, "required", names);
	set(m, definitions, "resource", entry);
	set(m, properties, "resources", map_of(m, reference(m, "resource"), NULL));
}

/* --- the other keys of the top level --- */

/* A variable is its default, or a description of it. */
static struct value *variable_schema(const struct maker *m)
{
	struct value *list = value_list(m->arena), *map = value_map(m->arena);
	static const char *const types[] = { "string", "number", "boolean", "array", "null" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		value_append(m->arena, list, typed(m, types[i]));
	value_append(m->arena, list, rows_schema(m, words_variable));
	set(m, map, "anyOf", list);
	return map;
}

static void describe(const struct maker *m, struct value *properties)
{
	for (const struct top_word *w = words_top; w->name; w++) {
		struct value *schema = value_get(properties, w->name);

		if (schema)
			set(m, schema, "description", text(m, w->doc));
	}
}

static void add_top_words(const struct maker *m, struct value *properties)
{
	struct value *any = value_map(m->arena);

	set(m, properties, "stack", pattern(m, "^[A-Za-z](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?$"));
	set(m, properties, "stage", typed(m, "string"));
	set(m, properties, "variables", map_of(m, variable_schema(m), NULL));
	set(m, properties, "aws", rows_schema(m, words_aws));
	set(m, properties, "state", rows_schema(m, words_state));
	set(m, properties, "packages", rows_schema(m, words_packages));
	set(m, properties, "random",
	    map_of(m, any_of(m, rows_schema(m, words_random), NULL), NULL));
	set(m, properties, "overrides", map_of(m, typed(m, "object"), NULL));
	set(m, properties, "outputs", map_of(m, any, NULL));
}

static struct value *expression_schema(const struct maker *m)
{
	struct value *list = value_list(m->arena), *map = value_map(m->arena);

	value_append(m->arena, list, pattern(m, "\\$\\{"));
	value_append(m->arena, list, typed(m, "null"));
	set(m, map, "anyOf", list);
	set(m, map, "description",
	    text(m, "A text with ${...}, or null, which removes a default."));
	return map;
}

struct value *lang_json_schema(struct arena *a, const struct provider *p)
{
	struct maker m = { a, true, false };
	struct maker whole = { a, true, true };
	struct lang_options options = { .provider = p };
	struct loader l = { .arena = a, .options = &options, .rows = map_new(a) };
	struct value *schema = object(&m, "$schema", "http://json-schema.org/draft-07/schema#");
	struct value *properties = value_map(a), *defaults = value_map(a);
	struct value *definitions = value_map(a), *required = value_list(a);
	struct value *extensions = value_map(a);

	set(&m, definitions, "expression", expression_schema(&m));
	add_top_words(&whole, properties);
	add_kinds(&m, &l, properties, defaults, definitions);
	add_resources(&m, &l, properties, definitions);
	set(&m, properties, "defaults", closed(&m, defaults));
	describe(&m, properties);
	value_append(a, required, text(&m, "stack"));
	set(&m, extensions, "^x-", value_map(a));
	set(&m, schema, "title", text(&m, "cinfra stack"));
	set(&m, schema, "type", text(&m, "object"));
	set(&m, schema, "required", required);
	set(&m, schema, "properties", properties);
	set(&m, schema, "patternProperties", extensions);
	set(&m, schema, "additionalProperties", value_bool(a, false));
	set(&m, schema, "definitions", definitions);
	return schema;
}
