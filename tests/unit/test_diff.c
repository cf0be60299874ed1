#include "test.h"

#include <stdio.h>
#include <string.h>

#include "model/json.h"
#include "model/secret.h"
#include "plan/diff.h"
#include "plan/mask.h"
#include "plan/path.h"
#include "plan/seqdiff.h"

/* clang-format off */
static const struct prop sub_rows[] = {
	PROP("A", STRING, 0, .doc = ""),
	PROP("B", INT, 0, .def = "3", .doc = ""),
	PROP("Secret", STRING, P_SENSITIVE, .doc = ""),
	PROP_END
};
static const struct prop rows[] = {
	PROP("Name", STRING, P_REPLACE, .doc = ""),
	PROP("Size", INT, 0, .def = "128", .doc = ""),
	PROP("Reset", OBJECT, P_CREATE_DEFAULT, .sub = sub_rows, .reset = "{\"A\":\"none\"}", .doc = ""),
	PROP("Chosen", STRING, P_CREATE_DEFAULT, .doc = ""),
	PROP("Object", OBJECT, 0, .sub = sub_rows, .def = "{\"A\":\"off\"}", .doc = ""),
	PROP("Fixed", OBJECT, P_REPLACE, .sub = sub_rows, .doc = ""),
	PROP("Items", LIST, 0, OF(OBJECT), .sub = sub_rows, .doc = ""),
	PROP("Map", MAP, 0, .doc = ""),
	PROP("Keyed", LIST, P_KEYED, OF(OBJECT), .sub = sub_rows, .key = "A", .doc = ""),
	PROP("Arn", STRING, P_COMPUTED, .doc = ""),
	PROP_END
};
/* clang-format on */

static struct value *json(struct arena *a, const char *text)
{
	struct value *v = text ? json_parse(a, text, strlen(text), NULL) : NULL;

	assert_true(!text || v);
	return v;
}

/* One line a difference: path, kind of change, flags. */
static char *differences(struct arena *a, const char *wanted, const char *recorded,
			 const char *live)
{
	_cleanup_str_ struct str out = STR_INIT;
	struct diff_input in = {
		rows, json(a, wanted), json(a, recorded), json(a, live), NULL, NULL
	};
	struct diff diff = { 0 };

	diff_props(a, &in, &diff);
	for (size_t i = 0; i < diff.differences.len; i++) {
		const struct difference *d = &diff.differences.items[i];

		str_addf(&out, "%s%s %s%s%s", i ? "; " : "", d->path,
			 !d->before ? "+"
			 : d->after ? "~"
				    : "-",
			 d->reason == REASON_DRIFT ? " drift"
			 : d->drifted		   ? " both"
						   : "",
			 d->replaces ? " replaces" : "");
	}
	if (diff.stale)
		str_add(&out, out.len ? "; stale" : "stale");
	return str_dup(&out, a);
}

static void assert_differences(const char *wanted, const char *recorded, const char *live,
			       const char *want)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(differences(a, wanted, recorded, live), want);
}

TEST(diff_three_ways)
{
	assert_differences("{\"Size\":1}", "{\"Size\":1}", "{\"Size\":1}", "");
	assert_differences("{\"Size\":2}", "{\"Size\":1}", "{\"Size\":1}", "Size ~");
	assert_differences("{\"Size\":1}", "{\"Size\":1}", "{\"Size\":2}", "Size ~ drift");
	assert_differences("{\"Size\":3}", "{\"Size\":1}", "{\"Size\":2}", "Size ~ both");
	assert_differences("{\"Size\":2}", "{\"Size\":1}", "{\"Size\":2}", "stale");
	assert_differences("{\"Size\":2}", "{}", "{\"Size\":1}", "Size ~");
	assert_differences("{\"Size\":2}", "{}", "{\"Size\":2}", "stale");
	assert_differences("{}", "{}", "{\"Size\":2}", "");
	assert_differences("{}", "{\"Size\":1}", "{\"Size\":2}", "Size - both");
}

TEST(diff_stale_stays)
{
	assert_differences("{\"Size\":2,\"Map\":{}}", "{\"Size\":1,\"Map\":{}}", "{\"Size\":2}",
			   "stale");
}

TEST(diff_goes_by_the_rows)
{
	assert_differences("{\"Map\":{\"b\":\"1\",\"a\":\"1\"},\"Other\":1,\"Size\":1,\"Name\":"
			   "\"n\"}",
			   "{\"Map\":{\"x\":\"\"}}", "{\"Map\":{\"x\":\"\"}}",
			   "Name + replaces; Size +; Map[\"b\"] +; Map[\"a\"] +; Map[\"x\"] -; "
			   "Other +");
}

