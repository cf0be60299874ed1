#include "lang_test.h"

#include "lang/yaml.h"
#include "model/json.h"

static int parse_n(struct run *r, const char *text, size_t len, struct value **ret)
{
	return yaml_parse(r->arena, r->sources, source_add(r->sources, "c.yaml", text, len), ret,
			  r->diags);
}

static int parse(struct run *r, const char *text, struct value **ret)
{
	return parse_n(r, text, strlen(text), ret);
}

/* The document as JSON, which must parse without a complaint. */
static const char *json_of(struct run *r, const char *text)
{
	struct value *v;

	if (parse(r, text, &v) < 0)
		fail_msg("%s", run_output(r));
	assert_silent(r);
	return json_text(r->arena, v, JSON_COMPACT);
}

/* One complaint, printed exactly so. */
static void assert_complains(const char *text, const char *output)
{
	_cleanup_run_ struct run r = run_new();
	struct value *v;

	assert_int_equal(parse(&r, text, &v), -1);
	assert_string_equal(run_output(&r), output);
}

static void assert_complains_of(const char *text, const char *part)
{
	_cleanup_run_ struct run r = run_new();
	struct value *v;

	assert_int_equal(parse(&r, text, &v), -1);
	assert_says(&r, part);
}

TEST(yaml_documents)
{
	_cleanup_run_ struct run r = run_new();

	assert_string_equal(json_of(&r, ""), "{}");
	assert_string_equal(json_of(&r, "# nothing\n"), "{}");
	assert_string_equal(json_of(&r, "---\n"), "{}");
	assert_string_equal(json_of(&r, "---\na: b\n...\n"), "{\"a\":\"b\"}");
	assert_string_equal(json_of(&r, "\xef\xbb\xbf"
					"a: b"),
			    "{\"a\":\"b\"}");
	assert_string_equal(json_of(&r, "a: b\r\nc: [d, \"e\"]\r\n"), "{\"a\":\"b\",\"c\":[\"d\","
								      "\"e\"]}");
	assert_string_equal(json_of(&r, "a: |\r\n  x\r\n  y\r\n"), "{\"a\":\"x\\ny\\n\"}");
	assert_string_equal(json_of(&r, "{\"a\":{\"b\":[]},\"c\":{}}"), "{\"a\":{\"b\":[]},\"c\":{}"
									"}");
}

/* YAML 1.1's traps: text as written, whoever wants a number looks for one. */
TEST(yaml_scalars_are_text)
{
	_cleanup_run_ struct run r = run_new();

	assert_string_equal(json_of(&r, "a: [no, ON, 012345670123, 2012-10-17, 1:30, 1e3, null, ~, "
					".inf, '=']"),
			    "{\"a\":[\"no\",\"ON\",\"012345670123\",\"2012-10-17\",\"1:30\","
			    "\"1e3\",\"null\",\"~\","
			    "\".inf\",\"=\"]}");
	assert_string_equal(json_of(&r, "on: 1\n200: 2\n"), "{\"on\":\"1\",\"200\":\"2\"}");
	assert_string_equal(json_of(&r, "GET /x/{id}: f\na: ${x}\nb: cron(0 3 ? * MON,FRI *)"),
			    "{\"GET /x/{id}\":\"f\",\"a\":\"${x}\",\"b\":\"cron(0 3 ? * MON,FRI "
			    "*)\"}");
}

TEST(yaml_flags)
{
	_cleanup_run_ struct run r = run_new();
	struct value *v;

	assert_int_equal(parse(&r,
			       "a: x\nb: 'x'\nc: \"x\"\nd: |\n  x\ne:\nf: ''\ng: null\nh: "
			       "'null'\ni: ~\n",
			       &v),
			 0);
	assert_int_equal(value_get(v, "a")->flags, VALUE_PLAIN);
	assert_int_equal(value_get(v, "b")->flags, VALUE_QUOTED);
	assert_int_equal(value_get(v, "c")->flags, VALUE_QUOTED);
	assert_int_equal(value_get(v, "d")->flags, VALUE_QUOTED);
	assert_true(yaml_is_empty(value_get(v, "e")));
	assert_false(yaml_is_empty(value_get(v, "f")));
	assert_false(yaml_is_empty(value_get(v, "g")));
	assert_true(yaml_is_null(value_get(v, "g")));
	assert_false(yaml_is_null(value_get(v, "h")));
	assert_false(yaml_is_null(value_get(v, "e")));
	assert_false(yaml_is_null(value_get(v, "i")));
}

