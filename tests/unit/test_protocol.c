#include "test.h"

#include <string.h>

#include "aws/protocol.h"
#include "model/json.h"

static struct value *json(struct arena *a, const char *text)
{
	const char *why = NULL;
	struct value *v = json_parse(a, text, strlen(text), &why);

	assert_non_null(v);
	return v;
}

static struct wire build(struct arena *a, struct aws_call *call, const char *service,
			 const char *input)
{
	struct wire w;
	const char *why = "none";

	call->service = aws_service(service);
	call->input = input ? json(a, input) : NULL;
	if (protocol_build(a, call, &w, &why))
		fail_msg("%s", why);
	return w;
}

static const char *refusal(struct arena *a, struct aws_call *call, const char *service,
			   const char *input)
{
	struct wire w;
	const char *why = NULL;

	call->service = aws_service(service);
	call->input = json(a, input);
	assert_int_equal(protocol_build(a, call, &w, &why), -1);
	return why;
}

static struct aws_reply parse(struct arena *a, const char *service, const char *operation,
			      const char *body)
{
	struct aws_call call = { .service = aws_service(service), .operation = operation };
	struct http_reply r = { .status = 200, .body = body, .body_len = strlen(body) };
	struct aws_reply reply;
	const char *why = "none";

	if (protocol_parse(a, &call, &r, &reply, &why))
		fail_msg("%s", why);
	return reply;
}

static void assert_output(struct arena *a, const struct aws_reply *r, const char *want)
{
	assert_string_equal(json_text(a, r->output, JSON_COMPACT), want);
}

/* --- JSON --- */

TEST(protocol_json_request)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_call call = { .operation = "CreateQueue" };
	struct wire w = build(a, &call, "sqs", "{\"QueueName\":\"q\",\"N\":1,\"Gone\":null}");

	assert_string_equal(w.method, "POST");
	assert_string_equal(w.path, "/");
	assert_null(w.query);
	assert_string_equal(w.body, "{\"QueueName\":\"q\",\"N\":1}");
	assert_string_equal(http_header(&w.headers, "X-Amz-Target"), "AmazonSQS.CreateQueue");
	assert_string_equal(http_header(&w.headers, "Content-Type"), "application/x-amz-json-1.0");
	w = build(a, &call, "kms", NULL);
	assert_string_equal(w.body, "{}");
	assert_string_equal(http_header(&w.headers, "X-Amz-Target"), "TrentService.CreateQueue");
	assert_string_equal(http_header(&w.headers, "Content-Type"), "application/x-amz-json-1.1");
	assert_string_equal(w.body_sha256, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f"
					   "61caaff8a");
}

TEST(protocol_sensitive_is_sent_in_clear)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_call call = { .operation = "X", .service = aws_service("sqs") };
	struct value *in = value_map(a), *secret = value_string(a, "hunter2");
	const char *why;
	struct wire w;

	secret->flags |= VALUE_SENSITIVE;
	value_set(a, in, "Password", secret);
	call.input = in;
	assert_int_equal(protocol_build(a, &call, &w, &why), 0);
	assert_string_equal(w.body, "{\"Password\":\"hunter2\"}");
	call.service = aws_service("iam");
	assert_int_equal(protocol_build(a, &call, &w, &why), 0);
	assert_non_null(strstr(w.body, "Password=hunter2"));
}

TEST(protocol_unknown_is_refused)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_call call = { .operation = "X", .service = aws_service("sqs") };
	struct value *in = value_map(a);
	const char *why = NULL;
	struct wire w;

	value_set(a, in, "Later", value_unknown(a));
	call.input = in;
	assert_int_equal(protocol_build(a, &call, &w, &why), -1);
	assert_non_null(why);
}

TEST(protocol_json_reply)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_reply r = parse(a, "sqs", "X", "{\"a\":9007199254740993}");

	assert_output(a, &r, "{\"a\":9007199254740993}");
	r = parse(a, "sqs", "X", "");
	assert_output(a, &r, "{}");
}

