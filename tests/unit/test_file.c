#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "temp.h"
#include "base/file.h"

struct fixture {
	const char *dir;
	struct arena *arena;
	struct diags *diags;
};

static struct fixture begin(void)
{
	struct fixture f = { .dir = temp_dir(), .arena = arena_new() };

	f.diags = diags_new(f.arena);
	return f;
}

static void end(struct fixture *f)
{
	temp_remove(f->dir);
	arena_free(f->arena);
}

static char *in(const struct fixture *f, const char *name)
{
	return arena_printf(f->arena, "%s/%s", f->dir, name);
}

static void put(const struct fixture *f, const char *name, const char *text)
{
	temp_write(in(f, name), text, strlen(text), 0644);
}

static void assert_content(const struct fixture *f, const char *name, const char *expected)
{
	char *text = NULL;
	size_t len = 0;

	assert_int_equal(file_read(f->arena, in(f, name), 1000, &text, &len, f->diags), 0);
	assert_string_equal(text, expected);
	assert_int_equal(len, strlen(expected));
}

/* The last diagnostic's message, with the test's folder cut out. */
static const char *message(const struct fixture *f)
{
	const struct diag *last = diags_first(f->diags);
	const char *at;

	assert_non_null(last);
	while (last->next)
		last = last->next;
	assert_int_equal(last->code, D_IO);
	at = strstr(last->message, f->dir);
	if (!at)
		return last->message;
	return arena_printf(f->arena, "%.*sDIR%s", (int)(at - last->message), last->message,
			    at + strlen(f->dir));
}

static size_t count_entries(const char *dir)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct file_list list;

	assert_int_equal(dir_walk(a, dir, NULL, NULL, 1000, &list, diags_new(a)), 0);
	return list.len;
}

TEST(file_read_whole)
{
	struct fixture f = begin();
	char *text = NULL, *large = arena_alloc(f.arena, 300000);
	size_t len = 0;

	put(&f, "a", "hello\n");
	assert_content(&f, "a", "hello\n");
	put(&f, "empty", "");
	assert_content(&f, "empty", "");
	temp_write(in(&f, "nul"), "a\0b", 3, 0644);
	assert_int_equal(file_read(f.arena, in(&f, "nul"), 3, &text, &len, f.diags), 0);
	assert_int_equal(len, 3);
	assert_memory_equal(text, "a\0b\0", 4);
	memset(large, 'x', 300000);
	temp_write(in(&f, "large"), large, 300000, 0644);
	assert_int_equal(file_read(f.arena, in(&f, "large"), 300000, &text, &len, f.diags), 0);
	assert_int_equal(len, 300000);
	assert_memory_equal(text, large, 300000);
	assert_int_equal(text[300000], 0);
	end(&f);
}

TEST(file_read_limit)
{
	struct fixture f = begin();
	char *text = NULL;
	size_t len = 77;

	put(&f, "a", "12345");
	assert_int_equal(file_read(f.arena, in(&f, "a"), 5, &text, &len, f.diags), 0);
	assert_int_equal(len, 5);
	text = NULL;
	assert_int_equal(file_read(f.arena, in(&f, "a"), 4, &text, &len, f.diags), -1);
	assert_string_equal(message(&f), "\"DIR/a\" is larger than 4 bytes");
	assert_int_equal(file_read(f.arena, in(&f, "a"), 0, &text, &len, f.diags), -1);
	assert_null(text);
	assert_int_equal(len, 5);
	put(&f, "empty", "");
	assert_int_equal(file_read(f.arena, in(&f, "empty"), 0, &text, &len, f.diags), 0);
	assert_int_equal(file_read(f.arena, in(&f, "a"), SIZE_MAX, &text, &len, f.diags), 0);
	assert_int_equal(len, 5);
	end(&f);
}

TEST(file_read_endless_device_stops_at_the_limit)
{
	struct fixture f = begin();
	char *text = NULL;
	size_t len = 0;

	assert_int_equal(file_read(f.arena, "/dev/zero", 100000, &text, &len, f.diags), -1);
	assert_string_equal(message(&f), "\"/dev/zero\" is larger than 100000 bytes");
	end(&f);
}

