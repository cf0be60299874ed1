#include "cmd/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/banned.h"

#define _cleanup_free_ __attribute__((cleanup(free_textp)))

static void free_textp(char **text)
{
	free(*text);
}

static bool interrupted(const struct cli *cli)
{
	return cli->stop && *cli->stop;
}

/* Ask and read a line. -1: no answer. */
static int ask(struct cli *cli, const char *question, char **ret)
{
	size_t cap = 0;
	ssize_t n;

	fflush(cli->out);
	fprintf(cli->err, "%s ", question);
	fflush(cli->err);
	errno = 0;
	n = interrupted(cli) ? -1 : getline(ret, &cap, stdin);
	if (n <= 0)
		return -1;
	if ((*ret)[n - 1] == '\n')
		(*ret)[n - 1] = '\0';
	return 0;
}

static int no_answer(struct cli *cli)
{
	fputc('\n', cli->err);
	if (interrupted(cli))
		return diag_error(cli->diags, D_INTERRUPTED, NO_SPAN,
				  "interrupted; nothing was changed");
	return diag_error(cli->diags, D_CONFIG, NO_SPAN,
			  "there was no answer; nothing was changed");
}

static int need_terminal(struct cli *cli)
{
	if (isatty(STDIN_FILENO))
		return 0;
	diag_error(cli->diags, D_CONFIG, NO_SPAN,
		   "standard input is no terminal, so nobody can be asked; nothing was changed");
	diag_hint(cli->diags, "--auto-approve makes the changes without asking");
	return -1;
}

int confirm_plan(struct session *s, const char *question, const char *const *accepted)
{
	struct cli *cli = s->cli;
	_cleanup_free_ char *answer = NULL;

	if (cli->options.auto_approve)
		return 0;
	if (need_terminal(cli))
		return -1;
	if (ask(cli, question, &answer))
		return no_answer(cli);
	if (str_in(answer, accepted))
		return 0;
	return diag_error(cli->diags, D_CONFIG, NO_SPAN, "not confirmed; nothing was changed");
}

static int refuse_unattended(struct cli *cli, const struct plan *p)
{
	for (size_t i = 0; i < p->changes.len; i++) {
		const struct change *c = p->changes.items[i];

		if (c->loses_data)
			diag_error(cli->diags, D_CONFIG, NO_SPAN, "%s holds data and would be %s",
				   c->address,
				   c->action == ACTION_REPLACE ? "replaced" : "deleted");
	}
	if (!diags_errors(cli->diags))
		return 0;
	diag_hint(cli->diags, "nothing was changed; --allow-data-loss with --auto-approve goes "
			      "ahead");
	return -1;
}

static int confirm_loss(struct cli *cli, const struct change *c)
{
	_cleanup_free_ char *answer = NULL;
	const char *question = arena_printf(
		cli->arena,
		"%s holds data, which will be lost. Type its address to go ahead:", c->address);

	if (ask(cli, question, &answer))
		return no_answer(cli);
	if (str_eq(answer, c->address))
		return 0;
	return diag_error(cli->diags, D_CONFIG, NO_SPAN,
			  "the loss of %s was not confirmed; nothing was changed", c->address);
}

int confirm_data_loss(struct session *s)
{
	struct cli *cli = s->cli;
	const struct plan *p = s->plan;

	if (cli->options.auto_approve)
		return cli->options.allow_data_loss ? 0 : refuse_unattended(cli, p);
	for (size_t i = 0; i < p->changes.len; i++)
		if (p->changes.items[i]->loses_data &&
		    (need_terminal(cli) || confirm_loss(cli, p->changes.items[i])))
			return -1;
	return 0;
}
