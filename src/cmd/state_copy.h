/* state_copy.h - the state as a whole: out of the store, back into it, and what it was before. */
#ifndef CMD_STATE_COPY_H
#define CMD_STATE_COPY_H

#include "cmd/session.h"

/* After session_open_store. The words' arguments are the command line's. */
int state_pull(struct session *s);
int state_push(struct session *s);
int state_history(struct session *s);

#endif
