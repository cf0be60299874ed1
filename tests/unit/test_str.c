#include "test.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/str.h"

TEST(str_starts_empty)
{
	_cleanup_str_ struct str s = STR_INIT;

	assert_string_equal(str_text(&s), "");
	assert_int_equal(s.len, 0);
	str_add(&s, "");
	assert_string_equal(str_text(&s), "");
	str_addn(&s, NULL, 0);
	assert_int_equal(s.len, 0);
	assert_false(s.overflow);
}

TEST(str_appends)
{
	_cleanup_str_ struct str s = STR_INIT;

	str_add(&s, "one");
	str_addc(&s, ',');
	str_addn(&s, "two___", 3);
	str_addf(&s, ",%d,%s", 3, "four");
	assert_string_equal(str_text(&s), "one,two,3,four");
	assert_int_equal(s.len, 14);
}

TEST(str_grows_over_many_appends)
{
	_cleanup_str_ struct str s = STR_INIT;

	for (int i = 0; i < 100000; i++)
		str_addf(&s, "%05d", i);
	assert_int_equal(s.len, 500000);
	assert_memory_equal(s.data + 5 * 99999, "99999", 6);
	assert_memory_equal(s.data + 5 * 1234, "01234", 5);
}

TEST(str_holds_nul_bytes)
{
	_cleanup_arena_ struct arena *a = arena_new();
	_cleanup_str_ struct str s = STR_INIT;

	str_addn(&s, "a\0b", 3);
	str_addc(&s, '\0');
	assert_int_equal(s.len, 4);
	assert_memory_equal(s.data, "a\0b\0\0", 5);
	assert_memory_equal(str_dup(&s, a), "a\0b\0\0", 5);
}

TEST(str_overflow_keeps_the_beginning_without_holes)
{
	_cleanup_str_ struct str s = { .max = 5 };

	str_add(&s, "abc");
	assert_false(s.overflow);
	str_add(&s, "def");
	assert_true(s.overflow);
	str_add(&s, "d"); /* would fit */
	str_addf(&s, "%d", 1);
	assert_string_equal(str_text(&s), "abc");
	str_clear(&s);
	assert_false(s.overflow);
	str_add(&s, "vwxyz");
	assert_false(s.overflow);
	assert_string_equal(str_text(&s), "vwxyz");
	str_addn(&s, "", 0);
	assert_false(s.overflow);
	str_addc(&s, '!');
	assert_true(s.overflow);
}

TEST(str_overflow_by_huge_sizes)
{
	_cleanup_str_ struct str s = { .max = SIZE_MAX };
	_cleanup_str_ struct str limited = STR_INIT;

	str_add(&s, "a");
	str_addn(&s, "b", SIZE_MAX - 1);
	assert_true(s.overflow);
	assert_string_equal(str_text(&s), "a");
	str_addn(&limited, "b", (size_t)STR_MAX_DEFAULT + 1);
	assert_true(limited.overflow);
	assert_string_equal(str_text(&limited), "");
}

TEST(str_overflow_by_format)
{
	_cleanup_str_ struct str s = { .max = 10 };

	str_addf(&s, "%*s", 11, "x");
	assert_true(s.overflow);
	assert_int_equal(s.len, 0);
	str_clear(&s);
	str_addf(&s, "%*s", 10, "x");
	assert_false(s.overflow);
	assert_int_equal(s.len, 10);
}

TEST(str_printf_knows_errno)
{
	_cleanup_str_ struct str s = STR_INIT;

	errno = EACCES;
	str_addf(&s, "%m");
	assert_string_equal(str_text(&s), "Permission denied");
}

TEST(str_free_resets)
{
	struct str s = STR_INIT;

	str_add(&s, "x");
	str_free(&s);
	assert_null(s.data);
	assert_int_equal(s.len + s.cap, 0);
	str_free(&s);
	str_add(&s, "again");
	assert_string_equal(str_text(&s), "again");
	str_wipe(&s);
	assert_null(s.data);
	str_wipe(&s);
}

TEST(str_dup_of_nothing_is_empty)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct str s = STR_INIT;

	assert_string_equal(str_dup(&s, a), "");
}

