/* sigv4.h - AWS Signature Version 4 in its published steps.
 *
 * Every request carries x-amz-content-sha256, signed, also where only S3 asks for it. */
#ifndef AWS_SIGV4_H
#define AWS_SIGV4_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "net/http.h"

struct sigv4_keys {
	const char *access_key, *secret_key;
	const char *token; /* NULL: long-lived keys */
};

struct sigv4_request {
	const char *method;
	const char *path;  /* as sent: percent-encoded once, begins with '/' */
	const char *query; /* as sent, without '?'; NULL: none */
	const char *host;  /* as sent: with the port unless it is the scheme's own */
	http_headers headers;
	const char *payload_sha256; /* hex */
	const char *region, *service;
	int64_t unix_s;
	/* S3 signs the path as sent; everyone else wants dot segments and double slashes
	 * removed and the path encoded once more. */
	bool s3;
};

/* "20261121T140000Z" */
char *sigv4_time(struct arena *a, int64_t unix_s);
/* The three stages; *ret_signed_headers is "content-type;host;x-amz-date". */
char *sigv4_canonical_request(struct arena *a, const struct sigv4_request *r,
			      const char **ret_signed_headers);
char *sigv4_string_to_sign(struct arena *a, const struct sigv4_request *r, const char *canonical);
char *sigv4_signature(struct arena *a, const struct sigv4_request *r, const char *secret_key,
		      const char *string_to_sign);
/* Add X-Amz-Date, X-Amz-Security-Token, x-amz-content-sha256 and Authorization to r->headers. */
void sigv4_sign(struct arena *a, struct sigv4_request *r, const struct sigv4_keys *keys);

#endif
