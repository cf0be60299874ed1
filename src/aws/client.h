/* client.h - one signed AWS call: endpoint, credentials, signature, retries, errors. */
#ifndef AWS_CLIENT_H
#define AWS_CLIENT_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/xml.h"
#include "model/value.h"
#include "net/http.h"

enum aws_protocol { AWS_JSON_1_0, AWS_JSON_1_1, AWS_QUERY, AWS_REST_JSON, AWS_REST_XML };

/* A service's constants; aws_service() has them for all that cinfra calls. */
struct aws_service {
	const char *id;		  /* "sqs": name in rows */
	const char *name;	  /* "SQS": for people */
	const char *endpoint_id;  /* "SQS": AWS_ENDPOINT_URL_SQS */
	const char *host_prefix;  /* "sqs" */
	const char *signing_name; /* "sqs" */
	enum aws_protocol protocol;
	const char *target_prefix; /* JSON: X-Amz-Target */
	const char *version;	   /* query */
	const char *query_maps;	   /* query: members that are maps with free keys */
	const char *xml_namespace;
	bool global;	    /* IAM: one endpoint per partition */
	int in_flight;	    /* calls at once */
	double rate, burst; /* token bucket, calls a second; 0: none */
};
const struct aws_service *aws_service(const char *id); /* NULL: unknown */

enum aws_class {
	AWS_NONE,
	AWS_ABSENT,
	AWS_CONFLICT, /* busy or changed by someone: waiting helps */
	AWS_EXISTS,
	AWS_THROTTLED,
	AWS_TRANSIENT,	 /* network, 5xx */
	AWS_PROPAGATION, /* a new principal or permission is not visible yet */
	AWS_AUTH,	 /* our credentials */
	AWS_DENIED,
	AWS_QUOTA,
	AWS_INVALID,
	AWS_CANCELLED,
	AWS_OTHER,
};
struct aws_error {
	const char *service, *operation; /* "SQS", "CreateQueue" */
	int status;			 /* HTTP; 0: no reply */
	/* Never NULL. HEAD replies have no body: "NotFound", "Forbidden" and the like, from the
	 * status. "HTTP502": an error that is not AWS's (a proxy, a load balancer). Without a
	 * reply: "Connect", "Tls", "LostReply", "Timeout", "BadReply", "Cancelled", "Refused",
	 * "Deadline". Before any call: "NoCredentials", "Configuration", "BadInput". */
	const char *code, *message;
	const char *legacy_code; /* of x-amzn-query-error: the old spelling; NULL: none */
	const char *request_id, *host_id;
	const char *hint; /* advice for people, or NULL */
	enum aws_class class;
	/* The reply to one of the attempts was lost: AWS may have carried it out, whatever the
	 * last attempt says. */
	bool maybe_done;
};

struct aws_call {
	const struct aws_service *service;
	const char *operation; /* AWS's name */
	/* Input members by AWS's wire names; NULL: none. How they are sent is said by `method`
	 * and `path` for the REST protocols; JSON and query services need neither. */
	const struct value *input;
	const char *method; /* REST: "PUT"; NULL: POST */
	/* REST: "/2015-03-31/functions/{FunctionName}/code", "/{Bucket}?versioning"; {x} and {x+}
	 * are taken from input, percent-encoded; what is left of input goes to the body, less
	 * the members named in `query` and `headers`. More in protocol.h. */
	const char *path;
	const char *query;    /* "tagKeys=TagKeys,Qualifier": parameter=member, comma separated */
	const char *headers;  /* "x-amz-expected-bucket-owner=Owner": likewise */
	const char *payload;  /* REST: the member that is the whole body; NULL: all the rest */
	const char *xml_root; /* rest-xml: root element of the body */
	const void *raw_body; /* sent as is instead of a body made from input */
	size_t raw_body_len;
	const char *content_type;
	bool checksum;	    /* S3: send x-amz-checksum-sha256 */
	bool raw_reply;	    /* keep the reply's bytes, do not parse */
	bool mutating;	    /* passes the lease check, counts as a write */
	bool repeat_unsafe; /* a create without natural key: no retry once it may have been done */
	const char *region; /* another region than the client's; NULL */
	int64_t timeout_ms; /* one attempt; 0: 60 s */
	/* By clock_monotonic_ms(): nothing is sent, waited for or slept past it. 0: none. */
	int64_t deadline_ms;
	int max_attempts; /* 0: the client's */
};
struct aws_reply {
	int status;
	struct value *output;  /* parsed body: members by wire names; never NULL on success */
	const struct xml *xml; /* XML protocols: the tree as well */
	http_headers headers;
	const char *body;
	size_t body_len;
};

