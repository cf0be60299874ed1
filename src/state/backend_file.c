#include "state/backend.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fatal.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "model/json.h"
#include "base/banned.h"

struct file_backend {
	struct backend base;
	char *dir, *paths[2], *lock_path, *backup_path;
};

static const char *path_of(const struct backend *b, enum backend_object o)
{
	return ((const struct file_backend *)b)->paths[o];
}

static int read_file(struct backend *b, enum backend_object o, struct arena *a, char **ret,
		     size_t *ret_len, const char **ret_version, struct diags *d)
{
	int r = file_read(a, path_of(b, o), JSON_MAX_BYTES, ret, ret_len, d);

	if (!r)
		*ret_version = sha256_hex(a, *ret, *ret_len);
	return r;
}

/* The lock file is never renamed or removed: all writers lock the same inode. */
static int lock(const struct file_backend *f, struct diags *d)
{
	int fd = open(f->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0 && !TEMP_FAILURE_RETRY(flock(fd, LOCK_EX)))
		return fd;
	diag_error(d, D_IO, NO_SPAN, "cannot lock \"%s\": %m", f->lock_path);
	close_fdp(&fd);
	return -1;
}

/* 0: it is what the writer expects, 1: it is not. *ret: what is there, NULL: nothing. */
static int compare(struct backend *b, enum backend_object o, const char *expected, struct arena *a,
		   char **ret, size_t *ret_len, struct diags *d)
{
	const char *version = NULL;

	*ret = NULL;
	if (read_file(b, o, a, ret, ret_len, &version, d) < 0)
		return -1;
	return !str_eq(version, expected);
}

/* For people to go back to; a disk that is full for it is not full for the state yet. */
static void keep_backup(const struct file_backend *f, const char *data, size_t len)
{
	_cleanup_arena_ struct arena *scratch = arena_new();

	file_write_atomic(f->backup_path, data, len, 0600, diags_new(scratch));
}

static int write_file(struct backend *b, enum backend_object o, const char *data, size_t len,
		      const char *expected, struct arena *a, const char **ret_version,
		      struct diags *d)
{
	const struct file_backend *f = (const struct file_backend *)b;
	_cleanup_arena_ struct arena *scratch = arena_new();
	_cleanup_close_ int fd = -1;
	char *before;
	size_t before_len;
	int r;

	if (dir_make(f->dir, 0700, d))
		return -1;
	fd = lock(f, d);
	if (fd < 0)
		return -1;
	r = compare(b, o, expected, scratch, &before, &before_len, d);
	if (r)
		return r;
	if (before && o == OBJECT_STATE)
		keep_backup(f, before, before_len);
	if (file_write_atomic(path_of(b, o), data, len, 0600, d))
		return -1;
	*ret_version = sha256_hex(a, data, len);
	return 0;
}

static int64_t age_of(struct backend *b, enum backend_object o, struct diags *d)
{
	struct stat st;

	(void)d;
	if (stat(path_of(b, o), &st))
		return -1;
	return clock_unix_ms() - ((int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000);
}

/* --- the version before --- */

static void add_version(struct arena *a, backend_versions *all, const char *path, const char *id)
{
	struct backend_version v = { .id = id, .current = str_eq(id, "current") };
	struct stat st;

	if (stat(path, &st))
		return;
	v.size = st.st_size;
	v.written = clock_iso8601(a, st.st_mtim.tv_sec);
	vec_push(a, all, v);
}

static int history(struct backend *b, struct arena *a, backend_versions *ret, bool *ret_more,
		   struct diags *d)
{
	(void)d;
	*ret = (backend_versions){ 0 };
	*ret_more = false;
	add_version(a, ret, path_of(b, OBJECT_STATE), "current");
	add_version(a, ret, ((struct file_backend *)b)->backup_path, "backup");
	return 0;
}

static int read_version(struct backend *b, const char *id, struct arena *a, char **ret,
			size_t *ret_len, struct diags *d)
{
	const char *path = str_eq(id, "current")  ? path_of(b, OBJECT_STATE)
			   : str_eq(id, "backup") ? ((struct file_backend *)b)->backup_path
						  : NULL;

	return path ? file_read(a, path, JSON_MAX_BYTES, ret, ret_len, d) : 1;
}

static const char *describe(const struct backend *b)
{
	return path_of(b, OBJECT_STATE);
}

static void close_backend(struct backend *b)
{
	struct file_backend *f = (struct file_backend *)b;

	free(f->dir);
	free(f->lock_path);
	free(f->backup_path);
	free(f->paths[OBJECT_STATE]);
	free(f->paths[OBJECT_OPERATION]);
	free(f);
}

static char *make_path(const char *dir, const char *name, const char *suffix)
{
	char *path;

	if (asprintf(&path, "%s/%s%s", dir, name, suffix) < 0)
		fatal("out of memory");
	return path;
}

struct backend *backend_file_new(const char *dir, const char *name)
{
	struct file_backend *f = mem_zeroed(1, sizeof(*f));

	f->base = (struct backend){ .read = read_file,
				    .write = write_file,
				    .age_ms = age_of,
				    .describe = describe,
				    .close = close_backend,
				    .history = history,
				    .read_version = read_version };
	f->dir = mem_strdup(dir);
	f->paths[OBJECT_STATE] = make_path(dir, name, ".json");
	f->paths[OBJECT_OPERATION] = make_path(dir, name, ".op.json");
	f->lock_path = make_path(dir, name, ".lock");
	f->backup_path = make_path(dir, name, ".json.backup");
	return &f->base;
}
