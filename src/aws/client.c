#include "aws/client.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aws/call.h"
#include "aws/endpoint.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/banned.h"

enum { DEFAULT_ATTEMPTS = 8, DEFAULT_PARALLELISM = 64, DEFAULT_BACKOFF_MS = 1000, SLICE_MS = 50 };

/* --- life --- */

static int call_for_credentials(void *ctx, const struct aws_call *call,
				const struct sigv4_keys *keys, struct arena *a,
				struct aws_reply *ret, struct aws_error *err)
{
	return call_as(ctx, call, keys ? SIGN_KEYS : SIGN_NONE, keys, a, ret, err);
}

static int64_t time_for_credentials(void *ctx)
{
	return client_unix_ms(ctx);
}

static bool end_for_credentials(void *ctx)
{
	return client_cancelled(ctx);
}

static int check_region(const struct aws_client *c, struct diags *d)
{
	if (c->config.region)
		return 0;
	diag_error(d, D_CONFIG, NO_SPAN, "no AWS region is chosen");
	diag_hint(d, "set `aws: { region: ... }` in the stack, AWS_REGION, or `region` in the "
		     "profile");
	return -1;
}

static int open_http(struct aws_client *c, const struct aws_options *o, struct diags *d)
{
	struct http_options options = {
		.ca_file = c->config.ca_file,
		.max_connections = o->parallelism,
		.user_agent = o->user_agent ? o->user_agent : "cinfra",
	};

	c->http = o->http ? o->http : http_curl_new(&options);
	c->own_http = !o->http;
	return c->http ? 0
		       : diag_error(d, D_IO, NO_SPAN, "cannot start the network: out of resources");
}

static void set_options(struct aws_client *c, const struct aws_options *o)
{
	c->max_attempts = o->max_attempts ? o->max_attempts : c->config.max_attempts;
	c->max_given = c->max_attempts > 0;
	if (!c->max_attempts)
		c->max_attempts = DEFAULT_ATTEMPTS;
	c->backoff_ms = o->backoff_ms ? o->backoff_ms : DEFAULT_BACKOFF_MS;
	c->permit = o->permit;
	c->alive = o->alive;
	c->await_permit = o->await_permit;
	c->mutating_ms = o->mutating_ms;
	c->cancelled = o->cancelled;
	c->ctx = o->ctx;
}

struct aws_client *aws_client_new(const struct aws_options *o, struct diags *d)
{
	struct aws_client *c = mem_zeroed(1, sizeof(*c));
	struct credentials_context context;

	c->arena = arena_new();
	c->config.arena = c->arena;
	c->config.env = o->env;
	c->config.env_ctx = o->env_ctx;
	pthread_mutex_init(&c->lock, NULL);
	c->bucket_regions = map_new(c->arena);
	c->answered = map_new(c->arena);
	c->config.s3_endpoint = arena_strdup(c->arena, o->s3_endpoint);
	if (config_load(&c->config, o->profile, o->region, d) || check_region(c, d) ||
	    open_http(c, o, d)) {
		aws_client_free(c);
		return NULL;
	}
	set_options(c, o);
	context = (struct credentials_context){ .config = &c->config,
						.http = c->http,
						.call = call_for_credentials,
						.unix_ms = time_for_credentials,
						.cancelled = end_for_credentials,
						.ctx = c };
	c->credentials = credentials_new(c->arena, &context, o->role);
	c->pace = pace_new(c->arena, o->parallelism ? o->parallelism : DEFAULT_PARALLELISM);
	return c;
}

void aws_client_free(struct aws_client *c)
{
	if (!c)
		return;
	if (c->own_http && c->http)
		c->http->close(c->http);
	credentials_free(c->credentials);
	pace_free(c->pace);
	for (size_t i = 0; i < c->quotas_len; i++)
		retry_quota_done(&c->quotas[i].quota);
	pthread_mutex_destroy(&c->lock);
	arena_free(c->arena);
	free(c);
}

void aws_stop(struct aws_client *c)
{
	c->http->stop(c->http);
}

/* --- questions --- */

const char *aws_region(const struct aws_client *c)
{
	return c->config.region;
}

const char *aws_partition(const struct aws_client *c)
{
	return partition_of_region(c->config.region)->id;
}

const char *aws_dns_suffix(const struct aws_client *c)
{
	return partition_of_region(c->config.region)->suffix;
}

void aws_counts(const struct aws_client *c, uint64_t *ret_calls, uint64_t *ret_mutating)
{
	*ret_calls = atomic_load(&c->calls);
	*ret_mutating = atomic_load(&c->mutating);
}

