#include "test.h"

#include <string.h>

#include "state/state.h"

static struct state *parse(struct arena *a, const char *text, struct diags *d)
{
	struct state *s = NULL;

	return state_parse(a, text, strlen(text), "here.json", &s, d) ? NULL : s;
}

static const char *first_error(const struct diags *d)
{
	return diags_first(d) ? diags_first(d)->message : "";
}

static struct value *secret(struct arena *a, const char *text)
{
	struct value *v = value_string(a, text);

	v->flags |= VALUE_SENSITIVE;
	return v;
}

static struct state *example(struct arena *a)
{
	struct state *s = state_new(a, "orders", "prod");
	struct state_resource *r = state_put(s, "queues.jobs", "AWS::SQS::Queue");
	struct state_object *old = arena_new_of(a, struct state_object);

	s->serial = 7;
	s->epoch = 3;
	s->account = "123456789012";
	s->partition = "aws";
	s->region = "eu-central-1";
	value_set(a, s->random, "suffix", value_string(a, "k3x9"));
	r->current = arena_new_of(a, struct state_object);
	r->current->id = "https://sqs/jobs";
	r->current->incarnation = "1700000000";
	r->current->marker = "abc";
	r->current->props = value_map(a);
	value_set(a, r->current->props, "VisibilityTimeout", value_int(a, 9007199254740993));
	r->current->attributes = value_map(a);
	value_set(a, r->current->attributes, "Arn", value_string(a, "arn:aws:sqs:::jobs"));
	vec_push(a, &r->depends, "keys.main");
	r->protect = r->retain = r->empty_on_destroy = true;
	old->id = "https://sqs/old";
	old->deposed = "d1";
	vec_push(a, &r->deposed, old);
	return s;
}

TEST(state_round_trip)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);
	size_t len;
	char *text = state_write(a, example(a), &len);
	struct state *s = parse(a, text, d);
	struct state_resource *r;

	assert_string_equal(first_error(d), "");
	assert_non_null(s);
	assert_int_equal(len, strlen(text));
	assert_string_equal(s->stack, "orders");
	assert_string_equal(s->stage, "prod");
	assert_int_equal(s->serial, 7);
	assert_int_equal(s->epoch, 3);
	assert_string_equal(s->account, "123456789012");
	assert_string_equal(value_text_at(s->random, "suffix"), "k3x9");
	r = state_get(s, "queues.jobs");
	assert_non_null(r);
	assert_string_equal(r->type, "AWS::SQS::Queue");
	assert_string_equal(r->current->marker, "abc");
	assert_int_equal(value_int_or(value_get(r->current->props, "VisibilityTimeout"), 0),
			 9007199254740993);
	assert_string_equal(value_text_at(r->current->attributes, "Arn"), "arn:aws:sqs:::jobs");
	assert_int_equal(r->depends.len, 1);
	assert_true(r->protect && r->retain && r->empty_on_destroy);
	assert_string_equal(state_deposed(r, "d1")->id, "https://sqs/old");
}

TEST(state_writes_differ_each_time)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct state *s = example(a);
	size_t len;

	assert_string_not_equal(state_write(a, s, &len), state_write(a, s, &len));
}

TEST(state_is_sorted_by_address)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct state *s = state_new(a, "s", NULL);
	size_t len;
	char *text;

	state_put(s, "b", "T")->deleted_by = "op";
	state_put(s, "a", "T")->deleted_by = "op";
	text = state_write(a, s, &len);
	assert_true(strstr(text, "\"a\"") < strstr(text, "\"b\""));
}

TEST(state_remove_and_put_back)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct state *s = example(a);

	state_remove(s, "queues.jobs");
	assert_null(state_get(s, "queues.jobs"));
	assert_int_equal(state_len(s), 0);
	assert_null(state_put(s, "queues.jobs", "T")->current);
	assert_int_equal(state_len(s), 1);
}

TEST(state_last_deposed_object_takes_the_resource_along)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct state *s = example(a);

	state_remove_deposed(s, "queues.jobs", "d1");
	assert_int_equal(state_get(s, "queues.jobs")->deposed.len, 0);
	s = example(a);
	state_get(s, "queues.jobs")->current = NULL;
	state_remove_deposed(s, "queues.jobs", "other");
	assert_non_null(state_get(s, "queues.jobs"));
	state_remove_deposed(s, "queues.jobs", "d1");
	assert_null(state_get(s, "queues.jobs"));
}

