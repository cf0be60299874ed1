/* s3_find.c - whose is a bucket without tags? A bucket gets them by a second call. */
#include "base/clock.h"
#include "providers/aws/flows.h"
#include "providers/aws/s3.h"

static const struct aws_op list_buckets = {
	.verbs = READ,
	.name = "ListBuckets",
	.method = "GET",
	.path = "/",
	.in = "Prefix=BucketName",
	.query = "prefix=Prefix",
	.list = "Buckets.Bucket",
	.match = "Name=BucketName",
};
static const struct aws_op first_version = {
	.verbs = READ,
	.name = "ListObjectVersions",
	.method = "GET",
	.path = "/{Bucket}?versions",
	.in = S3_IN,
	.query = "max-keys=MaxKeys",
	.fixed = "{\"MaxKeys\":\"1\"}",
	.headers = S3_OWNER,
};

static int ask(struct aws_run *r, const struct aws_op *op, struct aws_reply **ret)
{
	struct value *input;
	if (run_input(r, op, READ, &input))
		return -1;
	return run_call(r, op, input, ret, NULL) < 0 ? run_fail(r) : 0;
}

enum { SLACK_MS = 60000 };

/* Each age by one clock alone: the bucket's by S3's, the create's by ours. */
static bool is_older(const struct aws_run *r, const struct aws_reply *reply,
		     const struct value *bucket)
{
	const char *date = http_header(&reply->headers, "date");
	const char *made = value_text_at(bucket, "CreationDate");
	int64_t now = date ? clock_parse(date) : -1, then = made ? clock_parse(made) : -1;
	if (!r->since_ms || now < 0 || then < 0)
		return true;
	return (now - then) * 1000 > clock_unix_ms() - r->since_ms + SLACK_MS;
}

/* Whether it was made, as far as lists tell, since the create was sent. */
static int is_new(struct aws_run *r)
{
	int64_t since = clock_monotonic_ms();
	for (int attempt = 0;;) {
		struct aws_reply *reply;
		if (ask(r, &list_buckets, &reply))
			return -1;
		const struct value *bucket = flow_find_item(r, &list_buckets, reply->output);
		if (bucket)
			return !is_older(r, reply, bucket);
		bool again = clock_monotonic_ms() - since < flow_settle_ms();
		if (!again || run_pause(r, &attempt, "S3 to list the bucket"))
			return diag_error(r->d, D_TRANSIENT, NO_SPAN,
					  "S3 does not list the bucket `%s` yet",
					  run_text(r, "BucketName"));
	}
}

int s3_refused_bucket(struct aws_run *r)
{
	struct aws_reply *reply;
	struct value *input;
	if (run_input(r, &list_buckets, READ, &input) ||
	    run_call(r, &list_buckets, input, &reply, NULL))
		return -1;
	return flow_find_item(r, &list_buckets, reply->output) ? -1 : FOUND_FOREIGN;
}

static int is_empty(struct aws_run *r)
{
	struct aws_reply *reply;
	if (ask(r, &first_version, &reply))
		return -1;
	return !value_get(reply->output, "Version") && !value_get(reply->output, "DeleteMarker");
}

int s3_whose_bucket(struct aws_run *r)
{
	if (!r->since_ms || value_len(value_get(r->live, "Tags")))
		return FOUND_FOREIGN;
	int rc = is_new(r);
	if (rc == 1)
		rc = is_empty(r);
	if (rc < 0)
		return -1;
	return rc ? FOUND_OURS : FOUND_FOREIGN;
}
