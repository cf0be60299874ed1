/* How replacements run, and what waits for what. */
#include "plan/planner.h"

#include "base/banned.h"

enum { MAX_ROUNDS = 64 };

struct sequencer {
	struct planner *p;
	size_t n;
	bool *forced; /* must be replaced delete-first */
	const char **why;
	bool *first; /* create-first */
	/* What replaced changes refer to: refs of node i are refs[begin[i]] up to begin[i + 1]. */
	size_t *begin;
};

static bool is_replaced(const struct change *c)
{
	return c->action == ACTION_REPLACE;
}

static const struct change *replaced_parent(const struct sequencer *s, const struct change *c)
{
	const struct change *parent = NULL;

	if (c->type->flags & TYPE_INSIDE_PARENT && c->type->parent)
		parent = planner_referred(s->p, c, c->type->parent);
	return parent && is_replaced(parent) ? parent : NULL;
}

/* The new object needs the name that the old one has. */
static bool keeps_name(const struct change *c)
{
	const char *name = c->type->name_prop;
	const struct value *next = name ? value_get(c->after, name) : NULL;

	return next && value_equal(next, plan_attribute_now(c, name));
}

static void force(struct sequencer *s, const struct change *c, const char *why)
{
	s->forced[c->index] = true;
	s->why[c->index] = why;
}

/* In order of dependency: who cannot be made first, by itself or by what it needs. */
static void find_forced(struct sequencer *s, const struct change *c)
{
	struct planner *p = s->p;

	if (!str_eq(c->recorded->type_name, c->type->name))
		force(s, c, "its type changes");
	else if (keeps_name(c) && !replaced_parent(s, c))
		force(s, c, "its name stays the same");
	for (size_t i = s->begin[c->index]; i < s->begin[c->index + 1]; i++) {
		const struct change *needed = p->nodes.items[p->refs.items[i].needed];

		if (!s->forced[c->index] && is_replaced(needed) && s->forced[needed->index])
			force(s, c,
			      arena_printf(p->a, "%s, which it needs, must be deleted first",
					   needed->address));
	}
}

static bool wishes_create_first(const struct change *c)
{
	enum replace_mode mode = c->wanted->life.replace;

	return mode == REPLACE_CREATE_FIRST ||
	       (mode == REPLACE_AUTO && c->type->flags & TYPE_CREATE_FIRST);
}

/* In reverse order: what a create-first replacement needs has to stay until it is through. */
static void extend_create_first(struct sequencer *s, const struct change *c)
{
	struct planner *p = s->p;

	if (!s->forced[c->index] && wishes_create_first(c))
		s->first[c->index] = true;
	if (!s->first[c->index]) {
		if (c->wanted->life.replace == REPLACE_CREATE_FIRST && s->forced[c->index])
			planner_note(p,
				     "%s: replaced delete-first, although create-first is set: %s",
				     c->address, s->why[c->index]);
		return;
	}
	for (size_t i = s->begin[c->index]; i < s->begin[c->index + 1]; i++)
		s->first[p->refs.items[i].needed] = true;
}

static void set_modes(struct sequencer *s)
{
	struct planner *p = s->p;

	for (size_t i = 0; i < s->n; i++)
		if (is_replaced(p->nodes.items[p->order[i]]))
			find_forced(s, p->nodes.items[p->order[i]]);
	for (size_t i = s->n; i-- > 0;)
		if (is_replaced(p->nodes.items[p->order[i]]))
			extend_create_first(s, p->nodes.items[p->order[i]]);
	for (size_t i = 0; i < s->n; i++) {
		struct change *c = p->nodes.items[p->order[i]];
		const struct change *parent = is_replaced(c) ? replaced_parent(s, c) : NULL;

		if (is_replaced(c))
			c->delete_first = parent ? parent->delete_first : !s->first[c->index];
	}
}

/* --- what waits for what: node i is a change, node n + i the deletion of its old object --- */

