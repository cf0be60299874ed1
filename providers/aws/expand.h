/* expand.h - from the entries of a stack to resources.
 *
 * A kind is one file, kinds/<section>.c, that defines
 *
 *     const struct kind aws_kind_<section> = { ..., .impl = &impl };
 *
 * with `impl` a struct aws_kind. Expansion goes over all entries, in the file's order, in rounds:
 *
 *   declare  make the main resource, and the parts that need no other entry
 *   wire     reach out to other entries: rights, permissions, mappings, statements in their policies
 *   finish   make the nodes that others added to: policies and notifications
 *
 * Then overrides are merged, `${...}` become attributes of resources, and every resource is checked
 * against the rows of its type. All errors are collected; a hook that finds one goes on.
 *
 * Links between resources are VALUE_EXPR (x_attribute), which also order them. What a policy says
 * about a resource is plain text where it is known beforehand (x_known): a policy needs no order,
 * and two functions that may call each other are no cycle. */
#ifndef AWS_EXPAND_H
#define AWS_EXPAND_H

#include "model/expr.h"
#include "model/provider.h"

int aws_expand(struct provider *p, struct arena *a, const struct stack *s,
	       const struct account *account, struct resource_list *ret, struct diags *d);

/* --- what follows is for kinds --- */

struct item;
struct expansion;

/* Where a `ref` word leads: an entry of this stack, or something outside by its ARN. */
struct target {
	struct item *item;	   /* NULL: outside this stack */
	const struct value *given; /* as written; NULL: no target at all */
	struct value *arn;	   /* its ARN: attribute of the entry, or as written */
};

/* Key rights that using an encrypted thing takes. */
enum key_use { KEY_DECRYPT = 1, KEY_GENERATE = 2 };
struct key_grant {
	struct value *key;
	unsigned uses;
};

/* A role whose rights grow with what its owner uses. */
struct role {
	struct item *item;
	const char *address, *policy; /* of its two resources */
	struct value *name;	      /* of the policy */
	struct value *statements;     /* a list */
	VEC(struct key_grant) keys;   /* what encryption implies, each key once */
};

/* An entry on its way to resources. */
struct item {
	const struct entry *entry;
	const struct kind *kind; /* NULL: an entry of `resources` */
	const struct aws_kind *impl;
	struct resource *main;
	VEC(struct resource *) parts;
	struct value *guard;   /* statements of the policy that guards it, a list */
	struct role *role;     /* its own, or the shared one it names; NULL: none of this stack */
	struct target key;     /* what encrypts it */
	struct value *notices; /* a bucket's notifications: {Lambda|Queue|Topic}Configurations */
	VEC(const char *) notice_needs; /* what must be there before them */
	bool failed;			/* an error was added for it */
	void *data;			/* the kind's own */
};

struct aws_kind {
	const char *arn;     /* computed property with the ARN; NULL: none */
	const char *service; /* in its ARNs: "sqs"; in messages too */
	const char *prefix;  /* of the last part of its ARNs: "table/"; NULL: none */
	void (*declare)(struct expansion *x, struct item *i);
	void (*wire)(struct expansion *x, struct item *i);
	void (*finish)(struct expansion *x, struct item *i);
	/* An attribute that is no property: `url` of an API. NULL: no such. */
	struct value *(*attribute)(struct expansion *x, struct item *i, const char *name);
	/* What `allow` speaks of where it is not the ARN; NULL: the ARN. */
	struct value *(*grants_on)(struct expansion *x, const struct item *i);
	/* Its metrics, for alarms: "AWS/SQS", and {QueueName: attribute}. */
	const char *metrics, *dimension, *dimension_of;
};

struct expansion {
	struct provider *provider;
	struct arena *arena;
	const struct stack *stack;
	const struct account *account; /* NULL: unknown */
	struct diags *diags;
	VEC(struct item *) items;
	struct map *by_address; /* of entries -> struct item * */
	struct map *resources;	/* address -> struct resource * */
	struct map *words;	/* the same by words, once all are there; NULL before */
	struct map *digests; /* packages whose code several entries share, by path and patterns */
};

/* --- words of an entry --- */

