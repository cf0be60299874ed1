#include "test.h"

#include <string.h>

#include "base/str.h"
#include "model/expr.h"
#include "model/json.h"
#include "model/schema.h"

/* clang-format off */
static const struct prop attribute[] = {
	PROP("AttributeName", STRING, P_REQUIRED, LENGTH(1, 8), .doc = "Its name."),
	PROP("Count", INT, 0, RANGE(1, 10)),
	PROP_END
};
static const struct prop ttl[] = {
	PROP("Enabled", BOOL, P_REQUIRED),
	PROP("KMSKeyArn", STRING, 0),
	PROP_END
};
static const struct prop rows[] = {
	PROP("Name", STRING, 0, .pattern = "[a-zA-Z0-9_-]{1,80}", .doc = "A name."),
	PROP("Path", STRING, 0, .pattern = "(/[a-z]+)+/?", .doc = "Begins with a slash."),
	PROP("Timeout", INT, 0, .unit = "s", RANGE(1, 900)),
	PROP("TimeoutInMillis", INT, 0, .unit = "ms", RANGE(50, 30000)),
	PROP("RetentionInDays", INT, 0, .unit = "d", VALUES("1", "3", "5", "7", "14", "30")),
	PROP("Period", INT, 0, .unit = "m", RANGE(1, 1440)),
	PROP("memory", INT, 0, .to = "MemorySize", .unit = "MB", RANGE(128, 10240)),
	PROP("mode", STRING, 0, .to = "TracingConfig.Mode"),
	PROP("BatchSize", INT, 0, RANGE(1, 10000)),
	PROP("Rate", DOUBLE, 0, .unit = "/s"),
	PROP("Threshold", DOUBLE, 0),
	PROP("FifoQueue", BOOL, 0),
	PROP("StreamViewType", STRING, 0, VALUES("KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE")),
	PROP("StorageClass", STRING, 0, VALUES("GLACIER", "Glacier", "STANDARD_IA")),
	PROP("Policy", JSON, 0),
	PROP("TtlSpecification", OBJECT, 0, .sub = ttl),
	PROP("Attributes", LIST, P_KEYED, OF(OBJECT), .sub = attribute, .key = "AttributeName"),
	PROP("Numbers", LIST, 0, OF(INT), LENGTH(1, 3), RANGE(0, 9)),
	PROP("Layers", LIST, P_SET, LENGTH(0, 2)),
	PROP("Environment", MAP, 0),
	PROP("Indexes", MAP, 0, OF(OBJECT), .sub = attribute),
	PROP("Tags", MAP, P_TAGS),
	PROP("Password", STRING, P_SENSITIVE, LENGTH(4, 8)),
	PROP("Anything", ANY, 0),
	PROP("Arn", STRING, P_COMPUTED),
	PROP_END
};
/* clang-format on */

struct fixture {
	struct arena *arena;
	struct diags *diags;
	unsigned flags;
	struct value *result;
};

static void fixture_free(struct fixture *f)
{
	arena_free(f->arena);
}

#define FIXTURE                                                                                    \
	__attribute__((cleanup(fixture_free))) struct fixture f = { .arena = arena_new(),          \
								    .flags = CHECK_SNAKE };        \
	f.diags = diags_new(f.arena)

/* As the YAML parser gives it: every scalar is text, 'quoted' where the JSON text has a "q:" in
 * front, "e:" for text that an expression made, plain otherwise. */
static struct value *as_yaml(struct arena *a, struct value *v)
{
	const char *text = value_scalar_text(a, v);
	struct value *copy;

	value_each_item(v, item)
		v->list.items[item_i] = as_yaml(a, item);
	for (size_t i = 0; value_is(v, VALUE_MAP) && i < v->map.len; i++) {
		v->map.items[i].value = as_yaml(a, v->map.items[i].value);
		v->map.items[i].key_span = (struct span){ 1, (uint32_t)(10 * i), 1 };
	}
	if (!text && !value_is(v, VALUE_NULL)) {
		v->span = (struct span){ 1, 500, 1 };
		return v;
	}
	text = text ? text : "null";
	copy = value_string(a, text + (str_starts(text, "q:") || str_starts(text, "e:") ? 2 : 0));
	copy->flags = str_starts(text, "q:")   ? VALUE_QUOTED
		      : str_starts(text, "e:") ? 0
					       : VALUE_PLAIN;
	copy->span = (struct span){ 1, 1000, 3 };
	return copy;
}

