/* graph.h - dependency order. Nodes are numbers; edges say "a needs b". */
#ifndef PLAN_GRAPH_H
#define PLAN_GRAPH_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"

struct graph;
struct graph *graph_new(struct arena *a, size_t nodes);
void graph_need(struct graph *g, size_t node, size_t needed); /* repeats are fine */
/* Nodes so that what is needed comes first, ties by number. On a cycle returns -1 and gives it as
 * a path of nodes, the first one not repeated. */
int graph_order(const struct graph *g, struct arena *a, size_t **ret_order, size_t **ret_cycle,
		size_t *ret_cycle_len);

enum graph_direction { GRAPH_NEEDED, GRAPH_NEEDING };
/* Mark all that the marked nodes need, or all that need them, at any distance. */
void graph_spread(const struct graph *g, bool *marked, enum graph_direction direction);

#endif
