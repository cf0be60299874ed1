/* call.c - one call: its attempts, and what came of each. */
#include <string.h>

#include "aws/attempt.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/banned.h"

enum {
	TIMEOUT_MS = 60000,
	UPLOAD_BYTES_PER_MS = 64, /* a slow line still gets a package through */
};

/* --- before it leaves --- */

int attempt_fail(struct attempt *t, enum aws_class class, const char *code, const char *message)
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
	return attempt_fail(t, AWS_AUTH, code, first ? first->message : NULL);
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
		return attempt_fail(t, AWS_INVALID, "Configuration", why);
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
		.s3 = t->call->service->protocol == AWS_REST_XML,
	};

	t->skew_ms = atomic_load(&t->client->skew_ms);
	r.unix_s = (clock_unix_ms() + t->skew_ms) / 1000;
	if (t->signer == SIGN_NONE)
		return;
	sigv4_sign(t->arena, &r, &t->credentials.keys);
	*hs = r.headers;
}

static int64_t base_timeout(const struct attempt *t)
{
	int64_t ms = t->call->timeout_ms ? t->call->timeout_ms : TIMEOUT_MS;
	int64_t most = t->call->mutating ? t->client->mutating_ms : 0;

	return most && most < ms ? most : ms;
}

/* Of the whole attempt, and never past the deadline. */
static int64_t timeout_of(const struct attempt *t)
{
	int64_t ms = base_timeout(t) + (int64_t)t->wire.body_len / UPLOAD_BYTES_PER_MS;
	int64_t left = t->call->deadline_ms - clock_monotonic_ms();

	if (!t->call->deadline_ms || left > ms)
		return ms;
	return left > 1 ? left : 1;
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
		.stall_ms = base_timeout(t),
		.fresh = t->call->repeat_unsafe,
		.new_connection = t->reconnected,
		.permit = t->call->mutating && t->client->permit ? t->client->permit
								 : t->client->alive,
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
		return attempt_fail(t, AWS_TRANSIENT, "Connect", text);
	case HTTP_HANDSHAKE:
		t->err->hint = arena_printf(t->arena,
					    "does %s speak TLS? An endpoint without it begins "
					    "with http://",
					    t->endpoint.host);
		return attempt_fail(t, AWS_TRANSIENT, "Connect", text);
	case HTTP_TLS:
		t->err->hint = arena_printf(t->arena,
					    "%s is not trusted: if a proxy or an endpoint of your "
					    "own answers there, AWS_CA_BUNDLE names the file with "
					    "the certificates to trust; if a certificate is said "
					    "to be expired, look at this machine's clock, too",
					    t->endpoint.host);
		return attempt_fail(t, AWS_OTHER, "Tls", text);
	case HTTP_TIMEOUT:
		t->err->maybe_done = true;
		return attempt_fail(t, AWS_TRANSIENT, "Timeout", text);
	case HTTP_TOO_LARGE:
		return attempt_fail(t, AWS_OTHER, "BadReply", text);
	case HTTP_REFUSED:
		return attempt_fail(t, AWS_CANCELLED, "Refused", text);
	case HTTP_CANCELLED:
		return attempt_fail(t, AWS_CANCELLED, "Cancelled", text);
	default:
		t->err->maybe_done = true;
		if (str_eq(t->endpoint.scheme, "http") &&
		    !client_has_answered(t->client, t->endpoint.host))
			t->err->hint = "is it TLS that is spoken there? Then the endpoint begins "
				       "with https://";
		return attempt_fail(t, AWS_TRANSIENT, "LostReply", text);
	}
}

/* After a 5xx nobody knows, unless AWS itself says that it took no more requests. A plain 503 may
 * come from a front end whose back end has done its work. */
static bool outcome_unknown(const struct attempt *t)
{
	if (t->reply.status < 300)
		return true; /* an error inside a success */
	return t->reply.status >= 500 && t->reply.status != 501 &&
	       !(t->from_aws && t->err->class == AWS_THROTTLED);
}

static const char *host_of(struct arena *a, const char *url)
{
	const char *host = strstr(url, "://");

	return host ? arena_strndup(a, host + 3, strcspn(host + 3, "/?#@")) : "another place";
}

/* A signed request goes to no other host. */
static void explain_redirect(struct attempt *t)
{
	const char *region = http_header(&t->reply.headers, "x-amz-bucket-region");
	const char *location = http_header(&t->reply.headers, "location");

	if (t->reply.status < 300 || t->reply.status > 399)
		return;
	if (region && config_is_region(region))
		t->err->hint = arena_printf(t->arena, "the bucket is in the region %s", region);
	else if (location)
		t->err->hint = arena_printf(t->arena,
					    "%s redirects to %s, and cinfra does not follow: is "
					    "the endpoint right, or has a proxy to be signed in "
					    "to?",
					    t->endpoint.host, host_of(t->arena, location));
}