TEST(str_eq_and_null)
{
	assert_true(str_eq("a", "a"));
	assert_false(str_eq("a", "A"));
	assert_false(str_eq("a", "ab"));
	assert_true(str_eq(NULL, NULL));
	assert_false(str_eq(NULL, ""));
	assert_false(str_eq("", NULL));
}

TEST(str_eq_fold_is_ascii_only)
{
	assert_true(str_eq_fold("Content-Type", "content-TYPE"));
	assert_false(str_eq_fold("content", "content-type"));
	assert_false(str_eq_fold("content-type", "content"));
	assert_false(str_eq_fold("[", "{")); /* one bit apart, as letters of two cases are */
	assert_false(str_eq_fold("\xc3\x84", "\xc3\xa4"));
	assert_true(str_eq_fold(NULL, NULL));
	assert_false(str_eq_fold(NULL, "a"));
	assert_true(str_eq_fold("", ""));
}

TEST(str_starts_and_ends)
{
	assert_true(str_starts("queues.jobs", "queues."));
	assert_true(str_starts("queues", ""));
	assert_false(str_starts("que", "queues"));
	assert_false(str_starts(NULL, ""));
	assert_true(str_ends("stack.yaml", ".yaml"));
	assert_true(str_ends("stack", ""));
	assert_true(str_ends("stack", "stack"));
	assert_false(str_ends("yaml", ".yaml"));
	assert_false(str_ends("a.yaml.bak", ".yaml"));
	assert_false(str_ends(NULL, "a"));
}

TEST(str_in_list)
{
	static const char *const list[] = { "one", "two", NULL };

	assert_true(str_in("two", list));
	assert_false(str_in("tw", list));
	assert_false(str_in("", list));
	assert_false(str_in(NULL, list));
	assert_false(str_in("one", list + 2));
}

TEST(str_to_int64_reads_the_whole_range)
{
	int64_t n = 5;

	assert_true(str_to_int64("0", &n));
	assert_int_equal(n, 0);
	assert_true(str_to_int64("-0", &n));
	assert_int_equal(n, 0);
	assert_true(str_to_int64("007", &n));
	assert_int_equal(n, 7);
	assert_true(str_to_int64("9223372036854775807", &n));
	assert_true(n == INT64_MAX);
	assert_true(str_to_int64("-9223372036854775808", &n));
	assert_true(n == INT64_MIN);
}

TEST(str_to_int64_refuses_all_else)
{
	static const char *const bad[] = {
		"",
		"-",
		"+1",
		" 1",
		"1 ",
		"1.0",
		"0x10",
		"1e3",
		"--1",
		"1\n",
		"one",
		"1,000",
		"٣",
		"9223372036854775808",
		"-9223372036854775809",
		"99999999999999999999999999999999",
	};
	int64_t n = 5;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (str_to_int64(bad[i], &n))
			fail_msg("took \"%s\"", bad[i]);
	assert_false(str_to_int64(NULL, &n));
	assert_int_equal(n, 5);
}

static bool is_utf8(const char *s)
{
	return str_is_utf8(s, strlen(s));
}

TEST(str_is_utf8_takes_all_lengths)
{
	assert_true(is_utf8(""));
	assert_true(is_utf8("plain \x7f"));
	assert_true(is_utf8("\xc2\x80 \xdf\xbf"));
	assert_true(is_utf8("\xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf"));
	assert_true(is_utf8("\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"));
}

