/* AWS::S3::Bucket: one document per feature, each read and written by calls of its own. */
#include <string.h>

#include "providers/aws/run.h"
#include "providers/aws/s3.h"

enum {
	G_VERSIONING = G_A,
	G_ENCRYPTION = G_B,
	G_ACCESS_BLOCK = G_C,
	G_OWNERSHIP = G_D,
	G_LIFECYCLE = G_E,
	G_CORS = G_F,
	G_LOGGING = G_G,
	G_WEBSITE = G_H,
	G_ACCELERATE = G_I,
	G_LOCK = G_J,
	G_CREATE = G_K,
};

/* clang-format off */
static const struct prop versioning[] = {
	PROP("Status", STRING, P_REQUIRED, .def = "\"Suspended\"", VALUES("Enabled", "Suspended"), .doc = "Whether versions are kept."), PROP_END
};
static const struct prop by_default[] = {
	PROP("SSEAlgorithm", STRING, P_REQUIRED, VALUES("AES256", "aws:kms", "aws:kms:dsse"), .doc = "Algorithm."),
	PROP("KMSMasterKeyID", STRING, 0, .doc = "KMS key."),
	PROP_END
};
static const struct prop blocked[] = {
	PROP("EncryptionType", LIST, P_SET, VALUES("NONE", "SSE-C"), .doc = "Encryption types refused."), PROP_END
};
static const struct prop encryption_rule[] = {
	PROP("ServerSideEncryptionByDefault", OBJECT, 0, .wire = "ApplyServerSideEncryptionByDefault", .sub = by_default, .doc = "Encryption of new objects."),
	PROP("BucketKeyEnabled", BOOL, 0, .def = "false", .doc = "One data key for many objects."),
	PROP("BlockedEncryptionTypes", OBJECT, P_CREATE_DEFAULT, .sub = blocked, .doc = "Encryption types refused."),
	PROP_END
};
static const struct prop encryption[] = {
	PROP("ServerSideEncryptionConfiguration", LIST, P_REQUIRED, OF(OBJECT), .wire = "Rule", .sub = encryption_rule, .doc = "Rules; AWS takes one."), PROP_END
};
static const struct prop access_block[] = {
	PROP("BlockPublicAcls", BOOL, 0, .def = "false", .doc = "Refuse public ACLs."),
	PROP("BlockPublicPolicy", BOOL, 0, .def = "false", .doc = "Refuse public policies."),
	PROP("IgnorePublicAcls", BOOL, 0, .def = "false", .doc = "Ignore public ACLs."),
	PROP("RestrictPublicBuckets", BOOL, 0, .def = "false", .doc = "Public policies serve this account only."),
	PROP_END
};
static const struct prop ownership_rule[] = {
	PROP("ObjectOwnership", STRING, 0, VALUES("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"), .doc = "Who owns new objects."), PROP_END
};
static const struct prop ownership[] = {
	PROP("Rules", LIST, P_REQUIRED, OF(OBJECT), .wire = "Rule", .sub = ownership_rule, .doc = "Rules; AWS takes one."), PROP_END
};
static const struct prop tag[] = {
	PROP("Key", STRING, P_REQUIRED, .doc = "Key."), PROP("Value", STRING, P_REQUIRED, .doc = "Value."), PROP_END
};
#define STORAGE VALUES("DEEP_ARCHIVE", "GLACIER", "Glacier", "GLACIER_IR", "INTELLIGENT_TIERING", "ONEZONE_IA", "STANDARD_IA")
#define DATE .pattern = "[0-9]{4}-(0[0-9]|1[0-2])-([0-2][0-9]|3[01])T([01][0-9]|2[0-4]):[0-5][0-9]:[0-6][0-9]([.][0-9]{3})?Z"
static const struct prop transition[] = {
	PROP("StorageClass", STRING, P_REQUIRED, STORAGE, .doc = "Storage class."),
	PROP("TransitionInDays", INT, 0, .wire = "Days", .unit = "d", .doc = "Days after creation."),
	PROP("TransitionDate", STRING, 0, .wire = "Date", DATE, .doc = "Day, midnight UTC."),
	PROP_END
};
static const struct prop old_transition[] = {
	PROP("StorageClass", STRING, P_REQUIRED, STORAGE, .doc = "Storage class."),
	PROP("TransitionInDays", INT, P_REQUIRED, .wire = "NoncurrentDays", .unit = "d", .doc = "Days after it became an old version."),
	PROP("NewerNoncurrentVersions", INT, 0, .doc = "Newer old versions to keep."),
	PROP_END
};
static const struct prop old_expiration[] = {
	PROP("NoncurrentDays", INT, P_REQUIRED, .unit = "d", .doc = "Days after it became an old version."),
	PROP("NewerNoncurrentVersions", INT, 0, .doc = "Newer old versions to keep."),
	PROP_END
};
static const struct prop abort_upload[] = {
	PROP("DaysAfterInitiation", INT, P_REQUIRED, .unit = "d", RANGE(0, 2147483647), .doc = "Days after the upload began."), PROP_END
};
static const struct prop lifecycle_rule[] = {
	PROP("Id", STRING, P_CREATE_DEFAULT, .wire = "ID", LENGTH(0, 255), .doc = "Name of the rule."),
	PROP("Status", STRING, P_REQUIRED, VALUES("Enabled", "Disabled"), .doc = "Whether it is in force."),
	PROP("Prefix", STRING, 0, .wire = "Filter.And.Prefix", .def = "\"\"", .doc = "Keys that begin so."),
	PROP("TagFilters", LIST, P_SET, OF(OBJECT), .wire = "Filter.And.Tag", .sub = tag, .doc = "Objects with all these tags."),
	PROP("ObjectSizeGreaterThan", STRING, 0, .wire = "Filter.And.ObjectSizeGreaterThan", .pattern = "[0-9]+", LENGTH(0, 20), .doc = "Objects of more bytes."),
	PROP("ObjectSizeLessThan", STRING, 0, .wire = "Filter.And.ObjectSizeLessThan", .pattern = "[0-9]+", LENGTH(0, 20), .doc = "Objects of fewer bytes."),
	PROP("ExpirationInDays", INT, 0, .wire = "Expiration.Days", .unit = "d", .doc = "Days until objects are deleted."),
	PROP("ExpirationDate", STRING, 0, .wire = "Expiration.Date", DATE, .doc = "Day on which objects are deleted, midnight UTC."),
	PROP("ExpiredObjectDeleteMarker", BOOL, 0, .wire = "Expiration.ExpiredObjectDeleteMarker", .def = "false", .doc = "Delete markers without versions."),
	PROP("NoncurrentVersionExpiration", OBJECT, 0, .sub = old_expiration, .doc = "When old versions are deleted."),
	PROP("NoncurrentVersionTransitions", LIST, P_SET, OF(OBJECT), .wire = "NoncurrentVersionTransition", .sub = old_transition, .doc = "Where old versions move."),
	PROP("Transitions", LIST, P_SET, OF(OBJECT), .wire = "Transition", .sub = transition, .doc = "Where objects move."),
	PROP("AbortIncompleteMultipartUpload", OBJECT, 0, .sub = abort_upload, .doc = "When unfinished uploads are dropped."),
	PROP_END
};
static const struct prop lifecycle_config[] = {
	PROP("Rules", LIST, P_REQUIRED | P_SET, OF(OBJECT), .wire = "Rule", .sub = lifecycle_rule, LENGTH(1, 1000), .doc = "Rules."),
	PROP("TransitionDefaultMinimumObjectSize", STRING, P_CREATE_DEFAULT, VALUES("varies_by_storage_class", "all_storage_classes_128K"), .doc = "Least size that moves."),
	PROP_END
};
static const struct prop cors_rule[] = {
	PROP("AllowedHeaders", LIST, P_SET, .wire = "AllowedHeader", .doc = "Headers allowed in preflights."),
	PROP("AllowedMethods", LIST, P_REQUIRED | P_SET, .wire = "AllowedMethod", VALUES("GET", "PUT", "HEAD", "POST", "DELETE"), .doc = "Methods allowed."),
	PROP("AllowedOrigins", LIST, P_REQUIRED | P_SET, .wire = "AllowedOrigin", .doc = "Origins allowed."),
	PROP("ExposedHeaders", LIST, P_SET, .wire = "ExposeHeader", .doc = "Headers that scripts may read."),
	PROP("Id", STRING, P_CREATE_DEFAULT, .wire = "ID", LENGTH(0, 255), .doc = "Name of the rule."),
	PROP("MaxAge", INT, 0, .wire = "MaxAgeSeconds", .unit = "s", RANGE(0, 2147483647), .doc = "Seconds a preflight is kept."),
	PROP_END
};
static const struct prop cors[] = {
	PROP("CorsRules", LIST, P_REQUIRED, OF(OBJECT), .wire = "CORSRule", .sub = cors_rule, LENGTH(1, 100), .doc = "Rules; the first that fits counts."), PROP_END
};
static const struct prop partitioned[] = {
	PROP("PartitionDateSource", STRING, 0, VALUES("EventTime", "DeliveryTime"), .doc = "Date in the key."), PROP_END
};
static const struct prop key_format[] = {
	PROP("PartitionedPrefix", OBJECT, 0, .sub = partitioned, .doc = "Keys with date parts."), PROP_END
};
static const struct prop logging[] = {
	PROP("DestinationBucketName", STRING, 0, .wire = "LoggingEnabled.TargetBucket", .doc = "Bucket that takes the logs."),
	PROP("LogFilePrefix", STRING, 0, .wire = "LoggingEnabled.TargetPrefix", .def = "\"\"", .doc = "Beginning of their keys."),
	PROP("TargetObjectKeyFormat", OBJECT, 0, .wire = "LoggingEnabled.TargetObjectKeyFormat", .sub = key_format, .doc = "Form of their keys."),
	PROP_END
};
static const struct prop redirect_all[] = {
	PROP("HostName", STRING, P_REQUIRED, .doc = "Host."), PROP("Protocol", STRING, 0, VALUES("http", "https"), .doc = "Protocol."), PROP_END
};
static const struct prop redirect[] = {
	PROP("HostName", STRING, 0, .doc = "Host."),
	PROP("HttpRedirectCode", STRING, 0, .doc = "Status."),
	PROP("Protocol", STRING, 0, VALUES("http", "https"), .doc = "Protocol."),
	PROP("ReplaceKeyPrefixWith", STRING, 0, .doc = "New beginning of the key."),
	PROP("ReplaceKeyWith", STRING, 0, .doc = "New key."),
	PROP_END
};
static const struct prop redirect_condition[] = {
	PROP("HttpErrorCodeReturnedEquals", STRING, 0, .doc = "Error status."), PROP("KeyPrefixEquals", STRING, 0, .doc = "Beginning of the key."), PROP_END
};
static const struct prop routing_rule[] = {
	PROP("RedirectRule", OBJECT, P_REQUIRED, .wire = "Redirect", .sub = redirect, .doc = "Where to."),
	PROP("RoutingRuleCondition", OBJECT, 0, .wire = "Condition", .sub = redirect_condition, .doc = "When."),
	PROP_END
};
static const struct prop website[] = {
	PROP("IndexDocument", STRING, 0, .wire = "IndexDocument.Suffix", .doc = "Object served for a folder."),
	PROP("ErrorDocument", STRING, 0, .wire = "ErrorDocument.Key", .doc = "Object served for an error."),
	PROP("RedirectAllRequestsTo", OBJECT, 0, .sub = redirect_all, .doc = "Another host for everything."),
	PROP("RoutingRules", LIST, 0, OF(OBJECT), .wire = "RoutingRules.RoutingRule", .sub = routing_rule, .doc = "Redirections."),
	PROP_END
};
static const struct prop accelerate[] = {
	PROP("AccelerationStatus", STRING, P_REQUIRED, .wire = "Status", .def = "\"Suspended\"", VALUES("Enabled", "Suspended"), .doc = "Whether it is on."), PROP_END
};
static const struct prop retention[] = {
	PROP("Mode", STRING, 0, VALUES("COMPLIANCE", "GOVERNANCE"), .doc = "Who may lift it."),
	PROP("Days", INT, 0, .doc = "Days."), PROP("Years", INT, 0, .doc = "Years."), PROP_END
};
static const struct prop lock_rule[] = {
	PROP("DefaultRetention", OBJECT, 0, .sub = retention, .doc = "Retention of new objects."), PROP_END
};
static const struct prop lock[] = {
	PROP("ObjectLockEnabled", STRING, 0, VALUES("Enabled"), .doc = "Always Enabled."),
	PROP("Rule", OBJECT, 0, .sub = lock_rule, .doc = "Default retention."),
	PROP_END
};

