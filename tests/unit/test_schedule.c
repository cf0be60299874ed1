#include "test.h"
#include "base/arena.h"
#include "providers/aws/schedule.h"

static void assert_fine(const char *text)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const char *hint, *fault = schedule_fault(a, text, &hint);
	if (fault)
		fail_msg("%s: %s", text, fault);
}

static void assert_hint(const char *text, const char *expected)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const char *hint, *fault = schedule_fault(a, text, &hint);
	if (!fault)
		fail_msg("%s was taken", text);
	assert_string_equal(hint, expected);
}

TEST(schedule_taken)
{
	assert_fine("rate(1 minute)");
	assert_fine("rate(5 minutes)");
	assert_fine("rate(1 day)");
	assert_fine("rate(12 hours)");
	assert_fine("cron(0 3 * * ? *)");
	assert_fine("cron(0/15 8-17 ? * MON-FRI *)");
	assert_fine("cron(0  3  1 * ? 2026)");
}

TEST(schedule_rates)
{
	assert_hint("rate(1 minutes)", "rate(1 minute)");
	assert_hint("rate(2 hour)", "rate(2 hours)");
	assert_hint("rate(0 minutes)", "such as rate(5 minutes)");
	assert_hint("rate(5 weeks)", "such as rate(5 minutes)");
	assert_hint("rate(5)", "such as rate(5 minutes)");
}

/* What Unix writes, as AWS wants it. */
TEST(schedule_crons)
{
	assert_hint("cron(0 3 * * *)", "cron(0 3 * * ? *)");
	assert_hint("cron(0 3 * * MON)", "cron(0 3 ? * MON *)");
	assert_hint("cron(0 3 1 * *)", "cron(0 3 1 * ? *)");
	assert_hint("cron(0 3 * * * *)", "cron(0 3 * * ? *)");
	assert_hint("cron(0 3 1 * MON *)", "cron(0 3 ? * MON *)");
	assert_hint("cron(0 3 ? * ? *)", "cron(0 3 * * ? *)");
	assert_hint("cron(0 3)", "such as cron(0 3 * * ? *)");
}

TEST(schedule_others)
{
	assert_hint("", "such as rate(5 minutes) or cron(0 3 * * ? *)");
	assert_hint("every day", "such as rate(5 minutes) or cron(0 3 * * ? *)");
	assert_hint("at(2026-01-01T00:00:00)", "one-time schedules belong to the Scheduler "
					       "(`schedules`)");
}
