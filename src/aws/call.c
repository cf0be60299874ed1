/* call.c - one call: attempts, what came of each, and whether there is another. */
#include "aws/call.h"

#include <stdlib.h>
#include <string.h>

#include "aws/endpoint.h"
#include "aws/protocol.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/banned.h"

enum {
	SKEW_MS = 4 * 60 * 1000, /* AWS tolerates a little more */
	TIMEOUT_MS = 60000,
	UPLOAD_BYTES_PER_MS = 64, /* a slow line still gets a package through */
	ATTEMPTS_TO_CONNECT = 4,  /* a region that does not exist will not appear */
	ATTEMPTS_ON_BAD_REPLY = 3,
};

struct attempt {
	struct aws_client *client;
	const struct aws_call *call;
	enum signer signer;
	struct credentials credentials;
	struct arena *arena;
	struct wire wire;
	const char *region, *invocation;
	struct endpoint endpoint;
	int number, max, quota_taken;
	bool deskewed, refreshed, redirected; /* once each */
	struct http_reply reply;
	bool from_aws; /* the error is AWS's own */
	struct aws_error *err;
};

/* --- before it leaves --- */

static int fail(struct attempt *t, enum aws_class class, const char *code, const char *message)
{
	t->err->class = class;
	t->err->code = code;
	t->err->message = message ? message : "no details";
	return -1;
}

/* Memory of `d` is the attempt's, so that texts may be kept. */
static int fail_with(struct attempt *t, const char *code, const struct diags *d)
{
	const struct diag *first = diags_first(d);

	if (first && first->hints)
		t->err->hint = first->hints->text;
	return fail(t, AWS_AUTH, code, first ? first->message : NULL);
}

static int get_credentials(struct attempt *t)
{
	struct diags *d;

	if (t->signer != SIGN_CLIENT)
		return 0;
	d = diags_new(t->arena);
	if (credentials_get(t->client->credentials, t->arena, &t->credentials, d))
		return fail_with(t, "NoCredentials", d);
	return 0;
}

static int find_endpoint(struct attempt *t)
{
	const struct aws_client *c = t->client;
	const char *why;

	if (endpoint_resolve(&c->config, t->call->service, t->region, t->arena, &t->endpoint, &why))
		return fail(t, AWS_INVALID, "Configuration", why);
	return 0;
}

/* A bucket in the host name leaves the path. */
static const char *place_bucket(struct attempt *t, const char **ret_host)
{
	const struct wire *w = &t->wire;
	const char *rest;

	*ret_host = t->endpoint.host;
	if (!w->bucket || !endpoint_virtual_host(&t->client->config, &t->endpoint, w->bucket))
		return w->path;
	*ret_host = arena_printf(t->arena, "%s.%s", w->bucket, t->endpoint.host);
	rest = w->path + 1 + strlen(w->bucket);
	return *rest ? rest : "/";
}

static void add_header(struct attempt *t, http_headers *hs, const char *name, const char *value)
{
	struct http_header h = { name, value };

	vec_push(t->arena, hs, h);
}

static void copy_headers(struct attempt *t, http_headers *hs)
{
	for (size_t i = 0; i < t->wire.headers.len; i++)
		vec_push(t->arena, hs, t->wire.headers.items[i]);
	add_header(t, hs, "amz-sdk-invocation-id", t->invocation);
	add_header(t, hs, "amz-sdk-request",
		   arena_printf(t->arena, "attempt=%d; max=%d", t->number, t->max));
}

static void sign(struct attempt *t, const char *host, const char *path, http_headers *hs)
{
	struct sigv4_request r = {
		.method = t->wire.method,
		.path = path,
		.query = t->wire.query,
		.host = host,
		.headers = *hs,
		.payload_sha256 = t->wire.body_sha256,
		.region = t->endpoint.signing_region,
		.service = t->call->service->signing_name,
		.unix_s = (clock_unix_ms() + atomic_load(&t->client->skew_ms)) / 1000,
		.s3 = t->call->service->protocol == AWS_REST_XML,
	};

	if (t->signer == SIGN_NONE)
		return;
	sigv4_sign(t->arena, &r, &t->credentials.keys);
	*hs = r.headers;
}

static int64_t timeout_of(const struct attempt *t)
{
	int64_t base = t->call->timeout_ms ? t->call->timeout_ms : TIMEOUT_MS;

	return base + (int64_t)t->wire.body_len / UPLOAD_BYTES_PER_MS;
}

