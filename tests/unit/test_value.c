#include "test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/expr.h"
#include "model/value.h"

static struct value *sample(struct arena *a)
{
	struct value *map = value_map(a), *list = value_list(a);

	value_append(a, list, value_int(a, 1));
	value_append(a, list, value_string(a, "two"));
	value_set(a, map, "list", list);
	value_set(a, map, "yes", value_bool(a, true));
	return map;
}

TEST(value_string_without_text_is_null)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_int_equal(value_string(a, NULL)->kind, VALUE_NULL);
	assert_string_equal(value_text(value_string(a, "")), "");
}

TEST(value_string_ends_at_nul)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *v = value_stringn(a, "ab\0cd", 5);

	assert_int_equal(v->string.len, 2);
	assert_string_equal(v->string.text, "ab");
	assert_int_equal(value_stringn(a, "abcd", 3)->string.len, 3);
	assert_string_equal(value_printf(a, "%s-%d", "q", 7)->string.text, "q-7");
	assert_int_equal(value_printf(a, "%s-%d", "q", 7)->string.len, 3);
}

TEST(value_map_keeps_order_and_replaces)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *map = value_map(a);
	char key[] = "b";

	value_set(a, map, key, value_int(a, 1));
	value_set(a, map, "a", value_int(a, 2));
	key[0] = 'x';
	value_set(a, map, "b", value_int(a, 3));
	value_set(a, map, "none", NULL);
	assert_int_equal(value_len(map), 2);
	assert_string_equal(map->map.items[0].key, "b");
	assert_int_equal(value_get(map, "b")->integer, 3);
	value_remove(map, "b");
	value_remove(map, "b");
	assert_int_equal(value_len(map), 1);
	assert_null(value_get(map, "b"));
	assert_int_equal(value_get(map, "a")->integer, 2);
}

TEST(value_reading_takes_null)
{
	assert_null(value_get(NULL, "a"));
	assert_null(value_item(NULL, 0));
	assert_null(value_path(NULL, "a.b"));
	assert_null(value_text(NULL));
	assert_null(value_text_at(NULL, "a"));
	assert_int_equal(value_len(NULL), 0);
	assert_false(value_is(NULL, VALUE_NULL));
	assert_false(value_is_scalar(NULL));
	assert_false(value_has_unknown(NULL));
	assert_int_equal(value_int_or(NULL, 7), 7);
	assert_true(value_bool_or(NULL, true));
	assert_string_equal(value_kind_name(NULL), "nothing");
	assert_true(value_equal(NULL, NULL));
}

TEST(value_path_steps_into_lists)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *map = sample(a);

	assert_string_equal(value_text(value_path(map, "list.1")), "two");
	assert_null(value_path(map, "list.2"));
	assert_null(value_path(map, "list.-1"));
	assert_null(value_path(map, "list.x"));
	assert_null(value_path(map, "list.18446744073709551616"));
	assert_null(value_item(value_get(map, "list"), 2));
	assert_null(value_path(map, "lis"));
	assert_null(value_path(map, "lists"));
	assert_null(value_path(map, "yes.x"));
	assert_null(value_path(map, ""));
	assert_true(value_path(map, "yes")->boolean);
}

TEST(value_each_skips_other_kinds)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *map = sample(a), *list = value_get(map, "list");
	size_t seen = 0;

	value_each_item(map, item)
		assert_null(item);
	value_each_pair(list, p)
		assert_null(p);
	value_each_item(list, item) {
		seen++;
		if (item_i == 0)
			break;
	}
	assert_int_equal(seen, 1);
	value_each_item(list, item) {
		if (item_i == 0)
			continue;
		seen++;
	}
	assert_int_equal(seen, 2);
}

TEST(value_copy_owns_everything)
{
	struct arena *from = arena_new();
	_cleanup_arena_ struct arena *a = arena_new();
	const char *path[] = { "tables", "orders", "arn" };
	struct value *map = sample(from), *copy, *same;

	value_set(from, map, "ref", value_expr(from, expr_ref(from, path, 3, NO_SPAN), NO_SPAN));
	same = value_copy(from, map);
	assert_true(value_equal(map, same));
	copy = value_copy(a, map);
	arena_free(from);
	assert_string_equal(value_text(value_path(copy, "list.1")), "two");
	assert_string_equal(expr_text(a, value_get(copy, "ref")->expr), "tables.orders.arn");
	assert_null(value_copy(a, NULL));
}

TEST(value_at_does_not_share_growth)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *list = value_list(a), *other;

	value_append(a, list, value_int(a, 1));
	other = value_at(a, list, (struct span){ 1, 2, 3 });
	value_append(a, other, value_int(a, 2));
	value_append(a, list, value_int(a, 3));
	assert_int_equal(value_item(other, 1)->integer, 2);
	assert_int_equal(value_item(list, 1)->integer, 3);
	assert_int_equal(other->span.off, 2);
	assert_int_equal(list->span.off, 0);
}

TEST(value_merge_deep_leaves_shared_maps_alone)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *inner = value_map(a), *defaults = value_map(a), *entry = value_map(a);
	struct value *own = value_map(a), *own_inner = value_map(a);

	value_set(a, inner, "A", value_int(a, 1));
	value_set(a, defaults, "env", inner);
	value_set(a, own_inner, "B", value_int(a, 2));
	value_set(a, own, "env", own_inner);
	value_merge(a, entry, defaults, true);
	value_merge(a, entry, own, true);
	assert_int_equal(value_path(entry, "env.A")->integer, 1);
	assert_int_equal(value_path(entry, "env.B")->integer, 2);
	assert_int_equal(value_len(inner), 1);
	value_merge(a, entry, own, false);
	assert_int_equal(value_len(value_get(entry, "env")), 1);
	value_merge(a, entry, NULL, true);
	assert_int_equal(value_len(entry), 1);
}

