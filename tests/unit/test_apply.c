#include "test.h"
#include "fake_cloud.h"

#include <string.h>
#include <unistd.h>

#include "temp.h"

static const struct state_object *current(struct fake *f, const char *address)
{
	const struct state_resource *r;

	f->diags = diags_new(f->run);
	assert_int_equal(fake_load(f), 0);
	r = state_get(f->state, address);
	return r ? r->current : NULL;
}

static bool is_free(struct fake *f)
{
	return f->operation && f->operation->free;
}

TEST(apply_creates_what_is_needed_first)
{
	struct fake *f = fake_new();

	fake_want(f, "b", "Fake::Anon", "{\"Ref\": \"@a.Arn\", \"Size\": 3}");
	fake_want(f, "a", "Fake::Named", "{\"Name\": \"one\"}");
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_log(f), "create a, create b");
	assert_int_equal(f->result.added, 2);
	assert_string_equal(value_text_at(fake_object(f, "b")->props, "Ref"), "arn:one");
	assert_string_equal(str_text(&f->events), "started create a\ndone create a\n"
						  "started create b\ndone create b\n");
	assert_string_equal(current(f, "a")->id, "one");
	assert_string_equal(value_text_at(current(f, "b")->props, "Ref"), "arn:one");
	assert_string_equal(value_text_at(current(f, "a")->attributes, "Arn"), "arn:one");
	assert_string_equal(state_get(f->state, "b")->depends.items[0], "a");
	assert_string_equal(f->state->account, "123456789012");
	assert_true(is_free(f));
	assert_int_equal(f->operation->intents.len, 0);
	assert_int_equal(fake_plan(f), 0);
	assert_int_equal(f->plan->verdict, VERDICT_EMPTY);
	fake_free(f);
}

TEST(apply_markers_carry_lineage_and_nonce)
{
	struct fake *f = fake_new();
	const char *marker;

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	marker = fake_object(f, "a")->marker;
	assert_string_equal(marker, arena_printf(f->a, "%s/%s", f->state->lineage,
						 current(f, "a")->marker));
	assert_string_equal(current(f, "a")->incarnation, "i1");
	fake_free(f);
}

TEST(apply_takes_results_in_any_order)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	fake_want(f, "b", "Fake::Anon", "{}");
	fake_want(f, "c", "Fake::Anon", "{}");
	fake_rule(f, "create a", FAKE_WAIT_FOR, "create b");
	fake_rule(f, "create b", FAKE_WAIT_FOR, "create c");
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_log(f), "create c, create b, create a");
	assert_string_equal(current(f, "a")->id, fake_object(f, "a")->id);
	assert_string_equal(current(f, "c")->id, fake_object(f, "c")->id);
	fake_free(f);
}

TEST(apply_failure_skips_what_needs_it_and_nothing_else)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	fake_want(f, "b", "Fake::Anon", "{\"Ref\": \"@a.Arn\"}");
	fake_want(f, "c", "Fake::Anon", "{\"Ref\": \"@b.Arn\"}");
	fake_want(f, "d", "Fake::Anon", "{}");
	fake_want(f, "e", "Fake::Anon", "{\"Ref\": \"@d.Arn\"}");
	fake_rule(f, "create a", FAKE_FAIL, NULL);
	assert_int_equal(fake_apply(f), -1);
	assert_string_equal(fake_error(f), "creating a: it failed");
	assert_int_equal(f->result.added, 2);
	assert_int_equal(f->result.failed, 1);
	assert_int_equal(f->result.skipped, 2);
	assert_non_null(strstr(str_text(&f->events), "skipped create b: needs a, which failed\n"));
	assert_non_null(strstr(str_text(&f->events), "skipped create c: needs a, which failed\n"));
	assert_null(current(f, "a"));
	assert_non_null(current(f, "e"));
	assert_true(is_free(f));
	fake_forget_rules(f);
	assert_int_equal(fake_apply(f), 0);
	assert_int_equal(f->result.added, 3);
	assert_int_equal(fake_objects(f), 5);
	fake_free(f);
}

