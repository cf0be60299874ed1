#include <stdlib.h>
#include <string.h>

#include "plan/planner.h"

#include "base/banned.h"

static struct change *add_node(struct planner *p, const char *address, const struct type *type)
{
	struct change *c = arena_new_of(p->a, struct change);

	c->address = address;
	c->type = type;
	c->type_name = type ? type->name : NULL;
	c->index = p->nodes.len;
	vec_push(p->a, &p->nodes, c);
	return c;
}

static void add_wanted(struct planner *p, const struct resource *r)
{
	struct change *c;

	if (map_has(p->plan->by_address, r->address)) {
		diag_error(p->d, D_CONFIG, r->span, "two resources have the address `%s`",
			   r->address);
		return;
	}
	c = add_node(p, r->address, r->type);
	c->wanted = r;
	map_set(p->plan->by_address, r->address, c);
}

static void add_recorded(struct planner *p, const struct recorded *r)
{
	struct change *c = map_get(p->plan->by_address, r->address);

	if (!c) {
		c = add_node(p, r->address, r->type);
		c->type_name = r->type_name;
		map_set(p->plan->by_address, r->address, c);
	}
	c->recorded = r;
}

static void add_deposed(struct planner *p, const struct recorded *r)
{
	struct change *c = add_node(p, r->address, r->type);
	const char *key = arena_printf(p->a, "%s\n%s", r->address, r->deposed);

	c->type_name = r->type_name;
	c->recorded = r;
	c->deposed = r->deposed;
	c->observed = p->in->observed ? map_get(p->in->observed, key) : NULL;
}

static void add_nodes(struct planner *p)
{
	const struct plan_input *in = p->in;

	for (size_t i = 0; !in->destroy && in->wanted && i < in->wanted->len; i++)
		add_wanted(p, in->wanted->items[i]);
	for (size_t i = 0; i < in->recorded_len; i++)
		if (!in->recorded[i]->deposed)
			add_recorded(p, in->recorded[i]);
	for (size_t i = 0; in->observed && i < p->nodes.len; i++)
		p->nodes.items[i]->observed = map_get(in->observed, p->nodes.items[i]->address);
	for (size_t i = 0; i < in->recorded_len; i++)
		if (in->recorded[i]->deposed)
			add_deposed(p, in->recorded[i]);
}

/* --- references --- */

struct referring {
	struct planner *p;
	struct change *c;
	const char *property;
	size_t *seen; /* node + 1 whose reference to this one was added last */
};

static void add_reference(struct referring *r, const struct change *needed, struct span at)
{
	struct reference ref = { r->c->index, needed->index, r->property, at };

	if (r->seen[ref.needed] == ref.node + 1)
		return;
	r->seen[ref.needed] = ref.node + 1;
	vec_push(r->p->a, &r->p->refs, ref);
	if (needed != r->c)
		vec_push(r->p->a, &r->c->depends, needed->address);
}

static void on_ref(void *ctx, const struct expr *ref)
{
	struct referring *r = ctx;
	const struct change *needed;

	if (ref->kind != EXPR_ATTRIBUTE)
		return;
	needed = map_get(r->p->plan->by_address, ref->address);
	if (needed && needed->wanted)
		add_reference(r, needed, ref->span);
	else
		diag_error(r->p->d, D_REFERENCE, ref->span,
			   "`%s` refers to `%s`, which the stack does not have", r->c->address,
			   ref->address);
}

bool address_within(const char *address, const char *prefix)
{
	size_t len = strlen(prefix);

	return !strncmp(address, prefix, len) &&
	       (!address[len] || address[len] == '.' || address[len] == '[');
}

static int by_address(const void *a, const void *b)
{
	return strcmp((*(struct change *const *)a)->address, (*(struct change *const *)b)->address);
}

/* Wanted changes by address. */
static struct change **sorted_wanted(struct planner *p, size_t *ret_len)
{
	struct change **sorted = arena_array(p->a, p->nodes.len, sizeof(struct change *));
	size_t len = 0;

