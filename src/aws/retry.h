/* retry.h - what an error means, and whether and when to try again. */
#ifndef AWS_RETRY_H
#define AWS_RETRY_H

#include <pthread.h>

#include "aws/client.h"

/* By service, code, text and status; `from_aws`: the body was AWS's own. */
enum aws_class retry_classify(const struct aws_call *call, const struct aws_error *err,
			      bool from_aws);
/* Our clock may be off, AWS says: it is when the reply's date is another one. */
bool retry_is_skew(const struct aws_error *err);
/* The session's token may have expired. */
bool retry_is_expired(const struct aws_error *err);
/* Attempts worth making after this error: the client's, or fewer. */
int retry_attempts(const struct aws_error *err, bool from_aws, int max_attempts);
/* Random, up to base_ms * 2^(attempt - 1) and 20 s. */
int64_t retry_backoff_ms(int attempt, int64_t base_ms);
/* Retry-After (seconds, or a date against the reply's own, else against now_s) or
 * x-amz-retry-after, at most a minute; 0: none. */
int64_t retry_after_ms(const http_headers *h, int64_t now_s);

/* A budget against storms: a retry after a failure takes tokens, a success returns some. */
struct retry_quota {
	pthread_mutex_t lock;
	int tokens;
};
enum { RETRY_QUOTA = 500, RETRY_COST = 5, RETRY_COST_TIMEOUT = 10 };
void retry_quota_init(struct retry_quota *q);
void retry_quota_done(struct retry_quota *q);
bool retry_quota_take(struct retry_quota *q, int cost);
void retry_quota_give(struct retry_quota *q, int tokens);

#endif