static const struct prop props[] = {
	PROP("BucketName", STRING, P_REPLACE, .group = G_ID, LENGTH(3, 63), .pattern = "[a-z0-9][a-z0-9.-]*[a-z0-9]", .doc = "Name; one that ends in -<account>-<region>-an lies in the account's own namespace."),
	PROP("ObjectLockEnabled", BOOL, P_WRITE_ONLY | P_NO_RESET, .group = G_CREATE, .def = "false", .doc = "Lets objects be locked."),
	PROP("VersioningConfiguration", OBJECT, 0, .group = G_VERSIONING, .sub = versioning, .reset = "{\"Status\":\"Suspended\"}", .doc = "Versions of objects."),
	PROP("BucketEncryption", OBJECT, 0, .group = G_ENCRYPTION, .sub = encryption,
	     .def = "{\"ServerSideEncryptionConfiguration\":[{\"ServerSideEncryptionByDefault\":{\"SSEAlgorithm\":\"AES256\"}}]}", .doc = "Encryption of objects."),
	PROP("PublicAccessBlockConfiguration", OBJECT, 0, .group = G_ACCESS_BLOCK, .sub = access_block,
	     .def = "{\"BlockPublicAcls\":true,\"BlockPublicPolicy\":true,\"IgnorePublicAcls\":true,\"RestrictPublicBuckets\":true}", .doc = "What public access is refused."),
	PROP("OwnershipControls", OBJECT, 0, .group = G_OWNERSHIP, .sub = ownership,
	     .def = "{\"Rules\":[{\"ObjectOwnership\":\"BucketOwnerEnforced\"}]}", .doc = "Owner of objects."),
	PROP("LifecycleConfiguration", OBJECT, 0, .group = G_LIFECYCLE, .sub = lifecycle_config, .doc = "What happens to objects as they age."),
	PROP("CorsConfiguration", OBJECT, 0, .group = G_CORS, .sub = cors, .doc = "Access from web pages."),
	PROP("LoggingConfiguration", OBJECT, 0, .group = G_LOGGING, .sub = logging, .doc = "Access logs."),
	PROP("WebsiteConfiguration", OBJECT, 0, .group = G_WEBSITE, .sub = website, .doc = "Website."),
	PROP("AccelerateConfiguration", OBJECT, 0, .group = G_ACCELERATE, .sub = accelerate, .reset = "{\"AccelerationStatus\":\"Suspended\"}", .doc = "Transfer acceleration."),
	PROP("ObjectLockConfiguration", OBJECT, 0, .group = G_LOCK, .sub = lock, .reset = "{\"ObjectLockEnabled\":\"Enabled\"}", .doc = "Default lock of objects."),
	PROP("Tags", MAP, P_TAGS, .group = G_TAGS, .doc = "Tags."),
	PROP("Arn", STRING, P_COMPUTED | P_STATIC, .group = G_ID, .derive = "arn:${partition}:s3:::${BucketName}", .doc = "ARN."),
	PROP("DomainName", STRING, P_COMPUTED | P_STATIC, .group = G_ID, .derive = "${BucketName}.s3.${dns_suffix}", .doc = "Global host name."),
	PROP("RegionalDomainName", STRING, P_COMPUTED | P_STATIC, .group = G_ID, .derive = "${BucketName}.s3.${region}.${dns_suffix}", .doc = "Host name."),
	PROP("DualStackDomainName", STRING, P_COMPUTED | P_STATIC, .group = G_ID, .derive = "${BucketName}.s3.dualstack.${region}.${dns_suffix}", .doc = "Host name for IPv6."),
	PROP_END
};
/* clang-format on */

