#include <string.h>

#include "model/schema_rows.h"

#include "base/banned.h"

enum { VALUES_SHOWN = 12 };

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* --- booleans --- */

/* What people write for true (1) and false (0) elsewhere; -1: nothing of that. */
static int boolean_like(const char *text)
{
	static const char *const yes[] = { "true", "yes", "on", "y", "1", "enabled", NULL };
	static const char *const no[] = { "false", "no", "off", "n", "0", "disabled", NULL };

	for (size_t i = 0; text && yes[i]; i++) {
		if (str_eq_fold(text, yes[i]))
			return 1;
		if (str_eq_fold(text, no[i]))
			return 0;
	}
	return -1;
}

static int check_boolean(const struct check *c, const struct prop *p, const struct value *v,
			 struct value **ret)
{
	const char *text = value_text(v);
	bool quoted = v->flags & VALUE_QUOTED;
	int like = boolean_like(value_scalar_text(c->arena, v));

	if (value_is(v, VALUE_BOOL) || (!quoted && (str_eq(text, "true") || str_eq(text, "fals"
											 "e")))) {
		*ret = check_as(c, v, value_bool(c->arena, like == 1));
		return 0;
	}
	check_error(c, p, v, "wants true or false%s%s", check_got(c, p, v),
		    quoted ? " in quotes, which is text" : "");
	if (like >= 0 && !check_secret(p, v))
		diag_hint(c->diags, "%s; write `%s`", quoted ? "without quotes" : "not a boolean",
			  like ? "true" : "false");
	return -1;
}

/* --- fixed values --- */

/* As they are compared: case, - and _ do not count. */
static char *folded(struct arena *a, const char *text)
{
	char *out = arena_strdup(a, text), *to = out;

	for (; *text; text++) {
		if (*text == '-' || *text == '_')
			continue;
		*to++ = (char)(*text >= 'A' && *text <= 'Z' ? *text + ('a' - 'A') : *text);
	}
	*to = '\0';
	return out;
}

struct match {
	const char *value, *other; /* other: one that is equal but for its case */
};

static struct match find_value(struct arena *a, const struct prop *p, const char *text)
{
	struct match m = { 0 };
	const char *wanted = folded(a, text);

	for (size_t i = 0; p->values[i]; i++) {
		if (strcmp(p->values[i], text) == 0)
			return (struct match){ p->values[i], NULL };
		if (strcmp(folded(a, p->values[i]), wanted) != 0)
			continue;
		if (m.value)
			m.other = p->values[i];
		else
			m.value = p->values[i];
	}
	return m;
}

static const char *nearest_value(struct arena *a, const struct prop *p, const char *text)
{
	const char **candidates, *nearest;
	size_t n = 0;

	while (p->values[n])
		n++;
	candidates = arena_array(a, n, sizeof(*candidates));
	for (size_t i = 0; i < n; i++)
		candidates[i] = folded(a, p->values[i]);
	nearest = str_nearest(folded(a, text), candidates, n);
	for (size_t i = 0; nearest && i < n; i++)
		if (candidates[i] == nearest)
			return p->values[i];
	return NULL;
}

static const char *value_names(struct arena *a, const struct prop *p)
{
	_cleanup_str_ struct str list = STR_INIT;

	for (size_t i = 0; p->values[i] && i < VALUES_SHOWN; i++)
		str_addf(&list, "%s%s", i ? ", " : "", p->values[i]);
	return str_dup(&list, a);
}

static int wrong_value(const struct check *c, const struct prop *p, const struct value *v,
		       const char *text)
{
	const char *nearest = check_secret(p, v) ? NULL : nearest_value(c->arena, p, text);
	size_t n = 0;

	while (p->values[n])
		n++;
	if (n > VALUES_SHOWN)
		check_error(c, p, v, "takes %zu values, such as %s%s", n, value_names(c->arena, p),
			    check_got(c, p, v));
	else
		check_error(c, p, v, "must be %s%s%s", n > 1 ? "one of " : "",
			    value_names(c->arena, p), check_got(c, p, v));
	if (nearest)
		diag_hint(c->diags, "did you mean `%s`?", nearest);
	return -1;
}

static int check_value(const struct check *c, const struct prop *p, const struct value *v,
		       const char **text)
{
	struct match m = find_value(c->arena, p, *text);

	if (!m.value)
		return wrong_value(c, p, v, *text);
	if (m.other)
		return check_error(c, p, v, "may mean `%s` or `%s`: write the one that is meant",
				   m.value, m.other);
	*text = m.value;
	return 0;
}

/* --- patterns --- */

static size_t char_len(const char *s)
{
	size_t len = 1;

	while (((unsigned char)s[len] & 0xc0) == 0x80)
		len++;
	return len;
}

static int wrong_form(const struct check *c, const struct prop *p, const struct value *v,
		      const char *text)
{
	const char *words = pattern_words(c->arena, p->pattern);
	const char *stray = pattern_stray(p->pattern, text);

	if (words && stray && !check_secret(p, v))
		return check_error(c, p, v, "may hold only %s, not `%.*s`%s", words,
				   (int)char_len(stray), stray, check_got(c, p, v));
	if (words && !*text)
		return check_error(c, p, v, "may not be empty");
	check_error(c, p, v, "does not have the form that AWS wants%s", check_got(c, p, v));
	diag_hint(c->diags, "the form is %s%s%s", p->pattern, p->doc ? "; " : "",
		  p->doc ? p->doc : "");
	return -1;
}

static int check_pattern(const struct check *c, const struct prop *p, const struct value *v,
			 const char *text)
{
	int rc = pattern_match(p->pattern, text);

	if (rc < 0)
		return check_error(c, p, v, "has a pattern that cannot be used: %s", p->pattern);
	return rc ? 0 : wrong_form(c, p, v, text);
}

/* --- texts --- */

static int check_text(const struct check *c, const struct prop *p, const struct value *v,
		      struct value **ret)
{
	const char *text = value_scalar_text(c->arena, v);

	if (!text)
		return check_error(c, p, v, "wants text%s", check_got(c, p, v));
	if (v->flags & VALUE_DIGEST) /* says nothing about the text it stands for */
		return 0;
	if (p->values && check_value(c, p, v, &text) < 0)
		return -1;
	if (check_length(c, p, v, characters(text)) < 0)
		return -1;
	if (p->pattern && check_pattern(c, p, v, text) < 0)
		return -1;
	*ret = check_as(c, v, value_string(c->arena, text));
	return 0;
}

int check_scalar(const struct check *c, const struct prop *p, const struct value *v,
		 struct value **ret)
{
	if (p->type == PROP_BOOL)
		return check_boolean(c, p, v, ret);
	if (p->type == PROP_INT || p->type == PROP_DOUBLE)
		return check_number(c, p, v, ret);
	return check_text(c, p, v, ret);
}
