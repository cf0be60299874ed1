/* AWS::SQS::QueuePolicy: the policy of one queue, a node of its own.
 * CloudFormation's type takes several queues; here it is one, so that each has one owner. */
#include "providers/aws/policy_equal.h"
#include "providers/aws/run.h"

#define GONE "QueueDoesNotExist|AWS.SimpleQueueService.NonExistentQueue"

/* clang-format off */
static const struct prop props[] = {
	PROP("Queue", STRING, P_REQUIRED | P_REPLACE, .group = G_ID, .doc = "URL of the queue."),
	PROP("PolicyDocument", JSON, P_REQUIRED, .wire = "Policy", .equal = aws_policy_equal,
	     .doc = "Who may do what with the queue."),
	PROP_END
};
static const struct aws_op ops[] = {
	OP(PUT, "SetQueueAttributes", .in = "QueueUrl=Queue", .groups = G_MAIN, .wrap = "Attributes",
	   .strings = true),
	OP(READ, "GetQueueAttributes", .in = "QueueUrl=Queue", .groups = G_MAIN, .root = "Attributes",
	   .fixed = "{\"AttributeNames\":[\"Policy\"]}", .absent = GONE, .needs = "PolicyDocument"),
	OP(REMOVE, "SetQueueAttributes", .in = "QueueUrl=Queue", .fixed = "{\"Attributes\":{\"Policy\":\"\"}}",
	   .absent = GONE),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.code = "InvalidAttributeValue", .text = "Invalid value for the parameter Policy", .seconds = 120,
	      .what = "a new principal to become visible to SQS"),
	RETRY(.op = "SetQueueAttributes", .code = GONE, .seconds = 20, .what = "the new queue to become visible"),
	RETRY_END
};
/* clang-format on */

static const char *const left_out[][2] = {
	{ "Queues", "one policy has one owner: Queue" },
	{ "Id", "CloudFormation's own" },
	{ NULL, NULL },
};

static const char *const differs[][3] = {
	{ "Queue", "extra", "one of Queues" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "sqs",
	.ops = ops,
	.retries = retries,
	.lock = "Queue",
	.untagged = true,
};

const struct type aws_type_sqs_queue_policy = {
	.name = "AWS::SQS::QueuePolicy",
	.doc = "The access policy of a queue.",
	.flags = TYPE_INSIDE_PARENT,
	.props = props,
	.id = "Queue",
	.parent = "Queue",
	.left_out = left_out,
	.differs = differs,
	.impl = &impl,
};