	for (size_t i = 0; i < p->nodes.len && p->nodes.items[i]->wanted; i++)
		sorted[len++] = p->nodes.items[i];
	if (len)
		qsort(sorted, len, sizeof(struct change *), by_address);
	*ret_len = len;
	return sorted;
}

/* Those from `key` on whose addresses begin with it. */
static size_t first_from(struct change *const *sorted, size_t len, const char *key)
{
	size_t low = 0;

	while (low < len) {
		size_t middle = (low + len) / 2;

		if (strcmp(sorted[middle]->address, key) < 0)
			low = middle + 1;
		else
			len = middle;
	}
	return low;
}

static void add_depends_on(struct referring *r, struct change *const *sorted, size_t len)
{
	const struct lifecycle *life = &r->c->wanted->life;
	static const char *const ends[] = { "", ".", "[" };

	for (size_t i = 0; i < life->depends_on.len; i++) {
		const char *word = life->depends_on.items[i];

		for (size_t e = 0; e < sizeof(ends) / sizeof(*ends); e++) {
			const char *key = arena_printf(r->p->a, "%s%s", word, ends[e]);

			for (size_t n = first_from(sorted, len, key);
			     n < len && str_starts(sorted[n]->address, key) &&
			     address_within(sorted[n]->address, word);
			     n++)
				if (sorted[n] != r->c)
					add_reference(r, sorted[n], life->depends_on_span);
		}
	}
}

static void add_references(struct planner *p)
{
	struct referring r = { p, NULL, NULL, arena_array(p->a, p->nodes.len, sizeof(size_t)) };
	size_t len;
	struct change **sorted = sorted_wanted(p, &len);

	for (size_t i = 0; i < p->nodes.len && p->nodes.items[i]->wanted; i++) {
		r.c = p->nodes.items[i];
		value_each_pair(r.c->wanted->props, pair) {
			r.property = pair->key;
			value_each_ref(pair->value, on_ref, &r);
		}
		r.property = "depends_on";
		add_depends_on(&r, sorted, len);
	}
}

/* --- order --- */

static const struct reference *find_ref(const struct planner *p, size_t node, size_t needed)
{
	for (size_t i = 0; i < p->refs.len; i++)
		if (p->refs.items[i].node == node && p->refs.items[i].needed == needed)
			return &p->refs.items[i];
	return NULL;
}

static int cycle_error(struct planner *p, const size_t *cycle, size_t len)
{
	_cleanup_str_ struct str path = STR_INIT;
	const struct reference *first = find_ref(p, cycle[0], cycle[1 % len]);

	for (size_t i = 0; i <= len; i++)
		str_addf(&path, "%s%s", i ? " → " : "", p->nodes.items[cycle[i % len]]->address);
	diag_error(p->d, D_CYCLE, first->span, "cycle: %s", str_text(&path));
	for (size_t i = 0; i < len; i++) {
		const struct reference *ref = find_ref(p, cycle[i], cycle[(i + 1) % len]);

		diag_note(p->d, ref->span, "%s needs %s (%s)", p->nodes.items[ref->node]->address,
			  p->nodes.items[ref->needed]->address, ref->property);
	}
	diag_hint(p->d, "one of these references has to go, or to become a resource of its own");
	return -1;
}

int planner_nodes(struct planner *p)
{
	size_t errors = diags_errors(p->d), *cycle, len;
	struct graph *g;

	add_nodes(p);
	add_references(p);
	g = graph_new(p->a, p->nodes.len);
	for (size_t i = 0; i < p->refs.len; i++)
		graph_need(g, p->refs.items[i].node, p->refs.items[i].needed);
	if (graph_order(g, p->a, &p->order, &cycle, &len) < 0)
		return cycle_error(p, cycle, len);
	return diags_errors(p->d) > errors ? -1 : 0;
}
