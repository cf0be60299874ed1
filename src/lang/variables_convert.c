/* variables_convert.c - texts from files, options and the environment as values of a type. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lang/variables.h"
#include "lang/yaml.h"
#include "base/banned.h"

static bool all_digits(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (!isdigit((unsigned char)*s))
			return false;
	return true;
}

/* -12, 0.5: no exponent, no leading zero. */
static struct value *parse_number(struct arena *a, const char *text)
{
	const char *digits = text + (*text == '-'), *dot = strchr(digits, '.');
	size_t whole = dot ? (size_t)(dot - digits) : strlen(digits);
	int64_t n;
	double d;

	if (!all_digits(arena_strndup(a, digits, whole)) || (dot && !all_digits(dot + 1)))
		return NULL;
	if (digits[0] == '0' && whole > 1)
		return NULL;
	if (!dot)
		return str_to_int64(text, &n) ? value_int(a, n) : NULL;
	d = strtod(text, NULL);
	return isfinite(d) ? value_double(a, d) : NULL;
}

/* Only where the number says all that the text says: `1.10` is a version. */
static bool is_plainly_number(const char *text)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *v = parse_number(a, text);

	return v && strcmp(value_scalar_text(a, v), text) == 0;
}

enum variable_type variable_infer(const struct value *v)
{
	const char *text = value_text(v);

	if (value_is(v, VALUE_LIST))
		return VARIABLE_LIST;
	if (value_is(v, VALUE_MAP))
		return VARIABLE_MAP;
	if (!text || !(v->flags & VALUE_PLAIN))
		return VARIABLE_STRING;
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		return VARIABLE_BOOL;
	return is_plainly_number(text) ? VARIABLE_NUMBER : VARIABLE_STRING;
}

static struct value *to_string(struct arena *a, const struct value *v)
{
	const char *text = value_is_scalar(v) ? value_scalar_text(a, v) : NULL;

	return text ? value_string(a, text) : NULL;
}

static struct value *to_number(struct arena *a, const struct value *v)
{
	if (value_is(v, VALUE_INT) || value_is(v, VALUE_DOUBLE))
		return value_copy(a, v);
	if (!value_text(v) || (v->flags & VALUE_QUOTED))
		return NULL;
	return parse_number(a, value_text(v));
}

static struct value *to_bool(struct arena *a, const struct value *v)
{
	const char *text = value_text(v);

	if (value_is(v, VALUE_BOOL))
		return value_copy(a, v);
	if (!text || (v->flags & VALUE_QUOTED))
		return NULL;
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		return value_bool(a, text[0] == 't');
	return NULL;
}

static struct value *convert(struct arena *a, enum variable_type type, const struct value *v)
{
	switch (type) {
	case VARIABLE_STRING:
		return to_string(a, v);
	case VARIABLE_NUMBER:
		return to_number(a, v);
	case VARIABLE_BOOL:
		return to_bool(a, v);
	case VARIABLE_LIST:
		return value_is(v, VALUE_LIST) ? value_mark(a, v, 0, VALUE_QUOTED) : NULL;
	case VARIABLE_MAP:
		return value_is(v, VALUE_MAP) ? value_mark(a, v, 0, VALUE_QUOTED) : NULL;
	}
	return NULL;
}

static void advise(struct loader *l, enum variable_type type, const struct value *v)
{
	if (type == VARIABLE_BOOL)
		diag_hint(l->diags, "booleans are `true` and `false`, without quotes");
	else if (type == VARIABLE_NUMBER && value_text(v))
		diag_hint(l->diags, "numbers are digits without quotes, with no leading zero: 30, "
				    "0.5");
	else if (type == VARIABLE_LIST)
		diag_hint(l->diags, "write it as [a, b]");
	else if (type == VARIABLE_MAP)
		diag_hint(l->diags, "write it as { key: value }");
}

/* What was given instead; never a secret. */
static const char *got(struct arena *a, const struct value *v, bool hide)
{
	enum { SHOWN = 60 };
	const char *text = value_text(v);

	if (hide || !text)
		return text ? "something else" : value_kind_name(v);
	return arena_printf(a, "`%.*s`%s", SHOWN, text,
			    v->flags & VALUE_QUOTED ? " in quotes, which is text" : "");
}

struct value *variable_convert(struct loader *l, const struct variable *v,
			       const struct value *given, bool hide)
{
	static const char *const wanted[] = { "text", "a number", "true or false", "a list",
					      "a map" };
	struct value *out = convert(l->arena, v->type, given);
	bool secret = v->sensitive || value_has_sensitive(given);

	if (out)
		return value_at(l->arena, out, given->span);
	diag_error(l->diags, D_CONFIG, given->span, "variable `%s` wants %s, got %s", v->name,
		   wanted[v->type], got(l->arena, given, secret));
	if (secret || hide)
		diag_hide_source(l->diags);
	advise(l, v->type, given);
	return NULL;
}