TEST(diff_takes_recorded_for_live_when_it_was_not_read)
{
	assert_differences("{\"Size\":1}", "{\"Size\":1}", NULL, "");
	assert_differences("{\"Size\":2}", "{\"Size\":1}", NULL, "Size ~");
	assert_differences("{}", "{\"Size\":1}", NULL, "Size -");
}

TEST(diff_defaults)
{
	assert_differences("{\"Size\":128}", "{\"Size\":128}", "{}", "");
	assert_differences("{\"Size\":128}", "{\"Size\":1}", "{}", "stale");
	assert_differences("{}", "{\"Size\":1}", "{\"Size\":128}", "stale");
	assert_differences("{\"Object\":null}", "{\"Object\":null}", "{}", "");
	assert_differences("{}", "{\"Object\":{\"A\":\"on\",\"B\":7}}",
			   "{\"Object\":{\"A\":\"off\"}}", "stale");
	assert_differences("{\"Object\":{\"A\":\"off\"}}", "{\"Object\":{\"A\":\"on\"}}", "{}",
			   "stale");
}

TEST(diff_what_aws_chooses)
{
	assert_differences("{}", "{\"Chosen\":\"x\"}", "{\"Chosen\":\"x\"}", "stale");
	assert_differences("{\"Chosen\":\"y\"}", "{\"Chosen\":\"x\"}", "{\"Chosen\":\"x\"}",
			   "Chosen ~");
	/* Where there is a way back, it is gone. */
	assert_differences("{}", "{\"Reset\":{\"A\":\"x\"}}", "{\"Reset\":{\"A\":\"x\"}}",
			   "Reset -");
	assert_differences("{}", "{\"Reset\":{\"A\":\"x\"}}", "{\"Reset\":{\"A\":\"none\"}}",
			   "stale");
}

TEST(diff_objects)
{
	const char *old = "{\"Object\":{\"A\":\"x\",\"B\":5}}";

	assert_differences("{\"Object\":{\"A\":\"y\",\"B\":6}}", old, old,
			   "Object.A ~; Object.B ~");
	assert_differences("{\"Object\":{\"A\":\"x\"}}", old, old, "Object.B -");
	assert_differences("{\"Object\":{\"A\":\"x\"}}", old, "{\"Object\":{\"A\":\"x\",\"B\":3}}",
			   "stale");
	assert_differences("{}", old, old, "Object -");
	assert_differences("{\"Object\":{\"A\":\"y\"}}", "{}", "{}", "Object +");
	assert_differences("{\"Fixed\":{\"A\":\"y\"}}", "{\"Fixed\":{\"A\":\"x\"}}",
			   "{\"Fixed\":{\"A\":\"x\"}}", "Fixed.A ~ replaces");
	assert_differences("{\"Fixed\":{\"A\":\"y\"}}", "{}", "{}", "Fixed + replaces");
	assert_differences("{\"Object\":{\"A\":\"y\",\"B\":5}}", "{\"Object\":{\"B\":5}}", "{}",
			   "Object + both");
	assert_differences("{\"Object\":{\"B\":5,\"A\":\"y\"}}", "{\"Object\":{\"B\":5}}", "{}",
			   "Object + both");
	/* Another shape than the row's is compared as a whole. */
	assert_differences("{\"Object\":\"text\"}", old, old, "Object ~");
}

TEST(diff_maps_are_ours_as_a_whole)
{
	assert_differences("{\"Map\":{\"a\":\"1\"}}", "{\"Map\":{\"a\":\"1\"}}",
			   "{\"Map\":{\"a\":\"1\",\"b\":\"2\"}}", "Map[\"b\"] - drift");
	assert_differences("{}", "{\"Map\":{\"a\":\"1\"}}", "{\"Map\":{\"a\":\"1\"}}", "Map -");
	assert_differences("{\"Map\":{}}", "{\"Map\":{\"a\":\"1\"}}", "{\"Map\":{\"a\":\"1\"}}",
			   "Map[\"a\"] -");
}