TEST(apply_half_made_object_is_recorded_and_completed)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{\"Size\": 1}");
	fake_rule(f, "create a", FAKE_FAIL_HALF_WAY, NULL);
	assert_int_equal(fake_apply(f), -1);
	assert_string_equal(current(f, "a")->id, fake_object(f, "a")->id);
	assert_non_null(state_get(f->state, "a")->pending);
	fake_object(f, "a")->props = value_map(f->a);
	fake_forget_rules(f);
	fake_want(f, "b", "Fake::Anon", "{\"Ref\": \"@a.Arn\"}");
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_log(f), "update a, create b");
	assert_int_equal(fake_objects(f), 2);
	assert_string_equal(value_text_at(current(f, "a")->attributes, "Arn"), "arn:anon-1");
	assert_string_equal(value_text_at(fake_object(f, "b")->props, "Ref"), "arn:anon-1");
	assert_non_null(current(f, "a"));
	assert_null(state_get(f->state, "a")->pending);
	fake_free(f);
}

TEST(apply_interrupt_begins_nothing_new)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	fake_want(f, "b", "Fake::Anon", "{\"Ref\": \"@a.Arn\"}");
	fake_rule(f, "create a", FAKE_SIGNAL, NULL);
	assert_int_equal(fake_apply(f), -1);
	assert_true(f->result.interrupted);
	assert_int_equal(diags_code(f->diags), D_INTERRUPTED);
	assert_string_equal(fake_begun(f), "create a");
	assert_int_equal(f->result.added, 1);
	assert_non_null(current(f, "a"));
	assert_true(is_free(f));
	f->stop = 0;
	fake_forget_rules(f);
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_log(f), "create b");
	fake_free(f);
}

TEST(apply_interrupted_calls_are_no_failures)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	fake_want(f, "b", "Fake::Anon", "{\"Ref\": \"@a.Arn\"}");
	fake_rule(f, "create a", FAKE_SIGNAL, "gives up");
	assert_int_equal(fake_apply(f), -1);
	assert_true(f->result.interrupted);
	assert_int_equal(f->result.failed, 0);
	assert_int_equal(f->result.skipped, 0);
	assert_int_equal(diags_errors(f->diags), 1);
	assert_string_equal(fake_error(f), "interrupted: 2 of 2 steps were not done");
	assert_string_equal(str_text(&f->events), "started create a\nstopped create a\n");
	fake_free(f);
}

/* In a process of its own: the call that hangs is left behind. */
TEST(apply_second_signal_leaves_at_once)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		struct fake *f = fake_new();

		fake_want(f, "a", "Fake::Anon", "{}");
		fake_want(f, "b", "Fake::Anon", "{}");
		fake_rule(f, "create a", FAKE_HANG, NULL);
		fake_rule(f, "create b", FAKE_SIGNAL, NULL);
		f->rules.items[1].count = 2;
		if (fake_apply(f) != -1 || !f->engine.abandoned)
			_exit(1);
		f->diags = diags_new(f->run);
		if (fake_load(f) || is_free(f) || f->operation->intents.len != 2)
			_exit(2);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

TEST(apply_delete_first_deletes_users_before_and_makes_them_after)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Named", "{\"Name\": \"one\", \"Fixed\": \"x\"}");
	fake_want(f, "b", "Fake::Named", "{\"Name\": \"two\", \"Fixed\": \"@a.Fixed\"}");
	assert_int_equal(fake_apply(f), 0);
	fake_want(f, "a", "Fake::Named", "{\"Name\": \"one\", \"Fixed\": \"y\"}");
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_log(f), "delete b, delete a, create a, create b");
	assert_int_equal(f->result.added, 2);
	assert_int_equal(f->result.destroyed, 2);
	assert_string_equal(current(f, "a")->incarnation, "i3");
	fake_free(f);
}

