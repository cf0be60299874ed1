#include "test.h"
#include "fake_cloud.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/lease.h"

/* A lease over the fake's store; documents by hand. */
struct holder {
	struct fake *f;
	struct lease_keeper *l;
	struct operation_doc doc;
	uint64_t stamp;
};

static void write_now(struct holder *h, int expected)
{
	struct lease_write w = { .object = OBJECT_OPERATION, .patience_ms = 10000 };
	struct diags *d = diags_new(h->f->run);

	w.text = operation_write(h->f->run, &h->doc, &w.len);
	w.stamp = ++h->stamp;
	assert_int_equal(lease_write(h->l, &w, d), expected);
}

static struct holder hold(int64_t life_ms)
{
	struct holder h = { .f = fake_new() };

	h.doc = (struct operation_doc){ .id = "mine", .lineage = "l", .command = "apply" };
	h.l = lease_new(&h.f->backend, life_ms, NULL, 0, &h.f->stop);
	assert_false(lease_permits(h.l));
	write_now(&h, 0);
	return h;
}

static void let_go(struct holder *h)
{
	lease_free(h->l);
	fake_free(h->f);
}

static int writes(struct fake *f)
{
	int n;

	pthread_mutex_lock(&f->mutex);
	n = f->writes[OBJECT_OPERATION];
	pthread_mutex_unlock(&f->mutex);
	return n;
}

static void wait_for_writes(struct fake *f, int n)
{
	for (int i = 0; i < 1000 && writes(f) < n; i++)
		usleep(10000);
	assert_true(writes(f) >= n);
}

static struct operation_doc *stored(struct fake *f)
{
	struct operation_doc *doc;
	const char *text;

	pthread_mutex_lock(&f->mutex);
	text = arena_strdup(f->run, f->texts[OBJECT_OPERATION]);
	pthread_mutex_unlock(&f->mutex);
	assert_int_equal(operation_parse(f->run, text, strlen(text), "", &doc, diags_new(f->run)),
			 0);
	return doc;
}

/* Somebody else writes the object. */
static void write_as(struct fake *f, const char *id, bool unlocked)
{
	struct operation_doc other = {
		.id = id, .lineage = "l", .serial = 90, .unlocked = unlocked
	};
	size_t len;

	pthread_mutex_lock(&f->mutex);
	f->texts[OBJECT_OPERATION] = operation_write(f->a, &other, &len);
	f->versions[OBJECT_OPERATION] = "another";
	pthread_mutex_unlock(&f->mutex);
}

TEST(lease_is_renewed_by_itself)
{
	struct holder h = hold(600);

	assert_true(lease_permits(h.l));
	assert_int_equal(stored(h.f)->serial, 1);
	wait_for_writes(h.f, 3);
	assert_true(stored(h.f)->serial >= 3);
	assert_int_equal(lease_state(h.l), LEASE_OURS);
	let_go(&h);
}

TEST(lease_writes_the_latest_document)
{
	struct holder h = hold(60000);
	const char *text;
	size_t len;

	for (int i = 0; i < 3; i++) {
		h.doc.command = arena_printf(h.f->run, "c%d", i);
		text = operation_write(h.f->run, &h.doc, &len);
		lease_put(h.l, text, len, ++h.stamp);
	}
	lease_hurry(h.l);
	wait_for_writes(h.f, 2);
	assert_string_equal(stored(h.f)->command, "c2");
	for (int i = 0; i < 1000 && lease_saved(h.l) < h.stamp; i++)
		usleep(1000);
	assert_int_equal(lease_saved(h.l), h.stamp);
	assert_int_equal(writes(h.f), 2);
	let_go(&h);
}

TEST(lease_that_another_run_took_is_lost)
{
	struct holder h = hold(600);

	write_as(h.f, "other", false);
	for (int i = 0; i < 1000 && lease_state(h.l) != LEASE_LOST; i++)
		usleep(1000);
	assert_int_equal(lease_state(h.l), LEASE_LOST);
	assert_false(lease_permits(h.l));
	assert_false(lease_await(h.l));
	write_now(&h, 1);
	assert_string_equal(stored(h.f)->id, "other");
	let_go(&h);
}

