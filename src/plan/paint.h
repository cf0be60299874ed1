/* paint.h - values and their differences as indented lines. Private to src/plan.
 *
 *     ~ MemorySize:   128 → 256
 *     + Tags["team"]: "shop"
 *     ~ Statement: [
 *         - { Effect: "Deny", ... }
 *         # 3 unchanged
 *       ]
 */
#ifndef PLAN_PAINT_H
#define PLAN_PAINT_H

#include <stdio.h>

#include "plan/render.h"

enum ink { INK_NONE, INK_BOLD, INK_DIM, INK_GREEN, INK_RED, INK_YELLOW };

struct painter {
	FILE *out;
	struct arena *a;
	const struct render_options *options;
};

/* What one line, or a block of lines, is about. */
struct label {
	int indent;	     /* columns before the sign */
	const char *name;    /* NULL: an item of a list */
	size_t width;	     /* of the names around it: values are aligned */
	const char *comment; /* at the end of its (first) line; NULL: none */
};

enum { PAINT_STEP = 4 }; /* indent of what is inside */

void paint_text(struct painter *p, enum ink ink, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
enum ink ink_of(char sign);
/* A value that came ('+') or goes ('-'). */
void paint_value(struct painter *p, const struct label *l, char sign, const struct prop *row,
		 const struct value *v);
/* What `before` becomes. Neither is NULL. */
void paint_change(struct painter *p, const struct label *l, const struct prop *row,
		  const struct value *before, const struct value *after);
/* "# text" on a line of its own. */
void paint_comment(struct painter *p, int indent, const char *text);
/* Columns that names of this width are aligned to; long ones stand out instead. */
size_t paint_align(size_t widest, size_t width);

/* Shared by paint.c and paint_change.c. */
void paint_line(struct painter *p, const struct label *l, char sign, const char *text);
void paint_end(struct painter *p, const struct label *l, const char *bracket);
bool paint_fits(struct painter *p, const struct label *l, const char *text);
struct label label_inside(const struct label *l, const char *name, size_t width);
size_t paint_keys_width(struct painter *p, const struct value *map);
bool paint_is_block(const struct value *v); /* text of several lines */
/* The rest after the line that `text` begins with. */
const char *paint_next_line(const char *text, size_t *ret_len);

#endif
