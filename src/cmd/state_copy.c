#include "cmd/state_copy.h"

#include "base/file.h"
#include "cmd/report.h"
#include "model/json.h"
#include "base/banned.h"

static const char *where(const struct session *s)
{
	return s->engine.backend->describe(s->engine.backend);
}

/* --- pull --- */

static int read_version(struct session *s, const char *id, char **ret, size_t *ret_len)
{
	struct cli *cli = s->cli;
	struct backend *b = s->engine.backend;
	const char *version;

	if (!id)
		return b->read(b, OBJECT_STATE, cli->arena, ret, ret_len, &version, cli->diags);
	return b->read_version(b, id, cli->arena, ret, ret_len, cli->diags);
}

/* As it is stored, byte by byte, even if it is damaged. */
int state_pull(struct session *s)
{
	struct cli *cli = s->cli;
	const struct options *o = &cli->options;
	char *text = NULL;
	size_t len = 0;
	int r = read_version(s, o->args.len > 1 ? o->args.items[1] : NULL, &text, &len);

	if (r > 0)
		return diag_error(cli->diags, D_CONFIG, NO_SPAN, "%s: there is no such state",
				  where(s));
	if (r)
		return -1;
	fwrite(text, 1, len, cli->out);
	return EXIT_DONE;
}

/* --- history --- */

static struct value *describe_version(struct arena *a, const struct backend_version *v)
{
	struct value *map = value_map(a);

	value_set(a, map, "version", value_string(a, v->id));
	value_set(a, map, "written", value_string(a, v->written));
	value_set(a, map, "size", value_int(a, v->size));
	value_set(a, map, "current", value_bool(a, v->current));
	value_set(a, map, "deleted", value_bool(a, v->deleted));
	return map;
}

static void print_version(struct cli *cli, const struct backend_version *v)
{
	const char *text =
		v->deleted ? "  deleted" : arena_printf(cli->arena, "%9lld", (long long)v->size);

	fprintf(cli->out, "%.19sZ %s  %s%s\n", v->written, text, v->id,
		v->current ? "  (current)" : "");
}

static void print_history(struct cli *cli, const backend_versions *all, bool more)
{
	struct value *list = value_list(cli->arena);

	for (size_t i = 0; i < all->len; i++) {
		if (cli->options.json)
			value_append(cli->arena, list,
				     describe_version(cli->arena, &all->items[i]));
		else
			print_version(cli, &all->items[i]);
	}
	if (cli->options.json)
		print_json(cli->out, list);
	if (more)
		fputs("There are older ones, which are not listed.\n", cli->err);
}

int state_history(struct session *s)
{
	struct cli *cli = s->cli;
	struct backend *b = s->engine.backend;
	backend_versions all;
	bool more;

	if (b->history(b, cli->arena, &all, &more, cli->diags))
		return -1;
	print_history(cli, &all, more);
	if (all.len == 1 && str_eq(all.items[0].id, "null"))
		diag_warning(cli->diags, NO_SPAN,
			     "the bucket keeps no versions: a state that is lost is lost");
	return EXIT_DONE;
}

/* --- push --- */

struct push {
	struct session *s;
	struct state *given, *there; /* there: NULL when there is none, or none that can be read */
	const char *version;
	struct operation_doc *operation;
};

static int read_given(struct push *p)
{
	struct cli *cli = p->s->cli;
	const char *path = cli->options.args.items[1];
	char *text;
	size_t len;
	int r = file_read(cli->arena, path, JSON_MAX_BYTES, &text, &len, cli->diags);

	if (r > 0)
		return diag_error(cli->diags, D_IO, NO_SPAN, "there is no file \"%s\"", path);
	if (r || state_parse(cli->arena, text, len, path, &p->given, cli->diags))
		return -1;
	if (str_eq(p->given->stack, p->s->head->name) && str_eq(p->given->stage, p->s->head->stage))
		return 0;
	return diag_error(cli->diags, D_CONFIG, NO_SPAN, "%s is the state of stack \"%s\"%s%s",
			  path, p->given->stack, p->given->stage ? ", stage " : ", without a stage",
			  p->given->stage ? p->given->stage : "");
}

