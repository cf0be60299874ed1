#include "test.h"

#include <string.h>

#include "base/arena.h"
#include "base/source.h"

static struct sources *sources_of(struct arena *a, const char *text)
{
	struct sources *s = sources_new(a);

	assert_int_equal(source_add(s, "stack.yaml", text, strlen(text)), 1);
	return s;
}

static void assert_position(const struct sources *s, uint32_t off, uint32_t line, uint32_t column)
{
	uint32_t at_line = 99, at_column = 99;

	source_position(s, (struct span){ 1, off, 1 }, &at_line, &at_column);
	if (at_line != line || at_column != column)
		fail_msg("offset %u is %u:%u, not %u:%u", off, at_line, at_column, line, column);
}

static void assert_line(const struct sources *s, uint32_t line, const char *text, size_t off)
{
	size_t len, begin;
	const char *got = source_line(s, 1, line, &len, &begin);

	assert_non_null(got);
	assert_int_equal(len, strlen(text));
	assert_memory_equal(got, text, len);
	assert_int_equal(begin, off);
}

static void assert_no_line(const struct sources *s, uint32_t file, uint32_t line)
{
	size_t len = 9, begin = 9;

	assert_null(source_line(s, file, line, &len, &begin));
	assert_int_equal(len, 0);
	assert_int_equal(begin, 0);
}

TEST(source_positions_and_lines)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const struct sources *s = sources_of(a, "ab\n\ncd\n");

	assert_position(s, 0, 1, 1);
	assert_position(s, 1, 1, 2);
	assert_position(s, 2, 1, 3); /* the LF itself */
	assert_position(s, 3, 2, 1);
	assert_position(s, 4, 3, 1);
	assert_position(s, 7, 4, 1); /* the end */
	assert_line(s, 1, "ab", 0);
	assert_line(s, 2, "", 3);
	assert_line(s, 3, "cd", 4);
	assert_line(s, 4, "", 7);
	assert_no_line(s, 1, 0);
	assert_no_line(s, 1, 5);
}

TEST(source_past_the_end_is_the_end)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const struct sources *s = sources_of(a, "ab\ncd");

	assert_position(s, 5, 2, 3);
	assert_position(s, 1000, 2, 3);
	assert_position(s, UINT32_MAX, 2, 3);
	assert_line(s, 2, "cd", 3);
}

TEST(source_empty_text)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const struct sources *s = sources_of(a, "");

	assert_position(s, 0, 1, 1);
	assert_position(s, 7, 1, 1);
	assert_line(s, 1, "", 0);
	assert_no_line(s, 1, 2);
}

TEST(source_columns_count_code_points)
{
	_cleanup_arena_ struct arena *a = arena_new();
	/* 1 + 2 + 3 + 4 bytes, then a tab */
	const struct sources *s = sources_of(a, "aä€\xf0\x9f\x98\x80\tx");

	assert_position(s, 1, 1, 2);
	assert_position(s, 3, 1, 3);
	assert_position(s, 6, 1, 4);
	assert_position(s, 10, 1, 5);
	assert_position(s, 11, 1, 6);
}

TEST(source_crlf_ends_a_line_and_cr_does_not)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const struct sources *s = sources_of(a, "a\r\nb\rc\r\n\r\nd\r");

	assert_line(s, 1, "a", 0);
	assert_line(s, 2, "b\rc", 3);
	assert_line(s, 3, "", 8);
	assert_line(s, 4, "d\r", 10);
	assert_position(s, 3, 2, 1);
	assert_position(s, 10, 4, 1);
}

TEST(source_unicode_line_ends_do_not_count)
{
	_cleanup_arena_ struct arena *a = arena_new();
	/* NEL, LINE SEPARATOR: libyaml counts them, editors do not */
	const struct sources *s = sources_of(a, "a\xc2\x85"
						"b\xe2\x80\xa8"
						"c");

	assert_position(s, 7, 1, 5);
}

TEST(source_bom_is_cut)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct sources *s = sources_new(a);
	uint32_t with = source_add(s, "bom", "\xef\xbb\xbfkey: 1\n", 10);
	uint32_t only = source_add(s, "only", "\xef\xbb\xbf", 3);
	uint32_t part = source_add(s, "part", "\xef\xbb", 2);

	assert_int_equal(source_get(s, with)->bom, 3);
	assert_int_equal(source_get(s, with)->len, 7);
	assert_string_equal(source_get(s, with)->text, "key: 1\n");
	assert_position(s, 0, 1, 1);
	assert_line(s, 1, "key: 1", 0);
	assert_int_equal(source_get(s, only)->len, 0);
	assert_int_equal(source_get(s, part)->bom, 0);
	assert_int_equal(source_get(s, part)->len, 2);
}

TEST(source_unknown_files)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const struct sources *s = sources_of(a, "x");
	uint32_t line = 9, column = 9;

	assert_null(source_get(s, 0));
	assert_null(source_get(s, 2));
	assert_null(source_get(s, UINT32_MAX));
	assert_null(source_get(NULL, 1));
	source_position(s, (struct span){ 2, 0, 0 }, &line, &column);
	assert_int_equal(line, 0);
	assert_int_equal(column, 0);
	assert_no_line(s, 0, 1);
	assert_no_line(s, 2, 1);
}

TEST(source_numbers_files_and_keeps_pointers)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct sources *s = sources_new(a);
	const struct source *first;

	source_add(s, "f1", "a", 1);
	first = source_get(s, 1);
	for (uint32_t i = 2; i < 100; i++)
		assert_int_equal(source_add(s, "more", "b", 1), i);
	assert_ptr_equal(source_get(s, 1), first);
	assert_string_equal(first->name, "f1");
	assert_string_equal(source_get(s, 99)->name, "more");
}

TEST(source_many_lines)
{
	enum { LINES = 50000 };
	_cleanup_arena_ struct arena *a = arena_new();
	char *text = arena_alloc(a, LINES * 3 + 1);
	const struct sources *s;

	for (size_t i = 0; i < LINES; i++)
		memcpy(text + 3 * i, "xy\n", 3);
	s = sources_of(a, text);
	for (uint32_t i = 0; i < LINES; i += 997)
		assert_position(s, 3 * i + 1, i + 1, 2);
	assert_line(s, LINES, "xy", 3 * (LINES - 1));
}

TEST(source_nul_bytes_are_text)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct sources *s = sources_new(a);

	source_add(s, "nul", "a\0b\nc", 5);
	assert_position(s, 4, 2, 1);
	assert_int_equal(source_get(s, 1)->len, 5);
}
