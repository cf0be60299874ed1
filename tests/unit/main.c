/*
 * Runs the unit tests.  An argument is a glob: only the tests whose names match
 * it are run.  cmocka's own environment variables (CMOCKA_MESSAGE_OUTPUT,
 * CMOCKA_XML_FILE) work.
 */

#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LONGEST = 300 }; /* seconds that a test may take, on a busy machine too */

static struct test *tests;
static size_t tests_count;

void test_register(struct test *test)
{
	test->next = tests;
	tests = test;
	tests_count++;
}

static const struct test *running;

/* cmocka would say nothing of a test that hangs, nor of those before it. */
static void end_overdue(int number)
{
	(void)number;
	dprintf(STDERR_FILENO, "unit: %s has not ended after %d s\n", running->name, LONGEST);
	_exit(1);
}

static void run_one(void **state)
{
	running = *state;
	alarm(LONGEST);
	running->run();
	alarm(0);
}

static int compare(const void *a, const void *b)
{
	const struct CMUnitTest *left = a, *right = b;

	return strcmp(left->name, right->name);
}

int main(int argc, char **argv)
{
	struct CMUnitTest *rows = calloc(tests_count + 1, sizeof(*rows));
	struct test *test;
	size_t n = 0;
	int failed;

	if (!rows)
		return 1;
	signal(SIGPIPE, SIG_IGN); /* as the program does */
	signal(SIGALRM, end_overdue);
	for (test = tests; test; test = test->next) {
		if (test->on_demand && (argc < 2 || strcmp(argv[1], test->name) != 0))
			continue;
		rows[n].name = test->name;
		rows[n].test_func = run_one;
		rows[n++].initial_state = test;
	}
	qsort(rows, n, sizeof(*rows), compare);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	failed = _cmocka_run_group_tests("unit", rows, n, NULL, NULL);
	free(rows);
	return failed != 0;
}
