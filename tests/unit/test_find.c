/* What a create has made, found by its mark, its name or its place. */
#include "test.h"

#include "base/clock.h"
#include "turns.h"

/* Look for what a create has made; a look changes nothing. */
static void look(struct turns *f, const char *type, const char *props)
{
	uint64_t calls, mutating;
	const char *const *known = f->op.known;
	int64_t since = f->op.since_ms;
	turns_prepare(f, OPERATION_READ, type, props);
	f->op.known = known;
	f->op.since_ms = since;
	turns_run(f);
	aws_counts(f->client, &calls, &mutating);
	assert_int_equal(mutating, 0);
}

/* --- by name and mark --- */

static void look_for_queue(struct turns *f)
{
	look(f, "AWS::SQS::Queue", "{\"QueueName\": \"t-it\"}");
}

TEST(find_by_name_and_mark)
{
	struct turns f;
	TURNS(&f, QUEUE_TURNS("{\"cinfra:id\": \"" MARKER "\"}"));
	look_for_queue(&f);
	turns_found(&f, QUEUE);
	assert_string_equal(value_text_at(f.op.ret_attributes, "Arn"), "arn:aws:sqs:eu-west-1:"
								       "123456789012:t-it");
	assert_string_equal(value_text_at(f.op.ret_attributes, "QueueUrl"), QUEUE);
	turns_end(&f);
}

TEST(find_nothing_of_the_name)
{
	struct turns f;
	TURNS(&f, { "GetQueueUrl", 400, "{\"__type\": \"com.amazonaws.sqs#QueueDoesNotExist\"}",
		    "x-amzn-requestid: r" });
	look_for_queue(&f);
	turns_absent(&f, false);
	turns_end(&f);
}

TEST(find_without_our_mark)
{
	struct turns f;
	TURNS(&f, QUEUE_TURNS("{\"team\": \"shop\"}"));
	look_for_queue(&f);
	turns_absent(&f, true);
	turns_end(&f);
}

TEST(find_with_another_stacks_mark)
{
	struct turns f;
	TURNS(&f, QUEUE_TURNS("{\"cinfra:id\": \"" OTHER_STACK "\"}"));
	look_for_queue(&f);
	turns_absent(&f, true);
	turns_end(&f);
}

/* A replacement's old object is no stranger, but not what was made either. */
TEST(find_with_another_creates_mark)
{
	struct turns f;
	TURNS(&f, QUEUE_TURNS("{\"cinfra:id\": \"" OTHER_CREATE "\"}"));
	look_for_queue(&f);
	turns_absent(&f, false);
	turns_end(&f);
}

TEST(find_what_is_on_record)
{
	struct turns f;
	static const char *const known[] = { QUEUE, NULL };
	TURNS(&f, QUEUE_TURNS("{\"cinfra:id\": \"" MARKER "\"}"));
	f.op.known = known;
	look_for_queue(&f);
	turns_absent(&f, false);
	turns_end(&f);
}

TEST(find_that_fails)
{
	struct turns f;
	TURNS(&f, { "GetQueueUrl", 403, "{\"__type\": \"AccessDeniedException\"}", NULL });
	look_for_queue(&f);
	assert_int_equal(f.op.failed, -1);
	turns_end(&f);
}

/* Reads that share a call in a refresh are each their own look. */
TEST(find_several_of_a_batch)
{
	struct turns f;
	struct operation ops[2], *list[2] = { &ops[0], &ops[1] };
#define ALARM(name) "{\"MetricAlarms\": [{\"AlarmName\": \"" name "\"}]}"
#define TAGS "{\"Tags\": [{\"Key\": \"cinfra:id\", \"Value\": \"" MARKER "\"}]}"
	TURNS(&f, { "DescribeAlarms", 200, ALARM("a"), NULL },
	      { "ListTagsForResource", 200, TAGS, NULL },
	      { "DescribeAlarms", 200, ALARM("x"), NULL });
	turns_prepare(&f, OPERATION_READ, "AWS::CloudWatch::Alarm", "{\"AlarmName\": \"a\"}");
	ops[0] = f.op;
	turns_prepare(&f, OPERATION_READ, "AWS::CloudWatch::Alarm", "{\"AlarmName\": \"b\"}");
	ops[1] = f.op;
	assert_int_equal(f.provider->run(f.provider, list, 2), 0);
	assert_string_equal(ops[0].ret_id, "a");
	assert_true(ops[1].absent);
	turns_end(&f);
}

/* --- without a name: by mark alone, and none on record --- */

#define TAGGED(id) "{\"ResourceARN\": \"arn:aws:kms:eu-west-1:123456789012:key/" id "\"}"

