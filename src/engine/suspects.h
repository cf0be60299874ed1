/* suspects.h - calls of runs that ended badly and may still arrive, kept in the operation object
 * beyond its release: creates whose object may turn up, deletes that may hit a new object. */
#ifndef ENGINE_SUSPECTS_H
#define ENGINE_SUSPECTS_H

#include "engine/journal.h"

/* provider.settle_ms of a type, 0 without: above 0 AWS makes another object at each create. */
int64_t engine_settle_ms(const struct engine *e, const struct type *type);
/* A create of which nobody knows whether it made an object. */
bool suspect_is_lost(const struct intent *i);
bool suspect_expired(const struct intent *suspect);
/* A suspect of this intent's create, whatever became of that: another object of it. `since`: when its
 * operation began. */
struct intent *suspect_of(struct arena *a, const struct intent *of, const char *operation,
			  const char *since);
/* What the document of a run that follows `previous` is to keep of it. */
void suspects_inherit(struct journal *j, const struct operation_doc *previous);
/* A create of this intent may have made another object than the one that was noted. */
void suspects_add(struct journal *j, const struct intent *i);
/* At the release: what the state knows now goes, what this run leaves behind comes. */
void suspects_settle(struct journal *j);
/* When a create with this nonce was first sent at the earliest, Unix time; 0: not before now. */
int64_t suspects_since_ms(const struct operation_doc *doc, const char *nonce);
/* How long a create of this type must wait because a delete may still arrive, milliseconds. */
int64_t suspects_hold_ms(const struct operation_doc *doc, const struct type *type);

#endif
