#include "aws/pace.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/banned.h"

enum {
	READS_PER_WRITE = 4,
	HALVE_EVERY_MS = 500, /* one burst of throttles is one halving */
	SLICE_MS = 50,	      /* between looks at `cancelled` */
	MAX_LANES = 64,
};

struct bucket {
	double rate, burst, tokens; /* rate 0: none */
	int64_t filled_ms;
};

/* Calls that share a limit: a service's writes, its reads, or one operation with its own rate. */
struct lane {
	const char *service, *operation; /* operation NULL: all others */
	bool mutating;
	double window, widest;
	int in_flight;
	int64_t halved_ms;
	struct bucket *bucket; /* may be shared; NULL: none */
	pthread_cond_t changed;
};

struct pace {
	struct arena *arena;
	int parallelism;
	pthread_mutex_t lock;
	struct lane lanes[MAX_LANES];
	size_t len;
};

/* Operations whose published rate is not the service's. */
struct special {
	const char *service, *operation;
	double rate, burst;
};

static const struct special specials[] = {
	{ "lambda", "GetFunction", 100, 100 },
	{ "lambda", "GetPolicy", 15, 15 },
	{ "lambda", "Invoke", 0, 0 },
	{ "dynamodb", "TagResource", 5, 5 },
	{ "sns", "TagResource", 10, 10 },
	{ "sns", "UntagResource", 10, 10 },
	{ "sns", "ListTagsForResource", 10, 10 },
};

static const struct special *special_of(const struct aws_call *call)
{
	for (size_t i = 0; i < sizeof(specials) / sizeof(*specials); i++)
		if (str_eq(specials[i].service, call->service->id) &&
		    str_eq(specials[i].operation, call->operation))
			return &specials[i];
	return NULL;
}

struct pace *pace_new(struct arena *a, int parallelism)
{
	struct pace *p = arena_new_of(a, struct pace);

	p->arena = a;
	p->parallelism = parallelism;
	pthread_mutex_init(&p->lock, NULL);
	return p;
}

void pace_free(struct pace *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->len; i++)
		pthread_cond_destroy(&p->lanes[i].changed);
	pthread_mutex_destroy(&p->lock);
}

/* --- lanes --- */

static struct bucket *new_bucket(struct pace *p, double rate, double burst)
{
	struct bucket *b = arena_new_of(p->arena, struct bucket);

	*b = (struct bucket){ rate, burst, burst, clock_monotonic_ms() };
	return b;
}

/* API Gateway's two versions have one limit together, as have reads and writes of a service. */
static struct bucket *service_bucket(struct pace *p, const struct aws_service *s)
{
	if (s->rate <= 0)
		return NULL;
	for (size_t i = 0; i < p->len; i++) {
		const struct aws_service *other = aws_service(p->lanes[i].service);

		if (!p->lanes[i].operation && p->lanes[i].bucket && other &&
		    str_eq(other->signing_name, s->signing_name))
			return p->lanes[i].bucket;
	}
	return new_bucket(p, s->rate, s->burst);
}

static void init_cond(pthread_cond_t *c)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(c, &attr);
	pthread_condattr_destroy(&attr);
}

static struct lane *add_lane(struct pace *p, const struct aws_call *call,
			     const struct special *special, bool limited)
{
	const struct aws_service *s = call->service;
	struct lane *l = &p->lanes[p->len];
	double widest = call->mutating ? s->in_flight : s->in_flight * READS_PER_WRITE;

	if (p->len == MAX_LANES)
		return &p->lanes[0];
	l->service = s->id;
	l->operation = special ? special->operation : NULL;
	l->mutating = call->mutating;
	l->widest = !limited || widest <= 0 || widest > p->parallelism ? p->parallelism : widest;
	l->window = l->widest;
	if (limited && special && special->rate > 0)
		l->bucket = new_bucket(p, special->rate, special->burst);
	else if (limited && !special)
		l->bucket = service_bucket(p, s);
	init_cond(&l->changed);
	p->len++;
	return l;
}

static struct lane *lane_of(struct pace *p, const struct aws_call *call, bool limited)
{
	const struct special *special = special_of(call);
	const char *operation = special ? special->operation : NULL;

	for (size_t i = 0; i < p->len; i++) {
		struct lane *l = &p->lanes[i];

		if (l->mutating == call->mutating && str_eq(l->service, call->service->id) &&
		    str_eq(l->operation, operation))
			return l;
	}
	return add_lane(p, call, special, limited);
}

/* --- turns --- */

/* 0 and a token taken, else milliseconds until there is one. */
static int64_t take_token(struct bucket *b)
{
	int64_t now = clock_monotonic_ms();

	b->tokens += (double)(now - b->filled_ms) * b->rate / 1000;
	b->filled_ms = now;
	if (b->tokens > b->burst)
		b->tokens = b->burst;
	if (b->tokens >= 1) {
		b->tokens -= 1;
		return 0;
	}
	return (int64_t)((1 - b->tokens) / b->rate * 1000) + 1;
}

/* 0: the turn is taken. */
static int64_t try_enter(struct lane *l)
{
	int64_t wait;

	if (l->in_flight >= (int)l->window)
		return SLICE_MS;
	wait = l->bucket ? take_token(l->bucket) : 0;
	if (wait == 0)
		l->in_flight++;
	return wait;
}

static void wait_ms(struct pace *p, struct lane *l, int64_t ms)
{
	struct timespec at;

	if (ms > SLICE_MS)
		ms = SLICE_MS;
	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_nsec += ms * 1000000;
	at.tv_sec += at.tv_nsec / 1000000000;
	at.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&l->changed, &p->lock, &at);
}

bool pace_enter(struct pace *p, const struct aws_call *call, bool limited,
		bool (*cancelled)(void *ctx), void *ctx)
{
	struct lane *l;
	bool go = true;
	int64_t ms;

	pthread_mutex_lock(&p->lock);
	l = lane_of(p, call, limited);
	while ((ms = try_enter(l)) > 0) {
		if (cancelled && cancelled(ctx)) {
			go = false;
			break;
		}
		wait_ms(p, l, ms);
	}
	pthread_mutex_unlock(&p->lock);
	return go;
}

static void narrow(struct lane *l)
{
	int64_t now = clock_monotonic_ms();

	if (l->halved_ms && now - l->halved_ms < HALVE_EVERY_MS)
		return;
	l->halved_ms = now;
	l->window = l->window / 2 < 1 ? 1 : l->window / 2;
}

static void widen(struct lane *l)
{
	l->window += 1 / l->window;
	if (l->window > l->widest)
		l->window = l->widest;
}

void pace_leave(struct pace *p, const struct aws_call *call, enum pace_outcome outcome)
{
	struct lane *l;

	pthread_mutex_lock(&p->lock);
	l = lane_of(p, call, true);
	l->in_flight--;
	if (outcome == PACE_THROTTLED)
		narrow(l);
	else
		widen(l);
	pthread_cond_signal(&l->changed);
	pthread_mutex_unlock(&p->lock);
}
