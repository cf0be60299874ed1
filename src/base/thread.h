/* thread.h - threads that leave signals to the main one, and waits that no change of the clock
 * disturbs. */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* pthread_create, with all signals blocked in the new thread; `attr` may be NULL. 0 or an errno. */
int thread_start(pthread_t *ret, const pthread_attr_t *attr, void *(*run)(void *arg), void *arg);

/* A condition for cond_wait_ms. */
void cond_init(pthread_cond_t *c);
/* Wait for a wake-up, with `m` held; false when none came within `ms`. As with every condition, a
 * wake-up may come for nothing. */
bool cond_wait_ms(pthread_cond_t *c, pthread_mutex_t *m, int64_t ms);

/* How often a signal has asked to stop; `stop` NULL: never. */
static inline int stops_asked(const volatile sig_atomic_t *stop)
{
	return stop ? (int)__atomic_load_n(stop, __ATOMIC_RELAXED) : 0;
}

#endif