TEST(apply_delete_first_that_cannot_create_again)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Named", "{\"Name\": \"one\", \"Fixed\": \"x\"}");
	assert_int_equal(fake_apply(f), 0);
	fake_want(f, "a", "Fake::Named", "{\"Name\": \"one\", \"Fixed\": \"y\"}");
	fake_rule(f, "create a", FAKE_FAIL, NULL);
	assert_int_equal(fake_apply(f), -1);
	assert_int_equal(f->result.destroyed, 1);
	assert_null(current(f, "a"));
	assert_non_null(state_get(f->state, "a")->deleted_by);
	assert_int_equal(fake_plan(f), 0);
	assert_int_equal(f->plan->verdict, VERDICT_UNFINISHED);
	fake_forget_rules(f);
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_log(f), "create a");
	assert_non_null(current(f, "a"));
	assert_null(state_get(f->state, "a")->deleted_by);
	fake_free(f);
}

TEST(apply_create_first_updates_users_in_between)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{\"Fixed\": \"x\"}");
	fake_want(f, "b", "Fake::Anon", "{\"Ref\": \"@a.Arn\"}");
	assert_int_equal(fake_apply(f), 0);
	fake_want(f, "a", "Fake::Anon", "{\"Fixed\": \"y\"}");
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_log(f), "create a, update b, delete a");
	assert_string_equal(value_text_at(fake_object(f, "b")->props, "Ref"), "arn:anon-3");
	assert_int_equal(f->result.changed, 1);
	assert_string_equal(current(f, "a")->id, "anon-3");
	assert_int_equal(state_get(f->state, "a")->deposed.len, 0);
	fake_free(f);
}

/* The state that a crash would leave just before the old object goes has the new one's id. */
TEST(apply_create_first_is_on_record_before_the_old_object_goes)
{
	struct fake *f = fake_new();
	const struct fake_moment *m = NULL;

	fake_want(f, "a", "Fake::Anon", "{\"Fixed\": \"x\"}");
	assert_int_equal(fake_apply(f), 0);
	fake_want(f, "a", "Fake::Anon", "{\"Fixed\": \"y\"}");
	assert_int_equal(fake_apply(f), 0);
	for (size_t i = 0; i < f->moments.len; i++)
		if (str_eq(f->moments.items[i]->what, "begin delete a"))
			m = f->moments.items[i];
	assert_non_null(m);
	assert_non_null(strstr(m->texts[OBJECT_OPERATION], "\"id\": \"anon-2\""));
	fake_free(f);
}

TEST(apply_create_first_keeps_an_old_object_that_cannot_go)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{\"Fixed\": \"x\"}");
	assert_int_equal(fake_apply(f), 0);
	fake_want(f, "a", "Fake::Anon", "{\"Fixed\": \"y\"}");
	fake_rule(f, "delete a", FAKE_FAIL, NULL);
	assert_int_equal(fake_apply(f), -1);
	assert_string_equal(current(f, "a")->id, "anon-2");
	assert_int_equal(state_get(f->state, "a")->deposed.len, 1);
	assert_string_equal(state_get(f->state, "a")->deposed.items[0]->id, "anon-1");
	assert_null(state_get(f->state, "a")->pending);
	fake_forget_rules(f);
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_log(f), "delete a");
	assert_int_equal(fake_objects(f), 1);
	assert_string_equal(current(f, "a")->id, "anon-2");
	assert_int_equal(state_get(f->state, "a")->deposed.len, 0);
	fake_free(f);
}

