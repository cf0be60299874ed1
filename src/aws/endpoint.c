#include "aws/endpoint.h"

#include <string.h>

#include "aws/uri.h"
#include "base/banned.h"

static const char *const cn[] = { "cn-", NULL }, *const gov[] = { "us-gov-", NULL },
			 *const iso[] = { "us-iso-", NULL }, *const isob[] = { "us-isob-", NULL },
			 *const isoe[] = { "eu-isoe-", NULL }, *const isof[] = { "us-isof-", NULL },
			 *const eusc[] = { "eusc-", NULL }, *const others[] = { "", NULL };

/* clang-format off */
static const struct partition partitions[] = {
	{ "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-northwest-1",
	  "iam.cn-north-1", "cn-north-1", "amazonaws.cn", cn },
	{ "aws-us-gov", "amazonaws.com", "api.aws", "us-gov-west-1",
	  "iam.us-gov", "us-gov-west-1", "amazonaws-us-gov.com", gov },
	{ "aws-iso", "c2s.ic.gov", "", "us-iso-east-1",
	  "iam.us-iso-east-1", "us-iso-east-1", "c2shome.ic.gov", iso },
	{ "aws-iso-b", "sc2s.sgov.gov", "", "us-isob-east-1",
	  "iam.us-isob-east-1", "us-isob-east-1", "sc2shome.sgov.gov", isob },
	{ "aws-iso-e", "cloud.adc-e.uk", "", "eu-isoe-west-1",
	  "iam.eu-isoe-west-1", "eu-isoe-west-1", "csphome.adc-e.uk", isoe },
	{ "aws-iso-f", "csp.hci.ic.gov", "", "us-isof-south-1",
	  "iam.us-isof-south-1", "us-isof-south-1", "csphome.hci.ic.gov", isof },
	{ "aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1",
	  "iam.eusc-de-east-1", "eusc-de-east-1", "amazonaws-eusc.eu", eusc },
	{ "aws", "amazonaws.com", "api.aws", "us-east-1",
	  "iam", "us-east-1", "aws.amazon.com", others },
};
/* clang-format on */

const struct partition *partition_of_region(const char *region)
{
	const struct partition *p = partitions;

	for (;; p++)
		for (const char *const *prefix = p->prefixes; *prefix; prefix++)
			if (str_starts(region, *prefix))
				return p;
}

/* --- set by people --- */

