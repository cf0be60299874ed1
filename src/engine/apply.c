#include "engine/run.h"

#include "base/clock.h"
#include "base/thread.h"
#include "engine/suspects.h"
#include "base/banned.h"

enum {
	WRITE_WORKERS = 64,
	PACE = 10,
	POLL_MS = 200,
	HELD_POLL_MS = 10,
	TELL_MS = 10 * 1000,
	/* CI systems that end a job send the next signal after 7.5 or 10 s. */
	DRAIN_MS = 6 * 1000,
};

int run_stopped(const struct run *r)
{
	return stops_asked(r->e->stop);
}

void run_tell(struct run *r, const struct step *s, enum event_kind kind, const char *text)
{
	struct event event = { .kind = kind, .text = text, .finished = r->finished };

	if (!r->e->on_event)
		return;
	event.total = r->steps.len;
	event.change = s->change;
	event.operation = step_operation(s);
	event.elapsed_ms = clock_monotonic_ms() - s->started_ms;
	event.called = s->called;
	event.diags = kind == EVENT_FAILED ? s->op.diags : NULL;
	r->e->on_event(r->e->ctx, &event);
}

/* --- what the end of a step means for others --- */

static struct lane *lane_of(struct run *r, const struct type *type)
{
	const char *name = type ? type->name : "";
	struct lane *lane = map_get(r->lane_of, name);
	int pace;

	if (lane)
		return lane;
	pace = type && r->e->provider->pace ? r->e->provider->pace(type) : 0;
	lane = arena_new_of(r->a, struct lane);
	lane->type = type;
	lane->pace = pace > 0 ? (size_t)pace : PACE;
	lane->next = r->lanes;
	r->lanes = lane;
	map_set(r->lane_of, name, lane);
	return lane;
}

static struct lane *lane_of_step(struct run *r, const struct step *s)
{
	return lane_of(r, s->kind == STEP_FORGET ? NULL : step_type(s));
}

/* A delete that a run sent which nobody has seen die may still arrive, and hit the new object. */
static void hold_back(struct run *r, struct step *s)
{
	int64_t hold = 0;

	if (step_operation(s) == OPERATION_CREATE && s->change->type)
		hold = suspects_hold_ms(r->journal.doc, s->change->type);
	if (hold <= 0)
		return;
	s->started_ms = s->told_ms = clock_monotonic_ms();
	s->not_before_ms = s->started_ms + hold;
	run_tell(r, s, EVENT_WAITING, "until a delete of the last run can arrive no more");
}

static bool is_held_back(const struct step *s)
{
	return s->not_before_ms > clock_monotonic_ms();
}

static void make_ready(struct run *r, struct step *s)
{
	struct lane *lane = lane_of_step(r, s);

	s->status = STEP_READY;
	hold_back(r, s);
	s->record = r->journal.results;
	step_find_lock(s);
	vec_push(r->a, &lane->ready, s);
}

static void let_go(struct run *r, struct step *s)
{
	if (s->status == STEP_RUNNING) {
		r->running--;
		lane_of_step(r, s)->in_flight--;
		if (s->lock_key)
			map_set(r->locks, s->lock_key, NULL);
	}
	r->finished++;
}

static void count_done(struct run *r, const struct step *s)
{
	if (s->kind == STEP_DELETE)
		r->result->destroyed++;
	else if (s->kind == STEP_MAKE && s->change->action == ACTION_UPDATE)
		r->result->changed++;
	else if (s->kind == STEP_MAKE)
		r->result->added++;
}

void run_done(struct run *r, struct step *s, bool unchanged)
{
	let_go(r, s);
	s->status = STEP_DONE;
	if (!unchanged)
		count_done(r, s);
	run_tell(r, s, EVENT_DONE, NULL);
	for (size_t i = 0; i < s->dependants.len; i++)
		if (--s->dependants.items[i]->missing == 0 &&
		    s->dependants.items[i]->status == STEP_WAITING)
			make_ready(r, s->dependants.items[i]);
}

static void skip(struct run *r, struct step *s, const char *cause, const struct change *failed)
{
	if (s->status != STEP_WAITING)
		return;
	s->status = STEP_SKIPPED;
	r->finished++;
	if (s->change != failed && !r->skipped[s->change->index]) {
		r->skipped[s->change->index] = true;
		r->result->skipped++;
		run_tell(r, s, EVENT_SKIPPED, cause);
	}
	for (size_t i = 0; i < s->dependants.len; i++)
		skip(r, s->dependants.items[i], cause, failed);
}

static const char *doing(const struct step *s)
{
	static const char *const words[] = { [OPERATION_READ] = "reading",
					     [OPERATION_CREATE] = "creating",
					     [OPERATION_UPDATE] = "updating",
					     [OPERATION_DELETE] = "deleting" };

	return words[step_operation(s)];
}

