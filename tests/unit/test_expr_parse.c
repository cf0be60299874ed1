#include "lang_test.h"

#include "lang/expr_parse.h"
#include "lang/yaml.h"
#include "model/json.h"

/* Parse YAML text and then its expressions. */
static int parse(struct run *r, const char *yaml, struct value **ret)
{
	uint32_t file = source_add(r->sources, "c.yaml", yaml, strlen(yaml));
	struct value *v = NULL;

	if (yaml_parse(r->arena, r->sources, file, &v, r->diags) < 0)
		fail_msg("%s", run_output(r));
	return expr_parse_tree(r->arena, r->sources, v, ret, r->diags);
}

static struct value *parsed(struct run *r, const char *yaml)
{
	struct value *v = NULL;

	if (parse(r, yaml, &v) < 0)
		fail_msg("%s", run_output(r));
	return value_get(v, "a");
}

static void assert_complains(const char *yaml, const char *part)
{
	_cleanup_run_ struct run r = run_new();
	struct value *v = NULL;

	assert_int_equal(parse(&r, yaml, &v), -1);
	assert_int_equal(diags_errors(r.diags), 1);
	assert_says(&r, part);
}

/* The tree as a text with every operation in parentheses. */
static void dump(struct str *out, const struct expr *e)
{
	static const char *const names[] = { "value", "text", "ref", "attribute", "call", "index",
					     "==",    "!=",   "&&",  "||",	  "!" };

	if (e->kind == EXPR_VALUE) {
		json_write(out, e->value, JSON_COMPACT, false);
		return;
	}
	str_addf(out, "(%s", names[e->kind]);
	if (e->name)
		str_addf(out, " %s", e->name);
	for (size_t i = 0; i < e->path_len; i++)
		str_addf(out, " <%s>", e->path[i]);
	for (size_t i = 0; i < e->args_len; i++) {
		str_addc(out, ' ');
		dump(out, e->args[i]);
	}
	str_addc(out, ')');
}

static void assert_tree(const char *expression, const char *wanted)
{
	_cleanup_run_ struct run r = run_new();
	_cleanup_str_ struct str out = STR_INIT, yaml = STR_INIT;
	struct value *v;

	str_addf(&yaml, "a: |-\n  %s\n", expression);
	v = parsed(&r, str_text(&yaml));
	assert_true(value_is(v, VALUE_EXPR));
	dump(&out, v->expr);
	assert_string_equal(str_text(&out), wanted);
}

TEST(expr_parse_plain_text_is_left_alone)
{
	_cleanup_run_ struct run r = run_new();
	struct value *v = NULL, *same;

	assert_int_equal(parse(&r, "a: [x, $y, '{z}', { b: $ }]", &v), 0);
	assert_int_equal(expr_parse_tree(r.arena, r.sources, v, &same, r.diags), 0);
	assert_ptr_equal(v, same);
}

TEST(expr_parse_paths)
{
	assert_tree("${stack}", "(ref <stack>)");
	assert_tree("${ tables.orders.arn }", "(ref <tables> <orders> <arn>)");
	assert_tree("${functions.http-handler.arn}", "(ref <functions> <http-handler> <arn>)");
	assert_tree("${apis.a.routes[\"GET /x\"].id}", "(ref <apis> <a> <routes> <GET /x> <id>)");
	assert_tree("${queues.q['a'].arn}", "(ref <queues> <q> <a> <arn>)");
	assert_tree("${var.list[0]}", "(index (ref <var> <list>) 0)");
	assert_tree("${var.list[0].name}", "(index (index (ref <var> <list>) 0) \"name\")");
	assert_tree("${var.m[var.k]['x']}", "(index (index (ref <var> <m>) (ref <var> <k>)) "
					    "\"x\")");
	assert_tree("${var.m[\"a\" == 'a']}", "(index (ref <var> <m>) (== \"a\" \"a\"))");
	assert_tree("${true.x}", "(index true \"x\")");
}

TEST(expr_parse_values)
{
	assert_tree("${1}", "1");
	assert_tree("${-12}", "-12");
	assert_tree("${0.5}", "0.5");
	assert_tree("${9223372036854775807}", "9223372036854775807");
	assert_tree("${true}", "true");
	assert_tree("${null}", "null");
	assert_tree("${'it\\'s \"}\" \\n'}", "\"it's \\\"}\\\" \\n\"");
	assert_tree("${\"a 'b' \\\\\"}", "\"a 'b' \\\\\"");
	assert_tree("${'ä€'}", "\"ä€\"");
}

TEST(expr_parse_calls)
{
	assert_tree("${f()}", "(call f)");
	assert_tree("${join(',', split(\" #\", var.x))}", "(call join \",\" (call split \" #\" "
							  "(ref <var> <x>)))");
	assert_tree("${if(stage == 'prod', 3, 1)}", "(call if (== (ref <stage>) \"prod\") 3 1)");
	assert_tree("${split(',', x)[1]}", "(index (call split \",\" (ref <x>)) 1)");
}

