#include "test.h"

#include <string.h>

#include "model/json.h"
#include "model/schema.h"

static bool same_length(const struct value *a, const struct value *b)
{
	return value_len(a) == value_len(b);
}

/* clang-format off */
static const struct prop sub[] = {
	PROP("Name", STRING, 0),
	PROP("Count", INT, 0, .def = "3"),
	PROP("Mode", STRING, P_CREATE_DEFAULT),
	PROP("Arn", STRING, P_COMPUTED),
	PROP("Names", LIST, P_SET),
	PROP_END
};
static const struct prop text = PROP("T", STRING, 0);
static const struct prop fold = PROP("T", STRING, P_FOLD);
static const struct prop integer = PROP("T", INT, 0, .def = "30");
static const struct prop boolean = PROP("T", BOOL, 0, .def = "false");
static const struct prop json = PROP("T", JSON, 0);
static const struct prop empty_json = PROP("T", JSON, 0, .def = "{}");
static const struct prop empty_object = PROP("T", OBJECT, 0, .sub = sub, .def = "{}");
static const struct prop policy = PROP("T", JSON, 0, .equal = same_length);
static const struct prop object = PROP("T", OBJECT, 0, .sub = sub);
static const struct prop objects = PROP("T", LIST, 0, OF(OBJECT), .sub = sub);
static const struct prop object_set = PROP("T", LIST, P_SET, OF(OBJECT), .sub = sub);
static const struct prop keyed = PROP("T", LIST, P_KEYED, OF(OBJECT), .sub = sub, .key = "Name");
static const struct prop list = PROP("T", LIST, 0);
static const struct prop set = PROP("T", LIST, P_SET);
static const struct prop fold_set = PROP("T", LIST, P_SET | P_FOLD);
static const struct prop int_set = PROP("T", LIST, P_SET, OF(INT));
static const struct prop json_set = PROP("T", LIST, P_SET, OF(JSON));
static const struct prop map = PROP("T", MAP, 0);
static const struct prop tags = PROP("T", MAP, P_TAGS);
static const struct prop chosen = PROP("T", STRING, P_CREATE_DEFAULT);
/* clang-format on */

static struct value *parse(struct arena *a, const char *in)
{
	const char *why = NULL;
	struct value *v = in ? json_parse(a, in, strlen(in), &why) : NULL;

	if (in && !v)
		fail_msg("%s: %s", in, why);
	return v;
}

static bool equal(const struct prop *p, const char *want, const char *have)
{
	_cleanup_arena_ struct arena *a = arena_new();

	return prop_equal(a, p, parse(a, want), parse(a, have));
}

#define assert_same(p, want, have) assert_true(equal(&(p), (want), (have)))
#define assert_differs(p, want, have) assert_false(equal(&(p), (want), (have)))

TEST(prop_equal_scalars)
{
	assert_same(text, "\"a\"", "\"a\"");
	assert_differs(text, "\"a\"", "\"A\"");
	assert_same(fold, "\"a\"", "\"A\"");
	assert_same(text, "\"30\"", "30");
	assert_differs(text, "\"30\"", "\"030\"");
	assert_same(integer, "60", "\"60\"");
	assert_same(integer, "60", "60.0");
	assert_differs(integer, "60", "61");
	assert_differs(integer, "60", "\"x\"");
	assert_same(boolean, "true", "\"true\"");
	assert_differs(boolean, "true", "\"false\"");
	assert_differs(text, "\"a\"", "[\"a\"]");
}

TEST(prop_equal_absent_and_default)
{
	assert_same(integer, "30", NULL);
	assert_same(integer, NULL, "30");
	assert_same(integer, NULL, "\"30\"");
	assert_same(integer, "null", NULL);
	assert_same(integer, NULL, NULL);
	assert_differs(integer, "60", NULL);
	assert_differs(integer, NULL, "60");
	assert_same(boolean, "false", NULL);
	assert_differs(text, "\"\"", NULL);
	assert_same(list, "[]", NULL);
	assert_same(map, NULL, "{}");
	assert_same(chosen, NULL, "\"x\"");
	assert_differs(chosen, "\"x\"", NULL);
	assert_differs(chosen, "\"x\"", "\"y\"");
}

