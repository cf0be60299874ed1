/* show.h - values as text for people, on one line. Private to src/plan.
 *
 * Whatever a value holds, its text is safe for a terminal: control characters, line ends and
 * characters that change the direction of text are escaped. */
#ifndef PLAN_SHOW_H
#define PLAN_SHOW_H

#include "model/schema.h"

#define SHOW_SENSITIVE "(sensitive value)"
#define SHOW_UNKNOWN "(known after apply)"

/* Printable, without quotes; line ends become "\n". */
char *show_plain(struct arena *a, const char *text, size_t len);
/* A key as it stands before a colon: quoted only where it must be. */
char *show_key(struct arena *a, const char *key);
/* Any value: "text", 30, ["a"], { A: 1 }. `row` says what is sensitive below; may be NULL. */
char *show_value(struct arena *a, const struct prop *row, const struct value *v);
/* At most `max` columns, the rest as an ellipsis. */
const char *show_clipped(struct arena *a, const char *text, size_t max, bool unicode);
/* Columns that a text takes, one a code point. */
size_t show_width(const char *text);

bool show_is_secret(const struct prop *row, const struct value *v);
/* The row of a member: an object's, a map's or a list's items; NULL where there is none. */
const struct prop *show_row(struct arena *a, const struct prop *row, const char *key);
/* JSON text as the document it is; other values, secrets among them, as they are. */
const struct value *show_document(struct arena *a, const struct prop *row, const struct value *v);
struct value *show_sorted(struct arena *a, const struct value *list);
/* A policy with what does not count removed: lists of one, order of actions. Others unchanged. */
const struct value *show_by_meaning(struct arena *a, const struct value *v);

#endif
