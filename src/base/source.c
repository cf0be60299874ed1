#include "base/source.h"

#include <stdbool.h>
#include <string.h>

#include "base/vec.h"
#include "base/banned.h"

struct text {
	struct source source;
	VEC(uint32_t) lines; /* where each one begins */
};

struct sources {
	struct arena *arena;
	VEC(struct text *) texts;
};

struct sources *sources_new(struct arena *a)
{
	struct sources *s = arena_new_of(a, struct sources);

	s->arena = a;
	return s;
}

static void find_lines(struct arena *a, struct text *text)
{
	const char *begin = text->source.text, *end = begin + text->source.len;

	vec_push(a, &text->lines, 0);
	for (const char *p = begin; (p = memchr(p, '\n', (size_t)(end - p)));) {
		p++;
		vec_push(a, &text->lines, (uint32_t)(p - begin));
	}
}

uint32_t source_add(struct sources *s, const char *name, const char *text, size_t len)
{
	struct text *added = arena_new_of(s->arena, struct text);
	size_t bom = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	len -= bom;
	/* Spans have 32 bits: what lies behind has no position. */
	if (len > UINT32_MAX)
		len = UINT32_MAX;
	added->source = (struct source){ name, text + bom, len, bom };
	find_lines(s->arena, added);
	vec_push(s->arena, &s->texts, added);
	return (uint32_t)s->texts.len;
}

static const struct text *get(const struct sources *s, uint32_t file)
{
	return s && file && file <= s->texts.len ? s->texts.items[file - 1] : NULL;
}

const struct source *source_get(const struct sources *s, uint32_t file)
{
	const struct text *text = get(s, file);

	return text ? &text->source : NULL;
}

/* Index of the last line that begins at or before `off`. */
static size_t line_at(const struct text *text, size_t off)
{
	size_t low = 0, high = text->lines.len;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (text->lines.items[middle] <= off)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static uint32_t count_code_points(const char *s, size_t len)
{
	uint32_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80;
	return n;
}

void source_position(const struct sources *s, struct span at, uint32_t *ret_line,
		     uint32_t *ret_column)
{
	const struct text *text = get(s, at.file);
	size_t off, line, begin;

	*ret_line = *ret_column = 0;
	if (!text)
		return;
	off = at.off < text->source.len ? at.off : text->source.len;
	line = line_at(text, off);
	begin = text->lines.items[line];
	*ret_line = (uint32_t)line + 1;
	*ret_column = count_code_points(text->source.text + begin, off - begin) + 1;
}

const char *source_line(const struct sources *s, uint32_t file, uint32_t line, size_t *ret_len,
			size_t *ret_off)
{
	const struct text *text = get(s, file);
	size_t begin, end;

	*ret_len = *ret_off = 0;
	if (!text || line == 0 || line > text->lines.len)
		return NULL;
	begin = text->lines.items[line - 1];
	end = text->source.len;
	if (line < text->lines.len) {
		end = text->lines.items[line] - 1;
		if (end > begin && text->source.text[end - 1] == '\r')
			end--;
	}
	*ret_len = end - begin;
	*ret_off = begin;
	return text->source.text + begin;
}
