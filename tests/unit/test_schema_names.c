#include "test.h"

#include <string.h>

#include "model/json.h"
#include "model/schema.h"

TEST(schema_snake_case_by_rule)
{
	_cleanup_arena_ struct arena *a = arena_new();
	static const char *const names[][2] = {
		{ "VisibilityTimeout", "visibility_timeout" },
		{ "KMSKeyArn", "kms_key_arn" },
		{ "KmsMasterKeyId", "kms_master_key_id" },
		{ "SSESpecification", "sse_specification" },
		{ "SSEAlgorithm", "sse_algorithm" },
		{ "OKActions", "ok_actions" },
		{ "URI", "uri" },
		{ "S3Bucket", "s3_bucket" },
		{ "S3ObjectVersion", "s3_object_version" },
		{ "CodeSha256", "code_sha256" },
		{ "Ipv6AllowedForDualStack", "ipv6_allowed_for_dual_stack" },
		{ "IPv6Addresses", "ipv6_addresses" },
		{ "IPv4", "ipv4" },
		{ "IpV6", "ip_v6" },
		{ "CORSRules", "cors_rules" },
		{ "CallbackURLs", "callback_urls" },
		{ "IPs", "ips" },
		{ "SizeInMBs", "size_in_mbs" },
		{ "ProviderARNs", "provider_arns" },
		{ "ReplicationServersSecurityGroupsIDs", "replication_servers_security_groups_"
							 "ids" },
		{ "DNSSupport", "dns_support" },
		{ "AllowedOAuthFlows", "allowed_oauth_flows" },
		{ "OAuth2Credentials", "oauth2_credentials" },
		{ "DynamoDB", "dynamodb" },
		{ "DynamoDBv2", "dynamodb_v2" },
		{ "DynamoDBStreamParameters", "dynamodb_stream_parameters" },
		{ "OpenIDConnectConfig", "openid_connect_config" },
		{ "EnableXRay", "enable_xray" },
		{ "WebACLArn", "web_acl_arn" },
		{ "MemoryGiBPerVCpu", "memory_gib_per_vcpu" },
		{ "HTTPMethod", "http_method" },
		{ "HTTP2", "http2" },
		{ "ETag", "etag" },
		{ "YAxis", "y_axis" },
		{ "X", "x" },
		{ "", "" },
		{ "memory", "memory" },
		{ "visibility_timeout", "visibility_timeout" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_string_equal(snake_case(a, names[i][0]), names[i][1]);
}

TEST(schema_snake_case_of_overlong_names_ends)
{
	_cleanup_arena_ struct arena *a = arena_new();
	char name[4096];

	memset(name, 'A', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	assert_true(strlen(snake_case(a, name)) < 200);
	for (size_t i = 1; i < sizeof(name) - 1; i += 2)
		name[i] = 'b';
	assert_true(strlen(snake_case(a, name)) < 200);
}

/* clang-format off */
static const struct prop rows[] = {
	PROP("QueueName", STRING, 0, .def = ""),
	PROP("MaxAge", INT, 0, .def = "30"),
	PROP("Odd", STRING, 0, .snake = "even", .def = "\"x\""),
	PROP("memory", INT, 0, .to = "MemorySize"),
	PROP_END
};
/* clang-format on */

TEST(schema_rows_are_found_by_both_names)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_ptr_equal(prop_find(rows, "MaxAge"), &rows[1]);
	assert_null(prop_find(rows, "max_age"));
	assert_null(prop_find(NULL, "MaxAge"));
	assert_ptr_equal(prop_find_snake(rows, "max_age"), &rows[1]);
	assert_ptr_equal(prop_find_snake(rows, "even"), &rows[2]);
	assert_null(prop_find_snake(rows, "odd"));
	assert_ptr_equal(prop_find_snake(rows, "memory"), &rows[3]);
	assert_null(prop_find_snake(rows, "MaxAge"));
	assert_null(prop_find_snake(rows, ""));
	assert_string_equal(prop_snake(a, &rows[2]), "even");
	assert_string_equal(prop_snake(a, &rows[0]), "queue_name");
}

TEST(schema_defaults_are_json)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_null(prop_default(a, &rows[0]));
	assert_null(prop_default(a, &rows[3]));
	assert_int_equal(prop_default(a, &rows[1])->integer, 30);
	assert_string_equal(value_text(prop_default(a, &rows[2])), "x");
}
