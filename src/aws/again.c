/* again.c - whether a call is worth another attempt, and when: see attempt.h. */
#include <stdlib.h>

#include "aws/attempt.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/banned.h"

enum {
	SKEW_MS = 4 * 60 * 1000,     /* AWS tolerates a little more */
	THROTTLE_MS = 5 * 60 * 1000, /* the longest that throttles are waited for */
	ATTEMPTS_TO_CONNECT = 4,     /* a region that does not exist will not appear */
	ATTEMPTS_ON_BAD_REPLY = 3,
	ATTEMPTS_ON_TIMEOUT = 4, /* each takes a minute */
};

/* --- at once --- */

/* Our clock is off, as AWS's date beside the refusal shows: sign with AWS's from now on. Others may
 * have corrected it since this attempt was signed. */
static bool correct_clock(struct attempt *t)
{
	const char *date = http_header(&t->reply.headers, "date");
	int64_t theirs = date ? clock_parse(date) : -1, skew;

	if (t->deskewed || theirs < 0 || !retry_is_skew(t->err))
		return false;
	skew = theirs * 1000 - clock_unix_ms();
	if (llabs(skew - t->skew_ms) < SKEW_MS)
		return false;
	log_debug("clock: ours is %lld s off", (long long)(skew / 1000));
	atomic_store(&t->client->skew_ms, skew);
	return t->deskewed = true;
}

static bool renew_credentials(struct attempt *t)
{
	if (t->refreshed || t->signer != SIGN_CLIENT || !retry_is_expired(t->err))
		return false;
	t->refreshed = true;
	return credentials_expired(t->client->credentials, &t->credentials);
}

static const char *region_in_body(struct attempt *t)
{
	const struct xml *x = xml_parse(t->arena, t->reply.body, t->reply.body_len, NULL);

	return x ? xml_text(x, "Region") : NULL;
}

static bool is_misplaced(const struct attempt *t)
{
	int status = t->reply.status;

	return status == 301 || status == 307 ||
	       (status == 400 && (str_eq(t->err->code, "AuthorizationHeaderMalformed") ||
				  str_eq(t->wire.method, "HEAD")));
}

/* The bucket is in another region, S3 says: go there, and remember. The region is all that is
 * taken from the reply, never a host. */
static bool follow_bucket(struct attempt *t)
{
	const char *region;

	if (t->redirected || !t->wire.bucket || t->endpoint.custom || !is_misplaced(t))
		return false;
	region = http_header(&t->reply.headers, "x-amz-bucket-region");
	if (!region)
		region = region_in_body(t);
	if (!region || !config_is_region(region) || str_eq(region, t->region))
		return false;
	client_set_bucket_region(t->client, t->wire.bucket, region);
	t->region = region;
	return t->redirected = true;
}

/* The other kept connections may be dead as well. */
static bool reconnect(struct attempt *t)
{
	if (t->reconnected || !t->reply.stale || t->call->repeat_unsafe)
		return false;
	return t->reconnected = true;
}

/* The lease was not fresh enough, so nothing was carried out. */
static bool await_permit(struct attempt *t)
{
	const struct aws_client *c = t->client;

	if (c->await_permit && c->await_permit(c->ctx)) {
		t->number--;
		return true;
	}
	if (client_cancelled(c))
		attempt_fail(t, AWS_CANCELLED, "Cancelled", "the run was ended");
	return false;
}

/* --- later --- */

bool attempt_throttled(const struct attempt *t)
{
	return t->err->class == AWS_THROTTLED ||
	       (t->reply.failure == HTTP_OK && t->reply.status == 503);
}

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

static bool never_connected(const struct attempt *t)
{
	return (t->reply.failure == HTTP_CONNECT || t->reply.failure == HTTP_HANDSHAKE) &&
	       !client_has_answered(t->client, t->endpoint.host);
}

static int attempts_allowed(const struct attempt *t)
{
	int max = retry_attempts(t->err, t->from_aws, t->max);

	if (never_connected(t))
		return smaller(max, ATTEMPTS_TO_CONNECT);
	if (t->reply.failure == HTTP_TIMEOUT)
		return smaller(max, ATTEMPTS_ON_TIMEOUT);
	if (str_eq(t->err->code, "BadReply"))
		return smaller(max, ATTEMPTS_ON_BAD_REPLY);
	return max;
}

static bool may_repeat(const struct attempt *t)
{
	if (t->call->repeat_unsafe && t->err->maybe_done)
		return false;
	if (attempt_throttled(t) && !t->max_given)
		return clock_monotonic_ms() - t->since_ms < THROTTLE_MS;
	return t->number < attempts_allowed(t);
}

/* Throttles are the pace's business and cost nothing here. */
static bool pay(struct attempt *t)
{
	int cost = t->reply.failure == HTTP_TIMEOUT ? RETRY_COST_TIMEOUT : RETRY_COST;

	if (attempt_throttled(t))
		return true;
	if (!retry_quota_take(client_quota(t->client, t->call->service), cost))
		return false;
	t->quota_taken = cost;
	return true;
}

static bool wait(struct attempt *t, int64_t ms)
{
	if (aws_sleep(t->client, ms))
		return true;
	attempt_fail(t, AWS_CANCELLED, "Cancelled",
		     arena_printf(t->arena,
				  "the run was ended before this could be repeated: %s: %s",
				  t->err->code, t->err->message));
	return false;
}

static int64_t pause_ms(const struct attempt *t)
{
	int64_t ms = retry_backoff_ms(t->number, t->client->backoff_ms);
	int64_t now_s = client_unix_ms(t->client) / 1000;
	int64_t after = t->reply.failure == HTTP_OK ? retry_after_ms(&t->reply.headers, now_s) : 0;

	return after > ms ? after : ms;
}

bool attempt_again(struct attempt *t)
{
	int64_t ms;

	if (str_eq(t->err->code, "Refused"))
		return await_permit(t);
	if (t->err->class == AWS_CANCELLED || !t->err->code || !t->invocation)
		return false;
	if (correct_clock(t) || renew_credentials(t) || follow_bucket(t) || reconnect(t))
		return true;
	if (!may_repeat(t))
		return false;
	ms = pause_ms(t);
	if (t->call->deadline_ms && clock_monotonic_ms() + ms >= t->call->deadline_ms)
		return false;
	return pay(t) && wait(t, ms);
}
