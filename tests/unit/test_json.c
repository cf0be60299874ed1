#include "test.h"

#include <math.h>
#include <string.h>

#include "model/json.h"

static struct value *parse(struct arena *a, const char *text)
{
	const char *why = NULL;
	struct value *v = json_parse(a, text, strlen(text), &why);

	if (!v)
		print_message("%s: %s\n", text, why);
	return v;
}

static const char *why_not(struct arena *a, const char *text)
{
	const char *why = NULL;

	assert_null(json_parse(a, text, strlen(text), &why));
	assert_null(json_parse(a, text, strlen(text), NULL));
	return why;
}

TEST(json_round_trip_is_exact)
{
	_cleanup_arena_ struct arena *a = arena_new();
	static const char *const texts[] = {
		"{\"b\":[1,-2,9223372036854775807,-9223372036854775808],\"a\":{\"x\":null}}",
		"[true,false,null,0.1,1e+22,1.5,\"\",[],{}]",
		"\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001f\xc3\xa9\xf0\x9f\x98\x80\"",
		"17",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_string_equal(json_text(a, parse(a, texts[i]), JSON_COMPACT), texts[i]);
	assert_string_equal(json_text(a, parse(a, "\"\\ud83d\\ude00\""), JSON_COMPACT), "\"\xf0\x9f"
											"\x98\x80"
											"\"");
	assert_int_equal(parse(a, "1.0")->kind, VALUE_DOUBLE);
	assert_int_equal(parse(a, "1")->kind, VALUE_INT);
}

TEST(json_sorted_and_pretty)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *v = parse(a, "{\"b\":[1,{}],\"a\":{\"d\":1,\"c\":[]}}");

	assert_string_equal(json_text(a, v, JSON_SORTED), "{\"a\":{\"c\":[],\"d\":1},\"b\":[1,{}]"
							  "}");
	assert_string_equal(json_text(a, v, JSON_PRETTY), "{\n"
							  "  \"b\": [\n"
							  "    1,\n"
							  "    {}\n"
							  "  ],\n"
							  "  \"a\": {\n"
							  "    \"d\": 1,\n"
							  "    \"c\": []\n"
							  "  }\n"
							  "}");
	assert_true(strncmp(json_text(a, v, JSON_PRETTY | JSON_SORTED), "{\n  \"a\"", 7) == 0);
}

TEST(json_hides_secrets)
{
	_cleanup_arena_ struct arena *a = arena_new();
	_cleanup_str_ struct str out = STR_INIT;
	struct value *v = parse(a, "{\"a\":[1,2],\"b\":\"hunter2\"}");

	value_get(v, "a")->flags = VALUE_SENSITIVE;
	value_get(v, "b")->flags = VALUE_SENSITIVE;
	json_write(&out, v, JSON_COMPACT, false);
	assert_string_equal(str_text(&out), "{\"a\":\"(sensitive)\",\"b\":\"(sensitive)\"}");
	str_clear(&out);
	json_write(&out, v, JSON_COMPACT, true);
	assert_string_equal(str_text(&out), "{\"a\":[1,2],\"b\":\"hunter2\"}");
}

TEST(json_writes_null_for_what_it_has_no_word_for)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *list = value_list(a);

	value_append(a, list, value_unknown(a));
	value_append(a, list, value_double(a, NAN));
	value_append(a, list, value_double(a, INFINITY));
	assert_string_equal(json_text(a, list, JSON_COMPACT), "[null,null,null]");
	assert_string_equal(json_text(a, NULL, JSON_COMPACT), "null");
}

TEST(json_writes_readable_text_for_bad_bytes)
{
	_cleanup_arena_ struct arena *a = arena_new();
	char *text = json_text(a, value_string(a, "a\xff\x01z"), JSON_COMPACT);

	assert_string_equal(text, "\"a\\ufffd\\u0001z\"");
	assert_non_null(parse(a, text));
}

TEST(json_parse_refuses)
{
	_cleanup_arena_ struct arena *a = arena_new();
	static const char *const texts[] = {
		"",
		" ",
		"{",
		"[1,]",
		"{\"a\":1,}",
		"{a:1}",
		"[1] 2",
		"01",
		"+1",
		"NaN",
		"'a'",
		"\"\xff\"",
		"\"\\ud800\"",
		"\"\t\"",
		"{\"a\":1,\"a\":2}",
		"\"\\u0000\"",
		"{\"\\u0000\":1}",
		"9223372036854775808",
		"1e999",
		"// c\n1",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_non_null(why_not(a, texts[i]));
	assert_null(json_parse(a, "1\0", 2, NULL));
}

TEST(json_parse_says_where)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(why_not(a, "{\"a\": 1,\n  \"a\": 2}"), "line 2, column 5: duplicate "
								   "object key near '\"a\"'");
	assert_non_null(strstr(why_not(a, "[\"\\u0000\"]"), "U+0000"));
	assert_true(strncmp(why_not(a, "[1,\n2,\n}"), "line 3, column 1: ", 18) == 0);
}

TEST(json_parse_does_not_show_values)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_null(strstr(why_not(a, "{\"password\": \"hunter2\" \"hunter3\"}"), "hunter"));
	assert_null(strstr(why_not(a, "{\"password\": hunter2}"), "hunter"));
}

TEST(json_parse_limits_depth)
{
	_cleanup_arena_ struct arena *a = arena_new();
	char text[4096];

	memset(text, '[', JSON_MAX_DEPTH);
	memset(text + JSON_MAX_DEPTH, ']', JSON_MAX_DEPTH);
	text[2 * JSON_MAX_DEPTH] = '\0';
	assert_non_null(parse(a, text));
	memset(text, '[', JSON_MAX_DEPTH + 1);
	memset(text + JSON_MAX_DEPTH + 1, ']', JSON_MAX_DEPTH + 1);
	text[2 * JSON_MAX_DEPTH + 2] = '\0';
	assert_string_equal(why_not(a, text), "nested deeper than 128 levels");
	memset(text, '[', sizeof(text));
	assert_null(json_parse(a, text, sizeof(text), NULL));
}
