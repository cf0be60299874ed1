#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/json.h"
#include "model/secret.h"
#include "plan/render.h"
#include "plan/show.h"

static struct value *json(struct arena *a, const char *text)
{
	return json_parse(a, text, strlen(text), NULL);
}

TEST(show_values)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(show_value(a, NULL, json(a, "[1,true,null,\"a\",0.5,[],{}]")),
			    "[1, true, null, \"a\", 0.5, [], {}]");
	assert_string_equal(show_value(a, NULL, json(a, "{\"a\":1,\"b c\":{\"d:e\":2},\"\":3}")),
			    "{ a: 1, \"b c\": { d:e: 2 }, \"\": 3 }");
	assert_string_equal(show_value(a, NULL, value_unknown(a)), SHOW_UNKNOWN);
	assert_string_equal(show_value(a, NULL, NULL), "null");
}

TEST(show_hides_secrets)
{
	_cleanup_arena_ struct arena *a = arena_new();
	static const struct prop sub[] = { PROP("P", STRING, P_SENSITIVE), PROP_END };
	static const struct prop row = PROP("L", LIST, 0, OF(OBJECT), .sub = sub);
	struct value *list = value_list(a), *inner = value_list(a);

	value_append(a, inner, value_mark(a, value_string(a, "hunter2"), VALUE_SENSITIVE, 0));
	value_append(a, list, inner);
	value_append(a, list, value_digest(a, value_string(a, "hunter2")));
	assert_string_equal(show_value(a, NULL, list),
			    "[[" SHOW_SENSITIVE "], " SHOW_SENSITIVE "]");
	assert_string_equal(show_value(a, &row, json(a, "[{\"P\":\"hunter2\",\"Q\":1}]")),
			    "[{ P: " SHOW_SENSITIVE ", Q: 1 }]");
}

TEST(show_text_is_safe)
{
	_cleanup_arena_ struct arena *a = arena_new();
	static const char bytes[] = "a\xff\xc3\x28";

	assert_string_equal(show_plain(a, "\x1b[2J\x7f\xc2\x9b\r\n\t", 10), "\\u001b["
									    "2J\\u007f\\u009b\\r\\n"
									    "\\t");
	assert_string_equal(show_plain(a, "\xe2\x80\xae\xe2\x81\xa6\xef\xbb\xbf", 9), "\\u202e\\u20"
										      "66\\ufeff");
	assert_string_equal(show_plain(a, bytes, 4), "a\\xff\\xc3(");
	assert_string_equal(show_plain(a, "äß€😀", strlen("äß€😀")), "äß€😀");
	assert_int_equal(show_width("äß€😀a"), 5);
}

TEST(show_clipped_text)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(show_clipped(a, "äöü", 3, true), "äöü");
	assert_string_equal(show_clipped(a, "äöüß", 3, true), "äöü…");
	assert_string_equal(show_clipped(a, "äöüß", 2, false), "äö...");
}

TEST(show_documents)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *text = value_string(a, "{\"a\": 1}");
	struct value *secret = value_mark(a, text, VALUE_SENSITIVE, 0);

	assert_int_equal(show_document(a, NULL, text)->kind, VALUE_MAP);
	assert_ptr_equal(show_document(a, NULL, secret), secret);
	assert_int_equal(show_document(a, NULL, value_string(a, "{not json"))->kind, VALUE_STRING);
	assert_null(show_document(a, NULL, NULL));
}

TEST(show_policies_by_meaning)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const struct value *one = show_by_meaning(a, json(a, "{\"Statement\":{\"Action\":[\"b\","
							     "\"a\"],\"Resource\":[\"r\"],"
							     "\"Principal\":{\"AWS\":[\"x\"]},"
							     "\"Condition\":{\"C\":{\"k\":[\"2\","
							     "\"1\"]}}}}"));
	const struct value *two = show_by_meaning(a, json(a, "{\"Statement\":[{\"Action\":[\"a\","
							     "\"b\"],\"Resource\":\"r\","
							     "\"Principal\":{\"AWS\":\"x\"},"
							     "\"Condition\":{\"C\":{\"k\":[\"1\","
							     "\"2\"]}}}]}"));
	struct value *other = json(a, "{\"Action\":[\"b\",\"a\"]}");

	assert_true(value_equal(one, two));
	assert_ptr_equal(show_by_meaning(a, other), other);
	assert_non_null(show_by_meaning(a, json(a, "{\"Statement\":\"odd\"}")));
	assert_non_null(show_by_meaning(a, json(a, "{\"Statement\":[1,null]}")));
}

/* --- a plan of one change --- */

static char *rendered(struct arena *a, const struct plan *p, bool as_json)
{
	static const struct render_options options = { .unicode = true };
	char *text = NULL, *own;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (as_json)
		render_json(out, p);
	else
		render_text(out, p, &options);
	fclose(out);
	own = arena_strndup(a, text, len);
	free(text);
	return own;
}

/* How one property of any shape is shown when it changes. */
static char *changed(struct arena *a, const struct prop *row, const struct value *before,
		     const struct value *after)
{
	struct plan p = { .by_address = map_new(a), .verdict = VERDICT_CHANGES };
	struct change c = { .address = "x.y", .type_name = "T", .action = ACTION_UPDATE };
	struct difference d = { .path = "P", .prop = row, .before = before, .after = after };
	char *text, *end;

	vec_push(a, &c.differences, d);
	vec_push(a, &p.changes, &c);
	text = strchr(rendered(a, &p, false), '\n') + 1;
	end = strstr(text, "\n\n");
	*end = '\0';
	assert_non_null(json(a, rendered(a, &p, true)));
	return text;
}

