/* Patterns of rows: POSIX EREs, compiled once, and told in words where they are simple. */
#include <ctype.h>
#include <locale.h>
#include <pthread.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/schema_rows.h"

#include "base/banned.h"

/* A pattern may come from a stack: repeats of repeats would eat all memory. */
enum { COST_MAX = 4096, PATTERN_MAX = 4096, BUCKETS = 256, KEPT_MAX = 1024 };

struct kept {
	struct kept *next;
	char *pattern;
	bool usable;
	regex_t regex;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept *buckets[BUCKETS];
static size_t kept_count;

/* --- cost --- */

struct scan {
	const char *at;
	int depth;
};

static int64_t cost_of_branch(struct scan *s);

static void skip_class(struct scan *s)
{
	s->at++;
	if (*s->at == '^')
		s->at++;
	if (*s->at == ']')
		s->at++;
	while (*s->at && *s->at != ']') {
		if (s->at[0] == '[' && s->at[1] && strchr(":.=", s->at[1])) {
			const char close[] = { s->at[1], ']', '\0' },
				   *end = strstr(s->at + 2, close);

			s->at = end ? end + 1 : s->at;
		}
		s->at++;
	}
	if (*s->at)
		s->at++;
}

static int64_t cost_of_atom(struct scan *s)
{
	int64_t cost = 1;

	if (*s->at == '[') {
		skip_class(s);
	} else if (*s->at == '(') {
		s->at++;
		s->depth++;
		cost = s->depth > 50 ? COST_MAX + 1 : cost_of_branch(s);
		s->depth--;
		if (*s->at == ')')
			s->at++;
	} else if (*s->at == '\\' && s->at[1]) {
		/* Going back to what was matched takes time without end. */
		cost = isdigit((unsigned char)s->at[1]) ? COST_MAX + 1 : 1;
		s->at += 2;
	} else {
		s->at++;
	}
	return cost;
}

/* What repeating multiplies the work by: regcomp makes aa* of a+ and aaa? of a{2,3}, and doubles
 * its walks with every star around a star. */
static int64_t repeats(struct scan *s)
{
	long low, high;
	char *end;

	if (*s->at != '{' || !isdigit((unsigned char)s->at[1])) {
		s->at += *s->at && strchr("*+?", *s->at) ? 1 : 0;
		return 2;
	}
	low = high = strtol(s->at + 1, &end, 10);
	if (*end == ',')
		high = isdigit((unsigned char)end[1]) ? strtol(end + 1, &end, 10)
		       : low < COST_MAX		      ? low + 1
						      : low;
	end += strcspn(end, "}");
	s->at = *end ? end + 1 : end;
	high = high > low ? high : low;
	return high < 2 ? 2 : high > COST_MAX ? COST_MAX : high;
}

static int64_t cost_of_branch(struct scan *s)
{
	int64_t total = 0;

	while (*s->at && *s->at != ')' && total <= COST_MAX) {
		int64_t cost = cost_of_atom(s);

		while (*s->at && strchr("*+?{", *s->at) && cost <= COST_MAX) {
			const char *before = s->at;

			cost *= repeats(s);
			if (s->at == before)
				break;
		}
		total += cost;
	}
	return total;
}

static bool affordable(const char *pattern)
{
	struct scan s = { pattern, 0 };
	int64_t total = 0;

	if (strlen(pattern) > PATTERN_MAX)
		return false;
	while (*s.at && total <= COST_MAX) {
		total += cost_of_branch(&s);
		if (*s.at == ')') /* one too many; regcomp takes it for itself */
			s.at++;
	}
	return total <= COST_MAX;
}

/* --- one class, repeated: "[a-z0-9-]{1,64}", which most patterns are --- */

struct class
{
	bool upper, lower, digit;
	char others[64];
	size_t others_len;
	long min, max; /* how often; max -1: any */
};

static bool add_other(struct class *k, char c)
{
	if (k->others_len == sizeof(k->others) - 1 || (unsigned char)c >= 0x80)
		return false;
	k->others[k->others_len++] = c;
	return true;
}

/* The items of "[...]", up to its end; NULL when it holds what has no words. */
static const char *read_class(const char *s, struct class *k)
{
	*k = (struct class){ 0 };
	if (*s++ != '[' || *s == '^')
		return NULL;
	for (bool first = true; *s && (first || *s != ']'); first = false) {
		if (strncmp(s, "A-Z", 3) == 0)
			k->upper = true, s += 3;
		else if (strncmp(s, "a-z", 3) == 0)
			k->lower = true, s += 3;
		else if (strncmp(s, "0-9", 3) == 0)
			k->digit = true, s += 3;
		else if (*s == '[' || (s[1] == '-' && s[2] && s[2] != ']') || !add_other(k, *s++))
			return NULL;
	}
	return *s == ']' ? s + 1 : NULL;
}

static bool read_repeat(const char *s, struct class *k)
{
	char *end;

	k->min = *s == '+';
	k->max = -1;
	if (*s == '+' || *s == '*')
		return !s[1];
	if (*s != '{' || !isdigit((unsigned char)s[1]))
		return false;
	k->min = k->max = strtol(s + 1, &end, 10);
	if (*end == ',') {
		s = end + 1;
		k->max = isdigit((unsigned char)*s) ? strtol(s, &end, 10) : -1;
		end = k->max < 0 ? (char *)s : end;
	}
	return *end == '}' && !end[1];
}

static bool simple(const char *pattern, struct class *k)
{
	const char *s = read_class(pattern, k);

	return s && read_repeat(s, k);
}

static bool allows(const struct class *k, char c)
{
	if ((c >= 'A' && c <= 'Z' && k->upper) || (c >= 'a' && c <= 'z' && k->lower))
		return true;
	return (c >= '0' && c <= '9' && k->digit) || (c && strchr(k->others, c));
}

/* --- compiled patterns --- */

static locale_t utf8;

static void make_locale(void)
{
	utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/* Characters are UTF-8's whatever the user's locale; returns the one to go back to. */
static locale_t enter_utf8(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, make_locale);
	return uselocale(utf8);
}

static bool compile_in_locale(const char *pattern, regex_t *regex)
{
	_cleanup_str_ struct str whole = STR_INIT;

	if (!affordable(pattern))
		return false;
	/* Alone first: "a)(b" must not borrow the brackets. */
	if (regcomp(regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	regfree(regex);
	str_addf(&whole, "^(%s)$", pattern);
	return regcomp(regex, str_text(&whole), REG_EXTENDED | REG_NOSUB) == 0;
}

static bool compile(const char *pattern, regex_t *regex)
{
	locale_t before = enter_utf8();
	bool usable = compile_in_locale(pattern, regex);

	uselocale(before);
	return usable;
}

static int match(const regex_t *regex, const char *text)
{
	locale_t before = enter_utf8();
	int found = regexec(regex, text, 0, NULL, 0) == 0;

	uselocale(before);
	return found;
}

static size_t bucket_of(const char *pattern)
{
	size_t hash = 5381;

	for (; *pattern; pattern++)
		hash = hash * 33 + (unsigned char)*pattern;
	return hash % BUCKETS;
}

static struct kept *keep(const char *pattern)
{
	struct kept **bucket = &buckets[bucket_of(pattern)], *k;

	for (k = *bucket; k; k = k->next)
		if (strcmp(k->pattern, pattern) == 0)
			return k;
	if (kept_count >= KEPT_MAX)
		return NULL;
	k = mem_zeroed(1, sizeof(*k));
	k->pattern = mem_strdup(pattern);
	k->usable = compile(pattern, &k->regex);
	k->next = *bucket;
	*bucket = k;
	kept_count++;
	return k;
}

static int match_once(const char *pattern, const char *text)
{
	regex_t regex;
	int rc;

	if (!compile(pattern, &regex))
		return -1;
	rc = match(&regex, text);
	regfree(&regex);
	return rc;
}

static int match_simple(const struct class *k, const char *text)
{
	long n = 0;

	for (; *text; text++, n++)
		if (!allows(k, *text))
			return 0;
	return n >= k->min && (k->max < 0 || n <= k->max);
}

int pattern_match(const char *pattern, const char *text)
{
	struct class class;
	struct kept *k;

	if (simple(pattern, &class))
		return match_simple(&class, text);
	pthread_mutex_lock(&lock);
	k = keep(pattern);
	pthread_mutex_unlock(&lock);
	if (!k)
		return match_once(pattern, text);
	return k->usable ? match(&k->regex, text) : -1;
}

/* --- in words --- */

static void add_word(struct str *out, const char *word, bool last)
{
	if (out->len)
		str_add(out, last ? " and " : ", ");
	str_add(out, word);
}

const char *pattern_words(struct arena *a, const char *pattern)
{
	_cleanup_str_ struct str out = STR_INIT;
	struct class k;

	if (!simple(pattern, &k))
		return NULL;
	if (k.upper || k.lower)
		add_word(&out,
			 k.upper && k.lower ? "letters"
			 : k.upper	    ? "capital letters"
					    : "lower-case letters",
			 false);
	if (k.digit)
		add_word(&out, "digits", k.others_len == 0);
	for (size_t i = 0; i < k.others_len; i++) {
		const char word[] = { '`', k.others[i], '`', '\0' };

		add_word(&out, k.others[i] == ' ' ? "blanks" : word, i + 1 == k.others_len);
	}
	return str_dup(&out, a);
}

const char *pattern_stray(const char *pattern, const char *text)
{
	struct class k;

	if (!simple(pattern, &k))
		return NULL;
	while (*text && allows(&k, *text))
		text++;
	return *text ? text : NULL;
}