static char *lower(struct arena *a, const char *s)
{
	char *low = arena_strdup(a, s);

	for (char *p = low; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 32;
	return low;
}

/* An ignore setting says that only what code asks for counts. */
static bool is_ignored(const struct aws_config *c)
{
	const char *text = config_env(c, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
	bool ignored = false;

	if (!text)
		text = config_get(c, c->profile, "ignore_configured_endpoint_urls");
	if (text)
		config_bool(text, &ignored);
	return ignored;
}

/* The setting in force and, for messages, where it is. */
static const char *custom_url(const struct aws_config *c, const struct aws_service *s,
			      struct arena *a, const char **ret_where)
{
	const char *services = config_profile_get(c, c->profile, "services"), *url;

	*ret_where = "the endpoint of the state";
	if (c->s3_endpoint && str_eq(s->id, "s3"))
		return c->s3_endpoint;
	if (is_ignored(c))
		return NULL;
	*ret_where = arena_printf(a, "AWS_ENDPOINT_URL_%s", s->endpoint_id);
	if ((url = config_env(c, *ret_where)))
		return url;
	*ret_where = "AWS_ENDPOINT_URL";
	if ((url = config_env(c, *ret_where)))
		return url;
	*ret_where = arena_printf(a, "endpoint_url of profile \"%s\"", c->profile);
	if (services && (url = config_section_get(c, "services", services, lower(a, s->endpoint_id),
						  "endpoint_url")))
		return url;
	return config_get(c, c->profile, "endpoint_url");
}

static bool is_aws_host(const char *host)
{
	for (size_t i = 0; i < sizeof(partitions) / sizeof(*partitions); i++) {
		const struct partition *p = &partitions[i];

		if (str_ends(host, p->suffix) ||
		    (*p->dual_stack_suffix && str_ends(host, p->dual_stack_suffix)))
			return true;
	}
	return false;
}

static int use_url(struct arena *a, const char *url, const char *where, struct endpoint *ret,
		   const char **ret_why)
{
	struct uri u;

	if (uri_parse(a, url, &u)) {
		*ret_why = arena_printf(a, "%s is not a URL like https://host:port: \"%s\"", where,
					uri_shown(a, url));
		return -1;
	}
	ret->scheme = u.scheme;
	ret->host = u.host;
	ret->path = u.path;
	ret->custom = true;
	ret->aws = is_aws_host(u.host);
	return 0;
}

/* --- computed --- */

static const char *const plain_is_fips_in_gov[] = { "dynamodb", "sqs",	  "sns",	"sts",
						    "logs",	"events", "monitoring", NULL };

static const char *iam_host(struct arena *a, const struct aws_config *c, const struct partition *p)
{
	if (c->fips && str_eq(p->id, "aws"))
		return "iam-fips.amazonaws.com";
	return arena_printf(a, "%s.%s", p->iam_host, p->suffix);
}

/* The one host of old; the regional ones are the default since. */
static bool is_legacy_sts(const struct aws_config *c, const struct aws_service *s,
			  const char *region)
{
	static const char *const regions[] = {
		"ap-northeast-1", "ap-south-1",	  "ap-southeast-1", "ap-southeast-2",
		"ca-central-1",	  "eu-central-1", "eu-north-1",	    "eu-west-1",
		"eu-west-2",	  "eu-west-3",	  "sa-east-1",	    "us-east-1",
		"us-east-2",	  "us-west-1",	  "us-west-2",	    NULL,
	};
	const char *mode = config_env(c, "AWS_STS_REGIONAL_ENDPOINTS");

	if (!str_eq(s->id, "sts") || c->fips || c->dual_stack)
		return false;
	if (!mode)
		mode = config_get(c, c->profile, "sts_regional_endpoints");
	return mode && str_eq_fold(mode, "legacy") && str_in(region, regions);
}

static const char *regional_host(struct arena *a, const struct aws_config *c,
				 const struct aws_service *s, const struct partition *p,
				 const char *region)
{
	bool gov_plain =
		str_eq(p->id, "aws-us-gov") && str_in(s->host_prefix, plain_is_fips_in_gov);
	const char *fips = c->fips && (!gov_plain || c->dual_stack) ? "-fips" : "";

	if (str_eq(s->id, "signin") && !c->fips && !c->dual_stack)
		return arena_printf(a, "%s.signin.%s", region, p->signin_suffix);
	if (str_eq(s->id, "s3"))
		return arena_printf(a, "s3%s%s.%s.%s", fips, c->dual_stack ? ".dualstack" : "",
				    region, p->suffix);
	return arena_printf(a, "%s%s.%s.%s", s->host_prefix, fips, region,
			    c->dual_stack ? p->dual_stack_suffix : p->suffix);
}

static int check_wishes(struct arena *a, const struct aws_config *c, const struct partition *p,
			const struct aws_service *s, const char **ret_why)
{
	if (c->dual_stack && !*p->dual_stack_suffix) {
		*ret_why = arena_printf(a, "partition %s has no dual-stack endpoints", p->id);
		return -1;
	}
	if (c->fips && str_eq(s->id, "s3") && str_eq(p->id, "aws-cn")) {
		*ret_why = "S3 has no FIPS endpoints in China";
		return -1;
	}
	return 0;
}

int endpoint_resolve(const struct aws_config *c, const struct aws_service *s, const char *region,
		     struct arena *a, struct endpoint *ret, const char **ret_why)
{
	const struct partition *p = partition_of_region(region);
	const char *where, *url = custom_url(c, s, a, &where);
	bool legacy = is_legacy_sts(c, s, region);

	*ret = (struct endpoint){ .scheme = "https", .path = "", .aws = true };
	ret->signing_region = s->global ? p->iam_region : legacy ? "us-east-1" : region;
	if (url)
		return use_url(a, url, where, ret, ret_why);
	if (check_wishes(a, c, p, s, ret_why))
		return -1;
	if (s->global)
		ret->host = iam_host(a, c, p);
	else
		ret->host = legacy ? "sts.amazonaws.com" : regional_host(a, c, s, p, region);
	return 0;
}

/* --- buckets --- */

static bool is_dns_label(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return !s[n] && n >= 3 && n <= 63 && s[0] != '-' && s[n - 1] != '-';
}

bool endpoint_virtual_host(const struct aws_config *c, const struct endpoint *e, const char *bucket)
{
	const char *style = config_profile_sub(c, c->profile, "s3", "addressing_style");

	return !e->custom && is_dns_label(bucket) && !str_eq(style, "path");
}