TEST(lease_that_was_unlocked_by_hand_is_lost)
{
	struct holder h = hold(60000);

	write_as(h.f, "mine", true);
	write_now(&h, 1);
	assert_true(stored(h.f)->unlocked);
	let_go(&h);
}

/* An earlier write of ours, whose reply was lost, is no stranger's. */
TEST(lease_knows_its_own_late_writes)
{
	struct holder h = hold(60000);

	write_as(h.f, "mine", false);
	write_now(&h, 0);
	assert_int_equal(lease_state(h.l), LEASE_OURS);
	let_go(&h);
}

static bool fails(struct fake *f, enum backend_object o)
{
	(void)o;
	return f->failing_from > 0;
}

static void set_failing(struct fake *f, int on)
{
	pthread_mutex_lock(&f->mutex);
	f->write_fails = fails;
	f->failing_from = on;
	pthread_mutex_unlock(&f->mutex);
}

TEST(lease_that_cannot_be_renewed_permits_nothing_until_it_is)
{
	struct holder h = hold(1500);

	set_failing(h.f, 1);
	write_now(&h, -1);
	for (int i = 0; i < 1000 && lease_permits(h.l); i++)
		usleep(2000);
	assert_false(lease_permits(h.l));
	assert_int_equal(lease_state(h.l), LEASE_OURS);
	set_failing(h.f, 0);
	assert_true(lease_await(h.l));
	let_go(&h);
}

TEST(lease_waits_for_the_store_no_longer_than_its_life)
{
	struct holder h = hold(300);

	set_failing(h.f, 1);
	for (int i = 0; i < 1000 && lease_permits(h.l); i++)
		usleep(1000);
	assert_false(lease_await(h.l));
	assert_int_equal(lease_state(h.l), LEASE_SILENT);
	let_go(&h);
}

TEST(lease_that_is_closed_permits_nothing_and_is_not_renewed)
{
	struct holder h = hold(300);
	int before;

	lease_close(h.l);
	assert_false(lease_permits(h.l));
	assert_false(lease_await(h.l));
	h.doc.free = true;
	write_now(&h, 0);
	before = writes(h.f);
	usleep(300000);
	assert_int_equal(writes(h.f), before);
	assert_true(stored(h.f)->free);
	let_go(&h);
}

TEST(lease_that_was_never_had_is_not_taken_later)
{
	struct fake *f = fake_new();
	struct holder h = { .f = f, .doc = { .id = "mine", .lineage = "l" } };

	h.l = lease_new(&f->backend, 300, NULL, 0, &f->stop);
	set_failing(f, 1);
	write_now(&h, -1);
	set_failing(f, 0);
	usleep(1300000);
	assert_int_equal(writes(f), 0);
	let_go(&h);
}

/* A machine that slept: the real clock went on, whatever the other one says. */
static _Atomic int64_t slept_ms;

static int64_t real_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 + slept_ms;
}

TEST(lease_goes_by_the_clock_that_went_further)
{
	struct holder h;

	slept_ms = 0;
	clock_set_for_tests(real_clock, NULL);
	h = hold(60000);
	set_failing(h.f, 1); /* else it is renewed at once */
	assert_true(lease_permits(h.l));
	slept_ms = 31000;
	assert_false(lease_permits(h.l));
	slept_ms = -31000;
	assert_true(lease_permits(h.l));
	assert_true(lease_alive(h.l));
	slept_ms = 61000;
	set_failing(h.f, 0);
	assert_false(lease_alive(h.l));
	assert_false(lease_await(h.l));
	assert_int_equal(lease_state(h.l), LEASE_SILENT);
	let_go(&h);
	clock_set_for_tests(NULL, NULL);
}
