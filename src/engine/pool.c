#include "engine/pool.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fatal.h"
#include "base/memory.h"
#include "base/thread.h"
#include "base/banned.h"

enum { STACK_SIZE = 512 * 1024 };

struct pool {
	pthread_mutex_t mutex;
	pthread_cond_t work, news; /* for workers; for the loop */
	struct job *first, **last;
	struct message *inbox, **inbox_last;
	pthread_t *threads;
	size_t max, started, idle, queued;
	bool ending;
};

static void post(struct pool *p, struct message *m)
{
	pthread_mutex_lock(&p->mutex);
	m->next = NULL;
	*p->inbox_last = m;
	p->inbox_last = &m->next;
	pthread_cond_signal(&p->news);
	pthread_mutex_unlock(&p->mutex);
}

/* The next job, waiting for one; NULL when the pool ends. Called with the mutex held. */
static struct job *next_job(struct pool *p)
{
	struct job *j;

	p->idle++;
	while (!p->first && !p->ending)
		pthread_cond_wait(&p->work, &p->mutex);
	p->idle--;
	if (p->ending)
		return NULL;
	j = p->first;
	p->first = j->next;
	if (!p->first)
		p->last = &p->first;
	p->queued--;
	return j;
}

static void *work(void *arg)
{
	struct pool *p = arg;
	struct job *j;

	pthread_mutex_lock(&p->mutex);
	while ((j = next_job(p))) {
		pthread_mutex_unlock(&p->mutex);
		j->run(j);
		j->done = (struct message){ .kind = JOB_DONE, .job = j };
		post(p, &j->done);
		pthread_mutex_lock(&p->mutex);
	}
	pthread_mutex_unlock(&p->mutex);
	return NULL;
}

/* One more thread. Called with the mutex held. */
static void start_thread(struct pool *p)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	if (!thread_start(&p->threads[p->started], &attr, work, p))
		p->started++;
	else if (!p->started)
		fatal("cannot start a thread");
	pthread_attr_destroy(&attr);
}

struct pool *pool_new(size_t threads)
{
	struct pool *p = mem_zeroed(1, sizeof(*p));

	p->threads = mem_zeroed(threads, sizeof(*p->threads));
	p->max = threads;
	p->last = &p->first;
	p->inbox_last = &p->inbox;
	pthread_mutex_init(&p->mutex, NULL);
	pthread_cond_init(&p->work, NULL);
	cond_init(&p->news);
	return p;
}

void pool_add(struct pool *p, struct job *j)
{
	pthread_mutex_lock(&p->mutex);
	j->next = NULL;
	*p->last = j;
	p->last = &j->next;
	p->queued++;
	if (p->queued > p->idle && p->started < p->max)
		start_thread(p);
	pthread_cond_signal(&p->work);
	pthread_mutex_unlock(&p->mutex);
}

void pool_post(struct pool *p, struct job *j, enum message_kind kind, const char *text)
{
	struct message *m = mem_zeroed(1, sizeof(*m));

	m->text = mem_strdup(text);
	m->kind = kind;
	m->job = j;
	post(p, m);
}

struct message *pool_wait(struct pool *p, int64_t timeout_ms)
{
	struct message *m;

	pthread_mutex_lock(&p->mutex);
	while (!p->inbox && cond_wait_ms(&p->news, &p->mutex, timeout_ms))
		;
	m = p->inbox;
	if (m)
		p->inbox = m->next;
	if (!p->inbox)
		p->inbox_last = &p->inbox;
	pthread_mutex_unlock(&p->mutex);
	return m;
}

void message_free(struct message *m)
{
	if (!m || m->kind == JOB_DONE)
		return; /* that one lives in its job */
	free(m->text);
	free(m);
}

void pool_free(struct pool *p)
{
	struct message *m;

	if (!p)
		return;
	pthread_mutex_lock(&p->mutex);
	p->ending = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->mutex);
	for (size_t i = 0; i < p->started; i++)
		pthread_join(p->threads[i], NULL);
	while ((m = pool_wait(p, 0)))
		message_free(m);
	pthread_mutex_destroy(&p->mutex);
	pthread_cond_destroy(&p->work);
	pthread_cond_destroy(&p->news);
	free(p->threads);
	free(p);
}

void pool_abandon(struct pool *p)
{
	pthread_mutex_lock(&p->mutex);
	p->ending = true;
	for (size_t i = 0; i < p->started; i++)
		pthread_detach(p->threads[i]);
	pthread_mutex_unlock(&p->mutex);
}
