/* What the interpreter of rows makes of values, without a call. */
#include "test.h"

#include <string.h>

#include "model/json.h"
#include "providers/aws/run.h"

/* clang-format off */
static const struct prop sub[] = {
	PROP("Days", INT, 0, .wire = "Expiration.Days"),
	PROP("Marker", BOOL, 0, .wire = "Expiration.Marker"),
	PROP("Name", STRING, 0),
	PROP("Arn", STRING, P_COMPUTED),
	PROP_END
};
/* clang-format on */
static const struct prop object = PROP("Rule", OBJECT, 0, .sub = sub);
static const struct prop objects = PROP("Rules", LIST, 0, OF(OBJECT), .sub = sub);
static const struct prop document = PROP("Policy", JSON, 0);
static const struct prop integer = PROP("Count", INT, 0);
static const struct prop number = PROP("Rate", DOUBLE, 0);
static const struct prop boolean = PROP("On", BOOL, 0);
static const struct prop text = PROP("Text", STRING, 0);
static const struct aws_type plain = { .service = "sqs" },
			     camel = { .service = "sqs", .camel = true };

struct fixture {
	struct arena *a;
	struct aws_run r;
};

static struct fixture begin(const struct aws_type *type)
{
	struct fixture f = { .a = arena_new() };
	f.r = (struct aws_run){ .a = f.a, .aws = type };
	return f;
}

static struct value *parse(struct arena *a, const char *in)
{
	struct value *v = json_parse(a, in, strlen(in), NULL);
	assert_non_null(v);
	return v;
}

static void encodes(const struct aws_type *type, const struct prop *p, const char *in, bool strings,
		    const char *want)
{
	struct fixture f = begin(type);
	struct value *v = encode_value(&f.r, p, parse(f.a, in), strings);
	assert_string_equal(json_text(f.a, v, JSON_COMPACT), want);
	arena_free(f.a);
}

/* NULL: AWS's value means "not set". */
static void decodes(const struct prop *p, const char *in, const char *want)
{
	struct fixture f = begin(&plain);
	struct value *v = decode_value(&f.r, p, parse(f.a, in));
	if (want)
		assert_string_equal(json_text(f.a, v, JSON_COMPACT), want);
	else
		assert_null(v);
	arena_free(f.a);
}

TEST(rows_encode_members)
{
	encodes(&plain, &object, "{\"Days\":3,\"Marker\":true,\"Name\":\"n\"}", false,
		"{\"Expiration\":{\"Days\":3,\"Marker\":true},\"Name\":\"n\"}");
	encodes(&camel, &object, "{\"Name\":\"n\"}", false, "{\"name\":\"n\"}");
	encodes(&plain, &object, "{\"Arn\":\"made by AWS\"}", false, "{}");
	encodes(&plain, &objects, "[{\"Days\":1},{}]", false, "[{\"Expiration\":{\"Days\":1}},{}]");
}

TEST(rows_encode_texts)
{
	encodes(&plain, &integer, "30", true, "\"30\"");
	encodes(&plain, &boolean, "false", true, "\"false\"");
	encodes(&plain, &object, "{\"Name\":\"n\"}", true, "\"{\\\"Name\\\":\\\"n\\\"}\"");
	encodes(&plain, &document, "{\"a\":[1]}", false, "\"{\\\"a\\\":[1]}\"");
	encodes(&plain, &document, "\"{ }\"", false, "\"{ }\"");
	encodes(&plain, &text, "5", false, "\"5\"");
}

TEST(rows_decode_members)
{
	decodes(&object, "{\"Expiration\":{\"Days\":\"3\"},\"Name\":\"n\",\"Other\":1}",
		"{\"Days\":3,\"Name\":\"n\"}");
	decodes(&object, "{}", NULL);
	decodes(&object, "\"{\\\"Name\\\":\\\"n\\\"}\"", "{\"Name\":\"n\"}");
	decodes(&objects, "{\"Name\":\"one\"}",
		"[{\"Name\":\"one\"}]"); /* XML: one item is no list */
	decodes(&objects, "\"\"", "[]");
}

TEST(rows_decode_scalars)
{
	decodes(&integer, "\"30\"", "30");
	decodes(&integer, "30.0", "30");
	decodes(&integer, "\"\"", NULL);
	decodes(&number, "\"1.5\"", "1.5");
	decodes(&boolean, "\"true\"", "true");
	decodes(&boolean, "\"False\"", "false");
	decodes(&boolean, "\"\"", NULL);
	decodes(&text, "5", "\"5\"");
	decodes(&text, "null", NULL);
}

