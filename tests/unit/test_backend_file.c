#include "test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "state/backend.h"
#include "temp.h"

static const char *write_text(struct backend *b, struct arena *a, const char *text,
			      const char *expected, int expect)
{
	const char *version = NULL;
	struct diags *d = diags_new(a);

	assert_int_equal(b->write(b, OBJECT_STATE, text, strlen(text), expected, a, &version, d),
			 expect);
	return version;
}

TEST(backend_file_compare_and_swap)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);
	const char *dir = temp_dir(), *state = arena_printf(a, "%s/.cinfra", dir);
	struct backend *b = backend_file_new(state, "orders-prod");
	const char *v1, *v2, *version;
	struct stat st;
	char *text;
	size_t len;

	assert_int_equal(b->read(b, OBJECT_STATE, a, &text, &len, &version, d), 1);
	assert_int_not_equal(stat(state, &st), 0); /* reading makes no folder */
	write_text(b, a, "zero", "some version", 1);
	v1 = write_text(b, a, "one", NULL, 0);
	write_text(b, a, "again", NULL, 1);
	write_text(b, a, "stale", "other", 1);
	v2 = write_text(b, a, "two", v1, 0);
	write_text(b, a, "stale", v1, 1);
	assert_int_equal(b->read(b, OBJECT_STATE, a, &text, &len, &version, d), 0);
	assert_string_equal(text, "two");
	assert_string_equal(version, v2);
	assert_int_equal(b->read(b, OBJECT_OPERATION, a, &text, &len, &version, d), 1);
	assert_int_equal(stat(arena_printf(a, "%s/orders-prod.json", state), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_in_range(b->age_ms(b, OBJECT_STATE, d), 0, 60000);
	b->close(b);
	temp_remove(dir);
}

TEST(backend_file_keeps_the_version_before)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);
	const char *dir = temp_dir(), *v1;
	struct backend *b = backend_file_new(dir, "orders");
	backend_versions all;
	struct stat st;
	bool more;
	char *text;
	size_t len;

	assert_int_equal(b->history(b, a, &all, &more, d), 0);
	assert_int_equal(all.len, 0);
	v1 = write_text(b, a, "one", NULL, 0);
	assert_int_equal(b->read_version(b, "backup", a, &text, &len, d), 1);
	write_text(b, a, "three", v1, 0);
	write_text(b, a, "stale", v1, 1);
	assert_int_equal(b->history(b, a, &all, &more, d), 0);
	assert_int_equal(all.len, 2);
	assert_true(all.items[0].current && !all.items[1].current && !more);
	assert_int_equal(all.items[1].size, 3);
	assert_int_equal(b->read_version(b, all.items[1].id, a, &text, &len, d), 0);
	assert_string_equal(text, "one");
	assert_int_equal(b->read_version(b, "current", a, &text, &len, d), 0);
	assert_string_equal(text, "three");
	assert_int_equal(b->read_version(b, "other", a, &text, &len, d), 1);
	assert_int_equal(stat(temp_path(dir, "orders.json.backup"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	b->close(b);
	temp_remove(dir);
}

/* Several processes count in one file; no step may be lost. */
TEST(backend_file_many_writers_lose_nothing)
{
	enum { WRITERS = 4, ROUNDS = 25 };
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);
	const char *dir = temp_dir(), *version;
	struct backend *b = backend_file_new(dir, "s");
	char *text;
	size_t len;

	write_text(b, a, "0", NULL, 0);
	for (int w = 0; w < WRITERS; w++) {
		if (fork())
			continue;
		for (int done = 0; done < ROUNDS;) {
			int r = b->read(b, OBJECT_STATE, a, &text, &len, &version, d);

			if (r)
				_exit(1);
			text = arena_printf(a, "%ld", strtol(text, NULL, 10) + 1);
			r = b->write(b, OBJECT_STATE, text, strlen(text), version, a, &version, d);
			if (r < 0)
				_exit(1);
			done += r == 0;
		}
		_exit(0);
	}
	for (int w = 0; w < WRITERS; w++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(b->read(b, OBJECT_STATE, a, &text, &len, &version, d), 0);
	assert_string_equal(text, "100");
	b->close(b);
	temp_remove(dir);
}

TEST(backend_file_errors_name_the_file)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);
	const char *dir = temp_dir(), *version;
	struct backend *b = backend_file_new(arena_printf(a, "%s/file/sub", dir), "s");
	FILE *f = fopen(arena_printf(a, "%s/file", dir), "w");

	fclose(f);
	assert_int_equal(b->write(b, OBJECT_STATE, "x", 1, NULL, a, &version, d), -1);
	assert_non_null(strstr(diags_first(d)->message, "file"));
	assert_non_null(strstr(b->describe(b), "s.json"));
	b->close(b);
	temp_remove(dir);
}
