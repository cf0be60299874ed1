/* AWS::SNS::Topic */
#include "providers/aws/run.h"

enum { G_ATTRIBUTES = G_A, G_FIXED = G_B, G_PROTECTION = G_C };

/* clang-format off */
static const struct prop props[] = {
	PROP("TopicName", STRING, P_REPLACE, .group = G_ID, LENGTH(1, 256), .pattern = "[A-Za-z0-9_-]+([.]fifo)?", .doc = "Name; a FIFO topic's ends in .fifo."),
	PROP("FifoTopic", BOOL, P_REPLACE, .group = G_FIXED, .def = "false", .doc = "First in, first out, each message once."),
	PROP("DisplayName", STRING, 0, .group = G_ATTRIBUTES, .def = "\"\"", LENGTH(0, 100), .doc = "Sender shown in SMS and e-mail."),
	PROP("KmsMasterKeyId", STRING, 0, .group = G_ATTRIBUTES, .def = "\"\"", .doc = "KMS key that encrypts messages."),
	PROP("SignatureVersion", STRING, 0, .group = G_ATTRIBUTES, .def = "\"1\"", VALUES("1", "2"), .doc = "Hash of signatures: 1 is SHA-1, 2 is SHA-256."),
	PROP("TracingConfig", STRING, 0, .group = G_ATTRIBUTES, .def = "\"PassThrough\"", VALUES("PassThrough", "Active"), .doc = "X-Ray tracing."),
	PROP("ContentBasedDeduplication", BOOL, 0, .group = G_ATTRIBUTES, .def = "false", .doc = "FIFO: the body's hash tells repeats."),
	PROP("FifoThroughputScope", STRING, P_CREATE_DEFAULT, .group = G_ATTRIBUTES, .reset = "\"Topic\"", VALUES("Topic", "MessageGroup"), .doc = "FIFO: what the throughput limit is counted for."),
	PROP("ArchivePolicy", JSON, 0, .group = G_ATTRIBUTES, .reset = "{}", .doc = "FIFO: how long messages are kept for replay."),
	PROP("MaximumMessageSize", INT, P_CREATE_DEFAULT, .group = G_ATTRIBUTES, .reset = "262144", RANGE(1024, 1048576), .doc = "Bytes a message may have."),
	PROP("DataProtectionPolicy", JSON, 0, .group = G_PROTECTION, .doc = "Sensitive data to be masked or refused."),
	PROP("Tags", MAP, P_TAGS, .group = G_TAGS, .doc = "Tags."),
	PROP("TopicArn", STRING, P_COMPUTED | P_STATIC, .group = G_ATTRIBUTES, .derive = "arn:${partition}:sns:${region}:${account}:${TopicName}", .doc = "ARN."),
	PROP_END
};
/* CreateTopic takes FifoTopic only as "true". */
static int drop_false_fifo(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	struct value *attributes = value_get(input, "Attributes");
	(void)r, (void)op;
	if (str_eq(value_text_at(attributes, "FifoTopic"), "false"))
		value_remove(attributes, "FifoTopic");
	return 0;
}

static const struct aws_op ops[] = {
	OP(CREATE, "CreateTopic", .in = "Name=TopicName", .groups = G_ATTRIBUTES | G_FIXED | G_TAGS, .wrap = "Attributes", .strings = true,
	   .tags = TAGS_LIST, .build = drop_false_fifo),
	OP(READ, "GetTopicAttributes", .in = "TopicArn", .groups = G_ATTRIBUTES | G_FIXED, .root = "Attributes", .absent = "NotFound|NotFoundException"),
	OP(READ, "ListTagsForResource", .in = "ResourceArn=TopicArn", .groups = G_TAGS, .tags = TAGS_LIST),
	OP(READ, "GetDataProtectionPolicy", .in = "ResourceArn=TopicArn", .groups = G_PROTECTION),
	OP(UPDATE, "SetTopicAttributes", .in = "TopicArn", .groups = G_ATTRIBUTES, .each_attribute = true),
	OP(PUT, "PutDataProtectionPolicy", .in = "ResourceArn=TopicArn", .groups = G_PROTECTION),
	OP(UPDATE, "UntagResource", .in = "ResourceArn=TopicArn", .groups = G_TAGS, .tags = TAGS_LIST, .when = WHEN_REMOVED),
	OP(UPDATE, "TagResource", .in = "ResourceArn=TopicArn", .groups = G_TAGS, .tags = TAGS_LIST, .when = WHEN_ADDED),
	OP(REMOVE, "DeleteTopic", .in = "TopicArn", .absent = "NotFound|NotFoundException"),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.code = "InvalidParameter|InvalidParameterException", .text = "KMS", .seconds = 120, .what = "the KMS key to become usable by SNS"),
	RETRY_END
};
/* clang-format on */

static void check(const struct value *v, struct diags *d)
{
	const struct value *name = value_get(v, "TopicName");
	bool fifo = value_bool_or(value_get(v, "FifoTopic"), false);
	if (value_text(name) && fifo != str_ends(value_text(name), ".fifo"))
		diag_error(d, D_CONFIG, name->span,
			   fifo ? "the name of a FIFO topic ends in .fifo"
				: "only the name of a FIFO topic ends in .fifo");
}

static const char *const left_out[][2] = {
	{ "Subscription", "subscriptions are resources of their own" },
	{ "DeliveryStatusLogging", "fifteen attributes of five protocols; not part of this type" },
	{ NULL, NULL },
};

static const char *const differs[][3] = {
	{ "DisplayName", "length", "SNS's own limit" },
	{ "FifoThroughputScope", "values", "AWS takes these words only" },
	{ "SignatureVersion", "values", "AWS takes these words only" },
	{ "TopicName", "length", "a name has a letter" },
	{ "TopicName", "pattern", "SNS takes no other letters" },
	{ "TracingConfig", "values", "AWS takes these words only" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "sns",
	.unseen = "NotFound|NotFoundException",
	.ops = ops,
	.retries = retries,
	.upsert = true,
	.lock = "TopicName",
};

const struct type aws_type_sns_topic = {
	.name = "AWS::SNS::Topic",
	.doc = "A topic that messages are published to.",
	.props = props,
	.id = "TopicArn",
	.name_prop = "TopicName",
	.check = check,
	.left_out = left_out,
	.differs = differs,
	.impl = &impl,
};
