#include "cmd/report.h"

#include <inttypes.h>
#include <string.h>

#include "model/json.h"
#include "base/banned.h"

static void spaces(FILE *out, int n)
{
	fprintf(out, "%*s", n, "");
}

/* Text that YAML would not read back as itself is written as JSON text, which it does. */
static bool is_plain(const char *text)
{
	static const char *const words[] = { "true", "false", "null", "~", "yes",
					     "no",   "on",    "off",  NULL };

	if (!*text || str_in(text, words) || strspn(text, "0123456789.+-eE_") == strlen(text))
		return false;
	if (strchr("-?:,[]{}#&*!|>'\"%@` ", *text) || text[strlen(text) - 1] == ' ')
		return false;
	return !strpbrk(text, "\n\t\r\"\\") && !strstr(text, ": ") && !strstr(text, " #") &&
	       text[strlen(text) - 1] != ':' && str_is_utf8(text, strlen(text));
}

static void print_scalar(FILE *out, const struct value *v)
{
	_cleanup_arena_ struct arena *scratch = arena_new();

	if (v->flags & (VALUE_SENSITIVE | VALUE_DIGEST))
		fputs("(sensitive)", out);
	else if (value_is(v, VALUE_STRING) && is_plain(v->string.text))
		fputs(v->string.text, out);
	else
		fputs(json_text(scratch, v, JSON_COMPACT), out);
}

static bool is_block(const struct value *v)
{
	return value_len(v) > 0 && !(v->flags & VALUE_SENSITIVE);
}

void print_value(FILE *out, const struct value *v, int indent)
{
	if (!is_block(v)) {
		print_scalar(out, v);
		fputc('\n', out);
		return;
	}
	value_each_pair(v, p) {
		spaces(out, indent);
		fprintf(out, "%s:%s", p->key, is_block(p->value) ? "\n" : " ");
		print_value(out, p->value, indent + 2);
	}
	for (size_t i = 0; value_is(v, VALUE_LIST) && i < v->list.len; i++) {
		const struct value *item = v->list.items[i];

		spaces(out, indent);
		fputs(is_block(item) ? "-\n" : "- ", out);
		print_value(out, item, indent + 2);
	}
}

void print_json(FILE *out, const struct value *v)
{
	_cleanup_str_ struct str text = STR_INIT;

	json_write(&text, v, JSON_PRETTY, false);
	fputs(str_text(&text), out);
	if (text.len && text.data[text.len - 1] != '\n')
		fputc('\n', out);
}

void print_json_line(FILE *out, const struct value *v)
{
	_cleanup_str_ struct str text = STR_INIT;

	json_write(&text, v, JSON_COMPACT, false);
	fprintf(out, "%s\n", str_text(&text));
}

void print_outputs(FILE *out, const struct value *outputs)
{
	value_each_pair(outputs, p) {
		const struct value *v = value_get(p->value, "value");

		fprintf(out, "%s = ", p->key);
		if (value_bool_or(value_get(p->value, "sensitive"), false))
			fputs("(sensitive)\n", out);
		else if (value_is(v, VALUE_LIST) || value_is(v, VALUE_MAP))
			print_json(out, v);
		else
			print_value(out, v, 0);
	}
}
