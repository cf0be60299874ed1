#include "engine/run.h"

#include "base/clock.h"
#include "engine/settle.h"
#include "engine/suspects.h"
#include "plan/diff.h"
#include "base/banned.h"

/* --- on a worker --- */

static void run_job(struct job *j)
{
	struct step *s = (struct step *)j;
	struct engine *e = s->run->e;
	struct operation *op = &s->op;

	op->arena = arena_new();
	op->diags = diags_new(op->arena);
	if (s->package && e->prepare && e->prepare(e->ctx, s->package, op->diags)) {
		op->failed = -1;
		return;
	}
	if (e->provider->run(e->provider, &op, 1))
		op->failed = -1;
}

static void on_created(void *ctx, const struct operation *op)
{
	struct step *s = ctx;

	if (op->ret_id)
		pool_post(s->run->pool, &s->job, JOB_CREATED, op->ret_id);
}

static void on_waiting(void *ctx, const char *what)
{
	struct step *s = ctx;

	pool_post(s->run->pool, &s->job, JOB_WAITING, what);
}

static bool on_cancelled(void *ctx)
{
	const struct step *s = ctx;

	return run_stopped(s->run) > 0;
}

/* --- beginning, on the loop --- */

static int64_t timeout_of(const struct change *c, const char *key)
{
	const struct value *timeouts = c->wanted ? c->wanted->life.timeouts : NULL;

	return value_int_or(value_get(timeouts, key), 0) * 1000;
}

/* What is recorded, and newer where it was read: of a half made object nothing is recorded. */
static struct value *known_attributes(const struct step *s)
{
	struct value *all = value_map(s->run->a);

	value_merge(s->run->a, all, s->change->recorded->attributes, false);
	if (s->before && !s->before->absent)
		value_merge(s->run->a, all, s->before->attributes, false);
	return all;
}

static void fill_recorded(struct step *s)
{
	const struct recorded *recorded = s->change->recorded;

	if (!recorded)
		return;
	s->op.id = recorded->id;
	s->op.incarnation = recorded->incarnation;
	s->op.recorded = recorded->props;
	s->op.attributes = known_attributes(s);
}

const struct type *step_type(const struct step *s)
{
	if (s->kind == STEP_MAKE)
		return s->change->type;
	return s->change->recorded ? s->change->recorded->type : NULL;
}

/* What is not resolved here for want of a value is an error when the step begins. */
void step_find_lock(struct step *s)
{
	struct run *r = s->run;
	_cleanup_arena_ struct arena *scratch = arena_new();
	const struct type *type = step_type(s);
	const struct value *props = s->change->recorded ? s->change->recorded->props : NULL;

	if (s->kind == STEP_MAKE) {
		if (plan_resolve(r->a, r->plan, s->change, &s->wanted, diags_new(scratch)))
			s->wanted = NULL;
		props = s->wanted;
	}
	if (type && props && r->e->provider->lock_key)
		s->lock_key = r->e->provider->lock_key(r->a, type, props, s->change->address);
}

/* After the values of others became known, an update may have nothing left to do. */
static bool nothing_to_do(const struct step *s)
{
	const struct change *c = s->change;
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct diff diff = { 0 };
	struct diff_input in = {
		.rows = c->type->props,
		.wanted = s->wanted,
		.recorded = c->recorded ? c->recorded->props : NULL,
		.live = c->observed ? c->observed->live : NULL,
		.life = &c->wanted->life,
	};

	for (size_t i = 0; i < c->differences.len; i++)
		if (!c->differences.items[i].unknown)
			return false;
	if (!c->differences.len || !in.live)
		return false;
	diff_props(scratch, &in, &diff);
	return diff.differences.len == 0;
}

static struct value *redacted(struct arena *a, const struct value *v)
{
	return v ? state_redact(a, value_copy(a, v)) : NULL;
}

/* An update that was not needed: the object is as it was. */
static void end_unchanged(struct step *s)
{
	struct change *c = s->change;

	s->intent->status = INTENT_DONE;
	s->intent->attributes = redacted(s->run->a, known_attributes(s));
	settle_intent(s->run->s, s->run->journal.doc->id, s->intent);
	c->after = s->wanted;
	c->attributes = c->observed->attributes;
	c->done = true;
	run_done(s->run, s, true);
}