TEST(value_mark_copies_only_what_changes)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *map = sample(a), *secret = value_mark(a, map, VALUE_SENSITIVE, 0);

	assert_true(value_path(secret, "list.1")->flags & VALUE_SENSITIVE);
	assert_true(secret->flags & VALUE_SENSITIVE);
	assert_false(value_has_sensitive(map));
	assert_true(value_has_sensitive(secret));
	assert_ptr_equal(value_mark(a, secret, VALUE_SENSITIVE, 0), secret);
	assert_ptr_equal(value_mark(a, map, 0, VALUE_QUOTED), map);
	assert_null(value_mark(a, NULL, VALUE_SENSITIVE, 0));
}

TEST(value_scalar_text_of_all_kinds)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(value_scalar_text(a, value_bool(a, false)), "false");
	assert_string_equal(value_scalar_text(a, value_int(a, INT64_MIN)), "-9223372036854775808");
	assert_string_equal(value_scalar_text(a, value_double(a, 0.5)), "0.5");
	assert_string_equal(value_scalar_text(a, value_double(a, 0.1)), "0.1");
	assert_string_equal(value_scalar_text(a, value_double(a, 3)), "3");
	assert_string_equal(value_scalar_text(a, value_string(a, "x")), "x");
	assert_null(value_scalar_text(a, value_null(a)));
	assert_null(value_scalar_text(a, value_list(a)));
	assert_null(value_scalar_text(a, NULL));
}

TEST(value_number_text_reads_back)
{
	static const double numbers[] = { 0.1, 1.0 / 3, 1e22, 5e-324, 123456789.123456789, 1e15 };
	char out[VALUE_NUMBER_MAX];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		assert_true(strtod(value_number_text(numbers[i], out), NULL) == numbers[i]);
	assert_string_equal(value_number_text(0.1, out), "0.1");
	assert_string_equal(value_number_text(-0.0, out), "0");
}

TEST(value_unknown_and_sensitive_at_depth)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *map = sample(a);

	assert_false(value_has_unknown(map));
	value_append(a, value_get(map, "list"), value_unknown(a));
	assert_true(value_has_unknown(map));
}

static void assert_order(const struct value *less, const struct value *more)
{
	assert_true(value_compare(less, more) < 0);
	assert_true(value_compare(more, less) > 0);
	assert_true(value_compare(less, less) == 0);
	assert_false(value_equal(less, more));
}

TEST(value_compare_numbers_exactly)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_true(value_equal(value_int(a, 3), value_double(a, 3)));
	assert_order(value_int(a, 3), value_double(a, 3.5));
	assert_order(value_double(a, -3.5), value_int(a, -3));
	/* 2^53 + 1 is no double: rounding would make these equal. */
	assert_order(value_double(a, 9007199254740992.0), value_int(a, 9007199254740993));
	assert_order(value_int(a, INT64_MAX), value_double(a, 0x1p63));
	assert_order(value_double(a, -1e30), value_int(a, INT64_MIN));
	assert_true(value_equal(value_double(a, -0x1p63), value_int(a, INT64_MIN)));
	assert_order(value_double(a, INFINITY), value_double(a, NAN));
	assert_order(value_int(a, 1), value_double(a, NAN));
}

TEST(value_compare_kinds_and_texts)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_order(value_null(a), value_bool(a, false));
	assert_order(value_bool(a, true), value_int(a, 0));
	assert_order(value_int(a, 9), value_string(a, "1"));
	assert_order(value_string(a, "ab"), value_string(a, "abc"));
	assert_order(value_string(a, "Z"), value_string(a, "a"));
	assert_order(value_string(a, "z"), value_list(a));
	assert_order(NULL, value_null(a));
}

TEST(value_compare_maps_without_order)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *x = value_map(a), *y = value_map(a), *z;

	value_set(a, x, "a", value_int(a, 1));
	value_set(a, x, "b", value_int(a, 2));
	value_set(a, y, "b", value_int(a, 2));
	value_set(a, y, "a", value_int(a, 1));
	assert_true(value_equal(x, y));
	z = value_copy(a, y);
	value_set(a, z, "c", value_int(a, 0));
	assert_order(x, z);
	value_set(a, y, "a", value_int(a, 5));
	assert_order(x, y);
	y->flags = VALUE_SENSITIVE;
	value_set(a, y, "a", value_int(a, 1));
	assert_true(value_equal(x, y));
}

TEST(value_compare_lists)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *x = value_list(a), *y = value_list(a);

	value_append(a, x, value_int(a, 1));
	value_append(a, y, value_int(a, 1));
	assert_true(value_equal(x, y));
	value_append(a, y, value_int(a, 0));
	assert_order(x, y);
	value_append(a, x, value_int(a, 1));
	assert_order(y, x);
}

TEST(value_compare_what_is_not_known)
{
	_cleanup_arena_ struct arena *a = arena_new();
	static const char *const x[] = { "x" }, *const y[] = { "y" };
	const struct expr *e = expr_ref(a, x, 1, NO_SPAN);

	assert_true(value_equal(value_unknown(a), value_unknown(a)));
	assert_true(value_equal(value_null(a), value_null(a)));
	assert_true(value_equal(value_expr(a, e, NO_SPAN), value_expr(a, e, NO_SPAN)));
	assert_true(value_equal(value_expr(a, e, NO_SPAN),
				value_expr(a, expr_ref(a, x, 1, NO_SPAN), NO_SPAN)));
	assert_order(value_expr(a, e, NO_SPAN), value_expr(a, expr_ref(a, y, 1, NO_SPAN), NO_SPAN));
}
