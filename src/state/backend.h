/* backend.h - where state is kept: two small objects with versions and compare-and-swap. */
#ifndef STATE_BACKEND_H
#define STATE_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/vec.h"

enum backend_object { OBJECT_STATE, OBJECT_OPERATION };

/* A version of the state that the store still has. */
struct backend_version {
	const char *id, *written; /* opaque; "2026-11-21T14:00:00.000Z" */
	int64_t size;
	bool current, deleted; /* deleted: the mark of a deletion, without content */
};
typedef VEC(struct backend_version) backend_versions;

/* A version is opaque text (an ETag, a digest); it never comes back once it was replaced. */
struct backend {
	/* Read an object. Returns 0 with content and version; 1 when there is none; -1. */
	int (*read)(struct backend *b, enum backend_object o, struct arena *a, char **ret,
		    size_t *ret_len, const char **ret_version, struct diags *d);
	/* Replace the object if its version is still `expected` (NULL: only create). Durable when
	 * it returns 0. Returns 1 when someone else wrote it (nothing was written); -1 on error:
	 * whether it was written is then unknown until it is read. */
	int (*write)(struct backend *b, enum backend_object o, const char *data, size_t len,
		     const char *expected, struct arena *a, const char **ret_version,
		     struct diags *d);
	/* Age of the object's last version by the store's own clock, milliseconds; -1 unknown. */
	int64_t (*age_ms)(struct backend *b, enum backend_object o, struct diags *d);
	const char *(*describe)(const struct backend *b); /* for messages */
	void (*close)(struct backend *b);
	/* The state's versions, newest first; *ret_more: there are older ones. */
	int (*history)(struct backend *b, struct arena *a, backend_versions *ret, bool *ret_more,
		       struct diags *d);
	/* Read one of them, as `read`. */
	int (*read_version)(struct backend *b, const char *id, struct arena *a, char **ret,
			    size_t *ret_len, struct diags *d);
};

/* Files `<dir>/<name>.json` and `<dir>/<name>.op.json`, mode 0600, writers serialised by a flock
 * on `<dir>/<name>.lock`. The folder is made by the first write. The state before the last write stays
 * as `<dir>/<name>.json.backup`: the version "backup". */
struct backend *backend_file_new(const char *dir, const char *name);

#endif
