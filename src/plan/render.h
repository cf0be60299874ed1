/* render.h - a plan for people and for programs. */
#ifndef PLAN_RENDER_H
#define PLAN_RENDER_H

#include <stdio.h>

#include "plan/plan.h"

struct render_options {
	bool color;
	bool compact; /* one line a change */
	bool unicode; /* else plain ASCII, as far as the stack's own texts are */
};
/* What changes and why, then the summary. */
void render_text(FILE *out, const struct plan *p, const struct render_options *o);
/* schemas/plan.schema.json describes it; docs/plan-json.md explains it. */
void render_json(FILE *out, const struct plan *p);
/* "No changes. ..." or "Plan: N to add, ..." */
void render_summary(FILE *out, const struct plan *p, const struct render_options *o);
const char *action_name(enum action a);		   /* "create" */
const char *action_symbol(const struct change *c); /* "+" "~" "-" "-/+" "+/-" "." */
/* "drifted: changed outside cinfra" */
const char *reason_text(struct arena *a, const struct reason *r);

#endif