/* On a cycle, what is weakest is given up. */
enum strength { WAIT_REPLACED_FOR_USERS, WAIT_FOR_USERS, WAIT_FOR_NAME, WAIT_ALWAYS };
struct wait {
	size_t node, needed;
	enum strength strength;
};
typedef VEC(struct wait) waits;

static size_t old_of(const struct sequencer *s, const struct change *c)
{
	return is_replaced(c) ? s->n + c->index : c->index;
}

static void add_wait(struct sequencer *s, waits *w, size_t node, size_t needed,
		     enum strength strength)
{
	if (node != needed)
		vec_push(s->p->a, w, ((struct wait){ node, needed, strength }));
}

/* `user` was made with the old object of `used`: what of it must come before that is deleted? */
static void wait_for_user(struct sequencer *s, waits *w, const struct change *used,
			  const struct change *user)
{
	bool gone = user->action == ACTION_DELETE || is_replaced(user);
	enum strength strength = is_replaced(used) ? WAIT_REPLACED_FOR_USERS : WAIT_FOR_USERS;
	bool waits_for_it;

	if (used->action == ACTION_DELETE || (is_replaced(used) && !used->delete_first))
		waits_for_it = user->action != ACTION_NOOP;
	else
		waits_for_it =
			is_replaced(used) && gone && (!is_replaced(user) || user->delete_first);
	if (waits_for_it)
		add_wait(s, w, old_of(s, used), old_of(s, user), strength);
}

struct deposed {
	const struct change *change;
	struct deposed *next; /* of the same address */
};

static struct map *deposed_by_address(const struct planner *p)
{
	struct map *m = map_new(p->a);

	for (size_t i = 0; i < p->nodes.len; i++) {
		struct deposed *one;

		if (!p->nodes.items[i]->deposed)
			continue;
		one = arena_new_of(p->a, struct deposed);
		one->change = p->nodes.items[i];
		one->next = map_get(m, one->change->address);
		map_set(m, one->change->address, one);
	}
	return m;
}

static void add_recorded_waits(struct sequencer *s, waits *w)
{
	struct planner *p = s->p;
	struct map *deposed = deposed_by_address(p);

	for (size_t i = 0; i < s->n; i++) {
		const struct change *user = p->nodes.items[i];
		const struct change *current = map_get(p->plan->by_address, user->address);
		const char *const *dep = user->recorded ? user->recorded->depends : NULL;

		for (; dep && *dep; dep++) {
			const struct change *used = map_get(p->plan->by_address, *dep);
			const struct deposed *old = map_get(deposed, *dep);

			if (used)
				wait_for_user(s, w, used, user);
			for (; old; old = old->next) /* may still be in use */
				wait_for_user(s, w, old->change, user);
		}
		if (user->deposed && current)
			wait_for_user(s, w, user, current);
	}
}

static const char *name_key(struct arena *a, const struct change *c, const struct value *name)
{
	const char *text = name ? value_scalar_text(a, name) : NULL;

	return text ? arena_printf(a, "%s\n%s", c->type_name, text) : NULL;
}

/* A name that moves from one address to another is free only after the delete. */
static void add_name_waits(struct sequencer *s, waits *w)
{
	struct planner *p = s->p;
	struct map *freed = map_new(p->a);

	for (size_t i = 0; i < s->n; i++) {
		struct change *c = p->nodes.items[i];
		const char *key = NULL;

		if (c->action == ACTION_DELETE && c->type && c->type->name_prop)
			key = name_key(p->a, c, plan_attribute_now(c, c->type->name_prop));
		if (key)
			map_set(freed, key, c);
	}
	for (size_t i = 0; map_len(freed) && i < s->n; i++) {
		const struct change *c = p->nodes.items[i], *deleted = NULL;
		const char *key = NULL;

		if ((c->action == ACTION_CREATE || is_replaced(c)) && c->type->name_prop)
			key = name_key(p->a, c, value_get(c->after, c->type->name_prop));
		if (key)
			deleted = map_get(freed, key);
		if (deleted)
			add_wait(s, w, i, deleted->index, WAIT_FOR_NAME);
	}
}

