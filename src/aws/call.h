/* call.h - the client's inside, for client.c, call.c and again.c. */
#ifndef AWS_CALL_H
#define AWS_CALL_H

#include <pthread.h>
#include <stdatomic.h>

#include "aws/client.h"
#include "aws/config.h"
#include "aws/credentials.h"
#include "aws/pace.h"
#include "aws/retry.h"
#include "base/map.h"

enum { MAX_QUOTAS = 32 };

struct service_quota {
	const struct aws_service *service;
	struct retry_quota quota;
};

struct aws_client {
	struct arena *arena;
	struct aws_config config;
	struct http *http;
	bool own_http;
	struct credentials_store *credentials;
	struct pace *pace;
	int max_attempts;
	bool max_given; /* by option, environment or profile */
	int64_t backoff_ms;
	bool (*permit)(void *ctx), (*alive)(void *ctx), (*await_permit)(void *ctx);
	int64_t mutating_ms;
	bool (*cancelled)(void *ctx);
	void *ctx;
	_Atomic uint64_t calls, mutating;
	_Atomic int64_t skew_ms; /* AWS's clock less ours */

	pthread_mutex_t lock; /* guards what follows, and `arena` after aws_client_new */
	struct map *bucket_regions;
	struct map *answered; /* hosts */
	struct service_quota quotas[MAX_QUOTAS];
	size_t quotas_len;
	const char *account, *partition, *arn; /* NULL until asked */
};

enum signer {
	SIGN_CLIENT, /* with the client's credentials */
	SIGN_KEYS,   /* with given ones */
	SIGN_NONE,
};
int call_as(struct aws_client *c, const struct aws_call *call, enum signer signer,
	    const struct sigv4_keys *keys, struct arena *a, struct aws_reply *ret,
	    struct aws_error *err);
/* The retry budget of a service: the trouble of one is not the others'. */
struct retry_quota *client_quota(struct aws_client *c, const struct aws_service *s);
bool client_cancelled(const struct aws_client *c);
int64_t client_unix_ms(const struct aws_client *c); /* by AWS's clock, as far as it is known */
/* Hosts that have ever replied: these exist, and a failure to connect may pass. */
bool client_has_answered(struct aws_client *c, const char *host);
void client_set_answered(struct aws_client *c, const char *host);
/* Where a bucket turned out to be; NULL: not known to be elsewhere. */
const char *client_bucket_region(struct aws_client *c, const char *bucket, struct arena *a);
void client_set_bucket_region(struct aws_client *c, const char *bucket, const char *region);

#endif
