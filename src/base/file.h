/* file.h - files read with a limit and written so that a crash leaves the old or the new content. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/diag.h"

void close_fdp(int *fd);
#define _cleanup_close_ __attribute__((cleanup(close_fdp)))

/* Read a whole file into the arena, NUL-terminated. More than `max` bytes is an error.
 * Returns 0; 1 when the file does not exist (no error added); -1. */
int file_read(struct arena *a, const char *path, size_t max, char **ret, size_t *ret_len,
	      struct diags *d);
/* Write through a temporary file beside it: fsync file, rename, fsync folder. */
int file_write_atomic(const char *path, const void *data, size_t len, mode_t mode, struct diags *d);
/* mkdir -p; existing folders are fine. */
int dir_make(const char *path, mode_t mode, struct diags *d);
bool file_exists(const char *path);
bool dir_exists(const char *path);
/* "a" + "b/c" -> "a/b/c"; an absolute second part wins. */
char *path_join(struct arena *a, const char *dir, const char *rest);
/* Folder part; "." when there is none. */
char *path_dir(struct arena *a, const char *path);
const char *path_base(const char *path);
/* Resolved path (links followed), NULL with errno when it does not exist. */
char *path_real(struct arena *a, const char *path);

/* Walk a tree: every regular file and link below `root`, sorted by byte order of its path
 * relative to root ('/' separated). `prune` (may be NULL) is asked with each relative path
 * (folders too) and cuts what it returns true for. At most `max_files`. */
struct file_entry {
	const char *path; /* relative to root */
	off_t size;
	mode_t mode; /* of the link's target */
	bool is_link;
};
struct file_list {
	struct file_entry *items;
	size_t len;
};
int dir_walk(struct arena *a, const char *root,
	     bool (*prune)(void *ctx, const char *path, bool dir), void *ctx, size_t max_files,
	     struct file_list *ret, struct diags *d);

#endif
