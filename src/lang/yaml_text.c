#include "lang/yaml_text.h"

#include <string.h>

#include "base/str.h"
#include "lang/yaml.h"
#include "base/banned.h"

enum { MARKS_STEP = 256 };

static bool is_utf16(const struct source *s)
{
	const unsigned char *t = (const unsigned char *)s->text;

	if (s->len < 2 || s->bom)
		return false;
	return (t[0] == 0xff && t[1] == 0xfe) || (t[0] == 0xfe && t[1] == 0xff) ||
	       (t[0] && !t[1] && s->len % 2 == 0) || (!t[0] && t[1] && s->len % 2 == 0);
}

static int bad_encoding(struct span at, struct diags *d, const char *what)
{
	diag_error(d, D_CONFIG, at, "%s", what);
	diag_hint(d, "save the file as UTF-8");
	diag_hide_source(d);
	return -1;
}

static int bad_point(struct span at, uint32_t point, struct diags *d)
{
	if (point == 0)
		return diag_error(d, D_CONFIG, at, "a NUL character is not allowed");
	if (point == 0xfeff) {
		diag_error(d, D_CONFIG, at, "a byte order mark (U+FEFF) inside the text");
		diag_hint(d, "it may stand only at the very start of the file; remove it here");
	} else if (point == '\r') {
		diag_error(d, D_CONFIG, at, "a carriage return without a line feed");
		diag_hint(d, "lines end with LF or with CR LF");
	} else if (point == 0x85 || point == 0x2028 || point == 0x2029) {
		diag_error(d, D_CONFIG, at, "U+%04X ends a line in YAML but not in editors", point);
		diag_hint(d, "inside double quotes write \"\\u%04X\"", point);
	} else {
		diag_error(d, D_CONFIG, at, "the control character U+%04X is not allowed", point);
		diag_hint(d, "inside double quotes write \"\\u%04X\"", point);
	}
	return -1;
}

static bool is_bad(const struct source *s, size_t i, uint32_t point)
{
	if (point == '\r')
		return i + 1 >= s->len || s->text[i + 1] != '\n';
	if (point < 0x20)
		return point != '\t' && point != '\n';
	return (point >= 0x7f && point < 0xa0) || point == 0x2028 || point == 0x2029 ||
	       point == 0xfeff || point == 0xfffe || point == 0xffff;
}

static struct span one_byte(uint32_t file, size_t off)
{
	return (struct span){ file, (uint32_t)off, 1 };
}

static int check_size(const struct source *s, uint32_t file, struct diags *d)
{
	size_t at = YAML_MAX_BYTES;

	if (s->len <= YAML_MAX_BYTES)
		return 0;
	while (at > 0 && ((unsigned char)s->text[at] & 0xc0) == 0x80)
		at--;
	diag_error(d, D_CONFIG, one_byte(file, at), "the file is larger than 1 MB");
	diag_hide_source(d);
	return -1;
}

int yaml_text_check(const struct source *s, uint32_t file, struct diags *d)
{
	uint32_t point = 0;
	size_t n;

	if (is_utf16(s))
		return bad_encoding(one_byte(file, 0), d, "the file is UTF-16");
	for (size_t i = 0; i < s->len && i < YAML_MAX_BYTES; i += n) {
		n = str_code_point(s->text + i, s->len - i, &point);
		if (s->text[i] == '\0')
			return bad_point(one_byte(file, i), 0, d);
		if (n == 0)
			return bad_encoding(one_byte(file, i), d, "this is not UTF-8");
		if (is_bad(s, i, point))
			return bad_point(one_byte(file, i), point, d);
	}
	return check_size(s, file, d);
}

static bool is_ascii(const struct source *s)
{
	for (size_t i = 0; i < s->len; i++)
		if ((unsigned char)s->text[i] >= 0x80)
			return false;
	return true;
}

struct marks marks_new(struct arena *a, const struct source *s)
{
	struct marks m = { s, NULL, 0 };
	size_t points = 0;

	if (is_ascii(s))
		return m;
	m.steps = arena_array(a, s->len / MARKS_STEP + 1, sizeof(*m.steps));
	for (size_t i = 0; i < s->len; i++) {
		if (((unsigned char)s->text[i] & 0xc0) == 0x80)
			continue;
		if (points++ % MARKS_STEP == 0)
			m.steps[m.len++] = (uint32_t)i;
	}
	return m;
}

size_t marks_byte(const struct marks *m, size_t code_point)
{
	size_t step = code_point / MARKS_STEP, left = code_point % MARKS_STEP;
	size_t i;

	if (!m->steps)
		return code_point < m->source->len ? code_point : m->source->len;
	if (step >= m->len)
		return m->source->len;
	for (i = m->steps[step]; left && i < m->source->len; left--) {
		i++;
		while (i < m->source->len && ((unsigned char)m->source->text[i] & 0xc0) == 0x80)
			i++;
	}
	return i;
}
