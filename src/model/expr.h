/* expr.h - what stands between ${ and }: parsed by lang, evaluated wherever values become known.
 *
 * Early names (var, env, self, each, stack, stage, random, aws, module) are evaluated when the
 * stack is loaded. What is left refers to resources and is evaluated again at plan time, with what
 * is known then, and at apply time. */
#ifndef MODEL_EXPR_H
#define MODEL_EXPR_H

#include "base/diag.h"
#include "model/value.h"

enum expr_kind {
	EXPR_VALUE,	/* a literal */
	EXPR_TEMPLATE,	/* args joined to one text */
	EXPR_REF,	/* path: var.x, tables.orders.arn, apis.a.routes["GET /x"].id */
	EXPR_ATTRIBUTE, /* attribute `name` of the resource at `address` (set by the provider) */
	EXPR_CALL,	/* function `name` of args */
	EXPR_INDEX,	/* args[0][args[1]] */
	EXPR_EQUAL,
	EXPR_NOT_EQUAL,
	EXPR_AND,
	EXPR_OR,
	EXPR_NOT,
};

struct expr {
	enum expr_kind kind;
	struct span span;
	struct value *value; /* EXPR_VALUE */
	const char *name;    /* EXPR_CALL: function. EXPR_ATTRIBUTE: property in CFN's name */
	const char *address; /* EXPR_ATTRIBUTE */
	const char **path;   /* EXPR_REF: its words; a word in brackets counts as one */
	size_t path_len;
	const struct expr **args; /* TEMPLATE, CALL, INDEX, operators */
	size_t args_len;
};

struct expr *expr_literal(struct arena *a, struct value *v);
struct expr *expr_attribute(struct arena *a, const char *address, const char *property,
			    struct span at);
struct expr *expr_ref(struct arena *a, const char *const *path, size_t len, struct span at);

struct expr *expr_copy(struct arena *a, const struct expr *e); /* deep, values included */

/* Where names come from. `lookup` gets an EXPR_REF or EXPR_ATTRIBUTE and sets *ret to its value;
 * VALUE_UNKNOWN for what is known later; leaves *ret NULL to keep the expression as it is
 * (another scope will know it). Returns -1 with an error added when the name leads nowhere. */
struct expr_scope {
	int (*lookup)(void *ctx, const struct expr *ref, struct arena *a, struct value **ret,
		      struct diags *d);
	void *ctx;
	const char *(*env)(void *ctx, const char *name); /* for env(); NULL: getenv */
	/* Reads a file for file(); path relative to the stack's folder. NULL: error. */
	int (*file)(void *ctx, const char *path, struct span at, struct arena *a, char **ret,
		    struct diags *d);
	/* account(), region(), partition(); NULL members: unknown. */
	const char *account, *region, *partition;
};

/* Evaluate every VALUE_EXPR inside `v`. What stays open (see lookup) stays VALUE_EXPR with its
 * known parts folded; what depends on an unknown becomes VALUE_UNKNOWN, unless something in it is
 * open still: the reference is not lost. A whole-scalar reference keeps its type; inside text,
 * numbers and booleans are printed. Sensitivity is inherited. All errors are added; *ret is set
 * also then, with VALUE_UNKNOWN for what failed. */
int value_eval(struct arena *a, const struct value *v, const struct expr_scope *scope,
	       struct value **ret, struct diags *d);
/* Call `fn` for every EXPR_REF and EXPR_ATTRIBUTE inside. */
void value_each_ref(const struct value *v, void (*fn)(void *ctx, const struct expr *ref),
		    void *ctx);
/* Replace each EXPR_REF for which `fn` returns an expression (NULL: keep). -1 on error. */
int value_rewrite_refs(struct arena *a, const struct value *v,
		       int (*fn)(void *ctx, const struct expr *ref, const struct expr **ret,
				 struct diags *d),
		       void *ctx, struct value **ret, struct diags *d);
/* The expression as written, for messages: tables.orders.arn */
char *expr_text(struct arena *a, const struct expr *e);

/* Functions an expression may call, for docs and "did you mean". */
struct expr_call;
struct expr_function {
	const char *name, *usage, *doc;
	int min_args, max_args; /* max -1: any */
	/* For the evaluation: what to do (NULL: it is lazy and done by the evaluation itself), and
	 * whether it only passes members of its arguments on, so that these may be unknown. */
	struct value *(*run)(const struct expr_call *c);
	bool passes_on;
};
const struct expr_function *expr_functions(size_t *ret_len);
const struct expr_function *expr_function_find(const char *name); /* NULL: none */

/* Limits of what an expression may make. */
enum { EXPR_MAX_TEXT = 1024 * 1024, EXPR_MAX_ITEMS = 100000, EXPR_MAX_DEPTH = 128 };

#endif