/* us-east-1 refuses its own name; the namespace follows from the name. */
static int build_create(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	const struct account *me = r->account;
	const char *name = value_text_at(input, "Bucket");
	(void)op;
	if (!str_eq(me->region, "us-east-1"))
		value_set(r->a, input, "LocationConstraint", value_string(r->a, me->region));
	if (str_ends(name, arena_printf(r->a, "-%s-%s-an", me->id, me->region)))
		value_set(r->a, input, "Namespace", value_string(r->a, "account-regional"));
	if (!value_bool_or(value_get(input, "ObjectLockEnabled"), false))
		value_remove(input, "ObjectLockEnabled");
	return 0;
}

/* Object lock comes to an existing bucket as well, and never goes away. */
static int build_locking(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	(void)op;
	if (!value_bool_or(value_get(r->op->wanted, "ObjectLockEnabled"), false))
		return diag_error(r->d, D_CONFIG, NO_SPAN,
				  "%s: S3 cannot switch object lock off again", r->op->address);
	value_set(r->a, input, "ObjectLockEnabled", value_string(r->a, "Enabled"));
	return 0;
}

/* --- lifecycle filters: one predicate stands bare, several inside And, none is an empty prefix --- */

static size_t predicates(const struct value *both)
{
	size_t n = value_len(value_get(both, "Tag"));
	static const char *const single[] = { "Prefix", "ObjectSizeGreaterThan",
					      "ObjectSizeLessThan" };
	for (size_t i = 0; i < 3; i++)
		n += value_get(both, single[i]) != NULL;
	return n;
}

