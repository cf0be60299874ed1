#include "cmd/report.h"

#include "base/banned.h"

static void quote(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

/* Whole stacks are read from left to right: what is needed stands left. */
static void print_dot(FILE *out, const struct plan *p)
{
	fputs("digraph stack {\n\trankdir = LR;\n\tnode [shape = box];\n", out);
	for (size_t i = 0; i < p->changes.len; i++) {
		const struct change *c = p->changes.items[i];

		fputc('\t', out);
		quote(out, c->address);
		fputs(" [tooltip = ", out);
		quote(out, c->type_name);
		fputs("];\n", out);
	}
	for (size_t i = 0; i < p->changes.len; i++) {
		const struct change *c = p->changes.items[i];

		for (size_t n = 0; n < c->depends.len; n++) {
			fputc('\t', out);
			quote(out, c->depends.items[n]);
			fputs(" -> ", out);
			quote(out, c->address);
			fputs(";\n", out);
		}
	}
	fputs("}\n", out);
}

int cmd_graph(struct cli *cli)
{
	struct session s = { .cli = cli };
	int code = EXIT_DONE;

	if (session_open(&s, cli) || session_load_stack(&s, false) || session_plan_dry(&s))
		code = -1;
	else
		print_dot(cli->out, s.plan);
	session_close(&s);
	return code;
}
