/* schema.h - what a resource type or a kind takes, one row per property.
 *
 * The same rows drive validation, defaults, diff, redaction, wire encoding, docs and the JSON
 * Schema. Rows are written with the macros below and designated initialisers; a table ends with
 * PROP_END. */
#ifndef MODEL_SCHEMA_H
#define MODEL_SCHEMA_H

#include "base/diag.h"
#include "model/value.h"

enum prop_type {
	PROP_STRING, /* also the item type when a LIST or MAP names none */
	PROP_INT,
	PROP_DOUBLE,
	PROP_BOOL,
	PROP_JSON,   /* a foreign document: any tree, own spelling, or JSON text */
	PROP_OBJECT, /* fixed keys: .sub */
	PROP_LIST,   /* of .item, which may be OBJECT with .sub */
	PROP_MAP,    /* free keys to .item */
	PROP_ANY,    /* short forms that take several shapes; the kind's code looks at it */
};
enum prop_flags {
	P_REQUIRED = 1 << 0,
	P_REPLACE = 1 << 1,    /* CloudFormation's createOnly: a change replaces the resource */
	P_COMPUTED = 1 << 2,   /* CloudFormation's readOnly: an attribute */
	P_WRITE_ONLY = 1 << 3, /* AWS never returns it: only stack changes show */
	P_SENSITIVE = 1 << 4,
	P_SET = 1 << 5,	     /* LIST: order and repeats do not count */
	P_TAGS = 1 << 6,     /* managed key by key, foreign keys are never a diff */
	P_NO_RESET = 1 << 7, /* AWS has no way back to its default; the plan says so */
	P_FOLD = 1 << 8,     /* text compared without case */
	P_KEYED = 1 << 9,    /* LIST of OBJECT: items are matched by .key, managed one by one */
	P_CREATE_DEFAULT = 1 << 10, /* AWS chooses when absent: never a diff unless we set it */
	P_STATIC = 1 << 11,	    /* COMPUTED: stays as it is across updates (an ARN, an id) */
	P_FIND = 1 << 12, /* tells the object from others of its kind when its id was lost; with
			   * what P_REPLACE and the name say it is kept in a create's intent */
};

struct prop {
	const char *name; /* CloudFormation's; for words of a kind, the snake_case word */
	enum prop_type type, item;
	unsigned flags;
	unsigned group;		   /* which calls carry it: the type's own bits; 0 counts as 1 */
	const struct prop *sub;	   /* rows of an OBJECT or of OBJECT items */
	const char *snake;	   /* the stack's spelling where the rule misspells it */
	const char *wire;	   /* AWS's name in requests and replies where it differs */
	const char *to;		   /* a kind's word: the property it stands for, unit dropped */
	const char *def;	   /* AWS's default as JSON text; "" or NULL: absent */
	const char *reset;	   /* what a call sends to go back to it, JSON text; NULL: .def */
	const char *const *values; /* enum, NULL-terminated */
	const char *pattern;	   /* POSIX ERE over the whole text; ranges only of ASCII */
	const char *unit;	   /* AWS's unit: "ms" "s" "m" "h" "d" "MB" "GB" "/s"; NULL: none */
	const char *key;	   /* P_KEYED: the property that tells items apart */
	const char *derive;	   /* COMPUTED: known from others before create, e.g.
				 * "arn:${partition}:sqs:${region}:${account}:${QueueName}"
				 * (providers/aws/derive.c says what else may stand there) */
	const char *changes_with;  /* COMPUTED: unknown once this property changes in place */
	bool has_range, has_length;
	double min, max;	  /* numbers */
	int64_t min_len, max_len; /* text: characters; lists and maps: items */
	bool (*equal)(const struct value *a, const struct value *b); /* NULL: by type */
	const char *doc;					     /* one sentence */
};