TEST(find_a_surplus_key)
{
	struct turns f;
	static const char *const known[] = { "k-1", NULL };
	TURNS(&f,
	      { "GetResources", 200,
		"{\"ResourceTagMappingList\": [" TAGGED("k-1") ", " TAGGED("k-2") "]}", NULL },
	      { "DescribeKey", 200,
		"{\"KeyMetadata\": {\"KeyId\": \"k-2\", \"Arn\": "
		"\"arn:aws:kms:eu-west-1:123456789012:key/k-2\", \"KeyState\": \"Enabled\"}}",
		NULL },
	      { "ListResourceTags", 200,
		"{\"Tags\": [{\"TagKey\": \"cinfra:id\", \"TagValue\": \"" MARKER "\"}]}", NULL });
	f.op.known = known;
	look(&f, "AWS::KMS::Key", "{\"KeySpec\": \"SYMMETRIC_DEFAULT\"}");
	turns_found(&f, "k-2");
	assert_true(body_has(&f.http, 2, "k-2"));
	assert_true(body_has(&f.http, 1, MARKER));
	assert_string_equal(value_text_at(f.op.ret_attributes, "Arn"), "arn:aws:kms:eu-west-1:"
								       "123456789012:key/k-2");
	turns_end(&f);
}

/* The index of tags shows deleted ones for a while. */
TEST(find_a_key_that_is_going)
{
	struct turns f;
	TURNS(&f,
	      { "GetResources", 200, "{\"ResourceTagMappingList\": [" TAGGED("k-1") "]}", NULL },
	      { "DescribeKey", 200,
		"{\"KeyMetadata\": {\"KeyId\": \"k-1\", \"KeyState\": \"PendingDeletion\"}}",
		NULL });
	look(&f, "AWS::KMS::Key", "{}");
	turns_absent(&f, false);
	turns_end(&f);
}

TEST(find_an_api)
{
	struct turns f;
	TURNS(&f, FOUND_API);
	look(&f, "AWS::ApiGatewayV2::Api", "{\"ProtocolType\": \"HTTP\"}");
	turns_found(&f, "a-1");
	assert_string_equal(value_text_at(f.op.ret_attributes, "ApiEndpoint"), "https://a-1");
	turns_end(&f);
}

/* --- inside a parent: what is alike, less what is on record --- */

#define INTEGRATION(id, uri)                                                                       \
	"{\"integrationId\": \"" id "\", \"integrationType\": \"AWS_PROXY\", "                     \
	"\"integrationMethod\": \"POST\", \"integrationUri\": \"" uri "\", "                       \
	"\"payloadFormatVersion\": \"2.0\", \"connectionType\": \"INTERNET\"}"
#define WANTED_INTEGRATION                                                                         \
	"{\"ApiId\": \"a-1\", \"IntegrationType\": \"AWS_PROXY\", \"IntegrationUri\": \"u\", "     \
	"\"PayloadFormatVersion\": \"2.0\"}"

TEST(find_an_integration)
{
	struct turns f;
	static const char *const known[] = { "a-1|i-1", NULL };
	TURNS(&f,
	      { "GET /v2/apis/a-1/integrations", 200,
		"{\"items\": [" INTEGRATION("i-1", "u") ", " INTEGRATION(
			"i-2", "other") ", " INTEGRATION("i-3", "u") "]}",
		NULL },
	      { "GET /v2/apis/a-1/integrations/i-3", 200, INTEGRATION("i-3", "u"), NULL });
	f.op.known = known;
	look(&f, "AWS::ApiGatewayV2::Integration", WANTED_INTEGRATION);
	turns_found(&f, "a-1|i-3");
	turns_end(&f);
}

TEST(find_no_integration)
{
	struct turns f;
	TURNS(&f, { "GET /v2/apis/a-1/integrations", 200,
		    "{\"items\": [" INTEGRATION("i-2", "other") "]}", NULL });
	look(&f, "AWS::ApiGatewayV2::Integration", WANTED_INTEGRATION);
	turns_absent(&f, false);
	turns_end(&f);
}

TEST(find_in_a_parent_that_is_gone)
{
	struct turns f;
	TURNS(&f, { "GET /v2/apis/a-1/authorizers", 404, "{\"message\": \"Invalid API\"}",
		    "x-amzn-errortype: NotFoundException\nx-amzn-requestid: r" });
	look(&f, "AWS::ApiGatewayV2::Authorizer",
	     "{\"ApiId\": \"a-1\", \"Name\": \"n\", \"AuthorizerType\": \"JWT\"}");
	turns_absent(&f, false);
	turns_end(&f);
}

static const struct turn aliases = { "ListAliases", 200,
				     "{\"Aliases\": [{\"AliasName\": \"alias/t\", "
				     "\"TargetKeyId\": \"k-1\"}]}",
				     NULL };

TEST(find_an_alias_by_its_key)
{
	struct turns f;
	TURNS(&f, aliases, aliases);
	look(&f, "AWS::KMS::Alias",
	     "{\"AliasName\": \"alias/t\", \"TargetKeyId\": \"arn:aws:kms:x:1:key/k-1\"}");
	turns_found(&f, "alias/t");
	look(&f, "AWS::KMS::Alias", "{\"AliasName\": \"alias/t\", \"TargetKeyId\": \"k-2\"}");
	turns_absent(&f, true);
	turns_end(&f);
}

