/* AWS::Lambda::Function */
#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "providers/aws/patterns.h"
#include "providers/aws/run.h"
#include "providers/aws/upload.h"

enum {
	G_CODE = G_A,
	G_CONFIG = G_B,
	G_CONCURRENCY = G_C,
	G_SIGNING = G_D,
	G_RUNTIME = G_E,
	G_LOOP = G_F,
	G_FIXED = G_G, /* set by create only */
};

/* clang-format off */
static const struct prop code[] = {
	PROP("SourceDigest", STRING, 0, .doc = "Digest of a package's content, made by cinfra: the package to be."),
	PROP("S3Bucket", STRING, 0, LENGTH(3, 63), .pattern = "[0-9A-Za-z._-]*[0-9A-Za-z_-]", .doc = "Bucket of the package, in the function's region."),
	PROP("S3Key", STRING, 0, LENGTH(1, 1024), .doc = "Key of the package."),
	PROP("S3ObjectVersion", STRING, 0, LENGTH(1, 1024), .doc = "Version of the package's object."),
	PROP("S3ObjectStorageMode", STRING, 0, VALUES("COPY", "REFERENCE"), .doc = "Whether Lambda copies the object."),
	PROP("ImageUri", STRING, 0, .doc = "Container image in ECR."),
	PROP("SourceKMSKeyArn", STRING, 0, LENGTH(0, 10000), .doc = "KMS key that encrypts the package."),
	PROP_END
};
static const struct prop environment[] = {
	PROP("Variables", MAP, 0, .doc = "Environment variables."), PROP_END
};
static const struct prop dead_letter[] = {
	PROP("TargetArn", STRING, 0, .def = "\"\"", LENGTH(0, 10000), .doc = "ARN of a queue or topic."), PROP_END
};
static const struct prop storage[] = {
	PROP("Size", INT, P_REQUIRED, .unit = "MB", .def = "512", RANGE(512, 10240), .doc = "MB of /tmp."), PROP_END
};
static const struct prop s3_files[] = {
	PROP("DirectS3Read", STRING, 0, VALUES("ENABLED", "DISABLED", "AUTO"), .doc = "Reads straight from S3."), PROP_END
};
static const struct prop file_system[] = {
	PROP("Arn", STRING, P_REQUIRED, LENGTH(0, 200),
	     .pattern = "arn:aws[a-zA-Z-]*:elasticfilesystem:" PATTERN_REGION ":[0-9]{12}:access-point/fsap-[a-f0-9]{17}"
			"|arn:aws[a-z-]*:s3files:[0-9a-z:-]+:file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40}",
	     .doc = "ARN of the access point."),
	PROP("LocalMountPath", STRING, P_REQUIRED, .pattern = "/mnt/[a-zA-Z0-9_.-]+", LENGTH(0, 160), .doc = "Where it is mounted."),
	PROP("S3FilesConfig", OBJECT, 0, .sub = s3_files, .doc = "Settings of S3 file systems."),
	PROP_END
};
static const struct prop image_config[] = {
	PROP("Command", LIST, 0, LENGTH(0, 1500), .doc = "Command."),
	PROP("EntryPoint", LIST, 0, LENGTH(0, 1500), .doc = "Entry point."),
	PROP("WorkingDirectory", STRING, 0, .def = "\"\"", LENGTH(0, 1000), .doc = "Working directory."),
	PROP_END
};
static const struct prop logging[] = {
	PROP("LogFormat", STRING, 0, .def = "\"Text\"", VALUES("Text", "JSON"), .doc = "Format of the function's logs."),
	PROP("ApplicationLogLevel", STRING, P_CREATE_DEFAULT, VALUES("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"),
	     .doc = "Least level of the code's own logs, with JSON."),
	PROP("SystemLogLevel", STRING, P_CREATE_DEFAULT, VALUES("DEBUG", "INFO", "WARN"), .doc = "Least level of Lambda's logs, with JSON."),
	PROP("LogGroup", STRING, 0, LENGTH(1, 512), .pattern = "[A-Za-z0-9_/#.-]+", .doc = "Log group."),
	PROP_END
};
static const struct prop snap_start[] = {
	PROP("ApplyOn", STRING, P_REQUIRED, .def = "\"None\"", VALUES("PublishedVersions", "None"), .doc = "When snapshots are taken."), PROP_END
};
static const struct prop tracing[] = {
	PROP("Mode", STRING, 0, .def = "\"PassThrough\"", VALUES("Active", "PassThrough"), .doc = "X-Ray tracing."), PROP_END
};
static const struct prop vpc[] = {
	PROP("SubnetIds", LIST, P_SET, LENGTH(0, 16), .pattern = "subnet-[0-9a-z]*", .doc = "Subnets."),
	PROP("SecurityGroupIds", LIST, P_SET, LENGTH(0, 5), .pattern = "sg-[0-9a-zA-Z]*", .doc = "Security groups."),
	PROP("Ipv6AllowedForDualStack", BOOL, 0, .def = "false", .doc = "IPv6 out of dual-stack subnets."),
	PROP_END
};
static const struct prop runtime_management[] = {
	PROP("UpdateRuntimeOn", STRING, P_REQUIRED, .def = "\"Auto\"", VALUES("Auto", "FunctionUpdate", "Manual"), .doc = "When runtimes are updated."),
	PROP("RuntimeVersionArn", STRING, 0, .doc = "The version, with Manual."),
	PROP_END
};
static const struct prop tenancy[] = {
	PROP("TenantIsolationMode", STRING, P_REQUIRED, VALUES("PER_TENANT"), .doc = "Isolation of tenants."), PROP_END
};
static const struct prop durable[] = {
	PROP("ExecutionTimeout", INT, P_REQUIRED, RANGE(1, 31622400), .unit = "s", .doc = "Seconds a durable execution may take."),
	PROP("RetentionPeriodInDays", INT, 0, RANGE(1, 90), .unit = "d", .doc = "Days its history is kept."),
	PROP("KMSKeyArn", STRING, 0, LENGTH(0, 10000), .doc = "KMS key of its data."),
	PROP_END
};

