#include "aws/dpop.h"

#include <string.h>

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/hash.h"
#include "base/str.h"
#include "base/banned.h"

enum { COORDINATE = 32, SIGNATURE = 2 * COORDINATE };

static void free_key(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

#define _cleanup_key_ __attribute__((cleanup(free_key)))

static EVP_PKEY *read_key(const char *pem)
{
	BIO *in = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = in ? PEM_read_bio_PrivateKey(in, NULL, NULL, (void *)"") : NULL;

	BIO_free(in);
	return key;
}

static char *base64url(struct arena *a, const void *data, size_t len)
{
	char *text = base64_encode(a, data, len);

	text[strcspn(text, "=")] = '\0';
	for (char *p = text; *p; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
	return text;
}

static char *coordinate(struct arena *a, EVP_PKEY *key, const char *name)
{
	unsigned char bytes[COORDINATE];
	BIGNUM *n = NULL;
	char *text = NULL;

	if (EVP_PKEY_get_bn_param(key, name, &n) == 1 && BN_bn2binpad(n, bytes, COORDINATE) > 0)
		text = base64url(a, bytes, COORDINATE);
	BN_free(n);
	return text;
}

static bool is_p256(EVP_PKEY *key)
{
	char group[64] = "";

	return key && EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1 &&
	       (str_eq(group, "prime256v1") || str_eq(group, "P-256"));
}

/* DER's two integers as 32 bytes each. */
static bool unpack(const unsigned char *der, size_t len, unsigned char out[SIGNATURE])
{
	ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &der, (long)len);
	bool ok = s && BN_bn2binpad(ECDSA_SIG_get0_r(s), out, COORDINATE) > 0 &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(s), out + COORDINATE, COORDINATE) > 0;

	ECDSA_SIG_free(s);
	return ok;
}

static char *sign(struct arena *a, EVP_PKEY *key, const char *text)
{
	unsigned char der[128], raw[SIGNATURE];
	size_t len = sizeof(der);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool ok = c && EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, key) == 1 &&
		  EVP_DigestSign(c, der, &len, (const unsigned char *)text, strlen(text)) == 1;

	EVP_MD_CTX_free(c);
	return ok && unpack(der, len, raw) ? base64url(a, raw, sizeof(raw)) : NULL;
}

char *dpop_proof(struct arena *a, const char *key_pem, const char *url, int64_t unix_s)
{
	_cleanup_key_ EVP_PKEY *key = read_key(key_pem);
	const char *x, *y, *head, *claims, *text, *signature;

	if (!is_p256(key))
		return NULL;
	x = coordinate(a, key, OSSL_PKEY_PARAM_EC_PUB_X);
	y = coordinate(a, key, OSSL_PKEY_PARAM_EC_PUB_Y);
	if (!x || !y)
		return NULL;
	head = arena_printf(a,
			    "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{\"kty\":\"EC\","
			    "\"x\":\"%s\",\"y\":\"%s\",\"crv\":\"P-256\"}}",
			    x, y);
	claims = arena_printf(a, "{\"htm\":\"POST\",\"htu\":\"%s\",\"iat\":%lld,\"jti\":\"%s\"}",
			      url, (long long)unix_s, random_uuid(a));
	text = arena_printf(a, "%s.%s", base64url(a, head, strlen(head)),
			    base64url(a, claims, strlen(claims)));
	signature = sign(a, key, text);
	return signature ? arena_printf(a, "%s.%s", text, signature) : NULL;
}
