/* describe.h - words for what a plan says, shared by the renderers. Private to src/plan. */
#ifndef PLAN_DESCRIBE_H
#define PLAN_DESCRIBE_H

#include "plan/render.h"

/* What is to be done, no-ops left out, by address; deposed objects after the current one. */
const struct change **describe_changes(struct arena *a, const struct plan *p, size_t *ret_len);

/* "will be updated in place" */
const char *describe_action(const struct change *c);
/* The reason for people, NULL where the change speaks for itself. */
const char *describe_reason(struct arena *a, const struct plan *p, const struct change *c,
			    const struct reason *r);
/* "replaced because KeySchema changes"; NULL when no property is to blame. */
const char *describe_replacement(struct arena *a, const struct change *c);

const char *reason_name(enum reason_kind kind); /* "drift": in JSON */
const char *verdict_name(enum verdict verdict); /* "changes": in JSON */

#endif