static struct value *yaml(struct fixture *f, const char *json)
{
	const char *why = NULL;
	struct value *v = json_parse(f->arena, json, strlen(json), &why);

	if (!v)
		fail_msg("%s: %s", json, why);
	return as_yaml(f->arena, v);
}

static const struct diag *last(struct fixture *f)
{
	const struct diag *d = diags_first(f->diags);

	while (d && d->next)
		d = d->next;
	return d;
}

static const char *good(struct fixture *f, const char *json)
{
	int rc = schema_check(f->arena, rows, yaml(f, json), f->flags, "a thing", &f->result,
			      f->diags);

	if (rc < 0)
		fail_msg("%s: %s", json, last(f)->message);
	assert_int_equal(diags_len(f->diags), 0);
	return json_text(f->arena, f->result, JSON_COMPACT);
}

static const char *bad(struct fixture *f, const char *json)
{
	size_t before = diags_errors(f->diags);
	int rc = schema_check(f->arena, rows, yaml(f, json), f->flags, "a thing", &f->result,
			      f->diags);

	if (rc >= 0)
		fail_msg("%s is accepted", json);
	assert_int_equal(diags_errors(f->diags), before + 1);
	assert_non_null(f->result);
	return last(f)->message;
}

static const char *hint(struct fixture *f)
{
	return last(f)->hints ? last(f)->hints->text : "";
}

#define assert_good(in, out) assert_string_equal(good(&f, (in)), (out))
#define assert_bad(in, message, advice)                                                            \
	do {                                                                                       \
		assert_string_equal(bad(&f, (in)), (message));                                     \
		assert_string_equal(hint(&f), (advice));                                           \
	} while (0)

/* --- keys --- */

TEST(schema_renames_keys_at_every_depth)
{
	FIXTURE;
	assert_good("{\"fifo_queue\": true, \"ttl_specification\": {\"enabled\": false, "
		    "\"kms_key_arn\": \"x\"}, \"attributes\": [{\"attribute_name\": \"a\"}]}",
		    "{\"FifoQueue\":true,\"TtlSpecification\":{\"Enabled\":false,"
		    "\"KMSKeyArn\":\"x\"},\"Attributes\":[{\"AttributeName\":\"a\"}]}");
	assert_int_equal(f.result->map.items[1].key_span.off, 10);
}

TEST(schema_leaves_free_keys_and_short_forms)
{
	FIXTURE;
	assert_good("{\"environment\": {\"some_key\": 1, \"SomeKey\": true}, \"memory\": 512, "
		    "\"indexes\": {\"by_name\": {\"attribute_name\": \"x\"}}}",
		    "{\"Environment\":{\"some_key\":\"1\",\"SomeKey\":\"true\"},\"memory\":512,"
		    "\"Indexes\":{\"by_name\":{\"AttributeName\":\"x\"}}}");
}

TEST(schema_takes_cfn_keys_without_snake)
{
	FIXTURE;
	f.flags = 0;
	assert_good("{\"FifoQueue\": true}", "{\"FifoQueue\":true}");
	assert_bad("{\"fifo_queue\": true}", "unknown key `fifo_queue` in a thing",
		   "keys here are CloudFormation's: `FifoQueue`");
	assert_bad("{\"FifoQueu\": true}", "unknown key `FifoQueu` in a thing",
		   "did you mean `FifoQueue`?");
}

TEST(schema_unknown_key_names_the_one_meant)
{
	FIXTURE;
	assert_bad("{\"MemorySize\": 512}", "unknown key `MemorySize` in a thing",
		   "keys here are snake_case: `memory: 512`");
	assert_bad("{\"memory_size\": 512}", "unknown key `memory_size` in a thing",
		   "it is written `memory` here");
	assert_bad("{\"tracing_config\": {}}", "unknown key `tracing_config` in a thing",
		   "it is written `mode` here");
	assert_bad("{\"BatchSize\": 1}", "unknown key `BatchSize` in a thing",
		   "keys here are snake_case: `batch_size: 1`");
	assert_bad("{\"batchSize\": []}", "unknown key `batchSize` in a thing",
		   "keys here are snake_case: `batch_size`");
	assert_bad("{\"batch-size\": 1}", "unknown key `batch-size` in a thing",
		   "keys here are snake_case: `batch_size: 1`");
	assert_bad("{\"batchsize\": 1}", "unknown key `batchsize` in a thing",
		   "did you mean `batch_size`?");
	assert_bad("{\"Password\": \"hunter2\"}", "unknown key `Password` in a thing",
		   "keys here are snake_case: `password`");
	assert_bad("{\"xyzxyz\": 1}", "unknown key `xyzxyz` in a thing", "");
	assert_bad("{\"ttl_specification\": {\"enabled\": true, \"zzz\": 1}}",
		   "unknown key `zzz` in `ttl_specification`",
		   "known keys: `enabled`, `kms_key_arn`");
	assert_int_equal(last(&f)->span.off, 10);
}

