/* fuzz.h - what libFuzzer's targets share.
 *
 *	#include "fuzz.h"
 *
 *	FUZZ(struct fuzz *f)
 *	{
 *		...	reads f->text, allocates in f->arena, adds errors to f->diags
 *		require(holds);
 *	}
 *
 * One file per target: tests/fuzz/NAME.c; its inputs are tests/fuzz/corpus/NAME/. `make fuzz` runs
 * them. Memory errors, undefined behaviour, leaks, aborts and slow inputs are found without asking;
 * `require` says what must hold besides. All diagnostics are printed, into nothing. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"

struct fuzz {
	struct arena *arena;
	struct sources *sources;
	struct diags *diags;
	const char *text; /* the input, a NUL behind it */
	size_t len;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define FUZZ(parameter)                                                                            \
	static void fuzz_one(parameter);                                                           \
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)                                \
	{                                                                                          \
		struct fuzz f = fuzz_begin(data, len);                                             \
                                                                                                   \
		fuzz_one(&f);                                                                      \
		fuzz_end(&f);                                                                      \
		return 0;                                                                          \
	}                                                                                          \
	static void fuzz_one(parameter)

#define require(condition)                                                                         \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__,          \
				#condition);                                                       \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* The input stands alone in its memory, so that a read past its end is found. */
static inline struct fuzz fuzz_begin(const uint8_t *data, size_t len)
{
	struct fuzz f = { .arena = arena_new(), .len = len };
	char *text = malloc(len + 1);

	if (!text)
		abort();
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	f.text = text;
	f.sources = sources_new(f.arena);
	f.diags = diags_new(f.arena);
	return f;
}

static inline void fuzz_end(struct fuzz *f)
{
	static FILE *nowhere;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	if (nowhere)
		diags_print(f->diags, f->sources, nowhere, false, false);
	arena_free(f->arena);
	free((char *)f->text);
}

/* The part before the next `end`, in the arena; *rest goes behind it. NULL: nothing is left. */
static inline char *fuzz_part(struct fuzz *f, const char **rest, const char *end, size_t *ret_len)
{
	size_t left = (size_t)(f->text + f->len - *rest), n = strlen(end);
	const char *at = left ? memmem(*rest, left, end, n) : NULL;
	size_t len = at ? (size_t)(at - *rest) : left;
	char *part;

	if (!left)
		return NULL;
	part = arena_alloc(f->arena, len + 1);
	memcpy(part, *rest, len);
	*rest += at ? len + n : left;
	if (ret_len)
		*ret_len = len;
	return part;
}

#endif