/* clang-format off */
#define PROP(n, t, f, ...) { .name = (n), .type = PROP_##t, .flags = (f), __VA_ARGS__ }
#define PROP_END { .name = NULL }
#define RANGE(lo, hi) .has_range = true, .min = (lo), .max = (hi)
#define LENGTH(lo, hi) .has_length = true, .min_len = (lo), .max_len = (hi)
#define VALUES(...) .values = (const char *const[]){ __VA_ARGS__, NULL }
#define OF(t) .item = PROP_##t
/* clang-format on */

enum type_flags {
	TYPE_HOLDS_DATA = 1 << 0,    /* deleting it loses data: asked for twice */
	TYPE_CREATE_FIRST = 1 << 1,  /* no fixed name: a replacement may be made first */
	TYPE_INSIDE_PARENT = 1 << 2, /* lives inside .parent: goes with it */
};

struct type {
	const char *name; /* "AWS::SQS::Queue" */
	const char *doc;
	unsigned flags;
	const struct prop *props;
	const char *id;	       /* primary identifier: properties joined by '|' */
	const char *name_prop; /* the property that carries the name; NULL: none */
	const char *parent;    /* TYPE_INSIDE_PARENT: the property that refers to the parent */
	int batch;	       /* how many one read call can take; 0: one */
	/* Conflicts between properties; sees CFN names, may hold unknowns. Adds errors. */
	void (*check)(const struct value *props, struct diags *d);
	/* Does a difference of this property (of the top level) need a new object, although its row
	 * can change in place? Sees CFN names; `want` may hold unknowns. NULL: never. */
	bool (*replaces)(const char *name, const struct value *want, const struct value *have);
	/* CloudFormation properties left out, as { "Path", "reason" } pairs up to NULL. */
	const char *const (*left_out)[2];
	/* Where rows and CloudFormation's schema differ on purpose, as { "Path", "what",
	 * "reason" } triples up to NULL; what: "extra", "type", "required", "replace",
	 * "computed", "values", "range", "length", "pattern", "order". */
	const char *const (*differs)[3];
	const void *impl; /* the provider's own */
};

const struct prop *prop_find(const struct prop *rows, const char *name); /* CFN's name */
const struct prop *prop_find_snake(const struct prop *rows, const char *word);
/* CloudFormation's name in snake_case by rule and word list: "KMSKeyArn" -> "kms_key_arn". */
char *snake_case(struct arena *a, const char *name);
const char *prop_snake(struct arena *a, const struct prop *p);
/* The default as a value, NULL when there is none. */
struct value *prop_default(struct arena *a, const struct prop *p);

enum check_flags {
	CHECK_PARTIAL = 1 << 0, /* required properties may be missing (update bodies, defaults) */
	CHECK_SNAKE = 1 << 1,	/* keys are in snake_case; the result has CFN's names */
};
/* Check `v` (a map) against rows and convert: plain text to numbers and booleans, units dropped,
 * enum spelling to AWS's, keys to CFN's. Every fault is added with its span and a hint; unknown
 * and open expressions pass. `what` names the thing for messages ("a queue").
 * *ret is the converted map also when there were errors. Returns -1 when there were any. */
int schema_check(struct arena *a, const struct prop *rows, const struct value *v, unsigned flags,
		 const char *what, struct value **ret, struct diags *d);
/* One value against one row. */
int schema_check_value(struct arena *a, const struct prop *row, const struct value *v,
		       unsigned flags, struct value **ret, struct diags *d);
/* A YAML plain scalar inside a foreign document: true/false, null, numbers (YAML 1.2 core),
 * leading zeros refused. */
int schema_plain_document(struct arena *a, const struct value *v, struct value **ret,
			  struct diags *d);

/* Are they the same to AWS? By the row: sets without order, maps key by key, .equal, defaults:
 * inside `have`, an extra member equal to its default is no difference, and so are extra tags and
 * extra items of a keyed list. */
bool prop_equal(struct arena *a, const struct prop *p, const struct value *want,
		const struct value *have);

#endif
