#include "engine/journal.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/thread.h"
#include "engine/suspects.h"
#include "state/owner.h"
#include "base/banned.h"

enum {
	CHECKPOINT_MS = 1000,
	HOST_MAX = 256,
	PATIENCE_STOPPED_MS = 2000, /* after a signal */
	LEAVE_MS = 1500,
	PAUSE_MS = 2000,
};

static const char *user_name(struct arena *a)
{
	const char *name = getenv("USER");

	if (!name || !*name)
		name = getenv("LOGNAME");
	return name && *name ? name : arena_printf(a, "user %u", (unsigned)getuid());
}

static int64_t life_ms(const struct engine *e)
{
	return e->lease_life_ms > 0 ? e->lease_life_ms : LEASE_LIFE_S * 1000L;
}

static struct operation_doc *new_document(const struct journal *j,
					  const struct operation_doc *previous)
{
	struct operation_doc *doc = arena_new_of(j->a, struct operation_doc);
	int64_t before = previous && previous->epoch > j->s->epoch ? previous->epoch : j->s->epoch;
	char host[HOST_MAX] = "";

	gethostname(host, sizeof(host) - 1);
	doc->id = random_uuid(j->a);
	doc->command = j->e->command;
	doc->lineage = j->s->lineage;
	doc->epoch = before + 1;
	doc->serial = previous ? previous->serial : 0;
	doc->user = arena_strdup(j->a, user_name(j->a));
	doc->host = arena_strdup(j->a, host);
	doc->started = clock_iso8601(j->a, clock_unix_ms() / 1000);
	doc->owner = owner_self(j->a);
	doc->life = life_ms(j->e) / 1000;
	doc->account = j->s->account;
	doc->partition = j->s->partition;
	doc->region = j->s->region;
	doc->has_state = j->s->version != NULL;
	doc->random = j->s->random;
	doc->version = previous ? previous->version : NULL;
	return doc;
}

/* --- writing --- */

/* How long an unwilling store is asked: two minutes, by default. */
static int64_t patience_ms(const struct journal *j)
{
	return 2 * life_ms(j->e);
}

static const char *where(const struct journal *j)
{
	return j->e->backend->describe(j->e->backend);
}

static int write_object(struct journal *j, struct lease_write *w, struct diags *d)
{
	int r = lease_write(j->e->keeper, w, d);

	j->e->abandoned = j->e->abandoned || w->left;
	return r;
}

static int checkpoint(struct journal *j, int64_t patience, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct lease_write w = { .object = OBJECT_OPERATION,
				 .stamp = j->results,
				 .patience_ms = patience };
	int r;

	w.text = operation_write(scratch, j->doc, &w.len);
	r = write_object(j, &w, d);
	if (r > 0)
		return diag_error(d, D_LOCKED, NO_SPAN, "%s: another run was faster; %s", where(j),
				  j->begun ? "this one is ended" : "nothing was changed");
	if (!r)
		j->handed = j->results;
	return r;
}

int journal_checkpoint(struct journal *j, struct diags *d)
{
	return checkpoint(j, patience_ms(j), d);
}

void journal_touch(struct journal *j)
{
	j->results++;
}

void journal_tick(struct journal *j, bool now)
{
	_cleanup_arena_ struct arena *scratch = NULL;
	const char *text;
	size_t len;

	if (j->handed == j->results ||
	    (!now && clock_monotonic_ms() - j->handed_ms < CHECKPOINT_MS))
		return;
	scratch = arena_new();
	text = operation_write(scratch, j->doc, &len);
	lease_put(j->e->keeper, text, len, j->results);
	if (now)
		lease_hurry(j->e->keeper);
	j->handed = j->results;
	j->handed_ms = clock_monotonic_ms();
}

bool journal_saved(struct journal *j, uint64_t results)
{
	if (lease_saved(j->e->keeper) >= results)
		return true;
	if (j->handed < results)
		journal_tick(j, true);
	else
		lease_hurry(j->e->keeper);
	return false;
}

static const char *state_text(struct journal *j, struct arena *a, size_t *ret_len)
{
	j->s->serial++;
	j->s->epoch = j->doc->epoch;
	return state_write(a, j->s, ret_len);
}

/* 0, 1: somebody else has written it, -1. */
static int put_state(struct journal *j, const char *text, size_t len, int64_t patience,
		     struct diags *d)
{
	struct lease_write w = { .object = OBJECT_STATE,
				 .text = text,
				 .len = len,
				 .version = &j->s->version,
				 .arena = j->a,
				 .patience_ms = patience };
	int r = write_object(j, &w, d);

	if (!r)
		j->doc->has_state = true;
	if (r > 0)
		diag_error(d, D_LOCKED, NO_SPAN, "%s: another program has written the state",
			   where(j));
	return r;
}

