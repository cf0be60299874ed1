/* zip.h - deterministic zip files from folders, over libzip.
 *
 * The same content gives the same entries in the same order with the same times (1980-01-01) and
 * modes (0755 when any execute bit is set, else 0644) on every machine; the compressed bytes
 * follow the zlib in use, which is why packages are compared by their content digest. */
#ifndef BASE_ZIP_H
#define BASE_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/hash.h"

/* What goes into a package: sorted relative names and where their bytes are. */
struct zip_source {
	const char *name; /* inside the zip, '/' separated */
	const char *path; /* file to read */
	int executable;
	int64_t size;
};
struct zip_plan {
	struct zip_source *items;
	size_t len;
	int64_t bytes;			 /* uncompressed */
	char digest[SHA256_HEX_LEN + 1]; /* over names, modes and contents; not over zip bytes */
};

/* List a folder's (or one file's) content, less what an `ignore` pattern (NULL-terminated, may be
 * NULL) matches, and digest it. A link that leads out of the folder is an error. */
int zip_plan_path(struct arena *a, const char *path, const char *const *ignore,
		  struct zip_plan *ret, struct diags *d);
/* Write the zip to `out_path` (streamed; memory does not grow with its size). */
int zip_write(const struct zip_plan *p, const char *out_path, struct diags *d);

/* A zip that somebody else made: a file whose name ends in .zip. */
bool zip_is_one(const char *path);
/* Bytes of the files in a zip, as the zip itself says. */
int zip_unpacked_size(const char *path, int64_t *ret, struct diags *d);

#endif
