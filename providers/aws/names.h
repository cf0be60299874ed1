/* names.h - the names that resources get in AWS when the stack gives none. */
#ifndef AWS_NAMES_H
#define AWS_NAMES_H

#include "model/provider.h"

/* How many characters AWS allows for a name of this type. */
size_t name_limit(const char *type);

/* `<stack>[-<stage>]-<key>[-<each>]`, without regard to any limit. */
char *name_base(struct arena *a, const struct stack *s, const struct entry *e);

/* `base` and `suffix` in at most `limit` characters: an overlong base is cut and ends in a hash of
 * the whole, so that it is the same on every run and unlike its neighbours. */
char *name_fit(struct arena *a, const char *base, const char *suffix, size_t limit);

/* A bucket in S3's account-regional namespace: `<base>-<account>-<region>-an`, lower case. NULL
 * while the account is unknown. */
char *name_bucket(struct arena *a, const char *base, const struct account *account);

/* As a step of an address: `word`, or `["any text"]`. */
char *name_step(struct arena *a, const char *text);

#endif
