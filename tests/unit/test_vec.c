#include "test.h"

#include "temp.h"
#include "base/vec.h"

TEST(vec_keeps_what_is_pushed)
{
	_cleanup_arena_ struct arena *a = arena_new();
	VEC(int) v = { 0 };

	for (int i = 0; i < 10000; i++)
		vec_push(a, &v, i * 3);
	assert_int_equal(v.len, 10000);
	assert_true(v.cap >= v.len);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(v.items[i], i * 3);
}

TEST(vec_holds_structs)
{
	struct pair {
		const char *name;
		char tag;
	};
	_cleanup_arena_ struct arena *a = arena_new();
	VEC(struct pair) v = { 0 };

	for (int i = 0; i < 100; i++)
		vec_push(a, &v, ((struct pair){ "x", (char)i }));
	assert_string_equal(v.items[99].name, "x");
	assert_int_equal(v.items[99].tag, 99);
}

TEST(vec_grow_makes_room_for_many)
{
	_cleanup_arena_ struct arena *a = arena_new();
	VEC(uint64_t) v = { 0 };

	v.items = vec_grow(a, v.items, v.len, &v.cap, 0, sizeof(*v.items));
	vec_push(a, &v, 42);
	v.items = vec_grow(a, v.items, v.len, &v.cap, 1000, sizeof(*v.items));
	assert_true(v.cap >= 1001);
	assert_int_equal(v.items[0], 42);
	v.items[1000] = 1; /* AddressSanitizer tells when there is no room */
}

TEST(vec_grow_does_not_move_when_there_is_room)
{
	_cleanup_arena_ struct arena *a = arena_new();
	VEC(int) v = { 0 };
	int *items;

	vec_push(a, &v, 1);
	items = v.items;
	while (v.len < v.cap)
		vec_push(a, &v, 2);
	assert_ptr_equal(v.items, items);
	assert_int_equal(v.items[0], 1);
}

TEST(vec_growing_costs_linear_memory)
{
	_cleanup_arena_ struct arena *a = arena_new();
	VEC(char) v = { 0 };

	for (int i = 0; i < 100000; i++)
		vec_push(a, &v, 'x');
	assert_true(arena_used(a) < 500000);
}

static void grow_overflowing_count(void)
{
	size_t cap = 0;

	vec_grow(arena_new(), NULL, 2, &cap, SIZE_MAX - 1, 1);
}

static void grow_overflowing_bytes(void)
{
	size_t cap = 0;

	vec_grow(arena_new(), NULL, 0, &cap, SIZE_MAX / 4, 8);
}

TEST(vec_impossible_sizes_abort)
{
	assert_true(temp_aborts(grow_overflowing_count));
	assert_true(temp_aborts(grow_overflowing_bytes));
}