static const char *recorded_nonce(const struct step *s)
{
	const struct state_resource *entry = state_get(s->run->s, s->change->address);

	return entry && entry->current ? entry->current->marker : NULL;
}

static void fill_create(struct step *s)
{
	struct run *r = s->run;

	s->op.marker = engine_marker(r->a, r->s, s->intent->nonce);
	s->op.since_ms = suspects_since_ms(r->journal.doc, s->intent->nonce);
	if (engine_settle_ms(r->e, s->change->type) > 0)
		s->op.known = engine_known_ids(r->a, r->s, s->change->type);
}

static void fill_update(struct step *s)
{
	struct run *r = s->run;
	const char *nonce = s->change->recorded->unmarked ? recorded_nonce(s) : NULL;

	s->op.marker = nonce ? engine_marker(r->a, r->s, nonce) : NULL;
	fill_recorded(s);
	s->op.live = s->before ? s->before->live : NULL;
}

static void fill_make(struct step *s)
{
	const struct change *c = s->change;
	bool update = c->action == ACTION_UPDATE;

	s->op = (struct operation){ .kind = step_operation(s),
				    .address = c->address,
				    .type = c->type,
				    .wanted = s->wanted,
				    .package = c->wanted->package,
				    .timeout_ms = timeout_of(c, update ? "update" : "create"),
				    .created = on_created,
				    .waiting = on_waiting,
				    .cancelled = on_cancelled,
				    .ctx = s };
	s->package = c->wanted->package;
	if (update)
		fill_update(s);
	else
		fill_create(s);
}

/* 1: begun, 0: ended without a call, -1: cannot begin. */
static int begin_make(struct step *s, struct diags *d)
{
	struct run *r = s->run;

	if (!s->wanted && plan_resolve(r->a, r->plan, s->change, &s->wanted, d))
		return -1;
	s->intent->props = redacted(r->a, s->wanted);
	if (s->change->action == ACTION_UPDATE && nothing_to_do(s)) {
		end_unchanged(s);
		return 0;
	}
	fill_make(s);
	return 1;
}

/* An object that is some address's current one by now, whatever deposed or removed entry still has
 * its id: an inline policy that was put again, a name that was used again. */
static bool is_in_use(const struct step *s)
{
	const struct recorded *old = s->change->recorded;

	state_each(s->run->s, r)
	{
		bool own = str_eq(r->address, s->change->address) && !s->change->deposed;

		if (!own && r->current && str_eq(r->type, old->type_name) &&
		    str_eq(r->current->id, old->id))
			return true;
	}
	return false;
}

/* Of a create-first replacement the new object may turn out to be the old one: then it stays. */
static bool nothing_to_delete(const struct step *s)
{
	const struct recorded *old = s->change->recorded;

	return !old || !old->id || (s->before && s->before->absent) ||
	       (s->intent->create_first && str_eq(s->intent->id, old->id)) || is_in_use(s);
}

static int begin_delete(struct step *s, struct diags *d)
{
	const struct recorded *old = s->change->recorded;

	if (nothing_to_delete(s)) {
		s->intent->deleted = true;
		step_end(s);
		return 0;
	}
	if (!old->type)
		return diag_error(d, D_CONFIG, NO_SPAN, "the type %s is unknown to this cinfra",
				  old->type_name);
	s->op = (struct operation){ .kind = OPERATION_DELETE,
				    .address = s->change->address,
				    .type = old->type,
				    .empty_first = old->empty_on_destroy,
				    .all = old->pending_operation != NULL,
				    .timeout_ms = timeout_of(s->change, "delete"),
				    .waiting = on_waiting,
				    .cancelled = on_cancelled,
				    .ctx = s };
	fill_recorded(s);
	return 1;
}

/* The old object must not go before the new one is on record. */
bool step_must_wait(const struct step *s)
{
	return s->kind == STEP_DELETE && s->intent->create_first &&
	       !journal_saved(&s->run->journal, s->record);
}