static void add_waits(struct sequencer *s, waits *w)
{
	struct planner *p = s->p;

	for (size_t i = 0; i < p->refs.len; i++)
		add_wait(s, w, p->refs.items[i].node, p->refs.items[i].needed, WAIT_ALWAYS);
	for (size_t i = 0; i < s->n; i++) {
		const struct change *c = p->nodes.items[i];

		if (is_replaced(c) && c->delete_first)
			add_wait(s, w, i, s->n + i, WAIT_ALWAYS);
		else if (is_replaced(c))
			add_wait(s, w, s->n + i, i, WAIT_ALWAYS);
	}
	add_recorded_waits(s, w);
	add_name_waits(s, w);
}

static struct graph *graph_of(struct sequencer *s, const waits *w)
{
	struct graph *g = graph_new(s->p->a, 2 * s->n);

	for (size_t i = 0; i < w->len; i++)
		graph_need(g, w->items[i].node, w->items[i].needed);
	return g;
}

/* Remove the weakest waits that lie on the cycle, or everywhere. */
static void give_up(struct sequencer *s, waits *w, const size_t *cycle, size_t len, bool everywhere)
{
	size_t *next = arena_array(s->p->a, 2 * s->n, sizeof(*next)), kept = 0;
	enum strength weakest = WAIT_FOR_NAME;

	for (size_t i = 0; i < len; i++)
		next[cycle[i]] = cycle[(i + 1) % len] + 1;
	for (size_t i = 0; i < w->len; i++)
		if (next[w->items[i].node] == w->items[i].needed + 1 &&
		    w->items[i].strength < weakest)
			weakest = w->items[i].strength;
	for (size_t i = 0; i < w->len; i++) {
		const struct wait *one = &w->items[i];
		bool on_cycle = next[one->node] == one->needed + 1;

		if (one->strength > weakest || !(on_cycle || everywhere))
			w->items[kept++] = *one;
	}
	w->len = kept;
}

static void store(struct sequencer *s, const waits *w, const size_t *order)
{
	struct planner *p = s->p;

	for (size_t i = 0; i < w->len; i++) {
		size_t node = w->items[i].node, needed = w->items[i].needed;
		struct change *c = p->nodes.items[node % s->n];
		struct change *other = p->nodes.items[needed % s->n];

		if (c == other)
			continue;
		if (node >= s->n || c->action == ACTION_DELETE)
			vec_push(p->a, &c->delete_needs, other);
		else
			vec_push(p->a, &c->needs, other);
	}
	for (size_t i = 0; i < 2 * s->n; i++)
		if (order[i] < s->n)
			vec_push(p->a, &p->plan->changes, p->nodes.items[order[i]]);
	for (size_t i = 0; i < s->n; i++)
		p->plan->changes.items[i]->index = i;
}

static void index_refs(struct sequencer *s)
{
	const struct planner *p = s->p;

	for (size_t i = 0; i < p->refs.len; i++)
		s->begin[p->refs.items[i].node + 1]++;
	for (size_t i = 0; i < s->n; i++)
		s->begin[i + 1] += s->begin[i];
}

void planner_sequence(struct planner *p)
{
	size_t n = p->nodes.len, *order, *cycle, len;
	struct sequencer s = { .p = p, .n = n };
	waits w = { 0 };

	s.forced = arena_array(p->a, n, sizeof(*s.forced));
	s.why = arena_array(p->a, n, sizeof(*s.why));
	s.first = arena_array(p->a, n, sizeof(*s.first));
	s.begin = arena_array(p->a, n + 1, sizeof(*s.begin));
	index_refs(&s);
	set_modes(&s);
	add_waits(&s, &w);
	for (int round = 1; graph_order(graph_of(&s, &w), p->a, &order, &cycle, &len) < 0; round++)
		give_up(&s, &w, cycle, len, round >= MAX_ROUNDS);
	store(&s, &w, order);
}
