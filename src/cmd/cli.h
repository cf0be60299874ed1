/* cli.h - one run of the program: its command, options, and where its words go.
 *
 * Data goes to `out`, everything else to `err`. Errors are collected in `diags` and printed once,
 * at the end; what came up while people should see it earlier is printed by cli_flush. */
#ifndef CMD_CLI_H
#define CMD_CLI_H

#include <signal.h>

#include "base/source.h"
#include "cmd/options.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_ERROR = 1,
	EXIT_CHANGES = 2,
	EXIT_DRIFT = 3,
	EXIT_UNFINISHED = 4,
	EXIT_CREDENTIALS = 5,
	EXIT_INTERRUPTED = 130,
};

struct cli;
struct command {
	const char *name;
	const char *usage; /* its arguments: "[NAME]"; "" for none */
	const char *summary;
	const char *doc; /* paragraphs below the usage; NULL */
	unsigned groups;
	size_t min_args, max_args;
	int (*run)(struct cli *cli); /* the exit code; -1: take it from the errors */
};
/* All commands, up to a NULL name. */
extern const struct command commands[];

struct cli {
	const struct command *command;
	struct options options;
	struct arena *arena;
	struct sources *sources;
	struct diags *diags;
	FILE *out, *err;
	bool color_out, color_err;	   /* where they are terminals, unless told otherwise */
	bool live;			   /* err is a terminal that moves its cursor */
	int64_t began_ms;		   /* clock_monotonic_ms */
	int64_t waits_from_ms;		   /* when it first looked whether another run is at work */
	bool leave;			   /* threads still run: leave by _exit */
	const volatile sig_atomic_t *stop; /* how often a signal asked to stop */
};

/* Run the program. *ret_leave is set when exit handlers must not run. */
int cli_main(int argc, char *const *argv, const volatile sig_atomic_t *stop, bool *ret_leave);
/* Print the diagnostics there are, and begin anew. */
void cli_flush(struct cli *cli);
/* Exit code of the errors: 5 for credentials, 4 locked, 130 interrupted, else 1. */
int cli_exit_code(const struct diags *d);
/* Wait; false when a signal came. */
bool cli_pause(const struct cli *cli, int64_t ms);
/* What is left of --lock-timeout, milliseconds; it begins with the first call. */
int64_t cli_lock_time_left(struct cli *cli);
const struct command *command_find(const char *name);
/* Help of all commands, or of one. */
void help_all(FILE *out);
void help_command(FILE *out, const struct command *c);

int cmd_init(struct cli *cli);
int cmd_validate(struct cli *cli);
int cmd_plan(struct cli *cli);
int cmd_apply(struct cli *cli);
int cmd_destroy(struct cli *cli);
int cmd_show(struct cli *cli);
int cmd_output(struct cli *cli);
int cmd_state(struct cli *cli);
int cmd_unlock(struct cli *cli);
int cmd_types(struct cli *cli);
int cmd_graph(struct cli *cli);
int cmd_version(struct cli *cli);
int cmd_help(struct cli *cli);

#endif
