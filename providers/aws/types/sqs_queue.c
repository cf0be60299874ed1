/* AWS::SQS::Queue */
#include "providers/aws/run.h"

enum { G_ATTRIBUTES = G_A };

/* clang-format off */
static const struct prop redrive[] = {
	PROP("deadLetterTargetArn", STRING, P_REQUIRED, .snake = "dead_letter_target_arn",
	     .doc = "ARN of the queue that takes what could not be processed."),
	PROP("maxReceiveCount", INT, P_REQUIRED, .snake = "max_receive_count", RANGE(1, 1000),
	     .doc = "How often a message is received before it goes there."),
	PROP_END
};
static const struct prop redrive_allow[] = {
	PROP("redrivePermission", STRING, P_REQUIRED, .snake = "redrive_permission",
	     VALUES("allowAll", "denyAll", "byQueue"), .doc = "Which queues may use this one."),
	PROP("sourceQueueArns", LIST, P_SET, .snake = "source_queue_arns", LENGTH(1, 10),
	     .doc = "The queues, with byQueue."),
	PROP_END
};

static const struct prop props[] = {
	PROP("QueueName", STRING, P_REPLACE, .group = G_ID, LENGTH(1, 80),
	     .pattern = "[A-Za-z0-9_-]+([.]fifo)?",
	     .doc = "Name; a FIFO queue's ends in .fifo."),
	PROP("FifoQueue", BOOL, P_REPLACE, .group = G_ATTRIBUTES, .def = "false",
	     .doc = "First in, first out, each message once."),
	PROP("VisibilityTimeout", INT, 0, .group = G_ATTRIBUTES, .def = "30", .unit = "s", RANGE(0, 43200),
	     .doc = "Seconds a received message stays hidden."),
	PROP("MessageRetentionPeriod", INT, 0, .group = G_ATTRIBUTES, .def = "345600", .unit = "s", RANGE(60, 1209600),
	     .doc = "Seconds a message is kept."),
	PROP("DelaySeconds", INT, 0, .group = G_ATTRIBUTES, .def = "0", .unit = "s", RANGE(0, 900),
	     .doc = "Seconds before a new message can be received."),
	PROP("ReceiveMessageWaitTimeSeconds", INT, 0, .group = G_ATTRIBUTES, .def = "0", .unit = "s", RANGE(0, 20),
	     .doc = "Seconds a receive call waits for a message (long polling)."),
	PROP("MaximumMessageSize", INT, P_CREATE_DEFAULT, .group = G_ATTRIBUTES, .reset = "1048576", RANGE(1024, 1048576),
	     .doc = "Bytes a message may have; AWS's default differs by the queue's age."),
	PROP("KmsMasterKeyId", STRING, 0, .group = G_ATTRIBUTES, .def = "\"\"",
	     .doc = "KMS key (id, ARN or alias) that encrypts messages."),
	PROP("KmsDataKeyReusePeriodSeconds", INT, 0, .group = G_ATTRIBUTES, .def = "300", .unit = "s", RANGE(60, 86400),
	     .doc = "Seconds a data key is reused."),
	PROP("SqsManagedSseEnabled", BOOL, P_CREATE_DEFAULT, .group = G_ATTRIBUTES, .reset = "true",
	     .doc = "Encryption with keys that SQS owns."),
	PROP("ContentBasedDeduplication", BOOL, 0, .group = G_ATTRIBUTES, .def = "false",
	     .doc = "FIFO: the body's hash tells repeats."),
	PROP("DeduplicationScope", STRING, 0, .group = G_ATTRIBUTES, .def = "\"queue\"", VALUES("queue", "messageGroup"),
	     .doc = "FIFO: where repeats are looked for."),
	PROP("FifoThroughputLimit", STRING, 0, .group = G_ATTRIBUTES, .def = "\"perQueue\"",
	     VALUES("perQueue", "perMessageGroupId"), .doc = "FIFO: what the throughput limit is counted for."),
	PROP("RedrivePolicy", OBJECT, 0, .group = G_ATTRIBUTES, .sub = redrive, .reset = "\"\"",
	     .doc = "Where messages go that could not be processed."),
	PROP("RedriveAllowPolicy", OBJECT, 0, .group = G_ATTRIBUTES, .sub = redrive_allow, .reset = "\"\"",
	     .doc = "Which queues may use this one as their dead letter queue."),
	PROP("Tags", MAP, P_TAGS, .group = G_TAGS, .doc = "Tags."),
	PROP("Arn", STRING, P_COMPUTED | P_STATIC, .group = G_ATTRIBUTES, .wire = "QueueArn",
	     .derive = "arn:${partition}:sqs:${region}:${account}:${QueueName}", .doc = "ARN."),
	PROP("QueueUrl", STRING, P_COMPUTED | P_STATIC, .group = G_ID, .doc = "URL."),
	PROP_END
};

