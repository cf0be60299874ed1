/* AWS::Logs::LogGroup */
#include "providers/aws/run.h"

enum { G_RETENTION = G_A, G_KEY = G_B, G_CLASS = G_C, G_PROTECTION = G_D, G_POLICY = G_E };

/* clang-format off */
static const struct prop props[] = {
	PROP("LogGroupName", STRING, P_REPLACE, .group = G_ID, LENGTH(1, 512), .pattern = "[A-Za-z0-9_/#.-]+", .doc = "Name."),
	PROP("RetentionInDays", INT, 0, .group = G_RETENTION, .unit = "d", VALUES("1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365",
	     "400", "545", "731", "1096", "1827", "2192", "2557", "2922", "3288", "3653"), .doc = "Days events are kept; for ever without it."),
	PROP("KmsKeyId", STRING, 0, .group = G_KEY, LENGTH(0, 256), .pattern = "arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/.+", .doc = "ARN of the KMS key that encrypts it."),
	PROP("LogGroupClass", STRING, P_REPLACE, .group = G_CLASS, .def = "\"STANDARD\"", VALUES("STANDARD", "INFREQUENT_ACCESS", "DELIVERY"), .doc = "Class."),
	PROP("DeletionProtectionEnabled", BOOL, 0, .group = G_PROTECTION, .def = "false", .doc = "AWS refuses to delete it."),
	PROP("DataProtectionPolicy", JSON, 0, .group = G_POLICY, .doc = "Sensitive data to be masked."),
	PROP("Tags", MAP, P_TAGS, .group = G_TAGS, .doc = "Tags."),
	PROP("Arn", STRING, P_COMPUTED | P_STATIC, .group = G_CLASS, .wire = "logGroupArn",
	     .derive = "arn:${partition}:logs:${region}:${account}:log-group:${LogGroupName}", .doc = "ARN, without :*."),
	PROP_END
};
/* clang-format on */

/* Lambda makes the group of a function by itself at its first run: it is then the function's, ours. */
static int whose(struct aws_run *r)
{
	if (!str_starts(run_text(r, "LogGroupName"), "/aws/lambda/"))
		return FOUND_FOREIGN;
	diag_warning(r->d, NO_SPAN,
		     "%s: the log group exists already, made by Lambda; it is taken over",
		     r->op->address);
	return FOUND_OURS;
}

static int build_protection(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	const struct value *v = value_get(r->op->wanted, "DeletionProtectionEnabled");
	(void)op;
	value_set(r->a, input, "deletionProtectionEnabled",
		  value_bool(r->a, value_bool_or(v, false)));
	return 0;
}

static bool is_protected(struct aws_run *r)
{
	return value_bool_or(value_get(r->op->recorded, "DeletionProtectionEnabled"), false);
}

static int build_policy(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	(void)op;
	value_set(r->a, input, "policyDocument", value_get(input, "dataProtectionPolicy"));
	value_remove(input, "dataProtectionPolicy");
	return 0;
}

static int parse_policy(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
			struct value *live)
{
	const struct prop row = { .name = "Policy", .type = PROP_JSON };
	struct value *v = decode_value(r, &row, value_get(reply->output, "policyDocument"));
	(void)op;
	if (v)
		value_set(r->a, live, "DataProtectionPolicy", v);
	return 0;
}

/* clang-format off */
#define ARN "resourceArn=Arn"
static const struct aws_op ops[] = {
	OP(CREATE, "CreateLogGroup", .in = "logGroupName=LogGroupName", .groups = G_KEY | G_CLASS | G_PROTECTION | G_TAGS, .tags = TAGS_MAP, .tags_as = "tags"),
	OP(READ, "DescribeLogGroups", .in = "logGroupNamePrefix=LogGroupName", .list = "logGroups", .match = "logGroupName=LogGroupName",
	   .page = "nextToken", .groups = G_RETENTION | G_KEY | G_CLASS | G_PROTECTION),
	OP(READ, "ListTagsForResource", .in = ARN, .groups = G_TAGS, .tags = TAGS_MAP, .tags_as = "tags"),
	OP(READ, "GetDataProtectionPolicy", .in = "logGroupIdentifier=LogGroupName", .groups = G_POLICY, .parse = parse_policy),
	OP(PUT, "PutRetentionPolicy", .in = "logGroupName=LogGroupName", .groups = G_RETENTION, .when = WHEN_SET),
	OP(UPDATE, "DeleteRetentionPolicy", .in = "logGroupName=LogGroupName", .groups = G_RETENTION, .when = WHEN_CLEARED),
	OP(UPDATE, "AssociateKmsKey", .in = "logGroupName=LogGroupName", .groups = G_KEY, .when = WHEN_SET),
	OP(UPDATE, "DisassociateKmsKey", .in = "logGroupName=LogGroupName", .groups = G_KEY, .when = WHEN_CLEARED),
	OP(UPDATE, "PutLogGroupDeletionProtection", .in = "logGroupIdentifier=LogGroupName", .groups = G_PROTECTION, .build = build_protection),
	OP(PUT, "PutDataProtectionPolicy", .in = "logGroupIdentifier=LogGroupName", .groups = G_POLICY, .when = WHEN_SET, .build = build_policy),
	OP(UPDATE, "DeleteDataProtectionPolicy", .in = "logGroupIdentifier=LogGroupName", .groups = G_POLICY, .when = WHEN_CLEARED),
	OP(UPDATE, "UntagResource", .in = ARN, .groups = G_TAGS, .tags = TAGS_MAP, .keys_as = "tagKeys", .when = WHEN_REMOVED),
	OP(UPDATE, "TagResource", .in = ARN, .groups = G_TAGS, .tags = TAGS_MAP, .tags_as = "tags", .when = WHEN_ADDED),
	OP(REMOVE, "PutLogGroupDeletionProtection", .in = "logGroupIdentifier=LogGroupName", .fixed = "{\"deletionProtectionEnabled\":false}",
	   .only = is_protected, .absent = "ResourceNotFoundException"),
	OP(REMOVE, "DeleteLogGroup", .in = "logGroupName=LogGroupName", .absent = "ResourceNotFoundException"),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.code = "OperationAbortedException", .seconds = 120, .what = "another change of the log group to finish"),
	RETRY(.code = "InvalidParameterException", .text = "KMS", .seconds = 120, .what = "the KMS key to become usable by CloudWatch Logs"),
	RETRY_END
};
/* clang-format on */

static const char *const left_out[][2] = {
	{ "BearerTokenAuthenticationEnabled", "not in every partition" },
	{ "FieldIndexPolicies", "not part of this type" },
	{ "ResourcePolicyDocument", "resource policies of Logs belong to the account" },
	{ NULL, NULL },
};

static const char *const differs[][3] = {
	{ "LogGroupClass", "replace", "AWS has no call that changes it" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "logs",
	.unseen = "ResourceNotFoundException",
	.ops = ops,
	.retries = retries,
	.camel = true,
	.exists = "ResourceAlreadyExistsException",
	.lock = "LogGroupName",
	.whose = whose,
};

const struct type aws_type_logs_log_group = {
	.name = "AWS::Logs::LogGroup",
	.doc = "A group of logs.",
	.flags = TYPE_HOLDS_DATA,
	.props = props,
	.id = "LogGroupName",
	.name_prop = "LogGroupName",
	.left_out = left_out,
	.differs = differs,
	.impl = &impl,
};