/* Ended by a signal, or by the end of the lease, and not by what it works on. */
static bool was_stopped(const struct run *r, const struct diags *why)
{
	enum diag_code code = diags_code(why);

	return (code == D_INTERRUPTED && run_stopped(r)) ||
	       (code == D_LOCKED && lease_state(r->e->keeper) != LEASE_OURS);
}

void run_failed(struct run *r, struct step *s, const struct diags *why)
{
	size_t mark = diags_len(r->d);

	let_go(r, s);
	if (was_stopped(r, why)) {
		s->status = STEP_STOPPED;
		run_tell(r, s, EVENT_STOPPED,
			 s->kind == STEP_MAKE && s->intent->id ? "the next apply completes it"
							       : NULL);
		return;
	}
	s->status = STEP_FAILED;
	r->halted = r->halted || diags_code(why) == D_AUTH;
	r->result->failed++;
	diags_merge(r->d, why);
	diag_wrap(r->d, mark, "%s %s", doing(s), s->change->address);
	run_tell(r, s, EVENT_FAILED, NULL);
	for (size_t i = 0; i < s->dependants.len; i++)
		skip(r, s->dependants.items[i],
		     arena_printf(r->a, "needs %s, which failed", s->change->address), s->change);
}

/* --- the loop --- */

static void begin(struct run *r, struct lane *lane, struct step *s)
{
	if (!step_begin(s))
		return;
	r->running++;
	lane->in_flight++;
	if (s->lock_key)
		map_set(r->locks, s->lock_key, s);
}

static bool may_begin(struct run *r, const struct lane *lane, const struct step *s)
{
	if (r->running >= r->workers || lane->in_flight >= lane->pace || is_held_back(s))
		return false;
	if (s->lock_key && map_get(r->locks, s->lock_key))
		return false;
	if (!step_must_wait(s))
		return true;
	r->held = true;
	return false;
}

/* Steps may end at once and make others of the lane ready: those stand behind. */
static void begin_lane(struct run *r, struct lane *lane)
{
	size_t kept = 0;

	if (r->running >= r->workers || lane->in_flight >= lane->pace)
		return;
	for (size_t i = 0; i < lane->ready.len; i++) {
		struct step *s = lane->ready.items[i];

		if (may_begin(r, lane, s))
			begin(r, lane, s);
		else
			lane->ready.items[kept++] = s;
	}
	lane->ready.len = kept;
}

/* Begin what may begin; true when a step ended at once, and others may be ready now. */
static bool begin_ready(struct run *r)
{
	size_t finished = r->finished;

	r->held = false;
	for (struct lane *lane = r->lanes; lane; lane = lane->next)
		begin_lane(r, lane);
	return r->finished != finished;
}

static void take(struct run *r, struct message *m)
{
	struct step *s = (struct step *)m->job;

	if (m->kind == JOB_CREATED)
		step_created(s, m->text);
	else if (m->kind == JOB_WAITING)
		s->waits_for = arena_strdup(r->a, m->text);
	else
		step_end(s);
	message_free(m);
}

static void tell_waiting(struct run *r)
{
	int64_t now = clock_monotonic_ms();

	for (size_t i = 0; i < r->steps.len; i++) {
		struct step *s = r->steps.items[i];

		bool waits =
			s->status == STEP_RUNNING || (s->status == STEP_READY && is_held_back(s));

		if (!waits || now - s->told_ms < TELL_MS)
			continue;
		s->told_ms = now;
		run_tell(r, s, EVENT_WAITING, s->waits_for);
	}
}

static bool may_go_on(const struct run *r)
{
	return !run_stopped(r) && !r->halted && lease_state(r->e->keeper) == LEASE_OURS;
}

/* With nothing running these are held back. */
static bool any_ready(const struct run *r)
{
	for (size_t i = 0; i < r->steps.len; i++)
		if (r->steps.items[i]->status == STEP_READY)
			return true;
	return false;
}

/* A call that outlasts the patience of who sent the signal is left behind: its intent is on
 * record. */
static bool must_leave(struct run *r)
{
	int64_t now = clock_monotonic_ms();

	if (!run_stopped(r))
		return false;
	if (!r->stopped_ms)
		r->stopped_ms = now;
	return run_stopped(r) > 1 || now - r->stopped_ms > DRAIN_MS;
}

static void loop(struct run *r)
{
	for (;;) {
		struct message *m;

		while (may_go_on(r) && begin_ready(r))
			;
		if (must_leave(r) || (!r->running && !(may_go_on(r) && any_ready(r))))
			return;
		m = pool_wait(r->pool, r->held ? HELD_POLL_MS : POLL_MS);
		if (m)
			take(r, m);
		journal_tick(&r->journal, run_stopped(r));
		tell_waiting(r);
	}
}

/* --- before and after --- */