TEST(file_read_size_unknown_before)
{
	struct fixture f = begin();
	char *text = NULL;
	size_t len = 0;

	/* Its size is said to be 0. */
	assert_int_equal(file_read(f.arena, "/proc/self/status", 100000, &text, &len, f.diags), 0);
	assert_true(len > 100);
	end(&f);
}

TEST(file_read_absent_is_no_error)
{
	struct fixture f = begin();
	char *text = NULL;
	size_t len = 0;

	assert_int_equal(file_read(f.arena, in(&f, "none"), 10, &text, &len, f.diags), 1);
	assert_int_equal(file_read(f.arena, in(&f, "none/below"), 10, &text, &len, f.diags), 1);
	assert_int_equal(diags_len(f.diags), 0);
	end(&f);
}

TEST(file_read_fails)
{
	struct fixture f = begin();
	char *text = NULL;
	size_t len = 0;

	assert_int_equal(file_read(f.arena, f.dir, 10, &text, &len, f.diags), -1);
	assert_string_equal(message(&f), "cannot read \"DIR\": Is a directory");
	put(&f, "a", "x");
	assert_int_equal(file_read(f.arena, in(&f, "a/b"), 10, &text, &len, f.diags), -1);
	assert_string_equal(message(&f), "cannot read \"DIR/a/b\": Not a directory");
	temp_write(in(&f, "secret"), "x", 1, 0);
	temp_unprivileged(true);
	assert_int_equal(file_read(f.arena, in(&f, "secret"), 10, &text, &len, f.diags), -1);
	temp_unprivileged(false);
	assert_string_equal(message(&f), "cannot read \"DIR/secret\": Permission denied");
	assert_null(text);
	end(&f);
}

static void *write_slowly(void *path)
{
	int fd = open(path, O_WRONLY);

	for (int i = 0; i < 5; i++) {
		if (write(fd, "part ", 5) != 5)
			break;
		usleep(2000);
	}
	close(fd);
	return NULL;
}

TEST(file_read_pipe_in_short_parts)
{
	struct fixture f = begin();
	char *path = in(&f, "pipe");
	pthread_t writer;

	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(pthread_create(&writer, NULL, write_slowly, path), 0);
	assert_content(&f, "pipe", "part part part part part ");
	pthread_join(writer, NULL);
	end(&f);
}

static void on_signal(int number)
{
	(void)number;
}

struct interrupted {
	char *path;
	pthread_t reader;
};

/* Signals that come while the reader waits. */
static void *interrupt_then_write(void *ctx)
{
	struct interrupted *i = ctx;
	int fd = open(i->path, O_WRONLY);

	for (int n = 0; n < 5; n++) {
		usleep(2000);
		pthread_kill(i->reader, SIGUSR1);
	}
	usleep(2000);
	if (write(fd, "done", 4) != 4)
		abort();
	close(fd);
	return NULL;
}

