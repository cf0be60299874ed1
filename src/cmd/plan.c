#include "cmd/report.h"

#include "plan/render.h"
#include "base/banned.h"

void report_plan(const struct session *s)
{
	const struct cli *cli = s->cli;
	struct render_options o = { .color = cli->color_out, .unicode = cli->color_out };

	if (cli->options.json)
		render_json(cli->out, s->plan);
	else
		render_text(cli->out, s->plan, &o);
	fflush(cli->out);
}

/* Another run may have written meanwhile: then what was read is a mixture. */
static int check_unchanged(struct session *s)
{
	struct cli *cli = s->cli;
	bool changed;

	if (engine_changed(&s->engine, s->state, s->operation, &changed, cli->diags))
		return -1;
	if (!changed)
		return 0;
	s->plan->verdict = VERDICT_IN_PROGRESS;
	vec_push(cli->arena, &s->plan->notes,
		 "the state was written while the plan was made: another run is at work");
	return 0;
}

static int run(struct session *s)
{
	struct cli *cli = s->cli;

	if (session_open(s, cli) || session_connect(s) || session_load_state(s) ||
	    session_load_stack(s, false) || session_plan(s, false) || check_unchanged(s))
		return -1;
	report_plan(s);
	return cli->options.detailed_exitcode ? plan_exit_code(s->plan) : EXIT_DONE;
}

int cmd_plan(struct cli *cli)
{
	struct session *s = session_new(cli);
	int code = run(s);

	session_close(s);
	return code;
}