TEST(protocol_bad_replies)
{
	static const char *const json_bodies[] = { "{\"a\":", "<html></html>", "1", "nonsense" };
	static const char *const xml_bodies[] = { "<a><b></a>", "<html><body>x</body></html>",
						  "{}" };
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_reply reply;
	const char *why;

	for (size_t i = 0; i < 7; i++) {
		struct aws_call call = { .service = aws_service(i < 4 ? "sqs" : "iam"),
					 .operation = "X" };
		const char *body = i < 4 ? json_bodies[i] : xml_bodies[i - 4];
		struct http_reply r = { .status = 200, .body = body, .body_len = strlen(body) };

		why = NULL;
		assert_int_equal(protocol_parse(a, &call, &r, &reply, &why), -1);
		assert_non_null(why);
		call.raw_reply = true;
		assert_int_equal(protocol_parse(a, &call, &r, &reply, &why), 0);
		assert_string_equal(reply.body, body);
		assert_int_equal(value_len(reply.output), 0);
	}
}

/* --- query --- */

TEST(protocol_query_request)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_call call = { .operation = "PutMetricAlarm" };
	struct wire w = build(a, &call, "iam",
			      "{\"Name\":\"a "
			      "b&c\",\"On\":true,\"N\":1.5,\"Gone\":null,\"Empty\":[],"
			      "\"List\":[\"x\",\"y\"],\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"},{"
			      "\"Key\":\"l\"}],"
			      "\"Deep\":{\"Stat\":{\"Dimensions\":[{\"Name\":\"n\"}]}},\"Text\":"
			      "\"\"}");

	assert_string_equal(w.body, "Action=PutMetricAlarm&Version=2010-05-08&Name=a%20b%26c&On="
				    "true&N=1.5"
				    "&List.member.1=x&List.member.2=y&Tags.member.1.Key=k&Tags."
				    "member.1.Value=v"
				    "&Tags.member.2.Key=l&Deep.Stat.Dimensions.member.1.Name=n&"
				    "Text=");
	assert_string_equal(http_header(&w.headers, "Content-Type"), "application/"
								     "x-www-form-urlencoded; "
								     "charset=utf-8");
}

TEST(protocol_query_free_maps)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_call call = { .operation = "CreateTopic" };
	struct wire w = build(a, &call, "sns",
			      "{\"Attributes\":{\"DisplayName\":\"d\",\"Policy\":\"{}\"},\"Other\":"
			      "{\"A\":1}}");

	assert_string_equal(w.body, "Action=CreateTopic&Version=2010-03-31&Attributes.entry.1.key="
				    "DisplayName"
				    "&Attributes.entry.1.value=d&Attributes.entry.2.key=Policy"
				    "&Attributes.entry.2.value=%7B%7D&Other.A=1");
}

TEST(protocol_query_reply)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_reply r = parse(a, "iam", "GetRole",
				   "<?xml version=\"1.0\"?><GetRoleResponse "
				   "xmlns=\"https://iam\"><GetRoleResult><Role>"
				   "<RoleName>r</RoleName><Tags><member><Key>k</Key><Value>v</"
				   "Value></member></Tags>"
				   "<Empty/><List><member>a</member><member>b</member></List>"
				   "<Map><entry><key>k</key><value>v</value></entry></Map></Role></"
				   "GetRoleResult>"
				   "<ResponseMetadata><RequestId>i</RequestId></ResponseMetadata></"
				   "GetRoleResponse>");

	assert_output(a, &r,
		      "{\"Role\":{\"RoleName\":\"r\",\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}],"
		      "\"Empty\":\"\",\"List\":[\"a\",\"b\"],\"Map\":{\"k\":\"v\"}}}");
	assert_string_equal(xml_text(r.xml, "GetRoleResult/Role/RoleName"), "r");
	r = parse(a, "iam", "DeleteRole",
		  "<DeleteRoleResponse><ResponseMetadata><RequestId>i</RequestId></"
		  "ResponseMetadata>"
		  "</DeleteRoleResponse>");
	assert_output(a, &r, "{}");
	r = parse(a, "sns", "X", "<XResponse><XResult/></XResponse>");
	assert_output(a, &r, "{}");
}

