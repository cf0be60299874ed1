#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/fatal.h"
#include "base/str.h"
#include "base/banned.h"

static int64_t (*test_real)(void);
static int64_t (*test_mono)(void);

void clock_set_for_tests(int64_t (*real)(void), int64_t (*mono)(void))
{
	test_real = real;
	test_mono = mono;
}

static int64_t now_ms(clockid_t id)
{
	struct timespec now;

	if (clock_gettime(id, &now))
		fatal("the system has no clock");
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_unix_ms(void)
{
	return test_real ? test_real() : now_ms(CLOCK_REALTIME);
}

int64_t clock_monotonic_ms(void)
{
	return test_mono ? test_mono() : now_ms(CLOCK_BOOTTIME);
}

/* Years 0000 to 9999, which is what ISO 8601 has without agreement. */
static const int64_t first_second = -62167219200, last_second = 253402300799;

char *clock_iso8601(struct arena *a, int64_t unix_s)
{
	struct tm tm = { 0 };
	time_t t;

	if (unix_s < first_second)
		unix_s = first_second;
	if (unix_s > last_second)
		unix_s = last_second;
	t = (time_t)unix_s;
	gmtime_r(&t, &tm);
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
			    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* A date as read; strptime would follow the locale and take blanks and signs. */
struct date {
	int year, month, day, hour, minute, second;
	int offset_s; /* east of UTC */
};

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
				      "Aug", "Sep", "Oct", "Nov", "Dec", NULL };
static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", NULL };
static const char *const long_days[] = { "Sunday",   "Monday", "Tuesday",  "Wednesday",
					 "Thursday", "Friday", "Saturday", NULL };

/* All readers advance `*p` and return false when the text is something else. */
static bool read_digits(const char **p, int n, int *ret)
{
	int value = 0;

	for (; n; n--, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		value = value * 10 + (**p - '0');
	}
	*ret = value;
	return true;
}

static bool read_name(const char **p, const char *const *names, int *ret)
{
	for (int i = 0; names[i]; i++) {
		if (!str_starts(*p, names[i]))
			continue;
		*p += strlen(names[i]);
		*ret = i + 1;
		return true;
	}
	return false;
}

/* Two digits; the first may be a blank. */
static bool read_padded_day(const char **p, int *ret)
{
	if (**p != ' ')
		return read_digits(p, 2, ret);
	(*p)++;
	return read_digits(p, 1, ret);
}

/* ".123" or ",123", or nothing: fractions are cut off. */
static bool read_fraction(const char **p)
{
	size_t n;

	if (**p != '.' && **p != ',')
		return true;
	n = strspn(*p + 1, "0123456789");
	*p += n + 1;
	return n > 0;
}

/* "Z", "+01:00" or "+0100" */
static bool read_zone(const char **p, struct date *date)
{
	int sign = **p == '-' ? -1 : 1, hours = 0, minutes = 0;

	if (**p == 'Z') {
		(*p)++;
		return true;
	}
	if (**p != '+' && **p != '-')
		return false;
	(*p)++;
	if (!read_digits(p, 2, &hours))
		return false;
	if (**p == ':')
		(*p)++;
	if (!read_digits(p, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	date->offset_s = sign * (hours * 3600 + minutes * 60);
	return true;
}

static bool read_short_year(const char **p, int *ret)
{
	if (!read_digits(p, 2, ret))
		return false;
	*ret += *ret < 70 ? 2000 : 1900;
	return true;
}

/* What a letter of a format stands for. */
static bool read_field(const char **p, char field, struct date *date)
{
	int weekday;

	switch (field) {
	case 'Y':
		return read_digits(p, 4, &date->year);
	case 'y':
		return read_short_year(p, &date->year);
	case 'M':
		return read_digits(p, 2, &date->month);
	case 'b':
		return read_name(p, months, &date->month);
	case 'D':
		return read_digits(p, 2, &date->day);
	case 'e':
		return read_padded_day(p, &date->day);
	case 'h':
		return read_digits(p, 2, &date->hour);
	case 'm':
		return read_digits(p, 2, &date->minute);
	case 's':
		return read_digits(p, 2, &date->second) && read_fraction(p);
	case 'z':
		return read_zone(p, date);
	case 'a':
		return read_name(p, days, &weekday);
	default: /* 'A' */
		return read_name(p, long_days, &weekday);
	}
}

/* A '%' in a format begins a field; all else stands for itself. */
static bool read_date(const char *text, const char *format, struct date *date)
{
	for (; *format; format++) {
		if (*format != '%') {
			if (*text++ != *format)
				return false;
		} else if (!read_field(&text, *++format, date)) {
			return false;
		}
	}
	return *text == '\0';
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool is_date(const struct date *date)
{
	static const int month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int last;

	if (date->month < 1 || date->month > 12)
		return false;
	last = month_days[date->month - 1] + (date->month == 2 && is_leap(date->year));
	/* Second 60 is a leap second. */
	return date->day >= 1 && date->day <= last && date->hour <= 23 && date->minute <= 59 &&
	       date->second <= 60;
}

static int64_t to_unix(const struct date *date)
{
	struct tm tm = {
		.tm_year = date->year - 1900,
		.tm_mon = date->month - 1,
		.tm_mday = date->day,
		.tm_hour = date->hour,
		.tm_min = date->minute,
		.tm_sec = date->second,
	};
	int64_t seconds = (int64_t)timegm(&tm) - date->offset_s;

	return seconds < 0 ? -1 : seconds;
}

int64_t clock_parse(const char *text)
{
	static const char *const formats[] = {
		"%Y-%M-%DT%h:%m:%s%z",	     /* ISO 8601, extended */
		"%Y%M%DT%h%m%s%z",	     /* ISO 8601, basic: x-amz-date */
		"%Y-%M-%D",		     /* ISO 8601, midnight UTC */
		"%a, %D %b %Y %h:%m:%s GMT", /* HTTP */
		"%A, %D-%b-%y %h:%m:%s GMT", /* HTTP, obsolete (RFC 850) */
		"%a %b %e %h:%m:%s %Y",	     /* HTTP, obsolete (asctime) */
	};

	for (size_t i = 0; text && i < sizeof(formats) / sizeof(*formats); i++) {
		struct date date = { 0 };

		if (read_date(text, formats[i], &date))
			return is_date(&date) ? to_unix(&date) : -1;
	}
	return -1;
}
