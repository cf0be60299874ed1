/* session.h - what the commands share: the stack, the account, the state, the plan.
 *
 * The steps are called in order, as far as a command needs them; each returns -1 with errors in
 * cli->diags. session_close gives back what the arena does not hold. */
#ifndef CMD_SESSION_H
#define CMD_SESSION_H

#include "aws/client.h"
#include "cmd/cli.h"
#include "engine/engine.h"
#include "lang/lang.h"

struct session {
	struct cli *cli;
	struct stack *head; /* lang_peek: names, aws, state */
	const char *folder; /* .cinfra beside the stack */
	struct aws_client *client;
	struct asking
		*asking; /* account.c: STS is asked meanwhile; NULL: it was, or is not to be */
	/* The state's own, for state in S3: other credentials, and calls that no other call holds up
	 * and no first signal ends. NULL: not opened. */
	struct aws_client *store;
	const char *bucket, *key; /* state in S3; NULL: in .cinfra */
	bool holds;		  /* from here on signals do not end calls to the store */
	bool late;		  /* another run was faster; nothing was done */
	bool changes;		  /* the command changes something, and may wait before it does */
	struct provider *provider;
	struct engine engine;
	struct state *state;
	struct operation_doc *operation;
	struct stack *stack;
	struct resource_list wanted;
	struct map *observed;
	struct plan *plan;
};

/* It lives as long as the program: threads that a second signal leaves behind still use it. */
struct session *session_new(struct cli *cli);
/* Which stack it is, and where its state lies. */
int session_open(struct session *s, struct cli *cli);
/* account.c: begin to ask who we are. session_load_state needs to know it and waits; what can be
 * done without is done meanwhile. */
int session_connect(struct session *s);
/* aws_options.alive with the session as ctx: once the run's lease has run out no call is sent, to AWS
 * or the store. */
bool session_alive(void *ctx);
/* Who we are: fills engine.account. Refuses another account than the stack's. */
int session_account(struct session *s);
void session_disconnect(struct session *s);
/* store.c: --state and the stack's `state`; no network. Called by session_open. */
int session_find_store(struct session *s);
/* Open the store: afterwards engine.backend can be used. */
int session_open_store(struct session *s);
/* With --lock-timeout: wait while another run is at work. */
int session_load_state(struct session *s);
/* "apply by ada on build-7, at work since 2026-11-21T15:16:15Z" */
char *session_holder(struct arena *a, const struct operation_doc *op);
/* The whole stack as resources. `draw`: draw the random values that are missing. Without
 * session_connect what depends on the account stays unknown. */
int session_load_stack(struct session *s, bool draw);
/* recover.c: find out what runs that ended badly have left behind, and tell it. session_plan does.
 * `wait`: until nothing of them can still be under way, so that what is made next is not made
 * twice. */
int session_recover(struct session *s, bool wait);
/* Read AWS and make the plan. With `destroy`, without a loaded stack. */
int session_plan(struct session *s, bool destroy);
/* The plan against an AWS where nothing is: cycles and references, for validate. */
int session_plan_dry(struct session *s);
void session_close(struct session *s);

#endif
