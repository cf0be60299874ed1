/* pace.h - how many calls of a service may be under way, and how many a second.
 *
 * Writes and reads have a lane each, as has an operation with a limit of its own. A lane has
 *   a window: the service's in_flight for writes, four times that for reads;
 *   a published rate, where there is one: a token bucket;
 *   a found rate, after a throttle: half of what was sent last, from where it rises slowly to the
 *   rate that was too much and then ever faster (CUBIC, as in AWS's SDKs), and is forgotten after
 *   half a minute without a throttle.
 * A lane that is throttled holds no other. An endpoint that is not AWS's has neither window nor
 * published rate, only the found one. */
#ifndef AWS_PACE_H
#define AWS_PACE_H

#include <stdbool.h>

#include "aws/client.h"

struct pace;

/* `parallelism`: windows are never wider. Memory from `a`. */
struct pace *pace_new(struct arena *a, int parallelism);
void pace_free(struct pace *p);

enum pace_outcome { PACE_DONE, PACE_THROTTLED };
/* Wait for a turn. False: cancelled, or the call's deadline is over. `limited`: AWS's limits apply.
 */
bool pace_enter(struct pace *p, const struct aws_call *call, bool limited,
		bool (*cancelled)(void *ctx), void *ctx);
void pace_leave(struct pace *p, const struct aws_call *call, enum pace_outcome outcome);

#endif
