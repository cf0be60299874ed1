/* run.h - an apply under way: steps, their order, and the loop's books. Private to src/engine. */
#ifndef ENGINE_RUN_H
#define ENGINE_RUN_H

#include "engine/journal.h"
#include "engine/pool.h"

enum step_kind {
	STEP_MAKE,   /* create or update */
	STEP_DELETE, /* delete, or the delete half of a replacement */
	STEP_FORGET,
};
enum step_status {
	STEP_WAITING, /* for .missing others */
	STEP_READY,
	STEP_RUNNING,
	STEP_STOPPED, /* cut short by a signal; what is after this one has ended by itself */
	STEP_DONE,
	STEP_FAILED,
	STEP_SKIPPED,
};

/* A replacement has two steps, any other change one. */
struct step {
	struct job job; /* first: a job is its step */
	struct run *run;
	struct change *change;
	struct intent *intent;
	const struct observed *before; /* the object as the plan read it */
	enum step_kind kind;
	enum step_status status;
	VEC(struct step *) dependants; /* wait for this one */
	size_t missing;
	struct operation op; /* the worker's while RUNNING */
	struct package *package;
	struct value *wanted; /* resolved properties of a make */
	const char *lock_key;
	uint64_t record;       /* journal results when it became ready */
	const char *waits_for; /* last told by the provider */
	int64_t started_ms, told_ms;
	int64_t not_before_ms; /* monotonic; 0: any time */
	bool called;	       /* a call was made, EVENT_STARTED told */
};

/* Steps of one type that are ready, and how many run. */
struct lane {
	const struct type *type; /* NULL: steps that make no calls */
	size_t pace, in_flight;
	VEC(struct step *) ready;
	struct lane *next;
};

struct run {
	struct engine *e;
	struct arena *a;
	struct plan *plan;
	struct state *s;
	struct journal journal;
	VEC(struct step *) steps;
	struct pool *pool;
	struct lane *lanes;
	struct map *lane_of; /* type name -> struct lane * */
	struct map *locks;   /* lock key -> the step that holds it, NULL: nobody */
	size_t workers, running, finished;
	bool *skipped;	    /* by change index: told already */
	bool halted;	    /* credentials do not work any more: begin nothing */
	bool held;	    /* a step waits for the journal to be written */
	int64_t stopped_ms; /* when a signal was noticed; 0: none */
	struct apply_result *result;
	struct diags *d;
};

/* steps.c: the plan's changes as steps in their order, with an intent each. */
int steps_make(struct run *r);
enum operation_kind step_operation(const struct step *s);

/* step.c: one step. Is the journal to be written before it begins? */
bool step_must_wait(const struct step *s);
/* Begin it: true when it runs on a worker now, false when it has ended. */
bool step_begin(struct step *s);
/* Type of the object it works on; NULL: this cinfra does not know it. */
const struct type *step_type(const struct step *s);
/* Find out what else must not run beside it, once its needs are done. */
void step_find_lock(struct step *s);
/* Take over the result of one that ran; or what its create is already known to have made. */
void step_end(struct step *s);
/* A copy of attributes in which secrets are marked. */
struct value *step_mark_secrets(struct arena *a, const struct type *type, const struct value *v);
void step_created(struct step *s, const char *id);

/* gone.c: look once more for what the plan found gone; -1: something is there, or cannot be read. */
int engine_check_gone(struct run *r);

/* outputs.c: evaluate the stack's outputs into the state. */
void run_outputs(struct run *r);

/* recover.c: value of the cinfra:id tag of what a create with this nonce makes. */
const char *engine_marker(struct arena *a, const struct state *s, const char *nonce);
/* Ids of this type on record, up to NULL. */
const char *const *engine_known_ids(struct arena *a, const struct state *s,
				    const struct type *type);

/* apply.c: what a step's end means for the run. */
void run_done(struct run *r, struct step *s, bool unchanged);
void run_failed(struct run *r, struct step *s, const struct diags *why);
void run_tell(struct run *r, const struct step *s, enum event_kind kind, const char *text);
int run_stopped(const struct run *r); /* how often a signal asked */

#endif
