/* What runs that die leave behind is found again, whatever the moment. */
#include "test.h"
#include "fake_cloud.h"

#include <string.h>

#include "base/clock.h"

static const struct state_resource *entry(struct fake *f, const char *address)
{
	f->diags = diags_new(f->run);
	assert_int_equal(fake_load(f), 0);
	return state_get(f->state, address);
}

static void expect_empty_plan(struct fake *f)
{
	assert_int_equal(fake_plan(f), 0);
	assert_int_equal(f->plan->verdict, VERDICT_EMPTY);
}

static void die_at(struct fake *f, const char *what)
{
	fake_die_at(f, fake_moment(f, what), true);
}

/* A moment, kept beyond the next run. */
static struct fake_moment keep(const struct fake *f, const char *what)
{
	return *fake_moment(f, what);
}

TEST(recover_create_that_was_carried_out)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{\"Size\": 1}");
	assert_int_equal(fake_apply(f), 0);
	die_at(f, "end create a");
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_begun(f), "");
	assert_int_equal(f->recovery.items.len, 1);
	assert_string_equal(f->recovery.items.items[0].id, "anon-1");
	assert_int_equal(fake_objects(f), 1);
	assert_string_equal(entry(f, "a")->current->id, "anon-1");
	assert_null(entry(f, "a")->pending);
	assert_true(f->operation->free);
	expect_empty_plan(f);
	fake_free(f);
}

/* The journal as it was when only the id of its first intent had come. */
static void only_id_known(struct fake *f, const char *id)
{
	struct operation_doc *op;
	const char *text = f->texts[OBJECT_OPERATION];
	size_t len;

	assert_int_equal(operation_parse(f->a, text, strlen(text), "", &op, diags_new(f->a)), 0);
	op->intents.items[0]->id = id;
	f->texts[OBJECT_OPERATION] = operation_write(f->a, op, &len);
}

TEST(recover_child_of_what_is_known_by_its_id_alone)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	fake_want(f, "b", "Fake::Anon", "{\"Fixed\": \"@a.Arn\"}");
	assert_int_equal(fake_apply(f), 0);
	die_at(f, "end create b");
	only_id_known(f, "anon-1");
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_begun(f), "");
	assert_string_equal(entry(f, "b")->current->id, "anon-2");
	assert_string_equal(value_text_at(entry(f, "a")->current->attributes, "Arn"), "arn:anon-1");
	assert_int_equal(fake_objects(f), 2);
	expect_empty_plan(f);
	fake_free(f);
}

TEST(recover_looks_for_no_child_whose_parent_was_not_made)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	fake_want(f, "b", "Fake::Anon", "{\"Ref\": \"@a.Arn\"}");
	assert_int_equal(fake_apply(f), 0);
	die_at(f, "begin create a");
	assert_int_equal(fake_plan(f), 0);
	for (size_t i = 0; i < f->ended.len; i++)
		assert_string_not_equal(f->ended.items[i], "read b");
	assert_int_equal(fake_apply(f), 0);
	entry(f, "a");
	assert_int_equal(f->operation->suspects.len, 1);
	fake_free(f);
}

TEST(recover_is_seen_by_a_plan_that_writes_nothing)
{
	struct fake *f = fake_new();
	int writes;

	fake_want(f, "a", "Fake::Anon", "{\"Size\": 1}");
	assert_int_equal(fake_apply(f), 0);
	die_at(f, "end create a");
	writes = f->writes[0] + f->writes[1];
	assert_int_equal(fake_plan(f), 0);
	assert_int_equal(f->plan->verdict, VERDICT_UNFINISHED);
	assert_int_equal(f->writes[0] + f->writes[1], writes);
	fake_free(f);
}

TEST(recover_object_that_the_stack_has_no_more)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	fake_want(f, "b", "Fake::Anon", "{\"Ref\": \"@a.Arn\"}");
	assert_int_equal(fake_apply(f), 0);
	die_at(f, "end create b");
	fake_unwant(f, "a");
	fake_unwant(f, "b");
	assert_int_equal(fake_apply(f), 0);
	assert_int_equal(fake_objects(f), 0);
	expect_empty_plan(f);
	fake_free(f);
}

