/* state.h - the state document (see docs/state-format.md).
 *
 * What cinfra set and what AWS answered, one entry per address, plus deposed objects. Secrets are
 * stored as salted digests. Reading refuses what it does not know fully: nothing is dropped. */
#ifndef STATE_STATE_H
#define STATE_STATE_H

#include "base/map.h"
#include "base/vec.h"
#include "model/value.h"

enum { STATE_FORMAT = 1 };

struct state_object {
	const char *id, *incarnation, *marker; /* marker: nonce of its cinfra:id tag */
	struct value *props, *attributes;
	const char *deposed; /* key of a deposed object, NULL for the current one */
};
struct state_resource {
	const char *address, *type;
	struct state_object *current; /* NULL: deleted by an unfinished replacement */
	VEC(struct state_object *) deposed;
	VEC(const char *) depends;
	bool protect, retain, empty_on_destroy;
	/* An update under way: operation, and property paths with digests before and after. */
	struct value *pending;
	const char *deleted_by; /* operation that deleted it half way; NULL */
};
struct state {
	const char *stack, *stage, *lineage;
	int64_t serial, epoch;
	const char *account, *partition, *region; /* NULL until the first apply */
	struct map *resources;			  /* address -> struct state_resource * */
	struct value *outputs;			  /* name -> {value, sensitive} */
	struct value *random;			  /* name -> text */
	const char *version;			  /* backend version it was read at; NULL: new */
	bool dirty;				  /* changed in memory since it was read */
	struct arena *arena;
};

/* Every resource there is, in order of insertion. */
#define state_each(s, r)                                                                           \
	map_each((s)->resources, r##_entry)                                                        \
		for (struct state_resource *r = r##_entry->value; r; r = NULL)

struct state *state_new(struct arena *a, const char *stack, const char *stage);
/* Parse a document. Errors name the backend's description `where`. */
int state_parse(struct arena *a, const char *text, size_t len, const char *where,
		struct state **ret, struct diags *d);
/* The document; every call draws a new random, so that equal states differ in bytes. */
char *state_write(struct arena *a, const struct state *s, size_t *ret_len);
struct state_resource *state_get(const struct state *s, const char *address);
struct state_resource *state_put(struct state *s, const char *address, const char *type);
void state_remove(struct state *s, const char *address);
size_t state_len(const struct state *s);
/* The deposed object of this key, NULL when there is none. */
struct state_object *state_deposed(const struct state_resource *r, const char *key);
/* Forget a deposed object; the resource goes too when nothing is left of it. */
void state_remove_deposed(struct state *s, const char *address, const char *key);

/* Copies of `v` safe to store: sensitive values become VALUE_DIGEST with a fresh salt. */
struct value *state_redact(struct arena *a, const struct value *v);
/* Does a plain value match a stored digest? */
bool state_digest_matches(const struct value *digest, const struct value *plain);

#endif
