/* One text with expressions: parsed, evaluated with some names known, printed and parsed again. */
#include "fuzz.h"

#include "lang/expr_parse.h"
#include "model/expr.h"
#include "model/json.h"

static struct value *names;

static int lookup(void *ctx, const struct expr *ref, struct arena *a, struct value **ret,
		  struct diags *d)
{
	(void)ctx;
	(void)a;
	if (ref->kind == EXPR_ATTRIBUTE)
		return 0;
	if (str_eq(ref->path[0], "nowhere"))
		return diag_error(d, D_REFERENCE, ref->span, "there is no `nowhere`");
	*ret = value_get(names, ref->path[0]);
	return 0;
}

static const char *no_env(void *ctx, const char *name)
{
	(void)ctx;
	return str_eq(name, "HOME") ? "/home/me" : NULL;
}

static int no_file(void *ctx, const char *path, struct span at, struct arena *a, char **ret,
		   struct diags *d)
{
	(void)ctx;
	(void)a;
	(void)ret;
	return diag_error(d, D_IO, at, "%s does not exist", path);
}

static void print(struct fuzz *f, const struct value *v)
{
	if (value_is(v, VALUE_EXPR))
		expr_text(f->arena, v->expr);
	else
		json_text(f->arena, v, JSON_COMPACT);
}

FUZZ(struct fuzz *f)
{
	static const char known[] = "{\"a\":\"text\",\"n\":3,\"t\":true,\"l\":[1,\"b\",[]],"
				    "\"m\":{\"k\":\"v\",\"d\":{\"e\":1}},\"z\":null}";
	struct expr_scope scope = { .lookup = lookup,
				    .env = no_env,
				    .file = no_file,
				    .account = "123456789012",
				    .region = "eu-west-1" };
	uint32_t file = source_add(f->sources, "cinfra.yaml", f->text, f->len);
	struct value *v, *parsed = NULL, *result = NULL;

	if (memchr(f->text, '\0', f->len) || !str_is_utf8(f->text, f->len))
		return;
	names = json_parse(f->arena, known, strlen(known), NULL);
	v = value_at(f->arena, value_stringn(f->arena, f->text, f->len),
		     (struct span){ file, 0, (uint32_t)f->len });
	if (expr_parse_tree(f->arena, f->sources, v, &parsed, f->diags))
		return;
	print(f, parsed);
	require(!value_eval(f->arena, parsed, &scope, &result, f->diags) || diags_errors(f->diags));
	require(result);
	print(f, result);
}