/* --- REST --- */

TEST(protocol_rest_json_parts)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_call call = {
		.operation = "X",
		.method = "PUT",
		.path = "/2015-03-31/functions/{FunctionName}/x/{Rest+}?fixed&q={Q}",
		.query = "Qualifier,tagKeys=TagKeys,absent=Absent,on=On",
		.headers = "X-Owner=Owner,X-List=List,X-None=None",
	};
	struct wire w = build(a, &call, "lambda",
			      "{\"FunctionName\":\"arn:aws:x/y z\",\"Rest\":\"a/b "
			      "c\",\"Q\":\"1+1\","
			      "\"Qualifier\":\"$LATEST\",\"TagKeys\":[\"a\",\"b&c\"],\"On\":false,"
			      "\"Owner\":123,\"List\":[\"p\",\"q\"],\"Body\":{\"x\":[1,null]},"
			      "\"Null\":null}");

	assert_string_equal(w.method, "PUT");
	assert_string_equal(w.path, "/2015-03-31/functions/arn%3Aaws%3Ax%2Fy%20z/x/a/b%20c");
	assert_string_equal(w.query, "fixed&q=1%2B1&Qualifier=%24LATEST&tagKeys=a&tagKeys=b%26c&on="
				     "false");
	assert_string_equal(w.body, "{\"Body\":{\"x\":[1,null]}}");
	assert_string_equal(http_header(&w.headers, "X-Owner"), "123");
	assert_string_equal(http_header(&w.headers, "X-List"), "p,q");
	assert_null(http_header(&w.headers, "X-None"));
	assert_string_equal(http_header(&w.headers, "Accept"), "application/json");
}

TEST(protocol_rest_json_bodies)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_call call = { .operation = "X", .path = "/x" };
	struct wire w = build(a, &call, "apigatewayv2", "{}");

	assert_string_equal(w.body, "{}"); /* POST */
	call.method = "PATCH";
	w = build(a, &call, "apigatewayv2", NULL);
	assert_string_equal(w.body, "{}");
	call.method = "DELETE";
	w = build(a, &call, "apigatewayv2", NULL);
	assert_null(w.body);
	assert_null(http_header(&w.headers, "Content-Type"));
	call.method = "PUT";
	call.payload = "Payload";
	w = build(a, &call, "lambda", "{\"Payload\":{\"a\":1}}");
	assert_string_equal(w.body, "{\"a\":1}");
}

TEST(protocol_rest_members_without_a_place)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_call get = { .operation = "X", .method = "GET", .path = "/x" };
	struct aws_call put = { .operation = "X", .method = "PUT", .path = "/x", .payload = "P" };
	struct aws_call s3 = { .operation = "X", .method = "PUT", .path = "/{Bucket}" };

	assert_non_null(strstr(refusal(a, &get, "lambda", "{\"Lost\":1}"), "\"Lost\""));
	assert_non_null(strstr(refusal(a, &put, "lambda", "{\"P\":{},\"Lost\":1}"), "\"Lost\""));
	assert_non_null(strstr(refusal(a, &s3, "s3", "{\"Bucket\":\"b\",\"Lost\":1}"), "\"Lost\""));
}

TEST(protocol_rest_labels_must_be_there)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_call call = { .operation = "X", .method = "DELETE", .path = "/apis/{apiId}" };

	refusal(a, &call, "apigatewayv2", "{}");
	refusal(a, &call, "apigatewayv2", "{\"apiId\":null}");
	refusal(a, &call, "apigatewayv2", "{\"apiId\":\"\"}");
	refusal(a, &call, "apigatewayv2", "{\"apiId\":[]}");
	refusal(a, &call, "apigatewayv2", "{\"apiId\":\"..\"}");
}

