#include "net/tls_sessions.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/banned.h"

struct tls_sessions {
	CURLSH *share;
	pthread_mutex_t locks[CURL_LOCK_DATA_LAST];
};

static void lock(CURL *easy, curl_lock_data data, curl_lock_access access, void *ctx)
{
	struct tls_sessions *s = ctx;

	(void)easy, (void)access;
	pthread_mutex_lock(&s->locks[data]);
}

static void unlock(CURL *easy, curl_lock_data data, void *ctx)
{
	struct tls_sessions *s = ctx;

	(void)easy;
	pthread_mutex_unlock(&s->locks[data]);
}

struct tls_sessions *tls_sessions_new(void)
{
	struct tls_sessions *s = mem_zeroed(1, sizeof(*s));

	for (size_t i = 0; i < CURL_LOCK_DATA_LAST; i++)
		pthread_mutex_init(&s->locks[i], NULL);
	s->share = curl_share_init();
	if (!s->share) {
		tls_sessions_free(s);
		return NULL;
	}
	curl_share_setopt(s->share, CURLSHOPT_LOCKFUNC, lock);
	curl_share_setopt(s->share, CURLSHOPT_UNLOCKFUNC, unlock);
	curl_share_setopt(s->share, CURLSHOPT_USERDATA, s);
	curl_share_setopt(s->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	return s;
}

void tls_sessions_free(struct tls_sessions *s)
{
	if (!s)
		return;
	curl_share_cleanup(s->share);
	for (size_t i = 0; i < CURL_LOCK_DATA_LAST; i++)
		pthread_mutex_destroy(&s->locks[i]);
	free(s);
}

void tls_sessions_use(struct tls_sessions *s, CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_SHARE, s->share);
}