TEST(apply_failed_update_stays_pending)
{
	struct fake *f = fake_new();
	const struct value *paths;

	fake_want(f, "a", "Fake::Anon", "{\"Size\": 1}");
	assert_int_equal(fake_apply(f), 0);
	fake_want(f, "a", "Fake::Anon", "{\"Size\": 2, \"Ref\": \"new\"}");
	fake_rule(f, "update a", FAKE_FAIL, NULL);
	assert_int_equal(fake_apply(f), -1);
	assert_non_null(current(f, "a"));
	paths = value_get(state_get(f->state, "a")->pending, "paths");
	assert_true(state_digest_matches(value_get(value_get(paths, "Size"), "before"),
					 value_int(f->run, 1)));
	assert_true(state_digest_matches(value_get(value_get(paths, "Size"), "after"),
					 value_int(f->run, 2)));
	/* What the update may have set is managed; what it had before is kept. */
	assert_int_equal(value_int_or(value_get(current(f, "a")->props, "Size"), 0), 1);
	assert_non_null(value_get(current(f, "a")->props, "Ref"));
	fake_forget_rules(f);
	assert_int_equal(fake_apply(f), 0);
	assert_null(current(f, "a") ? state_get(f->state, "a")->pending : NULL);
	fake_free(f);
}

TEST(apply_update_that_turns_out_unneeded_makes_no_call)
{
	struct fake *f = fake_new();

	/* The name is known, so the Arn of its replacement will be what it was. */
	fake_want(f, "a", "Fake::Named", "{\"Name\": \"one\", \"Fixed\": \"x\"}");
	fake_want(f, "b", "Fake::Anon", "{\"Ref\": \"@a.Arn\"}");
	assert_int_equal(fake_apply(f), 0);
	fake_want(f, "a", "Fake::Named", "{\"Name\": \"one\", \"Fixed\": \"y\"}");
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_log(f), "delete a, create a");
	assert_int_equal(f->result.changed, 0);
	assert_non_null(strstr(str_text(&f->events), "done update b\n"));
	assert_null(strstr(str_text(&f->events), "started update b\n"));
	assert_string_equal(value_text_at(current(f, "b")->props, "Ref"), "arn:one");
	assert_int_equal(fake_plan(f), 0);
	assert_int_equal(f->plan->verdict, VERDICT_EMPTY);
	fake_free(f);
}

TEST(apply_destroy_goes_backwards)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	fake_want(f, "b", "Fake::Anon", "{\"Ref\": \"@a.Arn\"}");
	fake_want(f, "c", "Fake::Anon", "{\"Ref\": \"@b.Arn\"}");
	fake_output(f, "arn", "@c.Arn");
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(value_text_at(value_get(f->state->outputs, "arn"), "value"), "arn:anon-"
											 "3");
	f->destroy = true;
	f->wanted.len = 0;
	f->stack = NULL;
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_log(f), "delete c, delete b, delete a");
	assert_int_equal(f->result.destroyed, 3);
	assert_null(current(f, "a"));
	assert_int_equal(state_len(f->state), 0);
	assert_int_equal(value_len(f->state->outputs), 0);
	fake_free(f);
}

TEST(apply_keeps_what_could_not_be_deleted)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	fake_want(f, "b", "Fake::Anon", "{\"Ref\": \"@a.Arn\"}");
	assert_int_equal(fake_apply(f), 0);
	f->destroy = true;
	f->wanted.len = 0;
	fake_rule(f, "delete b", FAKE_FAIL, NULL);
	assert_int_equal(fake_apply(f), -1);
	assert_int_equal(f->result.skipped, 1);
	assert_non_null(current(f, "a"));
	assert_non_null(current(f, "b"));
	fake_free(f);
}