/* CreateQueue takes FifoQueue only as "true". */
static int drop_false_fifo(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	struct value *attributes = value_get(input, "Attributes");
	(void)r, (void)op;
	if (str_eq(value_text_at(attributes, "FifoQueue"), "false"))
		value_remove(attributes, "FifoQueue");
	return 0;
}

static const struct aws_op ops[] = {
	OP(CREATE, "CreateQueue", .in = "QueueName", .groups = G_ATTRIBUTES | G_TAGS, .wrap = "Attributes",
	   .strings = true, .tags = TAGS_MAP, .tags_as = "tags", .build = drop_false_fifo),
	OP(FIND, "GetQueueUrl", .in = "QueueName", .out = "QueueUrl",
	   .absent = "QueueDoesNotExist|AWS.SimpleQueueService.NonExistentQueue"),
	OP(READ, "GetQueueAttributes", .in = "QueueUrl", .groups = G_ATTRIBUTES, .root = "Attributes",
	   .fixed = "{\"AttributeNames\":[\"All\"]}",
	   .absent = "QueueDoesNotExist|AWS.SimpleQueueService.NonExistentQueue"),
	OP(READ, "ListQueueTags", .in = "QueueUrl", .groups = G_TAGS, .tags = TAGS_MAP),
	OP(UPDATE, "SetQueueAttributes", .in = "QueueUrl", .groups = G_ATTRIBUTES, .wrap = "Attributes",
	   .strings = true, .partial = true),
	OP(UPDATE, "UntagQueue", .in = "QueueUrl", .groups = G_TAGS, .tags = TAGS_MAP, .when = WHEN_REMOVED),
	OP(UPDATE, "TagQueue", .in = "QueueUrl", .groups = G_TAGS, .tags = TAGS_MAP, .when = WHEN_ADDED),
	OP(REMOVE, "DeleteQueue", .in = "QueueUrl",
	   .absent = "QueueDoesNotExist|AWS.SimpleQueueService.NonExistentQueue"),
	OP_END
};

static const struct aws_retry retries[] = {
	RETRY(.op = "CreateQueue", .code = "QueueDeletedRecently|AWS.SimpleQueueService.QueueDeletedRecently",
	      .seconds = 75, .what = "SQS to free the name of a queue deleted less than 60 s ago"),
	RETRY_END
};
/* clang-format on */

static void check(const struct value *v, struct diags *d)
{
	const struct value *name = value_get(v, "QueueName");
	bool fifo = value_bool_or(value_get(v, "FifoQueue"), false);
	if (value_text(name) && fifo != str_ends(value_text(name), ".fifo"))
		diag_error(d, D_CONFIG, name->span,
			   fifo ? "the name of a FIFO queue ends in .fifo"
				: "only the name of a FIFO queue ends in .fifo");
	const struct value *managed = value_get(v, "SqsManagedSseEnabled");
	if (value_bool_or(managed, false) && value_get(v, "KmsMasterKeyId"))
		diag_error(d, D_CONFIG, managed->span,
			   "SqsManagedSseEnabled and KmsMasterKeyId exclude each other");
	static const char *const fifo_only[] = { "ContentBasedDeduplication", "DeduplicationScope",
						 "FifoThroughputLimit" };
	for (size_t i = 0; i < 3 && !fifo; i++) {
		const struct value *only = value_get(v, fifo_only[i]);
		if (only && !value_is(only, VALUE_NULL))
			diag_error(d, D_CONFIG, only->span, "%s is for FIFO queues", fifo_only[i]);
	}
}

static const char *const left_out[][2] = {
	{ NULL, NULL },
};

static const char *const differs[][3] = {
	{ "DeduplicationScope", "values", "AWS takes these words only" },
	{ "FifoThroughputLimit", "values", "AWS takes these words only" },
	{ "QueueName", "length", "SQS's own limit" },
	{ "QueueName", "pattern", "SQS takes no other letters" },
	{ "RedrivePolicy/deadLetterTargetArn", "required", "SQS refuses a policy without it" },
	{ "RedrivePolicy/maxReceiveCount", "required", "SQS refuses a policy without it" },
	{ "RedrivePolicy/maxReceiveCount", "range", "SQS's own limit" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "sqs",
	.unseen = "QueueDoesNotExist|AWS.SimpleQueueService.NonExistentQueue",
	.ops = ops,
	.retries = retries,
	.upsert = true,
	.lock = "QueueName",
};

const struct type aws_type_sqs_queue = {
	.name = "AWS::SQS::Queue",
	.doc = "A queue of messages.",
	.props = props,
	.id = "QueueUrl",
	.name_prop = "QueueName",
	.check = check,
	.left_out = left_out,
	.differs = differs,
	.impl = &impl,
};
