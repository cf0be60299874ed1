/* schedule.h - rate() and cron() of EventBridge, checked before AWS refuses them. */
#ifndef AWS_SCHEDULE_H
#define AWS_SCHEDULE_H

#include "providers/aws/expand.h"

/* Adds an error with what to write instead. Unknown values pass. */
void x_check_schedule(struct expansion *x, const struct value *v);
/* What is wrong with an expression, NULL when nothing; *ret_hint what to write, or NULL. */
const char *schedule_fault(struct arena *a, const char *text, const char **ret_hint);

#endif
