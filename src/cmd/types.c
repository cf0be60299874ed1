#include "cmd/types.h"

#include <string.h>

#include "cmd/report.h"
#include "lang/json_schema.h"
#include "providers/aws/provider.h"
#include "base/banned.h"

enum { WORD_WIDTH = 34, TYPE_WIDTH = 18, INDENT = 2 };

/* "required, replaces, 1 to 10, default 3" */
static void print_traits(FILE *out, struct arena *a, const struct prop *p)
{
	_cleanup_str_ struct str text = STR_INIT;

	if (p->flags & P_REQUIRED)
		str_add(&text, ", required");
	if (p->flags & P_REPLACE)
		str_add(&text, ", replaces");
	if (p->flags & P_COMPUTED)
		str_add(&text, ", computed");
	if (p->flags & P_WRITE_ONLY)
		str_add(&text, ", write-only");
	if (p->flags & P_SENSITIVE)
		str_add(&text, ", sensitive");
	if (p->has_range)
		str_addf(&text, ", %.15g to %.15g%s%s", p->min, p->max, p->unit ? " " : "",
			 p->unit ? p->unit : "");
	if (p->def && *p->def)
		str_addf(&text, ", default %s", p->def);
	for (size_t i = 0; p->values && p->values[i]; i++)
		str_addf(&text, "%s%s", i ? " | " : ", ", p->values[i]);
	if (p->to)
		str_addf(&text, ", stands for %s", p->to);
	fprintf(out, "%-*s %s", TYPE_WIDTH, types_prop_type(a, p), text.len ? text.data + 2 : "");
}

static void print_rows(FILE *out, struct arena *a, const struct prop *rows, int indent)
{
	for (const struct prop *p = rows; p && p->name; p++) {
		const char *word = prop_snake(a, p);
		int room = WORD_WIDTH - indent - (int)strlen(word);

		fprintf(out, "%*s%s%*s", indent, "", word, room > 1 ? room : 1, "");
		print_traits(out, a, p);
		if (p->doc)
			fprintf(out, "\n%*s%s", indent + 4, "", p->doc);
		fputc('\n', out);
		if (p->sub)
			print_rows(out, a, p->sub, indent + INDENT);
	}
}

static void print_type(FILE *out, struct arena *a, const struct type *t)
{
	fprintf(out, "%s: %s\n\n", t->name, t->doc ? t->doc : "");
	print_rows(out, a, t->props, INDENT);
	if (t->flags & TYPE_HOLDS_DATA)
		fputs("\nIt holds data: deleting it is asked for twice.\n", out);
}

static void print_kind(FILE *out, struct arena *a, const struct provider *p, const struct kind *k)
{
	const struct type *t = k->type ? p->type(k->type) : NULL;

	fprintf(out, "%s: %s\n\nWords:\n", k->section, k->doc ? k->doc : "");
	print_rows(out, a, k->words, INDENT);
	if (k->verbs && k->verbs->name)
		fputs("\nVerbs for allow:\n", out);
	for (const struct verb *v = k->verbs; v && v->name; v++)
		fprintf(out, "  %s\n", v->name);
	if (k->example)
		fprintf(out, "\nExample:\n%s", k->example);
	if (t)
		fprintf(out, "\nAnd every property of %s (`cinfra types %s`).\n", t->name, t->name);
}

static void print_all(FILE *out, const struct provider *p)
{
	const struct kind *const *kinds;
	const struct type *const *types;
	size_t n;

	fputs("Sections:\n", out);
	kinds = p->kinds(&n);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "  %-16s %s\n", kinds[i]->section,
			kinds[i]->type ? kinds[i]->type : "");
	fputs("\nResource types:\n", out);
	types = p->types(&n);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "  %-36s %s\n", types[i]->name, types[i]->doc ? types[i]->doc : "");
}

static int unknown(struct cli *cli, const struct provider *p, const char *name)
{
	const char *names[1024], *near;
	const struct kind *const *kinds;
	const struct type *const *types;
	size_t n, len = 0;

	kinds = p->kinds(&n);
	for (size_t i = 0; i < n && len < 1024; i++)
		names[len++] = kinds[i]->section;
	types = p->types(&n);
	for (size_t i = 0; i < n && len < 1024; i++)
		names[len++] = types[i]->name;
	diag_error(cli->diags, D_CONFIG, NO_SPAN, "there is no section or resource type \"%s\"",
		   name);
	near = str_nearest(name, names, len);
	if (near)
		diag_hint(cli->diags, "did you mean \"%s\"?", near);
	else
		diag_hint(cli->diags, "`cinfra types` lists them");
	return -1;
}

static int describe(struct cli *cli, const struct provider *p, const char *name)
{
	const struct kind *k = p->kind(name);
	const struct type *t = p->type(name);

	if (!k && !t)
		return unknown(cli, p, name);
	if (cli->options.json)
		print_json(cli->out,
			   k ? types_dump_kind(cli->arena, k) : types_dump_type(cli->arena, t));
	else if (k)
		print_kind(cli->out, cli->arena, p, k);
	else
		print_type(cli->out, cli->arena, t);
	return EXIT_DONE;
}

int cmd_types(struct cli *cli)
{
	struct provider *p = aws_provider_new(cli->arena, NULL);
	int code = EXIT_DONE;

	if (cli->options.schema)
		print_json(cli->out, lang_json_schema(cli->arena, p));
	else if (cli->options.args.len)
		code = describe(cli, p, cli->options.args.items[0]);
	else if (cli->options.json)
		print_json(cli->out, types_dump(cli->arena, p));
	else
		print_all(cli->out, p);
	aws_provider_free(p);
	return code;
}
