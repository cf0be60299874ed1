/* yaml_text.h - is it text that YAML takes, and where is the n-th character? */
#ifndef LANG_YAML_TEXT_H
#define LANG_YAML_TEXT_H

#include "base/source.h"

/* UTF-8, within the size limit, no control characters, lines that end with LF or CRLF only:
 * whatever libyaml would read in a way an editor does not show. Adds one error. */
int yaml_text_check(const struct source *s, uint32_t file, struct diags *d);

/* libyaml counts code points, spans count bytes. */
struct marks {
	const struct source *source;
	uint32_t *steps; /* byte offset of every MARKS_STEP-th code point; NULL: all ASCII */
	size_t len;
};
struct marks marks_new(struct arena *a, const struct source *s);
size_t marks_byte(const struct marks *m, size_t code_point);

#endif
