/* diag.h - errors and warnings as objects that point at their source.
 *
 * Functions return 0, or -1 with an error added to the `struct diags *` that is their last
 * parameter. Expected outcomes (absent, no change) are data, not errors. Libraries never print;
 * src/cmd prints, once. Messages: lower case, no newline, no full stop at the end, user text in
 * quotes or backquotes. A `struct diags` belongs to one thread at a time.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"

/* A place in a source file, in bytes. file 0: no place. */
struct span {
	uint32_t file, off, len;
};
#define NO_SPAN ((struct span){ 0, 0, 0 })

/* What went wrong; behaviour follows the code, never the text. */
enum diag_code {
	D_NONE,
	D_CONFIG,      /* the stack, variables or command line are wrong */
	D_REFERENCE,   /* a reference that leads nowhere */
	D_CYCLE,       /* resources that need each other */
	D_AUTH,	       /* credentials missing, expired or refused: exit 5 */
	D_DENIED,      /* AWS denies this action */
	D_THROTTLED,   /* AWS throttles, retries used up */
	D_TRANSIENT,   /* network or 5xx, retries used up */
	D_CONFLICT,    /* something else changed or owns it */
	D_QUOTA,       /* an AWS limit */
	D_REMOTE,      /* any other error from AWS */
	D_LOCKED,      /* the lease is held, or an operation is unfinished: exit 4 */
	D_IO,	       /* files and local system */
	D_INTERRUPTED, /* exit 130 */
	D_BUG,
};
enum diag_level { LEVEL_ERROR, LEVEL_WARNING };

struct diag_note {
	struct span span;
	const char *text;
	struct diag_note *next;
};
struct diag {
	enum diag_level level;
	enum diag_code code;
	struct span span;
	const char *message;	 /* without context */
	const char *context;	 /* "creating queues.jobs", NULL if none */
	struct diag_note *hints; /* advice; a hint has no span */
	struct diag_note *notes; /* other places ("first defined here") */
	bool hide_source;	 /* the line holds a secret: print the position only */
	struct diag *next;
};

struct sources;

struct diags *diags_new(struct arena *a);
int diag_error(struct diags *d, enum diag_code code, struct span at, const char *fmt, ...)
	__attribute__((format(printf, 4, 5))); /* always -1 */
void diag_warning(struct diags *d, struct span at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Add to the diagnostic added last; no-ops when there is none. */
void diag_hint(struct diags *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void diag_note(struct diags *d, struct span at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void diag_hide_source(struct diags *d);
/* Put "what: " before every error added after `mark` (from diags_len). */
void diag_wrap(struct diags *d, size_t mark, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Copy all of `from` into `to`, text included; for results handed over by a worker. */
void diags_merge(struct diags *to, const struct diags *from);

size_t diags_len(const struct diags *d);
size_t diags_errors(const struct diags *d);
size_t diags_warnings(const struct diags *d);
const struct diag *diags_first(const struct diags *d);
/* Code of the first error, D_NONE without one. */
enum diag_code diags_code(const struct diags *d);

/* Print all, sorted by place and stable, equal ones once, as
 *     FILE:LINE:COLUMN: error: MESSAGE
 *        14 |   visibility_timeout: 99999
 *           |                       ^~~~~
 *       hint: ...
 * `color`: ANSI colours. `strict`: warnings are printed as errors. */
void diags_print(const struct diags *d, const struct sources *s, FILE *out, bool color,
		 bool strict);

#endif
