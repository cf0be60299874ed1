/* s3_empty.c - empty a bucket, as its owner asked for. */
#include <string.h>

#include "providers/aws/s3.h"

static const struct aws_op list_versions = {
	.verbs = READ,
	.name = "ListObjectVersions",
	.method = "GET",
	.path = "/{Bucket}?versions",
	.query = "encoding-type=EncodingType",
	.fixed = "{\"EncodingType\":\"url\"}",
	.in = S3_IN,
	.headers = S3_OWNER,
	.absent = "NoSuchBucket",
};
static const struct aws_op delete_objects = {
	.verbs = REMOVE,
	.name = "DeleteObjects",
	.method = "POST",
	.path = "/{Bucket}?delete",
	.fixed = "{\"Quiet\":true}",
	.in = S3_IN,
	.headers = S3_OWNER,
	.xml_root = "Delete",
	.checksum = true,
	.absent = "NoSuchBucket",
};
static const struct aws_op list_uploads = {
	.verbs = READ,
	.name = "ListMultipartUploads",
	.method = "GET",
	.path = "/{Bucket}?uploads",
	.query = "encoding-type=EncodingType",
	.fixed = "{\"EncodingType\":\"url\"}",
	.in = S3_IN,
	.headers = S3_OWNER,
	.absent = "NoSuchBucket",
};
static const struct aws_op abort_upload = {
	.verbs = REMOVE,
	.name = "AbortMultipartUpload",
	.method = "DELETE",
	.path = "/{Bucket}/{Key+}",
	.query = "uploadId=UploadId",
	.in = S3_IN,
	.headers = S3_OWNER,
	.absent = "NoSuchUpload|NoSuchBucket",
};

/* URL-encoded keys, `+` for blanks. */
static struct value *decode_key(struct aws_run *r, const struct value *key)
{
	char *text = arena_strdup(r->a, value_text(key) ? value_text(key) : "");
	for (char *s = text; *s; s++)
		if (*s == '+')
			*s = ' ';
	return url_decode_text(r->a, text);
}

static void add_objects(struct aws_run *r, struct value *into, const struct value *page,
			const char *list)
{
	const struct value *items = as_list(r->a, value_get(page, list));
	value_each_item(items, v) {
		struct value *object = value_map(r->a);
		value_set(r->a, object, "Key", decode_key(r, value_get(v, "Key")));
		if (value_text_at(v, "VersionId"))
			value_set(r->a, object, "VersionId", value_get(v, "VersionId"));
		value_append(r->a, into, object);
	}
}

static int refused(struct aws_run *r, const struct value *reply)
{
	const struct value *errors = as_list(r->a, value_get(reply, "Error"));
	const struct value *first = value_item(errors, 0);
	if (!first)
		return 0;
	return diag_error(r->d, D_REMOTE, NO_SPAN,
			  "S3 keeps %zu objects of the bucket; `%s`: %s: %s", value_len(errors),
			  value_text_at(first, "Key"), value_text_at(first, "Code"),
			  value_text_at(first, "Message"));
}

/* 1 when there was nothing left to delete. */
static int delete_page(struct aws_run *r)
{
	struct value *input, *objects = value_list(r->a);
	struct aws_reply *reply;
	if (run_input(r, &list_versions, READ, &input))
		return -1;
	int rc = run_call(r, &list_versions, input, &reply, NULL);
	if (rc)
		return rc < 0 ? run_fail(r) : 1;
	add_objects(r, objects, reply->output, "Version");
	add_objects(r, objects, reply->output, "DeleteMarker");
	if (!value_len(objects))
		return 1;
	if (run_input(r, &delete_objects, REMOVE, &input))
		return -1;
	value_set(r->a, input, "Object", objects);
	if (run_call(r, &delete_objects, input, &reply, NULL) < 0)
		return run_fail(r);
	return refused(r, reply->output);
}

static int drop_uploads(struct aws_run *r)
{
	struct value *input;
	struct aws_reply *reply;
	if (run_input(r, &list_uploads, READ, &input))
		return -1;
	int rc = run_call(r, &list_uploads, input, &reply, NULL);
	if (rc)
		return rc < 0 ? run_fail(r) : 0;
	const struct value *uploads = as_list(r->a, value_get(reply->output, "Upload"));
	value_each_item(uploads, u) {
		if (run_input(r, &abort_upload, REMOVE, &input))
			return -1;
		value_set(r->a, input, "Key", decode_key(r, value_get(u, "Key")));
		value_set(r->a, input, "UploadId", value_get(u, "UploadId"));
		if (run_call(r, &abort_upload, input, &reply, NULL) < 0)
			return run_fail(r);
	}
	return 0;
}

enum { MAX_PAGES = 100000 };

int s3_empty_bucket(struct aws_run *r)
{
	for (int page = 0; page < MAX_PAGES; page++) {
		int rc = delete_page(r);
		if (rc < 0 || (r->op->cancelled && r->op->cancelled(r->op->ctx)))
			return -1;
		if (rc == 1)
			return drop_uploads(r);
		if (r->op->waiting)
			r->op->waiting(r->op->ctx, "the bucket's objects to be deleted");
	}
	return diag_error(r->d, D_REMOTE, NO_SPAN, "objects keep coming into the bucket");
}