TEST(state_never_holds_a_secret)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);
	struct state *s = example(a);
	struct value *props = state_get(s, "queues.jobs")->current->props, *env = value_map(a);
	struct value *stored;
	size_t len;
	char *text;

	value_set(a, env, "TOKEN", secret(a, "hunter2"));
	value_set(a, props, "Environment", env);
	text = state_write(a, s, &len);
	assert_null(strstr(text, "hunter2"));
	stored = value_path(state_get(parse(a, text, d), "queues.jobs")->current->props, "Environme"
											 "nt."
											 "TOKEN");
	assert_true(stored->flags & VALUE_DIGEST);
	assert_true(state_digest_matches(stored, secret(a, "hunter2")));
	assert_false(state_digest_matches(stored, secret(a, "hunter3")));
}

TEST(state_digests_have_their_own_salt)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *one = state_redact(a, secret(a, "x")), *two = state_redact(a, secret(a, "x"));

	assert_string_not_equal(one->string.text, two->string.text);
	assert_true(state_digest_matches(one, secret(a, "x")));
	assert_true(state_digest_matches(two, secret(a, "x")));
}

TEST(state_documents_that_look_like_secrets_survive)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);
	struct state *s = example(a);
	struct value *props = state_get(s, "queues.jobs")->current->props;
	struct value *one = value_map(a), *two = value_map(a), *back;
	size_t len;

	value_set(a, one, "$secret", value_string(a, "plain"));
	value_set(a, two, "$$secret", value_int(a, 1));
	value_set(a, props, "A", one);
	value_set(a, props, "B", two);
	back = state_get(parse(a, state_write(a, s, &len), d), "queues.jobs")->current->props;
	assert_true(value_equal(value_get(back, "A"), one));
	assert_true(value_equal(value_get(back, "B"), two));
	assert_false(value_get(value_get(back, "A"), "$secret")->flags & VALUE_DIGEST);
}

TEST(state_refuses_another_format)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);

	assert_null(parse(a, "{\"format\": 2, \"stack\": \"x\"}", d));
	assert_non_null(strstr(first_error(d), "format 2"));
	assert_non_null(diags_first(d)->hints);
}

TEST(state_refuses_what_it_does_not_know)
{
	static const char *const bad[][2] = {
		{ "", "not JSON" },
		{ "[]", "no state" },
		{ "{\"format\":\"1\"}", "no state" },
		{ "{\"format\":1,\"stack\":\"s\",\"lineage\":\"l\",\"more\":1}", "\"more\"" },
		{ "{\"format\":1,\"lineage\":\"l\"}", "no \"stack\"" },
		{ "{\"format\":1,\"stack\":\"s\",\"lineage\":\"l\",\"serial\":-1}", "negative" },
		{ "{\"format\":1,\"stack\":\"s\",\"lineage\":\"l\",\"serial\":\"1\"}", "whole "
										       "number" },
		{ "{\"format\":1,\"stack\":\"s\",\"lineage\":\"l\",\"resources\":[]}", "a map" },
		{ "{\"format\":1,\"stack\":\"s\",\"lineage\":\"l\",\"resources\":{\"a\":{\"type\":"
		  "\"T\"}}}",
		  "no \"id\"" },
		{ "{\"format\":1,\"stack\":\"s\",\"lineage\":\"l\",\"resources\":{\"a\":{\"type\":"
		  "\"T\","
		  "\"id\":\"i\",\"depends\":[1]}}}",
		  "\"depends\"" },
		{ "{\"format\":1,\"stack\":\"s\",\"lineage\":\"l\",\"random\":{\"a\":1}}", "rando"
											   "m" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		_cleanup_arena_ struct arena *a = arena_new();
		struct diags *d = diags_new(a);

		assert_null(parse(a, bad[i][0], d));
		if (!strstr(first_error(d), bad[i][1]))
			fail_msg("%s: %s", bad[i][0], first_error(d));
		assert_true(strncmp(first_error(d), "here.json: ", 11) == 0);
	}
}