TEST(str_is_utf8_refuses_bad_forms)
{
	static const char *const bad[] = {
		"\x80",			/* continuation alone */
		"a\xbf",		/* the same behind text */
		"\xc0\x80",		/* NUL, overlong */
		"\xc1\xbf",		/* overlong, 2 */
		"\xe0\x9f\xbf",		/* overlong, 3 */
		"\xf0\x8f\xbf\xbf",	/* overlong, 4 */
		"\xed\xa0\x80",		/* surrogate */
		"\xed\xbf\xbf",		/* surrogate */
		"\xf4\x90\x80\x80",	/* above U+10FFFF */
		"\xf5\x80\x80\x80",	/* above U+10FFFF */
		"\xfe",			/* never */
		"\xff",			/* never */
		"\xc2",			/* cut off */
		"\xe2\x82",		/* cut off */
		"\xf0\x9f\x98",		/* cut off */
		"\xe2(\xa1",		/* broken by ASCII */
		"\xf8\x88\x80\x80\x80", /* 5 bytes */
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (is_utf8(bad[i]))
			fail_msg("took row %zu", i);
	assert_false(str_is_utf8("a\0b", 3));
	assert_false(str_is_utf8("\xe2\x82\xac", 2)); /* the length cuts it */
	assert_true(str_is_utf8("\xe2\x82\xac\xff", 3));
}

TEST(str_code_point_decodes)
{
	uint32_t point = 0;

	assert_int_equal(str_code_point("A", 1, &point), 1);
	assert_int_equal(point, 'A');
	assert_int_equal(str_code_point("\xc3\xa4", 2, &point), 2);
	assert_int_equal(point, 0xe4);
	assert_int_equal(str_code_point("€", 3, &point), 3);
	assert_int_equal(point, 0x20ac);
	assert_int_equal(str_code_point("\xf0\x9f\x98\x80", 4, &point), 4);
	assert_int_equal(point, 0x1f600);
	assert_int_equal(str_code_point("", 0, &point), 0);
	assert_int_equal(str_code_point("\xc3\xa4", 1, &point), 0);
}

TEST(str_distance_counts_edits)
{
	assert_int_equal(str_distance("", ""), 0);
	assert_int_equal(str_distance("timeout", "timeout"), 0);
	assert_int_equal(str_distance("", "abc"), 3);
	assert_int_equal(str_distance("abc", ""), 3);
	assert_int_equal(str_distance("handlr", "handler"), 1);	  /* insert */
	assert_int_equal(str_distance("handleer", "handler"), 1); /* delete */
	assert_int_equal(str_distance("hamdler", "handler"), 1);  /* replace */
	assert_int_equal(str_distance("hanlder", "handler"), 1);  /* swap */
	assert_int_equal(str_distance("kitten", "sitting"), 3);
	assert_int_equal(str_distance("ca", "abc"), 3); /* no edit inside a swap */
}

TEST(str_distance_is_symmetric)
{
	static const char *const words[] = { "", "a", "ab", "ba", "queue", "queues", "ueque" };
	enum { N = sizeof(words) / sizeof(*words) };

	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < N; j++)
			assert_int_equal(str_distance(words[i], words[j]),
					 str_distance(words[j], words[i]));
}

TEST(str_distance_of_long_words_is_bounded)
{
	char word[100001], other[100001];

	memset(word, 'a', 100000);
	word[100000] = '\0';
	memcpy(other, word, sizeof(word));
	other[5] = 'b';
	assert_int_equal(str_distance(word, word), 0);
	assert_int_equal(str_distance(word, other), 100000);
	word[64] = other[64] = '\0';
	assert_int_equal(str_distance(word, other), 1);
	word[64] = 'a';
	word[65] = '\0';
	assert_int_equal(str_distance(word, other), 65);
}

TEST(str_nearest_suggests)
{
	static const char *const keys[] = { "timeout", "memory", "handler", "runtime", "name" };

	assert_string_equal(str_nearest("handlr", keys, 5), "handler");
	assert_string_equal(str_nearest("tiemout", keys, 5), "timeout");
	assert_string_equal(str_nearest("timeout_seconds", keys, 5), "timeout");
	assert_string_equal(str_nearest("mem", keys, 5), "memory");
	assert_string_equal(str_nearest("nmae", keys, 5), "name");
	assert_null(str_nearest("me", keys, 5)); /* a prefix, but too short to mean one */
	assert_null(str_nearest("bucket", keys, 5));
	assert_null(str_nearest("", keys, 5));
	assert_null(str_nearest("handler", keys, 0));
}

TEST(str_nearest_limit_grows_with_the_word)
{
	static const char *const keys[] = { "abcdefghi" };

	assert_string_equal(str_nearest("abcXYZghi", keys, 1), "abcdefghi"); /* 3 of 9 */
	assert_null(str_nearest("abWXYZghi", keys, 1));			     /* 4 of 9 */
}

