/* run.h - one operation on one resource, as hooks of types see it. */
#ifndef AWS_RUN_H
#define AWS_RUN_H

#include "providers/aws/rows.h"

struct aws_memo;

struct aws_run {
	struct aws_client *client;
	struct operation *op;
	const struct type *type;
	const struct aws_type *aws;
	struct arena *a;
	struct diags *d;
	const struct account *account;
	struct aws_memo *memo;	   /* replies shared by one refresh; NULL outside */
	struct value *live;	   /* READ: what AWS has, so far */
	struct value *attributes;  /* computed properties known so far */
	const char *marker_seen;   /* cinfra:id of the object read, NULL: none */
	bool with_tags;		   /* READ: tags too, to see the marker */
	const struct value *names; /* a batch's names, for batch_in */
	struct value *changed;	   /* UPDATE: map of properties that differ */
	struct value *cleared;	   /* UPDATE: map of properties that went away */
	const struct value *item;  /* `each`: the item of this call */
	struct aws_error error;	   /* of the last call that failed */
	int64_t deadline_ms;	   /* monotonic; 0: none */
	int64_t since_ms;	   /* the create was not sent before, Unix time; 0: unknown */
};

#define MARKER_TAG "cinfra:id"

/* A property or attribute by name, wherever it is known: attributes so far, wanted, recorded
 * attributes, recorded properties, the parts of the id; "Account", "Region", "Partition". */
const struct value *run_identity(const struct aws_run *r, const char *name);
const char *run_text(const struct aws_run *r, const char *name); /* NULL when it is no text */
/* The properties to be: wanted, or recorded for reads and deletes. */
const struct value *run_props(const struct aws_run *r);

/* One call of a row with this input: retries by the type's rows, pages joined (lists of `list`),
 * shared replies. Returns 0; 1 when the row's .absent or .unset codes came (*ret NULL), told apart
 * by `unset`; -1 with r->error set and no diagnostic. */
int run_call(struct aws_run *r, const struct aws_op *op, const struct value *input,
	     struct aws_reply **ret, bool *unset);
/* The row's input from `in`, groups, tags, fixed, hooks. */
int run_input(struct aws_run *r, const struct aws_op *op, unsigned verb, struct value **ret);
/* What a call sends for a property that went away: .reset, .def, or an empty value. */
struct value *run_reset(struct aws_run *r, const struct prop *p);
/* Calls that merge maps: what we set once in property `name` and want no more is sent as `blank`
 * in the input's `member`. */
void run_blank_removed(struct aws_run *r, struct value *input, const char *member, const char *name,
		       struct value *blank);
/* And what AWS or we left blank is not there. */
void run_drop_blank(struct value *map);
/* run_input and run_call, then decode and wait; errors become diagnostics. */
int run_op(struct aws_run *r, const struct aws_op *op, unsigned verb);
const struct aws_op *run_find_op(const struct aws_run *r, const char *name, unsigned verb);
/* r->error as a diagnostic at the resource; always -1. */
int run_fail(struct aws_run *r);
/* Is its code one of these, with '|' between? NULL: none. */
bool run_error_is(const struct aws_error *e, const char *codes);
/* Is `code` one of "A|B|C"? NULL codes: false. */
bool code_in(const char *code, const char *codes);
/* Sleep between polls, 0.5 s growing to 5 s; -1 when cancelled or past the deadline. */
int run_pause(struct aws_run *r, int *attempt, const char *what);
int run_wait(struct aws_run *r, const struct aws_wait *w);

/* Value in the wire's form: names by row, .strings and camel rules. */
struct value *encode_value(struct aws_run *r, const struct prop *p, const struct value *v,
			   bool strings);
/* Is this item of a list, in the wire's form, one of op->known? */
bool run_on_record(struct aws_run *r, const struct value *item);
/* Set a member by a path: "Expiration.Days" makes Expiration a map. */
void set_path(struct arena *a, struct value *map, const char *path, struct value *v);
/* And back; NULL when AWS's value means "not set". */
struct value *decode_value(struct aws_run *r, const struct prop *p, const struct value *v);
/* Decode the properties of `groups` found in the map `wire` into live and attributes. */
void decode_props(struct aws_run *r, unsigned groups, const struct value *wire);
const char *wire_name(struct aws_run *r, const struct prop *p);

/* Tags: {"k": "v"} <-> the wire's form. */
struct value *tags_encode(struct arena *a, enum aws_tags form, const struct value *tags);
struct value *tags_decode(struct arena *a, const struct value *wire);
/* Tags of a create: wanted ones and the marker. */
struct value *tags_for_create(struct aws_run *r);

/* A list whatever the protocol made of it: NULL and "" are empty, one item stands for itself. */
struct value *as_list(struct arena *a, const struct value *v);
struct value *url_decode_text(struct arena *a, const char *text);
/* "arn:${partition}:sqs:${region}:${account}:${QueueName}"; NULL: a part is missing,
 * VALUE_UNKNOWN: a part is unknown. */
struct value *derive_text(struct arena *a, const char *pattern, const struct value *props,
			  const struct account *account);

#endif