static int build_lifecycle(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	(void)op;
	value_each_item(value_get(input, "Rule"), rule) {
		struct value *both = value_path(rule, "Filter.And");
		size_t n = predicates(both);
		struct value *filter = value_map(r->a);
		if (n > 1)
			value_set(r->a, filter, "And", both);
		else if (n == 1)
			filter = both;
		else
			value_set(r->a, filter, "Prefix", value_string(r->a, ""));
		value_set(r->a, rule, "Filter", filter);
	}
	return 0;
}

static int parse_lifecycle(struct aws_run *r, const struct aws_op *op,
			   const struct aws_reply *reply, struct value *live)
{
	static const struct prop row = { .name = "LifecycleConfiguration",
					 .type = PROP_OBJECT,
					 .sub = lifecycle_config };
	struct value *rules = as_list(r->a, value_get(reply->output, "Rule"));
	(void)op;
	value_each_item(rules, rule) {
		struct value *filter = value_get(rule, "Filter"), *legacy = value_get(rule, "Prefi"
											    "x");
		struct value *both = value_get(filter, "And");
		if (!both)
			both = value_is(filter, VALUE_MAP) ? filter : value_map(r->a);
		if (legacy)
			value_set(r->a, both, "Prefix", legacy);
		struct value *raised = value_map(r->a);
		value_set(r->a, raised, "And", both);
		value_set(r->a, rule, "Filter", raised);
	}
	value_set(r->a, reply->output, "Rule", rules);
	struct value *v = decode_value(r, &row, reply->output);
	const char *size = http_header(&reply->headers, "x-amz-transition-default-minimum-object-"
							"size");
	if (v && size)
		value_set(r->a, v, "TransitionDefaultMinimumObjectSize", value_string(r->a, size));
	if (v)
		value_set(r->a, live, row.name, v);
	return 0;
}

