#ifndef TESTS_UNIT_FAKE_CLOUD_H
#define TESTS_UNIT_FAKE_CLOUD_H

/*
 * A cloud and a store in memory, for tests of the engine.  Needs "test.h" before it.
 *
 * Types: Fake::Named (found by its Name, a fixed name), Fake::Anon (made first when replaced),
 * Fake::Batch (read ten at a time).  All have Name, Size, Ref, Secret, Fixed (a change replaces)
 * and the computed Arn; the Arn of "x" is "arn:x".
 *
 *	struct fake *f = fake_new();
 *	fake_want(f, "b", "Fake::Anon", "{\"Ref\": \"@a.Arn\"}");	refers to another one
 *	fake_rule(f, "create a", FAKE_FAIL);
 *	fake_apply(f);					load, refresh, plan, apply
 *	assert_string_equal(fake_log(f), "create a ...");
 *	fake_free(f);
 */

#include <pthread.h>
#include <signal.h>

#include "engine/engine.h"

enum fake_rule_kind {
	FAKE_FAIL,
	FAKE_REFUSE,	     /* the credentials */
	FAKE_FAIL_HALF_WAY,  /* a create: the object is there, and announced */
	FAKE_FAIL_UNCERTAIN, /* a create: the object is there, and nobody knows */
	FAKE_ABSENT,	     /* a read, .count times: there is no such thing */
	FAKE_MAKE_TWO,	     /* a create: the first one turns up later */
	FAKE_WAIT_FOR,	     /* until the call named by .arg has ended */
	FAKE_SIGNAL, /* a signal arrives while it runs, as often as .count says; .arg: it gives up */
	FAKE_HANG,   /* until fake_release */
};

struct fake_object {
	const char *id, *address, *type, *marker, *incarnation;
	struct value *props;
	bool gone;
};

/* What is written where at some moment: what a crash then would leave. */
struct fake_moment {
	const char *what; /* "begin create a", "end create a", "write state" */
	const char *texts[2];
	VEC(struct fake_object) objects;
};

struct fake_rule {
	const char *call; /* "create a" */
	enum fake_rule_kind kind;
	const char *arg;
	int count;
};

struct fake {
	struct provider provider; /* first */
	struct backend backend;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	struct arena *a;   /* under the mutex while the engine runs */
	struct arena *run; /* of the last run */
	VEC(struct fake_object *) objects;
	VEC(struct fake_moment *) moments;
	VEC(struct fake_rule) rules;
	VEC(const char *) begun, ended;
	struct resource_list wanted;
	struct stack *stack; /* for outputs; NULL: none */
	const char *texts[2], *versions[2];
	int versions_made, objects_made, reads, absent;
	bool released;
	bool (*write_fails)(struct fake *f, enum backend_object o);
	int writes[2], failing_from;
	int running[3], most[3]; /* calls at once, by type */
	int pace, slow_ms;	 /* slow_ms: what a call takes, so that others meet it */
	bool lock_by_ref;	 /* lock_key is the property Ref */
	int64_t late_ms;
	bool unmarked;	      /* what is read by marker lacks its tag */
	const char *put_mark; /* by the last update */
	bool dies_elsewhere;  /* fake_die_at: not proved dead */
	volatile sig_atomic_t stop;

	/* Of the last run. */
	struct engine engine;
	struct state *state;
	struct operation_doc *operation;
	struct plan *plan;
	struct apply_result result;
	struct recovery recovery;
	struct diags *diags;
	struct str events; /* "started create a\n" */
	bool destroy;
	const char *replace;
};

struct fake *fake_new(void);
void fake_free(struct fake *f);
/* Add a wanted resource, or change the one at this address. */
struct resource *fake_want(struct fake *f, const char *address, const char *type, const char *json);
void fake_unwant(struct fake *f, const char *address);
void fake_output(struct fake *f, const char *name, const char *ref);
void fake_rule(struct fake *f, const char *call, enum fake_rule_kind kind, const char *arg);
void fake_forget_rules(struct fake *f);

/* Load, refresh and plan: 0 or -1. */
int fake_plan(struct fake *f);
/* The same, and apply. The log, the moments and the events begin anew. */
int fake_apply(struct fake *f);
/* Load again what the store holds now. */
int fake_load(struct fake *f);
/* A moment of the last apply. */
const struct fake_moment *fake_moment(const struct fake *f, const char *what);
/* Put the store, and if asked for the cloud, back to what the run would have left that died then. */
void fake_die_at(struct fake *f, const struct fake_moment *m, bool objects);
/* The calls that change something, in order of their ends (or beginnings): "create a, delete b". */
const char *fake_log(struct fake *f);
const char *fake_begun(struct fake *f);
/* The object at this address, NULL when there is none. */
struct fake_object *fake_object(struct fake *f, const char *address);
size_t fake_objects(const struct fake *f);
void fake_release(struct fake *f);
/* Message of the first error, with its context: "creating a: failed". */
const char *fake_error(const struct fake *f);

#endif
