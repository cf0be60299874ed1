#include "cmd/report.h"

#include "version.h"
#include "base/banned.h"

int cmd_version(struct cli *cli)
{
	struct value *v = value_map(cli->arena);

	if (cli->options.json) {
		value_set(cli->arena, v, "version", value_string(cli->arena, CINFRA_VERSION));
		print_json(cli->out, v);
	} else {
		fprintf(cli->out, "cinfra %s\n", CINFRA_VERSION);
	}
	return EXIT_DONE;
}