TEST(recover_create_that_arrives_after_all)
{
	struct fake *f = fake_new();
	struct fake_moment made;

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	made = keep(f, "end create a");
	die_at(f, "begin create a");
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_begun(f), "create a");
	assert_true(f->recovery.again_ms > 0);
	entry(f, "a");
	assert_int_equal(f->operation->suspects.len, 1);
	/* Now there are two. */
	vec_push(f->a, &f->objects, &made.objects.items[0]);
	assert_int_equal(fake_objects(f), 2);
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_begun(f), "delete a");
	assert_int_equal(fake_objects(f), 1);
	assert_string_equal(entry(f, "a")->current->id, "anon-2");
	assert_int_equal(f->operation->suspects.len, 1); /* it may have been sent twice */
	expect_empty_plan(f);
	assert_int_equal(f->recovery.items.len, 0);
	assert_int_equal(f->recovery.again_ms, 0);
	fake_free(f);
}

TEST(recover_late_create_of_what_the_stack_has_no_more)
{
	struct fake *f = fake_new();
	struct fake_moment made;

	fake_want(f, "a", "Fake::Named", "{\"Name\": \"one\"}");
	assert_int_equal(fake_apply(f), 0);
	made = keep(f, "end create a");
	die_at(f, "begin create a");
	fake_unwant(f, "a");
	assert_int_equal(fake_apply(f), 0);
	vec_push(f->a, &f->objects, &made.objects.items[0]);
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_begun(f), "delete a");
	assert_int_equal(fake_objects(f), 0);
	expect_empty_plan(f);
	fake_free(f);
}

/* AWS makes but one of a name: once the state has it, nobody is looked for any more. */
TEST(recover_named_suspect_ends_with_its_object)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Named", "{\"Name\": \"one\"}");
	assert_int_equal(fake_apply(f), 0);
	die_at(f, "begin create a");
	assert_int_equal(fake_apply(f), 0);
	entry(f, "a");
	assert_int_equal(f->operation->suspects.len, 0);
	fake_free(f);
}

static int64_t later(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return ((int64_t)now.tv_sec + 16 * 60) * 1000;
}

TEST(recover_suspects_expire)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	die_at(f, "begin create a");
	assert_int_equal(fake_apply(f), 0);
	clock_set_for_tests(later, NULL);
	fake_want(f, "a", "Fake::Anon", "{\"Size\": 1}");
	assert_int_equal(fake_apply(f), 0);
	assert_int_equal(f->recovery.items.len, 0);
	entry(f, "a");
	assert_int_equal(f->operation->suspects.len, 0);
	clock_set_for_tests(NULL, NULL);
	fake_free(f);
}

static void no_edit(void *ctx, struct state *s)
{
	(void)ctx;
	(void)s;
}

/* Time passes only for what was looked for: an edit of the state does not. */
TEST(recover_suspect_that_nobody_looked_for)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	die_at(f, "end create a");
	f->diags = diags_new(f->run);
	assert_int_equal(fake_load(f), 0);
	assert_int_equal(engine_edit(&f->engine, f->run, f->state, f->operation, no_edit, NULL,
				     f->diags),
			 0);
	clock_set_for_tests(later, NULL);
	assert_int_equal(fake_apply(f), 0);
	assert_int_equal(fake_objects(f), 1);
	assert_string_equal(entry(f, "a")->current->id, "anon-1");
	clock_set_for_tests(NULL, NULL);
	fake_free(f);
}

TEST(recover_create_of_which_nobody_knows)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	fake_rule(f, "create a", FAKE_FAIL_UNCERTAIN, NULL);
	assert_int_equal(fake_apply(f), -1);
	entry(f, "a");
	assert_true(f->operation->free);
	assert_int_equal(f->operation->suspects.len, 1);
	assert_int_equal(fake_objects(f), 1);
	fake_forget_rules(f);
	assert_int_equal(fake_apply(f), 0);
	assert_int_equal(fake_objects(f), 1);
	assert_string_equal(entry(f, "a")->current->id, "anon-1");
	expect_empty_plan(f);
	fake_free(f);
}

