/* The verbs of `allow` give what SAM's policy templates give, or less. tests/expand/roles.case has
 * the statements they become. */
#include "test.h"
#include "base/str.h"
#include "providers/aws/registry.h"

/* clang-format off */
static const struct {
	const char *section, *verb; /* and the template it is held against */
	const char *actions[12];
} templates[] = {
	/* DynamoDBReadPolicy, DynamoDBWritePolicy, DynamoDBCrudPolicy, DynamoDBStreamReadPolicy */
	{ "tables", "read", { "dynamodb:GetItem", "dynamodb:Scan", "dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:DescribeTable" } },
	{ "tables", "write", { "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem" } },
	{ "tables", "read-write", { "dynamodb:GetItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Scan", "dynamodb:Query",
				    "dynamodb:UpdateItem", "dynamodb:BatchWriteItem", "dynamodb:BatchGetItem", "dynamodb:DescribeTable",
				    "dynamodb:ConditionCheckItem" } },
	{ "tables", "consume", { "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams" } },
	/* S3ReadPolicy, S3WritePolicy, S3CrudPolicy */
	{ "buckets", "read", { "s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation", "s3:GetObjectVersion", "s3:GetLifecycleConfiguration" } },
	{ "buckets", "write", { "s3:PutObject", "s3:PutObjectAcl", "s3:PutLifecycleConfiguration" } },
	{ "buckets", "read-write", { "s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation", "s3:GetObjectVersion", "s3:PutObject",
				     "s3:PutObjectAcl", "s3:GetLifecycleConfiguration", "s3:PutLifecycleConfiguration", "s3:DeleteObject" } },
	/* SQSSendMessagePolicy has sqs:SendMessage*; SQSPollerPolicy */
	{ "queues", "send", { "sqs:SendMessage" } },
	{ "queues", "consume", { "sqs:ChangeMessageVisibility", "sqs:ChangeMessageVisibilityBatch", "sqs:DeleteMessage",
				 "sqs:DeleteMessageBatch", "sqs:GetQueueAttributes", "sqs:ReceiveMessage" } },
	/* SNSPublishMessagePolicy, LambdaInvokePolicy */
	{ "topics", "publish", { "sns:Publish" } },
	{ "functions", "invoke", { "lambda:InvokeFunction" } },
	/* KMSEncryptPolicy, KMSDecryptPolicy; SAM has none for signatures */
	{ "keys", "encrypt", { "kms:Encrypt" } },
	{ "keys", "decrypt", { "kms:Decrypt" } },
	{ "keys", "sign", { "kms:Sign" } },
	{ "keys", "verify", { "kms:Verify" } },
	/* SAM has none for these */
	{ "roles", "assume", { "sts:AssumeRole" } },
	{ "roles", "pass", { "iam:PassRole" } },
	{ "apis", "invoke", { "execute-api:Invoke" } },
	{ "apis", "manage-connections", { "execute-api:ManageConnections" } },
	/* FilterLogEventsPolicy, and the same events one stream at a time */
	{ "log_groups", "read", { "logs:FilterLogEvents", "logs:GetLogEvents" } },
};
/* clang-format on */
enum { TEMPLATES = sizeof(templates) / sizeof(*templates) };

static const char *const *template_of(const char *section, const char *verb)
{
	for (size_t n = 0; n < TEMPLATES; n++)
		if (str_eq(templates[n].section, section) && str_eq(templates[n].verb, verb))
			return templates[n].actions;
	return NULL;
}

static void check_verb(const struct kind *k, const struct verb *v)
{
	const char *const *most = template_of(k->section, v->name);
	if (!most)
		fail_msg("%s: %s has no template to be held against", k->section, v->name);
	assert_non_null(v->actions[0]);
	assert_non_null(v->resources[0]);
	for (const char *const *action = v->actions; *action; action++)
		if (!str_in(*action, most))
			fail_msg("%s: %s gives %s", k->section, v->name, *action);
}

TEST(allow_gives_no_more_than_sam)
{
	size_t verbs = 0;
	for (size_t n = 0; n < aws_kinds_count; n++)
		for (const struct verb *v = aws_kinds[n]->verbs; v && v->name; v++, verbs++)
			check_verb(aws_kinds[n], v);
	assert_int_equal(verbs, TEMPLATES);
}