/* --- tags: the whole set is put, so what others set is put again; a new bucket has none --- */

static int put_tags(struct aws_run *r, const struct aws_op *op)
{
	const struct aws_op *read = run_find_op(r, "GetBucketTagging", READ);
	struct value *input, *all = value_map(r->a);
	struct aws_reply *reply;
	if (run_input(r, read, READ, &input))
		return -1;
	int rc = op->verbs & CREATE ? 1 : run_call(r, read, input, &reply, NULL);
	if (rc < 0)
		return run_fail(r);
	const struct value *have =
		rc ? NULL : as_list(r->a, value_path(reply->output, "TagSet.Tag"));
	value_each_item(have, t)
		value_set(r->a, all, value_text_at(t, "Key"), value_get(t, "Value"));
	value_each_pair(value_get(r->op->recorded, "Tags"), gone)
		value_remove(all, gone->key);
	value_merge(r->a, all, tags_for_create(r), false);
	struct value *set = value_map(r->a);
	value_set(r->a, set, "Tag", tags_encode(r->a, TAGS_LIST, all));
	value_set(r->a, input, "TagSet", set);
	const struct aws_op put = {
		.verbs = UPDATE,
		.name = op->name,
		.method = "PUT",
		.path = read->path,
		.headers = S3_OWNER,
		.xml_root = "Tagging",
		.checksum = true,
	};
	return run_call(r, &put, input, &reply, NULL) < 0 ? run_fail(r) : 0;
}

