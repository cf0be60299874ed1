/* journal.h - the operation object of a run, and the state's commit. Only the loop uses it. */
#ifndef ENGINE_JOURNAL_H
#define ENGINE_JOURNAL_H

#include "engine/engine.h"

struct journal {
	struct engine *e;
	struct arena *a;
	struct state *s;
	struct operation_doc *doc;
	int64_t written_ms; /* monotonic, of the last write */
	bool dirty;	    /* results that are not written yet */
	bool begun;	    /* the operation is ours: calls may be made */
	bool fenced;	    /* another run took the operation: write nothing more */
};

/* A new document in memory. Refuses when another run is at work (D_LOCKED). */
int journal_open(struct journal *j, struct engine *e, struct arena *a, struct state *s,
		 const struct operation_doc *previous, struct diags *d);
/* An intent for a change; added to the document. */
struct intent *journal_intend(struct journal *j, const struct change *c);
/* Take the operation object with all intents. What a dead run has left (it is settled in the state
 * already) is committed to the state first. Refuses when another run was faster: it holds the lease, or
 * the state is not the one that the plan was made from (D_LOCKED). */
int journal_begin(struct journal *j, const struct operation_doc *previous, struct diags *d);
/* Write the document as it stands. */
int journal_checkpoint(struct journal *j, struct diags *d);
/* The same when there are results and the last write is a second old, or to show that the run
 * lives. A write that fails is tried again a second later. */
void journal_tick(struct journal *j);
/* Write the state, then release the operation. When the state cannot be written, the operation
 * stays as it is, and keeps the results for the next run. */
int journal_commit(struct journal *j, struct diags *d);

#endif