struct aws_client;
struct aws_options {
	const char *profile, *region, *role; /* from flags and stack; NULL: as the AWS CLI */
	/* URL for S3 alone, in place of what environment and profile say; NULL: none. */
	const char *s3_endpoint;
	const char *user_agent; /* "cinfra/1.2"; NULL: "cinfra" */
	struct http *http;	/* NULL: its own http_curl */
	int max_attempts;	/* 0: AWS_MAX_ATTEMPTS or 8, throttles 5 minutes */
	int parallelism;	/* calls in flight; 0: 64 */
	/* Lease check of every mutating attempt: just before it is sent, and while its body is. */
	bool (*permit)(void *ctx);
	/* May any attempt be sent, reading or not? NULL: always. What has a permit asks that alone. */
	bool (*alive)(void *ctx);
	/* The permit said no: wait until it says yes; false: it will not any more. NULL: it will not. */
	bool (*await_permit)(void *ctx);
	int64_t mutating_ms; /* a mutating attempt's time, less its body's; 0: as any other's */
	bool (*cancelled)(void *ctx); /* ends waits between retries */
	void *ctx;
	/* For tests; zero otherwise. */
	const char *(*env)(void *env_ctx, const char *name); /* NULL: getenv */
	void *env_ctx;
	int64_t backoff_ms; /* longest wait before the first retry; 0: 1 s */
};
/* Reads configuration, not yet credentials. NULL with errors added. */
struct aws_client *aws_client_new(const struct aws_options *o, struct diags *d);
void aws_client_free(struct aws_client *c);
const char *aws_region(const struct aws_client *c);
const char *aws_partition(const struct aws_client *c); /* of the region, before any call */
/* "amazonaws.com" of the region's partition. */
const char *aws_dns_suffix(const struct aws_client *c);

/* One call with signing, pacing and retries (attempt.h tells when); any thread. Returns 0, or -1 with *err filled (no
 * diagnostic is added: what an error means is the caller's to say). */
int aws_call(struct aws_client *c, const struct aws_call *call, struct arena *a,
	     struct aws_reply *ret, struct aws_error *err);
/* Add `err` as a diagnostic: "SQS CreateQueue: CODE: message (request id ...)", with a hint for
 * the well-known ones. Returns -1. */
int aws_diag(struct diags *d, const struct aws_error *err, struct span at);
/* Put "(sensitive)" in place of what is sensitive in `v` where the message gives it back. aws_call
 * does so for its input and its credentials. */
void aws_error_hide(struct aws_error *err, struct arena *a, const struct value *v);
/* Cut all calls under way; they and later ones fail with AWS_CANCELLED. Any thread. */
void aws_stop(struct aws_client *c);
/* Sleep, unless cancelled: false when it was. */
bool aws_sleep(struct aws_client *c, int64_t ms);
/* Calls made so far: all, and mutating ones. */
void aws_counts(const struct aws_client *c, uint64_t *ret_calls, uint64_t *ret_mutating);
/* STS GetCallerIdentity: account, partition from the ARN. Remembered. */
int aws_identity(struct aws_client *c, struct arena *a, const char **ret_account,
		 const char **ret_partition, const char **ret_arn, struct diags *d);
/* URL of a service here, without trailing slash; for queue URLs and messages. */
char *aws_endpoint_url(struct aws_client *c, const struct aws_service *s, struct arena *a);
/* A list as an XML reply has it: NULL or "" is none, what is no list is its only item. */
struct value *aws_xml_list(struct arena *a, struct value *v);

#endif