TEST(apply_obeys_pace_and_locks)
{
	struct fake *f = fake_new();

	f->pace = 2;
	f->slow_ms = 5;
	for (int i = 0; i < 8; i++)
		fake_want(f, arena_printf(f->a, "a%d", i), "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	assert_int_equal(f->most[1], 2);
	assert_int_equal(f->result.added, 8);

	f->pace = 64;
	f->lock_by_ref = true;
	for (int i = 0; i < 8; i++)
		fake_want(f, arena_printf(f->a, "b%d", i), "Fake::Named",
			  arena_printf(f->a, "{\"Name\": \"b%d\", \"Ref\": \"same\"}", i));
	assert_int_equal(fake_apply(f), 0);
	assert_int_equal(f->most[0], 1);
	assert_int_equal(f->result.added, 8);
	fake_free(f);
}

TEST(apply_secrets_reach_neither_state_nor_operation)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{\"Secret\": \"!hunter2\"}");
	fake_output(f, "secret", "@a.Secret");
	assert_int_equal(fake_apply(f), 0);
	fake_want(f, "a", "Fake::Anon", "{\"Secret\": \"!hunter2\", \"Size\": 1}");
	fake_rule(f, "update a", FAKE_FAIL, NULL);
	assert_int_equal(fake_apply(f), -1);
	fake_want(f, "a", "Fake::Anon", "{\"Secret\": \"!hunter22\"}");
	assert_int_equal(fake_apply(f), -1);
	for (size_t i = 0; i < f->moments.len; i++)
		for (int o = 0; o < 2; o++)
			assert_true(!f->moments.items[i]->texts[o] ||
				    !strstr(f->moments.items[i]->texts[o], "hunter2"));
	assert_string_equal(value_text_at(fake_object(f, "a")->props, "Secret"), "hunter2");
	assert_true(state_digest_matches(value_get(value_get(f->state->outputs, "secret"), "value"),
					 value_string(f->run, "hunter2")));
	fake_free(f);
}

TEST(apply_without_changes_writes_nothing)
{
	struct fake *f = fake_new();
	struct resource *r = fake_want(f, "a", "Fake::Anon", "{}");

	assert_int_equal(fake_apply(f), 0);
	f->writes[0] = f->writes[1] = 0;
	assert_int_equal(fake_apply(f), 0);
	assert_int_equal(f->writes[OBJECT_STATE], 0);
	assert_int_equal(f->writes[OBJECT_OPERATION], 0);

	r->life.protect = true; /* no call, but the state is to remember it */
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_begun(f), "");
	assert_int_equal(f->writes[OBJECT_STATE], 1);
	assert_true(current(f, "a") && state_get(f->state, "a")->protect);
	fake_free(f);
}

TEST(apply_few_writes)
{
	struct fake *f = fake_new();

	for (int i = 0; i < 100; i++)
		fake_want(f, arena_printf(f->a, "a%d", i), "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	assert_int_equal(f->writes[OBJECT_STATE], 1);
	assert_in_range(f->writes[OBJECT_OPERATION], 2, 5);
	fake_free(f);
}

TEST(apply_retained_is_forgotten)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}")->life.retain = true;
	assert_int_equal(fake_apply(f), 0);
	fake_unwant(f, "a");
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_begun(f), "");
	assert_int_equal(fake_objects(f), 1);
	assert_null(current(f, "a"));
	fake_free(f);
}

/* --- the store --- */

static bool fails_later(struct fake *f, enum backend_object o)
{
	return o == (enum backend_object)(f->failing_from / 100) &&
	       f->writes[o] >= f->failing_from % 100;
}

static void hold(struct fake *f, bool dead)
{
	struct operation_doc op = { .id = "other", .lineage = "l", .command = "apply", .epoch = 5 };
	size_t len;

	op.owner = value_map(f->a);
	if (f->state)
		op.lineage = f->state->lineage;
	if (f->operation)
		op.owner = value_copy(f->a, f->operation->owner);
	if (dead)
		value_set(f->a, op.owner, "start_time", value_int(f->a, 1));
	f->texts[OBJECT_OPERATION] = operation_write(f->a, &op, &len);
	f->versions[OBJECT_OPERATION] = "held";
}

/* A read that lagged: the object would be lost, or made twice. */
static void expect_there_after_all(struct fake *f)
{
	fake_rule(f, "read a", FAKE_ABSENT, NULL);
	f->absent = 0;
	assert_int_equal(fake_apply(f), -1);
	assert_string_equal(fake_error(f), "a is there after all: AWS did not show it to the plan");
	assert_string_equal(fake_begun(f), "");
	assert_false(f->result.begun);
	fake_forget_rules(f);
}

