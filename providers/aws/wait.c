/* wait.c - poll a READ row until the resource is where it should be. */
#include "base/clock.h"
#include "providers/aws/run.h"

/* 1 ready, 0 not yet, -1 failed with an error added. */
static int judge(struct aws_run *r, const struct aws_wait *w, const struct value *reply)
{
	if (w->done)
		return w->done(r, reply);
	const struct value *v = value_path(reply, w->path);
	const char *state = v ? value_scalar_text(r->a, v) : NULL;
	if (code_in(state, w->failed)) {
		const char *why = w->why ? value_text(value_path(reply, w->why)) : NULL;
		return diag_error(r->d, D_REMOTE, NO_SPAN, "%s is %s%s%s", r->type->name, state,
				  why ? ": " : "", why ? why : "");
	}
	return code_in(state, w->ready);
}

static int poll_once(struct aws_run *r, const struct aws_op *op, const struct aws_wait *w)
{
	struct value *input;
	struct aws_reply *reply;
	if (run_input(r, op, READ, &input))
		return -1;
	int rc = run_call(r, op, input, &reply, NULL);
	if (rc < 0)
		return run_fail(r);
	if (rc == 1)
		return w->gone; /* absent: gone, or not visible yet */
	return w->gone ? 0 : judge(r, w, reply->output);
}

static int give_up(struct aws_run *r, const struct aws_wait *w)
{
	struct operation *op = r->op;
	if (op->cancelled && op->cancelled(op->ctx))
		return diag_error(r->d, D_INTERRUPTED, NO_SPAN, "interrupted while waiting for %s",
				  w->what);
	diag_error(r->d, D_TRANSIENT, NO_SPAN, "timed out waiting for %s", w->what);
	diag_hint(r->d, "run apply again: it goes on where this run stopped");
	return -1;
}

int run_wait(struct aws_run *r, const struct aws_wait *w)
{
	const struct aws_op *op = run_find_op(r, w->read, READ);
	int64_t outer = r->deadline_ms;
	int64_t until = clock_monotonic_ms() + (w->timeout_s ? w->timeout_s : 600) * 1000;
	if (!outer || until < outer)
		r->deadline_ms = until;
	int rc = 0;
	for (int attempt = 0; !rc;) {
		rc = poll_once(r, op, w);
		if (!rc && run_pause(r, &attempt, w->what))
			rc = give_up(r, w);
	}
	r->deadline_ms = outer;
	return rc < 0 ? -1 : 0;
}
