/* lease.h - the thread that owns a run's writes to the store, from the taking of the operation object
 * to its release.
 *
 * The loop hands over documents as text; the thread writes the latest, one write in flight, at most
 * one a second, and renews the object at a third of its life even when the loop hangs. Every version
 * gets a higher serial and a fresh random. A write that finds another run's document loses the lease
 * for good; one that fails is repeated.
 *
 * When it runs out, no call is made any more, to AWS or the store, not even to renew it: another run
 * may have taken it over, whose takeover is to come after our last call.
 *
 * What counts is when the last acknowledged write was *sent*: by the larger of boot-time and
 * real-time clock, so that a machine that slept knows it. */
#ifndef ENGINE_LEASE_H
#define ENGINE_LEASE_H

#include <signal.h>

#include "state/backend.h"

/* Seconds. The stores tell an age in whole ones: the shorter a life, the larger the error. */
enum { LEASE_LIFE_S = 60, LEASE_LIFE_MIN_S = 3, LEASE_LIFE_MAX_S = 3600 };

struct lease_keeper;

enum lease_state {
	LEASE_OURS,   /* as far as we know; lease_permits tells whether calls may be made */
	LEASE_SILENT, /* it ran out by our own clocks: the machine slept, or the store is silent */
	LEASE_LOST,   /* another run has taken it, or somebody has ended it by hand */
};

/* `version` of the operation object that is taken, NULL: there is none; `serial` of it, 0. `stop`:
 * how often a signal asked to stop, may be NULL. Nothing is written yet. */
struct lease_keeper *lease_new(struct backend *b, int64_t life_ms, const char *version,
			       int64_t serial, const volatile sig_atomic_t *stop);
/* End the thread, after a write that is under way. Does not release anything. */
void lease_free(struct lease_keeper *l);

/* A newer document. `stamp` counts what it holds. */
void lease_put(struct lease_keeper *l, const char *text, size_t len, uint64_t stamp);
/* Write what was put now, not when the second is over. */
void lease_hurry(struct lease_keeper *l);
/* Stamp of the last document that the store has acknowledged. */
uint64_t lease_saved(struct lease_keeper *l);

/* Write an object and wait for it, once. `version` (of the state; ignored for the operation object)
 * is what is expected, and becomes what was written. Returns 0; 1 when somebody else has written it;
 * -1 with an error. The wait ends after `patience_ms`, and two seconds after a second signal: then
 * *ret_left is set, the thread is still at it, and nothing it uses may be freed. */
struct lease_write {
	enum backend_object object;
	const char *text;
	size_t len;
	uint64_t stamp;
	const char **version;
	struct arena *arena; /* of *version */
	int64_t patience_ms;
	bool left;
};
int lease_write(struct lease_keeper *l, struct lease_write *w, struct diags *d);

enum lease_state lease_state(struct lease_keeper *l);
/* May a mutating call be sent now, which takes lease_call_ms at most? Any thread. */
bool lease_permits(struct lease_keeper *l);
int64_t lease_call_ms(int64_t life_ms);
/* May any call be sent, to AWS or the store? Any thread. */
bool lease_alive(struct lease_keeper *l);
/* It said no: wait for the next renewal. False: it will not say yes any more.
 * Any thread. */
bool lease_await(struct lease_keeper *l);
/* No call may be sent from now on. */
void lease_close(struct lease_keeper *l);

#endif
