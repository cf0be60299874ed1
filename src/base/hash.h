/* hash.h - digests, encodings and random bytes, over OpenSSL. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"

enum { SHA256_LEN = 32, SHA256_HEX_LEN = 64 };

void sha256(const void *data, size_t len, uint8_t out[SHA256_LEN]);
void hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
		 uint8_t out[SHA256_LEN]);
char *sha256_hex(struct arena *a, const void *data, size_t len);
char *sha1_hex(struct arena *a, const void *data, size_t len);
char *md5_base64(struct arena *a, const void *data, size_t len);
uint32_t crc32_of(const void *data, size_t len);

/* In steps, for what does not fit in memory. */
struct sha256_ctx;
struct sha256_ctx *sha256_begin(void);
void sha256_update(struct sha256_ctx *c, const void *data, size_t len);
void sha256_end(struct sha256_ctx *c, uint8_t out[SHA256_LEN]); /* frees c */
/* Digest of a file's bytes. */
int sha256_file(const char *path, uint8_t out[SHA256_LEN], struct diags *d);

char *hex_encode(struct arena *a, const void *data, size_t len); /* lower case */
char *base64_encode(struct arena *a, const void *data, size_t len);
/* NULL when the text is not base64. */
uint8_t *base64_decode(struct arena *a, const char *text, size_t *ret_len);

/* Cryptographically secure; aborts when the system has none. */
void random_bytes(void *out, size_t len);
char *random_hex(struct arena *a, size_t bytes);
char *random_uuid(struct arena *a); /* version 4 */
/* Equal in constant time. */
bool mem_equal_ct(const void *a, const void *b, size_t len);

#endif