TEST(diff_keyed_lists)
{
	const char *two = "{\"Keyed\":[{\"A\":\"x\",\"B\":1},{\"A\":\"y\",\"B\":2}]}";

	assert_differences("{\"Keyed\":[{\"A\":\"y\",\"B\":2},{\"A\":\"x\",\"B\":1}]}", two, two,
			   "");
	assert_differences("{\"Keyed\":[{\"A\":\"x\",\"B\":1}]}", two, two, "Keyed[\"y\"] -");
	assert_differences("{\"Keyed\":[{\"A\":\"x\",\"B\":1}]}",
			   "{\"Keyed\":[{\"A\":\"x\",\"B\":1}]}", two, "");
	assert_differences("{\"Keyed\":[{\"A\":\"x\",\"B\":9},{\"A\":\"z\",\"B\":1}]}", two, two,
			   "Keyed[\"x\"].B ~; Keyed[\"z\"] +; Keyed[\"y\"] -");
	/* Without a key, or with one twice, only as a whole. */
	assert_differences("{\"Keyed\":[{\"B\":9}]}", two, two, "Keyed ~");
	assert_differences("{\"Keyed\":[{\"A\":\"x\"},{\"A\":\"x\"}]}", two, two, "Keyed ~");
}

TEST(diff_lists_are_whole)
{
	assert_differences("{\"Items\":[{\"A\":\"x\"}]}", "{\"Items\":[{\"A\":\"x\"}]}",
			   "{\"Items\":[{\"A\":\"x\",\"B\":3}]}", "");
	assert_differences("{\"Items\":[{\"A\":\"x\"}]}", "{\"Items\":[{\"A\":\"x\"}]}",
			   "{\"Items\":[{\"A\":\"x\",\"B\":4}]}", "Items ~ drift");
}

TEST(diff_leaves_computed_and_strange_properties)
{
	assert_differences("{\"Arn\":\"a\"}", "{\"Arn\":\"b\"}", "{\"Arn\":\"c\"}", "");
	assert_differences("{}", "{\"Older\":1}", "{\"Older\":1}", "stale");
	assert_differences("{\"Newer\":1}", "{\"Newer\":2}", "{\"Newer\":2}", "Newer ~");
}

TEST(diff_unknown_is_a_difference_where_it_is)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *wanted = value_map(a), *object = value_map(a);
	struct diff_input in = { rows,
				 wanted,
				 json(a, "{\"Object\":{\"A\":\"x\",\"B\":5}}"),
				 json(a, "{\"Object\":{\"A\":\"x\",\"B\":5}}"),
				 NULL,
				 NULL };
	struct diff diff = { 0 };

	value_set(a, object, "A", value_unknown(a));
	value_set(a, object, "B", value_int(a, 5));
	value_set(a, wanted, "Object", object);
	diff_props(a, &in, &diff);
	assert_int_equal(diff.differences.len, 1);
	assert_string_equal(diff.differences.items[0].path, "Object.A");
	assert_true(diff.differences.items[0].unknown);
}

TEST(diff_members_inherit_what_their_object_says)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diff_input in = { rows,
				 json(a, "{\"Fixed\":{\"A\":\"b\",\"Secret\":\"x\"}}"),
				 json(a, "{\"Fixed\":{\"A\":\"a\",\"Secret\":\"y\"}}"),
				 json(a, "{\"Fixed\":{\"A\":\"a\",\"Secret\":\"y\"}}"),
				 NULL,
				 NULL };
	struct diff diff = { 0 };

	diff_props(a, &in, &diff);
	assert_int_equal(diff.differences.len, 2);
	assert_true(diff.differences.items[0].replaces);
	assert_false(diff.differences.items[0].sensitive);
	assert_true(diff.differences.items[1].replaces);
	assert_true(diff.differences.items[1].sensitive);
}

TEST(diff_ignored_paths)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct lifecycle life = { 0 };

	assert_false(diff_ignored(a, NULL, "Size"));
	assert_false(diff_ignored(a, &life, "Size"));
	vec_push(a, &life.ignore_changes, "Tags.team");
	vec_push(a, &life.ignore_changes, "Map[\"a.b\"]");
	assert_true(diff_ignored(a, &life, "Tags[\"team\"]"));
	assert_true(diff_ignored(a, &life, "Tags[\"team\"].x"));
	assert_false(diff_ignored(a, &life, "Tags"));
	assert_false(diff_ignored(a, &life, "Tags[\"team2\"]"));
	assert_true(diff_ignored(a, &life, "Map[\"a.b\"]"));
	vec_push(a, &life.ignore_changes, "*");
	assert_true(diff_ignored(a, &life, "Anything"));
}

TEST(diff_whole_lists_every_property)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct reason why = { REASON_NEW, NULL };
	struct diff diff = { 0 };

	diff_whole(a, rows, NULL, json(a, "{\"Name\":\"n\",\"Size\":1,\"Arn\":\"a\",\"Map\":null}"),
		   &why, &diff);
	assert_int_equal(diff.differences.len, 2);
	assert_string_equal(diff.differences.items[0].path, "Name");
	assert_int_equal(diff.differences.items[0].reason, REASON_NEW);
	assert_null(diff.differences.items[0].before);
	assert_false(diff.differences.items[0].replaces);
}

