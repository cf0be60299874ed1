/* dpop.h - proof of possession (RFC 9449): a JWT signed with ES256 that goes along with a token. */
#ifndef AWS_DPOP_H
#define AWS_DPOP_H

#include <stdint.h>

#include "base/arena.h"

/* The header's value for a POST to `url`. NULL: `key_pem` is no P-256 private key. */
char *dpop_proof(struct arena *a, const char *key_pem, const char *url, int64_t unix_s);

#endif
