#include "plan/planner.h"

#include "base/banned.h"

/* What must go along with a change: what it refers to, and for a delete those that still use it. */
static struct graph *needs_graph(const struct planner *p)
{
	struct graph *g = graph_new(p->a, p->nodes.len);

	for (size_t i = 0; i < p->refs.len; i++)
		graph_need(g, p->refs.items[i].node, p->refs.items[i].needed);
	for (size_t i = 0; i < p->nodes.len; i++) {
		const struct change *c = p->nodes.items[i];
		const char *const *dep = c->recorded ? c->recorded->depends : NULL;
		const struct change *current = map_get(p->plan->by_address, c->address);

		if (c->deposed && current)
			graph_need(g, i, current->index);
		for (; dep && *dep; dep++) {
			const struct change *needed = map_get(p->plan->by_address, *dep);

			if (needed && !needed->wanted)
				graph_need(g, needed->index, i);
		}
	}
	return g;
}

static int unknown_address(struct planner *p, const char *option, const char *word)
{
	const char **known = arena_array(p->a, p->nodes.len, sizeof(*known)), *nearest;

	for (size_t i = 0; i < p->nodes.len; i++)
		known[i] = p->nodes.items[i]->address;
	nearest = str_nearest(word, known, p->nodes.len);
	diag_error(p->d, D_CONFIG, NO_SPAN, "%s: there is no `%s` in the stack or the state",
		   option, word);
	if (nearest)
		diag_hint(p->d, "did you mean `%s`?", nearest);
	return -1;
}

static int mark(struct planner *p, const char *option, const char *const *words, bool *marked)
{
	int result = 0;

	for (; words && *words; words++) {
		bool found = false;

		for (size_t i = 0; i < p->nodes.len; i++) {
			if (!address_within(p->nodes.items[i]->address, *words))
				continue;
			found = marked[i] = true;
		}
		if (!found)
			result = unknown_address(p, option, *words);
	}
	return result;
}

static bool any(const char *const *words)
{
	return words && *words;
}

int planner_select(struct planner *p)
{
	bool *in = arena_array(p->a, p->nodes.len, sizeof(bool));
	bool *out = arena_array(p->a, p->nodes.len, sizeof(bool));
	bool *named = arena_array(p->a, p->nodes.len, sizeof(bool));
	int result = mark(p, "--target", p->in->targets, in);

	result |= mark(p, "--exclude", p->in->excludes, out);
	result |= mark(p, "--replace", p->in->replaces, named);
	if (any(p->in->targets))
		graph_spread(needs_graph(p), in, GRAPH_NEEDED);
	if (any(p->in->excludes))
		graph_spread(needs_graph(p), out, GRAPH_NEEDING);
	for (size_t i = 0; i < p->nodes.len; i++)
		p->nodes.items[i]->excluded = out[i] || (any(p->in->targets) && !in[i]);
	return result;
}

/* An entry's address means its main resource, unless only parts bear it. */
bool planner_is_tainted(const struct planner *p, const struct change *c)
{
	for (const char *const *word = p->in->replaces; word && *word; word++) {
		if (str_eq(c->address, *word))
			return true;
		if (!map_has(p->plan->by_address, *word) && address_within(c->address, *word))
			return true;
	}
	return false;
}