static int write_state(struct journal *j, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	size_t len;
	const char *text = state_text(j, scratch, &len);

	return put_state(j, text, len, patience_ms(j), d) ? -1 : 0;
}

/* --- beginning --- */

/* The state may have been written between the plan and the lease. */
static int check_state(const struct journal *j, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct backend *b = j->e->backend;
	const char *version = NULL;
	char *text;
	size_t len;

	if (b->read(b, OBJECT_STATE, scratch, &text, &len, &version, d) < 0)
		return -1;
	if (str_eq(version, j->s->version))
		return 0;
	diag_error(d, D_LOCKED, NO_SPAN, "%s: the state was changed since the plan was made",
		   b->describe(b));
	diag_hint(d, "run the command again");
	return -1;
}

static int refuse_held(const struct engine *e, const struct operation_doc *op, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();

	diag_error(d, D_LOCKED, NO_SPAN, "%s: %s is at work since %s",
		   e->backend->describe(e->backend), operation_who(scratch, op),
		   op->started ? op->started : "an unknown time");
	diag_hint(d, "wait until it is done, then run the command again");
	return -1;
}

int journal_open(struct journal *j, struct engine *e, struct arena *a, struct state *s,
		 const struct operation_doc *previous, struct diags *d)
{
	*j = (struct journal){ .e = e, .a = a, .s = s };
	if (engine_lease(e, previous, d) == LEASE_HELD)
		return refuse_held(e, previous, d);
	if (e->account.id) {
		s->account = e->account.id;
		s->partition = e->account.partition;
		s->region = e->account.region;
	}
	j->doc = new_document(j, previous);
	suspects_inherit(j, previous);
	return 0;
}

/* What comes after is no renewal, and no call. */
static int release(struct journal *j, struct diags *d)
{
	suspects_settle(j);
	lease_close(j->e->keeper);
	j->doc->free = true;
	j->doc->intents.len = 0;
	return journal_checkpoint(j, d);
}

/* A dead run's results are in the state before anything of this run is written over them: the
 * document is taken with the old intents first. */
static int take_over(struct journal *j, const struct operation_doc *previous, struct diags *d)
{
	struct intent **items = j->doc->intents.items;
	size_t len = j->doc->intents.len;

	j->doc->intents.items = previous->intents.items;
	j->doc->intents.len = previous->intents.len;
	if (journal_checkpoint(j, d) || check_state(j, d) || write_state(j, d))
		return -1;
	j->doc->intents.items = items;
	j->doc->intents.len = len;
	return 0;
}

int journal_begin(struct journal *j, const struct operation_doc *previous, struct diags *d)
{
	j->e->keeper = lease_new(j->e->backend, life_ms(j->e), previous ? previous->version : NULL,
				 previous ? previous->serial : 0, j->e->stop);
	if (previous && !previous->free && take_over(j, previous, d))
		return -1;
	if (journal_checkpoint(j, d))
		return -1;
	if (check_state(j, d)) {
		release(j, d);
		return -1;
	}
	j->begun = true;
	return 0;
}

/* --- the ends --- */

struct patience {
	int64_t until_ms;
	int stops; /* how often a signal had asked to stop */
	bool told;
};

static struct patience patience_new(const struct journal *j)
{
	int n = stops_asked(j->e->stop);

	return (struct patience){
		.until_ms = clock_monotonic_ms() + (n ? PATIENCE_STOPPED_MS : patience_ms(j)),
		.stops = n,
	};
}

static int64_t left_ms(const struct patience *p)
{
	int64_t left = p->until_ms - clock_monotonic_ms();

	return left > 0 ? left : 0;
}

/* For one more write; one that has begun gets a moment. */
static int64_t attempt_ms(const struct patience *p)
{
	int64_t left = left_ms(p);

	return left > LEAVE_MS ? left : LEAVE_MS;
}

static void tell(const struct journal *j, const char *text)
{
	struct event event = { .kind = EVENT_NOTE, .text = text };

	if (j->e->on_event)
		j->e->on_event(j->e->ctx, &event);
}

/* A write failed: is it to be tried again? */
static bool pause_before_again(struct journal *j, struct patience *p, const struct diags *why)
{
	const struct timespec slice = { .tv_nsec = 50L * 1000 * 1000 };
	int64_t until = clock_monotonic_ms() + PAUSE_MS;

	if (j->e->abandoned || lease_state(j->e->keeper) != LEASE_OURS || left_ms(p) <= PAUSE_MS ||
	    stops_asked(j->e->stop) > p->stops)
		return false;
	if (!p->told)
		tell(j, arena_printf(j->a,
				     "the state cannot be written: %s; trying for %lld "
				     "seconds more, a signal ends it",
				     diags_first(why)->message, (long long)left_ms(p) / 1000));
	p->told = true;
	while (stops_asked(j->e->stop) == p->stops && clock_monotonic_ms() < until)
		nanosleep(&slice, NULL);
	return stops_asked(j->e->stop) == p->stops;
}