TEST(file_read_goes_on_after_signals)
{
	struct fixture f = begin();
	struct interrupted i = { in(&f, "pipe"), pthread_self() };
	struct sigaction action = { .sa_handler = on_signal }, before; /* no SA_RESTART */
	pthread_t writer;

	sigaction(SIGUSR1, &action, &before);
	assert_int_equal(mkfifo(i.path, 0600), 0);
	assert_int_equal(pthread_create(&writer, NULL, interrupt_then_write, &i), 0);
	assert_content(&f, "pipe", "done");
	pthread_join(writer, NULL);
	sigaction(SIGUSR1, &before, NULL);
	end(&f);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

TEST(file_write_new_and_over)
{
	struct fixture f = begin();

	assert_int_equal(file_write_atomic(in(&f, "a"), "one", 3, 0600, f.diags), 0);
	assert_content(&f, "a", "one");
	assert_int_equal(mode_of(in(&f, "a")), 0600);
	assert_int_equal(file_write_atomic(in(&f, "a"), "second", 6, 0600, f.diags), 0);
	assert_content(&f, "a", "second");
	assert_int_equal(file_write_atomic(in(&f, "a"), "", 0, 0600, f.diags), 0);
	assert_content(&f, "a", "");
	assert_int_equal(file_write_atomic(in(&f, "a"), NULL, 0, 0600, f.diags), 0);
	assert_int_equal(count_entries(f.dir), 1); /* nothing beside it */
	assert_int_equal(diags_len(f.diags), 0);
	end(&f);
}

TEST(file_write_mode_does_not_follow_umask_or_old_mode)
{
	struct fixture f = begin();
	mode_t before = umask(0077);

	temp_write(in(&f, "a"), "x", 1, 0666);
	assert_int_equal(file_write_atomic(in(&f, "a"), "y", 1, 0644, f.diags), 0);
	assert_int_equal(mode_of(in(&f, "a")), 0644);
	umask(0);
	assert_int_equal(file_write_atomic(in(&f, "a"), "y", 1, 0600, f.diags), 0);
	assert_int_equal(mode_of(in(&f, "a")), 0600);
	umask(before);
	end(&f);
}

TEST(file_write_relative_path)
{
	struct fixture f = begin();
	char before[4096];

	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(f.dir), 0);
	assert_int_equal(file_write_atomic("here", "x", 1, 0600, f.diags), 0);
	assert_int_equal(chdir(before), 0);
	assert_content(&f, "here", "x");
	end(&f);
}

TEST(file_write_readers_keep_the_old_content)
{
	struct fixture f = begin();
	char buf[10] = { 0 };
	int fd;

	put(&f, "a", "old");
	fd = open(in(&f, "a"), O_RDONLY);
	assert_int_equal(file_write_atomic(in(&f, "a"), "new", 3, 0600, f.diags), 0);
	assert_int_equal(read(fd, buf, sizeof(buf)), 3);
	assert_string_equal(buf, "old");
	close(fd);
	end(&f);
}

