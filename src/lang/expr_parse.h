/* expr_parse.h - text with ${...} to a value: literal, or VALUE_EXPR.
 *
 *     or      = and { "||" and }
 *     and     = equal { "&&" equal }
 *     equal   = unary { ("==" | "!=") unary }
 *     unary   = "!" unary | postfix
 *     postfix = primary { "." WORD | "[" or "]" }
 *     primary = WORD { "." WORD | "[" TEXT "]" }      a path: tables.orders.arn, m["k"]
 *             | WORD "(" [ or { "," or } ] ")"        a call: if(a, b, c) is one too
 *             | TEXT | NUMBER | "true" | "false" | "null" | "(" or ")"
 *
 * WORD is [A-Za-z_][A-Za-z0-9_-]*; TEXT stands in single or double quotes, with \n \t \\ \" \'. */
#ifndef LANG_EXPR_PARSE_H
#define LANG_EXPR_PARSE_H

#include "base/source.h"
#include "model/expr.h"

/* Replace every VALUE_STRING with ${ in it by VALUE_EXPR, at any depth; `$${` becomes `${`.
 * Spans point at the expression inside the scalar (also in quoted and block scalars as far as
 * the text stands there unescaped). All errors are added; *ret is set also then, with
 * VALUE_UNKNOWN for what is wrong. A key that holds an expression is an error. */
int expr_parse_tree(struct arena *a, const struct sources *s, const struct value *v,
		    struct value **ret, struct diags *d);

#endif