/* The word's value; NULL when it is absent or null. */
const struct value *x_word(const struct item *i, const char *word);
bool x_flag(const struct item *i, const char *word, bool fallback);
/* Where the word stands, else the entry's key. */
struct span x_at(const struct item *i, const char *word);
/* `v` as a list: what may stand bare is a list of one. NULL is empty. */
const struct value *x_list(struct expansion *x, const struct value *v);
/* Check a map written in short forms against rows (which words of PROP_ANY are not). NULL: errors. */
const struct value *x_check(struct expansion *x, const struct prop *rows, const struct value *v,
			    const char *what);
/* The same in words or, for what has none, in a type's properties in snake_case. */
const struct value *x_check_with(struct expansion *x, const struct prop *words,
				 const struct type *type, const struct value *v, const char *what);
/* One value against one row: for words that may be this or something else. NULL: errors. */
const struct value *x_check_value(struct expansion *x, const struct prop *row,
				  const struct value *v);
/* Is a value that may be more than that the boolean `b`? */
bool x_is_bool(const struct value *v, bool b);
/* Copy what `body` says into `props`: plain properties as they are, words by their `to`, which may
 * be a path ("TracingConfig.Mode"). Words of PROP_ANY or without `to` are left to the kind. */
void x_copy(struct expansion *x, const struct prop *rows, const struct type *type,
	    const struct value *body, struct value *props);
