#include "test.h"

#include "base/arena.h"
#include "base/map.h"

static void set(struct map *m, const char *key, const char *value)
{
	map_set(m, key, (void *)value);
}

TEST(map_empty)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct map *m = map_new(a);

	assert_int_equal(map_len(m), 0);
	assert_null(map_first(m));
	assert_null(map_get(m, "a"));
	assert_null(map_get(m, ""));
	assert_false(map_has(m, "a"));
}

TEST(map_keeps_values)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct map *m = map_new(a);

	set(m, "a", "first");
	set(m, "ab", "second");
	set(m, "", "empty key");
	assert_string_equal(map_get(m, "a"), "first");
	assert_string_equal(map_get(m, "ab"), "second");
	assert_string_equal(map_get(m, ""), "empty key");
	assert_null(map_get(m, "b"));
	assert_int_equal(map_len(m), 3);
}

TEST(map_has_tells_null_values_from_absent_ones)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct map *m = map_new(a);

	map_set(m, "null", NULL);
	assert_null(map_get(m, "null"));
	assert_true(map_has(m, "null"));
	assert_false(map_has(m, "other"));
}

TEST(map_compares_keys_by_content)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct map *m = map_new(a);
	char key[] = "jobs";

	set(m, "jobs", "x");
	assert_string_equal(map_get(m, key), "x");
}

TEST(map_replaced_entry_keeps_its_place)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct map *m = map_new(a);
	const struct map_entry *e;

	set(m, "z", "1");
	set(m, "a", "2");
	set(m, "m", "3");
	set(m, "z", "4");
	assert_int_equal(map_len(m), 3);
	e = map_first(m);
	assert_string_equal(e->key, "z");
	assert_string_equal(e->value, "4");
	assert_string_equal(e->next->key, "a");
	assert_string_equal(e->next->next->key, "m");
	assert_null(e->next->next->next);
}

TEST(map_many_keys_in_order_of_insertion)
{
	enum { N = 20000 };
	_cleanup_arena_ struct arena *a = arena_new();
	struct map *m = map_new(a);
	int *numbers = arena_array(a, N, sizeof(int));
	int expected = 0;

	for (int i = 0; i < N; i++) {
		numbers[i] = i;
		map_set(m, arena_printf(a, "key-%d", i * 7919), &numbers[i]);
	}
	assert_int_equal(map_len(m), N);
	for (int i = 0; i < N; i++)
		assert_ptr_equal(map_get(m, arena_printf(a, "key-%d", i * 7919)), &numbers[i]);
	map_each(m, e)
		assert_int_equal(*(int *)e->value, expected++);
	assert_int_equal(expected, N);
}

TEST(map_two_maps_in_one_arena)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct map *one = map_new(a), *two = map_new(a);

	set(one, "k", "1");
	set(two, "k", "2");
	assert_string_equal(map_get(one, "k"), "1");
	assert_string_equal(map_get(two, "k"), "2");
}
