/* AWS::SNS::Subscription */
#include "providers/aws/run.h"

enum { G_ATTRIBUTES = G_A, G_LISTED = G_B, G_SCOPE = G_C };

/* clang-format off */
static const struct prop props[] = {
	PROP("TopicArn", STRING, P_REQUIRED | P_REPLACE, .group = G_ID, .doc = "Topic."),
	PROP("Protocol", STRING, P_REQUIRED | P_REPLACE, .group = G_ID,
	     VALUES("sqs", "lambda", "email", "email-json", "sms", "http", "https", "firehose", "application"), .doc = "How it is delivered."),
	PROP("Endpoint", STRING, P_REPLACE, .group = G_ID, .doc = "Where to: ARN, address or URL."),
	PROP("FilterPolicyScope", STRING, 0, .group = G_SCOPE, .def = "\"MessageAttributes\"", .reset = "\"MessageAttributes\"",
	     VALUES("MessageAttributes", "MessageBody"), .doc = "What the filter looks at."),
	PROP("FilterPolicy", JSON, 0, .group = G_ATTRIBUTES, .reset = "{}", .doc = "Which messages are delivered."),
	PROP("RawMessageDelivery", BOOL, 0, .group = G_ATTRIBUTES, .def = "false", .doc = "Without SNS's envelope."),
	PROP("RedrivePolicy", JSON, 0, .group = G_ATTRIBUTES, .reset = "", .doc = "Queue for what could not be delivered."),
	PROP("DeliveryPolicy", JSON, 0, .group = G_ATTRIBUTES, .reset = "", .doc = "Retries of HTTP deliveries."),
	PROP("ReplayPolicy", JSON, 0, .group = G_ATTRIBUTES, .reset = "", .doc = "Replay of archived messages."),
	PROP("SubscriptionRoleArn", STRING, 0, .group = G_ATTRIBUTES, .doc = "Role for deliveries to Firehose."),
	PROP("Arn", STRING, P_COMPUTED | P_STATIC, .group = G_LISTED, .wire = "SubscriptionArn", .doc = "ARN; PendingConfirmation until confirmed."),
	PROP_END
};
/* clang-format on */

/* Until its receiver confirms, a subscription has no ARN and can be neither read nor removed. */
static bool confirmed(struct aws_run *r)
{
	return str_starts(run_text(r, "Arn"), "arn:");
}

static bool may_be_pending(struct aws_run *r)
{
	const char *protocol = run_text(r, "Protocol");
	return !confirmed(r) || str_starts(protocol, "email") || str_starts(protocol, "http");
}

/* It may have been confirmed, or not yet be, whatever is on record. */
static int look_up(struct aws_run *r, const struct aws_op *op)
{
	return run_op(r, run_find_op(r, op->name, READ), READ);
}

/* What nobody can read yet is taken to be as it was asked for. */
static void normalize(struct aws_run *r, struct value *live, struct value *attributes)
{
	(void)attributes;
	if (!confirmed(r))
		value_merge(r->a, live, r->op->recorded, false);
}

/* A nested filter fits the scope MessageBody only: it comes after that scope, and goes before. */
static bool widens(struct aws_run *r)
{
	return confirmed(r) && str_eq(value_text_at(r->op->wanted, "FilterPolicyScope"), "MessageBo"
											 "dy");
}

static bool narrows(struct aws_run *r)
{
	return confirmed(r) && !widens(r);
}

/* clang-format off */
#define SET(g, when) OP(UPDATE, "SetSubscriptionAttributes", .in = "SubscriptionArn=Arn", .groups = (g), .each_attribute = true, .only = (when))
static const struct aws_op ops[] = {
	OP(CREATE, "Subscribe", .in = "TopicArn, Protocol, Endpoint", .groups = G_ATTRIBUTES | G_SCOPE, .wrap = "Attributes", .strings = true,
	   .fixed = "{\"ReturnSubscriptionArn\":true}"),
	OP(READ, "ListSubscriptionsByTopic", .in = "TopicArn", .groups = G_LISTED, .list = "Subscriptions", .page = "NextToken",
	   .match = "Endpoint, Protocol", .shared = true, .absent = "NotFound|NotFoundException"),
	OP(READ, "GetSubscriptionAttributes", .in = "SubscriptionArn=Arn", .groups = G_ATTRIBUTES | G_SCOPE, .root = "Attributes", .only = confirmed),
	SET(G_SCOPE, widens),
	SET(G_ATTRIBUTES, confirmed),
	SET(G_SCOPE, narrows),
	STEP(REMOVE, "ListSubscriptionsByTopic", look_up, .only = may_be_pending),
	OP(REMOVE, "Unsubscribe", .in = "SubscriptionArn=Arn", .only = confirmed, .absent = "NotFound|NotFoundException"),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.op = "Subscribe", .code = "NotFound", .seconds = 20, .what = "the new topic to become visible"),
	RETRY_END
};
/* clang-format on */

static const char *const left_out[][2] = {
	{ "Region", "topics of this stack lie in its region" },
	{ NULL, NULL },
};

static const char *const differs[][3] = {
	{ "FilterPolicyScope", "values", "AWS takes these words only" },
	{ "Protocol", "values", "AWS takes these words only" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "sns",
	.ops = ops,
	.retries = retries,
	.untagged = true,
	.lock = "TopicArn",
	.normalize = normalize,
};

const struct type aws_type_sns_subscription = {
	.name = "AWS::SNS::Subscription",
	.doc = "A receiver of a topic's messages.",
	.props = props,
	.id = "TopicArn|Protocol|Endpoint",
	.left_out = left_out,
	.differs = differs,
	.impl = &impl,
};