TEST(file_write_through_a_link)
{
	struct fixture f = begin();
	struct stat st;

	put(&f, "target", "old");
	assert_int_equal(symlink("target", in(&f, "link")), 0);
	assert_int_equal(file_write_atomic(in(&f, "link"), "new", 3, 0600, f.diags), 0);
	assert_content(&f, "target", "new");
	assert_int_equal(lstat(in(&f, "link"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	end(&f);
}

TEST(file_write_replaces_only_files)
{
	struct fixture f = begin();

	assert_int_equal(file_write_atomic(f.dir, "x", 1, 0600, f.diags), -1);
	assert_string_equal(message(&f), "cannot write \"DIR\": it is not a regular file");
	assert_int_equal(mkfifo(in(&f, "pipe"), 0600), 0);
	assert_int_equal(file_write_atomic(in(&f, "pipe"), "x", 1, 0600, f.diags), -1);
	assert_string_equal(message(&f), "cannot write \"DIR/pipe\": it is not a regular file");
	end(&f);
}

TEST(file_write_fails)
{
	struct fixture f = begin();

	assert_int_equal(file_write_atomic(in(&f, "none/a"), "x", 1, 0600, f.diags), -1);
	assert_string_equal(message(&f), "cannot write \"DIR/none/a\": No such file or directory");
	put(&f, "a", "kept");
	assert_int_equal(chmod(f.dir, 0555), 0);
	temp_unprivileged(true);
	assert_int_equal(file_write_atomic(in(&f, "a"), "x", 1, 0600, f.diags), -1);
	temp_unprivileged(false);
	assert_string_equal(message(&f), "cannot write \"DIR/a\": Permission denied");
	assert_content(&f, "a", "kept");
	assert_int_equal(chmod(f.dir, 0755), 0); /* for who removes it */
	end(&f);
}

TEST(file_write_that_fails_half_way_leaves_nothing)
{
	struct fixture f = begin();
	struct rlimit before, small = { 100, RLIM_INFINITY };
	char data[1000] = { 0 };
	int result;

	put(&f, "a", "kept");
	getrlimit(RLIMIT_FSIZE, &before);
	small.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	/* The first write is short, the second one fails. */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	result = file_write_atomic(in(&f, "a"), data, sizeof(data), 0600, f.diags);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(result, -1);
	assert_string_equal(message(&f), "cannot write \"DIR/a\": File too large");
	assert_content(&f, "a", "kept");
	assert_int_equal(count_entries(f.dir), 1);
	end(&f);
}

TEST(file_write_that_cannot_rename_leaves_nothing)
{
	struct fixture f = begin();
	char name[300];

	/* Of the two names only the last is too long. */
	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(file_write_atomic(in(&f, name), "x", 1, 0600, f.diags), -1);
	assert_non_null(strstr(message(&f), ": File name too long"));
	assert_int_equal(count_entries(f.dir), 0);
	end(&f);
}

TEST(file_dir_make)
{
	struct fixture f = begin();
	char before[4096];

	assert_int_equal(dir_make(in(&f, "a/b//c"), 0700, f.diags), 0);
	assert_true(dir_exists(in(&f, "a/b/c")));
	assert_int_equal(mode_of(in(&f, "a")), 0700);
	assert_int_equal(dir_make(in(&f, "a/b/c/"), 0700, f.diags), 0);
	assert_int_equal(dir_make("/", 0700, f.diags), 0);
	assert_int_equal(dir_make(".", 0700, f.diags), 0);
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(f.dir), 0);
	assert_int_equal(dir_make("r/s", 0700, f.diags), 0);
	assert_int_equal(chdir(before), 0);
	assert_true(dir_exists(in(&f, "r/s")));
	assert_int_equal(diags_len(f.diags), 0);
	end(&f);
}

TEST(file_dir_make_fails)
{
	struct fixture f = begin();

	put(&f, "file", "x");
	assert_int_equal(dir_make(in(&f, "file"), 0700, f.diags), -1);
	assert_string_equal(message(&f), "cannot create folder \"DIR/file\": File exists");
	assert_int_equal(dir_make(in(&f, "file/below"), 0700, f.diags), -1);
	assert_string_equal(message(&f), "cannot create folder \"DIR/file\": File exists");
	assert_int_equal(dir_make("", 0700, f.diags), -1);
	assert_string_equal(message(&f), "cannot create folder \"\": No such file or directory");
	end(&f);
}

TEST(file_exists_tells)
{
	struct fixture f = begin();

	put(&f, "a", "");
	assert_int_equal(symlink("nowhere", in(&f, "dangling")), 0);
	assert_true(file_exists(in(&f, "a")));
	assert_true(file_exists(f.dir));
	assert_false(file_exists(in(&f, "b")));
	assert_false(file_exists(in(&f, "dangling")));
	assert_true(dir_exists(f.dir));
	assert_false(dir_exists(in(&f, "a")));
	assert_false(dir_exists(in(&f, "b")));
	end(&f);
}

TEST(file_path_join)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(path_join(a, "a", "b/c"), "a/b/c");
	assert_string_equal(path_join(a, "a/", "b"), "a/b");
	assert_string_equal(path_join(a, "/", "b"), "/b");
	assert_string_equal(path_join(a, "a", "/b"), "/b");
	assert_string_equal(path_join(a, "", "b"), "b");
	assert_string_equal(path_join(a, NULL, "b"), "b");
	assert_string_equal(path_join(a, "a", ""), "a");
	assert_string_equal(path_join(a, "", ""), "");
}

TEST(file_path_dir_and_base)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(path_dir(a, "a/b/c"), "a/b");
	assert_string_equal(path_dir(a, "a"), ".");
	assert_string_equal(path_dir(a, ""), ".");
	assert_string_equal(path_dir(a, "/a"), "/");
	assert_string_equal(path_dir(a, "/"), "/");
	assert_string_equal(path_dir(a, "a/b/"), "a");
	assert_string_equal(path_dir(a, "a//b"), "a");
	assert_string_equal(path_dir(a, "//a"), "/");
	assert_string_equal(path_base("a/b"), "b");
	assert_string_equal(path_base("a"), "a");
	assert_string_equal(path_base("/a"), "a");
	assert_string_equal(path_base(""), "");
	assert_string_equal(path_base("a/b/"), "b/");
}

