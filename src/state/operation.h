/* operation.h - the operation object: lease and journal in one document (DESIGN 6).
 *
 * One intent for every change of a run, written before the first mutating call; results are added
 * to the intents as they come. A released object is `free` and holds no intents. */
#ifndef STATE_OPERATION_H
#define STATE_OPERATION_H

#include "base/vec.h"
#include "model/value.h"

enum { OPERATION_FORMAT = 1 };

/* How far the work on an intent came. */
enum intent_status {
	INTENT_OPEN,   /* not begun, or under way: nobody knows */
	INTENT_DONE,   /* all of it */
	INTENT_FAILED, /* an error came back; parts of it may have been done */
};

struct intent {
	const char *address, *type;
	const char *action; /* create, update, replace, delete, forget */
	const char *nonce;  /* marker of the create, and key of the object that it deposes */
	const char *old_id, *incarnation; /* of the object that is updated or deleted */
	const char *deposed; /* delete: key of the deposed object; NULL: the current one */
	bool create_first;   /* replace: the new object is made before the old one is deleted */
	struct value *
		identity; /* of a create, see engine/identity.h: finds the object, no stack needed */
	struct value *paths; /* update: property path -> {before, after} digests */
	/* What the state is to remember beside the object, so that settling needs no stack. */
	VEC(const char *) depends;
	bool protect, retain, empty_on_destroy;

	enum intent_status status;
	/* Results, as they come. */
	const char *id, *ret_incarnation; /* of the object made; id stands before status is DONE */
	struct value *props, *attributes; /* secrets as digests */
	bool deleted;
	bool unmarked; /* the object made, or to be updated, lacks its tag */
	/* With INTENT_OPEN: it failed, and nobody knows whether an object was made. */
	const char *error;

	/* Of a suspect: the operation that it is of, when that began, and how long its object is
	 * still looked for; NULL: nobody has looked yet. */
	const char *operation, *since, *until;
	bool looked_for; /* in this run, and not found; not stored */
};
typedef VEC(struct intent *) intents;

struct operation_doc {
	const char *id; /* uuid of the operation */
	const char *command;
	const char *lineage;
	const char *account, *partition, *region; /* what its intents are about */
	int64_t epoch, serial;
	int64_t life;	/* of the lease, seconds; 0: a minute */
	bool has_state; /* a state was written beside it: where none is, it was lost */
	bool free;	/* released */
	/* Its owner has left, or it was taken from it by hand; its intents are to be settled. */
	bool unlocked;
	const char *user, *host, *started;
	struct value *owner;  /* boot id, pid namespace, pid, start time; see owner.h */
	struct value *random; /* drawn values */
	intents intents;
	/* Creates of earlier operations that may still turn up. They outlive the release. */
	intents suspects;
	const char *version; /* backend version it was read at; NULL: new */
};

/* Parse a document, as state_parse. */
int operation_parse(struct arena *a, const char *text, size_t len, const char *where,
		    struct operation_doc **ret, struct diags *d);
/* The document; every call draws a new random. */
char *operation_write(struct arena *a, const struct operation_doc *o, size_t *ret_len);

/* "apply by ada on build-7" */
char *operation_who(struct arena *a, const struct operation_doc *o);

#endif
