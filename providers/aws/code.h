/* code.h - the code of a function: a package made from a path, an object in S3, or an image. */
#ifndef AWS_CODE_H
#define AWS_CODE_H

#include "providers/aws/expand.h"

struct code {
	bool image;
	struct value *props;	 /* of the property Code; NULL after an error */
	struct package *package; /* NULL: none to make */
};

/* Read `code`, `build` and `ignore` of an entry. Paths are checked, and packages digested as far as
 * they are there: without a build yet, the digest is unknown. */
void x_code(struct expansion *x, const struct item *i, struct code *ret);
/* For interpreted runtimes: the handler's file must be in the package. */
void x_check_handler(struct expansion *x, const struct item *i, const struct code *c);

#endif
