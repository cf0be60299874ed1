#include "plan/graph.h"

#include "base/vec.h"

#include "base/banned.h"

struct edge {
	size_t node, needed;
};
struct graph {
	struct arena *arena;
	size_t nodes;
	VEC(struct edge) edges;
};

/* The edges by one of their ends: those of node n are to[first[n]] up to to[first[n + 1]]. */
struct adjacency {
	size_t *first, *to;
};

struct graph *graph_new(struct arena *a, size_t nodes)
{
	struct graph *g = arena_new_of(a, struct graph);

	g->arena = a;
	g->nodes = nodes;
	return g;
}

void graph_need(struct graph *g, size_t node, size_t needed)
{
	vec_push(g->arena, &g->edges, ((struct edge){ node, needed }));
}

static struct adjacency adjacency_of(const struct graph *g, struct arena *a,
				     enum graph_direction direction)
{
	bool forward = direction == GRAPH_NEEDED;
	struct adjacency adj = { arena_array(a, g->nodes + 2, sizeof(size_t)),
				 arena_array(a, g->edges.len, sizeof(size_t)) };
	size_t *next = adj.first + 1;

	/* Count one place further on; filling then moves each start to where it belongs. */
	for (size_t i = 0; i < g->edges.len; i++)
		next[(forward ? g->edges.items[i].node : g->edges.items[i].needed) + 1]++;
	for (size_t n = 1; n <= g->nodes; n++)
		next[n] += next[n - 1];
	for (size_t i = 0; i < g->edges.len; i++) {
		const struct edge *e = &g->edges.items[i];

		adj.to[next[forward ? e->node : e->needed]++] = forward ? e->needed : e->node;
	}
	return adj;
}

/* --- a heap of node numbers, smallest first --- */

struct heap {
	size_t *items, len;
};

static void heap_push(struct heap *h, size_t node)
{
	size_t i = h->len++;

	for (; i > 0 && h->items[(i - 1) / 2] > node; i = (i - 1) / 2)
		h->items[i] = h->items[(i - 1) / 2];
	h->items[i] = node;
}

static size_t heap_pop(struct heap *h)
{
	size_t top = h->items[0], last = h->items[--h->len], i = 0;

	for (size_t child = 1; child < h->len; child = 2 * i + 1) {
		if (child + 1 < h->len && h->items[child + 1] < h->items[child])
			child++;
		if (h->items[child] >= last)
			break;
		h->items[i] = h->items[child];
		i = child;
	}
	h->items[i] = last;
	return top;
}

/* --- order --- */

/* Every node that is left needs one that is left: following them must come back. */
static void find_cycle(const struct adjacency *needed, const size_t *left, size_t nodes,
		       struct arena *a, size_t **ret, size_t *ret_len)
{
	size_t *path = arena_array(a, nodes, sizeof(*path)), len = 0, node = 0, start;
	size_t *seen = arena_array(a, nodes, sizeof(*seen)); /* place in path + 1 */

	while (!left[node])
		node++;
	while (!seen[node]) {
		const size_t *next = needed->to + needed->first[node];

		path[len++] = node;
		seen[node] = len;
		while (!left[*next])
			next++;
		node = *next;
	}
	start = seen[node] - 1;
	*ret = path + start;
	*ret_len = len - start;
}

int graph_order(const struct graph *g, struct arena *a, size_t **ret_order, size_t **ret_cycle,
		size_t *ret_cycle_len)
{
	struct adjacency needed = adjacency_of(g, a, GRAPH_NEEDED);
	struct adjacency needing = adjacency_of(g, a, GRAPH_NEEDING);
	size_t *order = arena_array(a, g->nodes, sizeof(*order)), len = 0;
	size_t *left = arena_array(a, g->nodes, sizeof(*left)); /* needs not yet in order */
	struct heap ready = { arena_array(a, g->nodes, sizeof(size_t)), 0 };

	for (size_t n = 0; n < g->nodes; n++) {
		left[n] = needed.first[n + 1] - needed.first[n];
		if (!left[n])
			heap_push(&ready, n);
	}
	while (ready.len) {
		size_t node = heap_pop(&ready);

		order[len++] = node;
		for (size_t i = needing.first[node]; i < needing.first[node + 1]; i++)
			if (--left[needing.to[i]] == 0)
				heap_push(&ready, needing.to[i]);
	}
	if (len == g->nodes) {
		*ret_order = order;
		return 0;
	}
	find_cycle(&needed, left, g->nodes, a, ret_cycle, ret_cycle_len);
	return -1;
}

void graph_spread(const struct graph *g, bool *marked, enum graph_direction direction)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct adjacency adj = adjacency_of(g, scratch, direction);
	size_t *todo = arena_array(scratch, g->nodes, sizeof(*todo)), len = 0;

	for (size_t n = 0; n < g->nodes; n++)
		if (marked[n])
			todo[len++] = n;
	while (len) {
		size_t node = todo[--len];

		for (size_t i = adj.first[node]; i < adj.first[node + 1]; i++) {
			if (marked[adj.to[i]])
				continue;
			marked[adj.to[i]] = true;
			todo[len++] = adj.to[i];
		}
	}
}
