#include "cmd/bucket.h"

#include <string.h>

#include "aws/client.h"
#include "base/thread.h"
#include "cmd/report.h"
#include "model/json.h"
#include "base/banned.h"

enum { SETTLE_TRIES = 6, SETTLE_MS = 250 };

struct bucket {
	struct cli *cli;
	struct aws_client *client;
	struct arena *arena;
	const char *name, *account, *partition;
	bool there;
};

static int call_s3(struct bucket *b, struct aws_call *call, struct value *input,
		   struct aws_reply *reply, struct aws_error *err)
{
	value_set(b->arena, input, "Bucket", value_string(b->arena, b->name));
	call->service = aws_service("s3");
	call->input = input;
	return aws_call(b->client, call, b->arena, reply, err);
}

/* A call on the bucket, refused where it is not ours. */
static int call_bucket(struct bucket *b, struct aws_call *call, struct value *input,
		       struct aws_reply *reply, struct aws_error *err)
{
	value_set(b->arena, input, "Owner", value_string(b->arena, b->account));
	call->headers = "x-amz-expected-bucket-owner=Owner";
	return call_s3(b, call, input, reply, err);
}

/* --- what it is to have --- */

static struct value *json(struct bucket *b, const char *text)
{
	return json_parse(b->arena, text, strlen(text), NULL);
}

static struct value *versioning(struct bucket *b)
{
	return json(b, "{\"Status\":\"Enabled\"}");
}

static struct value *encryption(struct bucket *b)
{
	return json(b, "{\"Rule\":[{\"ApplyServerSideEncryptionByDefault\":"
		       "{\"SSEAlgorithm\":\"AES256\"}}]}");
}

static struct value *access_block(struct bucket *b)
{
	return json(b, "{\"BlockPublicAcls\":true,\"IgnorePublicAcls\":true,"
		       "\"BlockPublicPolicy\":true,\"RestrictPublicBuckets\":true}");
}

static struct value *policy(struct bucket *b)
{
	const char *arn = arena_printf(b->arena, "arn:%s:s3:::%s", b->partition, b->name);
	const char *text = arena_printf(b->arena,
					"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":"
					"\"TlsOnly\",\"Effect\":\"Deny\",\"Principal\":\"*\","
					"\"Action\":\"s3:*\",\"Resource\":[\"%s\",\"%s/*\"],"
					"\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"false\""
					"}}}]}",
					arn, arn);

	return value_string(b->arena, text);
}

static bool is_versioned(const struct aws_reply *r)
{
	return str_eq(value_text_at(r->output, "Status"), "Enabled");
}

static bool is_private(const struct aws_reply *r)
{
	static const char *const all[] = { "BlockPublicAcls", "IgnorePublicAcls",
					   "BlockPublicPolicy", "RestrictPublicBuckets", NULL };

	for (const char *const *name = all; *name; name++)
		if (!str_eq(value_text_at(r->output, *name), "true"))
			return false;
	return true;
}

/* What somebody chose is left alone: another encryption, a policy of their own. */
static bool is_any(const struct aws_reply *r)
{
	(void)r;
	return true;
}

static const struct setting {
	const char *text; /* for people */
	const char *get, *put;
	const char *path, *xml_root;
	bool raw; /* the reply is no XML */
	bool (*is_set)(const struct aws_reply *r);
	struct value *(*make)(struct bucket *b);
} settings[] = {
	{ "public access is blocked", "GetPublicAccessBlock", "PutPublicAccessBlock",
	  "/{Bucket}?publicAccessBlock", "PublicAccessBlockConfiguration", false, is_private,
	  access_block },
	{ "objects are encrypted", "GetBucketEncryption", "PutBucketEncryption",
	  "/{Bucket}?encryption", "ServerSideEncryptionConfiguration", false, is_any, encryption },
	{ "earlier versions are kept", "GetBucketVersioning", "PutBucketVersioning",
	  "/{Bucket}?versioning", "VersioningConfiguration", false, is_versioned, versioning },
	{ "its policy allows TLS only", "GetBucketPolicy", "PutBucketPolicy", "/{Bucket}?policy",
	  NULL, true, is_any, policy },
};
enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };

/* --- what there is --- */

static int find_bucket(struct bucket *b)
{
	struct aws_call call = { .operation = "HeadBucket", .method = "HEAD", .path = "/{Bucket}" };
	struct aws_reply reply;
	struct aws_error err;
	const char *arn;

	if (aws_identity(b->client, b->arena, &b->account, &b->partition, &arn, b->cli->diags))
		return -1;
	b->there = !call_bucket(b, &call, value_map(b->arena), &reply, &err);
	if (b->there || err.class == AWS_ABSENT)
		return 0;
	if (err.class == AWS_DENIED)
		err.hint = arena_printf(b->arena,
					"the bucket %s is somebody else's, or account %s may not "
					"see it: choose another name",
					b->name, b->account);
	return aws_diag(b->cli->diags, &err, NO_SPAN);
}