TEST(file_path_real)
{
	struct fixture f = begin();
	const char *real = path_real(f.arena, f.dir);

	put(&f, "a", "");
	assert_int_equal(symlink("a", in(&f, "link")), 0);
	assert_string_equal(path_real(f.arena, in(&f, "./link")), path_join(f.arena, real, "a"));
	errno = 0;
	assert_null(path_real(f.arena, in(&f, "none")));
	assert_int_equal(errno, ENOENT);
	assert_int_equal(symlink("loop", in(&f, "loop")), 0);
	assert_null(path_real(f.arena, in(&f, "loop")));
	assert_int_equal(errno, ELOOP);
	end(&f);
}

static void make(const struct fixture *f, const char *dir)
{
	assert_int_equal(mkdir(in(f, dir), 0755), 0);
}

TEST(file_walk_sorts_by_bytes_of_the_path)
{
	static const char *const expected[] = { "B", "a.txt", "a/b/deep", "a/z", "b", "\xc3\xa4" };
	struct fixture f = begin();
	struct file_list list;

	make(&f, "a");
	make(&f, "a/b");
	make(&f, "empty");
	put(&f, "b", "12345");
	put(&f, "\xc3\xa4", "");
	put(&f, "a/z", "");
	put(&f, "a/b/deep", "");
	put(&f, "a.txt", "");
	temp_write(in(&f, "B"), "", 0, 0755);
	assert_int_equal(dir_walk(f.arena, f.dir, NULL, NULL, 6, &list, f.diags), 0);
	assert_int_equal(list.len, 6);
	for (size_t i = 0; i < 6; i++)
		assert_string_equal(list.items[i].path, expected[i]);
	assert_int_equal(list.items[4].size, 5);
	assert_int_equal(list.items[0].mode & 0777, 0755);
	assert_true(S_ISREG(list.items[0].mode));
	assert_false(list.items[0].is_link);
	end(&f);
}

TEST(file_walk_of_an_empty_folder)
{
	struct fixture f = begin();
	struct file_list list = { .len = 9 };

	assert_int_equal(dir_walk(f.arena, f.dir, NULL, NULL, 0, &list, f.diags), 0);
	assert_int_equal(list.len, 0);
	end(&f);
}

TEST(file_walk_lists_links_and_does_not_follow_them)
{
	struct fixture f = begin();
	struct file_list list;

	make(&f, "d");
	put(&f, "d/x", "123");
	assert_int_equal(symlink("d", in(&f, "to_dir")), 0);
	assert_int_equal(symlink("d/x", in(&f, "to_file")), 0);
	assert_int_equal(symlink("none", in(&f, "to_nothing")), 0);
	assert_int_equal(symlink("..", in(&f, "d/up")), 0);
	assert_int_equal(dir_walk(f.arena, f.dir, NULL, NULL, 100, &list, f.diags), 0);
	assert_int_equal(list.len, 5);
	assert_string_equal(list.items[0].path, "d/up");
	assert_true(list.items[0].is_link);
	assert_true(S_ISDIR(list.items[2].mode));
	assert_true(S_ISREG(list.items[3].mode));
	assert_int_equal(list.items[3].size, 3);
	assert_string_equal(list.items[4].path, "to_nothing");
	assert_true(list.items[4].is_link);
	assert_int_equal(list.items[4].mode, 0);
	end(&f);
}

struct asked {
	char text[1000];
};

static bool prune_x(void *ctx, const char *path, bool dir)
{
	struct asked *asked = ctx;
	size_t used = strlen(asked->text);

	snprintf(asked->text + used, sizeof(asked->text) - used, "%s%s ", path, dir ? "/" : "");
	return strchr(path, 'x') != NULL;
}

