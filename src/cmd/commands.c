#include "cmd/cli.h"

#include <string.h>

#include "base/str.h"
#include "base/banned.h"

enum {
	STATE = GROUP_FILE | GROUP_STACK | GROUP_STORE,
	READS = STATE | GROUP_AWS,
	PLANS = READS | GROUP_PLAN | GROUP_JSON,
};

/* clang-format off */
const struct command commands[] = {
	{ "init", "", "Write a starter stack, with comments, into this folder",
	  "Writes cinfra.yaml (or the file of -f) and an entry for .cinfra/ in .gitignore. A file\n"
	  "that is there already is left alone. With --state s3://BUCKET/KEY, the bucket is made\n"
	  "first: with versions, encrypted, not public, over TLS only. One that is there gets what it\n"
	  "lacks of that.",
	  GROUP_FILE | GROUP_STORE | GROUP_APPLY, 0, 0, cmd_init },
	{ "validate", "", "Check the stack, without credentials and without network",
	  "Reads the stack and every file it names, checks all values and references, and reports\n"
	  "all errors at once.",
	  GROUP_FILE | GROUP_STACK | GROUP_JSON, 0, 0, cmd_validate },
	{ "plan", "", "Show what apply would change",
	  "Reads what is there, compares it with the stack and with what was recorded, and says\n"
	  "what differs and why. Changes nothing, takes no lock and writes no file.",
	  PLANS | GROUP_REPLACE | GROUP_BUILD | GROUP_EXITCODE, 0, 0, cmd_plan },
	{ "apply", "", "Make what the stack describes",
	  "Shows the plan, asks, and carries it out in the order that the references give, with\n"
	  "independent work at once. After an error other branches go on; running it again goes on\n"
	  "from there. The first SIGINT ends it in good order, the second at once.",
	  PLANS | GROUP_REPLACE | GROUP_APPLY | GROUP_DATA_LOSS | GROUP_LOCK, 0, 0, cmd_apply },
	{ "destroy", "", "Delete everything that apply has made",
	  "Deletes what the state records, and forgets what says `retain`. The stack's values are\n"
	  "not evaluated.",
	  PLANS | GROUP_APPLY | GROUP_LOCK, 0, 0, cmd_destroy },
	{ "show", "[ADDRESS]", "Show what the state records",
	  "Reads the state only, not AWS. Secrets are not in it.",
	  STATE | GROUP_JSON, 0, 1, cmd_show },
	{ "output", "[NAME]", "Print the outputs of the last apply",
	  "With a name, prints the value alone. Sensitive values are not kept.",
	  STATE | GROUP_JSON, 0, 1, cmd_output },
	{ "state", "list | show ADDRESS | rm ADDRESS... | pull [VERSION] | push FILE | history",
	  "List, show or forget recorded resources; copy the state",
	  "`rm` forgets a resource without deleting it; cinfra then takes no more notice of it.\n"
	  "`pull` prints the state as it is stored, or an earlier version of it, which `history`\n"
	  "lists. `push` puts a file in its place: of the same lineage, with a higher serial.",
	  STATE | GROUP_APPLY | GROUP_JSON | GROUP_LOCK | GROUP_FORCE, 1, 64, cmd_state },
	{ "unlock", "", "Take the stack from a run that is no more",
	  "Shows who holds it, since when and for what, and asks. What that run has left unfinished\n"
	  "stays on record for the next apply. Not needed after a run was killed on this machine, or\n"
	  "once it has given no sign of life for a minute and a half.",
	  STATE | GROUP_APPLY, 0, 0, cmd_unlock },
	{ "types", "[TYPE | SECTION]", "List what a stack can hold, or describe one of it",
	  "`types AWS::SQS::Queue` prints the properties of a resource type, `types queues` the words\n"
	  "of a section.",
	  GROUP_JSON | GROUP_SCHEMA, 0, 1, cmd_types },
	{ "graph", "", "Print the resources and what they need, as DOT",
	  "For Graphviz: cinfra graph | dot -Tsvg >graph.svg",
	  GROUP_FILE | GROUP_STACK, 0, 0, cmd_graph },
	{ "version", "", "Print the version", NULL, GROUP_JSON, 0, 0, cmd_version },
	{ "help", "[COMMAND]", "Print this, or the help of a command", NULL, 0, 0, 1, cmd_help },
	{ NULL, NULL, NULL, NULL, 0, 0, 0, NULL },
};
/* clang-format on */

const struct command *command_find(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (str_eq(c->name, name))
			return c;
	return NULL;
}

void help_all(FILE *out)
{
	fputs("cinfra makes AWS infrastructure from a short YAML stack.\n\n"
	      "Usage: cinfra COMMAND [OPTIONS]\n\nCommands:\n",
	      out);
	for (const struct command *c = commands; c->name; c++)
		fprintf(out, "  %-10s%s\n", c->name, c->summary);
	fputs("\nOptions of all commands:\n", out);
	options_help(out, GROUP_GLOBAL);
	fputs("\n`cinfra help COMMAND` prints what else a command takes.\n"
	      "Exit codes: 0 done, 1 error, 2 changes, 3 drift only, 4 locked, late or "
	      "unfinished,\n"
	      "5 credentials, 130 interrupted (2 and 3 with plan --detailed-exitcode).\n",
	      out);
}

void help_command(FILE *out, const struct command *c)
{
	fprintf(out, "%s.\n\nUsage: cinfra %s [OPTIONS]%s%s\n", c->summary, c->name,
		c->usage[0] ? " " : "", c->usage);
	if (c->doc)
		fprintf(out, "\n%s\n", c->doc);
	fputs("\nOptions:\n", out);
	options_help(out, c->groups);
}

int cmd_help(struct cli *cli)
{
	const struct command *c;

	if (!cli->options.args.len) {
		help_all(cli->out);
		return EXIT_DONE;
	}
	c = command_find(cli->options.args.items[0]);
	if (!c)
		return diag_error(cli->diags, D_CONFIG, NO_SPAN, "there is no command \"%s\"",
				  cli->options.args.items[0]);
	help_command(cli->out, c);
	return EXIT_DONE;
}
