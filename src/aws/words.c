#include "aws/words.h"

#include <stdbool.h>
#include <string.h>

#include "base/str.h"
#include "base/banned.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Inside "...", up to the closing quote. NULL: it stays open. */
static const char *read_double(const char *p, struct str *word)
{
	for (; *p && *p != '"'; p++) {
		if (*p == '\\' && p[1] && strchr("\"\\$`", p[1]))
			p++;
		str_addc(word, *p);
	}
	return *p ? p + 1 : NULL;
}

static const char *read_single(const char *p, struct str *word)
{
	const char *end = strchr(p, '\'');

	if (!end)
		return NULL;
	str_addn(word, p, (size_t)(end - p));
	return end + 1;
}

static const char *read_word(const char *p, struct str *word)
{
	while (p && *p && !is_blank(*p)) {
		if (*p == '\'') {
			p = read_single(p + 1, word);
		} else if (*p == '"') {
			p = read_double(p + 1, word);
		} else if (*p == '\\') {
			if (!p[1])
				return NULL;
			str_addc(word, p[1]);
			p += 2;
		} else {
			str_addc(word, *p++);
		}
	}
	return p;
}

char **words_split(struct arena *a, const char *text, size_t *ret_len)
{
	char **words = arena_array(a, WORDS_MAX + 1, sizeof(*words));
	size_t n = 0;

	for (const char *p = text;;) {
		_cleanup_str_ struct str word = STR_INIT;

		while (is_blank(*p))
			p++;
		if (!*p)
			break;
		p = read_word(p, &word);
		if (!p || n == WORDS_MAX)
			return NULL;
		words[n++] = str_dup(&word, a);
	}
	if (ret_len)
		*ret_len = n;
	return words;
}