TEST(schema_computed_key_is_not_ours)
{
	FIXTURE;
	assert_bad("{\"arn\": \"x\"}", "`arn` is set by AWS, not here", "");
}

TEST(schema_required_keys)
{
	FIXTURE;
	assert_bad("{\"name\": \"a\", \"ttl_specification\": {}}",
		   "`ttl_specification` needs `enabled`", "");
	assert_int_equal(last(&f)->span.off, 10); /* the key of what lacks it */
	assert_bad("{\"ttl_specification\": {\"enabled\": null}}",
		   "`ttl_specification` needs `enabled`", "");
	assert_bad("{\"attributes\": {}}", "`attributes` needs `attribute_name`", "Its name.");
	/* Given but wrong is one error, not two. */
	assert_bad("{\"ttl_specification\": {\"enabled\": 7}}",
		   "`enabled` wants true or false, got `7`", "");
	f.flags |= CHECK_PARTIAL;
	f.diags = diags_new(f.arena);
	assert_good("{\"ttl_specification\": {}}", "{\"TtlSpecification\":{}}");
}

TEST(schema_map_itself_missing_or_wrong)
{
	FIXTURE;
	struct value *v = value_string(f.arena, "x"), *ret = NULL;

	assert_int_equal(schema_check(f.arena, ttl, NULL, CHECK_SNAKE, "a ttl", &ret, f.diags), -1);
	assert_string_equal(last(&f)->message, "a ttl needs `enabled`");
	assert_int_equal(schema_check(f.arena, ttl, value_null(f.arena), CHECK_PARTIAL, "a ttl",
				      &ret, f.diags),
			 0);
	assert_int_equal(value_len(ret), 0);
	assert_int_equal(schema_check(f.arena, ttl, v, 0, "a ttl", &ret, f.diags), -1);
	assert_string_equal(last(&f)->message, "a ttl wants a map, got text");
}

TEST(schema_null_removes)
{
	FIXTURE;
	assert_good("{\"name\": null, \"anything\": null, \"environment\": {\"A\": null, "
		    "\"B\": \"q:null\"}}",
		    "{\"Environment\":{\"B\":\"null\"}}");
	assert_bad("{\"layers\": [null]}", "`layers` cannot hold null", "");
	assert_bad("{\"name\": \"~\"}", "`name` is given `~`, which is null in YAML",
		   "write `null`, or put the text in quotes");
}

TEST(schema_open_values_pass)
{
	FIXTURE;
	struct value *map = value_map(f.arena), *ret;
	const char *path[] = { "x" };

	value_set(f.arena, map, "timeout", value_unknown(f.arena));
	value_set(f.arena, map, "ttl_specification",
		  value_expr(f.arena, expr_ref(f.arena, path, 1, NO_SPAN), NO_SPAN));
	value_set(f.arena, map, "layers", value_unknown(f.arena));
	value_set(f.arena, map, "password", value_unknown(f.arena));
	assert_int_equal(schema_check(f.arena, rows, map, CHECK_SNAKE, "it", &ret, f.diags), 0);
	assert_int_equal(value_get(ret, "Timeout")->kind, VALUE_UNKNOWN);
	assert_int_equal(value_get(ret, "TtlSpecification")->kind, VALUE_EXPR);
	assert_int_equal(value_get(ret, "Layers")->kind, VALUE_UNKNOWN);
	assert_true(value_get(ret, "Password")->flags & VALUE_SENSITIVE);
}

TEST(schema_all_faults_are_reported)
{
	FIXTURE;
	struct value *v = yaml(&f, "{\"timeout\": 0, \"nme\": 1, \"layers\": [1, 2, 3], "
				   "\"attributes\": [{\"count\": 11}]}");

	assert_int_equal(schema_check(f.arena, rows, v, CHECK_SNAKE, "it", &f.result, f.diags), -1);
	assert_int_equal(diags_errors(f.diags), 5);
	assert_non_null(value_get(f.result, "Layers"));
}

