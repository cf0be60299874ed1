/* engine.h - refresh and apply: runs a plan through a provider, keeps journal and state. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <signal.h>

#include "plan/plan.h"
#include "state/backend.h"
#include "state/operation.h"
#include "state/state.h"

enum event_kind {
	EVENT_STARTED, EVENT_WAITING, EVENT_DONE, EVENT_FAILED, EVENT_SKIPPED, EVENT_NOTE,
};
struct event {
	enum event_kind kind;
	const struct change *change; /* NULL: about the run */
	const char *text;	     /* what is waited for, why it was skipped */
	const struct diags *diags;   /* EVENT_FAILED */
	int64_t elapsed_ms;
	size_t finished, total;
};

/* What a run needs; the caller owns everything. */
struct engine {
	struct provider *provider;
	struct backend *backend;
	struct account account;
	int parallelism; /* 0: 64 for reads, 10 for writes per service pace */
	void (*on_event)(void *ctx, const struct event *e); /* always on the caller's thread */
	void *ctx;
	/* Set by signals: 1 start nothing new, 2 end at once. */
	const volatile sig_atomic_t *stop;
	const char *command; /* recorded in the operation */
};

/* Load the state and the operation object. *ret_state is never NULL on success. Other credentials
 * than the state's account, partition or region are refused (D_AUTH). */
int engine_load(struct engine *e, struct arena *a, const char *stack, const char *stage,
		struct state **ret_state, struct operation_doc **ret_op, struct diags *d);

/* Read every recorded object, and the wanted ones that a natural name could already name, live:
 * map as plan_input.observed wants it. In parallel, in batches. `all`: unmanaged properties too. */
int engine_refresh(struct engine *e, struct arena *a, const struct state *s,
		   const struct resource_list *wanted, bool all, struct map **ret,
		   struct diags *d);

/* The state's resources as plan wants them. */
const struct recorded **engine_recorded(struct arena *a, const struct state *s,
					const struct provider *p, size_t *ret_len);

struct apply_result {
	size_t added, changed, destroyed, failed, skipped;
	bool interrupted;
};
/* Run the plan: intents first, results as they happen, state at the end. Failed branches stop,
 * others go on. -1 when anything failed; *ret holds the counts in any case. */
int engine_apply(struct engine *e, struct arena *a, struct plan *p, struct state *s,
		 const struct operation_doc *previous, struct apply_result *ret,
		 struct diags *d);

#endif
