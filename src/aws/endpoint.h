/* endpoint.h - where a service is: partitions, regions, FIPS, dual stack, endpoints set by people. */
#ifndef AWS_ENDPOINT_H
#define AWS_ENDPOINT_H

#include "aws/client.h"
#include "aws/config.h"

struct partition {
	const char *id;				/* "aws-cn" */
	const char *suffix, *dual_stack_suffix; /* "" without dual stack */
	const char *global_region;
	const char *iam_host, *iam_region; /* IAM: host without suffix; region it signs for */
	const char *signin_suffix;	   /* `aws login`: a name of its own */
	const char *const *prefixes;	   /* of its regions; "aws" takes all others */
};
const struct partition *partition_of_region(const char *region); /* never NULL */

struct endpoint {
	const char *scheme, *host; /* host with the port unless it is the scheme's own */
	const char *path;	   /* "" or "/base", no trailing slash */
	const char *signing_region;
	bool custom; /* set by people: no virtual hosts, no redirects */
	bool aws;    /* an AWS host, also when custom: AWS's rate limits apply */
};
/* -1 with *ret_why (text for people). */
int endpoint_resolve(const struct aws_config *c, const struct aws_service *s, const char *region,
		     struct arena *a, struct endpoint *ret, const char **ret_why);
/* A bucket that goes into the host name: bucket.s3.eu-west-1.amazonaws.com. Otherwise, with dots,
 * capitals, a custom endpoint or addressing_style = path, it stays in the path. */
bool endpoint_virtual_host(const struct aws_config *c, const struct endpoint *e,
			   const char *bucket);

#endif
