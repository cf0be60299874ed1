/* backend_s3.h - state in S3, or in a store that speaks S3 and honours conditional writes.
 *
 * The state is the object <key>, the operation object <key>.op. Versions are ETags; every write
 * carries If-Match or If-None-Match, and a checksum. A write that lost its reply and was repeated
 * by the client is recognised by its content.
 *
 * A store that ignores the conditions would let two runs overwrite each other: as long as there is
 * no state yet, the first write of the operation object is followed by two writes that must be
 * refused. When they are not, everything fails from then on. */
#ifndef STATE_BACKEND_S3_H
#define STATE_BACKEND_S3_H

#include "aws/client.h"
#include "state/backend.h"

struct backend_s3_options {
	struct aws_client *client; /* borrowed */
	const char *bucket, *key;
	/* "AES256" or "aws:kms", asked for with every write; NULL: KMS with a key, else whatever the
	 * bucket does by default. */
	const char *encryption, *kms_key;
	const char *account; /* that must own the bucket; NULL: any */
};
/* Any thread may use it. */
struct backend *backend_s3_new(const struct backend_s3_options *o);

/* "s3://bucket/some/key" */
int backend_s3_parse(struct arena *a, const char *url, const char **ret_bucket,
		     const char **ret_key, struct diags *d);
/* Could they name a bucket and an object that a URL may carry? */
int backend_s3_check(const char *bucket, const char *key, struct span at, struct diags *d);

#endif
