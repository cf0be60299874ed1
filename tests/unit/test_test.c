/* The test runner itself: a test that registers itself is run. */

#include "test.h"

static int constructed;

static void __attribute__((constructor)) construct(void)
{
	constructed = 1;
}

TEST(test_runs_after_constructors)
{
	assert_int_equal(constructed, 1);
}