static int commit_state(struct journal *j, struct patience *p, const char *text, size_t len,
			struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct diags *why = diags_new(scratch);

	for (;;) {
		struct diags *faults = diags_new(scratch);
		int r = put_state(j, text, len, attempt_ms(p), faults);

		/* That the lease ran out over it is not the reason. */
		if (diags_code(faults) != D_LOCKED || !diags_len(why))
			why = faults;
		if (r < 0 && pause_before_again(j, p, faults))
			continue;
		diags_merge(d, why);
		return r;
	}
}

static int commit_release(struct journal *j, struct patience *p, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct diags *faults = diags_new(scratch);
	int r = release(j, faults);

	while (r && diags_code(faults) != D_LOCKED && pause_before_again(j, p, faults)) {
		faults = diags_new(scratch);
		r = checkpoint(j, attempt_ms(p), faults);
	}
	diags_merge(d, faults);
	if (r)
		diag_hint(d, "the state is written, and nothing is lost; the next run waits until "
			     "this one's lease is over");
	return r;
}

/* The folder is there, or the folder of the stack is not to be written. */
static const char *keep_file(struct journal *j, const char *name, const char *text, size_t len,
			     struct diags *d)
{
	const char *path;

	if (!j->e->folder)
		return NULL;
	path = path_join(j->a, j->e->folder, name);
	if (dir_make(j->e->folder, 0700, d) || file_write_atomic(path, text, len, 0600, d))
		return NULL;
	return path;
}

/* The last resort. The operation object has the results as well, if it could be written. */
static int keep_state(struct journal *j, const char *text, size_t len, struct diags *d)
{
	const struct state *s = j->s;
	const char *name =
		arena_printf(j->a, "%s%s%s-%lld.state.json", s->stack, s->stage ? "-" : "",
			     s->stage ? s->stage : "", (long long)s->serial);
	const char *path = keep_file(j, name, text, len, d);
	bool saved = !journal_leave(j, d);

	if (path) {
		diag_error(d, D_IO, NO_SPAN, "the state could not be written; it is kept in \"%s\"",
			   path);
		diag_hint(d, "`cinfra state push %s` brings it back", path);
	}
	if (saved)
		diag_hint(d, "the operation object has what this run did: `cinfra apply` takes it "
			     "from there");
	return -1;
}

int journal_commit(struct journal *j, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct patience p = patience_new(j);
	size_t len;
	const char *text = state_text(j, scratch, &len);
	int r = commit_state(j, &p, text, len, d);

	if (!r)
		return commit_release(j, &p, d);
	if (lease_state(j->e->keeper) == LEASE_LOST)
		return journal_stray(j, d);
	if (r < 0)
		return keep_state(j, text, len, d);
	journal_leave(j, d);
	diag_hint(d, "what this run did is kept in the operation object: the next run takes it "
		     "from there");
	return -1;
}

int journal_leave(struct journal *j, struct diags *d)
{
	lease_close(j->e->keeper);
	j->doc->unlocked = true;
	return checkpoint(j, LEAVE_MS, d);
}

int journal_stray(struct journal *j, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	const struct operation_doc *doc = j->doc;
	const char *name = arena_printf(scratch, "stray-%s.json", doc->id), *text, *path = NULL;
	size_t len;

	if (lease_saved(j->e->keeper) < j->results) {
		text = operation_write(scratch, doc, &len);
		path = keep_file(j, name, text, len, d);
	}
	diag_error(d, D_LOCKED, NO_SPAN, "%s: %s; this one made no call any more", where(j),
		   lease_state(j->e->keeper) == LEASE_LOST ? "another run has taken over"
							   : "the lease has run out, and another "
							     "run may have taken over");
	for (size_t i = 0; i < doc->intents.len; i++) {
		const struct intent *n = doc->intents.items[i];

		if (n->id)
			diag_hint(d, "%s was made: %s", n->address, n->id);
		else if (suspect_is_lost(n) && n->error)
			diag_hint(d, "%s may have been made: the next apply finds out", n->address);
	}
	if (path)
		diag_hint(d, "what only this run knows of them is in \"%s\"", path);
	return -1;
}

void journal_end(struct journal *j)
{
	if (j->e->abandoned)
		return;
	lease_free(j->e->keeper);
	j->e->keeper = NULL;
}

/* --- the lease, for callers of AWS --- */

bool engine_permits(struct engine *e)
{
	return e->keeper && lease_permits(e->keeper);
}

bool engine_await_permit(struct engine *e)
{
	return e->keeper && lease_await(e->keeper);
}

bool engine_alive(struct engine *e)
{
	return !e->keeper || lease_alive(e->keeper);
}

int64_t engine_call_ms(const struct engine *e)
{
	return lease_call_ms(life_ms(e));
}