static void assert_spans(const char *text)
{
	_cleanup_run_ struct run r = run_new();
	struct value *v;

	assert_int_equal(parse(&r, text, &v), 0);
	value_each_pair(v, p) {
		const char *covered = run_covered(&r, p->value->span);

		assert_string_equal(run_covered(&r, p->key_span), p->key);
		/* Every value in these texts ends with its mark. */
		assert_true(strlen(covered) > 0);
		assert_true(str_ends(covered, "E") || str_ends(covered, "E\"") ||
			    str_ends(covered, "E'") || str_ends(covered, "E]") ||
			    str_ends(covered, "E}"));
		assert_true(strchr("\"'[{B|>", covered[0]) != NULL);
	}
}

TEST(yaml_spans_are_bytes)
{
	assert_spans("ä: BE\nb: \"ü B E\"  # c\nc: 'BE'\n");
	assert_spans("größe: [Bä, { x: E } , E]   \nb: { B: E}\n\n");
	assert_spans("a:\n  B: ö\n  c: E\n\n# comment\nb: BE\n");
	assert_spans("a: |\n  é B\n  E\n\n\nb: BE\n");
	assert_spans("a: &x BE\nb: &y\n   BE\nc: &z [E]\n");
	assert_spans("\xef\xbb\xbf"
		     "a: BE\r\nb: \"BE\"\r\n");
}

TEST(yaml_spans_far_into_the_text)
{
	_cleanup_run_ struct run r = run_new();
	_cleanup_str_ struct str text = STR_INIT;
	struct value *v;

	str_add(&text, "a: \"");
	for (int i = 0; i < 1000; i++)
		str_add(&text, "äb€");
	str_add(&text, "\"\nlast: here\n");
	assert_int_equal(parse(&r, str_text(&text), &v), 0);
	assert_string_equal(run_covered(&r, value_get(v, "last")->span), "here");
}

TEST(yaml_aliases_share)
{
	_cleanup_run_ struct run r = run_new();
	struct value *v;

	assert_int_equal(parse(&r, "a: &x { b: c }\nd: *x\ne: &x f\ng: *x\n", &v), 0);
	assert_ptr_equal(value_get(v, "a"), value_get(v, "d"));
	assert_string_equal(value_text_at(v, "g"), "f");
}

TEST(yaml_duplicate_keys_at_both_places)
{
	assert_complains("queues:\n  a: 1\n  b: 2\n  a: 3\n", "c.yaml:4:3: error: the key `a` "
							      "stands here twice\n"
							      "    4 |   a: 3\n"
							      "      |   ^\n"
							      "c.yaml:2:3: note: first here\n"
							      "    2 |   a: 1\n"
							      "      |   ^\n");
	assert_complains_of("{ \"a\": 1, a: 2 }", "c.yaml:1:11: error: the key `a`");
}

TEST(yaml_duplicate_keys_of_large_maps)
{
	_cleanup_run_ struct run r = run_new();
	_cleanup_str_ struct str text = STR_INIT;
	struct value *v;

	for (int i = 0; i < 40000; i++)
		str_addf(&text, "k%d: v\n", i);
	assert_int_equal(parse(&r, str_text(&text), &v), 0);
	assert_int_equal(value_len(v), 40000);
	str_add(&text, "k20: v\n");
	assert_int_equal(parse(&r, str_text(&text), &v), -1);
	assert_says(&r, "c.yaml:40001:1: error: the key `k20` stands here twice");
	assert_says(&r, "c.yaml:21:1: note: first here");
}