TEST(schema_check_twice_is_the_same)
{
	FIXTURE;
	struct value *again;

	good(&f, "{\"timeout\": \"2m\", \"rate\": \"30/m\", \"fifo_queue\": true, "
		 "\"stream_view_type\": \"new-image\", \"policy\": {\"a\": 1}, \"layers\": \"x\", "
		 "\"password\": \"secret\", \"tags\": {\"a\": 1}}");
	assert_int_equal(schema_check(f.arena, rows, f.result, 0, "it", &again, f.diags), 0);
	assert_string_equal(json_text(f.arena, again, JSON_COMPACT),
			    json_text(f.arena, f.result, JSON_COMPACT));
}

/* --- texts --- */

TEST(schema_text_is_as_written)
{
	FIXTURE;
	static const char *const texts[] = { "012345670123", "1:30", "2012-10-17", "yes", "OFF",
					     "true",	     "1e3",  "0x1f",	   "q:30" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *in = arena_printf(f.arena, "{\"mode\": \"%s\"}", texts[i]);
		const char *text = texts[i] + (str_starts(texts[i], "q:") ? 2 : 0);

		assert_good(in, arena_printf(f.arena, "{\"mode\":\"%s\"}", text));
		assert_int_equal(value_get(f.result, "mode")->flags, 0);
	}
	assert_bad("{\"mode\": []}", "`mode` wants text, got a list", "");
}

TEST(schema_text_from_typed_values)
{
	FIXTURE;
	struct value *map = value_map(f.arena), *ret;

	value_set(f.arena, map, "mode", value_int(f.arena, 30));
	assert_int_equal(schema_check(f.arena, rows, map, CHECK_SNAKE, "it", &ret, f.diags), 0);
	assert_string_equal(value_text(value_get(ret, "mode")), "30");
}

TEST(schema_enum_spelling)
{
	FIXTURE;
	assert_good("{\"stream_view_type\": \"new-and-old-images\"}", "{\"StreamViewType\":\"NEW_"
								      "AND_OLD_IMAGES\"}");
	assert_good("{\"stream_view_type\": \"NewImage\"}", "{\"StreamViewType\":\"NEW_IMAGE\"}");
	assert_good("{\"storage_class\": \"Glacier\"}", "{\"StorageClass\":\"Glacier\"}");
	assert_bad("{\"storage_class\": \"glacier\"}",
		   "`storage_class` may mean `GLACIER` or `Glacier`: write the one that is meant",
		   "");
	assert_bad("{\"stream_view_type\": \"new-images\"}",
		   "`stream_view_type` must be one of KEYS_ONLY, NEW_AND_OLD_IMAGES, NEW_IMAGE, "
		   "got `new-images`",
		   "did you mean `NEW_IMAGE`?");
}

TEST(schema_length_counts_characters)
{
	FIXTURE;
	assert_good("{\"attributes\": {\"attribute_name\": "
		    "\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"}}",
		    "{\"Attributes\":[{\"AttributeName\":"
		    "\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"}]}");
	assert_bad("{\"attributes\": {\"attribute_name\": \"123456789\"}}",
		   "`attribute_name` must have at most 8 characters, got 9", "");
	assert_bad("{\"attributes\": {\"attribute_name\": \"q:\"}}",
		   "`attribute_name` must have at least 1 character, got 0", "");
	assert_bad("{\"layers\": [\"a\", \"b\", \"c\"]}",
		   "`layers` must have at most 2 items, got 3", "");
}

TEST(schema_pattern_in_words)
{
	FIXTURE;
	assert_good("{\"name\": \"a-B_9\", \"path\": \"/a/b/\"}", "{\"Name\":\"a-B_9\",\"Path\":\"/"
								  "a/b/\"}");
	assert_bad("{\"name\": \"a.b\"}",
		   "`name` may hold only letters, digits, `_` and `-`, not `.`, got `a.b`", "");
	assert_bad("{\"name\": \"caf\xc3\xa9s\"}",
		   "`name` may hold only letters, digits, `_` and `-`, not `\xc3\xa9`, "
		   "got `caf\xc3\xa9s`",
		   "");
	assert_bad("{\"name\": \"q:\"}", "`name` may not be empty", "");
	assert_bad("{\"path\": \"a/\"}", "`path` does not have the form that AWS wants, got `a/`",
		   "the form is (/[a-z]+)+/?; Begins with a slash.");
	/* Anchored at both ends, alternatives included. */
	assert_bad("{\"path\": \"/a\\nb\"}",
		   "`path` does not have the form that AWS wants, got `/a\nb`",
		   "the form is (/[a-z]+)+/?; Begins with a slash.");
}

