#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "engine/pool.h"
#include "base/banned.h"

enum { READ_WORKERS = 64, POLL_MS = 200 };

/* One object to read. */
struct reading {
	const char *key; /* in the resulting map */
	struct operation op;
};

/* Readings of one type that one call may take. */
struct group {
	struct job job;
	struct provider *provider;
	struct reading **items;
	size_t len;
};

struct refresh {
	struct engine *e;
	struct arena *a;
	VEC(struct reading *) readings;
	struct map *observed;
	struct diags *d;
	bool stopped; /* by a signal or by credentials that do not work: begin no more */
};

static bool stop_asked(void *ctx)
{
	const struct engine *e = ctx;

	return e->stop && *e->stop;
}

static struct reading *add_reading(struct refresh *r, const struct type *type, const char *address,
				   const char *key)
{
	struct reading *reading = arena_new_of(r->a, struct reading);

	reading->key = key;
	reading->op = (struct operation){ .kind = OPERATION_READ,
					  .address = address,
					  .type = type,
					  .cancelled = stop_asked,
					  .ctx = r->e };
	vec_push(r->a, &r->readings, reading);
	return reading;
}

static void add_recorded(struct refresh *r, const struct state_resource *resource,
			 const struct state_object *o, const struct value *wanted, bool all)
{
	const struct type *type = r->e->provider->type(resource->type);
	const char *key = resource->address;
	struct operation *op;

	if (!type)
		return;
	if (o->deposed)
		key = arena_printf(r->a, "%s\n%s", resource->address, o->deposed);
	op = &add_reading(r, type, resource->address, key)->op;
	op->id = o->id;
	op->recorded = o->props;
	op->attributes = o->attributes;
	op->incarnation = o->incarnation;
	op->wanted = o->deposed ? NULL : wanted;
	op->all = all;
}

/* Is the object's identity known from what the stack says? "QueueName|..." */
static bool has_natural_name(const struct resource *w)
{
	const char *at = w->type->id;
	char name[128];

	if (!w->type->name_prop || !value_is(value_get(w->props, w->type->name_prop), VALUE_STRING))
		return false;
	for (size_t n; at && *at; at += n + (at[n] == '|')) {
		const struct prop *p;

		n = strcspn(at, "|");
		if (n >= sizeof(name))
			return false;
		memcpy(name, at, n);
		name[n] = '\0';
		p = prop_find(w->type->props, name);
		if (p && !(p->flags & P_COMPUTED) &&
		    !value_is(value_get(w->props, name), VALUE_STRING))
			return false;
	}
	return true;
}

static void add_wanted(struct refresh *r, const struct state *s, const struct resource *w, bool all)
{
	const struct state_resource *known = state_get(s, w->address);

	if ((known && known->current) || !has_natural_name(w))
		return;
	add_reading(r, w->type, w->address, w->address)->op.wanted = w->props;
	r->readings.items[r->readings.len - 1]->op.all = all;
}

static void collect(struct refresh *r, const struct state *s, const struct resource_list *wanted,
		    bool all)
{
	struct map *props = map_new(r->a);

	for (size_t i = 0; i < wanted->len; i++)
		map_set(props, wanted->items[i]->address, wanted->items[i]->props);
	state_each(s, resource)
	{
		const struct value *want = map_get(props, resource->address);

		if (resource->current)
			add_recorded(r, resource, resource->current, want, all);
		for (size_t i = 0; i < resource->deposed.len; i++)
			add_recorded(r, resource, resource->deposed.items[i], NULL, all);
	}
	for (size_t i = 0; i < wanted->len; i++)
		add_wanted(r, s, wanted->items[i], all);
}

/* --- running --- */

static void run_group(struct job *j)
{
	struct group *g = (struct group *)j;
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct operation **ops = arena_array(scratch, g->len, sizeof(struct operation *));

	for (size_t i = 0; i < g->len; i++) {
		ops[i] = &g->items[i]->op;
		ops[i]->arena = arena_new();
		ops[i]->diags = diags_new(ops[i]->arena);
	}
	g->provider->run(g->provider, ops, g->len);
}

