#include "engine/lease.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fatal.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/thread.h"
#include "state/operation.h"
#include "base/banned.h"

enum {
	CHECKPOINT_MS = 1000,
	RETRY_MS = 1000,
	SLICE_MS = 50,
	LEAVE_MS = 2000, /* a second signal may be followed by SIGKILL within 2.5 s */
	WRITE_TRIES = 3,
};

/* A write that the loop waits for. */
struct request {
	enum backend_object object;
	char *text;
	size_t len;
	char *expected;
	bool wanted, ended;
	int result;
	char *version;
	struct arena *arena; /* of the faults */
	struct diags *faults;
};

struct lease_keeper {
	struct backend *backend;
	int64_t life_ms;
	const volatile sig_atomic_t *stop;
	pthread_t thread;

	/* The thread's own. */
	struct arena *arena; /* of the document */
	struct operation_doc *doc;
	uint64_t stamp;
	char *version;
	int64_t serial;

	pthread_mutex_t lock; /* guards the rest */
	pthread_cond_t changed;
	char *next; /* a newer document */
	size_t next_len;
	uint64_t next_stamp;
	bool hurry, closed, ending;
	enum lease_state state;
	struct request request;
	uint64_t saved;
	bool held;		       /* some write was acknowledged */
	int64_t sent_mono, sent_real;  /* when the last acknowledged one was sent */
	int64_t written_ms, failed_ms; /* ends of writes, monotonic */
};

static char *copy_text(const char *text)
{
	return text ? mem_strdup(text) : NULL;
}

static void set_text(char **at, const char *text)
{
	char *old = *at;

	*at = copy_text(text);
	free(old);
}

/* --- time --- */

static int64_t elapsed_ms(const struct lease_keeper *l)
{
	int64_t mono = clock_monotonic_ms() - l->sent_mono;
	int64_t real = clock_unix_ms() - l->sent_real;

	return mono > real ? mono : real;
}

/* A slice of waiting, or less when something changes. Called with the lock held. */
static void pause_slice(struct lease_keeper *l)
{
	cond_wait_ms(&l->changed, &l->lock, SLICE_MS);
}

/* A call gives up well before half the life is over, and is sent only in the first half: then it
 * has ended when the lease has. The difference is for what a body's bytes take. */
int64_t lease_call_ms(int64_t life_ms)
{
	return life_ms * 5 / 12;
}

/* Before the first write is acknowledged, time counts from the beginning. */
static bool alive(const struct lease_keeper *l)
{
	return l->state == LEASE_OURS && elapsed_ms(l) < l->life_ms;
}

static bool permits(const struct lease_keeper *l)
{
	return l->held && !l->closed && l->state == LEASE_OURS && elapsed_ms(l) < l->life_ms / 2;
}

/* --- on the thread: the operation object --- */

/* Ours is what bears our operation's id and was not ended by hand. */
static bool is_ours(const struct lease_keeper *l, struct arena *a, const char *text, size_t len)
{
	struct operation_doc *there;

	return !operation_parse(a, text, len, "", &there, diags_new(a)) &&
	       str_eq(there->id, l->doc->id) && !there->free && !there->unlocked;
}

enum found { FOUND_WRITTEN, FOUND_OLDER, FOUND_OTHER, FOUND_NOTHING };

/* A write failed, or came too late. What is there may be this very write, an earlier one of ours
 * whose reply was lost, somebody else's, or nothing new. */
static enum found look(struct lease_keeper *l, const char *text, size_t len)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct backend *b = l->backend;
	const char *version = NULL;
	char *there;
	size_t there_len;
	int r = b->read(b, OBJECT_OPERATION, scratch, &there, &there_len, &version,
			diags_new(scratch));

	if (r < 0 || (!r && str_eq(version, l->version)))
		return FOUND_NOTHING;
	if (r > 0)
		return l->version ? FOUND_OTHER : FOUND_NOTHING;
	if (there_len == len && !memcmp(there, text, len)) {
		set_text(&l->version, version);
		return FOUND_WRITTEN;
	}
	if (!is_ours(l, scratch, there, there_len))
		return FOUND_OTHER;
	set_text(&l->version, version);
	return FOUND_OLDER;
}

/* 0, 1: it is another's, -1. */
static int write_once(struct lease_keeper *l, const char *text, size_t len, bool *ret_again,
		      struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct backend *b = l->backend;
	const char *version;
	int r = b->write(b, OBJECT_OPERATION, text, len, l->version, scratch, &version, d);

	*ret_again = false;
	if (!r) {
		set_text(&l->version, version);
		return 0;
	}
	switch (look(l, text, len)) {
	case FOUND_WRITTEN:
		return 0;
	case FOUND_OLDER:
		*ret_again = true;
		return r;
	case FOUND_OTHER:
		return 1;
	case FOUND_NOTHING:
		break;
	}
	return r;
}