TEST(expr_parse_operators)
{
	assert_tree("${a || b && c == d}", "(|| (ref <a>) (&& (ref <b>) (== (ref <c>) (ref "
					   "<d>))))");
	assert_tree("${a && b || c}", "(|| (&& (ref <a>) (ref <b>)) (ref <c>))");
	assert_tree("${a == b != c}", "(!= (== (ref <a>) (ref <b>)) (ref <c>))");
	assert_tree("${!a && !!b}", "(&& (! (ref <a>)) (! (! (ref <b>))))");
	assert_tree("${!(a || b)}", "(! (|| (ref <a>) (ref <b>)))");
	assert_tree("${!a.b == c}", "(== (! (ref <a> <b>)) (ref <c>))");
	assert_tree("${a||b||c}", "(|| (|| (ref <a>) (ref <b>)) (ref <c>))");
}

TEST(expr_parse_templates)
{
	assert_tree("x-${stage}", "(text \"x-\" (ref <stage>))");
	assert_tree("${a}${b} $ {}", "(text (ref <a>) (ref <b>) \" $ {}\")");
	assert_tree("$${a}-${b}", "(text \"${a}-\" (ref <b>))");
	assert_tree("$$${a}${b}", "(text \"$${a}\" (ref <b>))");
	assert_tree("${a} ", "(text (ref <a>) \" \")");
}

TEST(expr_parse_escapes)
{
	_cleanup_run_ struct run r = run_new();
	struct value *v = parsed(&r, "a: 'arn:$${aws:username}/$${x}'");

	assert_string_equal(value_text(v), "arn:${aws:username}/${x}");
	assert_int_equal(v->flags, VALUE_QUOTED);
	v = parsed(&r, "a: { 'x$${y}z': 1, '$${w}': 2 }");
	assert_string_equal(json_text(r.arena, v, JSON_COMPACT), "{\"x${y}z\":\"1\",\"${w}\":"
								 "\"2\"}");
}

/* Results of expressions are not "quoted": they may become numbers. */
TEST(expr_parse_drops_quotes)
{
	_cleanup_run_ struct run r = run_new();
	struct value *v = parsed(&r, "a: \"${'30'}\"");

	assert_true(value_is(v, VALUE_EXPR));
	assert_int_equal(v->flags, 0);
	assert_int_equal(v->expr->value->flags, 0);
}

static void assert_spans(const char *yaml, const char *first, const char *second)
{
	_cleanup_run_ struct run r = run_new();
	const struct value *v = parsed(&r, yaml);
	const struct expr *e = v->expr;

	assert_int_equal(e->kind, EXPR_TEMPLATE);
	assert_string_equal(run_covered(&r, e->args[1]->span), first);
	assert_string_equal(run_covered(&r, e->args[3]->span), second);
}

TEST(expr_parse_spans)
{
	assert_spans("a: x${b.c}x${d}", "b.c", "d");
	assert_spans("a: 'it''s ä ${b.c}, '' ${ f(\"x\") } '", "b.c", "f(\"x\")");
	assert_spans("a: \"\\n \\u00e4 $${z} ${b.c} \\\" ${d}\"", "b.c", "d");
	assert_spans("a: |\n  line ${b.c}\n  line\n  ${d == 'x'}\n", "b.c", "d == 'x'");
	assert_spans("a: >\n  $ line ${b.c}\n\n    ${d}\n", "b.c", "d");
	assert_spans("a: &anchor # comment ${y}\n   x ${b.c} x ${d}\n", "b.c", "d");
	assert_spans("a: x ${f('${y}')} x ${d}", "f('${y}')", "d");
}

/* Where escapes hide an expression, the span is the part before them or the whole scalar. */
TEST(expr_parse_spans_behind_escapes)
{
	_cleanup_run_ struct run r = run_new();
	const struct value *v = parsed(&r, "a: \"x ${f(\\\"b\\\")} \"");

	assert_string_equal(run_covered(&r, v->expr->args[1]->span), "f(");
	v = parsed(&r, "a: \"\\x24{b} ${c} \"");
	assert_string_equal(run_covered(&r, v->expr->args[0]->span), "\"\\x24{b} ${c} \"");
}

TEST(expr_parse_unclosed)
{
	assert_complains("a: x ${b", "c.yaml:1:6: error: the expression that opens here is not "
				     "closed");
	assert_complains("a: x ${b", "for a literal `${` write `$${`");
	assert_complains("a: ${f(' #')}", "YAML ends an unquoted text at ` #`; quote it");
	assert_complains("a: ${b # c}", "YAML ends an unquoted text at ` #`; quote it");
	assert_complains("a: '${f(1'", "is not closed");
	assert_complains("a: '${f(1,'", "is not closed");
	assert_complains("a: '${a.'", "is not closed");
	assert_complains("a: '${m[0'", "is not closed");
	assert_complains("a: '${'", "is not closed");
	assert_complains("a: '${a &&'", "is not closed");
	assert_complains("a: '${\"b}'", "1:7: error: the quote that opens here is not closed");
}