static const struct prop props[] = {
	PROP("FunctionName", STRING, P_REPLACE, .group = G_ID, LENGTH(1, 64), .pattern = "[a-zA-Z0-9_-]+", .doc = "Name."),
	PROP("PackageType", STRING, P_REPLACE, .group = G_FIXED, .def = "\"Zip\"", VALUES("Zip", "Image"), .doc = "Zip or container image."),
	PROP("TenancyConfig", OBJECT, P_REPLACE, .group = G_FIXED, .sub = tenancy, .doc = "Tenant isolation."),
	PROP("DurableConfig", OBJECT, 0, .group = G_CONFIG, .sub = durable, .doc = "Durable executions."),
	PROP("Code", OBJECT, P_REQUIRED, .group = G_CODE, .sub = code, .doc = "The code: a package or an image."),
	PROP("Architectures", LIST, 0, .group = G_CODE, .def = "[\"x86_64\"]", LENGTH(1, 1), VALUES("x86_64", "arm64"), .doc = "Processor architecture."),
	PROP("Role", STRING, P_REQUIRED, .group = G_CONFIG, LENGTH(0, 10000), .pattern = "arn:(aws[a-zA-Z-]*)?:iam::[0-9]{12}:role/?[a-zA-Z_0-9+=,.@/_-]+", .doc = "ARN of the role it runs as."),
	PROP("Runtime", STRING, 0, .group = G_CONFIG, .pattern = "[a-z0-9.]+", .doc = "Runtime, such as python3.13 or provided.al2023."),
	PROP("Handler", STRING, 0, .group = G_CONFIG, LENGTH(0, 128), .pattern = "[^[:space:]]+", .doc = "Entry point in the code."),
	PROP("Description", STRING, 0, .group = G_CONFIG, .def = "\"\"", LENGTH(0, 256), .doc = "Description."),
	PROP("Timeout", INT, 0, .group = G_CONFIG, .def = "3", .unit = "s", RANGE(1, 900), .doc = "Seconds an invocation may take."),
	PROP("MemorySize", INT, 0, .group = G_CONFIG, .def = "128", .unit = "MB", RANGE(128, 10240), .doc = "MB of memory; processor power follows."),
	PROP("Environment", OBJECT, 0, .group = G_CONFIG, .sub = environment, .reset = "{\"Variables\":{}}", .doc = "Environment."),
	PROP("Layers", LIST, 0, .group = G_CONFIG, LENGTH(0, 5),
	     .pattern = "arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:[0-9]{12}:layer:[a-zA-Z0-9_-]+:[0-9]+|arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9_-]+",
	     .doc = "ARNs of layer versions, in order."),
	PROP("VpcConfig", OBJECT, 0, .group = G_CONFIG, .sub = vpc, .reset = "{\"SubnetIds\":[],\"SecurityGroupIds\":[]}", .doc = "Network."),
	PROP("DeadLetterConfig", OBJECT, 0, .group = G_CONFIG, .sub = dead_letter, .reset = "{\"TargetArn\":\"\"}", .doc = "Where failed asynchronous events go."),
	PROP("TracingConfig", OBJECT, 0, .group = G_CONFIG, .sub = tracing, .reset = "{\"Mode\":\"PassThrough\"}", .doc = "Tracing."),
	PROP("KmsKeyArn", STRING, 0, .group = G_CONFIG, .wire = "KMSKeyArn", .def = "\"\"", LENGTH(0, 10000), .doc = "KMS key that encrypts the environment."),
	PROP("FileSystemConfigs", LIST, 0, OF(OBJECT), .group = G_CONFIG, .sub = file_system, LENGTH(0, 1), .doc = "File systems."),
	PROP("ImageConfig", OBJECT, 0, .group = G_CONFIG, .sub = image_config, .reset = "{}", .doc = "Overrides of a container image."),
	PROP("EphemeralStorage", OBJECT, 0, .group = G_CONFIG, .sub = storage, .reset = "{\"Size\":512}", .doc = "Size of /tmp."),
	PROP("SnapStart", OBJECT, 0, .group = G_CONFIG, .sub = snap_start, .reset = "{\"ApplyOn\":\"None\"}", .doc = "Snapshots for fast starts."),
	PROP("LoggingConfig", OBJECT, 0, .group = G_CONFIG, .sub = logging, .reset = "{\"LogFormat\":\"Text\"}", .doc = "Logs."),
	PROP("ReservedConcurrentExecutions", INT, 0, .group = G_CONCURRENCY, RANGE(0, 2147483647), .doc = "Invocations at once, reserved; 0 stops the function."),
	PROP("CodeSigningConfigArn", STRING, 0, .group = G_SIGNING, LENGTH(0, 200),
	     .pattern = "arn:(aws[a-zA-Z-]*)?:lambda:" PATTERN_REGION ":[0-9]{12}:code-signing-config:csc-[a-z0-9]{17}", .doc = "Code signing configuration."),
	PROP("RuntimeManagementConfig", OBJECT, 0, .group = G_RUNTIME, .sub = runtime_management, .doc = "Updates of the runtime."),
	PROP("RecursiveLoop", STRING, 0, .group = G_LOOP, .def = "\"Terminate\"", VALUES("Allow", "Terminate"), .doc = "What happens to invocations in a loop."),
	PROP("Tags", MAP, P_TAGS, .group = G_TAGS, .doc = "Tags."),
	PROP("Arn", STRING, P_COMPUTED | P_STATIC, .group = G_CONFIG, .wire = "FunctionArn",
	     .derive = "arn:${partition}:lambda:${region}:${account}:function:${FunctionName}", .doc = "ARN."),
	PROP("CodeSha256", STRING, P_COMPUTED, .group = G_CONFIG, .doc = "Base64 SHA-256 of the package that runs."),
	PROP_END
};
/* clang-format on */

