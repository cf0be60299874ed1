/* loader.h - what the parts of lang share while one stack is loaded. */
#ifndef LANG_LOADER_H
#define LANG_LOADER_H

#include "base/map.h"
#include "lang/lang.h"

/* What a stack may become through for_each and defaults. */
enum { LANG_MAX_ENTRIES = 20000, LANG_MAX_VALUES = 2000000 };

/* An entry as written, whether or not anything came of it. */
struct known {
	const char *section, *key;
	bool each;	       /* for_each */
	bool broken;	       /* an error was added: what refers to it is not looked at */
	bool disabled;	       /* `when` is false */
	struct map *instances; /* each.key -> itself */
	struct map *disabled_instances;
};

/* An address that an entry depends on, as written; checked once all entries are known. */
struct dependency {
	struct entry *entry;
	const struct value *address;
};

struct loader {
	struct arena *arena;
	struct sources *sources;
	const struct lang_options *options;
	struct diags *diags;
	uint32_t file;
	struct value *top; /* the file, expressions parsed */
	struct stack *stack;
	struct map *variables;	     /* name -> struct variable * */
	struct variable *evaluating; /* innermost */
	struct map *random;	     /* names declared */
	struct map *known;	     /* "section.key" -> struct known * */
	VEC(struct dependency) dependencies;
	struct map *rows;      /* section -> const struct prop *, made on demand */
	struct value *raw_aws; /* `aws` before evaluation; NULL: none, or done */
	struct value *raw_stage;
	struct value *tags; /* of the stack: each entry takes them in */
	bool evaluating_aws, evaluating_stage;
	size_t values; /* evaluated so far, see LANG_MAX_VALUES */
	bool full;     /* one of the limits was passed */
};

/* Values of the top level; NULL when absent or not a map (an error is added). */
const struct value *loader_map(struct loader *l, const char *key);
/* The nearest of a map's keys; NULL. */
const char *loader_nearest(struct loader *l, const struct map *m, const char *word);
/* [A-Za-z][A-Za-z0-9_-]*, no YAML boolean or null; else an error. */
int loader_check_key(struct loader *l, const char *what, const char *key, struct span at);
/* `v` with VALUE_UNKNOWN where an error points that was added after `mark` (from diags_len): what is
 * wrong is not looked at again by those who read the stack. */
struct value *loader_poison(struct loader *l, size_t mark, const struct value *v);
/* A word of the language with its article: "a queue", "an alarm". */
const char *loader_article(struct loader *l, const char *word);

/* --- scope.c: early names --- */

struct scope {
	struct loader *loader;
	const char *self_key; /* NULL: outside of entries */
	bool self_open;	      /* leave self.… for later */
	const char *each_key;
	const struct value *each_value;
};
/* Evaluate early names in `v`; references to resources stay. *ret is set also on errors. */
int scope_eval(struct scope *s, const struct value *v, struct value **ret);
/* The same where nothing may stay: `what` must be known when the stack is read. */
int scope_eval_known(struct scope *s, const struct value *v, const char *what, struct value **ret);

/* --- variables.c --- */

void variables_declare(struct loader *l, const struct value *map);
void variables_assign(struct loader *l);
void variables_evaluate_all(struct loader *l);
/* The value of ${var.name...}; -1 with an error. */
int variable_lookup(struct loader *l, const struct expr *ref, struct value **ret);
/* --- blocks.c: stack, stage, aws, state, packages, random, overrides, outputs --- */

void blocks_stack(struct loader *l);
void blocks_evaluate_stage(struct loader *l);
void blocks_evaluate_aws(struct loader *l);
void blocks_state(struct loader *l);
void blocks_packages(struct loader *l);
void blocks_random(struct loader *l);
void blocks_overrides(struct loader *l);
void blocks_outputs(struct loader *l);

/* --- entries.c --- */

void entries_load(struct loader *l);
/* --- merge.c --- */
/* Defaults under an entry: maps merge, all else is replaced, null removes. */
struct value *merge_defaults(struct arena *a, const struct value *defaults,
			     const struct value *entry);
/* Without nulls in maps; documents (PROP_JSON) and lists keep theirs. `rows` may be NULL. */
struct value *merge_drop_nulls(struct arena *a, const struct prop *rows, const struct value *v);
size_t merge_count(const struct value *v);

/* --- common.c: the words that every entry takes --- */

/* Take them out of `v` into `e`; *ret_rest is what is left. */
void common_take(struct loader *l, struct entry *e, const struct value *v, struct value **ret_rest);

/* --- body.c --- */

/* The rows of a kind: its words, then its type's properties less what words replace. */
const struct prop *body_rows(struct loader *l, const struct kind *kind);
void body_check(struct loader *l, struct entry *e, const struct value *rest, unsigned flags);
/* `properties`, in CloudFormation's spelling, against the type. */
struct value *body_check_properties(struct loader *l, const struct type *type,
				    const struct value *properties, unsigned flags);
const struct type *body_type(struct loader *l, const struct value *name);

/* --- refs.c --- */

/* Check that every reference left in the stack, and every `depends_on`, leads to an entry. A bad
 * one becomes unknown or is left out, so that it is reported once. */
void refs_check(struct loader *l);

/* --- files.c --- */

/* For expr_scope.file. */
int files_read(void *ctx, const char *path, struct span at, struct arena *a, char **ret,
	       struct diags *d);

#endif