TEST(expr_parse_foreign_variables)
{
	assert_complains("a: 'x/${aws:username}/y'", "c.yaml:1:7: error: `${aws:username}` is no "
						     "expression\n"
						     "    1 | a: 'x/${aws:username}/y'\n"
						     "      |       ^~~~~~~~~~~~~~~\n"
						     "  hint: if AWS is to see it, write "
						     "`$${aws:username}`\n");
	assert_complains("a: ${cognito-identity.amazonaws.com:sub}", "`$${cognito-identity.");
	assert_complains("a: ${*}", "write `$${*}`");
	assert_complains("a: ${$x}", "write `$${$x}`");
}

TEST(expr_parse_mistakes)
{
	assert_complains("a: ${}", "1:4: error: an empty expression");
	assert_complains("a: ${ }", "an empty expression");
	assert_complains("a: ${a = b}", "equality is `==`");
	assert_complains("a: '${a ? b, c}'", "write `if(CONDITION, THEN, ELSE)`");
	assert_complains("a: ${a & b}", "write `&&`");
	assert_complains("a: ${a + b}", "1:8: error: `+` means nothing");
	assert_complains("a: ${a b}", "1:8: error: an operator or `}` is missing before `b`");
	assert_complains("a: ${a.1}", "error: a word is missing before `1`");
	assert_complains("a: '${a..b}'", "error: a word is missing before `.`");
	assert_complains("a: '${f(a b)}'", "error: `,` or `)` is missing before `b`");
	assert_complains("a: '${f(,)}'", "error: a value is missing before `,`");
	assert_complains("a: '${(a}'", "error: `)` is missing before `}`");
	assert_complains("a: '${m[]}'", "error: a value is missing before `]`");
	assert_complains("a: '${m[a}'", "error: `]` is missing before `}`");
	assert_complains("a: '${m[\"a\"}'", "error: `]` is missing before `}`");
	assert_complains("a: ${012}", "a number does not begin with 0");
	assert_complains("a: ${12ab}", "a number ends with a digit");
	assert_complains("a: ${9223372036854775808}", "the number is too large");
	assert_complains("a: ${'\\q'}", "1:7: error: this escape means nothing here");
	assert_complains("a: ${ä}", "`ä` means nothing");
	assert_complains("a: { 'x${y}': z }", "1:6: error: an expression cannot be part of a key");
}

TEST(expr_parse_all_errors)
{
	_cleanup_run_ struct run r = run_new();
	struct value *v = NULL;

	assert_int_equal(parse(&r, "a: ${}\nb: [ '${x', c ]\nd: ${e}", &v), -1);
	assert_int_equal(diags_errors(r.diags), 2);
	assert_true(value_is(value_get(v, "a"), VALUE_UNKNOWN));
	assert_true(value_is(value_get(v, "d"), VALUE_EXPR));
}

static void repeat(struct str *out, const char *text, int n)
{
	while (n-- > 0)
		str_add(out, text);
}

static void assert_limit(const char *open, const char *middle, const char *close, int good, int bad,
			 const char *message)
{
	for (int i = 0; i < 2; i++) {
		_cleanup_run_ struct run r = run_new();
		_cleanup_str_ struct str yaml = STR_INIT;
		struct value *v = NULL;

		str_add(&yaml, "a: '${");
		repeat(&yaml, open, i ? bad : good);
		str_add(&yaml, middle);
		repeat(&yaml, close, i ? bad : good);
		str_add(&yaml, "}'");
		assert_int_equal(parse(&r, str_text(&yaml), &v), i ? -1 : 0);
		if (i)
			assert_says(&r, message);
	}
}

TEST(expr_parse_limits)
{
	assert_limit("(", "a", ")", 32, 33, "nested deeper than 32 levels");
	assert_limit("(", "a", ")", 32, 200000, "nested deeper than 32 levels");
	assert_limit("f(", "a", ")", 32, 33, "nested deeper than 32 levels");
	assert_limit("!", "a", "", 32, 100000, "nested deeper than 32 levels");
	assert_limit("x[", "a", "]", 32, 33, "nested deeper than 32 levels");
	assert_limit("a && ", "a", "", 64, 65, "more than 64 operators");
	assert_limit("", "a", "[0]", 64, 65, "more than 64 operators");
}

/* Long texts take time in proportion to their length. */
TEST(expr_parse_long_texts)
{
	_cleanup_run_ struct run r = run_new();
	_cleanup_str_ struct str yaml = STR_INIT;

	str_add(&yaml, "a: \"");
	repeat(&yaml, "${a}$${b}", 100000);
	str_add(&yaml, "${f(1");
	repeat(&yaml, ",1", 50000);
	str_add(&yaml, ")}\"");
	assert_int_equal(parsed(&r, str_text(&yaml))->expr->args_len, 200001);
}