/* A default that is empty compared itself with what is there for ever. */
TEST(prop_equal_empty_default)
{
	assert_same(empty_json, NULL, "{}");
	assert_differs(empty_json, NULL, "{\"a\":1}");
	assert_differs(empty_json, "{\"a\":1}", NULL);
	assert_same(empty_object, NULL, "{\"Count\":3}");
	assert_differs(empty_object, NULL, "{\"Count\":4}");
}

TEST(prop_equal_unknown_is_never_equal)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *v = value_list(a);

	value_append(a, v, value_unknown(a));
	assert_false(prop_equal(a, &list, v, v));
	assert_false(prop_equal(a, &text, value_unknown(a), value_unknown(a)));
	assert_false(prop_equal(a, &text, value_unknown(a), NULL));
	assert_false(prop_equal(a, &chosen, NULL, value_unknown(a)));
}

TEST(prop_equal_documents)
{
	assert_same(json, "{\"a\":[1],\"b\":2}", "\"{\\\"b\\\": 2, \\\"a\\\": [1.0]}\"");
	assert_differs(json, "{\"a\":[1]}", "\"{\\\"a\\\": [2]}\"");
	assert_differs(json, "{\"a\":1}", "\"{\"");
	assert_same(json, "\"{\"", "\"{\"");
	assert_same(policy, "{\"a\":1}", "\"{\\\"b\\\": 2}\"");
	assert_differs(policy, "{\"a\":1}", "\"{\\\"a\\\":1,\\\"b\\\":2}\"");
	assert_differs(json, "{\"a\":\"x\"}", "{\"a\":[\"x\"]}");
}

TEST(prop_equal_objects_leave_what_is_not_wanted)
{
	assert_same(object, "{\"Name\":\"a\"}", "{\"Name\":\"a\",\"Count\":7,\"Names\":[\"x\"]}");
	assert_differs(object, "{\"Name\":\"a\"}", "{\"Name\":\"b\"}");
	assert_differs(object, "{\"Name\":\"a\"}", "{}");
	assert_differs(object, "{\"Name\":\"a\"}", NULL);
	assert_same(object, "{\"Count\":3}", NULL);
	assert_same(object, "{\"Count\":3}", "{\"Name\":\"a\"}");
	assert_same(object, NULL, "{\"Count\":3,\"Names\":[]}");
	assert_differs(object, NULL, "{\"Count\":4}");
	assert_differs(object, NULL, "\"a\"");
	assert_differs(object, "{\"Name\":\"a\"}", "\"a\"");
	assert_differs(object, "{\"Other\":1}", "{\"Other\":2}");
}

TEST(prop_equal_items_count_as_a_whole)
{
	assert_same(objects, "[{\"Name\":\"a\"}]",
		    "[{\"Name\":\"a\",\"Count\":3,\"Mode\":\"x\",\"Arn\":\"y\",\"Names\":[],"
		    "\"NotInRows\":1}]");
	assert_differs(objects, "[{\"Name\":\"a\"}]", "[{\"Name\":\"a\",\"Count\":4}]");
	assert_differs(objects, "[{\"Name\":\"a\"}]", "[{\"Name\":\"a\",\"Names\":[\"x\"]}]");
	assert_differs(objects, "[{\"Name\":\"a\",\"Mode\":\"y\"}]",
		       "[{\"Name\":\"a\",\"Mode\":\"x\"}]");
	assert_differs(objects, "[{\"Name\":\"a\"},{\"Name\":\"b\"}]",
		       "[{\"Name\":\"b\"},{\"Name\":\"a\"}]");
	assert_differs(objects, "[{\"Name\":\"a\"}]", "[{\"Name\":\"a\"},{\"Name\":\"b\"}]");
	assert_differs(objects, "[{\"Name\":\"a\"}]", "{\"Name\":\"a\"}");
}