TEST(apply_looks_again_before_it_believes_that_something_is_gone)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	expect_there_after_all(f);
	fake_unwant(f, "a");
	expect_there_after_all(f);
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_log(f), "delete a");
	assert_int_equal(fake_objects(f), 0);
	fake_free(f);
}

TEST(apply_refuses_while_another_run_is_at_work)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	assert_non_null(current(f, "a"));
	hold(f, false); /* by this very process, which lives */
	fake_want(f, "b", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), -1);
	assert_int_equal(f->plan->verdict, VERDICT_IN_PROGRESS);
	assert_int_equal(diags_code(f->diags), D_LOCKED);
	assert_string_equal(fake_begun(f), "");
	hold(f, true);
	assert_int_equal(fake_apply(f), 0);
	assert_int_equal(f->state->epoch, 6);
	assert_string_equal(fake_begun(f), "create b");
	fake_free(f);
}

/* As if its process were gone: no process starts that early. */
TEST(apply_takes_over_what_a_dead_run_has_done)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{\"Size\": 1}");
	assert_int_equal(fake_apply(f), 0);
	fake_want(f, "a", "Fake::Anon", "{\"Size\": 2}");
	fake_want(f, "b", "Fake::Anon", "{\"Ref\": \"@a.Arn\"}");
	fake_rule(f, "create b", FAKE_FAIL_HALF_WAY, NULL);
	f->write_fails = fails_later;
	f->failing_from = 100 * OBJECT_STATE;
	f->engine.lease_life_ms = 1000; /* so it is not tried for long */
	assert_int_equal(fake_apply(f), -1);
	f->write_fails = NULL;
	fake_die_at(f, f->moments.items[f->moments.len - 1], false);
	fake_object(f, "b")->props = value_map(f->a);
	fake_forget_rules(f);
	assert_int_equal(fake_plan(f), 0);
	assert_int_equal(f->plan->verdict, VERDICT_UNFINISHED);
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_begun(f), "update b");
	assert_int_equal(fake_objects(f), 2);
	/* The state had the dead run's results before this run began its own. */
	assert_string_equal(f->moments.items[2]->what, "write state");
	assert_non_null(strstr(f->moments.items[2]->texts[OBJECT_STATE], "anon-2"));
	assert_int_equal(fake_plan(f), 0);
	assert_int_equal(f->plan->verdict, VERDICT_EMPTY);
	fake_free(f);
}

TEST(apply_state_written_since_the_plan)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_plan(f), 0);
	f->texts[OBJECT_STATE] = "{}";
	f->versions[OBJECT_STATE] = "other";
	assert_int_equal(engine_apply(&f->engine, f->run, f->plan, f->state, f->operation,
				      &f->result, f->diags),
			 -1);
	assert_int_equal(diags_code(f->diags), D_LOCKED);
	assert_string_equal(fake_begun(f), "");
	assert_non_null(strstr(f->texts[OBJECT_OPERATION], "\"free\": true"));
	fake_free(f);
}

/* Not a new stack: whoever loses the state is told, and nothing is made a second time. */
/* A run that ended before it wrote any state has lost none. */
TEST(apply_after_one_that_wrote_no_state)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_plan(f), 0);
	f->texts[OBJECT_STATE] = "{}";
	f->versions[OBJECT_STATE] = "other";
	assert_int_equal(engine_apply(&f->engine, f->run, f->plan, f->state, f->operation,
				      &f->result, f->diags),
			 -1);
	f->texts[OBJECT_STATE] = f->versions[OBJECT_STATE] = NULL;
	assert_int_equal(fake_apply(f), 0);
	fake_free(f);
}

