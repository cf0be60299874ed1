/* source.h - the texts that spans point into. */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"

struct source {
	const char *name; /* as shown to people: the path as given */
	const char *text; /* without BOM, NUL-terminated */
	size_t len;
	size_t bom; /* bytes of BOM cut off: 0 or 3 */
};

struct sources *sources_new(struct arena *a);
/* Register a text (borrowed); returns its file number, from 1. */
uint32_t source_add(struct sources *s, const char *name, const char *text, size_t len);
const struct source *source_get(const struct sources *s, uint32_t file); /* NULL: unknown */
/* Line and column of a byte offset, both from 1; a column counts code points. Only LF ends a line.
 * Both 0 when the file is unknown. */
void source_position(const struct sources *s, struct span at, uint32_t *ret_line,
		     uint32_t *ret_column);
/* The line's text without its end (LF or CR LF), and where it begins; NULL when there is none. */
const char *source_line(const struct sources *s, uint32_t file, uint32_t line, size_t *ret_len,
			size_t *ret_off);

#endif
