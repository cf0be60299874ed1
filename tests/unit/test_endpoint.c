#include "test.h"

#include <string.h>

#include "aws/endpoint.h"
#include "aws/ini.h"
#include "aws/uri.h"
#include "base/str.h"
#include "fake_http.h"

static const char *const no_env[] = { NULL };

static struct aws_config config(struct arena *a, const char *const *env, const char *file)
{
	struct aws_config c = {
		.arena = a, .env = fake_env, .env_ctx = (void *)env, .profile = "default"
	};

	c.config_file = ini_parse(a, "f", file, strlen(file), diags_new(a));
	assert_non_null(c.config_file);
	return c;
}

static struct endpoint resolve(struct arena *a, const struct aws_config *c, const char *service,
			       const char *region)
{
	struct endpoint e;
	const char *why = "none";

	if (endpoint_resolve(c, aws_service(service), region, a, &e, &why))
		fail_msg("%s", why);
	return e;
}

struct row {
	const char *service, *region;
	bool fips, dual;
	const char *host, *signing_region;
};

/* clang-format off */
static const struct row rows[] = {
	{ "sqs", "eu-west-1", 0, 0, "sqs.eu-west-1.amazonaws.com", "eu-west-1" },
	{ "sqs", "xx-new-9", 0, 0, "sqs.xx-new-9.amazonaws.com", "xx-new-9" },
	{ "sqs", "cn-north-1", 0, 0, "sqs.cn-north-1.amazonaws.com.cn", "cn-north-1" },
	{ "sqs", "us-iso-east-1", 0, 0, "sqs.us-iso-east-1.c2s.ic.gov", "us-iso-east-1" },
	{ "sqs", "us-isob-east-1", 0, 0, "sqs.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1" },
	{ "sqs", "eu-isoe-west-1", 0, 0, "sqs.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1" },
	{ "sqs", "us-isof-south-1", 0, 0, "sqs.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1" },
	{ "sqs", "eusc-de-east-1", 0, 0, "sqs.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1" },
	{ "sqs", "us-east-1", 1, 0, "sqs-fips.us-east-1.amazonaws.com", "us-east-1" },
	{ "sqs", "us-gov-west-1", 1, 0, "sqs.us-gov-west-1.amazonaws.com", "us-gov-west-1" },
	{ "lambda", "us-gov-west-1", 1, 0, "lambda-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1" },
	{ "lambda", "us-east-1", 0, 1, "lambda.us-east-1.api.aws", "us-east-1" },
	{ "lambda", "us-east-1", 1, 1, "lambda-fips.us-east-1.api.aws", "us-east-1" },
	{ "lambda", "cn-north-1", 0, 1, "lambda.cn-north-1.api.amazonwebservices.com.cn", "cn-north-1" },
	{ "s3", "eu-west-1", 0, 0, "s3.eu-west-1.amazonaws.com", "eu-west-1" },
	{ "s3", "us-east-1", 1, 0, "s3-fips.us-east-1.amazonaws.com", "us-east-1" },
	{ "s3", "us-east-1", 0, 1, "s3.dualstack.us-east-1.amazonaws.com", "us-east-1" },
	{ "s3", "us-east-1", 1, 1, "s3-fips.dualstack.us-east-1.amazonaws.com", "us-east-1" },
	{ "iam", "eu-west-1", 0, 0, "iam.amazonaws.com", "us-east-1" },
	{ "iam", "eu-west-1", 1, 0, "iam-fips.amazonaws.com", "us-east-1" },
	{ "iam", "cn-northwest-1", 0, 0, "iam.cn-north-1.amazonaws.com.cn", "cn-north-1" },
	{ "iam", "us-gov-east-1", 0, 0, "iam.us-gov.amazonaws.com", "us-gov-west-1" },
	{ "iam", "eusc-de-east-1", 0, 0, "iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1" },
	{ "sts", "eu-west-1", 0, 0, "sts.eu-west-1.amazonaws.com", "eu-west-1" },
	{ "cloudwatch", "eu-west-1", 0, 0, "monitoring.eu-west-1.amazonaws.com", "eu-west-1" },
	{ "apigatewayv2", "eu-west-1", 0, 0, "apigateway.eu-west-1.amazonaws.com", "eu-west-1" },
	{ "ecr", "eu-west-1", 0, 0, "api.ecr.eu-west-1.amazonaws.com", "eu-west-1" },
};
/* clang-format on */

TEST(endpoint_hosts)
{
	_cleanup_arena_ struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct aws_config c = config(a, no_env, "");
		struct endpoint e;

		c.fips = rows[i].fips;
		c.dual_stack = rows[i].dual;
		e = resolve(a, &c, rows[i].service, rows[i].region);
		assert_string_equal(e.host, rows[i].host);
		assert_string_equal(e.signing_region, rows[i].signing_region);
		assert_string_equal(e.scheme, "https");
		assert_string_equal(e.path, "");
		assert_false(e.custom);
		assert_true(e.aws);
	}
}

TEST(endpoint_wishes_that_cannot_be)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_config c = config(a, no_env, "");
	struct endpoint e;
	const char *why = NULL;

	c.dual_stack = true;
	assert_int_equal(endpoint_resolve(&c, aws_service("sqs"), "us-iso-east-1", a, &e, &why),
			 -1);
	assert_non_null(why);
	c.dual_stack = false;
	c.fips = true;
	assert_int_equal(endpoint_resolve(&c, aws_service("s3"), "cn-north-1", a, &e, &why), -1);
}

