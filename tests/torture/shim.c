/* shim.c - preloaded into cinfra: the n-th operation on files, or the n-th allocation, fails.
 *
 *	TORTURE=file:12		the 12th fails with EIO
 *	TORTURE=disk:12		from the 12th on, whatever would write fails with ENOSPC
 *	TORTURE=memory:12	the 12th allocation returns NULL
 *	TORTURE_LOG=PATH	every one is written there: "NUMBER OPERATION PATH"
 *
 * Number 0 fails nothing. What lies in folders of the system is not counted. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum mode { NOTHING, FILES, DISK, MEMORY };
enum { FDS = 1024 };

static enum mode mode;
static long wanted;
static atomic_long seen;
static int log_fd = -1;
static atomic_bool ours[FDS]; /* descriptors of files that count */

__attribute__((constructor)) static void begin(void)
{
	static const char *const names[] = { "", "file:", "disk:", "memory:" };
	const char *text = getenv("TORTURE"), *path = getenv("TORTURE_LOG");

	for (int i = FILES; text && i <= MEMORY; i++)
		if (!strncmp(text, names[i], strlen(names[i]))) {
			mode = (enum mode)i;
			wanted = strtol(text + strlen(names[i]), NULL, 10);
		}
	if (path)
		log_fd = (int)syscall(SYS_openat, AT_FDCWD, path,
				      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	/* Its children live undisturbed. */
	unsetenv("LD_PRELOAD");
}

static void note(long number, const char *what, const char *path)
{
	char line[512];
	int len;

	if (log_fd < 0)
		return;
	len = snprintf(line, sizeof(line), "%ld %s %s\n", number, what, path);
	if (len > 0)
		syscall(SYS_write, log_fd, line, len < (int)sizeof(line) ? len : (int)sizeof(line));
}

/* --- files --- */

/* What fortified callers call. */
ssize_t __read_chk(int fd, void *buf, size_t n, size_t size);
ssize_t __readlink_chk(const char *path, char *buf, size_t n, size_t size);
char *__realpath_chk(const char *path, char *resolved, size_t size);

static bool counts(const char *path)
{
	static const char *const system[] = { "/usr/", "/etc/", "/lib/", "/dev/", "/sys/", NULL };

	for (int i = 0; system[i]; i++)
		if (!strncmp(path, system[i], strlen(system[i])))
			return false;
	return true;
}

static bool is_ours(int fd)
{
	return fd >= 0 && fd < FDS && ours[fd];
}

/* Shall this one fail? errno says how. */
static bool fails(const char *what, const char *path, bool writes)
{
	long number;

	if (mode != FILES && mode != DISK)
		return false;
	number = ++seen;
	note(number, what, path);
	if (!wanted || (mode == FILES ? number != wanted : number < wanted || !writes))
		return false;
	errno = mode == FILES ? EIO : ENOSPC;
	return true;
}

static bool path_fails(const char *what, const char *path, bool writes)
{
	return counts(path) && fails(what, path, writes);
}

static bool fd_fails(const char *what, int fd, bool writes)
{
	return is_ours(fd) && fails(what, "", writes);
}

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}
#define NEXT(name) ((__typeof__(&(name)))next(#name))

static int opened(int fd, const char *path)
{
	if (fd >= 0 && fd < FDS)
		ours[fd] = counts(path);
	return fd;
}

static int open_mode(int flags, va_list ap)
{
	return flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, int) : 0;
}

int open(const char *path, int flags, ...)
{
	va_list ap;
	int permissions;

	va_start(ap, flags);
	permissions = open_mode(flags, ap);
	va_end(ap);
	if (path_fails("open", path, flags & O_CREAT))
		return -1;
	return opened(NEXT(open)(path, flags, permissions), path);
}

int open64(const char *path, int flags, ...)
{
	va_list ap;
	int permissions;

	va_start(ap, flags);
	permissions = open_mode(flags, ap);
	va_end(ap);
	return open(path, flags, permissions);
}

int openat(int dir, const char *path, int flags, ...)
{
	va_list ap;
	int permissions;

	va_start(ap, flags);
	permissions = open_mode(flags, ap);
	va_end(ap);
	if (path_fails("openat", path, flags & O_CREAT))
		return -1;
	return opened(NEXT(openat)(dir, path, flags, permissions), path);
}

int close(int fd)
{
	bool failed = fd_fails("close", fd, false);
	int why = errno, r;

	if (fd >= 0 && fd < FDS)
		ours[fd] = false;
	r = NEXT(close)(fd);
	if (!failed)
		return r;
	errno = why;
	return -1;
}