static int compare_types(const void *left, const void *right)
{
	const struct reading *a = *(struct reading *const *)left;
	const struct reading *b = *(struct reading *const *)right;
	int r = strcmp(a->op.type->name, b->op.type->name);

	return r ? r : strcmp(a->key, b->key);
}

/* Chunks of neighbours of one type. */
static struct group **make_groups(struct refresh *r, size_t *ret_len)
{
	VEC(struct group *) groups = { 0 };
	struct reading **items = r->readings.items;

	if (r->readings.len)
		qsort(items, r->readings.len, sizeof(struct reading *), compare_types);
	for (size_t i = 0, n; i < r->readings.len; i += n) {
		const struct type *type = items[i]->op.type;
		size_t most = type->batch > 1 ? (size_t)type->batch : 1;
		struct group *g = arena_new_of(r->a, struct group);

		for (n = 1; n < most && i + n < r->readings.len && items[i + n]->op.type == type;)
			n++;
		*g = (struct group){ .job = { .run = run_group },
				     .provider = r->e->provider,
				     .items = items + i,
				     .len = n };
		vec_push(r->a, &groups, g);
	}
	*ret_len = groups.len;
	return groups.items;
}

/* Take over a result; its arena goes with its group. */
static void take(struct refresh *r, const struct reading *reading)
{
	const struct operation *op = &reading->op;
	struct observed *o;
	size_t mark = diags_len(r->d);

	if (op->failed) {
		diags_merge(r->d, op->diags);
		diag_wrap(r->d, mark, "reading %s", op->address);
		if (diags_code(op->diags) == D_AUTH)
			r->stopped = true;
		return;
	}
	o = arena_new_of(r->a, struct observed);
	o->absent = op->absent;
	o->id = arena_strdup(r->a, op->ret_id ? op->ret_id : op->id);
	o->incarnation = arena_strdup(r->a, op->ret_incarnation);
	o->live = op->ret_live ? value_copy(r->a, op->ret_live) : NULL;
	o->attributes = op->ret_attributes ? value_copy(r->a, op->ret_attributes) : NULL;
	map_set(r->observed, reading->key, o);
}

static void finish_group(struct refresh *r, struct group *g)
{
	for (size_t i = 0; i < g->len; i++)
		take(r, g->items[i]);
	for (size_t i = 0; i < g->len; i++) {
		arena_free(g->items[i]->op.arena);
		g->items[i]->op.arena = NULL;
		g->items[i]->op.diags = NULL;
	}
}

/* Keep a little more in the queue than there are workers, so that results are not far ahead of
 * the loop that takes them over. */
static void run_groups(struct refresh *r, struct group **groups, size_t len)
{
	size_t workers = r->e->parallelism > 0 ? (size_t)r->e->parallelism : READ_WORKERS;
	struct pool *pool = pool_new(workers);
	size_t next = 0, running = 0;

	while (next < len || running) {
		struct message *m;

		r->stopped = r->stopped || stop_asked(r->e);
		for (; !r->stopped && next < len && running < 2 * workers; next++, running++)
			pool_add(pool, &groups[next]->job);
		if (r->stopped && !running)
			break;
		m = pool_wait(pool, POLL_MS);
		if (!m)
			continue;
		finish_group(r, (struct group *)m->job);
		message_free(m);
		running--;
	}
	pool_free(pool);
}

int engine_refresh(struct engine *e, struct arena *a, const struct state *s,
		   const struct resource_list *wanted, bool all, struct map **ret, struct diags *d)
{
	struct refresh r = { .e = e, .a = a, .observed = map_new(a), .d = d };
	size_t errors = diags_errors(d), len;
	struct group **groups;

	collect(&r, s, wanted, all);
	groups = make_groups(&r, &len);
	run_groups(&r, groups, len);
	if (stop_asked(e))
		return diag_error(d, D_INTERRUPTED, NO_SPAN, "interrupted while reading");
	if (diags_errors(d) > errors)
		return -1;
	*ret = r.observed;
	return 0;
}
