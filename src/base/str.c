#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/banned.h"

enum { FIRST_CAP = 64 };

void str_free(struct str *s)
{
	free(s->data);
	*s = (struct str)STR_INIT;
}

void str_wipe(struct str *s)
{
	if (s->data)
		explicit_bzero(s->data, s->cap);
	str_free(s);
}

void str_clear(struct str *s)
{
	s->len = 0;
	s->overflow = false;
	if (s->data)
		s->data[0] = '\0';
}

/* No realloc: it would leave copies of secrets behind. */
static void move_to(struct str *s, size_t cap)
{
	char *data = mem_alloc(cap);

	if (s->data) {
		memcpy(data, s->data, s->len);
		explicit_bzero(s->data, s->cap);
		free(s->data);
	}
	s->data = data;
	s->cap = cap;
}

/* Make room for `n` more bytes and the NUL. Once something was dropped everything is, so that the
 * text stays the beginning of what was appended, without holes. */
static bool reserve(struct str *s, size_t n)
{
	size_t max = s->max ? s->max : STR_MAX_DEFAULT;
	size_t need, cap;

	if (s->overflow || s->len > max || n > max - s->len ||
	    __builtin_add_overflow(s->len, n, &need) || __builtin_add_overflow(need, 1, &need)) {
		s->overflow = true;
		return false;
	}
	if (need <= s->cap)
		return true;
	cap = s->cap ? s->cap : FIRST_CAP;
	while (cap < need)
		if (__builtin_mul_overflow(cap, 2, &cap))
			cap = need;
	move_to(s, cap);
	return true;
}

void str_addn(struct str *s, const void *bytes, size_t n)
{
	if (!reserve(s, n))
		return;
	if (n)
		memcpy(s->data + s->len, bytes, n);
	s->len += n;
	s->data[s->len] = '\0';
}

void str_add(struct str *s, const char *text)
{
	str_addn(s, text, strlen(text));
}

void str_addc(struct str *s, char c)
{
	str_addn(s, &c, 1);
}

void str_vaddf(struct str *s, const char *fmt, va_list ap)
{
	/* For "%m": it must say the same both times. */
	int n, saved = errno;
	va_list again;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0) {
		s->overflow = true;
	} else if (reserve(s, (size_t)n)) {
		errno = saved;
		vsnprintf(s->data + s->len, (size_t)n + 1, fmt, again);
		s->len += (size_t)n;
	}
	va_end(again);
}

void str_addf(struct str *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(s, fmt, ap);
	va_end(ap);
}

const char *str_text(const struct str *s)
{
	return s->data ? s->data : "";
}

char *str_dup(const struct str *s, struct arena *a)
{
	char *copy = arena_alloc(a, s->len + 1);

	if (s->len)
		memcpy(copy, s->data, s->len);
	return copy;
}

bool str_eq(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Not tolower(): that follows the locale. */
static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_eq_fold(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	while (*a && fold(*a) == fold(*b)) {
		a++;
		b++;
	}
	return fold(*a) == fold(*b);
}

bool str_starts(const char *s, const char *prefix)
{
	return s && strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t len = s ? strlen(s) : 0, suffix_len = strlen(suffix);

	return s && suffix_len <= len && memcmp(s + len - suffix_len, suffix, suffix_len) == 0;
}

bool str_in(const char *s, const char *const *list)
{
	if (!s)
		return false;
	for (; *list; list++)
		if (strcmp(s, *list) == 0)
			return true;
	return false;
}

bool str_to_int64(const char *s, int64_t *ret)
{
	bool negative = s && *s == '-';
	int64_t value = 0;

	if (!s)
		return false;
	s += negative;
	if (!*s)
		return false;
	for (; *s; s++) {
		int digit = *s - '0';

		if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, negative ? -digit : digit, &value))
			return false;
	}
	*ret = value;
	return true;
}

/* Length of the sequence that a first byte announces, 0 when it announces none. */
static size_t sequence_len(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

size_t str_code_point(const char *s, size_t len, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	static const unsigned char bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	size_t n = len ? sequence_len((unsigned char)*s) : 0;
	uint32_t point;

	if (n == 0 || n > len)
		return 0;
	point = (unsigned char)*s & bits[n];
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | ((unsigned char)s[i] & 0x3f);
	}
	if (point < least[n] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*ret = point;
	return n;
}

bool str_is_utf8(const char *s, size_t len)
{
	uint32_t point;
	size_t n;

	for (; len; s += n, len -= n) {
		n = str_code_point(s, len, &point);
		if (n == 0 || point == 0)
			return false;
	}
	return true;
}
