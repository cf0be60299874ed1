#include "base/diag.h"

#include <stdarg.h>

#include "base/banned.h"

/* Printing is in diag_print.c. */

struct diags {
	struct arena *arena;
	struct diag *first, *last;
	size_t len, errors;
};

struct diags *diags_new(struct arena *a)
{
	struct diags *d = arena_new_of(a, struct diags);

	d->arena = a;
	return d;
}

static struct diag *append(struct diags *d, const struct diag *diag)
{
	struct diag *added = arena_new_of(d->arena, struct diag);

	*added = *diag;
	added->next = NULL;
	if (d->last)
		d->last->next = added;
	else
		d->first = added;
	d->last = added;
	d->len++;
	d->errors += added->level == LEVEL_ERROR;
	return added;
}

int diag_error(struct diags *d, enum diag_code code, struct span at, const char *fmt, ...)
{
	struct diag diag = { .level = LEVEL_ERROR, .code = code, .span = at };
	va_list ap;

	va_start(ap, fmt);
	diag.message = arena_vprintf(d->arena, fmt, ap);
	va_end(ap);
	append(d, &diag);
	return -1;
}

void diag_warning(struct diags *d, struct span at, const char *fmt, ...)
{
	struct diag diag = { .level = LEVEL_WARNING, .span = at };
	va_list ap;

	va_start(ap, fmt);
	diag.message = arena_vprintf(d->arena, fmt, ap);
	va_end(ap);
	append(d, &diag);
}

/* Takes the text as it is. */
static void append_note(struct arena *a, struct diag_note **list, struct span at, const char *text)
{
	struct diag_note *note = arena_new_of(a, struct diag_note);

	note->span = at;
	note->text = text;
	while (*list)
		list = &(*list)->next;
	*list = note;
}

void diag_hint(struct diags *d, const char *fmt, ...)
{
	va_list ap;

	if (!d->last)
		return;
	va_start(ap, fmt);
	append_note(d->arena, &d->last->hints, NO_SPAN, arena_vprintf(d->arena, fmt, ap));
	va_end(ap);
}

void diag_note(struct diags *d, struct span at, const char *fmt, ...)
{
	va_list ap;

	if (!d->last)
		return;
	va_start(ap, fmt);
	append_note(d->arena, &d->last->notes, at, arena_vprintf(d->arena, fmt, ap));
	va_end(ap);
}

void diag_hide_source(struct diags *d)
{
	if (d->last)
		d->last->hide_source = true;
}

void diag_wrap(struct diags *d, size_t mark, const char *fmt, ...)
{
	struct diag *diag = d->first;
	const char *what;
	va_list ap;

	if (mark >= d->len)
		return;
	va_start(ap, fmt);
	what = arena_vprintf(d->arena, fmt, ap);
	va_end(ap);
	for (; mark; mark--)
		diag = diag->next;
	for (; diag; diag = diag->next) {
		if (diag->level != LEVEL_ERROR)
			continue;
		diag->context = diag->context
					? arena_printf(d->arena, "%s: %s", what, diag->context)
					: what;
	}
}

static struct diag_note *copy_notes(struct arena *a, const struct diag_note *from)
{
	struct diag_note *first = NULL, **end = &first;

	for (; from; from = from->next) {
		append_note(a, end, from->span, arena_strdup(a, from->text));
		end = &(*end)->next;
	}
	return first;
}

void diags_merge(struct diags *to, const struct diags *from)
{
	const struct diag *diag = from->first;

	/* By count, so that merging into itself ends. */
	for (size_t n = from->len; n; n--, diag = diag->next) {
		struct diag copy = *diag;

		copy.message = arena_strdup(to->arena, diag->message);
		copy.context = arena_strdup(to->arena, diag->context);
		copy.hints = copy_notes(to->arena, diag->hints);
		copy.notes = copy_notes(to->arena, diag->notes);
		append(to, &copy);
	}
}

size_t diags_len(const struct diags *d)
{
	return d->len;
}

size_t diags_errors(const struct diags *d)
{
	return d->errors;
}

size_t diags_warnings(const struct diags *d)
{
	return d->len - d->errors;
}

const struct diag *diags_first(const struct diags *d)
{
	return d->first;
}

enum diag_code diags_code(const struct diags *d)
{
	const struct diag *diag = d->first;

	while (diag && diag->level != LEVEL_ERROR)
		diag = diag->next;
	return diag ? diag->code : D_NONE;
}