/* --- code --- */

/* Code{SourceDigest} becomes what the call takes: the zip's bytes, or where in S3 they are. */
static int attach_zip(struct aws_run *r, struct value *members)
{
	const struct package *p = r->op->package;
	char *bytes;
	size_t len;
	value_remove(members, "SourceDigest");
	if (!p || !p->zip_path)
		return 0;
	if (upload_is_needed(p))
		return upload_package(r, members);
	if (file_read(r->a, p->zip_path, UPLOAD_MAX_DIRECT, &bytes, &len, r->d))
		return -1;
	value_set(r->a, members, "ZipFile", value_string(r->a, base64_encode(r->a, bytes, len)));
	return 0;
}

static struct value *own_log_group(struct aws_run *r)
{
	return value_printf(r->a, "/aws/lambda/%s", run_text(r, "FunctionName"));
}

static int build_create(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	(void)op;
	return attach_zip(r, value_get(input, "Code"));
}

static int build_code(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	(void)op;
	return attach_zip(r, input);
}

static bool manages_log_group(const struct aws_run *r)
{
	return value_path(r->op->recorded, "LoggingConfig.LogGroup") != NULL;
}

/* There is no word for the log group that Lambda takes by itself but its name. */
static int build_config(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	struct value *logs = value_get(input, "LoggingConfig");
	(void)op;
	if (logs && !value_get(logs, "LogGroup") && manages_log_group(r))
		value_set(r->a, logs, "LogGroup", own_log_group(r));
	return 0;
}

