#include "cmd/types.h"

#include "model/expr.h"
#include "model/json.h"
#include "base/banned.h"

enum { DUMP_FORMAT = 1, MAX_DEPTH = 16 };

static const char *const names[] = {
	[PROP_STRING] = "string", [PROP_INT] = "integer", [PROP_DOUBLE] = "number",
	[PROP_BOOL] = "boolean",  [PROP_JSON] = "json",	  [PROP_OBJECT] = "object",
	[PROP_LIST] = "list",	  [PROP_MAP] = "map",	  [PROP_ANY] = "any",
};

/* clang-format off */
static const struct {
	unsigned flag;
	const char *name;
} flags[] = {
	{ P_REQUIRED, "required" }, { P_REPLACE, "replace" }, { P_COMPUTED, "computed" },
	{ P_WRITE_ONLY, "write_only" }, { P_SENSITIVE, "sensitive" }, { P_SET, "set" },
	{ P_TAGS, "tags" }, { P_NO_RESET, "no_reset" }, { P_FOLD, "fold" }, { P_KEYED, "keyed" },
	{ P_CREATE_DEFAULT, "create_default" }, { P_STATIC, "static" },
};
/* clang-format on */

const char *types_prop_type(struct arena *a, const struct prop *p)
{
	static const char *const words[] = {
		[PROP_STRING] = "text",	 [PROP_INT] = "whole number", [PROP_DOUBLE] = "number",
		[PROP_BOOL] = "boolean", [PROP_JSON] = "document",    [PROP_OBJECT] = "map",
		[PROP_LIST] = "list",	 [PROP_MAP] = "free map",     [PROP_ANY] = "",
	};

	if (p->type == PROP_LIST)
		return arena_printf(a, "list of %s", p->sub ? "maps" : words[p->item]);
	if (p->type == PROP_MAP)
		return arena_printf(a, "free map of %s", p->sub ? "maps" : words[p->item]);
	return words[p->type];
}

static void set_text(struct arena *a, struct value *v, const char *key, const char *text)
{
	if (text)
		value_set(a, v, key, value_string(a, text));
}

static struct value *texts(struct arena *a, const char *const *list)
{
	struct value *v = value_list(a);

	for (; list && *list; list++)
		value_append(a, v, value_string(a, *list));
	return v;
}

static struct value *flag_names(struct arena *a, unsigned set)
{
	struct value *v = value_list(a);

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (set & flags[i].flag)
			value_append(a, v, value_string(a, flags[i].name));
	return v;
}

static struct value *dump_rows(struct arena *a, const struct prop *rows, int depth);

static void dump_limits(struct arena *a, struct value *v, const struct prop *p)
{
	if (p->has_range) {
		value_set(a, v, "min", value_double(a, p->min));
		value_set(a, v, "max", value_double(a, p->max));
	}
	if (p->has_length) {
		value_set(a, v, "min_length", value_int(a, p->min_len));
		value_set(a, v, "max_length", value_int(a, p->max_len));
	}
	if (p->values)
		value_set(a, v, "values", texts(a, p->values));
}

static struct value *dump_row(struct arena *a, const struct prop *p, int depth)
{
	struct value *v = value_map(a);

	set_text(a, v, "name", p->name);
	set_text(a, v, "word", prop_snake(a, p));
	set_text(a, v, "type", names[p->type]);
	if (p->type == PROP_LIST || p->type == PROP_MAP)
		set_text(a, v, "item", p->sub ? names[PROP_OBJECT] : names[p->item]);
	value_set(a, v, "flags", flag_names(a, p->flags));
	if (p->def && *p->def)
		value_set(a, v, "default", prop_default(a, p));
	dump_limits(a, v, p);
	set_text(a, v, "pattern", p->pattern);
	set_text(a, v, "unit", p->unit);
	set_text(a, v, "stands_for", p->to);
	set_text(a, v, "key", p->key);
	set_text(a, v, "derive", p->derive);
	set_text(a, v, "doc", p->doc);
	if (p->sub && depth < MAX_DEPTH)
		value_set(a, v, "properties", dump_rows(a, p->sub, depth + 1));
	return v;
}

