#include "providers/aws/schedule.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

/* "cron(0 3 * * ? *)": name and what stands in brackets. */
static bool split_call(struct arena *a, const char *text, const char **ret_name,
		       const char **ret_inside)
{
	const char *open = strchr(text, '(');
	size_t len = strlen(text);
	if (!open || text[len - 1] != ')')
		return false;
	*ret_name = arena_strndup(a, text, (size_t)(open - text));
	*ret_inside = arena_strndup(a, open + 1, (size_t)(text + len - 1 - (open + 1)));
	return true;
}

static size_t split_blanks(struct arena *a, const char *text, char **fields, size_t max)
{
	size_t n = 0;
	while (*text) {
		size_t len = strcspn(text, " \t");
		if (len && n < max)
			fields[n] = arena_strndup(a, text, len);
		n += len > 0;
		text += len;
		text += strspn(text, " \t");
	}
	return n;
}

/* --- rate --- */

static const char *rate_fault(struct arena *a, const char *inside, const char **ret_hint)
{
	static const char *const units[] = { "minute", "hour", "day" };
	char *fields[2] = { 0 };
	int64_t count;
	if (split_blanks(a, inside, fields, 2) != 2 || !str_to_int64(fields[0], &count) ||
	    count < 1) {
		*ret_hint = "such as rate(5 minutes)";
		return "a rate is a number and a unit";
	}
	for (size_t n = 0; n < 3; n++) {
		size_t len = strlen(units[n]);
		if (strncmp(fields[1], units[n], len) != 0 ||
		    (fields[1][len] && !str_eq(fields[1] + len, "s")))
			continue;
		bool plural = fields[1][len];
		if (plural == (count != 1))
			return NULL;
		*ret_hint = arena_printf(a, "rate(%lld %s%s)", (long long)count, units[n],
					 count == 1 ? "" : "s");
		return count == 1 ? "AWS wants the singular after 1" : "AWS wants the plural";
	}
	*ret_hint = "such as rate(5 minutes)";
	return "a rate is in minutes, hours or days";
}

/* --- cron --- */

/* Unix has five fields, AWS six, one of the two days being `?`. */
static const char *from_unix(struct arena *a, char *const *f)
{
	bool any_weekday = str_eq(f[4], "*") || str_eq(f[4], "?");
	bool any_day = str_eq(f[2], "*") || str_eq(f[2], "?");
	const char *weekday = any_weekday ? "?" : f[4];
	return arena_printf(a, "cron(%s %s %s %s %s *)", f[0], f[1],
			    any_weekday ? (any_day ? "*" : f[2]) : "?", f[3], weekday);
}

static const char *cron_fault(struct arena *a, const char *inside, const char **ret_hint)
{
	char *f[6] = { 0 };
	size_t n = split_blanks(a, inside, f, 6);
	if (n == 5) {
		*ret_hint = from_unix(a, f);
		return "AWS wants six fields: minutes hours day-of-month month day-of-week year";
	}
	if (n != 6) {
		*ret_hint = "such as cron(0 3 * * ? *)";
		return "AWS wants six fields: minutes hours day-of-month month day-of-week year";
	}
	bool day = str_eq(f[2], "?"), weekday = str_eq(f[4], "?");
	if (day != weekday)
		return NULL;
	*ret_hint = str_eq(f[4], "*") || weekday ? arena_printf(a, "cron(%s %s %s %s ? %s)", f[0],
								f[1], day ? "*" : f[2], f[3], f[5])
						 : arena_printf(a, "cron(%s %s ? %s %s %s)", f[0],
								f[1], f[3], f[4], f[5]);
	return "one of day-of-month and day-of-week is `?`, the other is not";
}

const char *schedule_fault(struct arena *a, const char *text, const char **ret_hint)
{
	const char *name, *inside;
	*ret_hint = NULL;
	if (!*text || !split_call(a, text, &name, &inside)) {
		*ret_hint = "such as rate(5 minutes) or cron(0 3 * * ? *)";
		return "a schedule is rate(...) or cron(...)";
	}
	if (str_eq(name, "rate"))
		return rate_fault(a, inside, ret_hint);
	if (str_eq(name, "cron"))
		return cron_fault(a, inside, ret_hint);
	*ret_hint = str_eq(name, "at") ? "one-time schedules belong to the Scheduler (`schedules`)"
				       : "such as rate(5 minutes) or cron(0 3 * * ? *)";
	return "a schedule is rate(...) or cron(...)";
}

void x_check_schedule(struct expansion *x, const struct value *v)
{
	const char *text = value_text(v), *hint = NULL;
	const char *fault = text ? schedule_fault(x->arena, text, &hint) : NULL;
	if (!fault)
		return;
	x_error(x, v->span, "`%s`: %s", text, fault);
	if (hint)
		diag_hint(x->diags,
			  str_starts(hint, "such") || strchr(hint, '`') ? "%s" : "write `%s`",
			  hint);
}
