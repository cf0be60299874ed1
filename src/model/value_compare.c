/* Order and equality of values. */
#include <stdlib.h>
#include <string.h>

#include "model/expr.h"
#include "model/value.h"

#include "base/banned.h"

/* Exact where a conversion to double would round. */
static int compare_int_double(int64_t n, double d)
{
	int64_t whole;

	if (!(d < 0x1p63))
		return -1; /* also NaN, which stands last */
	if (d < -0x1p63)
		return 1;
	whole = (int64_t)d;
	if (n != whole)
		return n < whole ? -1 : 1;
	return (double)whole < d ? -1 : (double)whole > d;
}

static int compare_double(double x, double y)
{
	if (x < y)
		return -1;
	if (x > y)
		return 1;
	return x == y ? 0 : (x != x) - (y != y);
}

static int compare_number(const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_INT && b->kind == VALUE_INT)
		return (a->integer > b->integer) - (a->integer < b->integer);
	if (a->kind == VALUE_INT)
		return compare_int_double(a->integer, b->number);
	if (b->kind == VALUE_INT)
		return -compare_int_double(b->integer, a->number);
	return compare_double(a->number, b->number);
}

static int compare_string(const struct value *a, const struct value *b)
{
	size_t n = a->string.len < b->string.len ? a->string.len : b->string.len;
	int order = memcmp(a->string.text, b->string.text, n);

	return order ? order : (a->string.len > b->string.len) - (a->string.len < b->string.len);
}

static int compare_list(const struct value *a, const struct value *b)
{
	for (size_t i = 0; i < a->list.len && i < b->list.len; i++) {
		int order = value_compare(a->list.items[i], b->list.items[i]);

		if (order)
			return order;
	}
	return (a->list.len > b->list.len) - (a->list.len < b->list.len);
}

static int compare_key(const void *a, const void *b)
{
	return strcmp((*(const struct value_pair *const *)a)->key,
		      (*(const struct value_pair *const *)b)->key);
}

static const struct value_pair **sorted_pairs(struct arena *a, const struct value *map)
{
	const struct value_pair **pairs = arena_array(a, map->map.len, sizeof(*pairs));

	for (size_t i = 0; i < map->map.len; i++)
		pairs[i] = &map->map.items[i];
	qsort(pairs, map->map.len, sizeof(*pairs), compare_key);
	return pairs;
}

static int compare_pair(const struct value_pair *a, const struct value_pair *b)
{
	int order = strcmp(a->key, b->key);

	return order ? order : value_compare(a->value, b->value);
}

static int compare_map(const struct value *a, const struct value *b)
{
	_cleanup_arena_ struct arena *scratch = NULL;
	const struct value_pair **left, **right;
	size_t same = 0, n = a->map.len < b->map.len ? a->map.len : b->map.len;

	/* Most maps come in the same order, and then need no sorting. */
	while (same < n && compare_pair(&a->map.items[same], &b->map.items[same]) == 0)
		same++;
	if (same == a->map.len && same == b->map.len)
		return 0;
	scratch = arena_new();
	left = sorted_pairs(scratch, a);
	right = sorted_pairs(scratch, b);
	for (size_t i = 0; i < n; i++) {
		int order = compare_pair(left[i], right[i]);

		if (order)
			return order;
	}
	return (a->map.len > b->map.len) - (a->map.len < b->map.len);
}

static int compare_expr(const struct value *a, const struct value *b)
{
	_cleanup_arena_ struct arena *scratch = NULL;

	if (a->expr == b->expr)
		return 0;
	scratch = arena_new();
	return strcmp(expr_text(scratch, a->expr), expr_text(scratch, b->expr));
}

static int kind_rank(const struct value *v)
{
	if (!v)
		return -1;
	return v->kind == VALUE_DOUBLE ? VALUE_INT : v->kind;
}

int value_compare(const struct value *a, const struct value *b)
{
	if (kind_rank(a) != kind_rank(b))
		return kind_rank(a) < kind_rank(b) ? -1 : 1;
	if (a == b)
		return 0;
	switch ((enum value_kind)a->kind) {
	case VALUE_BOOL:
		return a->boolean - b->boolean;
	case VALUE_INT:
	case VALUE_DOUBLE:
		return compare_number(a, b);
	case VALUE_STRING:
		return compare_string(a, b);
	case VALUE_LIST:
		return compare_list(a, b);
	case VALUE_MAP:
		return compare_map(a, b);
	case VALUE_EXPR:
		return compare_expr(a, b);
	default:
		return 0;
	}
}

bool value_equal(const struct value *a, const struct value *b)
{
	if (kind_rank(a) == VALUE_MAP && kind_rank(b) == VALUE_MAP && a->map.len != b->map.len)
		return false;
	if (kind_rank(a) == VALUE_LIST && kind_rank(b) == VALUE_LIST && a->list.len != b->list.len)
		return false;
	return value_compare(a, b) == 0;
}
