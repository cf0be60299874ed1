/* schema_rows.h - what the checks share: the state of one check, and rows of items. */
#ifndef MODEL_SCHEMA_ROWS_H
#define MODEL_SCHEMA_ROWS_H

#include "model/schema.h"

struct check {
	struct arena *arena;
	unsigned flags; /* enum check_flags */
	struct diags *diags;
};

/* The row of a LIST's or MAP's items: what it says about the texts and numbers in it. */
struct prop prop_item_row(const struct prop *p);
/* The row's name as the stack spells it here. */
const char *check_name(const struct check *c, const struct prop *p);
/* Add an error at a value of a row. Never put the value's text into the message: give it to
 * check_shown, which hides secrets. Always -1. */
int check_error(const struct check *c, const struct prop *p, const struct value *v, const char *fmt,
		...) __attribute__((format(printf, 4, 5)));
/* ", got <value>" for the end of a message; shortened, and "" for a secret. */
const char *check_got(const struct check *c, const struct prop *p, const struct value *v);
bool check_secret(const struct prop *p, const struct value *v);

/* Scalars (schema_scalar.c). *ret is a new value of the row's type. */
int check_scalar(const struct check *c, const struct prop *p, const struct value *v,
		 struct value **ret);
/* Numbers with units (schema_number.c). */
int check_number(const struct check *c, const struct prop *p, const struct value *v,
		 struct value **ret);
/* Length of a text in characters, or of a list or map in items. */
int check_length(const struct check *c, const struct prop *p, const struct value *v, size_t len);
/* The same value with other content: place and sensitivity stay. */
struct value *check_as(const struct check *c, const struct value *v, struct value *content);

/* Does the whole text match the POSIX ERE? 1 or 0; -1 when the pattern itself is wrong or asks
 * for too much. Compiled patterns are kept; safe from any thread. */
int pattern_match(const char *pattern, const char *text);
/* What a pattern allows, in words: "letters, digits, `_` and `-`"; NULL when it is not simple. */
const char *pattern_words(struct arena *a, const char *pattern);
/* The first character of `text` that a simple pattern does not allow; NULL: none, or not simple. */
const char *pattern_stray(const char *pattern, const char *text);

#endif