TEST(yaml_all_wrong_values_are_reported)
{
	_cleanup_run_ struct run r = run_new();
	struct value *v;

	assert_int_equal(parse(&r, "a: !Ref X\nb: { c:d }\n<<: *q\na: 2\ne: f\n", &v), -1);
	assert_int_equal(diags_errors(r.diags), 5);
	assert_non_null(v);
	assert_true(value_is(value_get(v, "a"), VALUE_UNKNOWN));
	assert_string_equal(value_text_at(v, "e"), "f");
}

TEST(yaml_tags)
{
	assert_complains("a: !Ref Orders\n", "c.yaml:1:4: error: `!Ref` is CloudFormation's; tags "
					     "are not taken here\n"
					     "    1 | a: !Ref Orders\n"
					     "      |    ^~~~\n"
					     "  hint: a reference is `${SECTION.NAME.ATTRIBUTE}`, "
					     "as in `${tables.orders.name}`\n");
	assert_complains_of("a: &x !Sub \"x\"", "1:7: error: `!Sub` is");
	assert_complains_of("a: !Sub\"x\"", "1:4: error: `!Sub` is");
	assert_complains_of("a: !GetAtt [a, b]", "`!GetAtt` is");
	assert_complains_of("a: !!str 5", "error: YAML tags such as `!!str` are not taken");
	assert_complains_of("a: !A!b x", "error: YAML tags such as `!A!b` are not taken");
	assert_complains_of("a: !<x> x", "error: YAML tags such as `!<x>` are not taken");
	assert_complains_of("!Ref a: b", "`!Ref` is");
	assert_complains_of("a: ! x", "error: YAML tags");
}

TEST(yaml_documents_and_directives)
{
	assert_complains_of("a: b\n---\nc: d\n", "2:1: error: a second YAML document");
	assert_complains_of("%YAML 1.2\n---\na: b", "1:1: error: YAML directives are not taken");
	assert_complains_of("%TAG ! x:\n---\na: b", "1:1: error: YAML directives are not taken");
	assert_complains_of("%x\n---\na: b", "1:1: error: YAML directives are not taken");
}

TEST(yaml_flow_traps)
{
	assert_complains("t: { a: ${x.y} }\n", "c.yaml:1:9: error: an expression inside { } or [ ] "
					       "must be quoted\n"
					       "    1 | t: { a: ${x.y} }\n"
					       "      |         ^~~~~~\n"
					       "  hint: write \"${x.y}\"\n");
	assert_complains_of("[ ${x} ]", "write \"${x}\"");
	assert_complains_of("{ s: cron(0 3 ? * MON,FRI *) }", "quote it: \"cron(0 3 ? * MON,FRI "
							      "*)\"");
	assert_complains_of("{ s: f(a, b) }", "quote it: \"f(a, b)\"");
	assert_complains_of("{ a:b }", "put a blank behind the colon");
	assert_complains_of("pattern: { $.x = \"y\" }", "1:12: error: a key without a value");
	assert_complains_of("{ a: , b: c }", "1:3: error: a key without a value");
	assert_complains_of("[ a: ]", "1:3: error: a key without a value");
	assert_complains_of("{ GET /x/{id}: f }", "1:10: error: `{` inside an unquoted text");
	assert_complains_of("[a, , b]", "a value is missing here");
	assert_complains_of("a: {b: c\nd: e", "1:4: note: `{` opens here");
	assert_complains_of("x: [1\ny: 2", "`,` or `]` is missing");
}

TEST(yaml_first_characters)
{
	assert_complains_of("a: @x y", "1:4: error: a text cannot begin with `@`");
	assert_complains_of("a: `x`", "a text cannot begin with ``` unless");
	assert_complains_of("a: %x", "a text cannot begin with `%`");
	assert_complains_of("a: *", "quote it: \"*\"");
	assert_complains_of("a: [*, b]", "quote it: \"*\"");
	assert_complains_of("a: *images", "quote it: \"*images\"");
	assert_complains_of("a: *.x", "quote it: \"*.x\"");
	assert_complains_of("a: &", "`&` begins a YAML anchor");
	assert_complains_of("a: }", "a value is missing here");
}

