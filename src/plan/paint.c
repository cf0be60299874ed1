#include "plan/paint.h"

#include <stdarg.h>
#include <string.h>

#include "plan/show.h"

#include "base/banned.h"

enum {
	COLUMNS = 100, /* what fits on a line is not spread over several */
	ALIGNED = 40,  /* names up to this width are aligned */
};

void paint_text(struct painter *p, enum ink ink, const char *fmt, ...)
{
	static const char *const codes[] = { [INK_BOLD] = "1",
					     [INK_DIM] = "2",
					     [INK_GREEN] = "32",
					     [INK_RED] = "31",
					     [INK_YELLOW] = "33" };
	bool on = p->options->color && ink != INK_NONE;
	va_list ap;

	if (on)
		fprintf(p->out, "\033[%sm", codes[ink]);
	va_start(ap, fmt);
	vfprintf(p->out, fmt, ap);
	va_end(ap);
	if (on)
		fputs("\033[0m", p->out);
}

void paint_comment(struct painter *p, int indent, const char *text)
{
	fprintf(p->out, "%*s", indent, "");
	paint_text(p, INK_DIM, "# %s", text);
	fputc('\n', p->out);
}

enum ink ink_of(char sign)
{
	if (sign == '+')
		return INK_GREEN;
	if (sign == '-' || sign == '!')
		return INK_RED;
	return sign == '~' ? INK_YELLOW : INK_NONE;
}

size_t paint_align(size_t widest, size_t width)
{
	return width <= ALIGNED && width > widest ? width : widest;
}

/* --- single lines --- */

static char *label_text(struct painter *p, const struct label *l)
{
	size_t width;

	if (!l->name)
		return arena_strdup(p->a, "");
	width = show_width(l->name);
	return arena_printf(p->a, "%s: %*s", l->name,
			    (int)(l->width > width ? l->width - width : 0), "");
}

void paint_line(struct painter *p, const struct label *l, char sign, const char *text)
{
	fprintf(p->out, "%*s", l->indent, "");
	paint_text(p, ink_of(sign), "%c", sign);
	if (*text)
		fprintf(p->out, " %s%s", label_text(p, l), text);
	else
		fprintf(p->out, " %s:", l->name ? l->name : "");
	if (l->comment)
		paint_text(p, INK_DIM, "  # %s", l->comment);
	fputc('\n', p->out);
}

void paint_end(struct painter *p, const struct label *l, const char *bracket)
{
	fprintf(p->out, "%*s%s\n", l->indent + 2, "", bracket);
}

bool paint_fits(struct painter *p, const struct label *l, const char *text)
{
	return (size_t)l->indent + 2 + show_width(label_text(p, l)) + show_width(text) <= COLUMNS;
}

struct label label_inside(const struct label *l, const char *name, size_t width)
{
	return (struct label){ l->indent + PAINT_STEP, name, width, NULL };
}

/* --- a value that came or goes --- */

size_t paint_keys_width(struct painter *p, const struct value *map)
{
	size_t width = 0;

	value_each_pair(map, pair)
		width = paint_align(width, show_width(show_key(p->a, pair->key)));
	return width;
}

bool paint_is_block(const struct value *v)
{
	const char *text = value_text(v), *end = text ? strchr(text, '\n') : NULL;

	return end && end[1];
}

const char *paint_next_line(const char *text, size_t *ret_len)
{
	*ret_len = strcspn(text, "\n");
	return text[*ret_len] ? text + *ret_len + 1 : text + *ret_len;
}

static void paint_block(struct painter *p, const struct label *l, char sign, const char *text)
{
	struct label line = label_inside(l, NULL, 0);
	size_t len;

	paint_line(p, l, sign, "|");
	while (*text) {
		const char *start = text;

		text = paint_next_line(text, &len);
		paint_line(p, &line, sign, show_plain(p->a, start, len));
	}
}

static void paint_members(struct painter *p, const struct label *l, char sign,
			  const struct prop *row, const struct value *v)
{
	bool is_map = value_is(v, VALUE_MAP);
	size_t width = paint_keys_width(p, v);

	paint_line(p, l, sign, is_map ? "{" : "[");
	value_each_pair(v, pair) {
		struct label one = label_inside(l, show_key(p->a, pair->key), width);

		paint_value(p, &one, sign, show_row(p->a, row, pair->key), pair->value);
	}
	value_each_item(v, item) {
		struct label one = label_inside(l, NULL, 0);

		paint_value(p, &one, sign, show_row(p->a, row, ""), item);
	}
	paint_end(p, l, is_map ? "}" : "]");
}

void paint_value(struct painter *p, const struct label *l, char sign, const struct prop *row,
		 const struct value *v)
{
	const struct value *shown = show_document(p->a, row, v);
	const char *text = show_value(p->a, row, shown);
	bool secret = show_is_secret(row, v);

	if (!secret && paint_is_block(shown))
		paint_block(p, l, sign, value_text(shown));
	else if (!secret && value_len(shown) && !paint_fits(p, l, text))
		paint_members(p, l, sign, row, shown);
	else
		paint_line(p, l, sign, text);
}
