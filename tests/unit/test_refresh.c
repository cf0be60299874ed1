#include "test.h"
#include "fake_cloud.h"

#include <string.h>

static struct observed *observed(struct fake *f, const char *key)
{
	struct map *all = NULL;

	f->diags = diags_new(f->run);
	assert_int_equal(fake_load(f), 0);
	assert_int_equal(
		engine_refresh(&f->engine, f->run, f->state, &f->wanted, false, &all, f->diags), 0);
	return map_get(all, key);
}

TEST(refresh_reads_all_that_is_recorded)
{
	struct fake *f = fake_new();

	for (int i = 0; i < 200; i++)
		fake_want(f, arena_printf(f->a, "a%d", i), i % 2 ? "Fake::Anon" : "Fake::Batch",
			  arena_printf(f->a, "{\"Size\": %d}", i));
	assert_int_equal(fake_apply(f), 0);
	for (int i = 0; i < 200; i++) {
		const char *address = arena_printf(f->a, "a%d", i);
		struct observed *o =
			map_get(f->plan->by_address, address) ? observed(f, address) : NULL;

		if (i > 5 && i < 195)
			continue;
		assert_non_null(o);
		assert_false(o->absent);
		assert_int_equal(value_int_or(value_get(o->live, "Size"), -1), i);
		assert_string_equal(o->id, fake_object(f, address)->id);
		assert_string_equal(value_text_at(o->attributes, "Arn"),
				    arena_printf(f->a, "arn:%s", o->id));
		assert_non_null(o->incarnation);
	}
	fake_free(f);
}

TEST(refresh_finds_what_was_deleted)
{
	struct fake *f = fake_new();

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	fake_object(f, "a")->gone = true;
	assert_true(observed(f, "a")->absent);
	assert_int_equal(fake_plan(f), 0);
	assert_int_equal(f->plan->verdict, VERDICT_DRIFT);
	assert_int_equal(f->plan->to_add, 1);
	fake_free(f);
}

TEST(refresh_looks_for_natural_names_only)
{
	struct fake *f = fake_new();

	fake_want(f, "named", "Fake::Named", "{\"Name\": \"n\"}");
	fake_want(f, "anon", "Fake::Anon", "{}");
	fake_want(f, "later", "Fake::Named", "{\"Name\": \"@anon.Arn\"}");
	assert_non_null(observed(f, "named"));
	assert_true(observed(f, "named")->absent);
	assert_null(observed(f, "anon"));
	assert_null(observed(f, "later"));
	fake_free(f);
}

TEST(refresh_reads_deposed_objects_under_their_key)
{
	struct fake *f = fake_new();
	const char *key;

	fake_want(f, "a", "Fake::Anon", "{\"Fixed\": \"x\"}");
	assert_int_equal(fake_apply(f), 0);
	fake_want(f, "a", "Fake::Anon", "{\"Fixed\": \"y\"}");
	fake_rule(f, "delete a", FAKE_FAIL, NULL);
	assert_int_equal(fake_apply(f), -1);
	key = arena_printf(f->a, "a\n%s", state_get(f->state, "a")->deposed.items[0]->deposed);
	assert_string_equal(observed(f, key)->id, "anon-1");
	assert_string_equal(observed(f, "a")->id, "anon-2");
	fake_free(f);
}

TEST(refresh_tells_every_failure)
{
	struct fake *f = fake_new();
	struct map *all = NULL;

	fake_want(f, "a", "Fake::Anon", "{}");
	fake_want(f, "b", "Fake::Batch", "{}");
	fake_want(f, "c", "Fake::Batch", "{}");
	assert_int_equal(fake_apply(f), 0);
	fake_rule(f, "read a", FAKE_FAIL, NULL);
	fake_rule(f, "read c", FAKE_FAIL, NULL);
	assert_int_equal(engine_refresh(&f->engine, f->run, f->state, &f->wanted, false, &all,
					f->diags),
			 -1);
	assert_int_equal(diags_errors(f->diags), 2);
	assert_true(!strcmp(fake_error(f), "reading a: it failed") || !strcmp(fake_error(f), "readi"
											     "ng "
											     "c: "
											     "it "
											     "faile"
											     "d"));
	fake_free(f);
}

TEST(refresh_ends_on_a_signal)
{
	struct fake *f = fake_new();
	struct map *all = NULL;

	fake_want(f, "a", "Fake::Anon", "{}");
	assert_int_equal(fake_apply(f), 0);
	f->stop = 1;
	assert_int_equal(engine_refresh(&f->engine, f->run, f->state, &f->wanted, false, &all,
					f->diags),
			 -1);
	assert_int_equal(diags_code(f->diags), D_INTERRUPTED);
	fake_free(f);
}

TEST(refresh_uses_no_more_workers_than_asked)
{
	struct fake *f = fake_new();

	for (int i = 0; i < 40; i++)
		fake_want(f, arena_printf(f->a, "a%d", i), "Fake::Anon", "{}");
	f->engine.parallelism = 3;
	f->slow_ms = 2;
	assert_int_equal(fake_apply(f), 0);
	assert_int_equal(f->most[1], 3);
	f->most[1] = 0;
	assert_non_null(observed(f, "a1"));
	assert_int_equal(f->most[1], 3);
	fake_free(f);
}
