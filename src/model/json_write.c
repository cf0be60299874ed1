#include "model/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct writer {
	struct str *out;
	enum json_style style;
	bool reveal;
};

static void add_escape(struct str *out, unsigned char c)
{
	static const char *const names[] = {
		['"'] = "\\\"", ['\\'] = "\\\\", ['\b'] = "\\b", ['\f'] = "\\f",
		['\n'] = "\\n", ['\r'] = "\\r",	 ['\t'] = "\\t",
	};

	if (c < sizeof(names) / sizeof(names[0]) && names[c])
		str_add(out, names[c]);
	else if (c >= 0x80)
		str_add(out, "\\ufffd");
	else
		str_addf(out, "\\u%04x", c);
}

static void write_text(struct str *out, const char *text, size_t len)
{
	/* Bytes that are no UTF-8 must not make the document unreadable. */
	bool utf8 = str_is_utf8(text, len);
	size_t from = 0;

	str_addc(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 0x20 && c != '"' && c != '\\' && (c < 0x80 || utf8))
			continue;
		str_addn(out, text + from, i - from);
		add_escape(out, c);
		from = i + 1;
	}
	str_addn(out, text + from, len - from);
	str_addc(out, '"');
}

static void write_number(struct str *out, double d)
{
	char text[VALUE_NUMBER_MAX];

	str_add(out, isfinite(d) ? value_number_text(d, text) : "null");
}

static void line_break(const struct writer *w, int depth)
{
	if (w->style & JSON_PRETTY)
		str_addf(w->out, "\n%*s", 2 * depth, "");
}

static void write_value(const struct writer *w, const struct value *v, int depth);

static void write_list(const struct writer *w, const struct value *v, int depth)
{
	str_addc(w->out, '[');
	value_each_item(v, item) {
		if (item_i)
			str_addc(w->out, ',');
		line_break(w, depth + 1);
		write_value(w, item, depth + 1);
	}
	if (v->list.len)
		line_break(w, depth);
	str_addc(w->out, ']');
}

static int compare_key(const void *a, const void *b)
{
	return strcmp(((const struct value_pair *)a)->key, ((const struct value_pair *)b)->key);
}

static void write_pairs(const struct writer *w, const struct value_pair *pairs, size_t n, int depth)
{
	str_addc(w->out, '{');
	for (size_t i = 0; i < n; i++) {
		if (i)
			str_addc(w->out, ',');
		line_break(w, depth + 1);
		write_text(w->out, pairs[i].key, strlen(pairs[i].key));
		str_add(w->out, w->style & JSON_PRETTY ? ": " : ":");
		write_value(w, pairs[i].value, depth + 1);
	}
	if (n)
		line_break(w, depth);
	str_addc(w->out, '}');
}

static void write_map(const struct writer *w, const struct value *v, int depth)
{
	_cleanup_arena_ struct arena *scratch = NULL;
	struct value_pair *sorted;
	size_t n = v->map.len;

	if (!(w->style & JSON_SORTED) || n < 2) {
		write_pairs(w, v->map.items, n, depth);
		return;
	}
	scratch = arena_new();
	sorted = arena_array(scratch, n, sizeof(*sorted));
	memcpy(sorted, v->map.items, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_key);
	write_pairs(w, sorted, n, depth);
}

static void write_value(const struct writer *w, const struct value *v, int depth)
{
	if (v && (v->flags & VALUE_SENSITIVE) && !w->reveal) {
		str_add(w->out, "\"(sensitive)\"");
		return;
	}
	switch (v ? (enum value_kind)v->kind : VALUE_NULL) {
	case VALUE_BOOL:
		str_add(w->out, v->boolean ? "true" : "false");
		break;
	case VALUE_INT:
		str_addf(w->out, "%lld", (long long)v->integer);
		break;
	case VALUE_DOUBLE:
		write_number(w->out, v->number);
		break;
	case VALUE_STRING:
		write_text(w->out, v->string.text, v->string.len);
		break;
	case VALUE_LIST:
		write_list(w, v, depth);
		break;
	case VALUE_MAP:
		write_map(w, v, depth);
		break;
	default:
		str_add(w->out, "null");
	}
}

void json_write(struct str *out, const struct value *v, enum json_style style, bool reveal)
{
	write_value(&(struct writer){ out, style, reveal }, v, 0);
}

char *json_text(struct arena *a, const struct value *v, enum json_style style)
{
	_cleanup_str_ struct str out = STR_INIT;

	json_write(&out, v, style, true);
	return str_dup(&out, a);
}