TEST(recover_create_that_was_repeated_within_the_run)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	fake_rule(f, "create a", FAKE_MAKE_TWO, NULL);
	assert_int_equal(fake_apply(f), 0);
	assert_int_equal(fake_objects(f), 2);
	fake_forget_rules(f);
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_begun(f), "delete a");
	assert_string_equal(entry(f, "a")->current->id, "anon-1");
	expect_empty_plan(f);
	fake_free(f);
}

/* As if the create of this object had been sent twice, and the first one turned up after all. */
static void turn_up(struct fake *f, const struct fake_object *o)
{
	struct fake_object *other = arena_new_of(f->a, struct fake_object);

	*other = *o;
	other->id = arena_printf(f->a, "%s-again", o->id);
	vec_push(f->a, &f->objects, other);
}

/* The next apply deletes what is too much, in these steps, and leaves one object. */
static void expect_one_left(struct fake *f, const char *deleted)
{
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_log(f), deleted);
	assert_int_equal(fake_objects(f), 1);
}

TEST(recover_create_that_was_sent_twice)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	die_at(f, "end create a");
	turn_up(f, f->objects.items[0]);
	expect_one_left(f, "delete a");
	expect_empty_plan(f);
	fake_free(f);
}

/* … with its reply on record, and the end of its step not. */
TEST(recover_create_that_was_sent_twice_and_turns_up_later)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	die_at(f, "end create a");
	only_id_known(f, "anon-1");
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_log(f), "");
	assert_int_equal(f->recovery.items.len, 1);
	turn_up(f, f->objects.items[0]);
	expect_one_left(f, "delete a");
	expect_empty_plan(f);
	fake_free(f);
}

TEST(recover_replacement_that_was_sent_twice)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{\"Fixed\": \"x\"}");
	assert_int_equal(fake_apply(f), 0);
	fake_want(f, "a", "Fake::Anon", "{\"Fixed\": \"y\"}");
	assert_int_equal(fake_apply(f), 0);
	die_at(f, "end create a");
	assert_int_equal(fake_objects(f), 2);
	turn_up(f, f->objects.items[1]);
	expect_one_left(f, "delete a, delete a");
	assert_string_equal(fake_object(f, "a")->id, "anon-2");
	expect_empty_plan(f);
	fake_free(f);
}

/* What was found before it got its tag gets it by an update, though nothing else differs. */
TEST(recover_object_without_its_mark)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	die_at(f, "end create a");
	f->unmarked = true;
	assert_int_equal(fake_apply(f), 0);
	assert_string_equal(fake_begun(f), "update a");
	assert_string_equal(f->put_mark, fake_object(f, "a")->marker);
	assert_null(entry(f, "a")->pending);
	expect_empty_plan(f);
	fake_free(f);
}

TEST(recover_that_cannot_find_out_changes_nothing)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	die_at(f, "end create a");
	fake_rule(f, "read a", FAKE_FAIL, NULL);
	assert_int_equal(fake_apply(f), -1);
	assert_non_null(strstr(fake_error(f), "looking for a"));
	fake_forget_rules(f);
	assert_int_equal(fake_apply(f), 0);
	assert_int_equal(fake_objects(f), 1);
	fake_free(f);
}

TEST(recover_delete_first_that_died_between_its_halves)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Named", "{\"Name\": \"one\", \"Fixed\": \"x\"}");
	assert_int_equal(fake_apply(f), 0);
	fake_want(f, "a", "Fake::Named", "{\"Name\": \"one\", \"Fixed\": \"y\"}");
	assert_int_equal(fake_apply(f), 0);
	die_at(f, "end delete a");
	assert_int_equal(fake_plan(f), 0);
	assert_int_equal(f->plan->changes.items[0]->action, ACTION_CREATE);
	assert_int_equal(f->plan->changes.items[0]->reasons.items[0].kind, REASON_UNFINISHED);
	assert_int_equal(fake_apply(f), 0);
	assert_int_equal(fake_objects(f), 1);
	expect_empty_plan(f);
	fake_free(f);
}