#define STATEMENT(source)                                                                          \
	{                                                                                          \
		"GET /2015-03-31/functions/f/policy", 200,                                         \
			"{\"Policy\": \"{\\\"Statement\\\": [{\\\"Sid\\\": "                       \
			"\\\"cinfra-2219d4af363e1537092dbda3\\\", \\\"Effect\\\": "                \
			"\\\"Allow\\\", "                                                          \
			"\\\"Action\\\": \\\"lambda:InvokeFunction\\\", \\\"Principal\\\": "       \
			"{\\\"Service\\\": \\\"sns.amazonaws.com\\\"}, \\\"Condition\\\": "        \
			"{\\\"ArnLike\\\": {\\\"AWS:SourceArn\\\": \\\"" source "\\\"}}}]}\"}",    \
			NULL                                                                       \
	}

/* The statement's id is the address's, whatever it says. */
TEST(find_a_permission_by_what_it_says)
{
	struct turns f;
	TURNS(&f, STATEMENT("arn:new"), STATEMENT("arn:old"));
	for (int i = 0; i < 2; i++) {
		look(&f, "AWS::Lambda::Permission",
		     "{\"FunctionName\": \"f\", \"Action\": \"lambda:InvokeFunction\", "
		     "\"Principal\": \"sns.amazonaws.com\", \"SourceArn\": \"arn:new\"}");
		if (i == 0)
			turns_found(&f, "f|cinfra-2219d4af363e1537092dbda3");
		else
			turns_absent(&f, false);
	}
	turns_end(&f);
}

/* --- a bucket, which gets its tags by a second call --- */

#define HEAD_OK                                                                                    \
	{                                                                                          \
		"HEAD /", 200, NULL, NULL                                                          \
	}
#define NO_TAGS                                                                                    \
	{                                                                                          \
		"GET /?tagging", 404, "<Error><Code>NoSuchTagSet</Code></Error>", NULL             \
	}
#define LISTED(name, date)                                                                         \
	{                                                                                          \
		"GET /?prefix=t-it", 200,                                                          \
			"<ListAllMyBucketsResult><Buckets><Bucket><Name>" name                     \
			"</Name><CreationDate>2026-11-21T09:00:00.000Z</CreationDate></Bucket>"    \
			"</Buckets></ListAllMyBucketsResult>",                                     \
			"date: " date                                                              \
	}
#define VERSIONS(text)                                                                             \
	{                                                                                          \
		"GET /?versions&max-keys=1", 200,                                                  \
			"<ListVersionsResult>" text "</ListVersionsResult>", NULL                  \
	}

/* Of a create that began `s` seconds ago. */
static void look_for_bucket(struct turns *f, int64_t s)
{
	f->op.since_ms = clock_unix_ms() - s * 1000;
	look(f, "AWS::S3::Bucket", "{\"BucketName\": \"t-it\"}");
}

TEST(find_a_bucket_without_tags)
{
	struct turns f;
	TURNS(&f, HEAD_OK, NO_TAGS, LISTED("t-it", "Sat, 21 Nov 2026 09:00:30 GMT"), VERSIONS(""));
	look_for_bucket(&f, 40);
	turns_found(&f, "t-it");
	turns_end(&f);
}

TEST(find_a_bucket_that_was_there_before)
{
	struct turns f;
	TURNS(&f, HEAD_OK, NO_TAGS, LISTED("t-it", "Sat, 21 Nov 2026 10:00:00 GMT"));
	look_for_bucket(&f, 40);
	turns_absent(&f, true);
	turns_end(&f);
}

TEST(find_a_bucket_with_contents)
{
	struct turns f;
	TURNS(&f, HEAD_OK, NO_TAGS, LISTED("t-it", "Sat, 21 Nov 2026 09:00:30 GMT"),
	      VERSIONS("<Version><Key>k</Key></Version>"));
	look_for_bucket(&f, 40);
	turns_absent(&f, true);
	turns_end(&f);
}

TEST(find_a_bucket_that_lists_do_not_show_yet)
{
	struct turns f;
	TURNS(&f, HEAD_OK, NO_TAGS, LISTED("t-it-2", "Sat, 21 Nov 2026 09:00:30 GMT"),
	      LISTED("t-it", "Sat, 21 Nov 2026 09:00:31 GMT"), VERSIONS(""));
	look_for_bucket(&f, 40);
	turns_found(&f, "t-it");
	turns_end(&f);
}

TEST(find_a_bucket_of_another_account)
{
	struct turns f;
	TURNS(&f, { "HEAD /", 403, NULL, "x-amz-request-id: r" },
	      LISTED("x", "Sat, 21 Nov 2026 09:00:30 GMT"),
	      { "HEAD /", 403, NULL, "x-amz-request-id: r" },
	      LISTED("t-it", "Sat, 21 Nov 2026 09:00:30 GMT"));
	look_for_bucket(&f, 40);
	turns_absent(&f, true);
	look_for_bucket(&f, 40); /* ours, but we have not the right to look at it */
	assert_int_equal(f.op.failed, -1);
	turns_end(&f);
}