TEST(rows_decode_documents)
{
	decodes(&document, "\"{\\\"a\\\":1}\"", "{\"a\":1}");
	decodes(&document, "\"%7B%22a%22%3A%22x+y%22%7D\"", "{\"a\":\"x+y\"}"); /* IAM's */
	decodes(&document, "\"\"", NULL);
	decodes(&document, "\"no JSON\"", "\"no JSON\"");
}

TEST(rows_tags)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *tags = parse(a, "{\"a\":\"1\",\"b\":2}");
	assert_string_equal(json_text(a, tags_encode(a, TAGS_MAP, tags), JSON_COMPACT), "{\"a\":"
											"\"1\","
											"\"b\":"
											"\"2\"}");
	assert_string_equal(json_text(a, tags_encode(a, TAGS_LIST, tags), JSON_COMPACT),
			    "[{\"Key\":\"a\",\"Value\":\"1\"},{\"Key\":\"b\",\"Value\":\"2\"}]");
	assert_string_equal(json_text(a, tags_encode(a, TAGS_KMS, parse(a, "{\"a\":\"\"}")),
				      JSON_COMPACT),
			    "[{\"TagKey\":\"a\",\"TagValue\":\"\"}]");
}

static void tags_are(const char *wire, const char *want)
{
	_cleanup_arena_ struct arena *a = arena_new();
	assert_string_equal(json_text(a, tags_decode(a, parse(a, wire)), JSON_COMPACT), want);
}

TEST(rows_tags_come_in_every_form)
{
	tags_are("{\"a\":\"1\",\"aws:x\":\"2\"}", "{\"a\":\"1\"}");
	tags_are("[{\"Key\":\"a\",\"Value\":\"1\"},{\"Key\":\"aws:cloudformation\",\"Value\":\"s\"}"
		 "]",
		 "{\"a\":\"1\"}");
	tags_are("[{\"TagKey\":\"a\",\"TagValue\":\"1\"}]", "{\"a\":\"1\"}");
	tags_are("{\"Key\":\"a\",\"Value\":\"1\"}", "{\"a\":\"1\"}"); /* XML: one tag */
	tags_are("[{\"Key\":\"a\"}]", "{\"a\":\"\"}");
	tags_are("null", "{}");
}

static void derives(const char *pattern, const char *props, const char *want)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const struct account account = { .id = "1", .partition = "aws-cn", .region = "cn-north-1" };
	struct value *v = derive_text(a, pattern, parse(a, props), &account);
	if (want)
		assert_string_equal(value_text(v), want);
	else
		assert_null(v);
}

TEST(rows_derive)
{
	derives("arn:${partition}:sqs:${region}:${account}:${Name}", "{\"Name\":\"q\"}",
		"arn:aws-cn:sqs:cn-north-1:1:q");
	derives("${Name}.s3.${dns_suffix}", "{\"Name\":\"b\"}", "b.s3.amazonaws.com.cn");
	derives("rule/${/Bus}${Name}", "{\"Name\":\"r\",\"Bus\":\"b\"}", "rule/b/r");
	derives("rule/${/Bus}${Name}", "{\"Name\":\"r\",\"Bus\":\"default\"}", "rule/r");
	derives("rule/${/Bus}${Name}", "{\"Name\":\"r\"}", "rule/r");
	derives("${Name}", "{}", NULL);
}

TEST(rows_derive_unknown)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *props = value_map(a);
	value_set(a, props, "Name", value_unknown(a));
	assert_true(value_is(derive_text(a, "a:${Name}", props, NULL), VALUE_UNKNOWN));
	assert_true(value_is(derive_text(a, "a:${region}", props, NULL), VALUE_UNKNOWN));
	value_set(a, props, "Name", value_string(a, "arn:aws:events:eu-west-1:2:event-bus/b"));
	assert_true(value_is(derive_text(a, "rule/${/Name}r", props, NULL), VALUE_UNKNOWN));
}

TEST(rows_code_in)
{
	assert_true(code_in("A", "A|B"));
	assert_true(code_in("B", "A|B"));
	assert_false(code_in("AB", "A|B"));
	assert_false(code_in("", "A|B"));
	assert_false(code_in(NULL, "A"));
	assert_false(code_in("A", NULL));
}

TEST(rows_drop_blank)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *map = parse(a, "{\"a\":\"\",\"b\":\"x\",\"c\":{},\"d\":{\"e\":\"\"},\"f\":"
				     "\"\"}");
	run_drop_blank(map);
	assert_string_equal(json_text(a, map, JSON_COMPACT), "{\"b\":\"x\",\"d\":{\"e\":\"\"}}");
	run_drop_blank(NULL);
}
