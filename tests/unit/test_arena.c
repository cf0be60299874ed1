#include "test.h"

#include <errno.h>
#include <stdalign.h>
#include <string.h>

#include "temp.h"
#include "base/arena.h"

static void assert_zero(const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		assert_int_equal(p[i], 0);
}

TEST(arena_gives_zeroed_memory_of_any_size)
{
	static const size_t sizes[] = { 1, 7, 16, 1000, 4095, 4096, 4097, 70000, 3000000, 1 };
	_cleanup_arena_ struct arena *a = arena_new();

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			unsigned char *p = arena_alloc(a, sizes[i]);

			assert_zero(p, sizes[i]);
			assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
			memset(p, 0xa5, sizes[i]);
		}
	}
}

TEST(arena_objects_do_not_overlap)
{
	enum { N = 5000 };
	_cleanup_arena_ struct arena *a = arena_new();
	unsigned char *objects[N];

	for (size_t i = 0; i < N; i++) {
		objects[i] = arena_alloc(a, 1 + i % 300);
		memset(objects[i], (int)(i % 251), 1 + i % 300);
	}
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < 1 + i % 300; j++)
			assert_int_equal(objects[i][j], i % 251);
}

TEST(arena_size_zero_gives_distinct_pointers)
{
	_cleanup_arena_ struct arena *a = arena_new();
	void *first = arena_alloc(a, 0), *second = arena_array(a, 0, 8);

	assert_non_null(first);
	assert_non_null(second);
	assert_ptr_not_equal(first, second);
}

static void allocate_size_max(void)
{
	arena_alloc(arena_new(), SIZE_MAX);
}

static void allocate_overflow(void)
{
	arena_array(arena_new(), SIZE_MAX / 4 + 2, 4);
}

static void allocate_small(void)
{
	arena_array(arena_new(), 4, 4);
}

TEST(arena_impossible_sizes_abort)
{
	assert_true(temp_aborts(allocate_size_max));
	assert_true(temp_aborts(allocate_overflow));
	assert_false(temp_aborts(allocate_small));
}

TEST(arena_strdup_copies)
{
	_cleanup_arena_ struct arena *a = arena_new();
	char text[] = "queue";
	char *copy = arena_strdup(a, text);

	text[0] = 'Q';
	assert_string_equal(copy, "queue");
	assert_string_equal(arena_strdup(a, ""), "");
	assert_null(arena_strdup(a, NULL));
}

TEST(arena_strndup_stops_at_the_length_or_the_nul)
{
	_cleanup_arena_ struct arena *a = arena_new();
	static const char bytes[3] = { 'a', 'b', 'c' }; /* no NUL: must not be read past */

	assert_string_equal(arena_strndup(a, bytes, 3), "abc");
	assert_string_equal(arena_strndup(a, bytes, 2), "ab");
	assert_string_equal(arena_strndup(a, bytes, 0), "");
	assert_string_equal(arena_strndup(a, "ab\0cd", 5), "ab");
	assert_string_equal(arena_strndup(a, "ab", SIZE_MAX), "ab");
	assert_null(arena_strndup(a, NULL, 3));
}

TEST(arena_printf_formats)
{
	_cleanup_arena_ struct arena *a = arena_new();
	char *large = arena_printf(a, "%*s|", 100000, "x");

	assert_string_equal(arena_printf(a, "%s-%d", "jobs", 7), "jobs-7");
	assert_string_equal(arena_printf(a, "%s", ""), "");
	assert_int_equal(strlen(large), 100001);
	assert_string_equal(large + 99999, "x|");
}

TEST(arena_printf_knows_errno)
{
	_cleanup_arena_ struct arena *a = arena_new();

	errno = ENOENT;
	assert_string_equal(arena_printf(a, "cannot read: %m"), "cannot read: No such file or "
								"directory");
}

TEST(arena_used_counts_what_was_asked_for)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_int_equal(arena_used(a), 0);
	arena_alloc(a, 10);
	arena_array(a, 3, 7);
	assert_int_equal(arena_used(a), 31);
	arena_strdup(a, "abc");
	assert_int_equal(arena_used(a), 35);
}

TEST(arena_free_takes_null)
{
	struct arena *a = NULL;

	arena_free(NULL);
	arena_freep(&a);
	a = arena_new();
	arena_freep(&a);
	assert_null(a);
}
