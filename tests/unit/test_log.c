#include "test.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "temp.h"
#include "base/clock.h"
#include "base/log.h"

static int64_t fixed_mono(void)
{
	return 1234;
}

/* What `run` writes to standard error; valid until the next call. */
static const char *captured(void (*run)(void))
{
	static char text[65536];
	FILE *file = tmpfile();
	int before = dup(STDERR_FILENO);
	size_t len;

	assert_non_null(file);
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	run();
	fflush(stderr);
	dup2(before, STDERR_FILENO);
	close(before);
	rewind(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	return text;
}

static void log_one(void)
{
	log_debug("%s %d", "request", 7);
}

static void log_controls(void)
{
	log_debug("a\nb\033[2Jc");
}

static void log_long(void)
{
	log_debug("%50000s", "x");
}

TEST(log_is_off_unless_asked_for)
{
	unsetenv("CINFRA_LOG");
	assert_false(log_enabled());
	assert_string_equal(captured(log_one), "");
	setenv("CINFRA_LOG", "", 1);
	assert_false(log_enabled());
	setenv("CINFRA_LOG", "info", 1);
	assert_false(log_enabled());
	unsetenv("CINFRA_LOG");
}

TEST(log_writes_lines)
{
	setenv("CINFRA_LOG", "debug", 1);
	clock_set_for_tests(NULL, fixed_mono);
	assert_true(log_enabled());
	assert_string_equal(captured(log_one), "cinfra: 1234 ms: request 7\n");
	assert_string_equal(captured(log_controls), "cinfra: 1234 ms: a b [2Jc\n");
	clock_set_for_tests(NULL, NULL);
	unsetenv("CINFRA_LOG");
}

TEST(log_cuts_long_lines)
{
	const char *text;

	setenv("CINFRA_LOG", "debug", 1);
	text = captured(log_long);
	assert_true(strlen(text) > 8000);
	assert_true(strlen(text) < 9000);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	unsetenv("CINFRA_LOG");
}

static void *log_hundred(void *unused)
{
	(void)unused;
	for (int i = 0; i < 100; i++)
		log_debug("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	return NULL;
}

static void log_from_threads(void)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, log_hundred, NULL), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

TEST(log_lines_of_threads_do_not_mix)
{
	const char *expected = "cinfra: 1234 ms: "
			       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n";
	const char *text;

	setenv("CINFRA_LOG", "debug", 1);
	clock_set_for_tests(NULL, fixed_mono);
	text = captured(log_from_threads);
	assert_int_equal(strlen(text), 400 * strlen(expected));
	for (int i = 0; i < 400; i++, text += strlen(expected))
		assert_memory_equal(text, expected, strlen(expected));
	clock_set_for_tests(NULL, NULL);
	unsetenv("CINFRA_LOG");
}
