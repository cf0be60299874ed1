/* The functions on lists, maps and the world outside, and the table of all. */
#include <stdlib.h>
#include <string.h>

#include "model/expr_call.h"
#include "model/json.h"

#include "base/banned.h"

/* --- the world outside --- */

static struct value *run_env(const struct expr_call *c)
{
	const char *name = expr_arg_text(c, 0), *text;

	if (!name)
		return NULL;
	text = c->scope->env ? c->scope->env(c->scope->ctx, name) : getenv(name);
	if (!text && c->len > 1)
		return c->args[1];
	if (!text) {
		expr_call_failed(c, "the environment variable `%s` is not set", name);
		diag_hint(c->diags, "set it, or give a default: env(\"%s\", \"...\")", name);
		return NULL;
	}
	if (strlen(text) > EXPR_MAX_TEXT || !str_is_utf8(text, strlen(text)))
		return expr_call_failed(c, "the environment variable `%s` is too long or not UTF-8",
					name);
	return value_string(c->arena, text);
}

static struct value *run_file(const struct expr_call *c)
{
	const char *path = expr_arg_text(c, 0);
	char *text = NULL;

	if (!path)
		return NULL;
	if (!c->scope->file)
		return expr_call_failed(c, "no file can be read here");
	if (c->scope->file(c->scope->ctx, path, c->at, c->arena, &text, c->diags) < 0)
		return NULL;
	if (strlen(text) > EXPR_MAX_TEXT || !str_is_utf8(text, strlen(text)))
		return expr_call_failed(c, "`%s` has more than %d bytes or is not text in UTF-8",
					path, EXPR_MAX_TEXT);
	return value_string(c->arena, text);
}

static struct value *known_later(const struct expr_call *c, const char *text)
{
	return text ? value_string(c->arena, text) : value_unknown(c->arena);
}

static struct value *run_account(const struct expr_call *c)
{
	return known_later(c, c->scope->account);
}

static struct value *run_region(const struct expr_call *c)
{
	return known_later(c, c->scope->region);
}

static struct value *run_partition(const struct expr_call *c)
{
	return known_later(c, c->scope->partition);
}

/* --- JSON --- */

static struct value *run_jsonencode(const struct expr_call *c)
{
	_cleanup_str_ struct str out = { .max = EXPR_MAX_TEXT };

	json_write(&out, c->args[0], JSON_COMPACT, true);
	return expr_result_text(c, &out);
}

static struct value *run_jsondecode(const struct expr_call *c)
{
	const char *text = expr_arg_text(c, 0), *why;
	struct value *v = text ? json_parse(c->arena, text, strlen(text), &why) : NULL;

	if (text && !v)
		return expr_call_failed(c, "the text is not JSON: %s", why);
	return v;
}

/* --- lists and maps --- */

static struct value *run_length(const struct expr_call *c)
{
	const struct value *v = c->args[0];
	int64_t n = 0;

	if (value_is(v, VALUE_LIST) || value_is(v, VALUE_MAP))
		return value_int(c->arena, (int64_t)value_len(v));
	if (!value_text(v))
		return expr_arg_wrong(c, 0, "a list, a map or text");
	for (const char *s = value_text(v); *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return value_int(c->arena, n);
}

static struct value *run_lookup(const struct expr_call *c)
{
	const struct value *map = expr_arg_map(c, 0);
	const char *key = map ? expr_arg_text(c, 1) : NULL;
	struct value *v = key ? value_get(map, key) : NULL;

	return key && !v ? c->args[2] : v;
}

static struct value *run_merge(const struct expr_call *c)
{
	struct value *all = value_map(c->arena);

	for (size_t i = 0; i < c->len; i++) {
		const struct value *map = expr_arg_map(c, i);

		if (!map)
			return NULL;
		if (value_len(all) + value_len(map) > EXPR_MAX_ITEMS)
			return expr_call_failed(c, "more than %d keys", EXPR_MAX_ITEMS);
		value_merge(c->arena, all, map, false);
	}
	return all;
}

static struct value *run_concat(const struct expr_call *c)
{
	struct value *all = value_list(c->arena);

	for (size_t i = 0; i < c->len; i++) {
		const struct value *list = expr_arg_list(c, i);

		if (!list)
			return NULL;
		if (value_len(all) + value_len(list) > EXPR_MAX_ITEMS)
			return expr_call_failed(c, "more than %d items", EXPR_MAX_ITEMS);
		value_each_item(list, item)
			value_append(c->arena, all, item);
	}
	return all;
}

static int compare_key(const void *a, const void *b)
{
	return strcmp(((const struct value_pair *)a)->key, ((const struct value_pair *)b)->key);
}

/* In order of keys, as Terraform does it: lists of both go together. */
static struct value *sorted_members(const struct expr_call *c, bool keys)
{
	const struct value *map = expr_arg_map(c, 0);
	struct value *list = value_list(c->arena);
	size_t n = value_len(map);
	struct value_pair *pairs = arena_array(c->arena, n, sizeof(*pairs));

	if (!map)
		return NULL;
	if (n)
		memcpy(pairs, map->map.items, n * sizeof(*pairs));
	qsort(pairs, n, sizeof(*pairs), compare_key);
	for (size_t i = 0; i < n; i++)
		value_append(c->arena, list,
			     keys ? value_string(c->arena, pairs[i].key) : pairs[i].value);
	return list;
}

static struct value *run_keys(const struct expr_call *c)
{
	return sorted_members(c, true);
}

static struct value *run_values(const struct expr_call *c)
{
	return sorted_members(c, false);
}

static struct value *run_contains(const struct expr_call *c)
{
	const struct value *list = expr_arg_list(c, 0);
	const char *wanted = value_scalar_text(c->arena, c->args[1]);
	bool found = false;

