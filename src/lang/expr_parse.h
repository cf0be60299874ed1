/* expr_parse.h - text with ${...} to a value: literal, or VALUE_EXPR. */
#ifndef LANG_EXPR_PARSE_H
#define LANG_EXPR_PARSE_H

#include "base/source.h"
#include "model/expr.h"

/* Replace every VALUE_STRING with ${ in it by VALUE_EXPR, at any depth; `$${` becomes `${`.
 * Spans point at the expression inside the scalar (also in quoted and block scalars as far as
 * the text stands there unescaped). */
int expr_parse_tree(struct arena *a, const struct sources *s, const struct value *v,
		    struct value **ret, struct diags *d);

#endif
