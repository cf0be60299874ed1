/* s3.h - what S3's types share. */
#ifndef AWS_S3_H
#define AWS_S3_H

#include "providers/aws/run.h"

/* Identity of every call on an existing bucket: also names the owner, so that a bucket somebody
 * else made under our name is refused by S3 itself. */
#define S3_IN "Bucket=BucketName,Owner=Account"
#define S3_OWNER "x-amz-expected-bucket-owner=Owner"

/* Delete every version and delete marker, and drop unfinished uploads. Adds errors. */
int s3_empty_bucket(struct aws_run *r);

#endif