/* What was sent may come back in the message. The secret key is not sent; nobody's token is as short
 * as those that emulators are given. */
static void hide_secrets(struct attempt *t)
{
	const char *token = t->credentials.keys.token;
	struct value *v = token && strlen(token) >= 16 ? value_string(t->arena, token) : NULL;

	aws_error_hide(t->err, t->arena, value_mark(t->arena, v, VALUE_SENSITIVE, 0));
	aws_error_hide(t->err, t->arena, t->call->input);
}

static int judge_error(struct attempt *t)
{
	struct aws_error *e = t->err;

	e->legacy_code = e->request_id = e->host_id = e->code = e->message = NULL;
	t->from_aws = protocol_error(t->arena, &t->reply, e);
	e->class = retry_classify(t->call, e, t->from_aws);
	if (t->reply.status < 300 && e->class != AWS_THROTTLED)
		e->class = AWS_TRANSIENT; /* S3's error inside a 200 */
	if (outcome_unknown(t))
		e->maybe_done = true;
	explain_redirect(t);
	hide_secrets(t);
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
	return attempt_fail(t, AWS_TRANSIENT, "BadReply",
			    arena_printf(t->arena, "the reply cannot be read: %s",
					 why ? why : "wrong form"));
}

static bool is_late(const struct attempt *t)
{
	return t->call->deadline_ms && clock_monotonic_ms() >= t->call->deadline_ms;
}

static int late(struct attempt *t)
{
	if (t->number == 1)
		return attempt_fail(t, AWS_TRANSIENT, "Deadline",
				    "no time is left for this operation");
	return attempt_fail(t, AWS_TRANSIENT, "Deadline",
			    arena_printf(t->arena, "no time is left to repeat this after %s: %s",
					 t->err->code, t->err->message));
}

static int wait_for_turn(struct attempt *t)
{
	struct aws_client *c = t->client;

	if (pace_enter(c->pace, t->call, t->endpoint.aws, c->cancelled, c->ctx))
		return 0;
	if (!client_cancelled(c))
		return late(t);
	return attempt_fail(t, AWS_CANCELLED, "Cancelled", "the run was ended");
}

static void send_request(struct attempt *t)
{
	struct aws_client *c = t->client;
	int64_t since = clock_monotonic_ms();
	struct http_request r;

	make_request(t, &r);
	atomic_fetch_add(&c->calls, 1);
	if (t->call->mutating)
		atomic_fetch_add(&c->mutating, 1);
	c->http->call(c->http, &r, t->arena, &t->reply);
	if (t->reply.failure == HTTP_OK)
		client_set_answered(c, t->endpoint.host);
	if (log_enabled())
		log_debug("%s %s -> %s in %lld ms (attempt %d)", t->call->service->name,
			  t->call->operation, outcome_text(t),
			  (long long)(clock_monotonic_ms() - since), t->number);
}

/* Credentials before the turn, as to get them may take calls that need a turn themselves; the
 * signature after it, as it is good for minutes only. */
static int attempt(struct attempt *t, struct aws_reply *ret)
{
	struct aws_client *c = t->client;
	int rc;

	if (client_cancelled(c))
		return attempt_fail(t, AWS_CANCELLED, "Cancelled", "the run was ended");
	if (is_late(t))
		return late(t);
	if (find_endpoint(t) || get_credentials(t) || wait_for_turn(t))
		return -1;
	send_request(t);
	rc = judge(t, ret);
	pace_leave(c->pace, t->call, rc && attempt_throttled(t) ? PACE_THROTTLED : PACE_DONE);
	return rc;
}

/* --- the call --- */

static int begin(struct attempt *t)
{
	const struct aws_call *call = t->call;
	const char *why = NULL;

	t->err->service = call->service ? call->service->name : "AWS";
	t->err->operation = call->operation;
	if (!call->service)
		return attempt_fail(t, AWS_INVALID, "BadInput", "the service is not known");
	if (protocol_build(t->arena, call, &t->wire, &why))
		return attempt_fail(t, AWS_INVALID, "BadInput", why);
	t->max = call->max_attempts ? call->max_attempts : t->client->max_attempts;
	t->max_given = call->max_attempts || t->client->max_given;
	t->since_ms = clock_monotonic_ms();
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
		if (!attempt_again(&t))
			return -1;
	retry_quota_give(client_quota(c, call->service), t.quota_taken ? t.quota_taken : 1);
	memset(err, 0, sizeof(*err));
	return 0;
}

int aws_call(struct aws_client *c, const struct aws_call *call, struct arena *a,
	     struct aws_reply *ret, struct aws_error *err)
{
	return call_as(c, call, SIGN_CLIENT, NULL, a, ret, err);
}
