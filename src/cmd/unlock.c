#include "cmd/report.h"
#include "state/owner.h"

#include <string.h>

#include "base/banned.h"

static size_t open_intents(const struct operation_doc *op)
{
	size_t n = 0;

	for (size_t i = 0; i < op->intents.len; i++)
		n += op->intents.items[i]->status != INTENT_DONE;
	return n;
}

static const char *what_is_known(struct session *s, const struct operation_doc *op)
{
	struct arena *a = s->cli->arena;
	int64_t age = s->engine.backend->age_ms(s->engine.backend, OBJECT_OPERATION, s->cli->diags);

	switch (owner_status(op->owner)) {
	case OWNER_ALIVE:
		return "its process is running on this machine";
	case OWNER_GONE:
		return "its process, of this machine, is gone: the next apply takes over by itself";
	case OWNER_ELSEWHERE:
		break;
	}
	if (age < 0)
		return "nobody knows when it last gave a sign of life";
	return arena_printf(a, "its last sign of life is %s old", duration_text(a, age));
}

static void show_holder(struct session *s, const struct operation_doc *op)
{
	fprintf(s->cli->out,
		"Held by:    %s on %s, process %lld\nFor:        %s, operation %s\n"
		"Since:      %s; %s\nUnfinished: %zu of %zu changes\n",
		op->user ? op->user : "somebody", op->host ? op->host : "another host",
		(long long)value_int_or(value_get(op->owner, "pid"), 0),
		op->command ? op->command : "a run", op->id,
		op->started ? op->started : "an unknown time", what_is_known(s, op),
		open_intents(op), op->intents.len);
}

/* The journal stays: what the run has made must not be forgotten with it. Without one there is
 * nothing to keep. */
static int write_unlocked(struct session *s, struct operation_doc *op)
{
	struct cli *cli = s->cli;
	struct backend *b = s->engine.backend;
	const char *text, *version;
	size_t len;
	int r;

	op->serial++;
	op->unlocked = op->intents.len > 0;
	op->free = !op->unlocked;
	text = operation_write(cli->arena, op, &len);
	r = b->write(b, OBJECT_OPERATION, text, len, op->version, cli->arena, &version, cli->diags);
	if (r > 0)
		return diag_error(cli->diags, D_LOCKED, NO_SPAN,
				  "the operation was written meanwhile: that run is alive, or "
				  "done; "
				  "nothing was changed");
	return r;
}

static int run(struct session *s)
{
	static const char *const accepted[] = { "yes", NULL };
	struct cli *cli = s->cli;
	struct operation_doc *op;

	if (session_open(s, cli) || session_load_state(s))
		return -1;
	op = s->operation;
	if (!op || op->free || op->unlocked) {
		fputs("Nobody holds this stack.\n", cli->out);
		return EXIT_DONE;
	}
	show_holder(s, op);
	if (confirm_plan(s,
			 "\nIf that run is still at work it stops when it notices, and a call of "
			 "it "
			 "may cross with\nthe next run's. Take the stack from it? Only \"yes\" is "
			 "accepted:",
			 accepted))
		return -1;
	s->holds = true;
	if (write_unlocked(s, op))
		return -1;
	fputs(op->unlocked ? "Unlocked. The next apply takes over what that run has begun.\n"
			   : "Unlocked.\n",
	      cli->out);
	return EXIT_DONE;
}

int cmd_unlock(struct cli *cli)
{
	struct session s = { .cli = cli };
	int code = run(&s);

	session_close(&s);
	return code;
}
