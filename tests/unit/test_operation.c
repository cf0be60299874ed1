#include "test.h"

#include <string.h>

#include "state/operation.h"

static struct operation_doc *parse(struct arena *a, const char *text, struct diags *d)
{
	struct operation_doc *o = NULL;

	return operation_parse(a, text, strlen(text), "here.op.json", &o, d) ? NULL : o;
}

static struct intent *example_intent(struct arena *a)
{
	struct intent *i = arena_new_of(a, struct intent);

	i->address = "queues.jobs";
	i->type = "AWS::SQS::Queue";
	i->action = "replace";
	i->nonce = "0011";
	i->old_id = "old";
	i->incarnation = "inc";
	i->create_first = true;
	i->identity = value_map(a);
	value_set(a, i->identity, "QueueName", value_string(a, "jobs"));
	vec_push(a, &i->depends, "keys.main");
	i->retain = true;
	i->status = INTENT_FAILED;
	i->id = "new";
	i->props = value_map(a);
	value_set(a, i->props, "QueueName", value_string(a, "jobs"));
	i->deleted = true;
	i->error = "denied";
	return i;
}

static struct operation_doc *example(struct arena *a)
{
	struct operation_doc *o = arena_new_of(a, struct operation_doc);

	o->id = "op-1";
	o->command = "apply";
	o->lineage = "line";
	o->epoch = 4;
	o->serial = 9;
	o->user = "me";
	o->owner = value_map(a);
	value_set(a, o->owner, "pid", value_int(a, 12));
	vec_push(a, &o->intents, example_intent(a));
	return o;
}

TEST(operation_round_trip)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);
	size_t len;
	struct operation_doc *o = parse(a, operation_write(a, example(a), &len), d);
	struct intent *i;

	assert_non_null(o);
	assert_string_equal(o->id, "op-1");
	assert_int_equal(o->epoch, 4);
	assert_int_equal(o->serial, 9);
	assert_false(o->free);
	assert_int_equal(value_int_or(value_get(o->owner, "pid"), 0), 12);
	assert_int_equal(o->intents.len, 1);
	i = o->intents.items[0];
	assert_string_equal(i->action, "replace");
	assert_true(i->create_first && i->retain && i->deleted);
	assert_false(i->protect);
	assert_int_equal(i->status, INTENT_FAILED);
	assert_string_equal(i->id, "new");
	assert_string_equal(i->depends.items[0], "keys.main");
	assert_string_equal(value_text_at(i->props, "QueueName"), "jobs");
	assert_string_equal(i->error, "denied");
}

TEST(operation_writes_differ_each_time)
{
	_cleanup_arena_ struct arena *a = arena_new();
	size_t len;

	assert_string_not_equal(operation_write(a, example(a), &len),
				operation_write(a, example(a), &len));
}

TEST(operation_refuses_what_it_does_not_know)
{
	static const char *const bad[] = {
		"{\"format\":2}",
		"{\"format\":1,\"id\":\"o\",\"lineage\":\"l\",\"x\":1}",
		"{\"format\":1,\"lineage\":\"l\"}",
		"{\"format\":1,\"id\":\"o\",\"lineage\":\"l\",\"intents\":{}}",
		"{\"format\":1,\"id\":\"o\",\"lineage\":\"l\",\"intents\":[{\"address\":\"a\"}]}",
		"{\"format\":1,\"id\":\"o\",\"lineage\":\"l\",\"intents\":[{\"address\":\"a\","
		"\"type\":\"T\",\"action\":\"dance\",\"nonce\":\"n\",\"status\":\"open\"}]}",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		_cleanup_arena_ struct arena *a = arena_new();
		struct diags *d = diags_new(a);

		assert_null(parse(a, bad[i], d));
		assert_true(diags_errors(d) > 0);
	}
}
