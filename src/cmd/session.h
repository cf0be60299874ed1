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
	struct provider *provider;
	struct engine engine;
	struct state *state;
	struct operation_doc *operation;
	struct stack *stack;
	struct resource_list wanted;
	struct map *observed;
	struct plan *plan;
};

/* Which stack it is, and where its state lies. */
int session_open(struct session *s, struct cli *cli);
/* Who we are. Refuses another account than the stack's. */
int session_connect(struct session *s);
int session_load_state(struct session *s);
/* The whole stack as resources. `draw`: draw the random values that are missing. Without
 * session_connect what depends on the account stays unknown. */
int session_load_stack(struct session *s, bool draw);
/* Read AWS and make the plan. With `destroy`, without a loaded stack. */
int session_plan(struct session *s, bool destroy);
/* The plan against an AWS where nothing is: cycles and references, for validate. */
int session_plan_dry(struct session *s);
void session_close(struct session *s);

#endif
