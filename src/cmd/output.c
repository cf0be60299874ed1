#include "cmd/report.h"

#include "base/banned.h"

static struct value *plain_outputs(struct arena *a, const struct value *outputs)
{
	struct value *all = value_map(a);

	value_each_pair(outputs, p) {
		value_set(a, all, p->key, value_get(p->value, "value"));
	}
	return all;
}

static int no_output(struct session *s, const char *name)
{
	struct cli *cli = s->cli;
	const struct value *outputs = s->state->outputs;
	const char **names = arena_array(cli->arena, value_len(outputs) + 1, sizeof(*names)), *near;
	size_t n = 0;

	value_each_pair(outputs, p) {
		names[n++] = p->key;
	}
	diag_error(cli->diags, D_CONFIG, NO_SPAN, "there is no output \"%s\"", name);
	near = str_nearest(name, names, n);
	if (near)
		diag_hint(cli->diags, "did you mean \"%s\"?", near);
	else if (!n)
		diag_hint(cli->diags, "apply records the stack's outputs; none are recorded");
	return -1;
}

static int print_one(struct session *s, const char *name)
{
	struct cli *cli = s->cli;
	const struct value *entry = value_get(s->state->outputs, name);
	const struct value *v = value_get(entry, "value");

	if (!entry)
		return no_output(s, name);
	if (value_bool_or(value_get(entry, "sensitive"), false)) {
		diag_error(cli->diags, D_CONFIG, NO_SPAN,
			   "the output \"%s\" is sensitive: its value is not kept", name);
		return -1;
	}
	if (cli->options.json || value_is(v, VALUE_LIST) || value_is(v, VALUE_MAP))
		print_json(cli->out, v);
	else
		fprintf(cli->out, "%s\n", value_scalar_text(cli->arena, v));
	return EXIT_DONE;
}

static int output(struct session *s)
{
	struct cli *cli = s->cli;

	if (session_open(s, cli) || session_load_state(s))
		return -1;
	if (cli->options.args.len)
		return print_one(s, cli->options.args.items[0]);
	if (cli->options.json)
		print_json(cli->out, plain_outputs(cli->arena, s->state->outputs));
	else
		print_outputs(cli->out, s->state->outputs);
	return EXIT_DONE;
}

int cmd_output(struct cli *cli)
{
	struct session s = { .cli = cli };
	int code = output(&s);

	session_close(&s);
	return code;
}