char *aws_endpoint_url(struct aws_client *c, const struct aws_service *s, struct arena *a)
{
	struct endpoint e;
	const char *why;

	if (endpoint_resolve(&c->config, s, c->config.region, a, &e, &why))
		return arena_printf(a, "https://%s.%s", s->host_prefix, c->config.region);
	return arena_printf(a, "%s://%s%s", e.scheme, e.host, e.path);
}

bool client_cancelled(const struct aws_client *c)
{
	return c->cancelled && c->cancelled(c->ctx);
}

int64_t client_unix_ms(const struct aws_client *c)
{
	return clock_unix_ms() + atomic_load(&c->skew_ms);
}

bool aws_sleep(struct aws_client *c, int64_t ms)
{
	int64_t end = clock_monotonic_ms() + ms;

	for (;;) {
		int64_t left = end - clock_monotonic_ms();
		struct timespec slice;

		if (client_cancelled(c))
			return false;
		if (left <= 0)
			return true;
		if (left > SLICE_MS)
			left = SLICE_MS;
		slice = (struct timespec){ .tv_nsec = left * 1000000 };
		nanosleep(&slice, NULL);
	}
}

const char *client_bucket_region(struct aws_client *c, const char *bucket, struct arena *a)
{
	const char *region;

	pthread_mutex_lock(&c->lock);
	region = arena_strdup(a, map_get(c->bucket_regions, bucket));
	pthread_mutex_unlock(&c->lock);
	return region;
}

void client_set_bucket_region(struct aws_client *c, const char *bucket, const char *region)
{
	pthread_mutex_lock(&c->lock);
	map_set(c->bucket_regions, arena_strdup(c->arena, bucket), arena_strdup(c->arena, region));
	pthread_mutex_unlock(&c->lock);
}

static struct retry_quota *find_quota(struct aws_client *c, const struct aws_service *s)
{
	struct service_quota *q = c->quotas;

	for (; q < c->quotas + c->quotas_len; q++)
		if (q->service == s)
			return &q->quota;
	if (c->quotas_len == MAX_QUOTAS)
		return &c->quotas[0].quota;
	c->quotas_len++;
	q->service = s;
	retry_quota_init(&q->quota);
	return &q->quota;
}

struct retry_quota *client_quota(struct aws_client *c, const struct aws_service *s)
{
	struct retry_quota *q;

	pthread_mutex_lock(&c->lock);
	q = find_quota(c, s);
	pthread_mutex_unlock(&c->lock);
	return q;
}

bool client_has_answered(struct aws_client *c, const char *host)
{
	bool has;

	pthread_mutex_lock(&c->lock);
	has = map_get(c->answered, host) != NULL;
	pthread_mutex_unlock(&c->lock);
	return has;
}

void client_set_answered(struct aws_client *c, const char *host)
{
	pthread_mutex_lock(&c->lock);
	if (!map_get(c->answered, host)) {
		char *copy = arena_strdup(c->arena, host);

		map_set(c->answered, copy, copy);
	}
	pthread_mutex_unlock(&c->lock);
}

/* --- who we are --- */

/* "arn:aws-cn:sts::..." -> "aws-cn" */
static char *partition_of_arn(struct arena *a, const char *arn)
{
	if (!str_starts(arn, "arn:"))
		return NULL;
	return arena_strndup(a, arn + 4, strcspn(arn + 4, ":"));
}

static int ask_identity(struct aws_client *c, struct diags *d)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct aws_call call = { .service = aws_service("sts"), .operation = "GetCallerIdentity" };
	struct aws_reply reply;
	struct aws_error err;
	const char *account, *arn, *partition;

	if (aws_call(c, &call, a, &reply, &err))
		return aws_diag(d, &err, NO_SPAN);
	account = value_text_at(reply.output, "Account");
	arn = value_text_at(reply.output, "Arn");
	partition = partition_of_arn(a, arn);
	if (!account || !*account || !partition)
		return diag_error(d, D_REMOTE, NO_SPAN,
				  "STS GetCallerIdentity: the reply names no account");
	pthread_mutex_lock(&c->lock);
	c->partition = arena_strdup(c->arena, partition);
	c->arn = arena_strdup(c->arena, arn);
	c->account = arena_strdup(c->arena, account);
	pthread_mutex_unlock(&c->lock);
	return 0;
}

int aws_identity(struct aws_client *c, struct arena *a, const char **ret_account,
		 const char **ret_partition, const char **ret_arn, struct diags *d)
{
	bool known;

	pthread_mutex_lock(&c->lock);
	known = c->account != NULL;
	pthread_mutex_unlock(&c->lock);
	if (!known && ask_identity(c, d))
		return -1;
	pthread_mutex_lock(&c->lock);
	*ret_account = arena_strdup(a, c->account);
	*ret_partition = arena_strdup(a, c->partition);
	*ret_arn = arena_strdup(a, c->arn);
	pthread_mutex_unlock(&c->lock);
	return 0;
}
