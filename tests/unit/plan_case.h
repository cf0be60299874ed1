#ifndef TESTS_UNIT_PLAN_CASE_H
#define TESTS_UNIT_PLAN_CASE_H

/*
 * A plan case: one file under tests/plan with sections that begin with a line
 * of their own.  @STACK, @STATE, @LIVE and @OPTIONS are YAML, all optional;
 * a line "# ..." before the first section says what the case is about.
 *
 *	@STACK
 *	queues.jobs:
 *	  type: Queue                 a type of plan_types.c, without "Test::"
 *	  props: { QueueName: shop-jobs, Policy: "${queues.dead.Arn}" }
 *	  depends_on: [ ]   protect:   retain:   ignore_changes: [ ]   replace:
 *	  package: true
 *	@STATE
 *	queues.jobs:                  queues.jobs@KEY is a deposed object
 *	  type: Queue   id: shop-jobs   props: {...}   attributes: {...}
 *	  depends: [ ]  protect:  retain:  pending: OPERATION
 *	@LIVE                         what is not listed is as recorded
 *	queues.jobs: absent           or: unread
 *	queues.jobs: { props: {...}, attributes: {...} }    merged over recorded, null removes
 *	@OPTIONS
 *	targets: []  excludes: []  replaces: []  destroy:  unfinished:  in_progress:  operation:
 *	ascii:  color:  compact:  outputs: {...}  recorded_outputs: {...}  sensitive_outputs: []
 *	@EXPECT                       errors, the plan, "-- verdict, exit code"
 *	@ORDER                        the order of operations, and what waits for what
 *	@JSON                         the plan as JSON
 *
 * "secret(text)" is a sensitive value in the stack, "digest(text)" its digest
 * in the state.
 */

#include "base/source.h"
#include "plan/plan.h"
#include "plan/render.h"

struct plan_case {
	struct arena *a;
	struct sources *sources;
	struct diags *d;
	const char *comment, *stack_text, *state_text, *live_text, *options_text;
	const char *expect, *order, *json; /* NULL: no such section */
	struct plan_input input;
	struct render_options render;
};

/* False with a message on standard error when the file is no case. */
bool plan_case_read(struct plan_case *c, struct arena *a, const char *path);

struct provider *plan_types_provider(struct arena *a);

#endif