TEST(apply_refuses_where_the_state_is_gone)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	f->texts[OBJECT_STATE] = f->versions[OBJECT_STATE] = NULL;
	assert_int_equal(fake_apply(f), -1);
	assert_int_equal(diags_code(f->diags), D_CONFLICT);
	assert_non_null(strstr(diags_first(f->diags)->message, f->operation->lineage));
	assert_string_equal(fake_begun(f), "");
	f->texts[OBJECT_OPERATION] = f->versions[OBJECT_OPERATION] = NULL;
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_begun(f), "create a");
	fake_free(f);
}

TEST(apply_refuses_another_account)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	f->engine.account.id = "210987654321";
	f->reads = 0;
	assert_int_equal(fake_apply(f), -1);
	assert_int_equal(diags_code(f->diags), D_AUTH);
	assert_non_null(strstr(fake_error(f), "123456789012"));
	f->engine.account.id = "123456789012";
	f->engine.account.region = "us-east-1";
	assert_int_equal(fake_apply(f), -1);
	assert_int_equal(diags_code(f->diags), D_AUTH);
	fake_free(f);
}

TEST(apply_makes_no_call_without_a_journal)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	f->write_fails = fails_later;
	f->failing_from = 100 * OBJECT_OPERATION;
	assert_int_equal(fake_apply(f), -1);
	assert_string_equal(fake_error(f), "the store is full");
	assert_string_equal(fake_begun(f), "");
	fake_free(f);
}

TEST(apply_state_that_cannot_be_written_is_in_the_operation)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{\"Size\": 4}");
	f->write_fails = fails_later;
	f->failing_from = 100 * OBJECT_STATE;
	f->engine.lease_life_ms = 1000; /* so it is not tried for long */
	assert_int_equal(fake_apply(f), -1);
	assert_null(f->texts[OBJECT_STATE]);
	f->write_fails = NULL;
	assert_string_equal(current(f, "a")->id, fake_object(f, "a")->id);
	assert_int_equal(value_int_or(value_get(current(f, "a")->props, "Size"), 0), 4);
	assert_false(is_free(f));
	fake_free(f);
}

/* Also when the first run died before it wrote a state: in another account nothing would be found,
 * and all of it forgotten. */
TEST(apply_refuses_another_account_than_the_dead_run_had)
{
	struct fake *f = fake_new();
	struct fake_moment died;

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	died = *fake_moment(f, "end create a");
	fake_die_at(f, &died, true);
	f->engine.account.id = "210987654321";
	assert_int_equal(fake_apply(f), -1);
	assert_int_equal(diags_code(f->diags), D_AUTH);
	f->engine.account.id = "123456789012";
	assert_int_equal(fake_apply(f), 0);
	assert_int_equal(fake_objects(f), 1);
	fake_free(f);
}

/* The lease is lost when someone else has written the operation object. */
static bool is_taken_over(struct fake *f, enum backend_object o)
{
	if (o == OBJECT_OPERATION && f->writes[o] == 1)
		hold(f, false);
	return false;
}

TEST(apply_writes_nothing_after_a_takeover)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{\"Fixed\": \"x\"}");
	assert_int_equal(fake_apply(f), 0);
	fake_want(f, "a", "Fake::Anon", "{\"Fixed\": \"y\"}");
	f->write_fails = is_taken_over;
	f->writes[OBJECT_STATE] = f->writes[OBJECT_OPERATION] = 0;
	assert_int_equal(fake_apply(f), -1);
	assert_string_equal(fake_begun(f), "create a"); /* the old object stays */
	assert_int_equal(f->writes[OBJECT_STATE], 0);
	assert_int_equal(diags_code(f->diags), D_LOCKED);
	fake_free(f);
}