/* What the state remembers beside an object may change while the object does not. */
static void refresh_entry(struct run *r, const struct change *c)
{
	struct state_resource *entry = state_get(r->s, c->address);
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct value *props;

	if (c->action != ACTION_NOOP || !c->stale || c->excluded || !c->wanted || !entry)
		return;
	if (entry->current && !plan_resolve(r->a, r->plan, c, &props, diags_new(scratch)))
		entry->current->props = state_redact(r->a, props);
	if (entry->current && c->observed && c->observed->attributes) {
		struct value *attributes = value_map(r->a);

		value_merge(r->a, attributes, entry->current->attributes, false);
		value_merge(r->a, attributes, c->observed->attributes, false);
		entry->current->attributes =
			state_redact(r->a, step_mark_secrets(r->a, c->type, attributes));
	}
	entry->pending = NULL;
	entry->depends.items = c->depends.items;
	entry->depends.len = entry->depends.cap = c->depends.len;
	entry->protect = c->wanted->life.protect;
	entry->retain = c->wanted->life.retain;
	entry->empty_on_destroy = c->wanted->empty_on_destroy;
	r->s->dirty = true;
}

static int check_end(struct run *r)
{
	size_t left = 0;

	for (size_t i = 0; i < r->steps.len; i++)
		left += r->steps.items[i]->status < STEP_DONE;
	r->result->interrupted = left && run_stopped(r);
	if (r->result->interrupted)
		return diag_error(r->d, D_INTERRUPTED, NO_SPAN,
				  "interrupted: %zu of %zu steps were not done", left,
				  r->steps.len);
	if (r->halted)
		r->result->skipped += left;
	if (left && !r->halted && lease_state(r->e->keeper) == LEASE_OURS)
		return diag_error(r->d, D_BUG, NO_SPAN, "%zu steps wait for each other", left);
	return r->result->failed || left ? -1 : 0;
}

/* Threads still run. */
static int leave(struct run *r)
{
	bool lost = lease_state(r->e->keeper) != LEASE_OURS;

	pool_abandon(r->pool);
	r->e->abandoned = true;
	r->result->interrupted = true;
	if (lost)
		journal_stray(&r->journal, r->d);
	else
		journal_leave(&r->journal, r->d);
	diag_error(r->d, D_INTERRUPTED, NO_SPAN, "ended at once: %zu calls were under way",
		   r->running);
	diag_hint(r->d, "the next apply finds out what became of them");
	return -1;
}

static int run_steps(struct run *r, const struct operation_doc *previous)
{
	if (journal_begin(&r->journal, previous, r->d))
		return -1;
	r->pool = pool_new(r->workers);
	for (size_t i = 0; i < r->steps.len; i++)
		if (!r->steps.items[i]->missing)
			make_ready(r, r->steps.items[i]);
	loop(r);
	if (r->running)
		return leave(r);
	pool_free(r->pool);
	return check_end(r);
}

/* Begin, go through all steps, and commit. */
static int carry_out(struct run *r, const struct operation_doc *previous)
{
	int failed = run_steps(r, previous);

	r->result->begun = r->journal.begun;
	if (!r->journal.begun || r->e->abandoned)
		return -1;
	if (lease_state(r->e->keeper) != LEASE_OURS)
		return journal_stray(&r->journal, r->d);
	if (r->steps.len)
		run_outputs(r);
	return journal_commit(&r->journal, r->d) ? -1 : failed;
}

int engine_apply(struct engine *e, struct arena *a, struct plan *p, struct state *s,
		 const struct operation_doc *previous, struct apply_result *ret, struct diags *d)
{
	struct run *r = arena_new_of(a, struct run);
	int failed = 0;

	*ret = (struct apply_result){ 0 };
	*r = (struct run){ .e = e, .a = a, .plan = p, .s = s, .result = ret, .d = d };
	r->workers = e->parallelism > 0 ? (size_t)e->parallelism : WRITE_WORKERS;
	r->lane_of = map_new(a);
	r->locks = map_new(a);
	r->skipped = arena_array(a, p->changes.len, sizeof(*r->skipped));
	if (journal_open(&r->journal, e, a, s, previous, d) || steps_make(r))
		return -1;
	for (size_t i = 0; i < p->changes.len; i++)
		refresh_entry(r, p->changes.items[i]);
	if (!r->steps.len)
		run_outputs(r);
	if (!r->steps.len && !s->dirty && (!previous || previous->free))
		return 0;
	if (engine_check_gone(r))
		return -1;
	failed = carry_out(r, previous);
	journal_end(&r->journal);
	return failed;
}

int engine_edit(struct engine *e, struct arena *a, struct state *s,
		const struct operation_doc *previous, void (*edit)(void *ctx, struct state *s),
		void *ctx, struct diags *d)
{
	struct journal j;
	int r;

	if (journal_open(&j, e, a, s, previous, d))
		return -1;
	r = journal_begin(&j, previous, d);
	if (!r) {
		edit(ctx, s);
		r = journal_commit(&j, d);
	}
	journal_end(&j);
	return r;
}