bool step_begin(struct step *s)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct diags *d = diags_new(scratch);
	int r = 0;

	s->started_ms = s->told_ms = clock_monotonic_ms();
	if (s->kind == STEP_MAKE)
		r = begin_make(s, d);
	else if (s->kind == STEP_DELETE)
		r = begin_delete(s, d);
	else
		step_end(s);
	if (r < 0)
		run_failed(s->run, s, d);
	if (r <= 0)
		return false;
	s->status = STEP_RUNNING;
	s->called = true;
	s->job.run = run_job;
	run_tell(s->run, s, EVENT_STARTED, NULL);
	pool_add(s->run->pool, &s->job);
	return true;
}

/* --- ending --- */

struct value *step_mark_secrets(struct arena *a, const struct type *type, const struct value *v)
{
	struct value *copy = value_copy(a, v);

	value_each_pair(copy, p) {
		const struct prop *row = prop_find(type->props, p->key);

		if (row && (row->flags & P_SENSITIVE))
			p->value->flags |= VALUE_SENSITIVE;
	}
	return copy;
}

/* What an update says is all: an attribute may have gone with it. */
static struct value *attributes_now(const struct step *s)
{
	struct arena *a = s->run->a;
	bool silent = s->op.kind == OPERATION_UPDATE && !s->op.ret_attributes;
	struct value *all = silent ? known_attributes(s) : value_map(a);

	value_merge(a, all, s->op.ret_attributes, false);
	return step_mark_secrets(a, s->change->type, all);
}

/* What is there now, for those who refer to it. */
static void update_change(struct step *s)
{
	const struct operation *op = &s->op;
	struct change *c = s->change;
	struct arena *a = s->run->a;
	struct observed *now = arena_new_of(a, struct observed);

	now->id = s->intent->id ? s->intent->id : op->id;
	now->incarnation = s->intent->ret_incarnation;
	now->live = op->ret_live ? value_copy(a, op->ret_live) : s->wanted;
	now->attributes = attributes_now(s);
	c->observed = now;
	c->attributes = now->attributes;
	c->after = s->wanted;
	c->done = true;
}

static void record_make(struct step *s)
{
	const struct operation *op = &s->op;
	struct intent *i = s->intent;
	struct arena *a = s->run->a;

	/* Of a create that failed only what the provider called created is there. */
	if (op->ret_id && !op->failed)
		i->id = arena_strdup(a, op->ret_id);
	if (op->ret_incarnation)
		i->ret_incarnation = arena_strdup(a, op->ret_incarnation);
	i->attributes = redacted(a, attributes_now(s));
}

/* A replacement is done with its last half. */
static bool is_last_half(const struct step *s)
{
	if (s->change->action != ACTION_REPLACE)
		return true;
	return (s->kind == STEP_DELETE) == s->intent->create_first;
}

static void record_end(struct step *s)
{
	struct intent *i = s->intent;

	if (s->op.failed) {
		const struct diag *first = diags_first(s->op.diags);

		i->error = arena_strdup(s->run->a, first ? first->message : "failed");
	} else if (s->kind == STEP_DELETE) {
		i->deleted = true;
	}
	/* What nobody knows stays open. */
	if (s->op.failed && s->op.uncertain && !i->id)
		return;
	/* The new half of a replacement is whole, whatever becomes of the old object. */
	if (s->op.failed && !(s->kind == STEP_DELETE && i->create_first))
		i->status = INTENT_FAILED;
	else if (!s->op.failed && (is_last_half(s) || s->kind == STEP_MAKE))
		i->status = INTENT_DONE;
}

void step_created(struct step *s, const char *id)
{
	s->intent->id = arena_strdup(s->run->a, id);
	journal_touch(&s->run->journal);
}

void step_end(struct step *s)
{
	struct run *r = s->run;

	if (s->kind == STEP_MAKE)
		record_make(s);
	if (s->op.surplus && s->intent->id)
		suspects_add(&r->journal, s->intent);
	record_end(s);
	settle_intent(r->s, r->journal.doc->id, s->intent);
	journal_touch(&r->journal);
	if (s->kind == STEP_MAKE && !s->op.failed)
		update_change(s);
	if (s->op.failed)
		run_failed(r, s, s->op.diags);
	else
		run_done(r, s, false);
	arena_free(s->op.arena);
	s->op.arena = NULL;
	s->op.diags = NULL;
}
