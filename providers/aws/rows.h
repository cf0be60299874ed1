/* rows.h - how a resource type is written: one row per property (model/schema.h), one per call.
 *
 * A type is one file, types/<service>_<name>.c, that defines
 *
 *     const struct type aws_type_<service>_<name> = { .name = "AWS::...", .props = props,
 *                                                     .impl = &impl };
 *
 * with `impl` a struct aws_type. The interpreter (run.c) walks the call rows in their order:
 *
 *   CREATE  the first row makes the resource; later ones run when a property of their groups is
 *           wanted
 *   UPDATE  runs when a property of its groups changed or went away
 *   READ    the first row proves that the resource is there and always runs; later ones run
 *           when a property of their groups is managed
 *   REMOVE  all run, in order; what is absent already is fine
 *   FIND    looks the resource up when its id is unknown (AWS assigns the id), among others
 *           like it if need be; the first READ row does where it can, as it goes by a name
 *
 * A call's input is made of `in` (identity), the wanted properties of `groups`, tags, and `fixed`;
 * then the `build` hook may mend it. A reply is decoded at `root` by the property rows of
 * `groups`; then `parse` may mend the result. What rows cannot say is a `step` in C.
 */
#ifndef AWS_ROWS_H
#define AWS_ROWS_H

#include "aws/client.h"
#include "model/provider.h"

struct aws_run;

enum aws_verb {
	CREATE = 1 << 0,
	READ = 1 << 1,
	UPDATE = 1 << 2,
	REMOVE = 1 << 3,
	FIND = 1 << 4,
	PUT = CREATE | UPDATE,
};

/* Groups say which calls carry a property. A row without group is in G_MAIN. */
enum {
	G_MAIN = 1 << 0,
	G_ID = 1 << 1,	 /* identity: sent by `in` only */
	G_TAGS = 1 << 2, /* the Tags property, sent and read in the call's own form */
	G_A = 1 << 3,	 /* the type's own: give them names with an enum */
	G_B = 1 << 4,
	G_C = 1 << 5,
	G_D = 1 << 6,
	G_E = 1 << 7,
	G_F = 1 << 8,
	G_G = 1 << 9,
	G_H = 1 << 10,
	G_I = 1 << 11,
	G_J = 1 << 12,
	G_K = 1 << 13,
	G_L = 1 << 14,
};

enum aws_when {
	WHEN_ANY,
	WHEN_SET,     /* something of the groups is still wanted */
	WHEN_CLEARED, /* nothing of the groups is wanted any more: the call carries no property */
	WHEN_ADDED,   /* `each` or tags: once per new item, or with the new tags */
	WHEN_REMOVED, /* `each` or tags: once per item that went, or with the gone keys */
};

/* How a call writes tags: as {"k": "v"}, as [{"Key", "Value"}], or as KMS's TagKey/TagValue. */
enum aws_tags { TAGS_NONE, TAGS_MAP, TAGS_LIST, TAGS_KMS };

/* Poll a READ row until a member of its reply says so. */
struct aws_wait {
	const char *read;   /* operation name of a READ row of the type */
	const char *path;   /* member of the raw reply: "Table.TableStatus" */
	const char *ready;  /* values that end the wait well: "ACTIVE" or "A|B" */
	const char *failed; /* values that end it badly, with `why` as the reason */
	const char *why;    /* path of the reason */
	/* Instead of path: 1 ready, 0 not yet, -1 failed (error added). */
	int (*done)(struct aws_run *r, const struct value *reply);
	bool gone;	   /* wait until the read says absent */
	int64_t timeout_s; /* 0: 600 */
	const char *what;  /* for people: "the table to become active" */
};