/* A state that is damaged is replaced with --force only. */
static int read_there(struct push *p)
{
	struct cli *cli = p->s->cli;
	struct backend *b = p->s->engine.backend;
	struct diags *faults = diags_new(cli->arena);
	char *text;
	size_t len;
	int r = b->read(b, OBJECT_STATE, cli->arena, &text, &len, &p->version, cli->diags);

	if (r)
		return r < 0 ? -1 : 0;
	if (!state_parse(cli->arena, text, len, where(p->s), &p->there, faults) ||
	    cli->options.force)
		return 0;
	diags_merge(cli->diags, faults);
	diag_hint(cli->diags, "--force replaces it all the same");
	return -1;
}

static int read_operation(struct push *p)
{
	struct cli *cli = p->s->cli;
	struct backend *b = p->s->engine.backend;
	const char *version;
	char *text;
	size_t len;
	int r = b->read(b, OBJECT_OPERATION, cli->arena, &text, &len, &version, cli->diags);

	if (r)
		return r < 0 ? -1 : 0;
	if (operation_parse(cli->arena, text, len, where(p->s), &p->operation, cli->diags))
		return -1;
	p->operation->version = version;
	return 0;
}

static int check_lineage(const struct push *p)
{
	struct cli *cli = p->s->cli;

	if (!p->there || str_eq(p->there->lineage, p->given->lineage) || cli->options.force)
		return 0;
	diag_error(cli->diags, D_CONFLICT, NO_SPAN,
		   "%s: the state there is another one: its lineage is %s, that of the file %s",
		   where(p->s), p->there->lineage, p->given->lineage);
	diag_hint(cli->diags, "--force replaces it; what only that state knows is then forgotten");
	return -1;
}

/* What an unfinished operation has done would be forgotten, unless the file is what that very
 * operation wanted to write. */
static int check_unfinished(const struct push *p)
{
	const struct operation_doc *op = p->operation;
	struct cli *cli = p->s->cli;

	if (!op || op->free || cli->options.force)
		return 0;
	if (str_eq(op->lineage, p->given->lineage) && p->given->epoch >= op->epoch)
		return 0;
	diag_error(cli->diags, D_LOCKED, NO_SPAN, "%s: an operation is unfinished: %s", where(p->s),
		   session_holder(cli->arena, op));
	diag_hint(cli->diags, "`cinfra apply` finishes it; --force forgets what it has done");
	return -1;
}

/* Another run has gone on from where this file was. */
static int check_newer(const struct push *p)
{
	struct cli *cli = p->s->cli;

	if (!p->there || p->given->serial >= p->there->serial || cli->options.force)
		return 0;
	diag_error(cli->diags, D_CONFLICT, NO_SPAN,
		   "%s: the state there is newer: serial %lld, that of the file is %lld",
		   where(p->s), (long long)p->there->serial, (long long)p->given->serial);
	diag_hint(cli->diags, "--force goes back; what was done since is then forgotten");
	return -1;
}

static int64_t greater(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int confirm_push(const struct push *p)
{
	static const char *const accepted[] = { "yes", NULL };
	struct cli *cli = p->s->cli;

	fprintf(cli->err, "%s: a state of %zu resources, serial %lld, ", where(p->s),
		state_len(p->given), (long long)p->given->serial);
	if (p->there)
		fprintf(cli->err, "replaces one of %zu resources, serial %lld\n",
			state_len(p->there), (long long)p->there->serial);
	else
		fputs(p->version ? "replaces one that cannot be read\n" : "is put there\n",
		      cli->err);
	return confirm_plan(p->s, "Only \"yes\" is accepted:", accepted);
}

static void keep(void *ctx, struct state *state)
{
	(void)ctx;
	(void)state;
}

/* The file's content under the version, and above the serial and epoch, of what is there. */
static int push(struct push *p)
{
	struct session *s = p->s;
	struct cli *cli = s->cli;

	if (p->there) {
		p->given->serial = greater(p->given->serial, p->there->serial);
		p->given->epoch = greater(p->given->epoch, p->there->epoch);
	}
	p->given->version = p->version;
	p->given->dirty = true;
	s->holds = true;
	if (engine_edit(&s->engine, cli->arena, p->given, p->operation, keep, NULL, cli->diags))
		return -1;
	fprintf(cli->out, "Pushed: serial %lld.\n", (long long)p->given->serial);
	return EXIT_DONE;
}

int state_push(struct session *s)
{
	struct push p = { .s = s };

	if (read_given(&p) || read_there(&p) || read_operation(&p) || check_lineage(&p) ||
	    check_unfinished(&p) || check_newer(&p) || confirm_push(&p))
		return -1;
	return push(&p);
}
