/* planner.h - a plan while it is being made. Private to src/plan.
 *
 * plan_make: nodes (what there is and what needs what), select (targets), then each change in
 * dependency order: evaluate, decide; then sequence (how replacements run, what waits for what). */
#ifndef PLAN_PLANNER_H
#define PLAN_PLANNER_H

#include "plan/diff.h"
#include "plan/graph.h"

/* A wanted resource refers to another one. Nodes are numbers of planner.nodes. */
struct reference {
	size_t node, needed;
	const char *property; /* top-level property that refers, or "depends_on" */
	struct span span;
};
struct planner {
	struct arena *a;
	const struct plan_input *in;
	struct plan *plan;
	struct diags *d;
	VEC(struct change *) nodes; /* wanted, then removed, then deposed; .index is the number */
	VEC(struct reference) refs; /* of node 0 first; each pair once */
	size_t *order;		    /* nodes, what is needed first */
	/* Per node: does its change come from the stack, or only from what happened outside? */
	bool *by_stack;
	bool outputs_by_stack;
	struct map *current; /* "type\nid" of current objects, once it is asked for */
};

/* nodes.c: fill nodes, refs, order. -1 on a cycle or a reference that leads nowhere. */
int planner_nodes(struct planner *p);
/* Is `address` the entry or resource `prefix` names, or a part of it? */
bool address_within(const char *address, const char *prefix);

/* select.c: mark what is not a target as excluded. */
int planner_select(struct planner *p);
/* Is the change one that --replace names? */
bool planner_is_tainted(const struct planner *p, const struct change *c);

/* evaluate.c */
bool change_exists(const struct change *c); /* there is an object now */
/* Wanted properties with what is known now. *ret is set also on errors. */
int plan_evaluate(struct arena *a, const struct plan *p, const struct change *c, struct value **ret,
		  struct diags *d);
/* Attributes as they will be after the change whose action is decided. */
const struct value *plan_attributes_after(struct arena *a, const struct plan *p,
					  const struct change *c);
/* Property or attribute of the object there is now, NULL when that is not known. */
struct value *plan_attribute_now(const struct change *c, const char *property);
/* Evaluate any value of the stack against the plan. */
int plan_eval(struct arena *a, const struct plan *p, const struct value *v, struct value **ret,
	      struct diags *d);

/* decide.c: what to do about one change, once all it needs is decided. */
void planner_decide(struct planner *p, struct change *c);
/* forced.c: the address whose change makes the property at `path` change; NULL: none. */
const char *planner_forced_by(const struct planner *p, const struct change *c, const char *path);
/* The first resource the property refers to, NULL without one. */
const struct change *planner_referred(const struct planner *p, const struct change *c,
				      const char *property);

/* sequence.c: delete-first or create-first, then needs and the final order. */
void planner_sequence(struct planner *p);

/* outputs.c */
void planner_outputs(struct planner *p);

void planner_note(struct planner *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
