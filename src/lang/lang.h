/* lang.h - from cinfra.yaml to a `struct stack`. No network, no commands, no output. */
#ifndef LANG_LANG_H
#define LANG_LANG_H

#include "base/source.h"
#include "model/expr.h"
#include "model/provider.h"
#include "model/resource.h"

struct lang_options {
	const char *file;  /* path of the stack */
	const char *stage; /* --stage; NULL: the stack's */
	/* --var NAME=VALUE texts, and --var-file paths, in order of the command line. */
	const char *const *vars, *const *var_files; /* NULL-terminated, or NULL */
	const struct provider *provider;	    /* kinds and types to check against */
	const struct account *account;		    /* NULL: unknown (validate) */
	const struct value *random;		    /* drawn values by name; absent: unknown */
};

/* Read, evaluate and check the stack. All errors of the file are collected; *ret is set also then
 * as far as it could be read (NULL when not even that). 0 or -1. */
int lang_load(struct arena *a, struct sources *s, const struct lang_options *o, struct stack **ret,
	      struct diags *d);

/* Only `stack:`, `stage:`, `aws:` and `state:`: what is needed to find the state. */
int lang_peek(struct arena *a, struct sources *s, const struct lang_options *o, struct stack **ret,
	      struct diags *d);

#endif
