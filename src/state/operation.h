/* operation.h - the operation object: lease and journal in one document (DESIGN 6). */
#ifndef STATE_OPERATION_H
#define STATE_OPERATION_H

#include "base/vec.h"
#include "model/value.h"

enum { OPERATION_FORMAT = 1 };

enum intent_status { INTENT_OPEN, INTENT_DONE, INTENT_FAILED };

struct intent {
	const char *address, *type;
	const char *action; /* create, update, replace, delete */
	const char *nonce;  /* marker of the create */
	const char *old_id, *incarnation;
	const char *identity; /* natural name, or parent address and child key; no stack needed */
	struct value *paths;  /* update: property path -> {before, after} digests */
	enum intent_status status;
	/* Results, as they come. */
	const char *id, *ret_incarnation, *marker;
	struct value *props, *attributes;
	bool deleted;
	const char *error;
};
struct operation_doc {
	const char *id; /* uuid of the operation */
	const char *command;
	const char *lineage;
	int64_t epoch, serial;
	bool free; /* released */
	const char *user, *host, *started;
	struct value *owner; /* boot id, pid namespace, pid, start time */
	struct value *random; /* drawn values */
	VEC(struct intent *) intents;
	const char *version;
};

int operation_parse(struct arena *a, const char *text, size_t len, const char *where,
		    struct operation_doc **ret, struct diags *d);
char *operation_write(struct arena *a, const struct operation_doc *o, size_t *ret_len);

#endif