TEST(render_scalars_and_shapes)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(changed(a, NULL, value_int(a, 1), value_unknown(a)), "      ~ P: 1 → "
										 "(known after "
										 "apply)");
	assert_string_equal(changed(a, NULL, value_int(a, 1), json(a, "[1]")), "      ~ P: 1 → "
									       "[1]");
	assert_string_equal(changed(a, NULL, json(a, "{}"), json(a, "[]")), "      ~ P: {} → []");
	assert_string_equal(changed(a, NULL, value_string(a, ""), value_string(a, "a\n")), "      "
											   "~ P: "
											   "\"\" → "
											   "\"a\\n"
											   "\"");
	assert_string_equal(changed(a, NULL, json(a, "{\"a\":1,\"b\":2}"),
				    json(a, "{\"b\":3,\"c\":4}")),
			    "      ~ P: {\n"
			    "          ~ b: 2 → 3\n"
			    "          + c: 4\n"
			    "          - a: 1\n"
			    "        }");
}

TEST(render_lines_and_one_line)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(changed(a, NULL, value_string(a, "a"), value_string(a, "a\nb\n")),
			    "      ~ P: |\n"
			    "            a\n"
			    "          + b");
	assert_string_equal(changed(a, NULL, value_string(a, "a\nb"), value_string(a, "b")),
			    "      ~ P: |\n"
			    "          - a\n"
			    "            b");
}

TEST(render_items_that_share_nothing)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(changed(a, NULL, json(a, "[{\"Effect\":\"Allow\",\"A\":1}]"),
				    json(a, "[{\"Effect\":\"Allow\",\"A\":2},{\"B\":3}]")),
			    "      ~ P: [\n"
			    "          - { Effect: \"Allow\", A: 1 }\n"
			    "          + { Effect: \"Allow\", A: 2 }\n"
			    "          + { B: 3 }\n"
			    "        ]");
}

TEST(render_what_is_equal_to_people)
{
	_cleanup_arena_ struct arena *a = arena_new();

	/* The type may see a difference where the tree shows none. */
	assert_string_equal(changed(a, NULL, json(a, "{\"a\":1}"), json(a, "{\"a\":\"1\"}")),
			    "      ~ P: { a: 1 } → { a: \"1\" }");
	assert_string_equal(changed(a, NULL, json(a, "[1,2,3]"), json(a, "[1,2,3]")), "      ~ P: "
										      "[1, 2, 3] → "
										      "[1, 2, 3]");
}

TEST(render_items_by_key)
{
	_cleanup_arena_ struct arena *a = arena_new();
	static const struct prop sub[] = { PROP("K", STRING, 0), PROP("V", INT, 0, .def = "1"),
					   PROP("Secret", STRING, P_SENSITIVE), PROP_END };
	static const struct prop row = PROP("P", LIST, 0, OF(OBJECT), .sub = sub, .key = "K");

	assert_string_equal(changed(a, &row,
				    json(a, "[{\"K\":\"a\",\"V\":1},{\"K\":\"b\",\"V\":2,"
					    "\"Secret\":\"hunter2\"}]"),
				    json(a, "[{\"K\":\"a\"},{\"K\":\"b\",\"V\":3,\"Secret\":"
					    "\"hunter3\"},"
					    "{\"K\":\"c\"}]")),
			    "      ~ P: [\n"
			    "          ~ {  # K \"b\"\n"
			    "              ~ V:      2 → 3\n"
			    "              ~ Secret: (sensitive value)\n"
			    "            }\n"
			    "          + { K: \"c\" }\n"
			    "          # 1 unchanged\n"
			    "        ]");
}

TEST(render_secret_beside_plain_in_a_document)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *before = value_map(a), *after = value_map(a);

	value_set(a, before, "p", value_string(a, "1"));
	value_set(a, before, "s", value_mark(a, value_string(a, "hunter2"), VALUE_SENSITIVE, 0));
	value_set(a, after, "p", value_string(a, "2"));
	value_set(a, after, "s", value_mark(a, value_string(a, "hunter3"), VALUE_SENSITIVE, 0));
	value_set(a, before, "q", value_string(a, "plain"));
	value_set(a, after, "q", value_mark(a, value_string(a, "hunter4"), VALUE_SENSITIVE, 0));
	assert_string_equal(changed(a, NULL, before, after), "      ~ P: {\n"
							     "          ~ p: \"1\" → \"2\"\n"
							     "          ~ s: (sensitive value)\n"
							     "          ~ q: (sensitive value)\n"
							     "        }");
}

TEST(render_names_of_actions)
{
	struct change c = { .action = ACTION_REPLACE };

	assert_string_equal(action_symbol(&c), "+/-");
	c.delete_first = true;
	assert_string_equal(action_symbol(&c), "-/+");
	for (int action = ACTION_NOOP; action <= ACTION_MOVE; action++) {
		c.action = (enum action)action;
		assert_non_null(action_name(c.action));
		assert_non_null(action_symbol(&c));
	}
}

TEST(render_reasons)
{
	_cleanup_arena_ struct arena *a = arena_new();

	for (int kind = REASON_STACK; kind <= REASON_DESTROY; kind++) {
		struct reason plain = { (enum reason_kind)kind, NULL };
		struct reason about = { (enum reason_kind)kind, "tables.t" };

		assert_non_null(reason_text(a, &plain));
		assert_true(str_ends(reason_text(a, &about), " tables.t"));
	}
}
