/* pace.h - how many calls of a service may be under way, and how many a second.
 *
 * Writes and reads have a window each: the service's in_flight for writes, four times that for
 * reads. A throttled call halves its window, successes widen it again one by one. Where AWS
 * publishes a rate, a token bucket keeps to it. An endpoint that is not AWS's has neither window
 * nor bucket to begin with, only the reaction to throttling. */
#ifndef AWS_PACE_H
#define AWS_PACE_H

#include <stdbool.h>

#include "aws/client.h"

struct pace;

/* `parallelism`: windows are never wider. Memory from `a`. */
struct pace *pace_new(struct arena *a, int parallelism);
void pace_free(struct pace *p);

enum pace_outcome { PACE_DONE, PACE_THROTTLED };
/* Wait for a turn. False: cancelled. `limited`: AWS's limits apply. */
bool pace_enter(struct pace *p, const struct aws_call *call, bool limited,
		bool (*cancelled)(void *ctx), void *ctx);
void pace_leave(struct pace *p, const struct aws_call *call, enum pace_outcome outcome);

#endif
