/* expand_parts.h - what the files of the expansion share among themselves; kinds need none of it. */
#ifndef AWS_EXPAND_PARTS_H
#define AWS_EXPAND_PARTS_H

#include "providers/aws/expand.h"

/* Resolve references in a resource's properties; one to itself becomes what is known of it. */
struct value *x_resolve_in(struct expansion *x, const struct item *i, const struct resource *self,
			   const struct value *v);
/* Resolve the stack's outputs in place; an output that is a bare address becomes the map of the
 * resource's name and attributes. */
void x_resolve_outputs(struct expansion *x);
/* "queues.q["a"].policy" -> its words, joined so that they can be compared. */
char *x_words_key(struct arena *a, const char *address);
/* Words, then the properties of `type` that no word replaces. */
const struct prop *x_rows(struct expansion *x, const struct prop *words, const struct type *type);
/* The computed or settable property that `word` means, by CloudFormation's path; NULL: none. */
const char *x_property_path(struct expansion *x, const struct kind *kind, const struct type *type,
			    const char *word);
/* The words that x_property_path takes, for "did you mean". */
const char *const *x_attribute_words(struct expansion *x, const struct kind *kind,
				     const struct type *type, size_t *ret_len);

#endif
