/* service.c - the services that cinfra calls. */
#include "aws/client.h"
#include "base/banned.h"

#define S3_NAMESPACE "http://s3.amazonaws.com/doc/2006-03-01/"

/* in_flight, rate and burst: AWS's published limits, else what a provisioning tool should ask for
 * at most; reads may be more (pace.c). */
/* clang-format off */
static const struct aws_service services[] = {
	{ .id = "apigateway", .name = "API Gateway",
	  .endpoint_id = "API_GATEWAY", .host_prefix = "apigateway",
	  .signing_name = "apigateway", .protocol = AWS_REST_JSON,
	  .in_flight = 4, .rate = 10, .burst = 40 },
	{ .id = "apigatewayv2", .name = "API Gateway",
	  .endpoint_id = "APIGATEWAYV2", .host_prefix = "apigateway",
	  .signing_name = "apigateway", .protocol = AWS_REST_JSON,
	  .in_flight = 4, .rate = 10, .burst = 40 },
	{ .id = "cloudwatch", .name = "CloudWatch",
	  .endpoint_id = "CLOUDWATCH", .host_prefix = "monitoring",
	  .signing_name = "monitoring", .protocol = AWS_JSON_1_0,
	  .target_prefix = "GraniteServiceVersion20100801",
	  .in_flight = 10 },
	{ .id = "dynamodb", .name = "DynamoDB",
	  .endpoint_id = "DYNAMODB", .host_prefix = "dynamodb",
	  .signing_name = "dynamodb", .protocol = AWS_JSON_1_0,
	  .target_prefix = "DynamoDB_20120810",
	  .in_flight = 10 },
	{ .id = "dynamodbstreams", .name = "DynamoDB Streams", .endpoint_id = "DYNAMODB_STREAMS",
	  .host_prefix = "streams.dynamodb", .signing_name = "dynamodb", .protocol = AWS_JSON_1_0,
	  .target_prefix = "DynamoDBStreams_20120810", .in_flight = 10 },
	{ .id = "ecr", .name = "ECR",
	  .endpoint_id = "ECR", .host_prefix = "api.ecr", .signing_name = "ecr",
	  .protocol = AWS_JSON_1_1, .target_prefix = "AmazonEC2ContainerRegistry_V20150921",
	  .in_flight = 10 },
	{ .id = "events", .name = "EventBridge",
	  .endpoint_id = "EVENTBRIDGE", .host_prefix = "events",
	  .signing_name = "events", .protocol = AWS_JSON_1_1, .target_prefix = "AWSEvents",
	  .in_flight = 10 },
	{ .id = "iam", .name = "IAM",
	  .endpoint_id = "IAM", .host_prefix = "iam", .signing_name = "iam",
	  .protocol = AWS_QUERY, .version = "2010-05-08", .global = true, .in_flight = 5 },
	{ .id = "kms", .name = "KMS",
	  .endpoint_id = "KMS", .host_prefix = "kms", .signing_name = "kms",
	  .protocol = AWS_JSON_1_1, .target_prefix = "TrentService", .in_flight = 3 },
	{ .id = "lambda", .name = "Lambda",
	  .endpoint_id = "LAMBDA", .host_prefix = "lambda", .signing_name = "lambda",
	  .protocol = AWS_REST_JSON, .in_flight = 5, .rate = 15, .burst = 15 },
	{ .id = "logs", .name = "CloudWatch Logs",
	  .endpoint_id = "CLOUDWATCH_LOGS", .host_prefix = "logs",
	  .signing_name = "logs", .protocol = AWS_JSON_1_1, .target_prefix = "Logs_20140328",
	  .in_flight = 5 },
	{ .id = "s3", .name = "S3", .endpoint_id = "S3", .host_prefix = "s3", .signing_name = "s3",
	  .protocol = AWS_REST_XML, .xml_namespace = S3_NAMESPACE, .in_flight = 10 },
	{ .id = "scheduler", .name = "EventBridge Scheduler",
	  .endpoint_id = "SCHEDULER", .host_prefix = "scheduler",
	  .signing_name = "scheduler", .protocol = AWS_REST_JSON, .in_flight = 10 },
	{ .id = "sns", .name = "SNS",
	  .endpoint_id = "SNS", .host_prefix = "sns", .signing_name = "sns",
	  .protocol = AWS_QUERY, .version = "2010-03-31", .query_maps = "Attributes",
	  .in_flight = 10 },
	{ .id = "sqs", .name = "SQS",
	  .endpoint_id = "SQS", .host_prefix = "sqs", .signing_name = "sqs",
	  .protocol = AWS_JSON_1_0, .target_prefix = "AmazonSQS", .in_flight = 10 },
	{ .id = "sts", .name = "STS",
	  .endpoint_id = "STS", .host_prefix = "sts", .signing_name = "sts",
	  .protocol = AWS_QUERY, .version = "2011-06-15", .in_flight = 10 },
	{ .id = "tagging", .name = "Resource Groups Tagging",
	  .endpoint_id = "RESOURCE_GROUPS_TAGGING_API", .host_prefix = "tagging",
	  .signing_name = "tagging", .protocol = AWS_JSON_1_1,
	  .target_prefix = "ResourceGroupsTaggingAPI_20170126", .in_flight = 10 },
};
/* clang-format on */

const struct aws_service *aws_service(const char *id)
{
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		if (str_eq(services[i].id, id))
			return &services[i];
	return NULL;
}