/* --- replies --- */

/* AWS's own choice says no more than no log group. */
static void leave_own_log_group(struct aws_run *r, struct value *logs)
{
	const char *group = value_text_at(logs, "LogGroup");
	bool wanted = value_path(r->op->wanted, "LoggingConfig.LogGroup") != NULL;
	if (group && !wanted && str_eq(group, value_text(own_log_group(r))))
		value_remove(logs, "LogGroup");
}

static bool is_reply_of_image(const struct value *code_reply)
{
	return value_get(code_reply, "ImageUri") != NULL;
}

/* AWS never returns the code: while its hash is the one recorded, the code is the one recorded. */
static struct value *live_code(struct aws_run *r, const struct value *code_reply)
{
	const char *now = value_text_at(r->attributes, "CodeSha256");
	const char *then = value_text_at(r->op->attributes, "CodeSha256");
	const struct value *recorded = value_get(r->op->recorded, "Code");
	if (recorded && now && str_eq(now, then))
		return (struct value *)recorded;
	struct value *v = value_map(r->a);
	if (is_reply_of_image(code_reply))
		value_set(r->a, v, "ImageUri", value_get(code_reply, "ImageUri"));
	else if (now)
		value_set(r->a, v, "SourceDigest", value_printf(r->a, "other code: %s", now));
	return v;
}

static void plain_layers(struct aws_run *r, struct value *props_live)
{
	const struct value *layers = value_get(props_live, "Layers");
	struct value *arns = value_list(r->a);
	value_each_item(layers, l)
		value_append(r->a, arns, value_is(l, VALUE_MAP) ? value_get(l, "Arn") : l);
	if (layers)
		value_set(r->a, props_live, "Layers", arns);
}

static int parse_function(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
			  struct value *live)
{
	static const struct prop image = { .name = "ImageConfig",
					   .type = PROP_OBJECT,
					   .sub = image_config };
	(void)op;
	plain_layers(r, live);
	leave_own_log_group(r, value_get(live, "LoggingConfig"));
	const struct value *config = decode_value(r, &image,
						  value_path(reply->output, "Configuration."
									    "ImageConfigResponse."
									    "ImageConfig"));
	if (config)
		value_set(r->a, live, "ImageConfig", (struct value *)config);
	const struct value *reserved = value_path(reply->output, "Concurrency."
								 "ReservedConcurrentExecutions");
	if (reserved)
		value_set(r->a, live, "ReservedConcurrentExecutions", (struct value *)reserved);
	value_set(r->a, live, "Code", live_code(r, value_get(reply->output, "Code")));
	return 0;
}

/* The bytes AWS has are the bytes that were sent. */
static int verify_code(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
		       struct value *live)
{
	const struct package *p = r->op->package;
	const char *got = value_text_at(reply->output, "CodeSha256");
	uint8_t digest[SHA256_LEN];
	(void)op, (void)live;
	if (got)
		value_set(r->a, r->attributes, "CodeSha256", value_string(r->a, got));
	if (!p || !p->zip_path || !got)
		return 0;
	if (sha256_file(p->zip_path, digest, r->d))
		return -1;
	if (str_eq(got, base64_encode(r->a, digest, sizeof(digest))))
		return 0;
	return diag_error(r->d, D_REMOTE, p->span, "Lambda runs other code (%s) than was sent",
			  got);
}

static const struct aws_wait active = {
	.read = "GetFunction",
	.path = "Configuration.State",
	.ready = "Active|ActiveNonInvocable|Inactive",
	.failed = "Failed",
	.why = "Configuration.StateReason",
	.what = "the function to become active",
};
static const struct aws_wait updated = {
	.read = "GetFunction",
	.path = "Configuration.LastUpdateStatus",
	.ready = "Successful",
	.failed = "Failed",
	.why = "Configuration.LastUpdateStatusReason",
	.what = "the function's update to finish",
};
static const struct aws_wait gone = { .read = "GetFunction",
				      .gone = true,
				      .what = "the function to be gone" };

