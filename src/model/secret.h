/* secret.h - salted digests that stand for secrets at rest.
 *
 * A digest is a string value with VALUE_DIGEST and VALUE_SENSITIVE whose text is
 * "sha256:<salt>:<digest>", both in hex; the salt is fresh for each. State redacts with
 * value_digest (see state_redact); plan compares recorded digests with value_digest_matches. A secret
 * that is easily guessed stays so for who can read the digest.
 */
#ifndef MODEL_SECRET_H
#define MODEL_SECRET_H

#include "model/value.h"

/* The digest of a secret; scalars count by their text (30 and "30" are one). A digest is returned
 * as it is; unknown values have none and stay unknown. */
struct value *value_digest(struct arena *a, const struct value *plain);
/* Is `digest` the digest of `plain`? False when it is no digest. Two equal digests match. */
bool value_digest_matches(const struct value *digest, const struct value *plain);

#endif
