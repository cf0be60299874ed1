/* Scalars of foreign documents, which no row describes: YAML 1.2's core rules, without those
 * that surprise. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/schema_rows.h"

#include "base/banned.h"

enum { WORD_SHOWN = 40 };

static int refuse(const struct value *v, const char *why, struct diags *d)
{
	const char *text = v->flags & VALUE_SENSITIVE ? "(sensitive)" : value_text(v);

	diag_error(d, D_CONFIG, v->span, "`%.*s` %s", WORD_SHOWN, text, why);
	diag_hint(d, "put it in quotes if it is text");
	if (v->flags & VALUE_SENSITIVE)
		diag_hide_source(d);
	return -1;
}

/* What core YAML reads as something other than text, and this language does not. */
static const char *trap(const char *text)
{
	static const char *const booleans[] = { "True", "TRUE", "False", "FALSE", NULL };
	static const char *const nulls[] = { "~", "Null", "NULL", NULL };
	const char *digits = text + (*text == '-' || *text == '+');

	if (str_in(text, booleans))
		return "is not a boolean here; write `true` or `false`";
	if (str_in(text, nulls))
		return "is null in YAML; write `null`";
	if (str_eq_fold(digits, ".inf") || str_eq_fold(text, ".nan"))
		return "is no number that JSON has";
	if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'o') &&
	    isxdigit((unsigned char)digits[2]) &&
	    !digits[2 + strspn(digits + 2, "0123456789abcdefABCDEF")])
		return "is a number in YAML; write it in decimal";
	if (digits[0] == '0' && digits[1] && !digits[strspn(digits, "0123456789")])
		return "has a leading zero";
	return NULL;
}

static bool is_integer(const char *text)
{
	text += *text == '-' || *text == '+';
	return *text && !text[strspn(text, "0123456789")];
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_real(const char *text)
{
	size_t before, after = 0;

	text += *text == '-' || *text == '+';
	before = strspn(text, "0123456789");
	text += before;
	if (*text == '.') {
		after = strspn(text + 1, "0123456789");
		text += 1 + after;
	}
	if (!before && !after)
		return false;
	if (*text == 'e' || *text == 'E') {
		text++;
		text += *text == '-' || *text == '+';
		if (!*text)
			return false;
		text += strspn(text, "0123456789");
	}
	return !*text;
}

static int plain_scalar(struct arena *a, const struct value *v, struct value **ret, struct diags *d)
{
	const char *text = value_text(v), *why = trap(text);
	int64_t n;
	double real;

	if (why)
		return refuse(v, why, d);
	if (str_eq(text, "true") || str_eq(text, "false")) {
		*ret = value_bool(a, *text == 't');
	} else if (str_eq(text, "null")) {
		*ret = value_null(a);
	} else if (is_integer(text)) {
		if (!str_to_int64(text + (*text == '+'), &n))
			return refuse(v, "is too large for a number", d);
		*ret = value_int(a, n);
	} else if (is_real(text)) {
		real = strtod(text, NULL);
		if (!isfinite(real))
			return refuse(v, "is too large for a number", d);
		*ret = value_double(a, real);
	} else {
		*ret = value_stringn(a, text, v->string.len);
	}
	return 0;
}

static struct value *in_place_of(struct arena *a, const struct value *v, struct value *other)
{
	struct value *same = value_at(a, other, v->span);

	same->flags = v->flags & (VALUE_SENSITIVE | VALUE_DIGEST);
	return same;
}

static int document_list(struct arena *a, const struct value *v, struct value **ret,
			 struct diags *d)
{
	struct value *list = value_list(a);
	int rc = 0;

	value_each_item(v, item) {
		struct value *plain = item;

		rc |= schema_plain_document(a, item, &plain, d);
		value_append(a, list, plain);
	}
	*ret = list;
	return rc;
}

static int document_map(struct arena *a, const struct value *v, struct value **ret, struct diags *d)
{
	struct value *map = value_map(a);
	int rc = 0;

	value_each_pair(v, p) {
		struct value *plain = p->value;

		rc |= schema_plain_document(a, p->value, &plain, d);
		value_add_pair(a, map, p->key, p->key_span, plain);
	}
	*ret = map;
	return rc;
}

int schema_plain_document(struct arena *a, const struct value *v, struct value **ret,
			  struct diags *d)
{
	struct value *other = (struct value *)v;
	int rc = 0;

	if (value_is(v, VALUE_LIST))
		rc = document_list(a, v, &other, d);
	else if (value_is(v, VALUE_MAP))
		rc = document_map(a, v, &other, d);
	else if (value_is(v, VALUE_STRING) && (v->flags & VALUE_PLAIN))
		rc = plain_scalar(a, v, &other, d);
	*ret = v && !value_is(v, VALUE_EXPR) ? in_place_of(a, v, other) : other;
	return rc;
}