/* --- booleans --- */

TEST(schema_booleans)
{
	FIXTURE;
	assert_good("{\"fifo_queue\": \"true\"}", "{\"FifoQueue\":true}");
	assert_good("{\"fifo_queue\": \"e:false\"}", "{\"FifoQueue\":false}");
	assert_bad("{\"fifo_queue\": \"yes\"}", "`fifo_queue` wants true or false, got `yes`",
		   "not a boolean; write `true`");
	assert_bad("{\"fifo_queue\": \"Off\"}", "`fifo_queue` wants true or false, got `Off`",
		   "not a boolean; write `false`");
	assert_bad("{\"fifo_queue\": \"TRUE\"}", "`fifo_queue` wants true or false, got `TRUE`",
		   "not a boolean; write `true`");
	assert_bad("{\"fifo_queue\": \"q:true\"}",
		   "`fifo_queue` wants true or false, got `true` in quotes, which is text",
		   "without quotes; write `true`");
	assert_bad("{\"fifo_queue\": \"maybe\"}", "`fifo_queue` wants true or false, got `maybe`",
		   "");
	assert_bad("{\"fifo_queue\": {}}", "`fifo_queue` wants true or false, got a map", "");
}

/* --- numbers and units --- */

TEST(schema_units_are_dropped)
{
	FIXTURE;
	assert_good("{\"timeout\": 30}", "{\"Timeout\":30}");
	assert_good("{\"timeout\": \"30s\"}", "{\"Timeout\":30}");
	assert_good("{\"timeout\": \"15m\"}", "{\"Timeout\":900}");
	assert_good("{\"timeout\": \"30000ms\"}", "{\"Timeout\":30}");
	assert_good("{\"timeout\": \"e:2m\"}", "{\"Timeout\":120}");
	assert_good("{\"timeout_in_millis\": \"29s\"}", "{\"TimeoutInMillis\":29000}");
	assert_good("{\"retention_in_days\": \"2w\"}", "{\"RetentionInDays\":14}");
	assert_good("{\"retention_in_days\": \"24h\"}", "{\"RetentionInDays\":1}");
	assert_good("{\"memory\": \"1GB\"}", "{\"memory\":1024}");
	assert_good("{\"rate\": \"100/s\"}", "{\"Rate\":100}");
	assert_good("{\"rate\": \"30/m\"}", "{\"Rate\":0.5}");
	assert_good("{\"rate\": 0.25}", "{\"Rate\":0.25}");
	assert_good("{\"threshold\": \"-1.5e3\"}", "{\"Threshold\":-1500}");
	assert_int_equal(value_get(f.result, "Threshold")->kind, VALUE_DOUBLE);
	assert_good("{\"threshold\": \"25e-1\"}", "{\"Threshold\":2.5}");
}

#define FORM(text)                                                                                 \
	"`timeout` wants a whole number and a unit (ms, s, m, h, d or w) without a blank, got "    \
	"`" text "`"

TEST(schema_unit_faults_name_the_way_out)
{
	FIXTURE;
	assert_bad("{\"timeout\": \"1.5m\"}", FORM("1.5m"), "write `90s`");
	assert_bad("{\"timeout\": \"1m30s\"}", FORM("1m30s"), "write `90s`");
	assert_bad("{\"timeout\": \"30 s\"}", FORM("30 s"), "write `30s`");
	assert_bad("{\"timeout\": \"30S\"}", FORM("30S"), "write `30s`");
	assert_bad("{\"timeout\": \"5 minutes\"}", FORM("5 minutes"), "write `5m`");
	assert_bad("{\"timeout\": \"30MB\"}", FORM("30MB"), "");
	assert_bad("{\"timeout\": \"30parsecs\"}", FORM("30parsecs"), "");
	assert_bad("{\"memory\": \"1Gi\"}",
		   "`memory` wants a whole number and a unit (MB or GB) without a blank, got `1Gi`",
		   "write `1GB`");
	assert_bad("{\"memory\": \"0.5GB\"}",
		   "`memory` wants a whole number and a unit (MB or GB) without a blank, got "
		   "`0.5GB`",
		   "write `512MB`");
	assert_bad("{\"batch_size\": \"10s\"}",
		   "`batch_size` is a plain number and takes no unit, got 10s", "");
}