TEST(apply_stops_when_credentials_do)
{
	struct fake *f = fake_new();

	f->engine.parallelism = 1;
	fake_want(f, "a", "Fake::Anon", "{}");
	fake_want(f, "b", "Fake::Anon", "{}");
	fake_rule(f, "create a", FAKE_REFUSE, NULL);
	fake_rule(f, "create b", FAKE_REFUSE, NULL);
	assert_int_equal(fake_apply(f), -1);
	assert_int_equal(f->begun.len, 1);
	assert_int_equal(f->result.failed, 1);
	assert_int_equal(f->result.skipped, 1);
	assert_int_equal(diags_code(f->diags), D_AUTH);
	assert_true(current(f, "a") == NULL && is_free(f));
	fake_free(f);
}

/* --- crashes --- */

static bool intent_covers(const struct operation_doc *op, const char *address, const char *marker)
{
	for (size_t i = 0; op && i < op->intents.len; i++) {
		const struct intent *x = op->intents.items[i];

		if (str_eq(x->address, address) && (!marker || str_ends(marker, x->nonce)))
			return true;
	}
	return false;
}

static bool state_has(const struct state *s, const char *address, const char *id)
{
	const struct state_resource *r = state_get(s, address);

	if (!r)
		return false;
	if (r->current && str_eq(r->current->id, id))
		return true;
	for (size_t i = 0; i < r->deposed.len; i++)
		if (str_eq(r->deposed.items[i]->id, id))
			return true;
	return false;
}

static bool exists(const struct fake_moment *m, const char *id)
{
	for (size_t i = 0; i < m->objects.len; i++)
		if (str_eq(m->objects.items[i].id, id))
			return true;
	return false;
}

/* No orphan: what is there is in the state, or its create is an intent. No phantom: what the state
 * has is there, or its deletion is an intent. */
static void check_moment(struct fake *f, const struct fake_moment *m)
{
	const struct operation_doc *op;

	f->texts[0] = m->texts[0];
	f->texts[1] = m->texts[1];
	f->versions[0] = m->texts[0] ? "x" : NULL;
	f->versions[1] = m->texts[1] ? "y" : NULL;
	assert_int_equal(fake_load(f), 0);
	op = f->operation && !f->operation->free ? f->operation : NULL;
	for (size_t i = 0; i < m->objects.len; i++) {
		const struct fake_object *o = &m->objects.items[i];

		if (!state_has(f->state, o->address, o->id) &&
		    !intent_covers(op, o->address, o->marker))
			fail_msg("%s: %s (%s) is an orphan", m->what, o->address, o->id);
	}
	state_each(f->state, r)
	{
		if (r->current && !exists(m, r->current->id) &&
		    !intent_covers(op, r->address, NULL))
			fail_msg("%s: %s (%s) is a phantom", m->what, r->address, r->current->id);
	}
}

TEST(apply_loses_nothing_at_any_moment)
{
	struct fake *f = fake_new();

	fake_want(f, "kept", "Fake::Anon", "{\"Size\": 1}");
	fake_want(f, "gone", "Fake::Anon", "{}");
	fake_want(f, "named", "Fake::Named", "{\"Name\": \"n\", \"Fixed\": \"x\"}");
	fake_want(f, "anon", "Fake::Anon", "{\"Fixed\": \"x\"}");
	fake_want(f, "user", "Fake::Anon", "{\"Ref\": \"@anon.Arn\"}");
	assert_int_equal(fake_apply(f), 0);
	for (size_t i = 0; i < f->moments.len; i++)
		check_moment(f, f->moments.items[i]);

	fake_want(f, "kept", "Fake::Anon", "{\"Size\": 2}");
	fake_unwant(f, "gone");
	fake_want(f, "named", "Fake::Named", "{\"Name\": \"n\", \"Fixed\": \"y\"}");
	fake_want(f, "anon", "Fake::Anon", "{\"Fixed\": \"y\"}");
	fake_want(f, "new", "Fake::Anon", "{\"Ref\": \"@user.Arn\"}");
	assert_int_equal(fake_apply(f), 0);
	assert_true(f->moments.len > 12);
	for (size_t i = 0; i < f->moments.len; i++)
		check_moment(f, f->moments.items[i]);
	fake_free(f);
}
