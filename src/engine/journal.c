#include "engine/journal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "engine/suspects.h"
#include "state/owner.h"
#include "base/banned.h"

enum { CHECKPOINT_MS = 1000, RENEW_MS = 20 * 1000, HOST_MAX = 256 };

static const char *user_name(struct arena *a)
{
	const char *name = getenv("USER");

	if (!name || !*name)
		name = getenv("LOGNAME");
	return name && *name ? name : arena_printf(a, "user %u", (unsigned)getuid());
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
	doc->random = j->s->random;
	doc->version = previous ? previous->version : NULL;
	return doc;
}

/* Write an object. A write that failed, or that came too late, may have been our own whose reply
 * was lost: what is there now tells. */
static int store(struct journal *j, enum backend_object o, const char *text, size_t len,
		 const char **version, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct backend *b = j->e->backend;
	struct diags *faults = diags_new(scratch);
	const char *now;
	char *found;
	size_t found_len;
	int r = b->write(b, o, text, len, *version, scratch, &now, faults);

	if (r && !b->read(b, o, scratch, &found, &found_len, &now, diags_new(scratch)) &&
	    found_len == len && !memcmp(found, text, len))
		r = 0;
	if (!r)
		*version = arena_strdup(j->a, now);
	diags_merge(d, r ? faults : diags_new(scratch));
	return r;
}

int journal_checkpoint(struct journal *j, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	const char *text;
	size_t len;
	int r = 1;

	j->doc->serial++;
	text = operation_write(scratch, j->doc, &len);
	if (!j->fenced)
		r = store(j, OBJECT_OPERATION, text, len, &j->doc->version, d);
	if (r < 0)
		return -1;
	j->fenced = r > 0;
	if (j->fenced)
		return diag_error(d, D_LOCKED, NO_SPAN, "%s: another run was faster; %s",
				  j->e->backend->describe(j->e->backend),
				  j->begun ? "this one is ended" : "nothing was changed");
	j->written_ms = clock_monotonic_ms();
	j->dirty = false;
	return 0;
}

void journal_tick(struct journal *j)
{
	int64_t age = clock_monotonic_ms() - j->written_ms;
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct diags *d;

	if (j->fenced || age < (j->dirty ? CHECKPOINT_MS : RENEW_MS))
		return;
	d = diags_new(scratch);
	if (!journal_checkpoint(j, d))
		return;
	log_debug("checkpoint: %s", diags_first(d)->message);
	j->written_ms = clock_monotonic_ms();
}

static int write_state(struct journal *j, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	const char *text;
	size_t len;
	int r;

	j->s->serial++;
	j->s->epoch = j->doc->epoch;
	text = state_write(scratch, j->s, &len);
	r = store(j, OBJECT_STATE, text, len, &j->s->version, d);
	if (r > 0)
		diag_error(d, D_LOCKED, NO_SPAN, "%s: another program has written the state",
			   j->e->backend->describe(j->e->backend));
	return r ? -1 : 0;
}

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
	diag_error(d, D_LOCKED, NO_SPAN, "%s: %s by %s on %s is at work since %s",
		   e->backend->describe(e->backend), op->command ? op->command : "a run",
		   op->user ? op->user : "somebody", op->host ? op->host : "another host",
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

static int release(struct journal *j, struct diags *d)
{
	suspects_settle(j);
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

int journal_commit(struct journal *j, struct diags *d)
{
	if (!write_state(j, d))
		return release(j, d);
	journal_checkpoint(j, d);
	diag_hint(d, "what this run did is kept in the operation object: the next run takes it "
		     "from "
		     "there");
	return -1;
}