TEST(schema_remainders_are_faults)
{
	FIXTURE;
	assert_bad("{\"period\": \"90s\"}", "`period` is counted in whole minutes by AWS, got 90s",
		   "write `1m` or `2m`");
	assert_bad("{\"period\": \"30s\"}", "`period` is counted in whole minutes by AWS, got 30s",
		   "write `1m`");
	assert_bad("{\"timeout\": \"1500ms\"}",
		   "`timeout` is counted in whole seconds by AWS, got 1500ms",
		   "write `1s` or `2s`");
	assert_bad("{\"timeout\": \"900500ms\"}",
		   "`timeout` is counted in whole seconds by AWS, got 900500ms", "write `15m`");
}

TEST(schema_range_faults_guess_the_unit)
{
	FIXTURE;
	assert_bad("{\"timeout\": 30000}",
		   "`timeout` must be between 1 and 900 seconds (15m), got 30000",
		   "milliseconds? write `30s`");
	assert_bad("{\"timeout\": 30001}",
		   "`timeout` must be between 1 and 900 seconds (15m), got 30001",
		   "a bare number is in seconds");
	assert_bad("{\"timeout\": \"16m\"}",
		   "`timeout` must be between 1 and 900 seconds (15m), got 16m", "");
	assert_bad("{\"timeout\": 0}", "`timeout` must be between 1 and 900 seconds (15m), got 0",
		   "a bare number is in seconds");
	assert_bad("{\"timeout_in_millis\": 29}",
		   "`timeout_in_millis` must be between 50 and 30000 milliseconds (30s), got 29",
		   "seconds? write `29s`");
	assert_bad("{\"memory\": 1}", "`memory` must be between 128 and 10240 MB (10GB), got 1",
		   "GB? write `1GB`");
	assert_bad("{\"period\": 86400}",
		   "`period` must be between 1 and 1440 minutes (1d), got 86400",
		   "seconds? write `1d`");
	assert_bad("{\"batch_size\": 10001}", "`batch_size` must be between 1 and 10000, got 10001",
		   "");
	assert_bad("{\"timeout\": \"9223372036854775807w\"}",
		   "`timeout` must be between 1 and 900 seconds (15m), got 9223372036854775807w",
		   "");
	assert_bad("{\"timeout\": \"9223372036854775807ms\"}",
		   "`timeout` must be between 1 and 900 seconds (15m), got 9223372036854775807ms",
		   "");
	assert_bad("{\"rate\": \"9223372036854775807/s\"}",
		   "`rate` is too large, got 9223372036854775807/s", "");
	assert_bad("{\"timeout\": 9223372036854775807}",
		   "`timeout` must be between 1 and 900 seconds (15m), got 9223372036854775807",
		   "");
}

TEST(schema_numbers_that_are_none)
{
	FIXTURE;
	assert_bad("{\"batch_size\": \"ten\"}", "`batch_size` wants a whole number, got `ten`", "");
	assert_bad("{\"batch_size\": 1.5}", "`batch_size` wants a whole number, got `1.5`", "");
	assert_bad("{\"batch_size\": \"q:10\"}",
		   "`batch_size` wants a number, got `10` in quotes, which is text",
		   "without quotes: `10`");
	assert_bad("{\"timeout\": \"q:10s\"}",
		   "`timeout` wants a number, got `10s` in quotes, which is text",
		   "without quotes: `10s`");
	assert_bad("{\"batch_size\": \"007\"}", "`batch_size` has a leading zero, got 007",
		   "write `7`");
	assert_bad("{\"batch_size\": \"00\"}", "`batch_size` has a leading zero, got 00",
		   "write `0`");
	assert_bad("{\"batch_size\": \"-007\"}", "`batch_size` has a leading zero, got -007", "");
	assert_bad("{\"threshold\": \"1e+\"}",
		   "`threshold` is a plain number and takes no unit, got 1e+", "");
	assert_bad("{\"timeout\": \"030s\"}", "`timeout` has a leading zero, got 030s",
		   "write `30s`");
	assert_bad("{\"batch_size\": \"99999999999999999999\"}",
		   "`batch_size` wants a whole number, got `99999999999999999999`", "");
	assert_bad("{\"batch_size\": \"+1\"}", "`batch_size` wants a whole number, got `+1`", "");
	assert_bad("{\"batch_size\": true}", "`batch_size` wants a whole number, got `true`", "");
	assert_bad("{\"batch_size\": {}}", "`batch_size` wants a whole number, got a map", "");
	assert_bad("{\"threshold\": \".5\"}", "`threshold` wants a number, got `.5`", "");
	assert_bad("{\"threshold\": \"1e999\"}", "`threshold` wants a number, got `1e999`", "");
}