/* --- paths --- */

TEST(path_words)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const char *path = "A.B[\"c.\\\"d\\\\\"].E", *empty = "";

	assert_string_equal(path_next(a, &path), "A");
	assert_string_equal(path_next(a, &path), "B");
	assert_string_equal(path_next(a, &path), "c.\"d\\");
	assert_string_equal(path_next(a, &path), "E");
	assert_null(path_next(a, &path));
	assert_null(path_next(a, &empty));
	path = path_item(a, path_member(a, path_member(a, "", "A"), "B"), "x\"\\");
	assert_string_equal(path, "A.B[\"x\\\"\\\\\"]");
	path_next(a, &path);
	path_next(a, &path);
	assert_string_equal(path_next(a, &path), "x\"\\");
}

TEST(path_get_and_put)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const struct value *v = json(a, "{\"A\":{\"B\":1,\"C\":2},\"D\":3}"), *w;

	assert_int_equal(value_int_or(path_get(a, v, "A.C"), 0), 2);
	assert_null(path_get(a, v, "A.X"));
	assert_null(path_get(a, v, "D.X"));
	w = path_put(a, v, "A.B", value_int(a, 9));
	assert_true(value_equal(w, json(a, "{\"A\":{\"B\":9,\"C\":2},\"D\":3}")));
	assert_true(value_equal(v, json(a, "{\"A\":{\"B\":1,\"C\":2},\"D\":3}")));
	w = path_put(a, path_put(a, v, "A.B", NULL), "D", NULL);
	assert_true(value_equal(w, json(a, "{\"A\":{\"C\":2}}")));
	w = path_put(a, NULL, "X[\"y.z\"].W", value_int(a, 1));
	assert_true(value_equal(w, json(a, "{\"X\":{\"y.z\":{\"W\":1}}}")));
	assert_true(value_equal(path_put(a, v, "N.O", NULL), v));
}

/* --- masks --- */

static struct value *secret(struct arena *a, const char *text)
{
	return value_mark(a, value_string(a, text), VALUE_SENSITIVE, 0);
}

TEST(mask_undigest_where_the_value_fits)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *recorded = value_map(a), *plain = value_map(a), *list = value_list(a);
	const struct value *v;

	value_set(a, recorded, "same", value_digest(a, value_string(a, "x")));
	value_set(a, recorded, "other", value_digest(a, value_string(a, "x")));
	value_append(a, list, value_digest(a, value_string(a, "two")));
	value_append(a, list, value_string(a, "one"));
	value_set(a, recorded, "list", list);
	value_set(a, plain, "same", value_string(a, "x"));
	value_set(a, plain, "other", value_string(a, "y"));
	value_set(a, plain, "list", json(a, "[\"one\",\"two\"]"));
	v = mask_undigest(a, recorded, plain);
	assert_string_equal(value_text_at(v, "same"), "x");
	assert_true(value_get(v, "other")->flags & VALUE_DIGEST);
	assert_string_equal(value_text(value_item(value_get(v, "list"), 0)), "two");
	assert_ptr_equal(mask_undigest(a, plain, recorded), plain);
}

TEST(mask_secrets_marks_what_aws_returned)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct value *wanted = value_map(a), *inner = value_map(a), *list = value_list(a);
	const struct value *live = json(a, "{\"a\":\"s\",\"b\":\"p\",\"m\":{\"x\":\"s\",\"y\":"
					   "\"p\"},"
					   "\"l\":[\"p\",\"s\"]}");
	const struct value *v;

	value_set(a, wanted, "a", secret(a, "s"));
	value_set(a, inner, "x", secret(a, "s"));
	value_set(a, wanted, "m", inner);
	value_append(a, list, secret(a, "s"));
	value_set(a, wanted, "l", list);
	v = mask_secrets(a, live, wanted, NULL);
	assert_true(value_get(v, "a")->flags & VALUE_SENSITIVE);
	assert_false(value_get(v, "b")->flags & VALUE_SENSITIVE);
	assert_true(value_path(v, "m.x")->flags & VALUE_SENSITIVE);
	assert_false(value_path(v, "m.y")->flags & VALUE_SENSITIVE);
	assert_true(value_get(v, "l")->flags & VALUE_SENSITIVE);
	assert_ptr_equal(mask_secrets(a, live, live, NULL), live);
	v = mask_secrets(a, live, list, NULL); /* another shape: all of it */
	assert_true(v->flags & VALUE_SENSITIVE);
}

