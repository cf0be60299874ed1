/* provider.h - the seam through which plan and engine reach a cloud. Nothing here knows AWS. */
#ifndef MODEL_PROVIDER_H
#define MODEL_PROVIDER_H

#include "base/arena.h"
#include "base/diag.h"
#include "model/resource.h"
#include "model/schema.h"

/* A section of the stack language. */
struct kind {
	const char *section;	  /* "queues" */
	const char *word;	  /* "queue": in messages, and the key of an event */
	const char *type;	  /* main resource type, NULL: none */
	const struct prop *words; /* short forms; the type's properties follow in snake_case */
	const char *doc;	  /* a paragraph for docs/ */
	const char *example;	  /* YAML */
	const struct verb *verbs; /* what `allow` may say about it, ends with a NULL name */
	const void *impl;	  /* the provider's own: expansion functions */
};
struct verb {
	const char *name;	    /* "read" */
	const char *const *actions; /* IAM actions, NULL-terminated */
	/* ARN suffixes the actions apply to: "" the thing itself, "/index/<star>" its indexes, ... */
	const char *const *resources;
};

struct account {
	const char *id, *partition, *region;
	const char *arn; /* of the caller */
};

enum operation_kind { OPERATION_READ, OPERATION_CREATE, OPERATION_UPDATE, OPERATION_DELETE };

/* One unit of work on one resource. The caller fills the first part and owns it; the provider
 * fills the second in `arena`. Blocking; called from any thread, each operation by one. */
struct operation {
	enum operation_kind kind;
	const char *address;
	const struct type *type;
	const struct value *wanted;	/* create, update: properties, nothing unknown */
	const struct value *recorded;	/* properties set by us before, or NULL */
	const struct value *attributes; /* recorded computed properties, or NULL */
	const struct value *live;	/* update: as read by the plan */
	const char *id;			/* physical id; NULL: not created (read: by name) */
	/* Create: value of the cinfra:id tag. Update: put that tag too. Read: look for what a create with this marker has made,
	 * be it that its reply was lost or that its run died; `wanted` holds what its intent knew. */
	const char *marker;
	/* Create, and read by marker: ids of this type on record, up to NULL. The object looked for
	 * is none of them. May be NULL. */
	const char *const *known;
	/* Create, and read by marker: a create with this marker was not sent before, Unix time; 0:
	 * not before now, or unknown. */
	int64_t since_ms;
	const char *incarnation; /* delete: as recorded; another one is left alone */
	const struct package *package;
	bool empty_first; /* delete: bucket contents too */
	/* Read: also what is not managed. Delete: more may be there than is on record. */
	bool all;
	bool created_now;   /* read: made in this run, so absence is retried */
	int64_t timeout_ms; /* 0: the type's own */
	struct arena *arena;
	struct diags *diags;
	/* Called between the steps of a create as soon as the physical id is known. May be NULL. */
	void (*created)(void *ctx, const struct operation *op);
	/* Called before waiting, with what is waited for; NULL. */
	void (*waiting)(void *ctx, const char *what);
	/* True when the run is to end: waits stop at once. May be NULL. */
	bool (*cancelled)(void *ctx);
	void *ctx;

	bool absent; /* read, delete: it is not there (any more) */
	/* Create: exists and is not ours; an error was added. Read by marker: the same, without an
	 * error; `absent` is set too. */
	bool foreign;
	bool unmarked;	/* read by marker: found, but the tag is not put yet */
	bool uncertain; /* create: failed, and nobody knows whether the object was made */
	/* Create: it was repeated, as what the first call may have made did not show up; it still
	 * may, beside the object made. */
	bool surplus;
	const char *ret_id;
	const char *ret_incarnation; /* tells a re-creation apart; NULL: none */
	struct value *ret_live;	     /* properties as AWS has them, CFN's names */
	/* Computed properties; of an update all of them, with those in `attributes` that stayed. */
	struct value *ret_attributes;
	int failed; /* set when run() returned -1 */
};

struct provider {
	const struct type *(*type)(const char *name); /* NULL: unknown */
	const struct type *const *(*types)(size_t *ret_len);
	const struct kind *const *(*kinds)(size_t *ret_len);
	const struct kind *(*kind)(const char *section);

	/* Who we are: one call, remembered. -1 with D_AUTH when credentials are missing or bad. */
	int (*identity)(struct provider *p, struct account *ret, struct diags *d);
	/* Entries to resources: names made, references resolved to resource attributes, rights
	 * derived, packages digested. `account` may be NULL (validate): then what depends on it
	 * is unknown. All errors are collected. */
	int (*expand)(struct provider *p, struct arena *a, const struct stack *s,
		      const struct account *account, struct resource_list *ret, struct diags *d);
	/* Run `n` operations: n > 1 only for reads of one type, up to type->batch. Returns -1
	 * when any failed; each says so in `failed`, with errors in its own diags. What they
	 * return may share memory: their arenas end together. */
	int (*run)(struct provider *p, struct operation *const *ops, size_t n);
	/* What a computed property will be, from properties alone; NULL: not before create.
	 * Returns VALUE_UNKNOWN while a property it needs is unknown. */
	struct value *(*derive)(struct provider *p, struct arena *a, const struct type *type,
				const char *attribute, const struct value *props,
				const struct account *account);
	/* How many operations of this type may run at once, and a key that serialises writers
	 * (per function, API, bucket ...); NULL key: none. */
	int (*pace)(const struct type *type);
	const char *(*lock_key)(struct arena *a, const struct type *type, const struct value *props,
				const char *address);
	/* How long after a create was sent AWS may still not show what it made, and a second create
	 * would make another object, milliseconds; 0: AWS makes but one, so it is simply repeated. */
	int64_t (*settle_ms)(const struct type *type);
	/* How long after it was signed a request of this type may still be carried out. */
	int64_t (*late_ms)(const struct type *type);
	void *impl;
};

#endif