/* clang-format off */
#define FUNCTION "/2015-03-31/functions/{FunctionName}"
#define ABSENT .absent = "ResourceNotFoundException"
static const struct aws_op ops[] = {
	OP(CREATE, "CreateFunction", .method = "POST", .path = "/2015-03-31/functions", .in = "FunctionName",
	   .groups = G_FIXED | G_CODE | G_CONFIG | G_TAGS, .tags = TAGS_MAP, .build = build_create, .parse = verify_code,
	   .timeout_ms = 300000, .wait = &active),
	OP(READ, "GetFunction", .method = "GET", .path = FUNCTION, .in = "FunctionName",
	   .groups = G_FIXED | G_CODE | G_CONFIG | G_CONCURRENCY | G_TAGS, .root = "Configuration", .tags = TAGS_MAP, .parse = parse_function, ABSENT),
	OP(READ, "GetFunctionCodeSigningConfig", .method = "GET", .path = "/2020-06-30/functions/{FunctionName}/code-signing-config",
	   .in = "FunctionName", .groups = G_SIGNING),
	OP(READ, "GetRuntimeManagementConfig", .method = "GET", .path = "/2021-07-20/functions/{FunctionName}/runtime-management-config",
	   .in = "FunctionName", .groups = G_RUNTIME, .body = "RuntimeManagementConfig"),
	OP(READ, "GetFunctionRecursionConfig", .method = "GET", .path = "/2024-08-31/functions/{FunctionName}/recursion-config",
	   .in = "FunctionName", .groups = G_LOOP),
	OP(UPDATE, "UpdateFunctionConfiguration", .method = "PUT", .path = FUNCTION "/configuration", .in = "FunctionName",
	   .groups = G_CONFIG, .partial = true, .build = build_config, .wait = &updated),
	OP(UPDATE, "UpdateFunctionCode", .method = "PUT", .path = FUNCTION "/code", .in = "FunctionName",
	   .groups = G_CODE, .body = "Code", .build = build_code, .parse = verify_code, .timeout_ms = 300000, .wait = &updated),
	OP(PUT, "PutFunctionConcurrency", .method = "PUT", .path = "/2017-10-31/functions/{FunctionName}/concurrency",
	   .in = "FunctionName", .groups = G_CONCURRENCY, .when = WHEN_SET),
	OP(UPDATE, "DeleteFunctionConcurrency", .method = "DELETE", .path = "/2017-10-31/functions/{FunctionName}/concurrency",
	   .in = "FunctionName", .groups = G_CONCURRENCY, .when = WHEN_CLEARED),
	OP(PUT, "PutFunctionCodeSigningConfig", .method = "PUT", .path = "/2020-06-30/functions/{FunctionName}/code-signing-config",
	   .in = "FunctionName", .groups = G_SIGNING, .when = WHEN_SET),
	OP(UPDATE, "DeleteFunctionCodeSigningConfig", .method = "DELETE", .path = "/2020-06-30/functions/{FunctionName}/code-signing-config",
	   .in = "FunctionName", .groups = G_SIGNING, .when = WHEN_CLEARED),
	OP(PUT, "PutRuntimeManagementConfig", .method = "PUT", .path = "/2021-07-20/functions/{FunctionName}/runtime-management-config",
	   .in = "FunctionName", .groups = G_RUNTIME, .body = "RuntimeManagementConfig", .when = WHEN_SET),
	OP(UPDATE, "PutRuntimeManagementConfig", .method = "PUT", .path = "/2021-07-20/functions/{FunctionName}/runtime-management-config",
	   .in = "FunctionName", .groups = G_RUNTIME, .fixed = "{\"UpdateRuntimeOn\":\"Auto\"}", .body = "RuntimeManagementConfig", .when = WHEN_CLEARED),
	OP(PUT, "PutFunctionRecursionConfig", .method = "PUT", .path = "/2024-08-31/functions/{FunctionName}/recursion-config",
	   .in = "FunctionName", .groups = G_LOOP),
	OP(UPDATE, "UntagResource", .method = "DELETE", .path = "/2017-03-31/tags/{Resource}", .query = "tagKeys=TagKeys",
	   .in = "Resource=Arn", .groups = G_TAGS, .tags = TAGS_MAP, .when = WHEN_REMOVED),
	OP(UPDATE, "TagResource", .method = "POST", .path = "/2017-03-31/tags/{Resource}", .in = "Resource=Arn",
	   .groups = G_TAGS, .tags = TAGS_MAP, .when = WHEN_ADDED),
	OP(REMOVE, "DeleteFunction", .method = "DELETE", .path = FUNCTION, .in = "FunctionName", ABSENT, .wait = &gone),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.code = "InvalidParameterValueException", .text = "cannot be assumed by Lambda", .seconds = 300,
	      .what = "the role to become visible to Lambda"),
	RETRY(.code = "InvalidParameterValueException", .text = "execution role does not have permissions", .seconds = 300,
	      .what = "the role's permissions to become visible to Lambda"),
	RETRY(.code = "InvalidParameterValueException", .text = "KMS key is invalid for CreateGrant", .seconds = 120,
	      .what = "the role to become visible to KMS"),
	RETRY(.code = "InvalidParameterValueException", .text = "throttled by EC2", .seconds = 300, .what = "EC2 to accept more network interfaces"),
	RETRY(.code = "ResourceConflictException", .text = "in progress", .seconds = 300, .what = "an update of the function to finish"),
	RETRY(.code = "ResourceConflictException", .text = "Pending", .seconds = 300, .what = "the function to become active"),
	RETRY(.code = "InvalidParameterValueException", .text = "replicated function", .seconds = 600, .what = "the replicas at the edge to be gone"),
	RETRY_END
};
/* clang-format on */