TEST(endpoint_legacy_sts)
{
	static const char *const env[] = { "AWS_STS_REGIONAL_ENDPOINTS=legacy", NULL };
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_config c = config(a, env, "");

	assert_string_equal(resolve(a, &c, "sts", "eu-west-1").host, "sts.amazonaws.com");
	assert_string_equal(resolve(a, &c, "sts", "eu-west-1").signing_region, "us-east-1");
	assert_string_equal(resolve(a, &c, "sts", "eu-south-1").host, "sts.eu-south-1.amazonaws."
								      "com");
}

#define LOCAL                                                                                      \
	"[default]\nservices = local\nendpoint_url = http://profile\n"                             \
	"[services local]\nsqs =\n  endpoint_url = http://section\n"                               \
	"cloudwatch_logs =\n  endpoint_url = http://logs\n"

TEST(endpoint_order_of_settings)
{
	static const char *const all[] = { "AWS_ENDPOINT_URL_SQS=http://own",
					   "AWS_ENDPOINT_URL=http://all", NULL };
	static const char *const global[] = { "AWS_ENDPOINT_URL=http://all", NULL };
	static const char *const ignored[] = { "AWS_ENDPOINT_URL=http://all",
					       "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true", NULL };
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_config c = config(a, all, LOCAL);

	assert_string_equal(resolve(a, &c, "sqs", "us-east-1").host, "own");
	assert_string_equal(resolve(a, &c, "sns", "us-east-1").host, "all");
	c = config(a, global, LOCAL);
	assert_string_equal(resolve(a, &c, "sqs", "us-east-1").host, "all");
	c = config(a, no_env, LOCAL);
	assert_string_equal(resolve(a, &c, "sqs", "us-east-1").host, "section");
	assert_string_equal(resolve(a, &c, "logs", "us-east-1").host, "logs");
	assert_string_equal(resolve(a, &c, "sns", "us-east-1").host, "profile");
	c = config(a, ignored, LOCAL);
	assert_string_equal(resolve(a, &c, "sqs", "us-east-1").host, "sqs.us-east-1.amazonaws.com");
}

TEST(endpoint_custom)
{
	static const char *const env[] = { "AWS_ENDPOINT_URL=HTTP://LocalHost:80/Base/", NULL };
	static const char *const vpc[] = { "AWS_ENDPOINT_URL=https://"
					   "vpce-1.sqs.eu-west-1.vpce.amazonaws.com",
					   NULL };
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_config c = config(a, env, "");
	struct endpoint e;

	c.fips = true;
	e = resolve(a, &c, "iam", "eu-west-1");
	assert_string_equal(e.scheme, "http");
	assert_string_equal(e.host, "localhost");
	assert_string_equal(e.path, "/Base");
	assert_string_equal(e.signing_region, "us-east-1");
	assert_true(e.custom);
	assert_false(e.aws);
	c = config(a, vpc, "");
	assert_true(resolve(a, &c, "sqs", "eu-west-1").aws);
}

TEST(endpoint_bad_urls)
{
	static const char *const bad[] = { "localhost:4566", "ftp://x",		"http://",
					   "http://a b",     "http://u:p@host", "http://x/?q",
					   "http://x/\r\ny", "http://x#f",	"http:///path" };
	_cleanup_arena_ struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const char *env[] = { arena_printf(a, "AWS_ENDPOINT_URL=%s", bad[i]), NULL };
		struct aws_config c = config(a, env, "");
		struct endpoint e;
		const char *why = NULL;

		assert_int_equal(endpoint_resolve(&c, aws_service("sqs"), "us-east-1", a, &e, &why),
				 -1);
		assert_non_null(strstr(why, "AWS_ENDPOINT_URL"));
	}
}

TEST(endpoint_buckets)
{
	static const char *const in_host[] = { "abc", "my-bucket-1", NULL };
	static const char *const in_path[] = { "my.bucket", "ab",   "My-Bucket", "-abc",
					       "abc-",	    "a_bc", NULL };
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_config c = config(a, no_env, "");
	struct aws_config path = config(a, no_env, "[default]\ns3 =\n  addressing_style = path\n");
	struct endpoint e = resolve(a, &c, "s3", "eu-west-1");

	for (size_t i = 0; in_host[i]; i++)
		assert_true(endpoint_virtual_host(&c, &e, in_host[i]));
	for (size_t i = 0; in_path[i]; i++)
		assert_false(endpoint_virtual_host(&c, &e, in_path[i]));
	assert_false(endpoint_virtual_host(&path, &e, "abc"));
	e.custom = true;
	assert_false(endpoint_virtual_host(&c, &e, "abc"));
}

TEST(endpoint_partitions)
{
	assert_string_equal(partition_of_region("eu-west-1")->id, "aws");
	assert_string_equal(partition_of_region("us-gov-east-1")->id, "aws-us-gov");
	assert_string_equal(partition_of_region("us-isob-east-1")->id, "aws-iso-b");
	assert_string_equal(partition_of_region("us-iso-west-1")->id, "aws-iso");
	assert_string_equal(partition_of_region("cn-northwest-1")->global_region, "cn-northwest-1");
}

static void shown(const char *url, const char *want)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(uri_shown(a, url), want);
}

TEST(uri_shown_without_secrets)
{
	shown("https://host:1/path", "https://host:1/path");
	shown("https://user:pass@host/path", "https://***@host/path");
	shown("http://u:p/q?@x@host/", "http://***@host/");
	shown("u:p@host", "***@host");
	shown("https://host/?token=x#y", "https://host/?***");
	shown("host", "host");
	shown("", "");
}
