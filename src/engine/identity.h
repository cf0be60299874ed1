/* identity.h - what an intent keeps of the properties of what it makes, so that the object is found
 * again without the stack when its id was lost. */
#ifndef ENGINE_IDENTITY_H
#define ENGINE_IDENTITY_H

#include "model/schema.h"
#include "state/state.h"

/* The name, and the properties with P_REPLACE or P_FIND, as far as they are plain scalars and no
 * secrets. `props`: as evaluated; what is not known in it is taken from `written`, as
 * {"of": address, "attribute": name} or {"join": [...]}; what cannot be said so is null. */
struct value *identity_make(struct arena *a, const struct type *type, const struct value *props,
			    const struct value *written);
/* The properties with every reference replaced by what the state knows. 1: something in it is not
 * known (any more): its parent was not made, or is gone. */
int identity_resolve(struct arena *a, const struct state *s, const struct value *identity,
		     struct value **ret);

#endif
