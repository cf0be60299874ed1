#ifndef TESTS_UNIT_LANG_TEST_H
#define TESTS_UNIT_LANG_TEST_H

/* What the tests of the language share: a run's memory, and diagnostics as people see them. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "base/arena.h"
#include "base/source.h"
#include "base/str.h"

struct run {
	struct arena *arena;
	struct sources *sources;
	struct diags *diags;
};

static inline struct run run_new(void)
{
	struct run r = { .arena = arena_new() };

	r.sources = sources_new(r.arena);
	r.diags = diags_new(r.arena);
	return r;
}

static inline void run_done(struct run *r)
{
	arena_free(r->arena);
}
#define _cleanup_run_ __attribute__((cleanup(run_done)))

/* All diagnostics as printed, in the arena. */
static inline const char *run_output(const struct run *r)
{
	char *text = NULL, *copy;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	diags_print(r->diags, r->sources, f, false, false);
	fclose(f);
	copy = arena_strndup(r->arena, text, len);
	free(text);
	return copy;
}

/* Fails with the whole output when a part is not in it. */
static inline void assert_says(const struct run *r, const char *part)
{
	const char *output = run_output(r);

	if (!strstr(output, part))
		fail_msg("expected <%s> in:\n%s", part, output);
}

static inline void assert_silent(const struct run *r)
{
	const char *output = run_output(r);

	if (*output)
		fail_msg("expected no diagnostics, got:\n%s", output);
}

/* The source text that a span covers. */
static inline const char *run_covered(const struct run *r, struct span at)
{
	const struct source *s = source_get(r->sources, at.file);

	assert_non_null(s);
	assert_true((size_t)at.off + at.len <= s->len);
	return arena_strndup(r->arena, s->text + at.off, at.len);
}

#endif
