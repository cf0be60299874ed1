#include "providers/aws/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "providers/aws/provider.h"

enum { PART_BYTES = 16 * 1024 * 1024 };

#define DEFAULT_PREFIX "cinfra/packages/"
#define OWNER "x-amz-expected-bucket-owner=Owner"

struct upload {
	struct aws_run *r;
	const struct package *package;
	const char *bucket, *key, *owner;
	int fd;
	int64_t size;
	const char *id; /* of the upload in parts */
	struct value *parts;
	const char *version; /* result; NULL: the bucket keeps none */
};

/* Functions may share a package, which is to be sent once; and the line is shared anyway. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

/* --- calls --- */

static void set(struct arena *a, struct value *map, const char *member, const char *text)
{
	value_set(a, map, member, value_string(a, text));
}

static struct value *object_of(const struct upload *u, struct arena *a)
{
	struct value *input = value_map(a);
	set(a, input, "Bucket", u->bucket);
	set(a, input, "Key", u->key);
	set(a, input, "Owner", u->owner);
	return input;
}

static struct aws_call call_of(const char *operation, const char *method, const struct value *input)
{
	return (struct aws_call){ .service = aws_service("s3"),
				  .operation = operation,
				  .method = method,
				  .path = "/{Bucket}/{Key+}",
				  .headers = OWNER,
				  .input = input,
				  .mutating = !str_eq(method, "HEAD") };
}

static int send(struct upload *u, const struct aws_call *call, struct arena *a,
		struct aws_reply *reply)
{
	return aws_call(u->r->client, call, a, reply, &u->r->error);
}

static int refuse(struct upload *u)
{
	struct aws_error *e = &u->r->error;
	if (str_eq(e->code, "NoSuchBucket"))
		e->hint = "the bucket named under `packages` must be there before the stack is "
			  "applied, in the stack's region";
	else if (e->class == AWS_DENIED)
		e->hint = arena_printf(u->r->a,
				       "needed: s3:GetObject, s3:GetObjectVersion, s3:PutObject "
				       "and "
				       "s3:AbortMultipartUpload on `%s/%s`; and the bucket must "
				       "belong "
				       "to account %s, unless `packages: s3: account` names "
				       "another",
				       u->bucket, u->key, u->owner);
	return aws_diag(u->r->d, e, u->package->span);
}

/* --- what is there --- */

static void take_version(struct upload *u, const struct aws_reply *reply)
{
	const char *version = http_header(&reply->headers, "x-amz-version-id");
	/* "null": the bucket keeps no versions any more. */
	u->version = version && !str_eq(version, "null") ? arena_strdup(u->r->a, version) : NULL;
}

/* Without the right to list, S3 says "forbidden" of what is not there: the upload will tell. */
static bool is_there(struct upload *u)
{
	struct aws_call call = call_of("HeadObject", "HEAD", object_of(u, u->r->a));
	struct aws_reply reply;
	if (send(u, &call, u->r->a, &reply))
		return false;
	const char *length = http_header(&reply.headers, "content-length");
	if (!str_eq(length, arena_printf(u->r->a, "%lld", (long long)u->size)))
		return false;
	take_version(u, &reply);
	return true;
}

/* --- in parts --- */

static int begin(struct upload *u)
{
	struct value *input = object_of(u, u->r->a);
	struct aws_call call = call_of("CreateMultipartUpload", "POST", input);
	struct aws_reply reply;
	set(u->r->a, input, "ChecksumAlgorithm", "SHA256");
	call.path = "/{Bucket}/{Key+}?uploads";
	call.headers = OWNER ",x-amz-checksum-algorithm=ChecksumAlgorithm";
	if (send(u, &call, u->r->a, &reply))
		return refuse(u);
	u->id = value_text_at(reply.output, "UploadId");
	u->parts = value_list(u->r->a);
	return u->id ? 0
		     : diag_error(u->r->d, D_REMOTE, u->package->span,
				  "S3 CreateMultipartUpload: the reply names no upload");
}

static int unreadable(const struct package *p, struct diags *d)
{
	return diag_error(d, D_IO, p->span, "cannot read \"%s\": %m", p->zip_path);
}

static int read_part(struct upload *u, int64_t at, char *into, size_t len)
{
	for (size_t n = 0; n < len;) {
		ssize_t got = pread(u->fd, into + n, len - n, (off_t)(at + (int64_t)n));
		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = ENODATA; /* it became shorter */
		if (got <= 0)
			return unreadable(u->package, u->r->d);
		n += (size_t)got;
	}
	return 0;
}

static void note_part(struct upload *u, int number, const struct aws_call *call,
		      const struct aws_reply *reply)
{
	struct arena *a = u->r->a;
	struct value *part = value_map(a);
	const char *etag = http_header(&reply->headers, "etag");
	uint8_t digest[SHA256_LEN];
	sha256(call->raw_body, call->raw_body_len, digest);
	set(a, part, "ETag", etag ? etag : "");
	set(a, part, "ChecksumSHA256", base64_encode(a, digest, sizeof(digest)));
	value_set(a, part, "PartNumber", value_int(a, number));
	value_append(a, u->parts, part);
}

