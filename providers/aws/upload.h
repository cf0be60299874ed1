/* upload.h - packages that are too large for a call reach AWS through a bucket. */
#ifndef AWS_UPLOAD_H
#define AWS_UPLOAD_H

#include "providers/aws/run.h"

/* What Lambda takes of a zip within a call; more must come from S3. */
enum { UPLOAD_MAX_DIRECT = 50 * 1024 * 1024 };

bool upload_is_needed(const struct package *p); /* its zip is made */
/* Have the package's zip in the bucket that the stack names for packages, and say in `members`
 * where it is: S3Bucket, S3Key and, where the bucket keeps versions, S3ObjectVersion. The object's
 * key is the digest of its bytes: what is there already is not sent again, and nothing is ever
 * written over. Sent in parts, each with its checksum; never more than one part is in memory. The
 * object stays when all is done. Adds errors. */
int upload_package(struct aws_run *r, struct value *members);

#endif