TEST(file_walk_prunes)
{
	struct fixture f = begin();
	struct asked asked = { "" };
	struct file_list list;

	make(&f, "a");
	make(&f, "x");
	put(&f, "a/b", "");
	put(&f, "a/x", "");
	put(&f, "x/never", "");
	assert_int_equal(mkfifo(in(&f, "xpipe"), 0600), 0); /* an error if it were not cut */
	assert_int_equal(symlink("a", in(&f, "link")), 0);
	assert_int_equal(dir_walk(f.arena, f.dir, prune_x, &asked, 100, &list, f.diags), 0);
	assert_int_equal(list.len, 2);
	assert_string_equal(list.items[0].path, "a/b");
	assert_string_equal(list.items[1].path, "link");
	assert_string_equal(asked.text, "a/ a/b a/x link/ x/ xpipe ");
	end(&f);
}

TEST(file_walk_limit)
{
	struct fixture f = begin();
	struct file_list list;

	put(&f, "a", "");
	put(&f, "b", "");
	assert_int_equal(dir_walk(f.arena, f.dir, NULL, NULL, 2, &list, f.diags), 0);
	assert_int_equal(dir_walk(f.arena, f.dir, NULL, NULL, 1, &list, f.diags), -1);
	assert_string_equal(message(&f), "\"DIR\" has more than 1 files");
	end(&f);
}

TEST(file_walk_fails)
{
	struct fixture f = begin();
	struct file_list list = { .len = 9 };

	assert_int_equal(dir_walk(f.arena, in(&f, "none"), NULL, NULL, 9, &list, f.diags), -1);
	assert_string_equal(message(&f), "cannot read \"DIR/none\": No such file or directory");
	put(&f, "file", "");
	assert_int_equal(dir_walk(f.arena, in(&f, "file"), NULL, NULL, 9, &list, f.diags), -1);
	assert_string_equal(message(&f), "cannot read \"DIR/file\": Not a directory");
	make(&f, "closed");
	assert_int_equal(chmod(in(&f, "closed"), 0), 0);
	temp_unprivileged(true);
	assert_int_equal(dir_walk(f.arena, f.dir, NULL, NULL, 9, &list, f.diags), -1);
	temp_unprivileged(false);
	assert_string_equal(message(&f), "cannot read \"DIR/closed\": Permission denied");
	assert_int_equal(list.len, 9);
	end(&f);
}

TEST(file_walk_refuses_pipes_and_sockets)
{
	struct fixture f = begin();
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct file_list list;
	int fd;

	assert_int_equal(mkfifo(in(&f, "pipe"), 0600), 0);
	assert_int_equal(dir_walk(f.arena, f.dir, NULL, NULL, 9, &list, f.diags), -1);
	assert_string_equal(message(&f), "\"DIR/pipe\" is neither a file nor a folder nor a link");
	assert_int_equal(unlink(in(&f, "pipe")), 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", f.dir);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(dir_walk(f.arena, f.dir, NULL, NULL, 9, &list, f.diags), -1);
	assert_string_equal(message(&f), "\"DIR/socket\" is neither a file nor a folder nor a "
					 "link");
	close(fd);
	end(&f);
}

TEST(file_walk_of_deep_folders)
{
	struct fixture f = begin();
	struct file_list list;
	char *path = arena_strdup(f.arena, f.dir);

	/* More than there are descriptors, were one held for each. */
	for (int i = 0; i < 1100; i++) {
		path = arena_printf(f.arena, "%s/d", path);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	temp_write(arena_printf(f.arena, "%s/f", path), "x", 1, 0644);
	assert_int_equal(dir_walk(f.arena, f.dir, NULL, NULL, 9, &list, f.diags), 0);
	assert_int_equal(list.len, 1);
	assert_int_equal(strlen(list.items[0].path), 2 * 1100 + 1);
	end(&f);
}

TEST(file_close_fdp_closes_once)
{
	int fd = open("/dev/null", O_RDONLY), copy = fd;

	close_fdp(&fd);
	assert_int_equal(fd, -1);
	assert_int_equal(fcntl(copy, F_GETFD), -1);
	close_fdp(&fd);
}