static bool is_variable_name(const char *name)
{
	size_t n = strlen(name);
	return n > 1 && isalpha((unsigned char)*name) &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

static void check_environment(const struct value *variables, struct diags *d)
{
	value_each_pair(variables, v) {
		if (is_variable_name(v->key))
			continue;
		diag_error(d, D_CONFIG, v->key_span,
			   "Lambda takes no environment variable named `%s`", v->key);
		diag_hint(d, "two or more letters, digits and _, beginning with a letter");
	}
}

static void check(const struct value *v, struct diags *d)
{
	bool image = str_eq(value_text_at(v, "PackageType"), "Image");
	const char *const only_zip[] = { "Runtime", "Handler" };
	for (size_t i = 0; i < 2; i++) {
		const struct value *p = value_get(v, only_zip[i]);
		if (image && p)
			diag_error(d, D_CONFIG, p->span, "%s has no meaning for an image",
				   only_zip[i]);
		else if (!image && !p)
			diag_error(d, D_CONFIG, v->span, "a function from a package needs %s",
				   only_zip[i]);
	}
	check_environment(value_path(v, "Environment.Variables"), d);
	const struct value *logs = value_get(v, "LoggingConfig");
	const struct value *level = value_get(logs, "ApplicationLogLevel");
	if (!level)
		level = value_get(logs, "SystemLogLevel");
	if (level && !str_eq(value_text_at(logs, "LogFormat"), "JSON"))
		diag_error(d, D_CONFIG, level->span, "log levels need the log format JSON");
}

static const char *const left_out[][2] = {
	{ "Code/ZipFile", "source code inside the stack: a folder with one file says the same" },
	{ "SnapStartResponse", "follows from SnapStart and the published versions" },
	{ "CapacityProviderConfig", "capacity providers come with a type of their own" },
	{ "FunctionScalingConfig", "belongs to capacity providers" },
	{ "PublishToLatestPublished", "belongs to capacity providers" },
	{ NULL, NULL },
};

static const char *const differs[][3] = {
	{ "CodeSha256", "extra", "tells whether the code is ours" },
	{ "Code/SourceDigest", "extra", "the package that cinfra makes" },
	{ "FunctionName", "length", "Lambda's own limit of names" },
	{ "FunctionName", "pattern", "a new function is named, not found by an ARN" },
	{ "Runtime", "values", "AWS adds and retires runtimes all year" },
	{ "EphemeralStorage/Size", "range", "more needs a capacity provider" },
	{ "MemorySize", "range", "more needs a capacity provider" },
	{ "Timeout", "range", "more needs a capacity provider" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "lambda",
	.unseen = "ResourceNotFoundException",
	.ops = ops,
	.retries = retries,
	.exists = "ResourceConflictException",
	.lock = "FunctionName",
};

const struct type aws_type_lambda_function = {
	.name = "AWS::Lambda::Function",
	.doc = "A function.",
	.props = props,
	.id = "FunctionName",
	.name_prop = "FunctionName",
	.check = check,
	.left_out = left_out,
	.differs = differs,
	.impl = &impl,
};
