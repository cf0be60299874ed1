/* str.h - a growing byte buffer with a named limit, and helpers on C strings.
 *
 * `data` is always NUL-terminated once something was appended; bytes may hold NULs.
 * Appending past `max` sets `overflow` and drops the bytes: check once at the end.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum { STR_MAX_DEFAULT = 256 * 1024 * 1024 };

struct str {
	char *data;
	size_t len, cap;
	size_t max; /* 0: STR_MAX_DEFAULT */
	bool overflow;
};

#define STR_INIT                                                                                   \
	{                                                                                          \
		0                                                                                  \
	}
#define _cleanup_str_ __attribute__((cleanup(str_free)))

void str_free(struct str *s);  /* release memory, back to STR_INIT */
void str_wipe(struct str *s);  /* overwrite with zeros, then free: for secrets */
void str_clear(struct str *s); /* length 0, keep memory */
void str_add(struct str *s, const char *text);
void str_addn(struct str *s, const void *bytes, size_t n);
void str_addc(struct str *s, char c);
void str_addf(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_vaddf(struct str *s, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
/* The text, "" when nothing was appended; lives until the next append. */
const char *str_text(const struct str *s);
/* A NUL-terminated copy in the arena. */
char *str_dup(const struct str *s, struct arena *a);

bool str_eq(const char *a, const char *b);	    /* NULL equals only NULL */
bool str_eq_fold(const char *a, const char *b);	    /* ASCII case ignored */
bool str_starts(const char *s, const char *prefix); /* NULL s: false */
bool str_ends(const char *s, const char *suffix);
bool str_in(const char *s, const char *const *list); /* list ends with NULL */
/* Parse a whole decimal integer: no blanks, no leading '+', range checked. */
bool str_to_int64(const char *s, int64_t *ret);
/* Valid UTF-8 without NUL, overlong forms or surrogates. */
bool str_is_utf8(const char *s, size_t len);
/* Decode the code point at the beginning of `s`; returns its bytes, 0 when they are not UTF-8. */
size_t str_code_point(const char *s, size_t len, uint32_t *ret);
/* Edits (insert, delete, replace, swap) between two words; for "did you mean". */
size_t str_distance(const char *a, const char *b);
/* The nearest of `n` candidates if near enough to suggest, else NULL. */
const char *str_nearest(const char *word, const char *const *candidates, size_t n);
/* `*` and `?` and `**` (crosses '/') against a path; for ignore patterns. */
bool str_glob(const char *pattern, const char *path);

#endif
