#include "cmd/report.h"
#include "cmd/show.h"

#include "base/banned.h"

static int list(struct session *s)
{
	struct cli *cli = s->cli;
	struct value *v = value_list(cli->arena);
	size_t n;
	const char **all = show_addresses(s, &n);

	for (size_t i = 0; i < n; i++) {
		if (cli->options.json)
			value_append(cli->arena, v, value_string(cli->arena, all[i]));
		else
			fprintf(cli->out, "%s\n", all[i]);
	}
	if (cli->options.json)
		print_json(cli->out, v);
	return EXIT_DONE;
}

static void forget(void *ctx, struct state *state)
{
	const struct options *o = ctx;

	for (size_t i = 1; i < o->args.len; i++)
		state_remove(state, o->args.items[i]);
}

static int forget_some(struct session *s)
{
	static const char *const accepted[] = { "yes", NULL };
	struct cli *cli = s->cli;
	const struct options *o = &cli->options;

	for (size_t i = 1; i < o->args.len; i++) {
		if (!state_get(s->state, o->args.items[i]))
			return show_resource(s, o->args.items[i]);
		fprintf(cli->err, "%s will be forgotten; what is in AWS stays\n", o->args.items[i]);
	}
	if (confirm_plan(s, "Forget them? Only \"yes\" is accepted:", accepted))
		return -1;
	if (engine_edit(&s->engine, cli->arena, s->state, s->operation, forget, &cli->options,
			cli->diags))
		return -1;
	fprintf(cli->out, "Forgotten: %zu.\n", o->args.len - 1);
	return EXIT_DONE;
}

static int run(struct session *s)
{
	struct cli *cli = s->cli;
	const struct options *o = &cli->options;
	const char *word = o->args.items[0];

	if (session_open(s, cli) || session_load_state(s))
		return -1;
	if (str_eq(word, "list") && o->args.len == 1)
		return list(s);
	if (str_eq(word, "show") && o->args.len == 2)
		return show_resource(s, o->args.items[1]);
	if (str_eq(word, "rm") && o->args.len > 1)
		return forget_some(s);
	diag_error(cli->diags, D_CONFIG, NO_SPAN, "`cinfra state` does not understand \"%s\"%s",
		   word, o->args.len > 1 ? " with these arguments" : "");
	diag_hint(cli->diags, "usage: cinfra state %s", cli->command->usage);
	return -1;
}

int cmd_state(struct cli *cli)
{
	struct session s = { .cli = cli };
	int code = run(&s);

	session_close(&s);
	return code;
}
