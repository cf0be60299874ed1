#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/str.h"
#include "base/banned.h"

/* Walking folders is in file_walk.c. */

void close_fdp(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int io_error(struct diags *d, const char *what, const char *path)
{
	return diag_error(d, D_IO, NO_SPAN, "cannot %s \"%s\": %m", what, path);
}

/* Append at most `max` bytes and one more, which tells a file that is too long. */
static int read_all(int fd, struct str *content, size_t max)
{
	char buf[64 * 1024];
	ssize_t n;

	content->max = max < SIZE_MAX - sizeof(buf) ? max + sizeof(buf) : SIZE_MAX;
	while ((n = TEMP_FAILURE_RETRY(read(fd, buf, sizeof(buf)))) > 0) {
		str_addn(content, buf, (size_t)n);
		if (content->len > max)
			break;
	}
	explicit_bzero(buf, sizeof(buf));
	return n < 0 ? -1 : 0;
}

int file_read(struct arena *a, const char *path, size_t max, char **ret, size_t *ret_len,
	      struct diags *d)
{
	_cleanup_close_ int fd = (int)TEMP_FAILURE_RETRY(open(path, O_RDONLY | O_CLOEXEC));
	__attribute__((cleanup(str_wipe))) struct str content = STR_INIT;

	if (fd < 0 && errno == ENOENT)
		return 1;
	if (fd < 0 || read_all(fd, &content, max))
		return io_error(d, "read", path);
	if (content.len > max)
		return diag_error(d, D_IO, NO_SPAN, "\"%s\" is larger than %zu bytes", path, max);
	*ret = str_dup(&content, a);
	*ret_len = content.len;
	return 0;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = TEMP_FAILURE_RETRY(write(fd, data, len));

		if (n < 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Some file systems report an error that happened late only here. */
static int close_checked(int *fd)
{
	int closed = *fd;

	*fd = -1;
	/* Linux has closed it even when it says EINTR. */
	return close(closed) && errno != EINTR ? -1 : 0;
}

/* Keeps errno, which says what went wrong before. */
static void remove_temp(const char *path)
{
	int failed = errno;

	unlink(path);
	errno = failed;
}

static int write_new(const char *path, const void *data, size_t len, mode_t mode)
{
	_cleanup_close_ int fd = (int)TEMP_FAILURE_RETRY(
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));

	if (fd < 0)
		return -1;
	/* fchmod, since open() takes the umask off. */
	if (fchmod(fd, mode) || write_all(fd, data, len) || TEMP_FAILURE_RETRY(fsync(fd)) ||
	    close_checked(&fd)) {
		remove_temp(path);
		return -1;
	}
	return 0;
}

/* The rename is on disk only when its folder is. */
static int sync_dir(const char *path)
{
	_cleanup_close_ int fd =
		(int)TEMP_FAILURE_RETRY(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	if (fd < 0)
		return -1;
	/* Some file systems cannot, and say so with EINVAL. */
	return TEMP_FAILURE_RETRY(fsync(fd)) && errno != EINVAL ? -1 : 0;
}

static int replace(struct arena *a, const char *path, const void *data, size_t len, mode_t mode)
{
	const char *dir = path_dir(a, path);
	const char *temp = path_join(a, dir, arena_printf(a, ".cinfra-%s.tmp", random_hex(a, 8)));

	if (write_new(temp, data, len, mode))
		return -1;
	if (rename(temp, path)) {
		remove_temp(temp);
		return -1;
	}
	return sync_dir(dir);
}

int file_write_atomic(const char *path, const void *data, size_t len, mode_t mode, struct diags *d)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const char *real = path_real(a, path);
	struct stat st;

	/* A link stays a link: the file it leads to is replaced. A device or a folder is not
	 * replaced: as root, rename() would turn /dev/null into a file. */
	if (real && stat(real, &st) == 0 && !S_ISREG(st.st_mode))
		return diag_error(d, D_IO, NO_SPAN, "cannot write \"%s\": it is not a regular file",
				  path);
	if (replace(a, real ? real : path, data, len, mode))
		return io_error(d, "write", path);
	return 0;
}

static int make_one(const char *path, mode_t mode)
{
	int failed;

	if (mkdir(path, mode) == 0)
		return 0;
	failed = errno;
	if (dir_exists(path))
		return 0;
	errno = failed;
	return -1;
}

int dir_make(const char *path, mode_t mode, struct diags *d)
{
	_cleanup_arena_ struct arena *a = arena_new();
	char *part = arena_strdup(a, path), *slash = part;

	/* The first character may be the slash of the root, which is there. */
	while (*slash && (slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (make_one(part, mode))
			return io_error(d, "create folder", part);
		*slash = '/';
	}
	return make_one(part, mode) ? io_error(d, "create folder", path) : 0;
}

bool file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

bool dir_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

char *path_join(struct arena *a, const char *dir, const char *rest)
{
	size_t len = dir ? strlen(dir) : 0;

	if (len == 0 || *rest == '/')
		return arena_strdup(a, rest);
	if (*rest == '\0')
		return arena_strdup(a, dir);
	return arena_printf(a, "%s%s%s", dir, dir[len - 1] == '/' ? "" : "/", rest);
}

/* Length of `path` less the slashes at its end, but at least the one of "/". */
static size_t trimmed_len(const char *path, size_t len)
{
	while (len > 1 && path[len - 1] == '/')
		len--;
	return len;
}

char *path_dir(struct arena *a, const char *path)
{
	size_t len = trimmed_len(path, strlen(path));

	while (len && path[len - 1] != '/')
		len--;
	if (len == 0)
		return arena_strdup(a, ".");
	return arena_strndup(a, path, trimmed_len(path, len));
}

const char *path_base(const char *path)
{
	size_t len = trimmed_len(path, strlen(path));

	while (len && path[len - 1] != '/')
		len--;
	return path + len;
}

char *path_real(struct arena *a, const char *path)
{
	char resolved[PATH_MAX];

	return realpath(path, resolved) ? arena_strdup(a, resolved) : NULL;
}