TEST(recover_delete_of_what_the_stack_has_again)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	fake_want(f, "b", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	fake_unwant(f, "a");
	fake_unwant(f, "b");
	assert_int_equal(fake_apply(f), 0);
	die_at(f, "end delete a");
	fake_want(f, "a", "Fake::Anon", "{}");
	fake_want(f, "b", "Fake::Anon", "{}");
	assert_int_equal(fake_plan(f), 0);
	for (size_t i = 0; i < f->plan->changes.len; i++)
		if (f->plan->changes.items[i]->action == ACTION_CREATE)
			assert_int_equal(f->plan->changes.items[i]->reasons.items[0].kind,
					 REASON_UNFINISHED);
	assert_int_equal(fake_apply(f), 0);
	assert_int_equal(fake_objects(f), 2);
	expect_empty_plan(f);
	fake_free(f);
}

/* A delete of a run that is not proved dead may arrive and hit what was made anew. */
TEST(recover_waits_until_a_delete_cannot_arrive)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Named", "{\"Name\": \"one\", \"Fixed\": \"x\"}");
	assert_int_equal(fake_apply(f), 0);
	fake_want(f, "a", "Fake::Named", "{\"Name\": \"one\", \"Fixed\": \"y\"}");
	assert_int_equal(fake_apply(f), 0);
	f->dies_elsewhere = true;
	f->late_ms = 700;
	die_at(f, "end delete a");
	assert_int_equal(fake_apply(f), 0);
	assert_non_null(strstr(str_text(&f->events), "waiting create a: "));
	assert_string_equal(fake_begun(f), "create a");
	expect_empty_plan(f);
	fake_free(f);
}

/* --- every moment --- */

static void first_stack(struct fake *f)
{
	fake_want(f, "kept", "Fake::Anon", "{\"Size\": 1}");
	fake_want(f, "gone", "Fake::Anon", "{}");
	fake_want(f, "named", "Fake::Named", "{\"Name\": \"n\", \"Fixed\": \"x\"}");
	fake_want(f, "anon", "Fake::Anon", "{\"Fixed\": \"x\"}");
	fake_want(f, "user", "Fake::Anon", "{\"Fixed\": \"@anon.Arn\"}");
}

static void second_stack(struct fake *f)
{
	fake_want(f, "kept", "Fake::Anon", "{\"Size\": 2}");
	fake_unwant(f, "gone");
	fake_want(f, "named", "Fake::Named", "{\"Name\": \"n\", \"Fixed\": \"y\"}");
	fake_want(f, "anon", "Fake::Anon", "{\"Fixed\": \"y\"}");
	fake_want(f, "new", "Fake::Anon", "{\"Ref\": \"@user.Arn\"}");
}

static void third_stack(struct fake *f)
{
	fake_unwant(f, "new");
	fake_unwant(f, "named");
	fake_want(f, "other", "Fake::Named", "{\"Name\": \"n\", \"Size\": 4}");
}

/* Apply, die at the i-th moment, change the stack, apply again. False: there is no such moment. */
static bool dies_and_recovers(size_t i, void (*before)(struct fake *f),
			      void (*stack)(struct fake *f), void (*after)(struct fake *f))
{
	struct fake *f = fake_new();
	struct fake_moment died;
	bool there;

	if (before) {
		before(f);
		assert_int_equal(fake_apply(f), 0);
	}
	stack(f);
	assert_int_equal(fake_apply(f), 0);
	there = i < f->moments.len;
	if (there) {
		died = *f->moments.items[i];
		fake_die_at(f, &died, true);
		if (after)
			after(f);
		if (fake_apply(f))
			fail_msg("died at %s: %s", died.what, fake_error(f));
		if (fake_objects(f) != f->wanted.len)
			fail_msg("died at %s: %zu objects", died.what, fake_objects(f));
		expect_empty_plan(f);
		f->destroy = true;
		f->wanted.len = 0;
		assert_int_equal(fake_apply(f), 0);
		assert_int_equal(fake_objects(f), 0);
	}
	fake_free(f);
	return there;
}

static void sweep(void (*before)(struct fake *f), void (*stack)(struct fake *f),
		  void (*after)(struct fake *f))
{
	size_t i = 0;

	while (dies_and_recovers(i, before, stack, after))
		i++;
	assert_true(i > 12);
}

TEST(recover_from_every_moment)
{
	sweep(NULL, first_stack, NULL);
	sweep(first_stack, second_stack, NULL);
}

TEST(recover_from_every_moment_with_another_stack)
{
	sweep(NULL, first_stack, second_stack);
	sweep(first_stack, second_stack, third_stack);
}
