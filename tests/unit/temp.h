#ifndef TESTS_UNIT_TEMP_H
#define TESTS_UNIT_TEMP_H

/*
 * Folders and processes for tests.
 *
 *	const char *dir = temp_dir();
 *	temp_write(temp_path(dir, "a/b"), "text", 4, 0644);
 *	...
 *	temp_remove(dir);
 */

#include "test.h"

#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEMP_UNUSED __attribute__((unused))

/* A new folder that others may enter; its name is valid until the next but three. */
TEMP_UNUSED static const char *temp_dir(void)
{
	static char names[4][256];
	static unsigned next;
	char *name = names[next++ % 4];
	const char *base = getenv("TMPDIR");

	snprintf(name, sizeof(names[0]), "%s/cinfra-test-XXXXXX", base ? base : "/tmp");
	assert_non_null(mkdtemp(name));
	assert_int_equal(chmod(name, 0777), 0);
	return name;
}

TEMP_UNUSED static int temp_remove_one(const char *path, const struct stat *st, int type,
				       struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

TEMP_UNUSED static void temp_remove(const char *dir)
{
	nftw(dir, temp_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* "dir/name", valid until the eighth call from now. */
TEMP_UNUSED static const char *temp_path(const char *dir, const char *name)
{
	static char paths[8][4096];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

TEMP_UNUSED static void temp_write(const char *path, const void *data, size_t len, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* As nobody when the tests run as root, whom no permission stops; `false` goes back. */
TEMP_UNUSED static void temp_unprivileged(bool on)
{
	static bool dropped;

	if (on && geteuid() == 0) {
		assert_int_equal(seteuid(65534), 0);
		dropped = true;
	} else if (!on && dropped) {
		assert_int_equal(seteuid(0), 0);
		dropped = false;
	}
}

/* Whether `run` ends its process by abort(). */
TEMP_UNUSED static bool temp_aborts(void (*run)(void))
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct rlimit no_core = { 0, 0 };

		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGABRT, SIG_DFL);
		if (!freopen("/dev/null", "w", stderr))
			_exit(1);
		run();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#endif