	if (!list)
		return NULL;
	value_each_item(list, item) {
		const char *text = wanted ? value_scalar_text(c->arena, item) : NULL;

		found |= text ? strcmp(text, wanted) == 0 : value_equal(item, c->args[1]);
	}
	return value_bool(c->arena, found);
}

static struct value *extreme(const struct expr_call *c, int side)
{
	struct value *best = NULL;

	for (size_t i = 0; i < c->len; i++) {
		struct value *n = expr_arg_number(c, i);

		if (!n)
			return NULL;
		if (!best || value_compare(n, best) * side > 0)
			best = n;
	}
	return best;
}

static struct value *run_min(const struct expr_call *c)
{
	return extreme(c, -1);
}

static struct value *run_max(const struct expr_call *c)
{
	return extreme(c, 1);
}

/* --- the table --- */

/* clang-format off */
#define FN(n, lo, hi, run_, u, d) \
	{ .name = (n), .min_args = (lo), .max_args = (hi), .run = (run_), .usage = (u), .doc = (d) }
#define PASS(n, lo, hi, run_, u, d) \
	{ .name = (n), .min_args = (lo), .max_args = (hi), .run = (run_), .usage = (u), .doc = (d), \
	  .passes_on = true }

static const struct expr_function functions[] = {
	FN("account", 0, 0, run_account, "account()",
	   "The AWS account id of the credentials in use."),
	FN("base64", 1, 1, expr_base64, "base64(text)",
	   "The text's UTF-8 bytes in base64."),
	FN("base64decode", 1, 1, expr_base64decode, "base64decode(text)",
	   "The text that is encoded in base64; it must be UTF-8."),
	PASS("coalesce", 1, -1, NULL, "coalesce(value, ...)",
	   "The first argument that is neither null nor empty text."),
	PASS("concat", 1, -1, run_concat, "concat(list, ...)",
	   "All lists in one."),
	FN("contains", 2, 2, run_contains, "contains(list, value)",
	   "Whether the list holds the value."),
	FN("env", 1, 2, run_env, "env(name, default)",
	   "An environment variable of the process; without a default it must be set."),
	FN("file", 1, 1, run_file, "file(path)",
	   "The content of a text file, relative to the file that says so."),
	FN("format", 1, -1, expr_format, "format(format, value, ...)",
	   "Text made as by printf: %s %v %d %f %x %X %% with flags, width and precision."),
	PASS("if", 3, 3, NULL, "if(condition, then, else)",
	   "The second or the third argument; the other one is not evaluated."),
	FN("join", 2, 2, expr_join, "join(separator, list)",
	   "The list's items as one text."),
	FN("jsondecode", 1, 1, run_jsondecode, "jsondecode(text)",
	   "The value that the JSON text stands for."),
	FN("jsonencode", 1, 1, run_jsonencode, "jsonencode(value)",
	   "The value as JSON text without blanks."),
	PASS("keys", 1, 1, run_keys, "keys(map)",
	   "The map's keys, sorted."),
	PASS("length", 1, 1, run_length, "length(value)",
	   "The number of a list's items, a map's keys or a text's characters."),
	PASS("lookup", 3, 3, run_lookup, "lookup(map, key, default)",
	   "The map's value at the key, or the default."),
	FN("lower", 1, 1, expr_lower, "lower(text)",
	   "The text with A-Z in lower case."),
	FN("max", 1, -1, run_max, "max(number, ...)",
	   "The largest number."),
	PASS("merge", 1, -1, run_merge, "merge(map, ...)",
	   "All maps in one; of equal keys the last one's value holds."),
	FN("min", 1, -1, run_min, "min(number, ...)",
	   "The smallest number."),
	FN("partition", 0, 0, run_partition, "partition()",
	   "The AWS partition: aws, aws-cn or aws-us-gov."),
	FN("region", 0, 0, run_region, "region()",
	   "The AWS region in use."),
	FN("replace", 3, 3, expr_replace, "replace(text, from, to)",
	   "The text with every `from` replaced by `to`; no patterns."),
	FN("sha256", 1, 1, expr_sha256, "sha256(text)",
	   "The SHA-256 digest of the text's UTF-8 bytes, in hexadecimal."),
	FN("split", 2, 2, expr_split, "split(separator, text)",
	   "The parts of the text between the separators; an empty one gives its characters."),
	FN("trim", 1, 2, expr_trim, "trim(text, characters)",
	   "The text without the characters (blanks if none are given) at both ends."),
	FN("upper", 1, 1, expr_upper, "upper(text)",
	   "The text with a-z in upper case."),
	PASS("values", 1, 1, run_values, "values(map)",
	   "The map's values, in the order of its sorted keys."),
};
/* clang-format on */

enum { FUNCTIONS = sizeof(functions) / sizeof(functions[0]) };

const struct expr_function *expr_functions(size_t *ret_len)
{
	*ret_len = FUNCTIONS;
	return functions;
}

const struct expr_function *expr_function_find(const char *name)
{
	for (size_t i = 0; i < FUNCTIONS; i++)
		if (strcmp(functions[i].name, name) == 0)
			return &functions[i];
	return NULL;
}
