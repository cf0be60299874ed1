#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

/*
 * Unit tests: cmocka, with tests that register themselves.
 *
 *	#include "test.h"
 *	#include "base/str.h"
 *
 *	TEST(str_starts_empty)
 *	{
 *		...
 *		assert_int_equal(str.len, 0);
 *	}
 *
 * A new file tests/unit/test_<module>.c is found by make.  Names are unique
 * over all files; begin them with the module's name, so that
 * `make check-unit T='str_*'` picks them.
 */

/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct test {
	const char *name;
	void (*run)(void);
	bool on_demand;
	struct test *next;
};

/* Adds a test to the list that main() runs. */
void test_register(struct test *test);

#define TEST(test_name) TEST_ROW(test_name, false)

/* Run only when the argument is its very name: another test runs it, with what it needs. */
#define TEST_ON_DEMAND(test_name) TEST_ROW(test_name, true)

#define TEST_ROW(test_name, on_demand)                                                             \
	static void test_name(void);                                                               \
	static struct test test_##test_name##_row = { #test_name, test_name, on_demand, NULL };    \
	static void __attribute__((constructor)) test_##test_name##_register(void)                 \
	{                                                                                          \
		test_register(&test_##test_name##_row);                                            \
	}                                                                                          \
	static void test_name(void)

#endif
