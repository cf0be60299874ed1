/* attempt.h - one call on its way, for call.c (an attempt and what came of it) and again.c (whether
 * there is another, and when).
 *
 * What decides about another attempt:
 *
 *   the clock was off, the credentials     at once, one time each, and nothing is counted
 *   had expired, the bucket is elsewhere,
 *   the kept connection was dead
 *   the lease is not fresh enough          once it is, and nothing is counted
 *   throttled: by AWS's codes, 429, 503    for THROTTLE_MS, as the pace (pace.h) slows down and
 *                                          such a call is only waiting for its turn; not longer
 *                                          than so many attempts where the user gave a number
 *   a lost reply, 5xx, a timeout           so many attempts, out of the service's budget
 *   no connection                          as many where the host has answered before, else few
 *
 * Nothing is repeated that may have been done and is not safe to repeat (aws_call.repeat_unsafe);
 * no attempt begins and no wait ends after aws_call.deadline_ms; every wait ends when the run is
 * cancelled. */
#ifndef AWS_ATTEMPT_H
#define AWS_ATTEMPT_H

#include "aws/call.h"
#include "aws/endpoint.h"
#include "aws/protocol.h"

struct attempt {
	struct aws_client *client;
	const struct aws_call *call;
	enum signer signer;
	struct credentials credentials;
	struct arena *arena;
	struct wire wire;
	const char *region, *invocation; /* invocation NULL: there was nothing to send */
	struct endpoint endpoint;
	int number, max, quota_taken;
	bool max_given; /* by the user or the caller, not by default */
	int64_t since_ms, skew_ms;
	bool deskewed, refreshed, redirected, reconnected; /* once each */
	struct http_reply reply;
	bool from_aws; /* the error is AWS's own */
	struct aws_error *err;
};

/* Fill in the error; -1. */
int attempt_fail(struct attempt *t, enum aws_class class, const char *code, const char *message);
/* After a failure: true when it is worth another attempt, and the wait for it is over. */
bool attempt_again(struct attempt *t);
/* AWS asked to slow down. */
bool attempt_throttled(const struct attempt *t);

#endif
