#include "cmd/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/thread.h"
#include "base/banned.h"

int cli_exit_code(const struct diags *d)
{
	int code = EXIT_ERROR;

	for (const struct diag *x = diags_first(d); x; x = x->next) {
		if (x->level != LEVEL_ERROR)
			continue;
		if (x->code == D_INTERRUPTED)
			return EXIT_INTERRUPTED;
		if (x->code == D_LOCKED)
			code = EXIT_UNFINISHED;
		else if (x->code == D_AUTH && code == EXIT_ERROR)
			code = EXIT_CREDENTIALS;
	}
	return code;
}

void cli_flush(struct cli *cli)
{
	fflush(cli->out);
	diags_print(cli->diags, cli->sources, cli->err, cli->color_err, cli->options.strict);
	cli->diags = diags_new(cli->arena);
}

bool cli_pause(const struct cli *cli, int64_t ms)
{
	const struct timespec slice = { .tv_nsec = 50L * 1000 * 1000 };

	for (int64_t end = clock_monotonic_ms() + ms; clock_monotonic_ms() < end;) {
		if (stops_asked(cli->stop))
			return false;
		nanosleep(&slice, NULL);
	}
	return true;
}

int64_t cli_lock_time_left(struct cli *cli)
{
	int64_t now = clock_monotonic_ms(), left;

	if (!cli->waits_from_ms)
		cli->waits_from_ms = now;
	left = cli->waits_from_ms + cli->options.lock_timeout_ms - now;
	return left > 0 ? left : 0;
}

/* https://no-color.org: set and not empty. */
static void find_colors(struct cli *cli)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
	bool dumb = !term || !*term || str_eq(term, "dumb");
	bool color = !cli->options.no_color && !(no_color && *no_color) && !dumb;

	cli->color_out = color && isatty(fileno(cli->out));
	cli->color_err = color && isatty(fileno(cli->err));
	cli->live = !dumb && isatty(fileno(cli->err)) && !cli->options.json;
}

static int unknown_command(struct cli *cli, const char *name)
{
	const char *names[32], *near;
	size_t n = 0;

	for (const struct command *c = commands; c->name; c++)
		names[n++] = c->name;
	diag_error(cli->diags, D_CONFIG, NO_SPAN, "there is no command \"%s\"", name);
	near = str_nearest(name, names, n);
	diag_hint(cli->diags,
		  near ? "did you mean `cinfra %s`?" : "`cinfra help` lists the commands", near);
	return -1;
}

static int check_args(struct cli *cli)
{
	const struct command *c = cli->command;
	size_t n = cli->options.args.len;

	if (n >= c->min_args && n <= c->max_args)
		return 0;
	if (n < c->min_args)
		diag_error(cli->diags, D_CONFIG, NO_SPAN, "`cinfra %s` needs an argument", c->name);
	else
		diag_error(cli->diags, D_CONFIG, NO_SPAN, "`cinfra %s` takes no \"%s\"", c->name,
			   cli->options.args.items[c->max_args]);
	diag_hint(cli->diags, "usage: cinfra %s [OPTIONS]%s%s", c->name, c->usage[0] ? " " : "",
		  c->usage);
	return -1;
}

/* `cinfra -C DIR plan` is as good as `cinfra plan -C DIR`: the command is the first word that is
 * neither an option nor an option's value. */
static int find_command(int argc, char *const *argv)
{
	for (int i = 0; i < argc; i++) {
		if (argv[i][0] != '-')
			return i;
		i += options_takes_next(argv[i]);
	}
	return -1;
}

static int parse(struct cli *cli, int argc, char *const *argv)
{
	int at = find_command(argc, argv), n = 0;
	char **rest = arena_array(cli->arena, (size_t)argc + 1, sizeof(*rest));

	if (at < 0) {
		cli->command = command_find("help");
		return options_parse(cli->arena, argc, argv, 0, &cli->options, cli->diags);
	}
	cli->command = command_find(argv[at]);
	if (!cli->command)
		return unknown_command(cli, argv[at]);
	for (int i = 0; i < argc; i++)
		if (i != at)
			rest[n++] = argv[i];
	if (options_parse(cli->arena, n, rest, cli->command->groups, &cli->options, cli->diags))
		return -1;
	return cli->options.help ? 0 : check_args(cli);
}

/* What happens then is the same as at a first signal. */
static void limit_time(const struct cli *cli)
{
	int64_t ms = cli->options.timeout_ms;
	struct itimerval timer = { .it_value = { .tv_sec = ms / 1000 } };

	if (ms)
		setitimer(ITIMER_REAL, &timer, NULL);
}

static void explain_timeout(const struct cli *cli)
{
	int64_t ms = cli->options.timeout_ms;

	if (ms && clock_monotonic_ms() - cli->began_ms >= ms)
		diag_hint(cli->diags, "the time of --timeout was over: %lld s",
			  (long long)ms / 1000);
}

static int dispatch(struct cli *cli, int argc, char *const *argv)
{
	if (argc > 0 && (str_eq(argv[0], "--version") || str_eq(argv[0], "-version"))) {
		cli->command = command_find("version");
		return cmd_version(cli);
	}
	if (parse(cli, argc, argv))
		return -1;
	find_colors(cli);
	if (cli->options.help && !str_eq(cli->command->name, "help")) {
		help_command(cli->out, cli->command);
		return EXIT_DONE;
	}
	limit_time(cli);
	if (cli->options.dir && chdir(cli->options.dir))
		return diag_error(cli->diags, D_IO, NO_SPAN, "cannot work in \"%s\": %m",
				  cli->options.dir);
	return cli->command->run(cli);
}

int cli_main(int argc, char *const *argv, const volatile sig_atomic_t *stop, bool *ret_leave)
{
	struct arena *arena = arena_new();
	/* Not on the stack: threads that are left behind still use it. */
	struct cli *cli = arena_new_of(arena, struct cli);
	int code;

	*cli = (struct cli){ .arena = arena, .out = stdout, .err = stderr, .stop = stop };
	cli->began_ms = clock_monotonic_ms();
	cli->diags = diags_new(arena);
	cli->sources = sources_new(arena);
	find_colors(cli);
	code = dispatch(cli, argc - 1, argv + 1);
	if (code < 0)
		code = cli_exit_code(cli->diags);
	if (code == EXIT_INTERRUPTED)
		explain_timeout(cli);
	cli_flush(cli);
	*ret_leave = cli->leave;
	if (!cli->leave)
		arena_free(arena);
	return code;
}
