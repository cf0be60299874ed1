/* YAML, and the expressions in it. */
#include "fuzz.h"

#include "lang/expr_parse.h"
#include "lang/yaml.h"
#include "model/json.h"

/* Spans stay inside the text. */
static void check_spans(struct fuzz *f, const struct value *v)
{
	require((size_t)v->span.off + v->span.len <= f->len);
	value_each_item(v, item)
		check_spans(f, item);
	value_each_pair(v, p)
		check_spans(f, p->value);
}

FUZZ(struct fuzz *f)
{
	struct value *v = NULL, *parsed = NULL;
	uint32_t file = source_add(f->sources, "cinfra.yaml", f->text, f->len);
	int r = yaml_parse(f->arena, f->sources, file, &v, f->diags);

	require(r == 0 || diags_errors(f->diags));
	require(r || v);
	if (!v)
		return;
	check_spans(f, v);
	require(!expr_parse_tree(f->arena, f->sources, v, &parsed, f->diags) ||
		diags_errors(f->diags));
	require(parsed);
}
