#include "engine/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"
#include "engine/pool.h"
#include "base/banned.h"

enum {
	READ_WORKERS = 64,
	AHEAD = 8, /* groups that wait for a worker, so that none waits for the loop */
	POLL_MS = 200,
	READS_PER_PACE = 4, /* reads count a quarter of what the provider's pace is about */
	FIRST_GUESS_MS = 50,
};

/* One object to read. */
struct reading {
	const char *key; /* in the resulting map */
	struct operation op;
};

/* Types of one service ("AWS::SQS::") share its pace. */
struct service {
	const char *prefix;
	size_t running, most;
};

/* Groups of one type. */
struct queue {
	const struct type *type;
	struct service *service;
	struct group *first, **last;
	size_t left, begun, done;
	int64_t took_ms; /* all that are done */
};

/* Readings of one type that one call may take. */
struct group {
	struct job job;
	struct provider *provider;
	struct queue *queue;
	struct reading **items;
	size_t len;
	int64_t took_ms;
	struct group *next;
};

struct refresh {
	struct engine *e;
	struct arena *a;
	VEC(struct reading *) readings;
	VEC(struct queue *) queues;
	VEC(struct service *) services;
	struct map *observed;
	struct diags *d;
	bool stopped; /* by a signal or by credentials that do not work: begin no more */
};

bool engine_stop_asked(void *engine)
{
	const struct engine *e = engine;

	return stops_asked(e->stop) > 0;
}

static struct reading *add_reading(struct refresh *r, const struct type *type, const char *address,
				   const char *key)
{
	struct reading *reading = arena_new_of(r->a, struct reading);

	reading->key = key;
	reading->op = (struct operation){ .kind = OPERATION_READ,
					  .address = address,
					  .type = type,
					  .cancelled = engine_stop_asked,
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

	g->took_ms = -clock_monotonic_ms();
	for (size_t i = 0; i < g->len; i++) {
		ops[i] = &g->items[i]->op;
		ops[i]->arena = arena_new();
		ops[i]->diags = diags_new(ops[i]->arena);
	}
	g->provider->run(g->provider, ops, g->len);
	g->took_ms += clock_monotonic_ms();
}

static int compare_types(const void *left, const void *right)
{
	const struct reading *a = *(struct reading *const *)left;
	const struct reading *b = *(struct reading *const *)right;
	int r = strcmp(a->op.type->name, b->op.type->name);

	return r ? r : strcmp(a->key, b->key);
}

static struct service *service_of(struct refresh *r, const struct type *type)
{
	const char *name = strrchr(type->name, ':');
	size_t len = name ? (size_t)(name - type->name) : strlen(type->name);
	int pace = r->e->provider->pace ? r->e->provider->pace(type) : 0;
	size_t most = pace > 0 ? READS_PER_PACE * (size_t)pace : READ_WORKERS;
	struct service *s;

	for (size_t i = 0; i < r->services.len; i++) {
		s = r->services.items[i];
		if (strlen(s->prefix) == len && !strncmp(s->prefix, type->name, len))
			return s;
	}
	s = arena_new_of(r->a, struct service);
	s->prefix = arena_strndup(r->a, type->name, len);
	s->most = most;
	vec_push(r->a, &r->services, s);
	return s;
}

static struct queue *add_queue(struct refresh *r, const struct type *type)
{
	struct queue *q = arena_new_of(r->a, struct queue);

	q->type = type;
	q->service = service_of(r, type);
	q->last = &q->first;
	vec_push(r->a, &r->queues, q);
	return q;
}

static void add_group(struct refresh *r, struct queue *q, struct reading **items, size_t len)
{
	struct group *g = arena_new_of(r->a, struct group);

	*g = (struct group){ .job = { .run = run_group },
			     .provider = r->e->provider,
			     .queue = q,
			     .items = items,
			     .len = len };
	*q->last = g;
	q->last = &g->next;
	q->left++;
}

/* Chunks of neighbours of one type. */
static void make_groups(struct refresh *r)
{
	struct reading **items = r->readings.items;
	struct queue *q = NULL;

	if (r->readings.len)
		qsort(items, r->readings.len, sizeof(struct reading *), compare_types);
	for (size_t i = 0, n; i < r->readings.len; i += n) {
		const struct type *type = items[i]->op.type;
		size_t most = type->batch > 1 ? (size_t)type->batch : 1;

		if (!q || q->type != type)
			q = add_queue(r, type);
		for (n = 1; n < most && i + n < r->readings.len && items[i + n]->op.type == type;)
			n++;
		add_group(r, q, items + i, n);
	}
}

/* How long a queue will still take, at its service's pace, its last one included. One group of
 * each is tried first, to learn how long they take. */
static double time_left(const struct queue *q)
{
	double each = q->done ? (double)q->took_ms / (double)q->done : FIRST_GUESS_MS;

	if (!q->begun)
		return HUGE_VAL;
	return each * ((double)q->left / (double)q->service->most + 1);
}

/* The next group of the queue that would end last: so all end at about the same time, and long
 * reads are not left to the end. */
static struct group *next_group(struct refresh *r)
{
	struct queue *best = NULL;
	struct group *g;

	for (size_t i = 0; i < r->queues.len; i++) {
		struct queue *q = r->queues.items[i];

		if (q->first && q->service->running < q->service->most &&
		    (!best || time_left(q) > time_left(best)))
			best = q;
	}
	if (!best)
		return NULL;
	g = best->first;
	best->first = g->next;
	best->left--;
	best->begun++;
	best->service->running++;
	return g;
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
	g->queue->service->running--;
	g->queue->done++;
	g->queue->took_ms += g->took_ms;
	for (size_t i = 0; i < g->len; i++)
		take(r, g->items[i]);
	for (size_t i = 0; i < g->len; i++) {
		arena_free(g->items[i]->op.arena);
		g->items[i]->op.arena = NULL;
		g->items[i]->op.diags = NULL;
	}
}

static void run_groups(struct refresh *r)
{
	size_t workers = r->e->parallelism > 0 ? (size_t)r->e->parallelism : READ_WORKERS;
	struct pool *pool = pool_new(workers);
	size_t running = 0;

	for (;;) {
		struct group *g;
		struct message *m;

		r->stopped = r->stopped || engine_stop_asked(r->e);
		if (running && stops_asked(r->e->stop) > 1) {
			r->e->abandoned = true;
			pool_abandon(pool);
			return;
		}
		while (!r->stopped && running < workers + AHEAD && (g = next_group(r))) {
			pool_add(pool, &g->job);
			running++;
		}
		if (!running)
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
	size_t errors = diags_errors(d);

	collect(&r, s, wanted, all);
	make_groups(&r);
	run_groups(&r);
	if (engine_stop_asked(e))
		return diag_error(d, D_INTERRUPTED, NO_SPAN, "interrupted while reading");
	if (diags_errors(d) > errors)
		return -1;
	*ret = r.observed;
	return 0;
}