static int write_document(struct lease_keeper *l, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	bool again = true;
	const char *text;
	size_t len;
	int r = -1;

	l->doc->serial = ++l->serial;
	text = operation_write(scratch, l->doc, &len);
	for (int i = 0; again && i < WRITE_TRIES; i++)
		r = write_once(l, text, len, &again, d);
	if (again)
		return diag_error(d, D_IO, NO_SPAN, "%s: earlier writes keep arriving",
				  l->backend->describe(l->backend));
	return r;
}

/* The newest document becomes the one that is written. Called with the lock held. */
static int adopt(struct lease_keeper *l, struct diags *d)
{
	struct arena *arena;
	struct operation_doc *doc;

	if (!l->next)
		return 0;
	arena = arena_new();
	if (operation_parse(arena, l->next, l->next_len, "the journal", &doc, d)) {
		arena_free(arena);
		return -1;
	}
	arena_free(l->arena);
	l->arena = arena;
	l->doc = doc;
	l->stamp = l->next_stamp;
	free(l->next);
	l->next = NULL;
	return 0;
}

/* Take note of how a write ended that was sent then. Called with the lock held. */
static void note_end(struct lease_keeper *l, int r, int64_t mono, int64_t real)
{
	if (r > 0)
		l->state = LEASE_LOST;
	if (r) {
		l->failed_ms = clock_monotonic_ms();
		return;
	}
	l->held = true;
	l->sent_mono = mono;
	l->sent_real = real;
	l->saved = l->stamp;
	l->written_ms = clock_monotonic_ms();
	l->failed_ms = 0;
}

/* 0, 1: the lease is lost, -1. Called with the lock held. */
static int write_operation(struct lease_keeper *l, struct diags *d)
{
	int64_t mono = clock_monotonic_ms(), real = clock_unix_ms();
	int r = adopt(l, d);

	l->hurry = false;
	if (!r) {
		pthread_mutex_unlock(&l->lock);
		r = write_document(l, d);
		pthread_mutex_lock(&l->lock);
	}
	note_end(l, r, mono, real);
	return r;
}

/* --- on the thread: what the loop waits for --- */

static int write_state(struct lease_keeper *l, struct request *q, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct backend *b = l->backend;
	const char *now = NULL;
	char *found;
	size_t len;
	int r = b->write(b, q->object, q->text, q->len, q->expected, scratch, &now, d);

	if (r && !b->read(b, q->object, scratch, &found, &len, &now, diags_new(scratch)) &&
	    len == q->len && !memcmp(found, q->text, len))
		r = 0;
	if (!r)
		set_text(&q->version, now);
	return r;
}

static void serve(struct lease_keeper *l)
{
	struct request *q = &l->request;

	q->wanted = false;
	if (q->object == OBJECT_OPERATION) {
		q->result = write_operation(l, q->faults);
	} else {
		pthread_mutex_unlock(&l->lock);
		q->result = write_state(l, q, q->faults);
		pthread_mutex_lock(&l->lock);
	}
	q->ended = true;
	pthread_cond_broadcast(&l->changed);
}

/* --- on the thread: the loop --- */

/* Called with the lock held. */
static bool runs_out(struct lease_keeper *l)
{
	if (l->state == LEASE_OURS && !alive(l))
		l->state = LEASE_SILENT;
	return l->state != LEASE_OURS;
}

/* No call is made any more. */
static void refuse(struct lease_keeper *l)
{
	struct request *q = &l->request;

	q->wanted = false;
	q->result = l->state == LEASE_LOST ? 1 : -1;
	if (q->result < 0)
		diag_error(q->faults, D_LOCKED, NO_SPAN, "%s: the lease has run out",
			   l->backend->describe(l->backend));
	q->ended = true;
	pthread_cond_broadcast(&l->changed);
}

static bool is_due(const struct lease_keeper *l)
{
	int64_t now = clock_monotonic_ms();

	if (!l->held || l->closed || l->state != LEASE_OURS ||
	    (l->failed_ms && now - l->failed_ms < RETRY_MS))
		return false;
	if (l->next && (l->hurry || now - l->written_ms >= CHECKPOINT_MS))
		return true;
	return elapsed_ms(l) >= l->life_ms / 3;
}

static void renew(struct lease_keeper *l)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct diags *d = diags_new(scratch);
	int r = write_operation(l, d);

	if (r)
		log_debug("lease: %s", r > 0 ? "taken by another run" : diags_first(d)->message);
	pthread_cond_broadcast(&l->changed);
}

