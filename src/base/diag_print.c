/* How diagnostics look; the rest of diag.h is in diag.c. */
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/map.h"
#include "base/source.h"
#include "base/str.h"
#include "base/banned.h"

/* Columns of a source line that are shown; longer lines are cut around the place. */
enum { LINE_COLUMNS = 120, COLUMNS_BEFORE = 60 };

struct colors {
	const char *place, *error, *warning, *note, *caret, *off;
};

static const struct colors plain = { "", "", "", "", "", "" };
static const struct colors ansi = {
	.place = "\033[1m",
	.error = "\033[1;31m",
	.warning = "\033[1;35m",
	.note = "\033[1;36m",
	.caret = "\033[1;32m",
	.off = "\033[0m",
};

struct printer {
	struct str *out;
	const struct sources *sources;
	const struct colors *colors;
	bool strict;
};

/* Controls could steer the terminal, and bidirectional ones make text look like other text. */
static bool is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0x200e ||
	       point == 0x200f || (point >= 0x2028 && point <= 0x202e) ||
	       (point >= 0x2066 && point <= 0x2069);
}

/* Append the code point at `s` made harmless; returns its length, 1 for a byte that is not UTF-8. */
static size_t print_point(struct str *out, const char *s, size_t len)
{
	uint32_t point = 0;
	size_t n = str_code_point(s, len, &point);

	if (n && (point == '\t' || !is_control(point)))
		str_addn(out, s, n);
	else
		str_add(out, "\xef\xbf\xbd");
	return n ? n : 1;
}

static void print_text(struct str *out, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		size_t n = 1;

		if (*text == '\n')
			str_add(out, "\\n");
		else
			n = print_point(out, text, len);
		text += n;
		len -= n;
	}
}

/* A line and the part of it to show and to underline, in code points. */
struct excerpt {
	const char *text;
	size_t len; /* bytes */
	size_t count;
	size_t from, to;
	size_t caret, end;
};

static size_t point_len(const char *s, size_t len)
{
	uint32_t point;
	size_t n = str_code_point(s, len, &point);

	return n ? n : 1;
}

/* `begin` and `end`: the span's bytes within the line. */
static void measure(struct excerpt *x, size_t begin, size_t end)
{
	for (size_t i = 0; i < x->len; i += point_len(x->text + i, x->len - i)) {
		x->count++;
		x->caret += i < begin;
		x->end += i < end;
	}
	x->to = x->count;
	if (x->count <= LINE_COLUMNS)
		return;
	x->from = x->caret > COLUMNS_BEFORE ? x->caret - COLUMNS_BEFORE : 0;
	if (x->from > x->count - LINE_COLUMNS)
		x->from = x->count - LINE_COLUMNS;
	x->to = x->from + LINE_COLUMNS;
}

/* The first and the last column shown give way to a mark where the line is cut there. */
static bool is_cut(const struct excerpt *x, size_t column)
{
	return (column == x->from && x->from > 0) || (column + 1 == x->to && x->to < x->count);
}

static void print_line(struct str *out, const struct excerpt *x)
{
	size_t column = 0, n;

	for (size_t i = 0; i < x->len && column < x->to; i += n, column++) {
		n = point_len(x->text + i, x->len - i);
		if (column < x->from)
			continue;
		if (is_cut(x, column))
			str_add(out, "…");
		else
			print_point(out, x->text + i, n);
	}
	str_addc(out, '\n');
}

static void print_caret(struct str *out, const struct excerpt *x, const struct colors *colors)
{
	size_t column = 0, end = x->end < x->to ? x->end : x->to;

	for (size_t i = 0; i < x->len && column < x->caret; column++) {
		bool tab = x->text[i] == '\t' && !is_cut(x, column);

		if (column >= x->from)
			str_addc(out, tab ? '\t' : ' ');
		i += point_len(x->text + i, x->len - i);
	}
	str_add(out, colors->caret);
	str_addc(out, '^');
	while (++column < end)
		str_addc(out, '~');
	str_add(out, colors->off);
	str_addc(out, '\n');
}