static void make_request(struct attempt *t, struct http_request *r)
{
	const char *host, *path = place_bucket(t, &host);
	const char *query = t->wire.query;

	path = arena_printf(t->arena, "%s%s", t->endpoint.path, path);
	*r = (struct http_request){
		.method = t->wire.method,
		.url = arena_printf(t->arena, "%s://%s%s%s%s", t->endpoint.scheme, host, path,
				    query ? "?" : "", query ? query : ""),
		.body = t->wire.body,
		.body_len = t->wire.body_len,
		.timeout_ms = timeout_of(t),
		.fresh = t->call->repeat_unsafe,
		.permit = t->call->mutating ? t->client->permit : NULL,
		.permit_ctx = t->client->ctx,
	};
	copy_headers(t, &r->headers);
	sign(t, host, path, &r->headers);
}

/* --- what came of it --- */

static const char *outcome_text(const struct attempt *t)
{
	return t->reply.failure == HTTP_OK ? arena_printf(t->arena, "%d", t->reply.status)
					   : t->reply.failure_text;
}

static bool is_throttled(const struct attempt *t)
{
	struct aws_error e = { 0 };
	bool from_aws;

	if (t->reply.failure != HTTP_OK || t->reply.status < 400)
		return false;
	from_aws = protocol_error(t->arena, t->call, &t->reply, &e);
	return retry_classify(t->call, &e, from_aws) == AWS_THROTTLED;
}

static int send_request(struct attempt *t)
{
	struct aws_client *c = t->client;
	struct http_request r;
	int64_t since;

	make_request(t, &r);
	if (!pace_enter(c->pace, t->call, t->endpoint.aws, c->cancelled, c->ctx))
		return fail(t, AWS_CANCELLED, "Cancelled", "the run was ended");
	since = clock_monotonic_ms();
	atomic_fetch_add(&c->calls, 1);
	if (t->call->mutating)
		atomic_fetch_add(&c->mutating, 1);
	c->http->call(c->http, &r, t->arena, &t->reply);
	pace_leave(c->pace, t->call, is_throttled(t) ? PACE_THROTTLED : PACE_DONE);
	if (log_enabled())
		log_debug("%s %s -> %s in %lld ms (attempt %d)", t->call->service->name,
			  t->call->operation, outcome_text(t),
			  (long long)(clock_monotonic_ms() - since), t->number);
	return 0;
}

static int judge_failure(struct attempt *t)
{
	const char *text = t->reply.failure_text;

	t->err->maybe_done |= t->reply.sent;
	switch (t->reply.failure) {
	case HTTP_CONNECT:
		t->err->hint = arena_printf(t->arena,
					    "is %s to be reached from here, and the region %s "
					    "right?",
					    t->endpoint.host, t->region);
		return fail(t, AWS_TRANSIENT, "Connect", text);
	case HTTP_TLS:
		t->err->hint = "AWS_CA_BUNDLE names the certificates to trust";
		return fail(t, AWS_OTHER, "Tls", text);
	case HTTP_TIMEOUT:
		t->err->maybe_done = true;
		return fail(t, AWS_TRANSIENT, "Timeout", text);
	case HTTP_TOO_LARGE:
		return fail(t, AWS_OTHER, "BadReply", text);
	case HTTP_REFUSED:
		return fail(t, AWS_CANCELLED, "Refused", text);
	case HTTP_CANCELLED:
		return fail(t, AWS_CANCELLED, "Cancelled", text);
	default:
		t->err->maybe_done = true;
		return fail(t, AWS_TRANSIENT, "LostReply", text);
	}
}

/* With a 5xx nobody knows, unless AWS itself says that it was too busy. */
static bool outcome_unknown(const struct attempt *t)
{
	return t->reply.status >= 500 && t->reply.status != 501 &&
	       !(t->from_aws && (t->reply.status == 503 || t->err->class == AWS_THROTTLED));
}

static int judge_error(struct attempt *t)
{
	struct aws_error *e = t->err;

	e->legacy_code = e->request_id = e->host_id = e->code = e->message = NULL;
	t->from_aws = protocol_error(t->arena, t->call, &t->reply, e);
	e->class = retry_classify(t->call, e, t->from_aws);
	if (t->reply.status < 300 && e->class != AWS_THROTTLED)
		e->class = AWS_TRANSIENT; /* S3's error inside a 200 */
	if (outcome_unknown(t))
		e->maybe_done = true;
	return -1;
}

static int judge(struct attempt *t, struct aws_reply *ret)
{
	const struct http_reply *r = &t->reply;
	const char *why;

	t->err->hint = NULL;
	t->err->status = r->status;
	if (r->failure != HTTP_OK)
		return judge_failure(t);
	if (r->status < 200 || r->status > 299 || protocol_is_error_body(t->call, r))
		return judge_error(t);
	if (protocol_parse(t->arena, t->call, r, ret, &why) == 0)
		return 0;
	t->err->maybe_done = true;
	return fail(t, AWS_TRANSIENT, "BadReply",
		    arena_printf(t->arena, "the reply cannot be read: %s",
				 why ? why : "wrong form"));
}