ssize_t read(int fd, void *buf, size_t n)
{
	return fd_fails("read", fd, false) ? -1 : NEXT(read)(fd, buf, n);
}

ssize_t __read_chk(int fd, void *buf, size_t n, size_t size)
{
	if (n > size)
		abort();
	return read(fd, buf, n);
}

ssize_t pread(int fd, void *buf, size_t n, off_t at)
{
	return fd_fails("pread", fd, false) ? -1 : NEXT(pread)(fd, buf, n, at);
}

ssize_t write(int fd, const void *buf, size_t n)
{
	return fd_fails("write", fd, true) ? -1 : NEXT(write)(fd, buf, n);
}

int fsync(int fd)
{
	return fd_fails("fsync", fd, true) ? -1 : NEXT(fsync)(fd);
}

int fchmod(int fd, mode_t permissions)
{
	return fd_fails("fchmod", fd, false) ? -1 : NEXT(fchmod)(fd, permissions);
}

int ftruncate(int fd, off_t len)
{
	return fd_fails("ftruncate", fd, true) ? -1 : NEXT(ftruncate)(fd, len);
}

int flock(int fd, int operation)
{
	return fd_fails("flock", fd, false) ? -1 : NEXT(flock)(fd, operation);
}

int rename(const char *from, const char *to)
{
	return path_fails("rename", to, true) ? -1 : NEXT(rename)(from, to);
}

int unlink(const char *path)
{
	return path_fails("unlink", path, false) ? -1 : NEXT(unlink)(path);
}

int mkdir(const char *path, mode_t permissions)
{
	return path_fails("mkdir", path, true) ? -1 : NEXT(mkdir)(path, permissions);
}

int stat(const char *path, struct stat *st)
{
	return path_fails("stat", path, false) ? -1 : NEXT(stat)(path, st);
}

int lstat(const char *path, struct stat *st)
{
	return path_fails("lstat", path, false) ? -1 : NEXT(lstat)(path, st);
}

int fstat(int fd, struct stat *st)
{
	return fd_fails("fstat", fd, false) ? -1 : NEXT(fstat)(fd, st);
}

ssize_t readlink(const char *path, char *buf, size_t n)
{
	return path_fails("readlink", path, false) ? -1 : NEXT(readlink)(path, buf, n);
}

ssize_t __readlink_chk(const char *path, char *buf, size_t n, size_t size)
{
	if (n > size)
		abort();
	return readlink(path, buf, n);
}

char *realpath(const char *path, char *resolved)
{
	return path_fails("realpath", path, false) ? NULL : NEXT(realpath)(path, resolved);
}

char *__realpath_chk(const char *path, char *resolved, size_t size)
{
	(void)size;
	return realpath(path, resolved);
}

DIR *opendir(const char *path)
{
	return path_fails("opendir", path, false) ? NULL : NEXT(opendir)(path);
}

struct dirent *readdir(DIR *dir)
{
	return fails("readdir", "", false) ? NULL : NEXT(readdir)(dir);
}

FILE *fopen(const char *path, const char *how)
{
	FILE *f = path_fails("fopen", path, *how != 'r') ? NULL : NEXT(fopen)(path, how);

	if (f)
		opened(fileno(f), path);
	return f;
}

FILE *fopen64(const char *path, const char *how)
{
	return fopen(path, how);
}

size_t fread(void *buf, size_t size, size_t n, FILE *f)
{
	return fd_fails("fread", fileno(f), false) ? 0 : NEXT(fread)(buf, size, n, f);
}

size_t fwrite(const void *buf, size_t size, size_t n, FILE *f)
{
	return fd_fails("fwrite", fileno(f), true) ? 0 : NEXT(fwrite)(buf, size, n, f);
}

int fclose(FILE *f)
{
	bool failed = fd_fails("fclose", fileno(f), true);
	int why = errno, r;

	if (is_ours(fileno(f)))
		ours[fileno(f)] = false;
	r = NEXT(fclose)(f);
	if (!failed)
		return r;
	errno = why;
	return EOF;
}

/* --- memory --- */

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

#ifndef TORTURE_ADDRESS /* whose allocator is its own */
static bool no_memory(const char *what)
{
	long number;

	if (mode != MEMORY)
		return false;
	number = ++seen;
	if (number != wanted)
		return false;
	note(number, what, "");
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	return no_memory("malloc") ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return no_memory("calloc") ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return no_memory("realloc") ? NULL : __libc_realloc(p, n);
}
#endif

__attribute__((destructor)) static void end(void)
{
	if (mode == MEMORY)
		note(seen, "end", "");
}
