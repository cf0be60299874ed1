#include "aws/pace.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"
#include "base/banned.h"

enum {
	READS_PER_WRITE = 4,
	CUT_EVERY_MS = 500, /* one burst of throttles is one cut */
	MEASURE_MS = 500,
	FORGET_MS = 30000,
	SLICE_MS = 50, /* between looks at `cancelled` */
	MAX_LANES = 64,
};

static const double CUT = 0.5, GROWTH = 0.4, SLOWEST = 0.5; /* SLOWEST: calls a second */

struct bucket {
	double rate, burst, tokens; /* rate 0: none */
	int64_t filled_ms;
};

/* The rate that AWS lets us have, as found out; see pace.h. */
struct found {
	struct bucket bucket; /* rate 0: none was needed yet */
	double too_much;      /* at the last cut */
	int64_t cut_ms;
	/* What is sent, calls a second, smoothed. */
	double sent;
	int64_t measured_ms;
	int count;
};

/* Calls that share a limit: a service's writes, its reads, or one operation with its own rate. */
struct lane {
	const char *service, *operation; /* operation NULL: all others */
	bool mutating;
	int window, in_flight;
	struct bucket *bucket; /* may be shared; NULL: none */
	struct found found;
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

static struct lane *add_lane(struct pace *p, const struct aws_call *call,
			     const struct special *special, bool limited)
{
	const struct aws_service *s = call->service;
	struct lane *l = &p->lanes[p->len];
	int window = call->mutating ? s->in_flight : s->in_flight * READS_PER_WRITE;

	if (p->len == MAX_LANES)
		return &p->lanes[0];
	l->service = s->id;
	l->operation = special ? special->operation : NULL;
	l->mutating = call->mutating;
	l->window = !limited || window <= 0 || window > p->parallelism ? p->parallelism : window;
	l->found.measured_ms = clock_monotonic_ms();
	if (limited && special && special->rate > 0)
		l->bucket = new_bucket(p, special->rate, special->burst);
	else if (limited && !special)
		l->bucket = service_bucket(p, s);
	cond_init(&l->changed);
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

/* --- the found rate --- */

static void measure(struct found *f, int64_t now)
{
	int64_t passed = now - f->measured_ms;

	f->count++;
	if (passed < MEASURE_MS)
		return;
	f->sent = 0.8 * f->count * 1000 / (double)passed + 0.2 * f->sent;
	f->count = 0;
	f->measured_ms = now;
}

/* Before half a second has passed nothing is measured: then what went out in it counts. */
static double sent_rate(const struct found *f)
{
	double now = f->count * 1000.0 / MEASURE_MS;

	return now > f->sent ? now : f->sent;
}

static void set_rate(struct found *f, double rate)
{
	f->bucket.rate = rate < SLOWEST ? SLOWEST : rate;
	f->bucket.burst = f->bucket.rate < 1 ? 1 : f->bucket.rate;
}

static void cut(struct found *f)
{
	int64_t now = clock_monotonic_ms();
	double rate = f->bucket.rate;

	if (rate > 0 && now - f->cut_ms < CUT_EVERY_MS)
		return;
	f->too_much = rate > 0 && rate < sent_rate(f) ? rate : sent_rate(f);
	f->cut_ms = now;
	set_rate(f, f->too_much * CUT);
	if (rate <= 0) /* no burst to begin with: that is what went wrong */
		f->bucket.filled_ms = now;
	if (f->bucket.tokens > 1)
		f->bucket.tokens = 1;
}

static void grow(struct found *f)
{
	double s = (double)(clock_monotonic_ms() - f->cut_ms) / 1000, back, rate;

	if (f->bucket.rate <= 0)
		return;
	if (s * 1000 > FORGET_MS) {
		f->bucket.rate = 0;
		return;
	}
	back = cbrt(f->too_much * (1 - CUT) / GROWTH); /* seconds until it is as it was */
	rate = GROWTH * pow(s - back, 3) + f->too_much;
	if (rate > f->bucket.rate)
		set_rate(f, rate);
}

/* --- turns --- */

/* 0, or milliseconds until there is a token. */
static int64_t wait_for_token(struct bucket *b)
{
	int64_t now = clock_monotonic_ms();

	b->tokens += (double)(now - b->filled_ms) * b->rate / 1000;
	b->filled_ms = now;
	if (b->tokens > b->burst)
		b->tokens = b->burst;
	return b->tokens >= 1 ? 0 : (int64_t)((1 - b->tokens) / b->rate * 1000) + 1;
}

/* 0: the turn is taken. */
static int64_t try_enter(struct lane *l)
{
	struct bucket *buckets[] = { l->bucket,
				     l->found.bucket.rate > 0 ? &l->found.bucket : NULL };
	int64_t wait = 0;

	if (l->in_flight >= l->window)
		return SLICE_MS;
	for (size_t i = 0; i < 2 && wait == 0; i++)
		wait = buckets[i] ? wait_for_token(buckets[i]) : 0;
	if (wait)
		return wait;
	for (size_t i = 0; i < 2; i++)
		if (buckets[i])
			buckets[i]->tokens -= 1;
	l->in_flight++;
	measure(&l->found, clock_monotonic_ms());
	return 0;
}

static bool is_late(const struct aws_call *call)
{
	return call->deadline_ms && clock_monotonic_ms() >= call->deadline_ms;
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
		if ((cancelled && cancelled(ctx)) || is_late(call)) {
			go = false;
			break;
		}
		cond_wait_ms(&l->changed, &p->lock, ms < SLICE_MS ? ms : SLICE_MS);
	}
	pthread_mutex_unlock(&p->lock);
	return go;
}

void pace_leave(struct pace *p, const struct aws_call *call, enum pace_outcome outcome)
{
	struct lane *l;

	pthread_mutex_lock(&p->lock);
	l = lane_of(p, call, true);
	l->in_flight--;
	if (outcome == PACE_THROTTLED)
		cut(&l->found);
	else
		grow(&l->found);
	pthread_cond_signal(&l->changed);
	pthread_mutex_unlock(&p->lock);
}