TEST(schema_numbers_of_which_some_are_offered)
{
	FIXTURE;
	assert_bad("{\"retention_in_days\": \"10d\"}",
		   "`retention_in_days` is not one of the numbers that AWS offers, got 10d",
		   "AWS offers `1w` or `2w` here");
	assert_bad("{\"retention_in_days\": 4}",
		   "`retention_in_days` is not one of the numbers that AWS offers, got 4",
		   "AWS offers `3d` or `5d` here");
	assert_bad("{\"retention_in_days\": 31}",
		   "`retention_in_days` is not one of the numbers that AWS offers, got 31",
		   "AWS offers `30d` here");
}

TEST(schema_numbers_from_typed_values)
{
	FIXTURE;
	struct value *map = value_map(f.arena), *ret;

	value_set(f.arena, map, "Timeout", value_double(f.arena, 30));
	value_set(f.arena, map, "Threshold", value_int(f.arena, 3));
	assert_int_equal(schema_check(f.arena, rows, map, 0, "it", &ret, f.diags), 0);
	assert_int_equal(value_get(ret, "Timeout")->kind, VALUE_INT);
	value_set(f.arena, map, "Timeout", value_double(f.arena, 1.5));
	assert_int_equal(schema_check(f.arena, rows, map, 0, "it", &ret, f.diags), -1);
}

/* --- lists, maps, documents --- */

TEST(schema_one_item_may_stand_bare)
{
	FIXTURE;
	assert_good("{\"layers\": \"a\", \"numbers\": 3}", "{\"Layers\":[\"a\"],\"Numbers\":[3]}");
	assert_good("{\"attributes\": {\"attribute_name\": \"a\"}}", "{\"Attributes\":[{"
								     "\"AttributeName\":\"a\"}]}");
	assert_bad("{\"numbers\": [1, 10]}", "`numbers` must be between 0 and 9, got 10", "");
	assert_bad("{\"numbers\": []}", "`numbers` must have at least 1 item, got 0", "");
	assert_bad("{\"attributes\": [\"a\"]}", "`attributes` wants a map, got `a`",
		   "known keys: `attribute_name`, `count`");
	assert_bad("{\"environment\": \"a\"}", "`environment` wants a map, got `a`", "");
}

TEST(schema_keyed_items_are_unique)
{
	FIXTURE;
	assert_bad("{\"attributes\": [{\"attribute_name\": \"a\"}, {\"attribute_name\": \"a\"}]}",
		   "`attributes` has two items with the same `attribute_name`", "");
	assert_non_null(last(&f)->notes);
}

TEST(schema_tags_as_cloudformation_writes_them)
{
	FIXTURE;
	assert_good("{\"tags\": [{\"Key\": \"a\", \"Value\": 1}, {\"Key\": \"b\", \"Value\": "
		    "\"x\"}]}",
		    "{\"Tags\":{\"a\":\"1\",\"b\":\"x\"}}");
	assert_bad("{\"tags\": [{\"Key\": \"a\", \"Value\": 1}, {\"Key\": \"a\", \"Value\": 2}]}",
		   "`tags` wants a map, got a list", "");
	assert_bad("{\"tags\": [{\"Key\": \"a\"}]}", "`tags` wants a map, got a list", "");
	assert_bad("{\"environment\": [{\"Key\": \"a\", \"Value\": 1}]}",
		   "`environment` wants a map, got a list", "");
}

TEST(schema_any_passes_as_it_is)
{
	FIXTURE;
	good(&f, "{\"anything\": {\"max_receive_count\": \"q:3\", \"~\": \"~\"}}");
	assert_int_equal(value_path(f.result, "Anything.max_receive_count")->flags, VALUE_QUOTED);
}