static void print_excerpt(struct printer *p, struct span at, uint32_t line)
{
	struct excerpt x = { 0 };
	size_t begin = 0;

	x.text = source_line(p->sources, at.file, line, &x.len, &begin);
	if (!x.text)
		return;
	measure(&x, at.off - begin, (size_t)at.off + at.len - begin);
	str_addf(p->out, "%5u | ", line);
	print_line(p->out, &x);
	str_add(p->out, "      | ");
	print_caret(p->out, &x, p->colors);
}

static void print_label(struct printer *p, const char *label, const char *color)
{
	str_addf(p->out, "%s%s:%s ", color, label, p->colors->off);
}

/* "FILE:LINE:COLUMN: ", or nothing; returns the line, 0 without one. */
static uint32_t print_place(struct printer *p, struct span at)
{
	const struct source *source = source_get(p->sources, at.file);
	uint32_t line = 0, column = 0;

	if (!source)
		return 0;
	source_position(p->sources, at, &line, &column);
	str_add(p->out, p->colors->place);
	print_text(p->out, source->name);
	str_addf(p->out, ":%u:%u:%s ", line, column, p->colors->off);
	return line;
}

static void print_note(struct printer *p, const struct diag_note *note, bool hide_source)
{
	uint32_t line = print_place(p, note->span);

	print_label(p, "note", p->colors->note);
	print_text(p->out, note->text);
	str_addc(p->out, '\n');
	if (line && !hide_source)
		print_excerpt(p, note->span, line);
}

static void print_hint(struct printer *p, const struct diag_note *hint)
{
	str_add(p->out, "  ");
	print_label(p, "hint", p->colors->note);
	print_text(p->out, hint->text);
	str_addc(p->out, '\n');
}

static void print_diag(struct printer *p, const struct diag *diag)
{
	bool error = diag->level == LEVEL_ERROR || p->strict;
	uint32_t line = print_place(p, diag->span);

	print_label(p, error ? "error" : "warning", error ? p->colors->error : p->colors->warning);
	if (diag->context) {
		print_text(p->out, diag->context);
		str_add(p->out, ": ");
	}
	print_text(p->out, diag->message);
	str_addc(p->out, '\n');
	if (line && !diag->hide_source)
		print_excerpt(p, diag->span, line);
	for (const struct diag_note *note = diag->notes; note; note = note->next)
		print_note(p, note, diag->hide_source);
	for (const struct diag_note *hint = diag->hints; hint; hint = hint->next)
		print_hint(p, hint);
}

struct row {
	const struct diag *diag;
	size_t place; /* in order of insertion */
};

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *left = a, *right = b;
	int order = compare(left->diag->span.file, right->diag->span.file);

	if (!order)
		order = compare(left->diag->span.off, right->diag->span.off);
	return order ? order : compare(left->place, right->place);
}

static struct row *sorted_rows(struct arena *a, const struct diags *d)
{
	struct row *rows = arena_array(a, diags_len(d), sizeof(*rows));
	size_t n = 0;

	for (const struct diag *diag = diags_first(d); diag; diag = diag->next, n++)
		rows[n] = (struct row){ diag, n };
	if (n)
		qsort(rows, n, sizeof(*rows), compare_rows);
	return rows;
}

void diags_print(const struct diags *d, const struct sources *s, FILE *out, bool color, bool strict)
{
	_cleanup_arena_ struct arena *a = arena_new();
	_cleanup_str_ struct str text = STR_INIT;
	struct printer p = { &text, s, color ? &ansi : &plain, strict };
	struct row *rows = sorted_rows(a, d);
	struct map *printed = map_new(a);

	for (size_t i = 0; i < diags_len(d); i++) {
		char *copy;

		str_clear(&text);
		print_diag(&p, rows[i].diag);
		/* Equal is what looks equal. */
		if (map_has(printed, str_text(&text)))
			continue;
		copy = str_dup(&text, a);
		map_set(printed, copy, copy);
		fwrite(text.data, 1, text.len, out);
	}
}
