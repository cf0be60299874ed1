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
 * as far as it could be read (NULL when not even that). 0 or -1.
 *
 * What an error points at is VALUE_UNKNOWN in *ret, and a reference that leads nowhere is too, so
 * that whoever reads on says nothing twice; a missing word is simply absent. What depends on the
 * account or on a random text not drawn yet is VALUE_UNKNOWN as well.
 *
 * An entry's body holds the kind's words under their own names, and other properties of its type
 * under CloudFormation's; a word whose `.to` names a property (several with blanks between)
 * replaces it. An entry of `resources` has an empty body and its `properties`, checked. Tags of
 * `aws:` are in every entry's own. References to resources stay as EXPR_REF, self.name too. */
int lang_load(struct arena *a, struct sources *s, const struct lang_options *o, struct stack **ret,
	      struct diags *d);

/* Only `stack:`, `stage:`, `aws:` and `state:`: what is needed to find the state. */
int lang_peek(struct arena *a, struct sources *s, const struct lang_options *o, struct stack **ret,
	      struct diags *d);

#endif