static void *keep(void *arg)
{
	struct lease_keeper *l = arg;

	pthread_mutex_lock(&l->lock);
	while (!l->ending) {
		if (runs_out(l) && l->request.wanted) {
			refuse(l);
		} else if (l->request.wanted) {
			serve(l);
		} else if (is_due(l)) {
			renew(l);
		} else {
			pause_slice(l);
		}
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

/* --- life --- */

struct lease_keeper *lease_new(struct backend *b, int64_t life_ms, const char *version,
			       int64_t serial, const volatile sig_atomic_t *stop)
{
	struct lease_keeper *l = mem_zeroed(1, sizeof(*l));

	l->backend = b;
	l->life_ms = life_ms;
	l->sent_mono = clock_monotonic_ms();
	l->sent_real = clock_unix_ms();
	l->stop = stop;
	l->version = copy_text(version);
	l->serial = serial;
	l->request.ended = true;
	pthread_mutex_init(&l->lock, NULL);
	cond_init(&l->changed);
	if (thread_start(&l->thread, NULL, keep, l))
		fatal("cannot start a thread");
	return l;
}

void lease_free(struct lease_keeper *l)
{
	if (!l)
		return;
	pthread_mutex_lock(&l->lock);
	l->ending = true;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
	pthread_join(l->thread, NULL);
	pthread_cond_destroy(&l->changed);
	pthread_mutex_destroy(&l->lock);
	arena_free(l->arena);
	free(l->next);
	free(l->version);
	free(l->request.text);
	free(l->request.expected);
	free(l->request.version);
	arena_free(l->request.arena);
	free(l);
}

/* --- what the loop asks --- */

static void put(struct lease_keeper *l, const char *text, size_t len, uint64_t stamp)
{
	free(l->next);
	l->next = mem_strndup(text, len);
	l->next_len = len;
	l->next_stamp = stamp;
}

void lease_put(struct lease_keeper *l, const char *text, size_t len, uint64_t stamp)
{
	pthread_mutex_lock(&l->lock);
	put(l, text, len, stamp);
	pthread_mutex_unlock(&l->lock);
}

void lease_hurry(struct lease_keeper *l)
{
	pthread_mutex_lock(&l->lock);
	l->hurry = true;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
}

uint64_t lease_saved(struct lease_keeper *l)
{
	uint64_t saved;

	pthread_mutex_lock(&l->lock);
	saved = l->saved;
	pthread_mutex_unlock(&l->lock);
	return saved;
}

static void request(struct lease_keeper *l, const struct lease_write *w)
{
	struct request *q = &l->request;

	if (w->object == OBJECT_OPERATION) {
		put(l, w->text, w->len, w->stamp);
	} else {
		free(q->text);
		q->text = mem_strndup(w->text, w->len);
		q->len = w->len;
		set_text(&q->expected, *w->version);
	}
	arena_free(q->arena);
	q->arena = arena_new();
	q->faults = diags_new(q->arena);
	q->object = w->object;
	q->ended = false;
	q->wanted = true;
	pthread_cond_broadcast(&l->changed);
}

/* Called with the lock held. */
/* Patience counts in slices: time in which we were stopped is nobody's fault. */
static bool wait_for_end(struct lease_keeper *l, int64_t patience_ms)
{
	bool leaving = false;

	for (int64_t left = patience_ms; !l->request.ended; left -= SLICE_MS) {
		if (!leaving && stops_asked(l->stop) > 1) {
			leaving = true;
			left = left < LEAVE_MS ? left : LEAVE_MS;
		}
		if (left <= 0)
			return false;
		pause_slice(l);
	}
	return true;
}

int lease_write(struct lease_keeper *l, struct lease_write *w, struct diags *d)
{
	int r = -1;

	pthread_mutex_lock(&l->lock);
	w->left = !wait_for_end(l, w->patience_ms); /* of one that was left before */
	if (!w->left) {
		request(l, w);
		w->left = !wait_for_end(l, w->patience_ms);
	}
	if (w->left)
		diag_error(d, D_IO, NO_SPAN, "%s: the store does not answer",
			   l->backend->describe(l->backend));
	else
		r = l->request.result;
	if (!r && w->object == OBJECT_STATE)
		*w->version = arena_strdup(w->arena, l->request.version);
	if (r < 0 && !w->left)
		diags_merge(d, l->request.faults);
	pthread_mutex_unlock(&l->lock);
	return r;
}

enum lease_state lease_state(struct lease_keeper *l)
{
	enum lease_state state;

	pthread_mutex_lock(&l->lock);
	runs_out(l);
	state = l->state;
	pthread_mutex_unlock(&l->lock);
	return state;
}

void lease_close(struct lease_keeper *l)
{
	pthread_mutex_lock(&l->lock);
	l->closed = true;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
}

/* --- what callers of AWS ask --- */

bool lease_permits(struct lease_keeper *l)
{
	bool ok;

	pthread_mutex_lock(&l->lock);
	ok = permits(l);
	pthread_mutex_unlock(&l->lock);
	return ok;
}

/* Time is counted in slices: what the machine slept is not the store's fault. */
bool lease_alive(struct lease_keeper *l)
{
	bool ok;

	pthread_mutex_lock(&l->lock);
	ok = alive(l);
	pthread_mutex_unlock(&l->lock);
	return ok;
}

bool lease_await(struct lease_keeper *l)
{
	bool ok;

	pthread_mutex_lock(&l->lock);
	while (!permits(l) && alive(l) && !l->closed && !stops_asked(l->stop))
		pause_slice(l);
	ok = permits(l);
	pthread_mutex_unlock(&l->lock);
	return ok;
}