void x_set_path(struct expansion *x, struct value *props, const char *path, struct value *v);
/* "functions.f needs `handler`", at the entry's key. */
int x_lacks(struct expansion *x, const struct item *i, const char *word);
int x_error(struct expansion *x, struct span at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* "`word` comes with a later version of cinfra". */
void x_later(struct expansion *x, const struct item *i, const char *word);

/* --- resources --- */

/* NULL with an error at `at`: this version does not know the type. */
const struct type *x_type(struct expansion *x, const char *name, struct span at);
/* The entry's main resource: its words and plain properties, then `props`, its name, description,
 * and what it says under `properties`. */
struct resource *x_main(struct expansion *x, struct item *i, const char *type, struct value *props);
/* A generated part at "<entry>.<part>"; NULL when the type is not known. */
struct resource *x_part(struct expansion *x, struct item *i, const char *part, const char *type,
			struct value *props);
/* The policy that collected statements make at "<entry>.policy"; nothing without any. `link` is
 * the type's property that says whose it is. */
void x_guard_finish(struct expansion *x, struct item *i, const char *type, const char *property,
		    struct value *link);
/* "<entry>.<fmt...>" */
char *x_address(struct expansion *x, const struct item *i, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* "part.step", or `part["any text"]`. */
char *x_step(struct expansion *x, const char *part, const char *step);
void x_needs(struct expansion *x, struct resource *r, const char *address);
/* A name that is the entry's, or made of it: errors about it point at `name:`. */
struct value *x_named(struct expansion *x, const struct item *i, const char *name);
/* The name of a part, or of the entry itself with an empty suffix; unknown while the entry's is. */
struct value *x_name(struct expansion *x, const struct item *i, const char *suffix,
		     const char *type);
/* The same for what can be FIFO: `.fifo` is appended, unless a given name has it. */
struct value *x_fifo_name(struct expansion *x, const struct item *i, bool fifo, const char *type);
/* A new map {key: value, ...} up to a NULL key; NULL values are left out. */
struct value *x_map(struct expansion *x, ...) __attribute__((sentinel));
struct value *x_string(struct expansion *x, const char *text);

/* A log group as `part`: its name unless `words` (in those of log_groups, may be NULL) say another;
 * returns the resource, its properties complete. */
struct resource *x_log_group(struct expansion *x, struct item *i, const char *part,
			     struct value *name, const struct value *words);
/* `retention` and `encryption` of a log group into `props`; *ret_key gets the key. */
void x_log_words(struct expansion *x, const struct value *words, struct value *props,
		 struct target *ret_key);
/* Let CloudWatch Logs use the key for this group. */
void x_log_key(struct expansion *x, const struct target *key, const struct resource *group);

/* --- links --- */

struct value *x_attribute(struct expansion *x, const char *address, const char *property);
/* A property of a resource as text where it is known before any call, else the attribute. */
struct value *x_known(struct expansion *x, const struct resource *r, const char *property);
/* The ARN of an entry as a link, and as x_known. NULL: its kind has none. */
struct value *x_arn(struct expansion *x, const struct item *i);
struct value *x_known_arn(struct expansion *x, const struct item *i);
/* The target's ARN for a policy. */
struct value *x_target_arn(struct expansion *x, const struct target *t);
/* Text with ${account}, ${region} and ${partition} filled in, and each `%` by the next value;
 * unknown while the account is. */
struct value *x_text(struct expansion *x, const char *pattern, ...);
/* A document as JSON text; open references inside are evaluated later. */
struct value *x_json(struct expansion *x, const struct value *v);

/* --- references --- */

/* Resolve a `ref`: a name or an address of an entry of `sections` (NULL-terminated), an ARN, or an
 * expression. Where several sections fit, a bare name is an error. -1 with an error added. */
int x_ref(struct expansion *x, const struct value *v, const char *const *sections,
	  struct target *ret);
/* The section a target belongs to: the entry's, or by the ARN's service. NULL: unknown. */
const char *x_section(struct expansion *x, const struct target *t);
/* Short and stable text for the target: "jobs"; of an ARN its last word. */
char *x_target_name(struct expansion *x, const struct target *t);
/* As a step of an address: the entry's address, or quoted text. */
char *x_target_step(struct expansion *x, const struct target *t);
/* The entry with this address. NULL without an error. */
struct item *x_item(const struct expansion *x, const char *address);
/* Nearest address to suggest; NULL. */
const char *x_nearest(struct expansion *x, const char *address);

/* --- rights --- */

/* Whether its policy will say anything. */
bool x_has_rights(const struct role *r);
/* Make role and policy of an entry; `keys` (may be NULL) are written in the words of `roles`. */
struct role *x_role(struct expansion *x, struct item *i, const char *service,
		    const struct value *keys);
/* `trust` as a policy document. */
struct value *x_trust(struct expansion *x, const struct value *v);
/* The policy's resource, once everybody has added to it. Nothing without statements. */
void x_role_finish(struct expansion *x, struct role *r);
void x_grant(struct expansion *x, struct role *r, const char *const *actions,
	     struct value *resource);
#define GRANT(x, r, resource, ...)                                                                 \
	x_grant((x), (r), (const char *const[]){ __VA_ARGS__, NULL }, (resource))
/* The words `allow`, `statements` of an entry into `r`. */
void x_allow(struct expansion *x, struct item *i, struct role *r);
/* What an entry says about a part (`role: {...}`) in the words of that part's section, into
 * `props`. Returns the words that are no properties too; NULL: none, or errors. */
const struct value *x_part_words(struct expansion *x, const char *section, const char *type,
				 const struct value *v, struct value *props);
/* `policies` as managed policy ARNs; NULL without any. */
struct value *x_policies(struct expansion *x, const struct value *v);

/* `encryption` of an entry: fills i->key. Its value for the type's property, NULL without a key. */
struct value *x_encryption(struct expansion *x, struct item *i);
/* Using `t` takes these rights to its key, if it has one. */
void x_use_key(struct expansion *x, struct role *r, const struct target *t, unsigned uses);
/* The same for a key itself. */
void x_use(struct expansion *x, struct role *r, const struct target *key, unsigned uses);
/* The statements that all that makes. */
void x_key_statements(struct expansion *x, struct role *r);
/* The same for an AWS service that writes to `i`. */
void x_serve_key(struct expansion *x, const struct item *i, const char *service);

/* Add a statement to the policy that guards an entry (queue, topic, bucket, key). */
void x_guard(struct expansion *x, struct item *i, struct value *statement);
/* Let a service send to a queue or publish to a topic, from `source` only. */
void x_admit(struct expansion *x, const struct target *t, const char *service,
	     struct value *source);
/* Let a service invoke a function. `from`: the step of its address that says who. */
struct resource *x_permit(struct expansion *x, struct item *function, const char *from,
			  const char *service, struct value *source_arn, bool own_account);
/* The words `statements` of an entry into its own policy. */
void x_own_statements(struct expansion *x, struct item *i, struct value *self);
/* A dead letter queue or topic of something that runs as `r`. */
struct value *x_failure_target(struct expansion *x, struct role *r, const struct value *v);

#endif