TEST(protocol_rest_header_cannot_smuggle)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_call call = { .operation = "X", .method = "GET", .path = "/", .headers = "x=X" };

	assert_non_null(strstr(refusal(a, &call, "lambda", "{\"X\":\"a\\r\\nB: c\"}"), "\"X\""));
}

TEST(protocol_rest_xml_request)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_call call = { .operation = "PutBucketTagging",
				 .method = "PUT",
				 .path = "/{Bucket}?tagging",
				 .xml_root = "Tagging",
				 .checksum = true };
	struct wire w = build(a, &call, "s3",
			      "{\"Bucket\":\"my.bucket\",\"TagSet\":{\"Tag\":[{\"Key\":\"a<b\","
			      "\"Value\":\"&\"},"
			      "{\"Key\":\"c\",\"Value\":\"\",\"Gone\":null}]},\"On\":true,"
			      "\"Empty\":{}}");

	assert_string_equal(w.bucket, "my.bucket");
	assert_string_equal(w.path, "/my.bucket");
	assert_string_equal(w.query, "tagging");
	assert_string_equal(w.body, "<Tagging "
				    "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/"
				    "\"><TagSet><Tag>"
				    "<Key>a&lt;b</Key><Value>&amp;</Value></Tag><Tag><Key>c</"
				    "Key><Value></Value>"
				    "</Tag></TagSet><On>true</On><Empty></Empty></Tagging>");
	assert_string_equal(http_header(&w.headers, "Content-Type"), "application/xml");
	assert_string_equal(http_header(&w.headers, "x-amz-sdk-checksum-algorithm"), "SHA256");
	assert_int_equal(strlen(http_header(&w.headers, "x-amz-checksum-sha256")), 44);
}

TEST(protocol_rest_xml_bodies)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_call call = { .operation = "CreateBucket",
				 .method = "PUT",
				 .path = "/{Bucket}",
				 .payload = "CreateBucketConfiguration" };
	struct wire w = build(a, &call, "s3", "{\"Bucket\":\"b\"}");

	assert_int_equal(w.body_len, 0); /* us-east-1 */
	w = build(a, &call, "s3",
		  "{\"Bucket\":\"b\",\"CreateBucketConfiguration\":{\"LocationConstraint\":\"eu-"
		  "west-1\"}}");
	assert_string_equal(w.body, "<CreateBucketConfiguration "
				    "xmlns=\"http://s3.amazonaws.com/doc/"
				    "2006-03-01/\"><LocationConstraint>eu-west-1</"
				    "LocationConstraint>"
				    "</CreateBucketConfiguration>");
	call.payload = NULL;
	call.xml_root = "NotificationConfiguration";
	w = build(a, &call, "s3", "{\"Bucket\":\"b\"}");
	assert_string_equal(w.body, "<NotificationConfiguration "
				    "xmlns=\"http://s3.amazonaws.com/doc/"
				    "2006-03-01/\"></NotificationConfiguration>");
	call.xml_root = "X";
	refusal(a, &call, "s3", "{\"Bucket\":\"b\",\"a><evil\":1}");
}

TEST(protocol_raw_body)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_call call = { .operation = "PutObject",
				 .method = "PUT",
				 .path = "/{Bucket}/{Key+}",
				 .raw_body = "a\0b",
				 .raw_body_len = 3,
				 .content_type = "text/plain" };
	struct wire w = build(a, &call, "s3", "{\"Bucket\":\"b\",\"Key\":\"x/y//z ü\"}");

	assert_string_equal(w.path, "/b/x/y//z%20%C3%BC");
	assert_int_equal(w.body_len, 3);
	assert_string_equal(http_header(&w.headers, "Content-Type"), "text/plain");
}

