/* engine.h - refresh and apply: runs a plan through a provider, keeps journal and state. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <signal.h>

#include "plan/plan.h"
#include "state/backend.h"
#include "state/operation.h"
#include "state/state.h"

enum event_kind {
	EVENT_STARTED,
	EVENT_WAITING, /* every ten seconds of a step */
	EVENT_DONE,    /* not .called: there was nothing to do, or nothing but to forget it */
	EVENT_FAILED,
	EVENT_STOPPED, /* by a signal, half way or before it did anything */
	EVENT_SKIPPED,
	EVENT_NOTE, /* about the run */
};
struct event {
	enum event_kind kind;
	const struct change *change;   /* NULL: about the run */
	enum operation_kind operation; /* a replacement is a create and a delete */
	bool called;		       /* EVENT_STARTED was told before */
	const char *text;	       /* what is waited for, why it was skipped; NULL */
	const struct diags *diags;     /* EVENT_FAILED */
	int64_t elapsed_ms;
	size_t finished, total; /* steps */
};

struct lease_keeper;

/* What a run needs; the caller owns everything. */
struct engine {
	struct provider *provider;
	struct backend *backend;
	struct account account;
	int parallelism;				    /* workers; 0: 64 */
	void (*on_event)(void *ctx, const struct event *e); /* always on the caller's thread */
	/* Before a create or update of a resource with a package: make p->zip_path. Called on a
	 * worker, each package by one. NULL: nothing to do. */
	int (*prepare)(void *ctx, struct package *p, struct diags *d);
	void *ctx;
	/* Set by signals: 1 start nothing new, 2 end at once. May be NULL. */
	const volatile sig_atomic_t *stop;
	const char *command;   /* recorded in the operation */
	int64_t arrival_ms;    /* what a dead run has sent arrives within; 0: 10 s */
	int64_t lease_life_ms; /* 0: a minute */
	/* Where what the store would not take is kept: "stray-<operation>.json", and
	 * "<stack>[-<stage>]-<serial>.state.json". NULL: nowhere. */
	const char *folder;
	struct lease_keeper *keeper; /* the engine's own: while it holds the operation object */
	/* Set when a second signal ended refresh or apply at once: threads are still running. Nothing
	 * that they use may be freed; leave by _exit. */
	bool abandoned;
};

/* Load the state and the operation object. *ret_state is never NULL on success; *ret_op is NULL
 * when no operation ever was. What an operation that was not released has left behind is settled
 * in *ret_state, in memory only. Other credentials than the state's account, partition or region
 * are refused (D_AUTH), unless e->account.id is NULL. */
int engine_load(struct engine *e, struct arena *a, const char *stack, const char *stage,
		struct state **ret_state, struct operation_doc **ret_op, struct diags *d);
/* For who learned the account only after loading. */
int engine_check_account(const struct engine *e, const struct state *s, struct diags *d);

/* Who holds the operation object: nobody, a run at work, or one that died. */
enum lease { LEASE_FREE, LEASE_HELD, LEASE_DEAD };
enum lease engine_lease(struct engine *e, const struct operation_doc *op, struct diags *d);

/* What became of a create whose result nobody knew. */
struct recovered {
	const char *address, *type, *operation; /* id of the operation that it is of */
	const char *id;				/* NULL: nothing was found (yet) */
};
struct recovery {
	VEC(struct recovered) items;
	/* AWS may still show one of those that were not found, and would make another: look again
	 * after so long; 0: no need. */
	int64_t again_ms;
};
/* How long until nothing of a run that ended badly can still be under way to AWS, milliseconds. */
int64_t engine_arrival_left(struct engine *e, const struct operation_doc *op, struct diags *d);
/* Look for what creates without a known result have made: those of an operation that was not
 * released, and suspects of earlier ones. Reads only. What is found is settled in *s and *op, in
 * memory; the next apply writes it. To be called after engine_load; may be called again. -1: it
 * cannot be found out about some. */
int engine_recover(struct engine *e, struct arena *a, struct state *s, struct operation_doc *op,
		   struct recovery *ret, struct diags *d);
/* For the client that makes this run's calls, on any thread. May a mutating call be sent now? Only
 * while the lease lasts longer than a call may take (engine_call_ms). When it may not: wait for the
 * lease's next renewal; false: it will not come, nothing more may be sent. */
bool engine_permits(struct engine *e);
bool engine_await_permit(struct engine *e);
/* May any call be sent, to AWS or the store? Not when the lease has run out. Any thread. */
bool engine_alive(struct engine *e);
int64_t engine_call_ms(const struct engine *e);

/* Has any of the two objects been written since they were loaded? */
int engine_changed(struct engine *e, const struct state *s, const struct operation_doc *op,
		   bool *ret, struct diags *d);

/* operation.cancelled with the engine as ctx: a signal has asked to stop. */
bool engine_stop_asked(void *engine);

/* Read every recorded object, and the wanted ones that a natural name could already name, live:
 * map as plan_input.observed wants it. In parallel, in batches. `all`: unmanaged properties too. */
int engine_refresh(struct engine *e, struct arena *a, const struct state *s,
		   const struct resource_list *wanted, bool all, struct map **ret, struct diags *d);

/* The state's resources as plan wants them. */
const struct recorded **engine_recorded(struct arena *a, const struct state *s,
					const struct provider *p, size_t *ret_len);

struct apply_result {
	size_t added, changed, destroyed, failed, skipped;
	bool interrupted;
	bool begun; /* the operation was taken; without it nothing was changed */
};
/* Run the plan: intents first, results as they happen, state at the end. Failed branches stop,
 * others go on. -1 when anything failed; *ret holds the counts in any case.
 *
 * `s` is what engine_load gave, with values drawn since in s->random; it is settled as the run
 * goes on. `a` must be the arena that `s` lives in. With a plan that changes nothing only what
 * the state remembers beside the objects (protect, depends, outputs) is written, if it differs. */
int engine_apply(struct engine *e, struct arena *a, struct plan *p, struct state *s,
		 const struct operation_doc *previous, struct apply_result *ret, struct diags *d);

/* Change the state by hand (`edit` removes entries): under the lease, as a run of no steps. */
int engine_edit(struct engine *e, struct arena *a, struct state *s,
		const struct operation_doc *previous, void (*edit)(void *ctx, struct state *s),
		void *ctx, struct diags *d);

#endif