TEST(prop_equal_sets)
{
	assert_same(set, "[\"b\",\"a\",\"b\"]", "[\"a\",\"b\"]");
	assert_differs(set, "[\"a\",\"b\"]", "[\"a\"]");
	assert_differs(set, "[\"a\"]", "[\"a\",\"b\"]");
	assert_differs(set, "[\"a\"]", "[\"A\"]");
	assert_differs(list, "[\"a\",\"b\"]", "[\"b\",\"a\"]");
	assert_differs(list, "[\"a\"]", "[\"a\",\"a\"]");
	assert_same(fold_set, "[\"A\",\"b\"]", "[\"B\",\"a\"]");
	assert_same(int_set, "[2,1]", "[\"1\",2.0]");
	assert_differs(int_set, "[2,1]", "[\"1\",3]");
	assert_same(json_set, "[{\"a\":1},{\"b\":2}]", "[\"{\\\"b\\\":2}\",\"{\\\"a\\\":1}\"]");
	assert_differs(json_set, "[{\"a\":1}]", "[\"{\\\"a\\\":2}\"]");
	assert_same(object_set, "[{\"Name\":\"b\"},{\"Name\":\"a\",\"Names\":[\"x\",\"y\"]}]",
		    "[{\"Name\":\"a\",\"Names\":[\"y\",\"x\"],\"Mode\":\"m\"},"
		    "{\"Count\":3,\"Name\":\"b\"}]");
	assert_differs(object_set, "[{\"Name\":\"a\"}]", "[{\"Name\":\"a\"},{\"Name\":\"b\"}]");
	assert_differs(object_set, "[{\"Name\":\"a\"},{\"Name\":\"b\"}]", "[{\"Name\":\"a\"}]");
	assert_differs(set, "[\"a\"]", "\"a\"");
}

TEST(prop_equal_keyed_items_without_order)
{
	assert_same(keyed, "[{\"Name\":\"a\",\"Count\":1},{\"Name\":\"b\"}]",
		    "[{\"Name\":\"b\",\"Count\":3},{\"Name\":\"a\",\"Count\":\"1\"}]");
	assert_differs(keyed, "[{\"Name\":\"a\",\"Count\":1}]", "[{\"Name\":\"a\",\"Count\":2}]");
	assert_differs(keyed, "[{\"Name\":\"a\"}]", "[{\"Name\":\"b\"}]");
	assert_same(keyed, "[{\"Name\":\"a\"}]", "[{\"Name\":\"a\"},{\"Name\":\"b\"}]");
	assert_differs(keyed, "[{\"Name\":\"a\"},{\"Name\":\"b\"}]", "[{\"Name\":\"a\"}]");
	assert_differs(keyed, "[{\"Count\":1}]", "[{\"Count\":1}]");
}

TEST(prop_equal_maps_and_tags)
{
	assert_same(map, "{\"a\":\"1\",\"b\":\"2\"}", "{\"b\":\"2\",\"a\":1}");
	assert_differs(map, "{\"a\":\"1\"}", "{\"a\":\"1\",\"b\":\"2\"}");
	assert_differs(map, "{\"a\":\"1\"}", "{\"b\":\"1\"}");
	assert_same(tags, "{\"a\":\"1\"}", "{\"a\":\"1\",\"foreign\":\"2\"}");
	assert_differs(tags, "{\"a\":\"1\"}", "{\"foreign\":\"2\"}");
	assert_differs(tags, "{\"a\":\"1\"}", NULL);
	assert_differs(tags, "{\"a\":\"1\"}", "{\"a\":\"2\"}");
}
