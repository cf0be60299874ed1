#include "cmd/cli.h"

#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "cmd/bucket.h"
#include "model/json.h"
#include "state/backend_s3.h"
#include "base/banned.h"

enum { MAX_IGNORE = 1024 * 1024 };

static const char starter[] =
	"# A stack: everything in it is made, changed and deleted together.\n"
	"# `cinfra plan` shows what would change, `cinfra apply` changes it, `cinfra destroy` "
	"deletes it.\n"
	"stack: %s\n"
	"\n"
	"# Deploy the same stack several times: `cinfra apply --stage test`.\n"
	"# stage: dev\n"
	"\n"
	"# aws:\n"
	"#   region: eu-central-1\n"
	"#   account: \"123456789012\"   # refuse any other\n"
	"\n"
	"%s"
	"queues:\n"
	"  jobs:\n"
	"    visibility_timeout: 2m\n"
	"    dead_letter: failed-jobs   # after three failures; the reference orders them\n"
	"  failed-jobs:\n"
	"    message_retention_period: 14d\n"
	"\n"
	"# tables:\n"
	"#   orders: { partition_key: order_id }\n"
	"\n"
	"# functions:\n"
	"#   worker:\n"
	"#     runtime: python3.12\n"
	"#     handler: app.handler       # app.py in the folder below\n"
	"#     code: src/worker\n"
	"#     environment: { TABLE: \"${tables.orders.name}\" }\n"
	"#     allow: { tables.orders: read-write }\n"
	"#     events: [ { queue: jobs, batch_size: 10 } ]\n"
	"\n"
	"outputs:\n"
	"  jobs_url: { value: \"${queues.jobs.url}\", description: where to send jobs }\n"
	"\n"
	"# `cinfra types` lists all sections and resource types, `cinfra types queues` the words "
	"of one.\n";

/* The folder's name as a stack's: letters, digits and dashes, a letter first. */
static char *stack_name(struct arena *a)
{
	const char *here = path_real(a, ".");
	char *name = arena_strdup(a, here ? path_base(here) : "");

	for (char *c = name; *c; c++) {
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
		else if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9')))
			*c = '-';
	}
	while (*name && !(*name >= 'a' && *name <= 'z'))
		name++;
	if (strlen(name) > 32)
		name[32] = '\0';
	while (*name && name[strlen(name) - 1] == '-')
		name[strlen(name) - 1] = '\0';
	return *name ? name : arena_strdup(a, "my-stack");
}

/* State belongs to the machine, not to the repository. */
static int ignore_folder(struct cli *cli)
{
	_cleanup_str_ struct str text = STR_INIT;
	char *old = NULL;
	size_t len = 0;

	if (file_read(cli->arena, ".gitignore", MAX_IGNORE, &old, &len, cli->diags) < 0)
		return -1;
	if (old && (str_starts(old, ".cinfra/\n") || strstr(old, "\n.cinfra/\n")))
		return 0;
	if (old)
		str_addn(&text, old, len);
	if (old && len && old[len - 1] != '\n')
		str_addc(&text, '\n');
	str_add(&text, ".cinfra/\n");
	return file_write_atomic(".gitignore", text.data, text.len, 0644, cli->diags);
}

/* The starter with its two blanks filled in. */
static void fill_starter(struct str *text, const char *name, const char *state)
{
	const char *const blanks[] = { name, state };
	const char *rest = starter;

	for (size_t i = 0; i < 2; i++) {
		const char *at = strstr(rest, "%s");

		str_addn(text, rest, (size_t)(at - rest));
		str_add(text, blanks[i]);
		rest = at + 2;
	}
	str_add(text, rest);
}

static const char *state_block(struct arena *a, const char *bucket, const char *key)
{
	_cleanup_str_ struct str quoted = STR_INIT;

	json_write(&quoted, value_string(a, key), JSON_COMPACT, true);
	return arena_printf(a, "state:\n  s3: { bucket: %s, key: %s }\n\n", bucket,
			    str_text(&quoted));
}

static int write_starter(struct cli *cli, const char *file, const char *state)
{
	_cleanup_str_ struct str text = STR_INIT;

	fill_starter(&text, stack_name(cli->arena), state);
	if (file_write_atomic(file, text.data, text.len, 0644, cli->diags) || ignore_folder(cli))
		return -1;
	fprintf(cli->out, "Wrote %s. Next: cinfra plan\n", file);
	return EXIT_DONE;
}

/* The state's bucket first; a stack that is there is told what it needs to say. */
static int init_state(struct cli *cli, const char *file)
{
	const char *bucket, *key, *block;

	if (backend_s3_parse(cli->arena, cli->options.state, &bucket, &key, cli->diags) ||
	    bucket_prepare(cli, bucket))
		return -1;
	block = state_block(cli->arena, bucket, key);
	if (!file_exists(file))
		return write_starter(cli, file, block);
	fprintf(cli->out, "%s is there already and was not changed. What it needs:\n\n%s", file,
		block);
	return EXIT_DONE;
}

int cmd_init(struct cli *cli)
{
	const char *file = cli->options.file ? cli->options.file : "cinfra.yaml";

	if (cli->options.state)
		return init_state(cli, file);
	if (!file_exists(file))
		return write_starter(cli, file, "");
	diag_error(cli->diags, D_CONFIG, NO_SPAN, "\"%s\" is there already; it was not changed",
		   file);
	return -1;
}