/* 1: it is to be put. */
static int look_at(struct bucket *b, const struct setting *s)
{
	struct aws_call call = {
		.operation = s->get, .method = "GET", .path = s->path, .raw_reply = s->raw
	};
	struct aws_reply reply;
	struct aws_error err;

	if (!b->there)
		return 1;
	if (!call_bucket(b, &call, value_map(b->arena), &reply, &err))
		return !s->is_set(&reply);
	return err.class == AWS_ABSENT ? 1 : aws_diag(b->cli->diags, &err, NO_SPAN);
}

static int ask(struct bucket *b, const bool *wanted)
{
	static const char *const accepted[] = { "yes", NULL };
	struct session s = { .cli = b->cli };
	FILE *out = b->cli->out;

	fprintf(out, "The bucket %s in %s (account %s) %s:\n", b->name, aws_region(b->client),
		b->account, b->there ? "will be changed" : "will be made");
	for (size_t i = 0; i < SETTINGS; i++)
		if (wanted[i])
			fprintf(out, "  + %s\n", settings[i].text);
	return confirm_plan(&s, "\nGo ahead? Only \"yes\" is accepted:", accepted);
}

/* --- doing it --- */

static int create(struct bucket *b)
{
	const char *region = aws_region(b->client);
	struct value *input = value_map(b->arena);
	struct aws_call call = { .operation = "CreateBucket",
				 .method = "PUT",
				 .path = "/{Bucket}",
				 .headers = "x-amz-bucket-namespace=Namespace",
				 .mutating = true };
	struct aws_reply reply;
	struct aws_error err;

	if (!str_eq(region, "us-east-1")) {
		call.xml_root = "CreateBucketConfiguration";
		value_set(b->arena, input, "LocationConstraint", value_string(b->arena, region));
	}
	if (str_ends(b->name, arena_printf(b->arena, "-%s-%s-an", b->account, region)))
		value_set(b->arena, input, "Namespace", value_string(b->arena, "account-regional"));
	if (!call_s3(b, &call, input, &reply, &err) || str_eq(err.code, "BucketAlreadyOwnedByYou"))
		return 0;
	if (err.class == AWS_EXISTS)
		err.hint = "the name is somebody else's: choose another one";
	return aws_diag(b->cli->diags, &err, NO_SPAN);
}

/* A new bucket may be unknown for a moment, or busy. */
static int put(struct bucket *b, const struct setting *s)
{
	const char *member = s->xml_root ? s->xml_root : "Policy";
	struct value *input = value_map(b->arena);
	struct aws_reply reply;
	struct aws_error err;

	value_set(b->arena, input, member, s->make(b));
	for (int i = 0;; i++) {
		struct aws_call call = { .operation = s->put,
					 .method = "PUT",
					 .path = s->path,
					 .payload = member,
					 .xml_root = s->xml_root,
					 .raw_reply = true, /* nothing is read from it */
					 .checksum = true,
					 .mutating = true };

		if (!call_bucket(b, &call, input, &reply, &err))
			return 0;
		if (i == SETTLE_TRIES || (err.class != AWS_ABSENT && err.class != AWS_CONFLICT) ||
		    !aws_sleep(b->client, SETTLE_MS << i))
			return aws_diag(b->cli->diags, &err, NO_SPAN);
	}
}

static int prepare(struct bucket *b)
{
	bool wanted[SETTINGS], any = false;

	if (find_bucket(b))
		return -1;
	for (size_t i = 0; i < SETTINGS; i++) {
		int r = look_at(b, &settings[i]);

		if (r < 0)
			return -1;
		any |= wanted[i] = r > 0;
	}
	if (!any) {
		fprintf(b->cli->out, "The bucket %s is there and as it should be.\n", b->name);
		return 0;
	}
	if (ask(b, wanted) || (!b->there && create(b)))
		return -1;
	for (size_t i = 0; i < SETTINGS; i++)
		if (wanted[i] && put(b, &settings[i]))
			return -1;
	fprintf(b->cli->out, "The bucket %s is ready.\n", b->name);
	return 0;
}

static bool stop_asked(void *ctx)
{
	const struct cli *cli = ctx;

	return stops_asked(cli->stop) > 0;
}

int bucket_prepare(struct cli *cli, const char *bucket)
{
	struct aws_options o = { .profile = cli->options.profile,
				 .region = cli->options.region,
				 .cancelled = stop_asked,
				 .ctx = cli };
	struct bucket b = { .cli = cli, .arena = cli->arena, .name = bucket };
	int r;

	b.client = aws_client_new(&o, cli->diags);
	if (!b.client)
		return -1;
	r = prepare(&b);
	aws_client_free(b.client);
	return r;
}
