#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/expr_call.h"

#include "base/banned.h"

struct value *expr_call_failed(const struct expr_call *c, const char *fmt, ...)
{
	va_list ap;
	char *what;

	va_start(ap, fmt);
	what = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	diag_error(c->diags, D_CONFIG, c->at, "%s(): %s", c->function->name, what);
	return NULL;
}

struct value *expr_arg_wrong(const struct expr_call *c, size_t i, const char *wanted)
{
	static const char *const ordinals[] = { "first", "second", "third",   "fourth",
						"fifth", "sixth",  "seventh", "eighth" };
	struct span at = c->expr->args[i]->span;
	const char *which = i < sizeof(ordinals) / sizeof(ordinals[0]) ? ordinals[i] : "last";

	diag_error(c->diags, D_CONFIG, at.file ? at : c->at, "%s() wants %s%s%s, got %s",
		   c->function->name, wanted, c->len > 1 ? " as its " : "",
		   c->len > 1 ? arena_printf(c->arena, "%s argument", which) : "",
		   value_kind_name(c->args[i]));
	diag_hint(c->diags, "%s", c->function->usage);
	return NULL;
}

const char *expr_arg_text(const struct expr_call *c, size_t i)
{
	const char *text = value_scalar_text(c->arena, c->args[i]);

	if (!text)
		expr_arg_wrong(c, i, "text");
	return text;
}

struct value *expr_arg_list(const struct expr_call *c, size_t i)
{
	return value_is(c->args[i], VALUE_LIST) ? c->args[i] : expr_arg_wrong(c, i, "a list");
}

struct value *expr_arg_map(const struct expr_call *c, size_t i)
{
	return value_is(c->args[i], VALUE_MAP) ? c->args[i] : expr_arg_wrong(c, i, "a map");
}

struct value *expr_arg_number(const struct expr_call *c, size_t i)
{
	struct value *n = expr_number(c->arena, c->args[i]);

	return n ? n : expr_arg_wrong(c, i, "a number");
}

struct value *expr_result_text(const struct expr_call *c, const struct str *text)
{
	if (text->overflow)
		return expr_call_failed(c, "the result is longer than %d bytes", EXPR_MAX_TEXT);
	return value_stringn(c->arena, str_text(text), text->len);
}

struct value *expr_number(struct arena *a, const struct value *v)
{
	const char *text = value_text(v);
	int64_t n;
	double d;
	char *end;

	if (value_is(v, VALUE_INT) || value_is(v, VALUE_DOUBLE))
		return (struct value *)v;
	if (!text || !*text || text[strspn(text, "0123456789.eE+-")])
		return NULL;
	if (str_to_int64(text, &n))
		return value_int(a, n);
	d = strtod(text, &end);
	return *end || !isfinite(d) ? NULL : value_double(a, d);
}

bool expr_boolean(const struct value *v, bool *ret)
{
	const char *text = value_text(v);

	*ret = value_is(v, VALUE_BOOL) ? v->boolean : str_eq(text, "true");
	return value_is(v, VALUE_BOOL) || *ret || str_eq(text, "false");
}