TEST(schema_documents_keep_their_spelling)
{
	FIXTURE;
	assert_good("{\"policy\": {\"Version\": \"2012-10-17\", \"max_items\": [1, true, null, "
		    "1.5, "
		    "\"q:1\", \"e:1\", \"yes\", \"1:30\", \"1_000\", \"-5\", \"+5\", \".5\", "
		    "\"1e3\"]}}",
		    "{\"Policy\":{\"Version\":\"2012-10-17\",\"max_items\":[1,true,null,1.5,"
		    "\"1\",\"1\",\"yes\",\"1:30\",\"1_000\",-5,5,0.5,1000]}}");
	assert_good("{\"policy\": \"q:{\\\"a\\\": [1]}\"}", "{\"Policy\":{\"a\":[1]}}");
	assert_bad("{\"policy\": \"q:{\\\"a\\\": [1}\"}",
		   "`policy` is not a document in JSON: line 1, column 9: ']' expected",
		   "write it as a tree here, or as JSON text");
}

TEST(schema_document_traps)
{
	FIXTURE;
	static const char *const traps[][2] = {
		{ "012345670123", "`012345670123` has a leading zero" },
		{ "-007", "`-007` has a leading zero" },
		{ "True", "`True` is not a boolean here; write `true` or `false`" },
		{ "~", "`~` is null in YAML; write `null`" },
		{ "0x1f", "`0x1f` is a number in YAML; write it in decimal" },
		{ "0o17", "`0o17` is a number in YAML; write it in decimal" },
		{ ".inf", "`.inf` is no number that JSON has" },
		{ "-.Inf", "`-.Inf` is no number that JSON has" },
		{ ".nan", "`.nan` is no number that JSON has" },
		{ "9223372036854775808", "`9223372036854775808` is too large for a number" },
		{ "1e999", "`1e999` is too large for a number" },
	};

	for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++)
		assert_bad(arena_printf(f.arena, "{\"policy\": {\"a\": [\"%s\"]}}", traps[i][0]),
			   traps[i][1], "put it in quotes if it is text");
	f.diags = diags_new(f.arena);
	assert_good("{\"policy\": {\"a\": [\"0xyz\", \"0.5\", \"0\", \"-\", \".\", \"1e\", "
		    "\"1.2.3\"]}}",
		    "{\"Policy\":{\"a\":[\"0xyz\",0.5,0,\"-\",\".\",\"1e\",\"1.2.3\"]}}");
}

/* --- secrets --- */

TEST(schema_secrets_are_marked_and_never_shown)
{
	FIXTURE;
	good(&f, "{\"password\": \"hunter2\"}");
	assert_true(value_get(f.result, "Password")->flags & VALUE_SENSITIVE);
	assert_bad("{\"password\": \"hunter2-hunter2\"}",
		   "`password` must have at most 8 characters, got 15", "");
	assert_true(last(&f)->hide_source);
}

TEST(schema_errors_hide_what_is_marked_sensitive)
{
	FIXTURE;
	static const char *const names[] = {
		"name",	   "path",	 "timeout",    "batch_size",
		"rate",	   "fifo_queue", "threshold",  "stream_view_type",
		"numbers", "policy",	 "environment"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (int flags = 0; flags < 3; flags++) {
			struct value *map = value_map(f.arena), *v, *ret;

			v = value_string(f.arena, "hunter.2");
			v->flags = VALUE_SENSITIVE | (flags == 1 ? VALUE_PLAIN : 0) |
				   (flags == 2 ? VALUE_QUOTED : 0);
			value_set(f.arena, map, names[i], v);
			assert_int_equal(schema_check(f.arena, rows, map, CHECK_SNAKE, "it", &ret,
						      f.diags),
					 -1);
			assert_null(strstr(last(&f)->message, "hunter"));
			assert_null(strstr(hint(&f), "hunter"));
			assert_true(last(&f)->hide_source);
		}
}

TEST(schema_long_values_are_cut)
{
	FIXTURE;
	const char *message = bad(&f, "{\"mode\": \"x\", \"path\": "
				      "\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
				      "0123456789012345678901234567890123456789012345678\xc3\xa9"
				      "\xc3\xa9\xc3\xa9\"}");

	assert_true(str_ends(message, "...`"));
	assert_true(str_is_utf8(message, strlen(message)));
}

TEST(schema_check_value_takes_one_row)
{
	FIXTURE;
	struct value *ret, *v = yaml(&f, "\"5m\"");

	assert_int_equal(schema_check_value(f.arena, prop_find(rows, "Timeout"), v, CHECK_SNAKE,
					    &ret, f.diags),
			 0);
	assert_int_equal(ret->integer, 300);
	assert_int_equal(ret->span.off, 1000);
	v = yaml(&f, "\"5x\"");
	assert_int_equal(schema_check_value(f.arena, prop_find(rows, "Timeout"), v, CHECK_SNAKE,
					    &ret, f.diags),
			 -1);
}
