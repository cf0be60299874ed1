#include "test.h"

#include <string.h>

#include "base/clock.h"

static int64_t fixed_real(void)
{
	return 1234567;
}

static int64_t fixed_mono(void)
{
	return 42;
}

TEST(clock_goes_forward)
{
	int64_t mono = clock_monotonic_ms(), real = clock_unix_ms();

	assert_true(mono > 0);
	assert_true(clock_monotonic_ms() >= mono);
	assert_true(real > 1700000000000);
	assert_true(real < 32503680000000); /* the year 3000: these are milliseconds */
}

TEST(clock_can_be_set_by_tests)
{
	clock_set_for_tests(fixed_real, fixed_mono);
	assert_int_equal(clock_unix_ms(), 1234567);
	assert_int_equal(clock_monotonic_ms(), 42);
	clock_set_for_tests(fixed_real, NULL);
	assert_int_equal(clock_unix_ms(), 1234567);
	assert_int_not_equal(clock_monotonic_ms(), 42);
	clock_set_for_tests(NULL, NULL);
	assert_int_not_equal(clock_unix_ms(), 1234567);
}

TEST(clock_iso8601_formats)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(clock_iso8601(a, 0), "1970-01-01T00:00:00Z");
	assert_string_equal(clock_iso8601(a, 1795269600), "2026-11-21T14:00:00Z");
	assert_string_equal(clock_iso8601(a, 951827696), "2000-02-29T12:34:56Z");
	assert_string_equal(clock_iso8601(a, -1), "1969-12-31T23:59:59Z");
	assert_string_equal(clock_iso8601(a, 253402300799), "9999-12-31T23:59:59Z");
}

TEST(clock_iso8601_stays_in_four_digit_years)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(clock_iso8601(a, INT64_MAX), "9999-12-31T23:59:59Z");
	assert_string_equal(clock_iso8601(a, INT64_MIN), "0000-01-01T00:00:00Z");
}

struct parse_case {
	const char *text;
	int64_t expected;
};

TEST(clock_parse_table)
{
	static const struct parse_case cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-21T14:00:00Z", 1795269600 },
		{ "2026-11-21T14:00:00.123Z", 1795269600 },
		{ "2026-11-21T14:00:00,999999999Z", 1795269600 },
		{ "2026-11-21T15:00:00+01:00", 1795269600 },
		{ "2026-11-21T15:00:00.000+0100", 1795269600 },
		{ "2026-11-21T08:30:00-05:30", 1795269600 },
		{ "20261121T140000Z", 1795269600 },
		{ "2026-11-21", 1795219200 },
		{ "Sat, 21 Nov 2026 14:00:00 GMT", 1795269600 },
		{ "Saturday, 21-Nov-26 14:00:00 GMT", 1795269600 },
		{ "Sat Nov 21 14:00:00 2026", 1795269600 },
		{ "Sun Nov  6 08:49:37 1994", 784111777 },
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
		{ "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
		{ "2000-02-29T00:00:00Z", 951782400 },
		{ "2016-12-31T23:59:60Z", 1483228800 }, /* leap second */
		{ "9999-12-31T23:59:59Z", 253402300799 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (clock_parse(cases[i].text) != cases[i].expected)
			fail_msg("\"%s\" is %lld", cases[i].text,
				 (long long)clock_parse(cases[i].text));
}

TEST(clock_parse_refuses_all_else)
{
	static const char *const bad[] = {
		"",
		"now",
		"0",
		"1795269600",
		"2026-11-21T14:00:00", /* no zone */
		"2026-11-21T14:00:00z",
		"2026-11-21 14:00:00Z",
		" 2026-11-21T14:00:00Z",
		"2026-11-21T14:00:00Z ",
		"2026-11-21T14:00:00.Z",
		"2026-11-21T14:00Z",
		"2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-02-29T00:00:00Z",
		"1900-02-29",
		"2026-04-31",
		"2026-01-00",
		"2026-11-21T24:00:00Z",
		"2026-11-21T14:60:00Z",
		"2026-11-21T14:00:61Z",
		"2026-11-21T14:00:00+24:00",
		"2026-11-21T14:00:00+01:60",
		"2026-11-21T14:00:00+1",
		"+026-11-21T14:00:00Z",
		"2026-+1-21T14:00:00Z",
		"2026- 1-21T14:00:00Z",
		"Sat, 21 nov 2026 14:00:00 GMT",
		"Xxx, 21 Nov 2026 14:00:00 GMT",
		"Sat, 21 Nov 2026 14:00:00 CET",
		"Sat, 21 Nov 2026 14:00:00",
		"Sat, 1 Nov 2026 14:00:00 GMT",
		"1969-12-31T23:59:59Z", /* before 1970 */
		"1960-01-01T00:00:00Z",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (clock_parse(bad[i]) != -1)
			fail_msg("took \"%s\"", bad[i]);
	assert_int_equal(clock_parse(NULL), -1);
}

TEST(clock_parse_reads_what_iso8601_writes)
{
	_cleanup_arena_ struct arena *a = arena_new();

	for (int64_t t = 0; t < 253402300799; t += 99999999977)
		assert_int_equal(clock_parse(clock_iso8601(a, t)), t);
	for (int64_t t = 951600000; t < 952000000; t += 3601)
		assert_int_equal(clock_parse(clock_iso8601(a, t)), t);
}
