/* Numbers and their units. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/schema_rows.h"

#include "base/banned.h"

/* --- units --- */

struct unit {
	const char *name, *words;
	char family;
	int64_t worth;	     /* in the family's smallest */
	const char *aliases; /* what else people write; with a blank around each */
};

/* clang-format off */
static const struct unit units[] = {
	{ "ms", "milliseconds", 't', 1, " msec msecs millis millisecond milliseconds " },
	{ "s", "seconds", 't', 1000, " sec secs second seconds " },
	{ "m", "minutes", 't', 60000, " min mins minute minutes " },
	{ "h", "hours", 't', 3600000, " hr hrs hour hours " },
	{ "d", "days", 't', 86400000, " day days " },
	{ "w", "weeks", 't', 604800000, " week weeks " },
	{ "MB", "MB", 'b', 1, " m mb mi mib megabyte megabytes " },
	{ "GB", "GB", 'b', 1024, " g gb gi gib gigabyte gigabytes " },
	{ "/m", "a minute", 'r', 1, " /min /minute " },
	{ "/s", "a second", 'r', 60, " /sec /second rps " },
	{ "%", "percent", 'p', 1, " percent " },
};
/* clang-format on */
enum { UNITS = sizeof(units) / sizeof(units[0]) };

static const struct unit *unit_find(const char *name)
{
	for (size_t i = 0; name && i < UNITS; i++)
		if (strcmp(units[i].name, name) == 0)
			return &units[i];
	return NULL;
}

/* The unit that a foreign spelling means to a row that counts in `of`. */
static const struct unit *unit_meant(const struct unit *of, const char *word, size_t len)
{
	char key[16] = " ";

	if (len == 0)
		return of;
	if (len > sizeof(key) - 3)
		return NULL;
	for (size_t i = 0; i < len; i++)
		key[i + 1] = (char)tolower((unsigned char)word[i]);
	key[len + 1] = ' ';
	for (size_t i = 0; i < UNITS; i++) {
		const struct unit *u = &units[i];

		if (u->family != of->family)
			continue;
		if (strstr(u->aliases, key) ||
		    (strlen(u->name) == len && strncasecmp(u->name, word, len) == 0))
			return u;
	}
	return NULL;
}

static const char *unit_names(struct arena *a, char family)
{
	_cleanup_str_ struct str list = STR_INIT;
	size_t last = 0;

	for (size_t i = 0; i < UNITS; i++)
		if (units[i].family == family)
			last = i;
	for (size_t i = 0; i < UNITS; i++)
		if (units[i].family == family)
			str_addf(&list, "%s%s",
				 !list.len   ? ""
				 : i == last ? " or "
					     : ", ",
				 units[i].name);
	return str_dup(&list, a);
}

/* "90s", "1h": in the largest unit that leaves no rest. */
static const char *spelled(struct arena *a, char family, int64_t worth)
{
	const struct unit *best = NULL;

	for (size_t i = 0; i < UNITS; i++)
		if (units[i].family == family && worth % units[i].worth == 0 &&
		    (!best || units[i].worth > best->worth))
			best = &units[i];
	return arena_printf(a, "%lld%s", (long long)(worth / best->worth), best->name);
}

/* --- reading --- */

struct amount {
	bool whole;
	int64_t integer;
	double real;
	const char *unit; /* what follows the digits, "" if nothing */
	bool leading_zero;
};

static const char *digits_end(const char *s)
{
	while (isdigit((unsigned char)*s))
		s++;
	return s;
}

/* Digits, a fraction, an exponent; false when the text does not begin with a number. */
static bool read_amount(struct arena *a, const char *text, struct amount *ret)
{
	const char *start = *text == '-' ? text + 1 : text, *end = digits_end(start);
	const char *whole_end = end;
	char *number;

	*ret = (struct amount){ .unit = "" };
	if (end == start)
		return false;
	if (*end == '.' && isdigit((unsigned char)end[1]))
		end = digits_end(end + 1);
	if ((*end == 'e' || *end == 'E') &&
	    (isdigit((unsigned char)end[1]) ||
	     (end[1] && strchr("+-", end[1]) && isdigit((unsigned char)end[2]))))
		end = digits_end(end + 2);
	number = arena_strndup(a, text, (size_t)(end - text));
	ret->whole = end == whole_end && str_to_int64(number, &ret->integer);
	ret->real = strtod(number, NULL);
	ret->unit = end;
	ret->leading_zero = *start == '0' && isdigit((unsigned char)start[1]);
	return isfinite(ret->real) && (ret->whole || end != whole_end);
}

