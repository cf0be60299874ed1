#include "test.h"

#include <string.h>

#include "plan/graph.h"

static void assert_order(const struct graph *g, struct arena *a, const size_t *want, size_t len)
{
	size_t *order = NULL, *cycle = NULL, cycle_len = 0;

	assert_int_equal(graph_order(g, a, &order, &cycle, &cycle_len), 0);
	assert_memory_equal(order, want, len * sizeof(*want));
	assert_null(cycle);
}

TEST(graph_order_of_nothing)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_order(graph_new(a, 0), a, (size_t[]){ 0 }, 0);
}

TEST(graph_order_keeps_numbers_without_edges)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_order(graph_new(a, 4), a, (size_t[]){ 0, 1, 2, 3 }, 4);
}

TEST(graph_order_puts_needed_first_and_ties_by_number)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct graph *g = graph_new(a, 6);

	graph_need(g, 0, 5);
	graph_need(g, 0, 3);
	graph_need(g, 3, 4);
	graph_need(g, 1, 4);
	assert_order(g, a, (size_t[]){ 2, 4, 1, 3, 5, 0 }, 6);
}

TEST(graph_order_takes_repeats)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct graph *g = graph_new(a, 2);

	graph_need(g, 0, 1);
	graph_need(g, 0, 1);
	assert_order(g, a, (size_t[]){ 1, 0 }, 2);
}

TEST(graph_order_gives_the_cycle_alone)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct graph *g = graph_new(a, 6);
	size_t *order = NULL, *cycle, len;

	graph_need(g, 0, 1); /* leads to the cycle, is not on it */
	graph_need(g, 1, 5); /* fine */
	graph_need(g, 1, 2);
	graph_need(g, 2, 4);
	graph_need(g, 4, 1);
	graph_need(g, 3, 4);
	assert_int_equal(graph_order(g, a, &order, &cycle, &len), -1);
	assert_null(order);
	assert_int_equal(len, 3);
	assert_memory_equal(cycle, ((size_t[]){ 1, 2, 4 }), 3 * sizeof(size_t));
}

TEST(graph_order_of_a_node_that_needs_itself)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct graph *g = graph_new(a, 2);
	size_t *order, *cycle, len;

	graph_need(g, 1, 1);
	assert_int_equal(graph_order(g, a, &order, &cycle, &len), -1);
	assert_int_equal(len, 1);
	assert_int_equal(cycle[0], 1);
}

TEST(graph_order_of_many)
{
	_cleanup_arena_ struct arena *a = arena_new();
	enum { N = 20000 };
	struct graph *g = graph_new(a, N);
	size_t *order, *cycle, len;

	for (size_t i = 0; i + 1 < N; i++)
		graph_need(g, i, i + 1);
	for (size_t i = 0; i < N; i++)
		graph_need(g, i / 2, N - 1 - i / 4);
	assert_int_equal(graph_order(g, a, &order, &cycle, &len), 0);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(order[i], N - 1 - i);
}

TEST(graph_spread_both_ways)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct graph *g = graph_new(a, 5);
	bool needed[5] = { [1] = true }, needing[5] = { [1] = true };

	graph_need(g, 0, 1);
	graph_need(g, 1, 2);
	graph_need(g, 2, 3);
	graph_need(g, 3, 1); /* a cycle does not hang it */
	graph_spread(g, needed, GRAPH_NEEDED);
	assert_memory_equal(needed, ((bool[]){ false, true, true, true, false }), 5);
	graph_spread(g, needing, GRAPH_NEEDING);
	assert_memory_equal(needing, ((bool[]){ true, true, true, true, false }), 5);
}

/* The smallest node that is ready, found the slow way. */
static void check_order(const struct graph *g, struct arena *a, const bool *needs, size_t n)
{
	size_t *order, *cycle, len;
	bool *done = arena_array(a, n, sizeof(*done));

	assert_int_equal(graph_order(g, a, &order, &cycle, &len), 0);
	for (size_t i = 0; i < n; i++) {
		size_t node = 0;

		for (bool ready = false; !ready; node += !ready) {
			ready = !done[node];
			for (size_t k = 0; k < n && ready; k++)
				ready = !needs[node * n + k] || done[k];
		}
		assert_int_equal(order[i], node);
		done[node] = true;
	}
}

TEST(graph_order_of_random_graphs)
{
	enum { N = 24 };
	uint32_t seed = 1;

	for (int round = 0; round < 50; round++) {
		_cleanup_arena_ struct arena *a = arena_new();
		struct graph *g = graph_new(a, N);
		bool *needs = arena_array(a, (size_t)N * N, sizeof(*needs));

		for (int i = 0; i < N; i++) {
			size_t x = (seed = seed * 1664525 + 1013904223) >> 16;
			size_t y = (seed = seed * 1664525 + 1013904223) >> 16;

			x %= N;
			y %= N;
			if (x * 7 % N >= y * 7 % N) /* an order that is not that of numbers */
				continue;
			needs[x * N + y] = true;
			graph_need(g, x, y);
		}
		check_order(g, a, needs, N);
	}
}
