/* pool.h - worker threads that take jobs and hand messages back to one loop.
 *
 * The loop adds jobs and waits for messages; workers run jobs and post. A job belongs to its
 * worker between pool_add and its message JOB_DONE, and to the loop otherwise: nothing else is
 * shared. Workers block all signals. */
#ifndef ENGINE_POOL_H
#define ENGINE_POOL_H

#include <stddef.h>
#include <stdint.h>

struct pool;

enum message_kind {
	JOB_DONE,
	JOB_CREATED, /* text: the physical id, known before the job ends */
	JOB_WAITING, /* text: what is waited for */
};
struct job;
struct message {
	enum message_kind kind;
	struct job *job;
	char *text; /* freed with the message; NULL for JOB_DONE */
	struct message *next;
};
struct job {
	void (*run)(struct job *j); /* on a worker */
	struct job *next;
	struct message done;
};

/* Threads are started when jobs need them, up to `threads`. */
struct pool *pool_new(size_t threads);
void pool_add(struct pool *p, struct job *j);
/* From a worker: tell the loop something about its job. */
void pool_post(struct pool *p, struct job *j, enum message_kind kind, const char *text);
/* The next message, NULL when none came within `timeout_ms`. Give it back to message_free. */
struct message *pool_wait(struct pool *p, int64_t timeout_ms);
void message_free(struct message *m);
/* Drop what has not begun, wait for what has, end the threads. */
void pool_free(struct pool *p);
/* Leave the threads to the end of the process: nothing of the pool or its jobs may be freed. */
void pool_abandon(struct pool *p);

#endif