TEST(protocol_rest_xml_reply)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_reply r = parse(a, "s3", "X",
				   "<Out xmlns=\"n\"><Rule><ID>1</ID></Rule><Rule><ID>2</ID></Rule>"
				   "<Rule><ID>3</ID></Rule><One><A>x</A></One><member>m</member></"
				   "Out>");
	struct value *one;

	assert_output(a, &r,
		      "{\"Rule\":[{\"ID\":\"1\"},{\"ID\":\"2\"},{\"ID\":\"3\"}],\"One\":{\"A\":"
		      "\"x\"},"
		      "\"member\":\"m\"}");
	one = aws_xml_list(a, value_get(r.output, "One"));
	assert_int_equal(value_len(one), 1);
	assert_int_equal(value_len(aws_xml_list(a, value_get(r.output, "Rule"))), 3);
	assert_int_equal(value_len(aws_xml_list(a, NULL)), 0);
	assert_int_equal(value_len(aws_xml_list(a, value_string(a, ""))), 0);
	r = parse(a, "s3", "X", "<LocationConstraint xmlns=\"n\">eu-west-1</LocationConstraint>");
	assert_output(a, &r, "{\"LocationConstraint\":\"eu-west-1\"}");
	r = parse(a, "s3", "X", "<VersioningConfiguration/>");
	assert_output(a, &r, "{}");
}

/* --- errors --- */

struct error_case {
	int status;
	const char *headers_name, *headers_value, *body;
	const char *code, *legacy, *message, *request_id;
	bool from_aws;
};

static const struct error_case errors[] = {
	{ 400, "x-amzn-requestid", "r1",
	  "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\",\"message\":\"gone\"}",
	  "QueueDoesNotExist", NULL, "gone", "r1", true },
	{ 400, "x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender",
	  "{\"__type\":\"QueueDoesNotExist\",\"Message\":\"gone\"}", "QueueDoesNotExist",
	  "AWS.SimpleQueueService.NonExistentQueue", "gone", NULL, true },
	{ 404, "x-amzn-errortype", "NotFoundException:http://internal.amazon.com/",
	  "{\"message\":\"m\"}", "NotFoundException", NULL, "m", NULL, true },
	{ 409, "x", "y",
	  "{\"Type\":\"User\",\"Code\":\"ResourceConflictException\",\"Message\":\"m\"}",
	  "ResourceConflictException", NULL, "m", NULL, true },
	{ 404, "x", "y",
	  "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>m</Message>"
	  "</Error><RequestId>r2</RequestId></ErrorResponse>",
	  "NoSuchEntity", NULL, "m", "r2", true },
	{ 404, "x-amz-request-id", "r3",
	  "<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code><Message>m</Message>"
	  "<RequestId>body</RequestId></Error>",
	  "NoSuchBucket", NULL, "m", "r3", true },
	{ 403, "x", "y",
	  "<Response><Errors><Error><Code>AccessDenied</Code><Message>m</Message></Error></Errors>"
	  "<RequestID>r4</RequestID></Response>",
	  "AccessDenied", NULL, "m", "r4", true },
	{ 503, "x", "y", "<html><body><h1>503</h1></body></html>", "HTTP503", NULL,
	  "HTTP status 503 without an AWS error", NULL, false },
	{ 502, "x", "y", "", "HTTP502", NULL, "HTTP status 502 without an AWS error", NULL, false },
	{ 404, "x", "y", "<!doctype html><html lang=en><title>404 Not Found</title>", "HTTP404",
	  NULL, "HTTP status 404 without an AWS error", NULL, false },
	{ 500, "x", "y", "{\"message\":", "HTTP500", NULL, "HTTP status 500 without an AWS error",
	  NULL, false },
	{ 400, "x", "y", "{\"__type\":\"bad code\\u001b[31m\",\"message\":\"a\\u001bb\\nc\"}",
	  "BadRequest", NULL, "a b c", NULL, true },
	{ 404, "x-amzn-requestid", "r5", "", "NotFound", NULL, "no message", "r5", true },
	/* what a proxy, a gateway or a sign-in page says is nobody's absence */
	{ 404, "x", "y", "", "HTTP404", NULL, "HTTP status 404 without an AWS error", NULL, false },
	{ 404, "x", "y", "{\"message\":\"no such route\"}", "HTTP404", NULL, "no such route", NULL,
	  false },
	{ 404, "x", "y", "{}", "HTTP404", NULL, "HTTP status 404 without an AWS error", NULL,
	  false },
	{ 404, "x", "y", "[]", "HTTP404", NULL, "HTTP status 404 without an AWS error", NULL,
	  false },
	{ 404, "x-amzn-requestid", "r6", "{\"message\":\"m\"}", "NotFound", NULL, "m", "r6", true },
	/* the forms of x-amzn-errortype */
	{ 404, "x-amzn-errortype", "com.amazon.x#NotFoundException", "", "NotFoundException", NULL,
	  "no message", NULL, true },
	{ 404, "x-amzn-errortype", "aws.x#NotFoundException:http://y/#z", "{}", "NotFoundException",
	  NULL, "no message", NULL, true },
	{ 404, "x-amzn-errortype", "", "{}", "HTTP404", NULL,
	  "HTTP status 404 without an AWS error", NULL, false },
	{ 404, "x-amzn-errortype", "<b>", "", "HTTP404", NULL,
	  "HTTP status 404 without an AWS error", NULL, false },
	{ 400, "x-amzn-errortype", "ThrottlingException", "<html>slow down</html>",
	  "ThrottlingException", NULL, "no message", NULL, true },
};

