#include "test.h"

#include <pthread.h>
#include <string.h>

#include "base/arena.h"
#include "model/schema_rows.h"

TEST(pattern_match_is_anchored)
{
	assert_int_equal(pattern_match("a|b", "a"), 1);
	assert_int_equal(pattern_match("a|b", "ab"), 0);
	assert_int_equal(pattern_match("a|b", "xb"), 0);
	assert_int_equal(pattern_match("(ab)+", "abab"), 1);
	assert_int_equal(pattern_match("(ab)+", "aba"), 0);
	assert_int_equal(pattern_match("a.c", "a\nc"), 1);
	assert_int_equal(pattern_match("(a)", "a\n"), 0);
	assert_int_equal(pattern_match("", ""), 1);
	assert_int_equal(pattern_match("", "a"), 0);
}

TEST(pattern_match_counts_characters)
{
	assert_int_equal(pattern_match("(.){3}", "\xc3\xa9\xc3\xa9\xc3\xa9"), 1);
	assert_int_equal(pattern_match("[[:print:]]+", "caf\xc3\xa9"), 1);
	assert_int_equal(pattern_match("[[:print:]]+", "a\x01"), 0);
	assert_int_equal(pattern_match("[a\xc3\xa9]+", "\xc3\xa9"), 1);
	assert_int_equal(pattern_match("[a\xc3\xa9]+", "\xc3\xa8"), 0);
}

TEST(pattern_match_of_one_class)
{
	assert_int_equal(pattern_match("[a-z]{2,3}", "a"), 0);
	assert_int_equal(pattern_match("[a-z]{2,3}", "abc"), 1);
	assert_int_equal(pattern_match("[a-z]{2,3}", "abcd"), 0);
	assert_int_equal(pattern_match("[a-z]{2,}", "abcd"), 1);
	assert_int_equal(pattern_match("[a-z]{2}", "ab"), 1);
	assert_int_equal(pattern_match("[a-z]+", ""), 0);
	assert_int_equal(pattern_match("[a-z]*", ""), 1);
	assert_int_equal(pattern_match("[]a-]+", "]-a"), 1);
	assert_int_equal(pattern_match("[]]", "a]"), 0);
	assert_string_equal(pattern_stray("[]a]*", "]x"), "x");
	assert_int_equal(pattern_match("[A-Za-z0-9]+", "AZaz09"), 1);
	assert_int_equal(pattern_match("[A-Z]+", "a"), 0);
	assert_int_equal(pattern_match("[a-z]{0,0}", ""), 1);
	assert_int_equal(pattern_match("[a-z]{0,0}", "a"), 0);
	assert_int_equal(pattern_match("[a-c]+", "abc"), 1);
	assert_int_equal(pattern_match("[a-c]+", "d"), 0);
	assert_int_equal(pattern_match("[^a]+", "b"), 1);
	assert_int_equal(pattern_match("[^a]+", "a"), 0);
	assert_int_equal(pattern_match("[[:digit:]]+", "12"), 1);
	assert_int_equal(pattern_match("[a-z]+[0-9]*", "ab1"), 1);
	assert_int_equal(pattern_match("[a-z]+x?", "ab"), 1);
	/* As wide as AWS has them: glibc alone would take seconds. */
	assert_int_equal(pattern_match("[a-z]{1,30000}", "ab"), 1);
}

TEST(pattern_match_refuses_bad_and_costly_patterns)
{
	static const char *const patterns[] = {
		"(",
		")a(",
		"[a-z",
		"[a-z]{1,",
		"(a*)*\\1",
		"a{40000}",
		"((a{255}){255}){255}",
		"((((a|b){0,99}){0,99})+){9}",
		"a{2}{3}{999}",
		"(a{1000}){5}",
	};

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		assert_int_equal(pattern_match(patterns[i], "a"), -1);
	assert_int_equal(pattern_match("(a{10}){5}", "a"), 0);
}

TEST(pattern_match_overlong)
{
	char pattern[5001];

	memset(pattern, 'a', 5000);
	pattern[5000] = '\0';
	assert_int_equal(pattern_match(pattern, "a"), -1);
	pattern[4000] = '\0';
	assert_int_equal(pattern_match(pattern, "a"), 0);
}

TEST(pattern_match_deep_brackets)
{
	char deep[2001] = { 0 };

	memset(deep, '(', 1000);
	memset(deep + 1000, ')', 1000);
	assert_int_equal(pattern_match(deep, "a"), -1);
}

TEST(pattern_words_of_simple_classes)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(pattern_words(a, "[a-zA-Z0-9_.-]+"), "letters, digits, `_`, `.` and "
								 "`-`");
	assert_string_equal(pattern_words(a, "[a-z0-9]{3,63}"), "lower-case letters and digits");
	assert_string_equal(pattern_words(a, "[A-Z]*"), "capital letters");
	assert_string_equal(pattern_words(a, "[0-9 ]+"), "digits and blanks");
	assert_null(pattern_words(a, "[a-z]+|x"));
	assert_null(pattern_words(a, "[^a]+"));
	assert_null(pattern_words(a, "a+"));
	assert_string_equal(pattern_stray("[a-z]+", "ab1"), "1");
	assert_null(pattern_stray("[a-z]+", "ab"));
	assert_null(pattern_stray("a+", "b"));
}

static void *match_many(void *unused)
{
	char pattern[32];

	for (int i = 0; i < 400; i++) {
		snprintf(pattern, sizeof(pattern), "(x%d|y)", i % 50);
		if (pattern_match(pattern, "y") != 1 || pattern_match(pattern, "z") != 0)
			return unused;
	}
	return NULL;
}

TEST(pattern_match_threads)
{
	pthread_t threads[4];
	void *result;
	int failed;

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, match_many, &failed), 0);
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		assert_null(result);
	}
}

TEST(pattern_match_of_more_patterns_than_are_kept)
{
	char pattern[32];

	for (int i = 0; i < 1500; i++) {
		snprintf(pattern, sizeof(pattern), "(a|k%d)", i);
		assert_int_equal(pattern_match(pattern, "a"), 1);
		assert_int_equal(pattern_match(pattern, "b"), 0);
	}
}
