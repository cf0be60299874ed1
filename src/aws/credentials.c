#include "aws/credentials.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/thread.h"
#include "base/banned.h"

enum {
	ADVISORY_S = 15 * 60,  /* refresh if it can be done */
	MANDATORY_S = 10 * 60, /* all wait for it */
	RETRY_S = 60,	       /* between refreshes that fail while the old ones are valid */
	SLICE_MS = 50,	       /* between looks whether the run is cancelled */
};

struct credentials_store {
	struct credentials_context context;
	const char *role;
	pthread_mutex_t lock;
	pthread_cond_t fetched;
	bool fetching;
	struct arena *arena; /* of `current`; replaced with it */
	struct credentials current;
	bool known;
	int64_t advisory, mandatory; /* times; 0: never */
	/* Why the last fetch failed, told to all who waited for it. */
	struct arena *failure_arena;
	struct diags *failure;
	uint64_t failures;
};

/* --- the chain --- */

static int from_profile(const struct credentials_context *c, struct arena *a,
			struct credentials *ret, struct diags *d)
{
	typedef int (*source)(const struct credentials_context *, const char *, struct arena *,
			      struct credentials *, struct diags *);
	static const source sources[] = {
		credentials_from_role,	      credentials_from_web_identity,
		credentials_from_sso,	      credentials_from_shared_file,
		credentials_from_login,	      credentials_from_process,
		credentials_from_config_file,
	};
	int r = 1;

	for (size_t i = 0; r == 1 && i < sizeof(sources) / sizeof(*sources); i++)
		r = sources[i](c, c->config->profile, a, ret, d);
	return r;
}

static int find(const struct credentials_context *c, struct arena *a, struct credentials *ret,
		struct diags *d)
{
	int r = 1;

	if (!c->config->profile_explicit)
		r = credentials_from_environment(c, a, ret, d);
	if (r == 1)
		r = from_profile(c, a, ret, d);
	if (r == 1)
		r = credentials_from_container(c, a, ret, d);
	if (r == 1)
		r = credentials_from_instance(c, a, ret, d);
	if (r < 1)
		return r;
	diag_error(d, D_AUTH, NO_SPAN, "no AWS credentials found");
	diag_hint(d, "set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws "
		     "configure` or `aws sso login`");
	return -1;
}

static int fetch(struct credentials_store *s, struct arena *a, struct credentials *ret,
		 struct diags *d)
{
	struct assume_role r = { .role_arn = s->role, .source = "role" };
	struct credentials base = { 0 };

	if (!s->role)
		return find(&s->context, a, ret, d);
	if (find(&s->context, a, &base, d))
		return -1;
	return credentials_assume(&s->context, &r, &base.keys, a, ret, d);
}

/* --- kept and refreshed --- */

struct credentials_store *credentials_new(struct arena *a, const struct credentials_context *c,
					  const char *role)
{
	struct credentials_store *s = arena_new_of(a, struct credentials_store);

	s->context = *c;
	s->role = arena_strdup(a, role);
	pthread_mutex_init(&s->lock, NULL);
	cond_init(&s->fetched);
	return s;
}

void credentials_free(struct credentials_store *s)
{
	if (!s)
		return;
	arena_free(s->arena);
	arena_free(s->failure_arena);
	pthread_cond_destroy(&s->fetched);
	pthread_mutex_destroy(&s->lock);
}