TEST(protocol_errors)
{
	_cleanup_arena_ struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		const struct error_case *c = &errors[i];
		struct http_header h = { c->headers_name, c->headers_value };
		struct http_reply r = { .status = c->status,
					.body = c->body,
					.body_len = strlen(c->body) };
		struct aws_error e = { 0 };

		vec_push(a, &r.headers, h);
		assert_int_equal(protocol_error(a, &r, &e), c->from_aws);
		assert_string_equal(e.code, c->code);
		assert_true(str_eq(e.legacy_code, c->legacy));
		assert_string_equal(e.message, c->message);
		assert_true(str_eq(e.request_id, c->request_id));
		assert_int_equal(e.status, c->status);
	}
}

TEST(protocol_head_errors)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct http_header id = { "x-amz-request-id", "r" };
	struct http_reply r = { .status = 404, .body = "" };
	struct aws_error e = { 0 };

	assert_false(protocol_error(a, &r, &e)); /* of a proxy */
	assert_string_equal(e.code, "HTTP404");
	vec_push(a, &r.headers, id);
	e = (struct aws_error){ 0 };
	assert_true(protocol_error(a, &r, &e));
	assert_string_equal(e.code, "NotFound");
	e = (struct aws_error){ 0 };
	r.status = 412;
	assert_true(protocol_error(a, &r, &e));
	assert_string_equal(e.code, "PreconditionFailed");
}

TEST(protocol_errors_inside_success)
{
	struct aws_call call = { .service = aws_service("s3") };
	static const char *const yes[] = { "<Error><Code>x</Code></Error>", "\n<?xml "
									    "version=\"1.0\"?>\n<"
									    "Error><Code>x</Code></"
									    "Error>" };
	static const char *const no[] = { "<Errors/>", "<DeleteResult><Error/></DeleteResult>",
					  "" };

	for (size_t i = 0; i < 2; i++) {
		struct http_reply r = { .body = yes[i], .body_len = strlen(yes[i]) };

		assert_true(protocol_is_error_body(&call, &r));
	}
	for (size_t i = 0; i < 3; i++) {
		struct http_reply r = { .body = no[i], .body_len = strlen(no[i]) };

		assert_false(protocol_is_error_body(&call, &r));
	}
}
