/* mask.h - secrets inside values that are compared and shown. Private to src/plan. */
#ifndef PLAN_MASK_H
#define PLAN_MASK_H

#include "model/schema.h"

/* `recorded` with each digest that belongs to the value of `plain` at the same place replaced by
 * that value. */
const struct value *mask_undigest(struct arena *a, const struct value *recorded,
				  const struct value *plain);
/* `live` with everything marked sensitive that is a secret in `wanted` or `recorded`: what AWS
 * returns bears no mark. */
const struct value *mask_secrets(struct arena *a, const struct value *live,
				 const struct value *wanted, const struct value *recorded);
/* `v`, a map by `rows`, with the members of P_SENSITIVE rows marked. */
const struct value *mask_rows(struct arena *a, const struct prop *rows, const struct value *v);

#endif
