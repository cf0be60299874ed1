/* AWS::S3::BucketNotification: cinfra's own type. CloudFormation has it as a property of the bucket,
 * where a bucket that tells a function that knows the bucket's name is a cycle. */
#include "providers/aws/s3.h"

/* clang-format off */
static const struct prop filter_rule[] = {
	PROP("Name", STRING, P_REQUIRED | P_FOLD, VALUES("prefix", "suffix"), .doc = "prefix or suffix."),
	PROP("Value", STRING, P_REQUIRED, LENGTH(0, 1024), .doc = "Text."),
	PROP_END
};
static const struct prop s3_key[] = {
	PROP("Rules", LIST, P_REQUIRED | P_SET, OF(OBJECT), .wire = "FilterRule", .sub = filter_rule, .doc = "Rules."), PROP_END
};
static const struct prop filter[] = {
	PROP("S3Key", OBJECT, P_REQUIRED, .sub = s3_key, .doc = "By key."), PROP_END
};
static const struct prop to_function[] = {
	PROP("Event", STRING, P_REQUIRED, .doc = "Event."),
	PROP("Filter", OBJECT, 0, .sub = filter, .doc = "Which objects."),
	PROP("Function", STRING, P_REQUIRED, .wire = "CloudFunction", .doc = "ARN of the function."),
	PROP_END
};
static const struct prop to_queue[] = {
	PROP("Event", STRING, P_REQUIRED, .doc = "Event."),
	PROP("Filter", OBJECT, 0, .sub = filter, .doc = "Which objects."),
	PROP("Queue", STRING, P_REQUIRED, .doc = "ARN of the queue."),
	PROP_END
};
static const struct prop to_topic[] = {
	PROP("Event", STRING, P_REQUIRED, .doc = "Event."),
	PROP("Filter", OBJECT, 0, .sub = filter, .doc = "Which objects."),
	PROP("Topic", STRING, P_REQUIRED, .doc = "ARN of the topic."),
	PROP_END
};
static const struct prop event_bridge[] = {
	PROP("EventBridgeEnabled", BOOL, P_REQUIRED, .def = "false", .doc = "Events go to EventBridge."), PROP_END
};
static const struct prop configuration[] = {
	PROP("LambdaConfigurations", LIST, P_SET, OF(OBJECT), .wire = "CloudFunctionConfiguration", .sub = to_function, .doc = "Functions told."),
	PROP("QueueConfigurations", LIST, P_SET, OF(OBJECT), .wire = "QueueConfiguration", .sub = to_queue, .doc = "Queues told."),
	PROP("TopicConfigurations", LIST, P_SET, OF(OBJECT), .wire = "TopicConfiguration", .sub = to_topic, .doc = "Topics told."),
	PROP("EventBridgeConfiguration", OBJECT, 0, .sub = event_bridge, .doc = "EventBridge told."),
	PROP_END
};
static const struct prop props[] = {
	PROP("Bucket", STRING, P_REQUIRED | P_REPLACE, .group = G_ID, .doc = "Bucket that it belongs to."),
	PROP("NotificationConfiguration", OBJECT, P_REQUIRED, .sub = configuration, .doc = "Who is told of which events."),
	PROP_END
};
/* clang-format on */

/* EventBridge is on by an empty element. */
static int build_put(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	const struct value *eb = value_get(input, "EventBridgeConfiguration");
	(void)op;
	if (eb && value_bool_or(value_get(eb, "EventBridgeEnabled"), false))
		value_set(r->a, input, "EventBridgeConfiguration", value_map(r->a));
	else
		value_remove(input, "EventBridgeConfiguration");
	return 0;
}

static int parse_get(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
		     struct value *live)
{
	struct value *v = value_get(live, "NotificationConfiguration");
	(void)op;
	if (!value_len(reply->output))
		return 1;
	if (!v) {
		v = value_map(r->a);
		value_set(r->a, live, "NotificationConfiguration", v);
	}
	if (value_get(reply->output, "EventBridgeConfiguration")) {
		struct value *eb = value_map(r->a);
		value_set(r->a, eb, "EventBridgeEnabled", value_bool(r->a, true));
		value_set(r->a, v, "EventBridgeConfiguration", eb);
	}
	return 0;
}

/* clang-format off */
#define NOTIFICATION .path = "/{Bucket}?notification", .in = "Bucket, Owner=Account", .headers = S3_OWNER
static const struct aws_op ops[] = {
	OP(PUT, "PutBucketNotificationConfiguration", .method = "PUT", NOTIFICATION, .xml_root = "NotificationConfiguration",
	   .groups = G_MAIN, .body = "NotificationConfiguration", .build = build_put),
	OP(READ, "GetBucketNotificationConfiguration", .method = "GET", NOTIFICATION, .body = "NotificationConfiguration",
	   .parse = parse_get, .absent = "NoSuchBucket"),
	OP(REMOVE, "PutBucketNotificationConfiguration", .method = "PUT", NOTIFICATION, .xml_root = "NotificationConfiguration", .absent = "NoSuchBucket"),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.code = "InvalidArgument", .text = "Unable to validate the following destination configurations", .seconds = 120,
	      .what = "the targets' permissions to become visible to S3"),
	RETRY(.op = "PutBucketNotificationConfiguration", .code = "NoSuchBucket", .seconds = 60, .what = "the new bucket to become visible"),
	RETRY(.code = "OperationAborted", .seconds = 300, .what = "another change of the bucket to finish"),
	RETRY_END
};
/* clang-format on */

static const char *const differs[][3] = {
	{ "NotificationConfiguration/LambdaConfigurations/Filter/S3Key/Rules/Value", "length",
	  "keys are not longer" },
	{ "NotificationConfiguration/QueueConfigurations/Filter/S3Key/Rules/Value", "length",
	  "keys are not longer" },
	{ "NotificationConfiguration/TopicConfigurations/Filter/S3Key/Rules/Value", "length",
	  "keys are not longer" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "s3",
	.ops = ops,
	.retries = retries,
	.lock = "Bucket",
	.untagged = true,
};

const struct type aws_type_s3_bucket_notification = {
	.name = "AWS::S3::BucketNotification",
	.doc = "Who is told what happens in a bucket.",
	.flags = TYPE_INSIDE_PARENT,
	.props = props,
	.id = "Bucket",
	.parent = "Bucket",
	.differs = differs,
	.impl = &impl,
};
