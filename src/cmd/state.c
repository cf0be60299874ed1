#include "cmd/report.h"
#include "cmd/show.h"
#include "cmd/state_copy.h"

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

static int show_one(struct session *s)
{
	return show_resource(s, s->cli->options.args.items[1]);
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
	s->holds = true;
	if (engine_edit(&s->engine, cli->arena, s->state, s->operation, forget, &cli->options,
			cli->diags))
		return -1;
	fprintf(cli->out, "Forgotten: %zu.\n", o->args.len - 1);
	return EXIT_DONE;
}

static const struct {
	const char *word;
	size_t min_args, max_args;
	bool loaded; /* works on the state as it was read and understood */
	int (*run)(struct session *s);
} words[] = {
	{ "list", 0, 0, true, list },	     { "show", 1, 1, true, show_one },
	{ "rm", 1, 64, true, forget_some },  { "pull", 0, 1, false, state_pull },
	{ "push", 1, 1, false, state_push }, { "history", 0, 0, false, state_history },
};

static int run(struct session *s)
{
	struct cli *cli = s->cli;
	const struct options *o = &cli->options;
	size_t args = o->args.len - 1;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!str_eq(o->args.items[0], words[i].word) || args < words[i].min_args ||
		    args > words[i].max_args)
			continue;
		if (session_open(s, cli) ||
		    (words[i].loaded ? session_load_state(s) : session_open_store(s)))
			return -1;
		return words[i].run(s);
	}
	diag_error(cli->diags, D_CONFIG, NO_SPAN, "`cinfra state` does not understand \"%s\"%s",
		   o->args.items[0], args ? " with these arguments" : "");
	diag_hint(cli->diags, "usage: cinfra state %s", cli->command->usage);
	return -1;
}

int cmd_state(struct cli *cli)
{
	struct session *s = session_new(cli);
	int code = run(s);

	session_close(s);
	return code;
}
