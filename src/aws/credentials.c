#include "aws/credentials.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"

enum {
	ADVISORY_S = 15 * 60, /* refresh if it can be done */
	MANDATORY_S = 10 * 60, /* refresh or fail */
	RETRY_S = 60,	      /* between advisory refreshes that fail */
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
	uint64_t generation;
};

/* --- the chain --- */

static int from_profile(const struct credentials_context *c, struct arena *a,
			struct credentials *ret, struct diags *d)
{
	typedef int (*source)(const struct credentials_context *, const char *, struct arena *,
			      struct credentials *, struct diags *);
	static const source sources[] = {
		credentials_from_role,	      credentials_from_web_identity, credentials_from_sso,
		credentials_from_shared_file, credentials_from_process,	     credentials_from_config_file,
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
	pthread_cond_init(&s->fetched, NULL);
	return s;
}

void credentials_free(struct credentials_store *s)
{
	if (!s)
		return;
	arena_free(s->arena);
	pthread_cond_destroy(&s->fetched);
	pthread_mutex_destroy(&s->lock);
}

static int64_t now_s(void)
{
	return clock_unix_ms() / 1000;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void plan_refresh(struct credentials_store *s)
{
	int64_t expires = s->current.expires, left = expires - now_s();

	s->advisory = s->mandatory = 0;
	if (!expires)
		return;
	if (left < 0)
		left = 0;
	s->advisory = expires - smaller(ADVISORY_S, left / 4);
	s->mandatory = expires - smaller(MANDATORY_S, left / 6);
}

/* Called without the lock by the one thread that set `fetching`. */
static int refresh(struct credentials_store *s, struct diags *d)
{
	struct arena *a = arena_new();
	struct credentials fresh = { 0 };
	int r = fetch(s, a, &fresh, d);

	pthread_mutex_lock(&s->lock);
	s->fetching = false;
	if (r == 0) {
		struct arena *old = s->arena;

		s->arena = a;
		a = old;
		s->current = fresh;
		s->known = true;
		s->generation++;
		plan_refresh(s);
		log_debug("credentials: %s", fresh.source);
	} else if (s->advisory) {
		s->advisory = now_s() + RETRY_S;
	}
	pthread_cond_broadcast(&s->fetched);
	pthread_mutex_unlock(&s->lock);
	arena_free(a);
	return r;
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
	int64_t now = now_s();

	if (!s->known || (s->mandatory && now >= s->mandatory))
		return NEED_NOW;
	return s->advisory && now >= s->advisory ? NEED_SOON : NEED_NOTHING;
}

/* With the lock held: true when this thread is the one to fetch. */
static bool wait_or_take(struct credentials_store *s, enum need *ret)
{
	while ((*ret = need_of(s)) == NEED_NOW && s->fetching)
		pthread_cond_wait(&s->fetched, &s->lock);
	if (*ret == NEED_NOTHING || s->fetching)
		return false;
	s->fetching = true;
	return true;
}

int credentials_get(struct credentials_store *s, struct arena *a, struct credentials *ret,
		    struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct diags *ignored = diags_new(scratch);
	enum need need;

	pthread_mutex_lock(&s->lock);
	if (wait_or_take(s, &need)) {
		int r;

		pthread_mutex_unlock(&s->lock);
		r = refresh(s, need == NEED_NOW ? d : ignored);
		if (r && need == NEED_NOW)
			return -1;
		pthread_mutex_lock(&s->lock);
	}
	copy_current(s, a, ret);
	pthread_mutex_unlock(&s->lock);
	return 0;
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
		return diag_error(d, D_AUTH, NO_SPAN, "%s: the reply's Expiration is no date", source);
	if (ret->expires && ret->expires <= now_s())
		return diag_error(d, D_AUTH, NO_SPAN, "%s: the credentials have expired", source);
	return 0;
}