TEST(mask_rows_marks_by_row)
{
	_cleanup_arena_ struct arena *a = arena_new();
	const struct value *v = mask_rows(a, rows,
					  json(a, "{\"Name\":\"n\",\"Object\":{\"A\":\"a\","
						  "\"Secret\":\"s\"},"
						  "\"Items\":[{\"A\":\"a\"},{\"Secret\":\"s\"}],"
						  "\"Keyed\":[{\"Secret\":null}]}"));
	const struct value *plain = json(a, "{\"Name\":\"n\",\"Items\":[{\"A\":\"a\"}]}");

	assert_true(value_path(v, "Object.Secret")->flags & VALUE_SENSITIVE);
	assert_false(value_path(v, "Object.A")->flags & VALUE_SENSITIVE);
	assert_true(value_get(value_item(value_get(v, "Items"), 1), "Secret")->flags &
		    VALUE_SENSITIVE);
	assert_false(value_has_sensitive(value_item(value_get(v, "Items"), 0)));
	assert_ptr_equal(mask_rows(a, rows, plain), plain);
}

/* --- sequences --- */

struct words {
	const char *before, *after;
};

static bool same_letter(void *ctx, size_t before, size_t after)
{
	const struct words *w = ctx;

	return w->before[before] == w->after[after];
}

static void assert_steps(const char *before, const char *after, const char *want)
{
	_cleanup_arena_ struct arena *a = arena_new();
	_cleanup_str_ struct str out = STR_INIT;
	struct words w = { before, after };
	size_t len;
	struct seq_step *steps = seq_diff(a, strlen(before), strlen(after), same_letter, &w, &len);

	for (size_t i = 0; i < len; i++) {
		static const char signs[] = " -+";
		bool added = steps[i].kind == SEQ_ADDED;

		str_addf(&out, "%c%c", signs[steps[i].kind],
			 added ? after[steps[i].after] : before[steps[i].before]);
	}
	assert_string_equal(str_text(&out), want);
}

TEST(seqdiff_steps)
{
	assert_steps("", "", "");
	assert_steps("abc", "abc", " a b c");
	assert_steps("abc", "", "-a-b-c");
	assert_steps("", "abc", "+a+b+c");
	assert_steps("abc", "axc", " a-b+x c");
	assert_steps("abcd", "bd", "-a b-c d");
	assert_steps("ab", "ba", "-a b+a");
	assert_steps("aaa", "aa", " a a-a");
	assert_steps("xabcy", "xbcay", " x-a b c+a y");
}

/* The longest common subsequence of two texts, the slow way. */
static size_t longest(const char *a, const char *b)
{
	size_t one, two;

	if (!*a || !*b)
		return 0;
	if (*a == *b)
		return 1 + longest(a + 1, b + 1);
	one = longest(a + 1, b);
	two = longest(a, b + 1);
	return one > two ? one : two;
}

TEST(seqdiff_is_minimal)
{
	uint32_t seed = 7;

	for (int round = 0; round < 200; round++) {
		_cleanup_arena_ struct arena *a = arena_new();
		char before[9] = { 0 }, after[9] = { 0 };
		struct words w = { before, after };
		struct seq_step *steps;
		size_t len, same = 0;

		for (int i = 0; i < 8; i++) {
			before[i] = (char)('a' + ((seed = seed * 1664525 + 1013904223) >> 16) % 3);
			after[i] = (char)('a' + ((seed = seed * 1664525 + 1013904223) >> 16) % 3);
		}
		steps = seq_diff(a, 8, 8, same_letter, &w, &len);
		for (size_t i = 0; i < len; i++) {
			if (steps[i].kind != SEQ_SAME)
				continue;
			assert_int_equal(before[steps[i].before], after[steps[i].after]);
			same++;
		}
		assert_int_equal(same, longest(before, after));
		assert_int_equal(len, 16 - same);
	}
}

static bool same_number(void *ctx, size_t before, size_t after)
{
	(void)ctx;
	return before == 0 && after == 0;
}

TEST(seqdiff_gives_up_on_giants)
{
	_cleanup_arena_ struct arena *a = arena_new();
	size_t len;
	struct seq_step *steps = seq_diff(a, 5000, 4000, same_number, NULL, &len);

	assert_int_equal(len, 1 + 4999 + 3999);
	assert_int_equal(steps[0].kind, SEQ_SAME);
	assert_int_equal(steps[1].kind, SEQ_REMOVED);
	assert_int_equal(steps[4999].kind, SEQ_REMOVED);
	assert_int_equal(steps[5000].kind, SEQ_ADDED);
	assert_int_equal(steps[5000].after, 1);
}
