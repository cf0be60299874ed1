/* recover.c - what runs that ended badly have left behind, for people. */
#include "base/clock.h"
#include "cmd/report.h"
#include "base/banned.h"

/* False when a signal came. */
static bool wait_ms(struct session *s, int64_t ms, const char *why)
{
	fprintf(s->cli->err, "Waiting %s %s.\n", duration_text(s->cli->arena, ms), why);
	return cli_pause(s->cli, ms);
}

/* Each found object has its line; what was not found is counted, the first time. */
static void tell(struct session *s, const struct recovery *found, bool again)
{
	size_t missing = 0;

	for (size_t i = 0; i < found->items.len; i++) {
		const struct recovered *r = &found->items.items[i];

		if (r->id)
			fprintf(s->cli->err, "Recovered %s: operation %s made it (%s).\n",
				r->address, r->operation, r->id);
		missing += !r->id;
	}
	if (missing && !again)
		fprintf(s->cli->err,
			"Of %zu other%s that were about to be made nothing is there.\n", missing,
			missing == 1 ? "" : "s");
}

static int recover(struct session *s, struct recovery *ret)
{
	return engine_recover(&s->engine, s->cli->arena, s->state, s->operation, ret,
			      s->cli->diags);
}

static int interrupted(struct session *s)
{
	return diag_error(s->cli->diags, D_INTERRUPTED, NO_SPAN,
			  "interrupted; nothing was changed");
}

static void tell_operation(struct session *s)
{
	const struct operation_doc *op = s->operation;
	size_t open = 0;

	for (size_t i = 0; i < op->intents.len; i++)
		open += op->intents.items[i]->status == INTENT_OPEN;
	fprintf(s->cli->err,
		"The last run did not end: %s, begun %s. Of its %zu changes %zu may or may not be "
		"done.\n",
		operation_who(s->cli->arena, op), op->started ? op->started : "once",
		op->intents.len, open);
}

int session_recover(struct session *s, bool wait)
{
	const struct operation_doc *op = s->operation;
	struct recovery first, second;
	int64_t left;

	if (!op || engine_lease(&s->engine, op, s->cli->diags) == LEASE_HELD)
		return 0;
	if (!op->free)
		tell_operation(s);
	left = wait ? engine_arrival_left(&s->engine, op, s->cli->diags) : 0;
	if (left && !wait_ms(s, left, "until nothing that it has sent is still under way"))
		return interrupted(s);
	if (recover(s, &first))
		return -1;
	tell(s, &first, false);
	if (!wait || !first.again_ms)
		return 0;
	if (!wait_ms(s, first.again_ms, "and looking again: lists of AWS lag"))
		return interrupted(s);
	if (recover(s, &second))
		return -1;
	tell(s, &second, true);
	return 0;
}