TEST(yaml_tabs)
{
	assert_complains_of("a:\n\tb: c", "2:1: error: a tab where YAML wants spaces");
	assert_complains_of("a: b\n\tc: d", "2:1: error: a tab where YAML wants spaces");
	assert_complains_of("a: |\n\tb", "2:1: error: a tab where YAML wants spaces");
}

TEST(yaml_quotes)
{
	assert_complains_of("a: \"${f(\"x\")}\"", "expressions take both quotes");
	assert_complains_of("a: \"x\" y", "1:8: error: text behind the closing quote");
	assert_complains_of("a: \"x\nb: c", "1:4: error: the quote that opens here is not closed");
	assert_complains_of("a: 'x\n---\n", "1:4: error: the quote that opens here is not closed");
	assert_complains_of("a: \"\\d\"", "write \\\\ for a backslash");
	assert_complains_of("a: \"\\ud800\"", "1:");
}

TEST(yaml_block_mistakes)
{
	assert_complains_of("a: b: c", "1:5: error: a second `:`");
	assert_complains_of("a: b\n  c: d", "2:4: error: a second `:`");
	assert_complains_of("a: 1\nfoo\nb: 2", "2:1: error: `: ` is missing");
	assert_complains_of("a: - b", "a list cannot begin on the line of its key");
	assert_complains_of("a: ? b", "cannot begin with `? `");
	assert_complains_of("  a: 1\n b: 2", "2:2: error: this line fits nothing above it");
	assert_complains_of("a:\n  - b\n c: d", "3:2: error: this line fits nothing above it");
	assert_complains_of("a: |x\n  y", "text behind `|`");
	assert_complains_of(": x", "error: ");
	assert_complains_of("{ : x }", "a key is missing");
	assert_complains_of("? [a]\n: x", "a key must be a text");
	assert_complains_of("? {a: b}\n: x", "a key must be a text");
	assert_complains_of("a: &x b\n*x : c", "2:1: error: a key must be a text");
	assert_complains_of("<<: { a: b }", "YAML merges (`<<`) are not taken");
}

TEST(yaml_encodings)
{
	_cleanup_run_ struct run r = run_new();
	struct value *v;

	assert_int_equal(parse_n(&r,
				 "\xff\xfe"
				 "a\0:\0",
				 6, &v),
			 -1);
	assert_null(v);
	assert_int_equal(parse_n(&r, "\xfe\xff\0a\0:", 6, &v), -1);
	assert_int_equal(parse_n(&r, "a\0:\0 \0b\0", 8, &v), -1);
	assert_string_equal(run_output(&r), "c.yaml:1:1: error: the file is UTF-16\n"
					    "  hint: save the file as UTF-8\n");
	assert_int_equal(parse_n(&r, "a: b\0c", 6, &v), -1);
	assert_says(&r, "1:5: error: a NUL character");
	assert_complains_of("a: \xff", "1:4: error: this is not UTF-8");
	assert_complains_of("a: \xed\xa0\x80", "1:4: error: this is not UTF-8");
	assert_complains_of("a: \xc0\x80", "1:4: error: this is not UTF-8");
	assert_complains_of("a: \x1b[31m", "1:4: error: the control character U+001B");
	assert_complains_of("a: b\nc: \xe2\x80\xa8", "2:4: error: U+2028 ends a line in YAML");
	assert_complains_of("a: b\n\xef\xbb\xbf"
			    "c: d",
			    "2:1: error: a byte order mark");
	assert_complains_of("a: b\rc: d", "1:5: error: a carriage return without a line feed");
	assert_complains_of("a: \"\\0\"", "1:4: error: a text cannot hold a NUL");
}

static void assert_nested(const char *open, int levels, int wanted, const char *place)
{
	_cleanup_run_ struct run r = run_new();
	_cleanup_str_ struct str text = STR_INIT;
	struct value *v;

	for (int i = 0; i < levels; i++)
		str_add(&text, open);
	for (int i = 0; i < levels && *open != '-'; i++)
		str_add(&text, *open == '[' ? "]" : "}");
	assert_int_equal(parse(&r, str_text(&text), &v), wanted);
	if (wanted < 0)
		assert_says(&r, place);
}

