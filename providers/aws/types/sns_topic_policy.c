/* AWS::SNS::TopicPolicy: the policy of one topic, a node of its own.
 * CloudFormation's type takes several topics; here it is one, so that each has one owner. */
#include "providers/aws/policy_equal.h"
#include "providers/aws/run.h"

/* clang-format off */
static const struct prop props[] = {
	PROP("Topic", STRING, P_REQUIRED | P_REPLACE, .group = G_ID, .doc = "ARN of the topic."),
	PROP("PolicyDocument", JSON, P_REQUIRED, .wire = "Policy", .equal = aws_policy_equal, .doc = "Who may do what with the topic."),
	PROP_END
};
/* clang-format on */

static int build_put(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	(void)op;
	value_set(r->a, input, "AttributeName", value_string(r->a, "Policy"));
	value_set(r->a, input, "AttributeValue", value_get(input, "Policy"));
	value_remove(input, "Policy");
	return 0;
}

/* A topic is never without policy: removing ours puts AWS's own back. */
static int build_default(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	const char *topic = run_text(r, "Topic");
	(void)op;
	value_set(r->a, input, "AttributeName", value_string(r->a, "Policy"));
	value_set(r->a, input, "AttributeValue",
		  value_printf(r->a,
			       "{\"Version\":\"2008-10-17\",\"Id\":\"__default_policy_ID\","
			       "\"Statement\":[{"
			       "\"Sid\":\"__default_statement_ID\",\"Effect\":\"Allow\","
			       "\"Principal\":{\"AWS\":\"*\"},"
			       "\"Action\":[\"SNS:GetTopicAttributes\",\"SNS:SetTopicAttributes\","
			       "\"SNS:AddPermission\","
			       "\"SNS:RemovePermission\",\"SNS:DeleteTopic\",\"SNS:Subscribe\","
			       "\"SNS:ListSubscriptionsByTopic\",\"SNS:Publish\"],\"Resource\":\"%"
			       "s\","
			       "\"Condition\":{\"StringEquals\":{\"AWS:SourceOwner\":\"%s\"}}}]}",
			       topic, r->account->id));
	return 0;
}

/* AWS's own policy means that there is none of ours. */
static int parse_policy(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
			struct value *live)
{
	(void)r, (void)op, (void)reply;
	return str_eq(value_text(value_path(live, "PolicyDocument.Id")), "__default_policy_ID");
}

/* clang-format off */
static const struct aws_op ops[] = {
	OP(PUT, "SetTopicAttributes", .in = "TopicArn=Topic", .groups = G_MAIN, .build = build_put),
	OP(READ, "GetTopicAttributes", .in = "TopicArn=Topic", .groups = G_MAIN, .root = "Attributes",
	   .needs = "PolicyDocument", .parse = parse_policy, .absent = "NotFound|NotFoundException"),
	OP(REMOVE, "SetTopicAttributes", .in = "TopicArn=Topic", .build = build_default, .absent = "NotFound|NotFoundException"),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.code = "InvalidParameter|InvalidParameterException", .text = "rincipal", .seconds = 120, .what = "a new principal to become visible to SNS"),
	RETRY(.op = "SetTopicAttributes", .code = "NotFound|NotFoundException", .seconds = 20, .what = "the new topic to become visible"),
	RETRY_END
};
/* clang-format on */

static const char *const left_out[][2] = {
	{ "Topics", "one policy has one owner: Topic" },
	{ "Id", "CloudFormation's own" },
	{ NULL, NULL },
};

static const char *const differs[][3] = {
	{ "Topic", "extra", "one of Topics" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "sns",
	.ops = ops,
	.retries = retries,
	.lock = "Topic",
	.untagged = true,
};

const struct type aws_type_sns_topic_policy = {
	.name = "AWS::SNS::TopicPolicy",
	.doc = "The access policy of a topic.",
	.flags = TYPE_INSIDE_PARENT,
	.props = props,
	.id = "Topic",
	.parent = "Topic",
	.left_out = left_out,
	.differs = differs,
	.impl = &impl,
};