static int delete_bucket(struct aws_run *r, const struct aws_op *op)
{
	const struct aws_op call = {
		.verbs = REMOVE,
		.name = op->name,
		.method = "DELETE",
		.path = "/{Bucket}",
		.in = S3_IN,
		.headers = S3_OWNER,
		.absent = "NoSuchBucket",
	};
	struct value *input;
	struct aws_reply *reply;
	for (int round = 0; round < 5; round++) {
		if (r->op->empty_first && s3_empty_bucket(r))
			return -1;
		if (run_input(r, &call, REMOVE, &input))
			return -1;
		if (run_call(r, &call, input, &reply, NULL) >= 0)
			return 0;
		if (!str_eq(r->error.code, "BucketNotEmpty") || !r->op->empty_first)
			break;
	}
	run_fail(r);
	if (str_eq(r->error.code, "BucketNotEmpty"))
		diag_hint(r->d, "set `empty_on_destroy: true` and apply, or empty the bucket "
				"first");
	return -1;
}

/* clang-format off */
#define AT(sub) .path = "/{Bucket}?" sub, .in = S3_IN
#define GET(sub) .method = "GET", AT(sub), .headers = S3_OWNER
#define SET(sub, root) .method = "PUT", AT(sub), .headers = S3_OWNER, .xml_root = root, .checksum = true
#define CLEAR(sub) .method = "DELETE", AT(sub), .headers = S3_OWNER, .when = WHEN_CLEARED
static const struct aws_op ops[] = {
	OP(CREATE, "CreateBucket", .method = "PUT", .path = "/{Bucket}", .in = "Bucket=BucketName", .groups = G_CREATE,
	   .xml_root = "CreateBucketConfiguration",
	   .headers = "x-amz-bucket-namespace=Namespace,x-amz-bucket-object-lock-enabled=ObjectLockEnabled", .build = build_create),
	STEP(CREATE, "PutBucketTagging", put_tags, .groups = G_TAGS),
	OP(READ, "HeadBucket", .method = "HEAD", .path = "/{Bucket}", .in = S3_IN, .headers = S3_OWNER, .absent = "NoSuchBucket|NotFound|404",
	   .denied = "a bucket of this name belongs to another account, or the caller lacks s3:ListBucket for it"),
	OP(READ, "GetBucketTagging", GET("tagging"), .groups = G_TAGS, .tags = TAGS_LIST, .tags_as = "TagSet.Tag", .unset = "NoSuchTagSet"),
	OP(READ, "GetBucketVersioning", GET("versioning"), .groups = G_VERSIONING, .body = "VersioningConfiguration"),
	OP(READ, "GetBucketEncryption", GET("encryption"), .groups = G_ENCRYPTION, .body = "BucketEncryption", .unset = "ServerSideEncryptionConfigurationNotFoundError"),
	OP(READ, "GetPublicAccessBlock", GET("publicAccessBlock"), .groups = G_ACCESS_BLOCK, .body = "PublicAccessBlockConfiguration", .unset = "NoSuchPublicAccessBlockConfiguration",
	   .unset_as = "{\"BlockPublicAcls\":false,\"BlockPublicPolicy\":false,\"IgnorePublicAcls\":false,\"RestrictPublicBuckets\":false}"),
	OP(READ, "GetBucketOwnershipControls", GET("ownershipControls"), .groups = G_OWNERSHIP, .body = "OwnershipControls", .unset = "OwnershipControlsNotFoundError",
	   .unset_as = "{\"Rules\":[{\"ObjectOwnership\":\"ObjectWriter\"}]}"),
	OP(READ, "GetBucketLifecycleConfiguration", GET("lifecycle"), .groups = G_LIFECYCLE, .body = "LifecycleConfiguration", .unset = "NoSuchLifecycleConfiguration", .parse = parse_lifecycle),
	OP(READ, "GetBucketCors", GET("cors"), .groups = G_CORS, .body = "CorsConfiguration", .unset = "NoSuchCORSConfiguration"),
	OP(READ, "GetBucketLogging", GET("logging"), .groups = G_LOGGING, .body = "LoggingConfiguration"),
	OP(READ, "GetBucketWebsite", GET("website"), .groups = G_WEBSITE, .body = "WebsiteConfiguration", .unset = "NoSuchWebsiteConfiguration"),
	OP(READ, "GetBucketAccelerateConfiguration", GET("accelerate"), .groups = G_ACCELERATE, .body = "AccelerateConfiguration"),
	OP(READ, "GetObjectLockConfiguration", GET("object-lock"), .groups = G_LOCK, .body = "ObjectLockConfiguration", .unset = "ObjectLockConfigurationNotFoundError"),
	OP(PUT, "PutBucketVersioning", SET("versioning", "VersioningConfiguration"), .groups = G_VERSIONING, .body = "VersioningConfiguration"),
	OP(PUT, "PutPublicAccessBlock", SET("publicAccessBlock", "PublicAccessBlockConfiguration"), .groups = G_ACCESS_BLOCK, .body = "PublicAccessBlockConfiguration"),
	OP(PUT, "PutBucketOwnershipControls", SET("ownershipControls", "OwnershipControls"), .groups = G_OWNERSHIP, .body = "OwnershipControls"),
	OP(PUT, "PutBucketEncryption", SET("encryption", "ServerSideEncryptionConfiguration"), .when = WHEN_SET, .groups = G_ENCRYPTION, .body = "BucketEncryption"),
	OP(UPDATE, "DeleteBucketEncryption", CLEAR("encryption"), .groups = G_ENCRYPTION),
	OP(PUT, "PutBucketLifecycleConfiguration", .method = "PUT", AT("lifecycle"), .xml_root = "LifecycleConfiguration", .checksum = true, .when = WHEN_SET, .groups = G_LIFECYCLE, .body = "LifecycleConfiguration",
	   .headers = S3_OWNER ",x-amz-transition-default-minimum-object-size=TransitionDefaultMinimumObjectSize", .build = build_lifecycle),
	OP(UPDATE, "DeleteBucketLifecycle", CLEAR("lifecycle"), .groups = G_LIFECYCLE),
	OP(PUT, "PutBucketCors", SET("cors", "CORSConfiguration"), .when = WHEN_SET, .groups = G_CORS, .body = "CorsConfiguration"),
	OP(UPDATE, "DeleteBucketCors", CLEAR("cors"), .groups = G_CORS),
	OP(PUT, "PutBucketLogging", SET("logging", "BucketLoggingStatus"), .groups = G_LOGGING, .body = "LoggingConfiguration"),
	OP(PUT, "PutBucketWebsite", SET("website", "WebsiteConfiguration"), .when = WHEN_SET, .groups = G_WEBSITE, .body = "WebsiteConfiguration"),
	OP(UPDATE, "DeleteBucketWebsite", CLEAR("website"), .groups = G_WEBSITE),
	OP(PUT, "PutBucketAccelerateConfiguration", SET("accelerate", "AccelerateConfiguration"), .groups = G_ACCELERATE, .body = "AccelerateConfiguration"),
	OP(UPDATE, "PutObjectLockConfiguration", SET("object-lock", "ObjectLockConfiguration"), .groups = G_CREATE, .build = build_locking),
	OP(PUT, "PutObjectLockConfiguration", SET("object-lock", "ObjectLockConfiguration"), .groups = G_LOCK, .body = "ObjectLockConfiguration"),
	STEP(UPDATE, "PutBucketTagging", put_tags, .groups = G_TAGS),
	STEP(REMOVE, "DeleteBucket", delete_bucket),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.code = "OperationAborted", .seconds = 300, .what = "another change of the bucket to finish"),
	RETRY_END
};
/* clang-format on */

