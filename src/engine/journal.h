/* journal.h - the operation object of a run, and the state's commit. Only the loop uses it; the
 * writing is done by the lease's thread. */
#ifndef ENGINE_JOURNAL_H
#define ENGINE_JOURNAL_H

#include "engine/engine.h"
#include "engine/lease.h"

struct journal {
	struct engine *e;
	struct arena *a;
	struct state *s;
	struct operation_doc *doc;
	uint64_t results;  /* counts what came to the document */
	uint64_t handed;   /* of them, handed over to be written */
	int64_t handed_ms; /* monotonic */
	bool begun;	   /* the operation is ours: calls may be made */
};

/* A new document in memory. Refuses when another run is at work (D_LOCKED). */
int journal_open(struct journal *j, struct engine *e, struct arena *a, struct state *s,
		 const struct operation_doc *previous, struct diags *d);
/* An intent for a change; added to the document. */
struct intent *journal_intend(struct journal *j, const struct change *c);
/* Take the operation object with all intents. What a dead run has left (it is settled in the state
 * already) is committed to the state first. Refuses when another run was faster: it holds the lease, or
 * the state is not the one that the plan was made from (D_LOCKED). From here on journal_end is to be
 * called, whatever it returns. */
int journal_begin(struct journal *j, const struct operation_doc *previous, struct diags *d);
/* Write the document as it stands, once, and wait for it. */
int journal_checkpoint(struct journal *j, struct diags *d);
/* A result came to the document. */
void journal_touch(struct journal *j);
/* Hand over the results there are, to be written: once a second, or `now`. Does not wait. */
void journal_tick(struct journal *j, bool now);
/* Are the first `results` on record? If not, they are written at once. */
bool journal_saved(struct journal *j, uint64_t results);
/* Write the state, then release the operation. When the state cannot be written it is tried again
 * for two minutes, unless a signal comes; then it is kept in a file. */
int journal_commit(struct journal *j, struct diags *d);
/* Leave with work under way: nothing more is sent, and the next run need not wait for the lease to
 * end. -1 when even that could not be written. */
int journal_leave(struct journal *j, struct diags *d);
/* The operation was taken from us: what this run knows goes to a file, and is told. Always -1. */
int journal_stray(struct journal *j, struct diags *d);
/* The writing thread ends, unless it hangs. */
void journal_end(struct journal *j);

#endif