static int attempt(struct attempt *t, struct aws_reply *ret)
{
	if (client_cancelled(t->client))
		return fail(t, AWS_CANCELLED, "Cancelled", "the run was ended");
	if (find_endpoint(t) || get_credentials(t) || send_request(t))
		return -1;
	return judge(t, ret);
}

/* --- once more? --- */

/* Our clock is off: sign with AWS's from now on. */
static bool correct_clock(struct attempt *t)
{
	const char *date = http_header(&t->reply.headers, "date");
	int64_t theirs = date ? clock_parse(date) : -1, skew, old;

	if (t->deskewed || theirs < 0 || !retry_is_skew(t->err))
		return false;
	skew = theirs * 1000 - clock_unix_ms();
	old = atomic_load(&t->client->skew_ms);
	if (llabs(skew - old) < SKEW_MS)
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

/* The bucket is in another region, S3 says: go there, and remember. */
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

static int attempts_allowed(const struct attempt *t)
{
	int max = retry_attempts(t->err, t->from_aws, t->max);

	if (t->reply.failure == HTTP_CONNECT && max > ATTEMPTS_TO_CONNECT)
		return ATTEMPTS_TO_CONNECT;
	if (str_eq(t->err->code, "BadReply") && max > ATTEMPTS_ON_BAD_REPLY)
		return ATTEMPTS_ON_BAD_REPLY;
	return max;
}

/* Throttles are the pace's business and cost nothing here. */
static bool pay(struct attempt *t)
{
	int cost = t->reply.failure == HTTP_TIMEOUT ? RETRY_COST_TIMEOUT : RETRY_COST;

	if (t->err->class == AWS_THROTTLED)
		return true;
	if (!retry_quota_take(&t->client->quota, cost))
		return false;
	t->quota_taken = cost;
	return true;
}

static bool wait(struct attempt *t, int64_t ms)
{
	if (aws_sleep(t->client, ms))
		return true;
	fail(t, AWS_CANCELLED, "Cancelled",
	     arena_printf(t->arena, "the run was ended before this could be repeated: %s: %s",
			  t->err->code, t->err->message));
	return false;
}

static bool wait_and_repeat(struct attempt *t)
{
	int64_t ms = retry_backoff_ms(t->number, t->client->backoff_ms);
	int64_t after = t->reply.failure == HTTP_OK ? retry_after_ms(&t->reply.headers) : 0;

	if (t->number >= attempts_allowed(t))
		return false;
	if (t->call->repeat_unsafe && t->err->maybe_done)
		return false;
	if (t->reply.stale)
		return true;
	return pay(t) && wait(t, after > ms ? after : ms);
}

static bool again(struct attempt *t)
{
	if (t->err->class == AWS_CANCELLED || t->err->code == NULL || !t->invocation)
		return false;
	if (correct_clock(t) || renew_credentials(t) || follow_bucket(t))
		return true;
	return wait_and_repeat(t);
}

static int begin(struct attempt *t)
{
	const struct aws_call *call = t->call;
	const char *why = NULL;

	t->err->service = call->service ? call->service->name : "AWS";
	t->err->operation = call->operation;
	if (!call->service)
		return fail(t, AWS_INVALID, "BadInput", "the service is not known");
	if (protocol_build(t->arena, call, &t->wire, &why))
		return fail(t, AWS_INVALID, "BadInput", why);
	t->max = call->max_attempts ? call->max_attempts : t->client->max_attempts;
	t->invocation = random_uuid(t->arena);
	t->region = call->region ? call->region : t->client->config.region;
	if (t->wire.bucket && !call->region) {
		const char *region = client_bucket_region(t->client, t->wire.bucket, t->arena);

		t->region = region ? region : t->region;
	}
	return 0;
}

int call_as(struct aws_client *c, const struct aws_call *call, enum signer signer,
	    const struct sigv4_keys *keys, struct arena *a, struct aws_reply *ret,
	    struct aws_error *err)
{
	struct attempt t = { .client = c, .call = call, .signer = signer, .arena = a, .err = err };

	memset(err, 0, sizeof(*err));
	if (signer == SIGN_KEYS)
		t.credentials.keys = *keys;
	if (begin(&t))
		return -1;
	for (t.number = 1; attempt(&t, ret); t.number++)
		if (!again(&t))
			return -1;
	retry_quota_give(&c->quota, t.quota_taken ? t.quota_taken : 1);
	memset(err, 0, sizeof(*err));
	return 0;
}

int aws_call(struct aws_client *c, const struct aws_call *call, struct arena *a,
	     struct aws_reply *ret, struct aws_error *err)
{
	return call_as(c, call, SIGN_CLIENT, NULL, a, ret, err);
}