static struct value *dump_rows(struct arena *a, const struct prop *rows, int depth)
{
	struct value *v = value_list(a);

	for (const struct prop *p = rows; p && p->name; p++)
		value_append(a, v, dump_row(a, p, depth));
	return v;
}

static struct value *dump_left_out(struct arena *a, const struct type *t)
{
	struct value *v = value_map(a);

	for (const char *const(*pair)[2] = t->left_out; pair && (*pair)[0]; pair++)
		value_set(a, v, (*pair)[0], value_string(a, (*pair)[1]));
	return v;
}

static struct value *dump_differs(struct arena *a, const struct type *t)
{
	struct value *v = value_list(a);

	for (const char *const(*one)[3] = t->differs; one && (*one)[0]; one++) {
		struct value *m = value_map(a);

		set_text(a, m, "path", (*one)[0]);
		set_text(a, m, "what", (*one)[1]);
		set_text(a, m, "why", (*one)[2]);
		value_append(a, v, m);
	}
	return v;
}

struct value *types_dump_type(struct arena *a, const struct type *t)
{
	struct value *v = value_map(a);

	set_text(a, v, "name", t->name);
	set_text(a, v, "doc", t->doc);
	set_text(a, v, "id", t->id);
	set_text(a, v, "name_property", t->name_prop);
	set_text(a, v, "parent", t->parent);
	value_set(a, v, "holds_data", value_bool(a, t->flags & TYPE_HOLDS_DATA));
	value_set(a, v, "create_first", value_bool(a, t->flags & TYPE_CREATE_FIRST));
	value_set(a, v, "inside_parent", value_bool(a, t->flags & TYPE_INSIDE_PARENT));
	value_set(a, v, "properties", dump_rows(a, t->props, 0));
	value_set(a, v, "left_out", dump_left_out(a, t));
	value_set(a, v, "differs", dump_differs(a, t));
	return v;
}

static struct value *dump_verbs(struct arena *a, const struct verb *verbs)
{
	struct value *v = value_list(a);

	for (const struct verb *verb = verbs; verb && verb->name; verb++) {
		struct value *one = value_map(a);

		set_text(a, one, "name", verb->name);
		value_set(a, one, "actions", texts(a, verb->actions));
		value_set(a, one, "resources", texts(a, verb->resources));
		value_append(a, v, one);
	}
	return v;
}

struct value *types_dump_kind(struct arena *a, const struct kind *k)
{
	struct value *v = value_map(a);

	set_text(a, v, "section", k->section);
	set_text(a, v, "word", k->word);
	set_text(a, v, "type", k->type);
	set_text(a, v, "doc", k->doc);
	set_text(a, v, "example", k->example);
	value_set(a, v, "words", dump_rows(a, k->words, 0));
	value_set(a, v, "verbs", dump_verbs(a, k->verbs));
	return v;
}

static struct value *dump_functions(struct arena *a)
{
	struct value *v = value_list(a);
	size_t n;
	const struct expr_function *f = expr_functions(&n);

	for (size_t i = 0; i < n; i++) {
		struct value *one = value_map(a);

		set_text(a, one, "name", f[i].name);
		set_text(a, one, "usage", f[i].usage);
		set_text(a, one, "doc", f[i].doc);
		value_append(a, v, one);
	}
	return v;
}

struct value *types_dump(struct arena *a, const struct provider *p)
{
	struct value *v = value_map(a), *sections = value_list(a), *types = value_list(a);
	const struct kind *const *kinds;
	const struct type *const *all;
	size_t n;

	kinds = p->kinds(&n);
	for (size_t i = 0; i < n; i++)
		value_append(a, sections, types_dump_kind(a, kinds[i]));
	all = p->types(&n);
	for (size_t i = 0; i < n; i++)
		value_append(a, types, types_dump_type(a, all[i]));
	value_set(a, v, "format", value_int(a, DUMP_FORMAT));
	value_set(a, v, "sections", sections);
	value_set(a, v, "types", types);
	value_set(a, v, "functions", dump_functions(a));
	return v;
}
