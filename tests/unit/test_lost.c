/* Creates and updates whose reply is lost, and what they find in their place. */
#include "test.h"

#include "turns.h"

static const char create_api[] = "{\"Name\": \"t-it\", \"ProtocolType\": \"HTTP\"}";

static void create(struct turns *f, const char *type, const char *props)
{
	turns_prepare(f, OPERATION_CREATE, type, props);
	turns_run(f);
}

TEST(lost_create_is_found)
{
	struct turns f;
	TURNS(&f, { "POST /v2/apis", 0, NULL, NULL },
	      { "GET /v2/apis", 200, "{\"items\": []}", NULL }, FOUND_API);
	create(&f, "AWS::ApiGatewayV2::Api", create_api);
	turns_found(&f, "a-1");
	assert_false(f.op.uncertain);
	turns_end(&f);
}

/* What AWS would make twice is made again once, after it was looked for in vain. */
TEST(lost_create_is_not_found)
{
	struct turns f;
#define NO_API { "GET /v2/apis", 200, "{\"items\": []}", NULL }
	TURNS(&f, { "POST /v2/apis", 0, NULL, NULL }, NO_API, NO_API, NO_API,
	      { "POST /v2/apis", 0, NULL, NULL }, NO_API, NO_API, NO_API);
	create(&f, "AWS::ApiGatewayV2::Api", create_api);
	assert_int_equal(f.op.failed, -1);
	assert_true(f.op.uncertain);
	assert_true(f.op.surplus);
	assert_null(f.op.ret_id);
	turns_end(&f);
}

TEST(lost_not_a_refused_create)
{
	struct turns f;
	TURNS(&f, { "POST /v2/apis", 400, "{\"message\": \"no\"}",
		    "x-amzn-errortype: BadRequestException" });
	create(&f, "AWS::ApiGatewayV2::Api", create_api);
	assert_int_equal(f.op.failed, -1);
	assert_false(f.op.uncertain);
	turns_end(&f);
}

#define NO_QUEUE                                                                                   \
	{                                                                                          \
		"GetQueueUrl", 400, "{\"__type\": \"com.amazonaws.sqs#QueueDoesNotExist\"}",       \
			"x-amzn-requestid: r"                                                      \
	}

/* Looked for before: "absent" then is not what the create ends with. */
TEST(lost_create_is_repeated)
{
	struct turns f;
	TURNS(&f, NO_QUEUE, { "CreateQueue", 0, NULL, NULL },
	      { "CreateQueue", 200, "{\"QueueUrl\": \"" QUEUE "\"}", NULL });
	create(&f, "AWS::SQS::Queue", "{\"QueueName\": \"t-it\"}");
	turns_found(&f, QUEUE);
	assert_non_null(f.op.ret_attributes);
	turns_end(&f);
}

#define NO_STATEMENT                                                                               \
	{                                                                                          \
		"GET /2015-03-31/functions/f/policy", 404, "{\"message\": \"none\"}",              \
			"x-amzn-errortype: ResourceNotFoundException\nx-amzn-requestid: r"         \
	}

TEST(lost_create_is_looked_for_then_repeated)
{
	struct turns f;
	TURNS(&f, { "POST /2015-03-31/functions/f/policy", 0, NULL, NULL }, NO_STATEMENT,
	      { "POST /2015-03-31/functions/f/policy", 201, "{\"Statement\": \"{}\"}", NULL });
	create(&f, "AWS::Lambda::Permission",
	       "{\"FunctionName\": \"f\", \"Action\": \"lambda:InvokeFunction\", "
	       "\"Principal\": \"sns.amazonaws.com\"}");
	turns_found(&f, "f|cinfra-2219d4af363e1537092dbda3");
	assert_non_null(f.op.ret_attributes);
	turns_end(&f);
}

/* The old queue is still seen for a while after it was deleted. */
TEST(lost_not_an_old_one_that_is_going)
{
	struct turns f;
	TURNS(&f, QUEUE_TURNS("{\"cinfra:id\": \"" OTHER_CREATE "\"}"), NO_QUEUE,
	      { "CreateQueue", 200, "{\"QueueUrl\": \"" QUEUE "\"}", NULL });
	create(&f, "AWS::SQS::Queue", "{\"QueueName\": \"t-it\"}");
	turns_found(&f, QUEUE);
	turns_end(&f);
}

TEST(lost_not_a_strangers)
{
	struct turns f;
	TURNS(&f, QUEUE_TURNS("{}"));
	create(&f, "AWS::SQS::Queue", "{\"QueueName\": \"t-it\"}");
	assert_int_equal(f.op.failed, -1);
	assert_true(f.op.foreign);
	turns_end(&f);
}

/* An index that AWS makes although its reply is lost: the repeat is refused, and a look tells. */
#define TABLE(indexes)                                                                             \
	{                                                                                          \
		"DescribeTable", 200,                                                              \
			"{\"Table\": {\"TableName\": \"t-it\", \"TableStatus\": \"ACTIVE\", "      \
			"\"AttributeDefinitions\": [{\"AttributeName\": \"a\", "                   \
			"\"AttributeType\": \"S\"}], \"GlobalSecondaryIndexes\": [" indexes "]}}", \
			NULL                                                                       \
	}
#define INDEX                                                                                      \
	"\"IndexName\": \"by_a\", \"KeySchema\": [{\"AttributeName\": \"a\", \"KeyType\": "        \
	"\"HASH\"}], \"Projection\": {\"ProjectionType\": \"ALL\"}"
#define WANTED_TABLE                                                                               \
	"{\"TableName\": \"t-it\", \"AttributeDefinitions\": [{\"AttributeName\": \"a\", "         \
	"\"AttributeType\": \"S\"}]"

static void update_table(struct turns *f)
{
	turns_prepare(f, OPERATION_UPDATE, "AWS::DynamoDB::Table",
		      WANTED_TABLE ", \"GlobalSecondaryIndexes\": [{" INDEX "}]}");
	f->op.marker = NULL;
	f->op.id = "t-it";
	f->op.recorded = f->op.live = turns_json(f, WANTED_TABLE "}");
	turns_run(f);
}
#define REFUSED(message)                                                                           \
	{                                                                                          \
		"UpdateTable", 400,                                                                \
			"{\"__type\": \"ValidationException\", \"message\": \"" message "\"}",     \
			NULL                                                                       \
	}

TEST(lost_update_was_done)
{
	struct turns f;
	TURNS(&f, { "UpdateTable", 0, NULL, NULL },
	      REFUSED("Attempting to create an index which already exists"),
	      TABLE("{" INDEX ", \"IndexStatus\": \"ACTIVE\"}"),
	      TABLE("{" INDEX ", \"IndexStatus\": \"ACTIVE\"}"));
	update_table(&f);
	assert_int_equal(f.op.failed, 0);
	assert_int_equal(diags_len(f.op.diags), 0);
	turns_end(&f);
}

TEST(lost_update_was_not_done)
{
	struct turns f;
	TURNS(&f, { "UpdateTable", 0, NULL, NULL }, REFUSED("no"), TABLE(""), TABLE(""),
	      REFUSED("no"));
	update_table(&f);
	assert_int_equal(f.op.failed, -1);
	assert_int_equal(diags_len(f.op.diags), 1);
	turns_end(&f);
}