TEST(yaml_depth)
{
	assert_nested("[", 64, 0, NULL);
	assert_nested("[", 65, -1, "c.yaml:1:65: error: nested deeper than 64 levels");
	assert_nested("[", 100000, -1, "c.yaml:1:65: error: nested deeper than 64 levels");
	assert_nested("{a: ", 100000, -1, "c.yaml:1:257: error: nested deeper than 64 levels");
	assert_nested("- ", 65, -1, "c.yaml:1:129: error: nested deeper than 64 levels");
}

TEST(yaml_depth_after_aliases)
{
	_cleanup_run_ struct run r = run_new();
	_cleanup_str_ struct str text = STR_INIT;
	struct value *v;

	str_add(&text, "- &a0 []\n");
	for (int i = 0; i < 62; i++)
		str_addf(&text, "- &a%d [*a%d]\n", i + 1, i);
	assert_int_equal(parse(&r, str_text(&text), &v), 0);
	str_add(&text, "- [*a62]\n");
	assert_int_equal(parse(&r, str_text(&text), &v), -1);
	assert_says(&r, "c.yaml:64:4: error: nested deeper than 64 levels");
}

TEST(yaml_alias_bombs)
{
	_cleanup_run_ struct run r = run_new();
	_cleanup_str_ struct str text = STR_INIT;
	struct value *v;

	str_add(&text, "- &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 0; i < 9; i++)
		str_addf(&text,
			 "- &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n",
			 i + 1, i, i, i, i, i, i, i, i, i, i);
	assert_int_equal(parse(&r, str_text(&text), &v), -1);
	assert_says(&r, "c.yaml:5:");
	assert_says(&r, "more than 100000 keys and values");
	assert_complains_of("a: &a [*a]", "1:8: error: the YAML alias `*a` stands inside its own "
					  "anchor");
}

TEST(yaml_alias_bombs_of_text)
{
	_cleanup_run_ struct run r = run_new();
	_cleanup_str_ struct str text = STR_INIT;
	struct value *v;

	str_add(&text, "a: &a \"");
	for (int i = 0; i < 600000; i++)
		str_addc(&text, 'x');
	str_add(&text, "\"\nb: [ *a ]");
	assert_int_equal(parse(&r, str_text(&text), &v), -1);
	assert_says(&r, "c.yaml:2:6: error: more than 1 MB of text");
}

TEST(yaml_size)
{
	_cleanup_run_ struct run r = run_new();
	_cleanup_str_ struct str text = STR_INIT;
	struct value *v;

	while (text.len < YAML_MAX_BYTES)
		str_add(&text, "# 3456789abcdef\n");
	assert_int_equal(parse(&r, str_text(&text), &v), 0);
	str_add(&text, "x");
	assert_int_equal(parse(&r, str_text(&text), &v), -1);
	assert_string_equal(run_output(&r), "c.yaml:65537:1: error: the file is larger than 1 "
					    "MB\n");
}

TEST(yaml_nodes)
{
	_cleanup_run_ struct run r = run_new();
	_cleanup_str_ struct str text = STR_INIT;
	struct value *v;

	for (int i = 0; i < 99999; i++)
		str_add(&text, "- x\n");
	assert_int_equal(parse(&r, str_text(&text), &v), 0);
	str_add(&text, "- x\n");
	assert_int_equal(parse(&r, str_text(&text), &v), -1);
	assert_says(&r, "c.yaml:100000:3: error: more than 100000");
}

/* Any cut of a document is read or refused, never worse. */
TEST(yaml_every_prefix)
{
	static const char text[] = "a: &x { b: \"c\\n\", d: [e, 'f''g', ${h}] }\ni:\n  - j: |\n    "
				   "  k\n"
				   "  - !Ref l\n  - *x\n? m\n: n\n";

	for (size_t len = 0; len < sizeof(text); len++) {
		_cleanup_run_ struct run r = run_new();
		struct value *v;
		int failed = parse_n(&r, arena_strndup(r.arena, text, len), len, &v);

		assert_true(failed == 0 ? v != NULL : diags_errors(r.diags) > 0);
	}
}