TEST(str_nearest_short_words)
{
	static const char *const keys[] = { "a", "ab" };

	assert_null(str_nearest("x", keys, 1)); /* all of it replaced */
	assert_string_equal(str_nearest("b", keys, 2), "ab");
}

TEST(str_nearest_ties_go_to_the_first)
{
	static const char *const keys[] = { "cart", "card", "care" };

	assert_string_equal(str_nearest("carx", keys, 3), "cart");
	assert_string_equal(str_nearest("carx", keys + 1, 2), "card");
	assert_string_equal(str_nearest("care", keys, 3), "care");
}

struct glob_case {
	const char *pattern, *path;
	bool matches;
};

TEST(str_glob_table)
{
	/* clang-format off */
	static const struct glob_case cases[] = {
		{ "", "", true },		{ "", "a", false },
		{ "a", "", false },		{ "a", "a", true },
		{ "*", "", true },		{ "*", "a.py", true },
		{ "*", "a/b", false },		{ "*.py", "a.py", true },
		{ "*.py", "a.pyc", false },	{ "*.py", "d/a.py", false },
		{ "d/*.py", "d/a.py", true },	{ "d/*.py", "d/e/a.py", false },
		{ "*/a", "d/a", true },		{ "*/a", "a", false },
		{ "*/*/a", "b/c/a", true },	{ "*/*/a", "b/a", false },
		{ "?", "a", true },		{ "?", "", false },
		{ "?", "/", false },		{ "?", "ä", true },
		{ "??", "ä", false },		{ "a?c", "a/c", false },
		{ "*a*b*c", "xaybzc", true },	{ "*a*b*c", "xaybz", false },
		{ "*ab", "aab", true },		{ "a*a", "a", false },
		{ "**", "", true },		{ "**", "a/b/c", true },
		{ "**/a", "a", true },		{ "**/a", "x/a", true },
		{ "**/a", "x/y/a", true },	{ "**/a", "xa", false },
		{ "**/a", "x/ya", false },	{ "d/**", "d/a/b", true },
		{ "d/**", "d", false },		{ "d/**", "dx/a", false },
		{ "d/**/a", "d/a", true },	{ "d/**/a", "d/x/y/a", true },
		{ "d/**/a", "d/xa", false },	{ "a**b", "ax/yb", true },
		{ "**/*.py", "a/b/c.py", true },{ "**/*.py", "c.py", true },
		{ "**/t/**/x", "a/t/b/c/x", true },
		{ "**/t/**/x", "a/t/t/x/y", false },
		{ "**/*/a", "a", false },	{ "**/*/a", "b/a", true },
		{ "[a]", "a", false },		{ "[a]", "[a]", true },
		{ "a\\*", "a\\b", true },	{ "***/a", "b/c/a", true },
		{ "**/a/*b/**/c", "x/a/yb/z/a/qb/w/c", true },
		{ "**/node_modules/**", "x/node_modules/y/z", true },
		{ "a**/b", "ab", false },	{ "a**/b", "ax/y/b", true },
		{ "*?", "a", true },		{ "*?", "", false },
		{ "ä*", "äöü", true },		{ "**ü", "äöü", true },
	};
	/* clang-format on */

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (str_glob(cases[i].pattern, cases[i].path) != cases[i].matches)
			fail_msg("\"%s\" against \"%s\"", cases[i].pattern, cases[i].path);
}

TEST(str_glob_hostile_pattern_takes_no_exponential_time)
{
	char path[2001];

	memset(path, 'a', 2000);
	path[2000] = '\0';
	assert_false(str_glob("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", path));
	assert_false(str_glob("**a**a**a**a**a**a**a**a**a**a**a**a**b", path));
	for (int i = 1; i < 2000; i += 2)
		path[i] = '/';
	assert_false(str_glob("**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/b", path));
	assert_false(str_glob("**/*a/**/*a/**/*a/**/*a/**/*a/**/*a/**/b", path));
}
