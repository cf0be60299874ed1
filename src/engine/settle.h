/* settle.h - what an intent's results mean for the state. The same code settles a run as it goes
 * and one that died: settling an intent twice changes nothing. */
#ifndef ENGINE_SETTLE_H
#define ENGINE_SETTLE_H

#include "state/operation.h"
#include "state/state.h"

/* `operation`: id of the operation that the intent is of. Intents without results leave the state
 * as it is, but an update's paths become pending. */
void settle_intent(struct state *s, const char *operation, const struct intent *i);
void settle_operation(struct state *s, const struct operation_doc *op);

#endif