static void check(const struct value *v, struct diags *d)
{
	const struct value *name = value_get(v, "BucketName");
	const char *text = value_text(name);
	if (text && (strstr(text, "..") || str_starts(text, "xn--") || str_ends(text, "-s3alias")))
		diag_error(d, D_CONFIG, name->span, "S3 does not take the bucket name `%s`", text);
	const struct value *locking = value_get(v, "ObjectLockConfiguration");
	if (locking && !value_bool_or(value_get(v, "ObjectLockEnabled"), false))
		diag_error(d, D_CONFIG, locking->span,
			   "ObjectLockConfiguration needs ObjectLockEnabled: true");
}

static const char *const left_out[][2] = {
	{ "BucketNamePrefix", "names are made by the stack language" },
	{ "BucketNamespace", "follows from the name: one that ends in -<account>-<region>-an is "
			     "account-regional" },
	{ "AccessControl", "ACLs are off in new buckets; write a policy" },
	{ "AbacStatus", "tag-based access to buckets is not offered in every partition" },
	{ "NotificationConfiguration", "a node of its own: AWS::S3::BucketNotification" },
	{ "WebsiteURL", "its form differs by region; use a distribution's name" },
	{ "AnalyticsConfigurations", "many documents each with an id of its own; not part of this "
				     "type" },
	{ "IntelligentTieringConfigurations", "many documents each with an id of its own; not part "
					      "of this type" },
	{ "InventoryConfigurations", "many documents each with an id of its own; not part of this "
				     "type" },
	{ "MetricsConfigurations", "many documents each with an id of its own; not part of this "
				   "type" },
	{ "MetadataConfiguration", "makes tables of its own in another service" },
	{ "MetadataTableConfiguration", "makes tables of its own in another service" },
	{ "ReplicationConfiguration", "needs a second bucket and role; not part of this type" },
	{ "ObjectLockConfiguration/Rule/DefaultRetention/DefaultEventHold", "not in every "
									    "partition" },
	{ "LoggingConfiguration/TargetObjectKeyFormat/SimplePrefix", "what AWS does without a "
								     "format" },
	{ "LifecycleConfiguration/Rules/NoncurrentVersionExpirationInDays", "older form of "
									    "NoncurrentVersionExpir"
									    "ation" },
	{ "LifecycleConfiguration/Rules/NoncurrentVersionTransition", "older form of "
								      "NoncurrentVersionTransition"
								      "s" },
	{ "LifecycleConfiguration/Rules/Transition", "older form of Transitions" },
	{ NULL, NULL },
};

static const char *const differs[][3] = {
	{ "BucketName", "length", "a name has 3 letters at least" },
	{ "CorsConfiguration/CorsRules", "length", "S3's own limit" },
	{ "LifecycleConfiguration/Rules", "length", "S3's own limit" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "s3",
	.ops = ops,
	.retries = retries,
	.upsert = true,
	.exists = "BucketAlreadyOwnedByYou",
	.unseen = "NoSuchBucket",
	.lock = "BucketName",
	.marked_later = true,
	.whose = s3_whose_bucket,
	.refused = s3_refused_bucket,
};

const struct type aws_type_s3_bucket = {
	.name = "AWS::S3::Bucket",
	.doc = "A bucket of objects.",
	.flags = TYPE_HOLDS_DATA,
	.props = props,
	.id = "BucketName",
	.name_prop = "BucketName",
	.check = check,
	.left_out = left_out,
	.differs = differs,
	.impl = &impl,
};
