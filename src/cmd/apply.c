#include "cmd/report.h"

#include "base/clock.h"
#include "cmd/package.h"
#include "plan/render.h"
#include "base/banned.h"

/* engine.ctx carries both what prints and what packs. */
static int prepare(void *ctx, struct package *p, struct diags *d)
{
	(void)ctx;
	return package_zip(p, d);
}

static bool is_empty(const struct plan *p)
{
	for (size_t i = 0; i < p->changes.len; i++)
		if (p->changes.items[i]->action != ACTION_NOOP && !p->changes.items[i]->excluded)
			return false;
	return p->outputs.len == 0;
}

static void print_result(const struct session *s, const struct apply_result *r, int failed)
{
	struct cli *cli = s->cli;
	const char *what = s->plan->destroy ? "Destroy" : "Apply";
	const char *end = r->interrupted ? "interrupted" : failed ? "incomplete" : "complete";

	if (cli->options.json)
		return;
	fprintf(cli->out, "\n%s %s: %zu added, %zu changed, %zu destroyed", what, end, r->added,
		r->changed, r->destroyed);
	if (r->failed || r->skipped)
		fprintf(cli->out, ", %zu failed, %zu skipped", r->failed, r->skipped);
	fputs(".\n", cli->out);
}

static void print_json_result(const struct session *s, const struct apply_result *r, int failed)
{
	struct arena *a = s->cli->arena;
	struct value *v = value_map(a), *outputs = value_map(a);

	value_set(a, v, "event", value_string(a, failed ? "incomplete" : "complete"));
	value_set(a, v, "added", value_int(a, (int64_t)r->added));
	value_set(a, v, "changed", value_int(a, (int64_t)r->changed));
	value_set(a, v, "destroyed", value_int(a, (int64_t)r->destroyed));
	value_set(a, v, "failed", value_int(a, (int64_t)r->failed));
	value_set(a, v, "skipped", value_int(a, (int64_t)r->skipped));
	value_each_pair(s->state->outputs, p) {
		value_set(a, outputs, p->key, value_get(p->value, "value"));
	}
	value_set(a, v, "outputs", outputs);
	print_json_line(s->cli->out, v);
}

static bool anything(const struct apply_result *r)
{
	return r->added || r->changed || r->destroyed || r->failed || r->skipped || r->interrupted;
}

/* Another run took the operation, or ended its own, between our plan and our lease. */
static bool was_late(const struct session *s, const struct apply_result *r)
{
	enum diag_code code = diags_code(s->cli->diags);

	return !r->begun && code == D_LOCKED;
}

/* Carry out the plan that was shown and confirmed. */
static int carry_out(struct session *s, bool quiet)
{
	struct cli *cli = s->cli;
	struct progress progress = { .cli = cli, .began_ms = clock_monotonic_ms() };
	struct apply_result result;
	int failed;

	s->engine.on_event = progress_event;
	s->engine.prepare = prepare;
	s->engine.ctx = &progress;
	s->holds = true;
	failed = engine_apply(&s->engine, cli->arena, s->plan, s->state, s->operation, &result,
			      cli->diags);
	s->late = failed && was_late(s, &result);
	progress_end(&progress);
	if (!failed)
		package_clean(s->folder, &s->wanted);
	if (cli->options.json)
		print_json_result(s, &result, failed);
	else if (anything(&result) || (!quiet && !failed))
		print_result(s, &result, failed);
	if (!failed && !cli->options.json && value_len(s->state->outputs)) {
		fputs("\nOutputs:\n", cli->out);
		print_outputs(cli->out, s->state->outputs);
	}
	return failed ? -1 : EXIT_DONE;
}

static int refuse_in_progress(struct session *s)
{
	const struct operation_doc *op = s->operation;

	if (s->plan->verdict != VERDICT_IN_PROGRESS)
		return 0;
	diag_error(s->cli->diags, D_LOCKED, NO_SPAN, "another run holds the stack: %s",
		   session_holder(s->cli->arena, op));
	diag_hint(s->cli->diags, "--lock-timeout 5m waits for it; `cinfra unlock` is for a run "
				 "that "
				 "is no more");
	return -1;
}

static int prepare_run(struct session *s, struct cli *cli)
{
	if (session_open(s, cli) || session_connect(s) || session_load_state(s))
		return -1;
	s->changes = true;
	return 0;
}

static int apply(struct session *s)
{
	static const char *const accepted[] = { "yes", NULL };
	struct cli *cli = s->cli;

	if (session_load_stack(s, true) || session_plan(s, false))
		return -1;
	if (!cli->options.json)
		report_plan(s);
	if (refuse_in_progress(s))
		return -1;
	if (is_empty(s->plan))
		return carry_out(s, true);
	if (confirm_data_loss(s) ||
	    confirm_plan(
		    s, "\nDo you want to apply these changes? Only \"yes\" is accepted:", accepted))
		return -1;
	cli_flush(cli);
	return carry_out(s, false);
}

static int destroy(struct session *s)
{
	struct cli *cli = s->cli;
	const char *stage = s->head->stage;
	const char *name = arena_printf(cli->arena, "%s%s%s", s->head->name, stage ? "-" : "",
					stage ? stage : "");
	const char *const accepted[] = { name, "yes", NULL };
	const char *question;

	if (session_plan(s, true))
		return -1;
	if (!cli->options.json)
		report_plan(s);
	if (refuse_in_progress(s))
		return -1;
	if (is_empty(s->plan))
		return carry_out(s, true);
	question = arena_printf(cli->arena,
				"\nDo you really want to delete all of this? There is no way "
				"back.\n"
				"Only \"%s\" or \"yes\" is accepted:",
				name);
	if (confirm_plan(s, question, accepted))
		return -1;
	cli_flush(cli);
	return carry_out(s, false);
}

/* With --lock-timeout, a run that came too late plans anew; where somebody has confirmed the plan,
 * that somebody is asked first. */
static int run(struct cli *cli, int (*work)(struct session *s))
{
	for (;;) {
		struct session *s = session_new(cli);
		int code = prepare_run(s, cli) ? -1 : work(s);
		bool again = code < 0 && s->late && cli->options.auto_approve;

		session_close(s);
		if (!again || !cli_lock_time_left(cli))
			return code;
		fputs("Another run was faster: planning again.\n", cli->err);
		cli->diags = diags_new(cli->arena);
	}
}

int cmd_apply(struct cli *cli)
{
	return run(cli, apply);
}

int cmd_destroy(struct cli *cli)
{
	return run(cli, destroy);
}