/* What a spelling that is not ours would come to: "1.5m", "1m 30s", "512Mi". -1: nothing. */
static int64_t read_freely(struct arena *a, const struct unit *of, const char *text)
{
	double total = 0;
	struct amount n;

	while (*text) {
		const struct unit *u;
		size_t len;

		text += strspn(text, " ");
		if (!read_amount(a, text, &n) || n.real < 0)
			return -1;
		text = n.unit + strspn(n.unit, " ");
		len = strcspn(text, " 0123456789");
		u = unit_meant(of, text, len);
		if (!u)
			return -1;
		total += n.real * (double)u->worth;
		text += len;
	}
	return total >= 1 && total < 1e15 && floor(total) == total ? (int64_t)total : -1;
}

/* --- errors --- */

static const char *raw(const struct check *c, const struct prop *p, const struct value *v)
{
	const char *text = value_scalar_text(c->arena, v);

	if (check_secret(p, v) || !text || strlen(text) > 40)
		return check_got(c, p, v);
	return arena_printf(c->arena, ", got %s", text);
}

static int wrong_unit(const struct check *c, const struct prop *p, const struct value *v,
		      const char *text)
{
	const struct unit *of = unit_find(p->unit);
	int64_t worth = of && !check_secret(p, v) ? read_freely(c->arena, of, text) : -1;

	if (!of)
		return check_error(c, p, v, "is a plain number and takes no unit%s", raw(c, p, v));
	check_error(c, p, v, "wants a whole number and a unit (%s) without a blank%s",
		    unit_names(c->arena, of->family), check_got(c, p, v));
	if (worth >= 0)
		diag_hint(c->diags, "write `%s`", spelled(c->arena, of->family, worth));
	return -1;
}

static int not_a_number(const struct check *c, const struct prop *p, const struct value *v)
{
	const char *text = value_text(v);
	const struct unit *of = unit_find(p->unit);
	struct amount n;

	if (!text || !(v->flags & VALUE_QUOTED))
		return check_error(c, p, v, "wants a %snumber%s",
				   p->type == PROP_INT ? "whole " : "", check_got(c, p, v));
	check_error(c, p, v, "wants a number%s in quotes, which is text", check_got(c, p, v));
	if (read_amount(c->arena, text, &n) && (!*n.unit || of) && !check_secret(p, v))
		diag_hint(c->diags, "without quotes: `%s`", text);
	return -1;
}

static int leading_zero(const struct check *c, const struct prop *p, const struct value *v,
			const char *text)
{
	check_error(c, p, v, "has a leading zero%s", raw(c, p, v));
	if (!check_secret(p, v) && *text != '-')
		diag_hint(c->diags, "write `%s`",
			  text + strspn(text, "0") - !text[strspn(text, "0")]);
	return -1;
}

static bool in_range(const struct prop *p, double n)
{
	return !p->has_range || (n >= p->min && n <= p->max);
}

/* The value has a rest in AWS's unit: name its neighbours. */
static int has_rest(const struct check *c, const struct prop *p, const struct value *v,
		    const struct unit *of, int64_t worth)
{
	int64_t below = worth / of->worth, above = below + 1;
	const char *less = spelled(c->arena, of->family, below * of->worth);
	const char *more = spelled(c->arena, of->family, above * of->worth);
	bool less_fits = below > 0 && in_range(p, (double)below);

	check_error(c, p, v, "is counted in whole %s by AWS%s", of->words, raw(c, p, v));
	if (less_fits && in_range(p, (double)above))
		diag_hint(c->diags, "write `%s` or `%s`", less, more);
	else if (less_fits || in_range(p, (double)above))
		diag_hint(c->diags, "write `%s`", less_fits ? less : more);
	return -1;
}

/* A bare number far off is often one in another unit: 30000 where seconds are counted. */
static void hint_unit(const struct check *c, const struct prop *p, int64_t n, bool bare)
{
	const struct unit *of = unit_find(p->unit);
	bool large = (double)n > p->max;

	for (size_t i = UNITS; of && bare && n > 0 && i-- > 0;) {
		const struct unit *u = &units[large ? i : UNITS - 1 - i];
		int64_t worth;

		if (u->family != of->family ||
		    (large ? u->worth >= of->worth : u->worth <= of->worth) ||
		    __builtin_mul_overflow(n, u->worth, &worth) || worth % of->worth != 0 ||
		    !in_range(p, (double)worth / (double)of->worth))
			continue;
		diag_hint(c->diags, "%s? write `%s`", u->words,
			  spelled(c->arena, u->family, worth));
		return;
	}
	if (of && bare && of->family != 'p')
		diag_hint(c->diags, "a bare number is in %s", of->words);
}

static const char *bound(const struct check *c, double n)
{
	char text[VALUE_NUMBER_MAX];

	return arena_strdup(c->arena, value_number_text(n, text));
}

/* The unit after the largest value, which is also given as people say it: "43200 seconds (12h)". */
static const char *max_in_words(const struct check *c, const struct prop *p)
{
	const struct unit *of = unit_find(p->unit);
	const char *text;

	if (!of || p->max < 1 || p->max > 0x1p32 || floor(p->max) != p->max)
		return of ? arena_printf(c->arena, " %s", of->words) : "";
	text = spelled(c->arena, of->family, (int64_t)p->max * of->worth);
	if (str_eq(text, arena_printf(c->arena, "%.0f%s", p->max, of->name)))
		return arena_printf(c->arena, " %s", of->words);
	return arena_printf(c->arena, " %s (%s)", of->words, text);
}

