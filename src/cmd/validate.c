#include "cmd/report.h"

#include "base/banned.h"

/* The whole file is read also when its head is wrong: all errors are told at once. */
static int open_and_load(struct session *s)
{
	struct cli *cli = s->cli;
	struct diags *head = NULL;

	if (session_open(s, cli)) {
		head = cli->diags;
		cli->diags = diags_new(cli->arena);
	}
	if (session_load_stack(s, false))
		return -1;
	if (head)
		diags_merge(cli->diags, head);
	return head ? -1 : 0;
}

static int validate(struct session *s)
{
	if (open_and_load(s) || session_plan_dry(s))
		return -1;
	return EXIT_DONE;
}

static void print_summary(const struct session *s)
{
	struct arena *a = s->cli->arena;
	struct value *v = value_map(a);

	if (!s->cli->options.json) {
		fprintf(s->cli->out, "Valid: %zu entries, %zu resources.\n", s->stack->entries.len,
			s->wanted.len);
		return;
	}
	value_set(a, v, "valid", value_bool(a, true));
	value_set(a, v, "entries", value_int(a, (int64_t)s->stack->entries.len));
	value_set(a, v, "resources", value_int(a, (int64_t)s->wanted.len));
	print_json(s->cli->out, v);
}

int cmd_validate(struct cli *cli)
{
	struct session s = { .cli = cli };
	int code = validate(&s);

	if (!code)
		print_summary(&s);
	session_close(&s);
	return code;
}