static int64_t now_s(const struct credentials_store *s)
{
	return s->context.unix_ms(s->context.ctx) / 1000;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void plan_refresh(struct credentials_store *s)
{
	int64_t expires = s->current.expires, left = expires - now_s(s);

	s->advisory = s->mandatory = 0;
	if (!expires)
		return;
	if (left < 0)
		left = 0;
	s->advisory = expires - smaller(ADVISORY_S, left / 4);
	s->mandatory = expires - smaller(MANDATORY_S, left / 6);
}

static bool still_valid(const struct credentials_store *s)
{
	return s->known && (!s->current.expires || now_s(s) < s->current.expires);
}

static void keep_failure(struct credentials_store *s, const struct diags *why)
{
	int64_t later = now_s(s) + RETRY_S;

	arena_free(s->failure_arena);
	s->failure_arena = arena_new();
	s->failure = diags_new(s->failure_arena);
	diags_merge(s->failure, why);
	s->failures++;
	if (!s->current.expires)
		return;
	s->advisory = later;
	s->mandatory = smaller(s->mandatory > later ? s->mandatory : later, s->current.expires);
}

static void keep(struct credentials_store *s, const struct credentials *fresh, struct arena *a)
{
	arena_free(s->arena);
	s->arena = a;
	s->current = *fresh;
	s->known = true;
	plan_refresh(s);
	log_debug("credentials: %s", fresh->source);
}

/* AWS's clock may be known only after the calls of the source. */
static int check_life(const struct credentials_store *s, const struct credentials *fresh,
		      struct diags *d)
{
	if (!fresh->expires || fresh->expires > now_s(s))
		return 0;
	return diag_error(d, D_AUTH, NO_SPAN, "%s: the credentials have expired", fresh->source);
}

static void tell_failure(const struct credentials_store *s, const struct diags *why)
{
	const struct diag *first = diags_first(why);

	if (still_valid(s))
		log_debug("credentials: %s; the old ones are valid for %lld s", first->message,
			  (long long)(s->current.expires - now_s(s)));
}

/* By the one thread that set `fetching`; with the lock held, which it gives up meanwhile. */
static int refresh(struct credentials_store *s, struct diags *d)
{
	struct arena *a = arena_new();
	struct credentials fresh = { 0 };
	struct diags *why = diags_new(a);
	int r;

	pthread_mutex_unlock(&s->lock);
	r = fetch(s, a, &fresh, why) || check_life(s, &fresh, why);
	pthread_mutex_lock(&s->lock);
	s->fetching = false;
	if (r) {
		diags_merge(d, why);
		keep_failure(s, why);
		tell_failure(s, why);
		arena_free(a);
	} else {
		keep(s, &fresh, a);
	}
	pthread_cond_broadcast(&s->fetched);
	return r ? -1 : 0;
}

static void copy_current(const struct credentials_store *s, struct arena *a,
			 struct credentials *ret)
{
	ret->keys.access_key = arena_strdup(a, s->current.keys.access_key);
	ret->keys.secret_key = arena_strdup(a, s->current.keys.secret_key);
	ret->keys.token = arena_strdup(a, s->current.keys.token);
	ret->expires = s->current.expires;
	ret->source = arena_strdup(a, s->current.source);
}

enum need { NEED_NOTHING, NEED_SOON, NEED_NOW };

static enum need need_of(const struct credentials_store *s)
{
	int64_t now = now_s(s);

	if (!s->known || (s->mandatory && now >= s->mandatory))
		return NEED_NOW;
	return s->advisory && now >= s->advisory ? NEED_SOON : NEED_NOTHING;
}

/* One step towards something to be fetched; false: the run is cancelled. With the lock held. */
static bool wait_a_little(struct credentials_store *s)
{
	if (s->context.cancelled(s->context.ctx))
		return false;
	cond_wait_ms(&s->fetched, &s->lock, SLICE_MS);
	return true;
}

/* -1: another thread's fetch failed, of which `failures` were known before. */
static int wait_for_others(struct credentials_store *s, uint64_t failures, struct diags *d)
{
	while (need_of(s) == NEED_NOW && s->fetching)
		if (!wait_a_little(s))
			return diag_error(d, D_INTERRUPTED, NO_SPAN, "the run was ended");
	if (need_of(s) != NEED_NOW || s->failures == failures)
		return 0;
	diags_merge(d, s->failure);
	return -1;
}

static int fetch_now(struct credentials_store *s, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct diags *why = diags_new(scratch);

	s->fetching = true;
	if (refresh(s, why) == 0 || still_valid(s))
		return 0;
	diags_merge(d, why);
	return -1;
}

/* With the lock held. */
static int get_current(struct credentials_store *s, struct diags *d)
{
	if (wait_for_others(s, s->failures, d))
		return -1;
	if (need_of(s) == NEED_NOTHING || s->fetching)
		return 0;
	return fetch_now(s, d);
}

int credentials_get(struct credentials_store *s, struct arena *a, struct credentials *ret,
		    struct diags *d)
{
	int r;

	pthread_mutex_lock(&s->lock);
	r = get_current(s, d);
	if (r == 0)
		copy_current(s, a, ret);
	pthread_mutex_unlock(&s->lock);
	return r;
}

bool credentials_expired(struct credentials_store *s, const struct credentials *old)
{
	bool current;

	pthread_mutex_lock(&s->lock);
	current = s->known && str_eq(s->current.keys.access_key, old->keys.access_key) &&
		  str_eq(s->current.keys.token, old->keys.token);
	if (current && old->keys.token)
		s->known = false;
	pthread_mutex_unlock(&s->lock);
	return old->keys.token != NULL;
}

/* --- parts --- */

int credentials_from_json(struct arena *a, const struct value *v, const char *token,
			  const char *source, struct credentials *ret, struct diags *d)
{
	const char *expiration = value_text_at(v, "Expiration");

	ret->keys.access_key = arena_strdup(a, value_text_at(v, "AccessKeyId"));
	ret->keys.secret_key = arena_strdup(a, value_text_at(v, "SecretAccessKey"));
	ret->keys.token = arena_strdup(a, value_text_at(v, token));
	ret->source = source;
	if (!ret->keys.access_key || !ret->keys.secret_key)
		return diag_error(d, D_AUTH, NO_SPAN,
				  "%s: the reply has no AccessKeyId and SecretAccessKey", source);
	ret->expires = expiration ? clock_parse(expiration) : 0;
	if (ret->expires < 0)
		return diag_error(d, D_AUTH, NO_SPAN, "%s: the reply's Expiration is no date",
				  source);
	return 0;
}
