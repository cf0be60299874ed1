/* AWS::S3::BucketPolicy */
#include "model/json.h"
#include "providers/aws/policy_equal.h"
#include "providers/aws/s3.h"

/* clang-format off */
static const struct prop props[] = {
	PROP("Bucket", STRING, P_REQUIRED | P_REPLACE, .group = G_ID, .doc = "Bucket that it belongs to."),
	PROP("PolicyDocument", JSON, P_REQUIRED, .wire = "Policy", .equal = aws_policy_equal, .doc = "Who may do what with the bucket."),
	PROP_END
};
/* clang-format on */

/* The reply is the document itself. */
static int parse_policy(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
			struct value *live)
{
	const char *why = NULL;
	struct value *document = json_parse(r->a, reply->body, reply->body_len, &why);
	(void)op;
	if (!document)
		return diag_error(r->d, D_REMOTE, NO_SPAN,
				  "S3 answered a bucket policy that is no JSON: %s", why);
	value_set(r->a, live, "PolicyDocument", document);
	return 0;
}

/* clang-format off */
#define POLICY .path = "/{Bucket}?policy", .in = "Bucket, Owner=Account", .headers = S3_OWNER
static const struct aws_op ops[] = {
	OP(PUT, "PutBucketPolicy", .method = "PUT", POLICY, .groups = G_MAIN, .payload = "Policy", .checksum = true,
	   .raw_reply = true),
	OP(READ, "GetBucketPolicy", .method = "GET", POLICY, .raw_reply = true, .parse = parse_policy,
	   .absent = "NoSuchBucketPolicy|NoSuchBucket"),
	OP(REMOVE, "DeleteBucketPolicy", .method = "DELETE", POLICY, .absent = "NoSuchBucket"),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.code = "MalformedPolicy", .text = "Invalid principal in policy", .seconds = 120, .what = "a new principal to become visible to S3"),
	RETRY(.op = "PutBucketPolicy", .code = "NoSuchBucket", .seconds = 120, .what = "the new bucket to become visible"),
	RETRY(.code = "OperationAborted", .seconds = 300, .what = "another change of the bucket to finish"),
	RETRY_END
};
/* clang-format on */

static const struct aws_type impl = {
	.service = "s3",
	.ops = ops,
	.retries = retries,
	.lock = "Bucket",
	.untagged = true,
};

const struct type aws_type_s3_bucket_policy = {
	.name = "AWS::S3::BucketPolicy",
	.doc = "The access policy of a bucket.",
	.flags = TYPE_INSIDE_PARENT,
	.props = props,
	.id = "Bucket",
	.parent = "Bucket",
	.impl = &impl,
};