static int send_part(struct upload *u, int number, int64_t at)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	size_t len = u->size - at < PART_BYTES ? (size_t)(u->size - at) : PART_BYTES;
	char *bytes = arena_alloc(scratch, len);
	struct value *input = object_of(u, scratch);
	struct aws_call call = call_of("UploadPart", "PUT", input);
	struct aws_reply reply;
	if (read_part(u, at, bytes, len))
		return -1;
	set(scratch, input, "UploadId", u->id);
	value_set(scratch, input, "PartNumber", value_int(scratch, number));
	call.query = "partNumber=PartNumber,uploadId=UploadId";
	call.raw_body = bytes;
	call.raw_body_len = len;
	call.checksum = true;
	if (send(u, &call, scratch, &reply))
		return refuse(u);
	note_part(u, number, &call, &reply);
	return 0;
}

static int send_parts(struct upload *u)
{
	struct operation *op = u->r->op;
	int number = 1;
	for (int64_t at = 0; at < u->size; at += PART_BYTES) {
		if (op->cancelled && op->cancelled(op->ctx))
			return diag_error(u->r->d, D_INTERRUPTED, u->package->span,
					  "the run was ended while its package was uploaded");
		if (send_part(u, number++, at))
			return -1;
	}
	return 0;
}

/* The reply may be lost: then the object itself tells. */
static int complete(struct upload *u)
{
	struct value *input = object_of(u, u->r->a);
	struct aws_call call = call_of("CompleteMultipartUpload", "POST", input);
	struct aws_reply reply;
	set(u->r->a, input, "UploadId", u->id);
	value_set(u->r->a, input, "Part", u->parts);
	call.query = "uploadId=UploadId";
	call.xml_root = "CompleteMultipartUpload";
	if (!send(u, &call, u->r->a, &reply)) {
		take_version(u, &reply);
		return 0;
	}
	struct aws_error first = u->r->error;
	if (first.maybe_done && is_there(u))
		return 0;
	u->r->error = first;
	return refuse(u);
}

/* Parts that nobody needs cost money. */
static void abort_upload(struct upload *u)
{
	struct value *input = object_of(u, u->r->a);
	struct aws_call call = call_of("AbortMultipartUpload", "DELETE", input);
	struct aws_reply reply;
	set(u->r->a, input, "UploadId", u->id);
	call.query = "uploadId=UploadId";
	if (send(u, &call, u->r->a, &reply) && u->r->error.class != AWS_ABSENT)
		diag_hint(u->r->d,
			  "parts of the upload stay in `%s`: a lifecycle rule of the bucket "
			  "can remove them",
			  u->bucket);
}

static int send_all(struct upload *u)
{
	if (begin(u))
		return -1;
	if (!send_parts(u) && !complete(u))
		return 0;
	abort_upload(u);
	return -1;
}

/* --- all of it --- */

static int name_object(struct upload *u)
{
	const struct value *s3 = u->package->s3;
	const char *said = value_text_at(s3, "prefix"), *prefix = said ? said : DEFAULT_PREFIX;
	const char *account = value_text_at(s3, "account");
	uint8_t digest[SHA256_LEN];
	if (sha256_file(u->package->zip_path, digest, u->r->d))
		return -1;
	u->bucket = value_text_at(s3, "bucket");
	u->key = arena_printf(u->r->a, "%s%s%s.zip", prefix, str_ends(prefix, "/") ? "" : "/",
			      hex_encode(u->r->a, digest, sizeof(digest)));
	u->owner = account ? account : u->r->account->id;
	return 0;
}

static int have_object(struct upload *u)
{
	struct operation *op = u->r->op;
	if (op->waiting)
		op->waiting(op->ctx, "its package to be in S3");
	pthread_mutex_lock(&one_at_a_time);
	int rc = is_there(u) ? 0 : send_all(u);
	pthread_mutex_unlock(&one_at_a_time);
	return rc;
}

/* -1: it cannot be read. */
static int64_t zip_size(const struct package *p)
{
	struct stat st;
	return stat(p->zip_path, &st) ? -1 : st.st_size;
}

bool upload_is_needed(const struct package *p)
{
	return zip_size(p) > UPLOAD_MAX_DIRECT;
}

int aws_check_package(const struct package *p, struct diags *d)
{
	if (p->s3 || !upload_is_needed(p))
		return 0;
	diag_error(d, D_QUOTA, p->span,
		   "the package has %.1f MB, and more than 50 MB reach Lambda only through a "
		   "bucket",
		   (double)zip_size(p) / (1 << 20));
	diag_hint(d, "name one with `packages: { s3: { bucket: ... } }`, or leave files out with "
		     "`ignore:`");
	return -1;
}

int upload_package(struct aws_run *r, struct value *members)
{
	const struct package *p = r->op->package;
	_cleanup_close_ int fd = open(p->zip_path, O_RDONLY | O_CLOEXEC);
	struct upload u = { .r = r, .package = p, .fd = fd, .size = zip_size(p) };
	if (aws_check_package(p, r->d))
		return -1;
	if (fd < 0 || u.size < 0)
		return unreadable(p, r->d);
	if (name_object(&u) || have_object(&u))
		return -1;
	set(r->a, members, "S3Bucket", u.bucket);
	set(r->a, members, "S3Key", u.key);
	if (u.version)
		set(r->a, members, "S3ObjectVersion", u.version);
	return 0;
}