struct aws_op {
	unsigned verbs;
	const char *name;					/* AWS's operation */
	const char *service;					/* NULL: the type's */
	const char *method, *path, *query, *headers, *xml_root; /* see struct aws_call */
	unsigned groups;
	enum aws_when when;
	/* "QueueUrl, Bucket=BucketName, ResourceArn=arn:${partition}:...": member=where from, a name
	 * for run_identity or a text of such names. */
	const char *in;
	const char *fixed;   /* JSON object merged into the input */
	const char *wrap;    /* put the groups' properties below this member ("Attributes") */
	const char *payload; /* REST: the member that is the whole body, as text */
	bool raw_reply;	     /* the reply is no XML or JSON tree: `parse` looks at its bytes */
	const char *body;    /* this property's members are the input, not the property itself */
	bool strings;	     /* values as text: SQS's and SNS's attribute maps */
	bool partial;	     /* UPDATE: send what changed only; what went away as .reset or .def */
	bool checksum;	     /* S3: x-amz-checksum-sha256 */
	enum aws_tags tags;
	const char *tags_as; /* member that carries tags; NULL: "Tags"; in READ a path */
	const char *keys_as; /* WHEN_REMOVED: member for tag keys; NULL: "TagKeys" */
	const char *each;    /* a LIST property: one call per item ... */
	const char *each_as; /* ... sent as this member */
	bool each_attribute; /* one call per changed property: AttributeName, AttributeValue */
	/* Replies. */
	const char *root;  /* where the properties lie: "Table"; NULL: the whole reply */
	const char *out;   /* "QueueUrl, Role.Arn=Arn": path=attribute, from the whole reply */
	const char *list;  /* root is found in this list ... */
	const char *match; /* ... as the item in which "member=Property" are equal, all of them */
	bool alike;	   /* ... and the properties with P_FIND are as wanted */
	const char *batch_in; /* member that takes the names of a whole batch ... */
	const char *batch_by; /* ... made of this property */
	const char *page;     /* "NextToken" or "Marker=NextMarker": request=reply token */
	bool shared;	      /* the same reads of one refresh are made once */
	const char *needs;    /* READ: absent unless this property came */
	const char *absent;   /* error codes, '|' between, that say the resource is not there */
	const char *unset;    /* error codes that say only these groups are not set ... */
	const char *unset_as; /* ... which makes `body` this, in JSON; NULL: absent */
	const char *denied;   /* what a refusal of this call may mean, for people */
	const struct aws_wait *wait; /* after the call */
	int64_t timeout_ms;	     /* one attempt; 0: the client's */
	int (*build)(struct aws_run *r, const struct aws_op *op, struct value *input);
	/* After decoding; 1: the reply says that the resource is not there. */
	int (*parse)(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
		     struct value *props);
	int (*step)(struct aws_run *r, const struct aws_op *op); /* instead of a call */
	bool (*only)(struct aws_run *r); /* asked before; false skips the row */
};

/* Errors worth waiting for: propagation, a busy parent, a name not free yet. */
struct aws_retry {
	const char *op;	  /* NULL: every call of the type */
	const char *code; /* '|' between */
	const char *text; /* part of the message; NULL: any */
	int64_t seconds;  /* keep trying this long */
	const char *what; /* for people: "the role to become visible to Lambda" */
};

/* Whose is what a create's name, mark or place leads to? */
enum aws_found {
	FOUND_NONE,
	FOUND_OURS,    /* the create's */
	FOUND_OTHER,   /* this stack's, of another create: on record, or not gone yet */
	FOUND_FOREIGN, /* somebody else's */
};

struct aws_type {
	const char *service; /* aws_service() id */
	const struct aws_op *ops;
	const struct aws_retry *retries;
	bool camel;	    /* wire names begin with a small letter */
	bool upsert;	    /* create over an existing one succeeds silently: read first */
	const char *exists; /* error codes of a create that say the name is taken */
	const char *unseen; /* error codes of its later calls: what was made is not visible yet */
	const char *incarnation; /* computed property that tells a re-creation apart */
	const char *lock;	 /* property whose value serialises writers, across types */
	int pace;		 /* operations at once; 0: the service's */
	bool untagged;		 /* takes no tags: a create cannot be marked */
	bool marked_later;	 /* its tags are put by a call after the create */
	bool duplicates; /* AWS makes another one at every create: none is repeated unseen */
	/* After a read: AWS's spelling to CloudFormation's, in `live` and `attributes`. */
	void (*normalize)(struct aws_run *r, struct value *live, struct value *attributes);
	/* Whose is an object, as read, that bears no mark but the name, or is in the place, of what
	 * a create makes? Returns enum aws_found, or -1. Without it: ours if the type takes no
	 * tags, else foreign. */
	int (*whose)(struct aws_run *r);
	/* The same of one that AWS lets us not even look at; -1: no telling. */
	int (*refused)(struct aws_run *r);
};

/* clang-format off */
#define OP(v, n, ...) { .verbs = (v), .name = (n), __VA_ARGS__ }
#define STEP(v, n, fn, ...) { .verbs = (v), .name = (n), .step = (fn), __VA_ARGS__ }
#define OP_END { .name = NULL }
#define RETRY(...) { __VA_ARGS__ }
#define RETRY_END { .code = NULL }
/* clang-format on */

#endif