static int out_of_range(const struct check *c, const struct prop *p, const struct value *v,
			double n, bool bare)
{
	check_error(c, p, v, "must be between %s and %s%s%s", bound(c, p->min), bound(c, p->max),
		    max_in_words(c, p), raw(c, p, v));
	if (floor(n) == n && fabs(n) < 1e15 && !check_secret(p, v))
		hint_unit(c, p, (int64_t)n, bare);
	return -1;
}

/* --- numbers of which AWS takes only some --- */

static const char *allowed_text(const struct check *c, const struct prop *p, int64_t n)
{
	const struct unit *of = unit_find(p->unit);

	return of ? spelled(c->arena, of->family, n * of->worth)
		  : arena_printf(c->arena, "%lld", (long long)n);
}

static int check_allowed(const struct check *c, const struct prop *p, const struct value *v,
			 int64_t n)
{
	int64_t below = INT64_MIN, above = INT64_MAX, value;

	for (size_t i = 0; p->values && p->values[i]; i++) {
		if (!str_to_int64(p->values[i], &value))
			continue;
		if (value == n)
			return 0;
		if (value < n && value > below)
			below = value;
		if (value > n && value < above)
			above = value;
	}
	if (!p->values || (below == INT64_MIN && above == INT64_MAX))
		return 0;
	check_error(c, p, v, "is not one of the numbers that AWS offers%s", raw(c, p, v));
	if (below != INT64_MIN && above != INT64_MAX)
		diag_hint(c->diags, "AWS offers `%s` or `%s` here", allowed_text(c, p, below),
			  allowed_text(c, p, above));
	else
		diag_hint(c->diags, "AWS offers `%s` here",
			  allowed_text(c, p, below != INT64_MIN ? below : above));
	return -1;
}

/* --- all together --- */

/* From 30s to 30; the rest that AWS cannot count is an error. */
static int drop_unit(const struct check *c, const struct prop *p, const struct value *v,
		     struct amount *n)
{
	const struct unit *of = unit_find(p->unit), *u = unit_find(n->unit);
	int64_t worth;

	if (!of || !u || u->family != of->family || !n->whole || n->integer < 0)
		return wrong_unit(c, p, v, value_text(v));
	if (__builtin_mul_overflow(n->integer, u->worth, &worth) || worth > INT64_MAX / 2)
		return p->has_range ? out_of_range(c, p, v, HUGE_VAL, false)
				    : check_error(c, p, v, "is too large%s", raw(c, p, v));
	if (p->type == PROP_INT && worth % of->worth != 0)
		return has_rest(c, p, v, of, worth);
	n->integer = worth / of->worth;
	n->real = (double)worth / (double)of->worth;
	n->whole = worth % of->worth == 0;
	return 0;
}

static int read_text(const struct check *c, const struct prop *p, const struct value *v,
		     struct amount *n)
{
	const char *text = value_text(v);

	if ((v->flags & VALUE_QUOTED) || !text || !read_amount(c->arena, text, n))
		return not_a_number(c, p, v);
	if (n->leading_zero)
		return leading_zero(c, p, v, text);
	return *n->unit ? drop_unit(c, p, v, n) : 0;
}

static int read_number(const struct check *c, const struct prop *p, const struct value *v,
		       struct amount *n)
{
	*n = (struct amount){ .unit = "" };
	if (value_is(v, VALUE_INT)) {
		n->whole = true;
		n->integer = v->integer;
		n->real = (double)v->integer;
		return 0;
	}
	if (!value_is(v, VALUE_DOUBLE))
		return read_text(c, p, v, n);
	n->real = v->number;
	n->whole = floor(n->real) == n->real && fabs(n->real) < 0x1p63;
	n->integer = n->whole ? (int64_t)n->real : 0;
	return 0;
}

int check_number(const struct check *c, const struct prop *p, const struct value *v,
		 struct value **ret)
{
	struct amount n;
	bool bare;

	if (v->flags & VALUE_DIGEST)
		return 0;
	if (read_number(c, p, v, &n) < 0)
		return -1;
	bare = !*n.unit;
	if (p->type == PROP_INT && !n.whole)
		return not_a_number(c, p, v);
	if (p->type == PROP_INT && check_allowed(c, p, v, n.integer) < 0)
		return -1;
	if (!in_range(p, n.whole ? (double)n.integer : n.real))
		return out_of_range(c, p, v, n.real, bare);
	*ret = check_as(c, v,
			n.whole ? value_int(c->arena, n.integer) : value_double(c->arena, n.real));
	return 0;
}
