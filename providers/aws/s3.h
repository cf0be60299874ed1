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

/* Ours is a bucket without tags that is empty and no older than the create: it was killed before it
 * could put them. */
int s3_whose_bucket(struct aws_run *r);
/* One that we may not look at is another account's unless S3 lists it as ours. */
int s3_refused_bucket(struct aws_run *r);

#endif
