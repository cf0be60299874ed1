#include "test.h"

#include <string.h>

#include "base/str.h"
#include "model/expr.h"
#include "model/json.h"

/* Expressions are built by hand here: their grammar is lang's. */
struct fixture {
	struct arena *arena;
	struct diags *diags;
	struct expr_scope scope;
	struct value *names; /* what `lookup` knows: first word of a reference -> value */
};

static int lookup(void *ctx, const struct expr *ref, struct arena *a, struct value **ret,
		  struct diags *d)
{
	struct fixture *f = ctx;

	(void)a;
	if (ref->kind == EXPR_ATTRIBUTE)
		return 0;
	if (strcmp(ref->path[0], "nowhere") == 0)
		return diag_error(d, D_REFERENCE, ref->span, "there is no `nowhere`");
	*ret = value_get(f->names, ref->path[0]);
	return 0;
}

static const char *test_env(void *ctx, const char *name)
{
	(void)ctx;
	if (strcmp(name, "BAD") == 0)
		return "\xff";
	return strcmp(name, "HOME") == 0 ? "/home/me" : NULL;
}

static int test_file(void *ctx, const char *path, struct span at, struct arena *a, char **ret,
		     struct diags *d)
{
	(void)ctx;
	if (strcmp(path, "there.txt") != 0)
		return diag_error(d, D_IO, at, "%s does not exist", path);
	*ret = arena_strdup(a, "content");
	return 0;
}

static void fixture_free(struct fixture *f)
{
	arena_free(f->arena);
}

static struct fixture fixture_new(struct fixture *f)
{
	*f = (struct fixture){ .arena = arena_new() };
	f->diags = diags_new(f->arena);
	f->names = value_map(f->arena);
	f->scope = (struct expr_scope){ .lookup = lookup,
					.ctx = f,
					.env = test_env,
					.file = test_file,
					.region = "eu-west-1" };
	return *f;
}

#define FIXTURE                                                                                    \
	__attribute__((cleanup(fixture_free))) struct fixture f;                                   \
	fixture_new(&f)

static const struct expr *node(struct fixture *f, enum expr_kind kind, const char *name,
			       const struct expr *const *args, size_t n)
{
	struct expr *e = arena_new_of(f->arena, struct expr);

	e->kind = kind;
	e->name = name;
	e->span = (struct span){ 1, 10, 5 };
	e->args = arena_array(f->arena, n, sizeof(*e->args));
	if (n)
		memcpy(e->args, args, n * sizeof(*args));
	e->args_len = n;
	return e;
}

#define ARGS(...)                                                                                  \
	(const struct expr *const[]){ __VA_ARGS__ },                                               \
		sizeof((const struct expr *const[]){ __VA_ARGS__ }) / sizeof(struct expr *)
#define CALL(name, ...) node(&f, EXPR_CALL, (name), ARGS(__VA_ARGS__))
#define OPERATOR(kind, ...) node(&f, (kind), NULL, ARGS(__VA_ARGS__))
#define TEMPLATE(...) node(&f, EXPR_TEMPLATE, NULL, ARGS(__VA_ARGS__))
#define T(text) expr_literal(f.arena, value_string(f.arena, (text)))
#define N(n) expr_literal(f.arena, value_int(f.arena, (n)))
#define B(b) expr_literal(f.arena, value_bool(f.arena, (b)))
#define J(json) expr_literal(f.arena, from_json(&f, (json)))
#define REF(word) ref(&f, (word))
#define OPEN ref(&f, "open")

static struct value *from_json(struct fixture *f, const char *text)
{
	const char *why = NULL;
	struct value *v = json_parse(f->arena, text, strlen(text), &why);

	if (!v)
		fail_msg("%s: %s", text, why);
	return v;
}

static const struct expr *ref(struct fixture *f, const char *word)
{
	return expr_ref(f->arena, &word, 1, (struct span){ 1, 20, 4 });
}

static struct value *eval(struct fixture *f, const struct expr *e)
{
	struct value *ret = NULL, *v = value_expr(f->arena, e, (struct span){ 1, 5, 30 });

	if (value_eval(f->arena, v, &f->scope, &ret, f->diags) < 0)
		fail_msg("%s: %s", expr_text(f->arena, e), diags_first(f->diags)->message);
	assert_int_equal(ret->span.off, 5);
	return ret;
}

static const char *json_of(struct fixture *f, const struct expr *e)
{
	return json_text(f->arena, eval(f, e), JSON_COMPACT);
}

#define assert_eval(e, json) assert_string_equal(json_of(&f, (e)), (json))

static const char *error_of(struct fixture *f, const struct expr *e)
{
	struct value *ret = NULL;
	const struct diag *last = NULL;

	assert_int_equal(value_eval(f->arena, value_expr(f->arena, e, (struct span){ 1, 5, 30 }),
				    &f->scope, &ret, f->diags),
			 -1);
	assert_int_equal(ret->kind, VALUE_UNKNOWN);
	for (const struct diag *d = diags_first(f->diags); d; d = d->next)
		last = d;
	assert_int_equal(last->span.file, 1);
	return last->message;
}

#define assert_error(e, text) assert_string_equal(error_of(&f, (e)), (text))

static void know(struct fixture *f, const char *name, struct value *v)
{
	value_set(f->arena, f->names, name, v);
}

static void know_secret(struct fixture *f)
{
	know(f, "secret",
	     value_mark(f->arena, value_string(f->arena, "hunter2"), VALUE_SENSITIVE, 0));
}

TEST(expr_template_joins_scalars)
{
	FIXTURE;
	know(&f, "n", value_int(f.arena, 30));
	assert_eval(TEMPLATE(T("a-"), REF("n"), T("-"), B(true), J("0.5")), "\"a-30-true0.5\"");
	assert_int_equal(eval(&f, TEMPLATE(T("x")))->flags, 0);
}

TEST(expr_whole_reference_keeps_its_type)
{
	FIXTURE;
	struct value *quoted = value_string(f.arena, "30"), *plain = value_string(f.arena, "30");

	quoted->flags = VALUE_QUOTED;
	plain->flags = VALUE_PLAIN;
	know(&f, "list", from_json(&f, "[1,{\"a\":true}]"));
	know(&f, "quoted", quoted);
	know(&f, "plain", plain);
	assert_eval(REF("list"), "[1,{\"a\":true}]");
	assert_int_equal(eval(&f, REF("quoted"))->flags, 0);
	assert_int_equal(eval(&f, REF("plain"))->flags, VALUE_PLAIN);
}

TEST(expr_template_refuses_lists_and_null)
{
	FIXTURE;
	know(&f, "list", value_list(f.arena));
	know(&f, "nothing", value_null(f.arena));
	assert_error(TEMPLATE(T("a"), REF("list")), "`list` is a list and cannot stand in text");
	assert_error(TEMPLATE(T("a"), REF("nothing")), "`nothing` is null and cannot stand in "
						       "text");
	assert_error(TEMPLATE(OPEN, REF("list")), "`list` is a list and cannot stand in text");
}

TEST(expr_open_parts_fold_their_neighbours)
{
	FIXTURE;
	struct value *v;

	know(&f, "stack", value_string(f.arena, "shop"));
	v = eval(&f, TEMPLATE(REF("stack"), T("-"), OPEN, T("/"), N(1)));
	assert_int_equal(v->kind, VALUE_EXPR);
	assert_int_equal(v->expr->args_len, 3);
	assert_string_equal(expr_text(f.arena, v->expr), "shop-${open}/1");
	know(&f, "open", value_string(f.arena, "x"));
	assert_eval(v->expr, "\"shop-x/1\"");
}

TEST(expr_unknown_spreads)
{
	FIXTURE;
	know(&f, "u", value_unknown(f.arena));
	know(&f, "list", value_list(f.arena));
	value_append(f.arena, value_get(f.names, "list"), value_unknown(f.arena));
	assert_int_equal(eval(&f, TEMPLATE(T("a"), REF("u")))->kind, VALUE_UNKNOWN);
	assert_int_equal(eval(&f, CALL("upper", REF("u")))->kind, VALUE_UNKNOWN);
	assert_int_equal(eval(&f, CALL("join", T(","), REF("list")))->kind, VALUE_UNKNOWN);
	assert_int_equal(eval(&f, OPERATOR(EXPR_INDEX, REF("list"), N(0)))->kind, VALUE_UNKNOWN);
	assert_int_equal(eval(&f, OPERATOR(EXPR_NOT, REF("u")))->kind, VALUE_UNKNOWN);
	assert_int_equal(eval(&f, OPERATOR(EXPR_EQUAL, REF("u"), N(1)))->kind, VALUE_UNKNOWN);
	assert_int_equal(eval(&f, OPERATOR(EXPR_EQUAL, REF("list"), J("[1]")))->kind,
			 VALUE_UNKNOWN);
	assert_eval(CALL("length", REF("list")), "1");
}

TEST(expr_open_beside_unknown_keeps_the_reference)
{
	FIXTURE;
	struct value *v;

	know(&f, "u", value_unknown(f.arena));
	v = eval(&f, TEMPLATE(REF("u"), OPEN));
	assert_int_equal(v->kind, VALUE_EXPR);
	know(&f, "open", value_string(f.arena, "x"));
	assert_int_equal(eval(&f, v->expr)->kind, VALUE_UNKNOWN);
}

TEST(expr_secrets_stay_secret)
{
	FIXTURE;
	struct value *v;

	know_secret(&f);
	assert_true(eval(&f, REF("secret"))->flags & VALUE_SENSITIVE);
	assert_true(eval(&f, TEMPLATE(T("a"), REF("secret")))->flags & VALUE_SENSITIVE);
	assert_true(eval(&f, CALL("sha256", REF("secret")))->flags & VALUE_SENSITIVE);
	assert_true(eval(&f, CALL("jsonencode", REF("secret")))->flags & VALUE_SENSITIVE);
	assert_true(eval(&f, OPERATOR(EXPR_EQUAL, REF("secret"), T("x")))->flags & VALUE_SENSITIVE);
	assert_true(eval(&f, CALL("coalesce", REF("secret")))->flags & VALUE_SENSITIVE);
	v = eval(&f, CALL("split", T("t"), REF("secret")));
	assert_true(value_item(v, 0)->flags & VALUE_SENSITIVE);
	v = eval(&f, CALL("if", OPERATOR(EXPR_EQUAL, REF("secret"), T("x")), T("a"), T("b")));
	assert_true(v->flags & VALUE_SENSITIVE);
	assert_false(eval(&f, T("plain"))->flags & VALUE_SENSITIVE);
	/* That the first one is empty is told by the second. */
	know(&f, "empty", value_mark(f.arena, value_string(f.arena, ""), VALUE_SENSITIVE, 0));
	v = eval(&f, CALL("coalesce", REF("empty"), T("x")));
	assert_true(v->flags & VALUE_SENSITIVE);
}

TEST(expr_secrets_stay_secret_in_what_is_open)
{
	FIXTURE;
	struct value *v;

	know_secret(&f);
	v = eval(&f, TEMPLATE(T("user:"), REF("secret"), OPEN));
	assert_int_equal(v->kind, VALUE_EXPR);
	assert_true(v->flags & VALUE_SENSITIVE);
	assert_string_equal(expr_text(f.arena, v->expr), "user:${\"(sensitive)\"}${open}");
	know(&f, "open", value_string(f.arena, "x"));
	v = eval(&f, v->expr);
	assert_string_equal(value_text(v), "user:hunter2x");
	assert_true(v->flags & VALUE_SENSITIVE);
}

TEST(expr_members_of_maps_are_secret_one_by_one)
{
	FIXTURE;
	struct value *map = from_json(&f, "{\"a\":1,\"b\":2}");

	value_get(map, "a")->flags = VALUE_SENSITIVE;
	know(&f, "map", map);
	assert_true(eval(&f, OPERATOR(EXPR_INDEX, REF("map"), T("a")))->flags & VALUE_SENSITIVE);
	assert_false(eval(&f, OPERATOR(EXPR_INDEX, REF("map"), T("b")))->flags & VALUE_SENSITIVE);
	assert_false(eval(&f, CALL("lookup", REF("map"), T("b"), N(0)))->flags & VALUE_SENSITIVE);
	assert_true(eval(&f, CALL("jsonencode", REF("map")))->flags & VALUE_SENSITIVE);
}

TEST(expr_errors_never_show_secrets)
{
	FIXTURE;
	know_secret(&f);
	know(&f, "map", from_json(&f, "{\"hunter3\":1}"));
	assert_error(OPERATOR(EXPR_INDEX, REF("map"), REF("secret")), "`map` has no key "
								      "`(sensitive)`");
	assert_null(strstr(error_of(&f, CALL("min", REF("secret"))), "hunter"));
	assert_null(strstr(error_of(&f, CALL("jsondecode", REF("secret"))), "hunter"));
	assert_null(strstr(error_of(&f, CALL("base64decode", REF("secret"))), "hunter"));
}

TEST(expr_index)
{
	FIXTURE;
	know(&f, "list", from_json(&f, "[\"a\",\"b\"]"));
	know(&f, "map", from_json(&f, "{\"key\":\"v\",\"1\":\"one\"}"));
	assert_eval(OPERATOR(EXPR_INDEX, REF("list"), N(1)), "\"b\"");
	assert_eval(OPERATOR(EXPR_INDEX, REF("list"), T("0")), "\"a\"");
	assert_eval(OPERATOR(EXPR_INDEX, REF("map"), T("key")), "\"v\"");
	assert_eval(OPERATOR(EXPR_INDEX, REF("map"), N(1)), "\"one\"");
	assert_error(OPERATOR(EXPR_INDEX, REF("list"), N(2)), "index 2 is outside of `list`, which "
							      "has 2 items");
	assert_error(OPERATOR(EXPR_INDEX, REF("list"), N(-1)), "index -1 is outside of `list`, "
							       "which has 2 items");
	assert_error(OPERATOR(EXPR_INDEX, REF("list"), J("0.5")), "a list is indexed by a whole "
								  "number, got a number");
	assert_error(OPERATOR(EXPR_INDEX, REF("map"), T("kez")), "`map` has no key `kez`");
	assert_error(OPERATOR(EXPR_INDEX, T("text"), N(0)), "`\"text\"` is text; only lists and "
							    "maps can be indexed");
}

TEST(expr_equal_reads_numbers_in_text)
{
	FIXTURE;
	assert_eval(OPERATOR(EXPR_EQUAL, T("3"), N(3)), "true");
	assert_eval(OPERATOR(EXPR_EQUAL, T("true"), B(true)), "true");
	assert_eval(OPERATOR(EXPR_EQUAL, T("3"), T("3.0")), "false");
	assert_eval(OPERATOR(EXPR_EQUAL, N(3), J("3.0")), "true");
	assert_eval(OPERATOR(EXPR_NOT_EQUAL, T("a"), T("b")), "true");
	assert_eval(OPERATOR(EXPR_EQUAL, J("[1,2]"), J("[1,2]")), "true");
	assert_eval(OPERATOR(EXPR_EQUAL, J("null"), T("null")), "false");
}

TEST(expr_logic_stops_when_settled)
{
	FIXTURE;
	know(&f, "u", value_unknown(f.arena));
	assert_eval(OPERATOR(EXPR_AND, B(false), REF("nowhere")), "false");
	assert_eval(OPERATOR(EXPR_OR, B(true), REF("nowhere")), "true");
	assert_eval(OPERATOR(EXPR_AND, B(true), T("true")), "true");
	assert_eval(OPERATOR(EXPR_OR, B(false), B(false)), "false");
	assert_eval(OPERATOR(EXPR_AND, REF("u"), B(false)), "false");
	assert_eval(OPERATOR(EXPR_OR, OPEN, B(true)), "true");
	assert_int_equal(eval(&f, OPERATOR(EXPR_AND, REF("u"), B(true)))->kind, VALUE_UNKNOWN);
	assert_int_equal(eval(&f, OPERATOR(EXPR_OR, B(false), OPEN))->kind, VALUE_EXPR);
	assert_eval(OPERATOR(EXPR_NOT, B(false)), "true");
	assert_error(OPERATOR(EXPR_AND, N(1), B(true)), "`&&` wants true or false, got a number");
	assert_error(OPERATOR(EXPR_NOT, T("yes")), "`!` wants true or false, got text");
}

TEST(expr_if_is_lazy)
{
	FIXTURE;
	know(&f, "u", value_unknown(f.arena));
	assert_eval(CALL("if", B(true), T("a"), REF("nowhere")), "\"a\"");
	assert_eval(CALL("if", T("false"), REF("nowhere"), N(2)), "2");
	assert_int_equal(eval(&f, CALL("if", REF("u"), N(1), N(2)))->kind, VALUE_UNKNOWN);
	assert_string_equal(expr_text(f.arena, eval(&f, CALL("if", OPEN, N(1), N(2)))->expr), "if("
											      "open"
											      ", "
											      "1, "
											      "2)");
	assert_error(CALL("if", N(1), N(1), N(2)), "if() wants true or false, got a number");
}

TEST(expr_coalesce)
{
	FIXTURE;
	assert_eval(CALL("coalesce", J("null"), T(""), T("x"), REF("nowhere")), "\"x\"");
	assert_eval(CALL("coalesce", B(false)), "false");
	assert_error(CALL("coalesce", T("")), "coalesce() has no value among its arguments");
	assert_int_equal(eval(&f, CALL("coalesce", T(""), OPEN, T("x")))->kind, VALUE_EXPR);
}

TEST(expr_functions_on_texts)
{
	FIXTURE;
	assert_eval(CALL("lower", T("ABC-\xc3\x89")), "\"abc-\xc3\x89\"");
	assert_eval(CALL("upper", N(1)), "\"1\"");
	assert_eval(CALL("replace", T("a.b.c"), T("."), T("--")), "\"a--b--c\"");
	assert_eval(CALL("replace", T("aaa"), T("aa"), T("b")), "\"ba\"");
	assert_eval(CALL("trim", T(" \n a b\t")), "\"a b\"");
	assert_eval(CALL("trim", T("??a?!"), T("!?")), "\"a\"");
	assert_eval(CALL("trim", T("\xc3\xa9x\xc3\xa9"), T("\xc3\xa9")), "\"x\"");
	assert_eval(CALL("trim", T("\xc3\xa9"), T("\xc3\xa8")), "\"\xc3\xa9\"");
	assert_eval(CALL("trim", T("aaa"), T("a")), "\"\"");
	assert_eval(CALL("split", T(","), T("a,,b")), "[\"a\",\"\",\"b\"]");
	assert_eval(CALL("split", T(","), T("")), "[\"\"]");
	assert_eval(CALL("split", T(""), T("a\xc3\xa9")), "[\"a\",\"\xc3\xa9\"]");
	assert_eval(CALL("join", T("-"), J("[\"a\",1,true]")), "\"a-1-true\"");
	assert_eval(CALL("join", T("-"), J("[]")), "\"\"");
	assert_eval(CALL("sha256", T("")), "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca4959"
					   "91b7852b855\"");
	assert_eval(CALL("base64", T("h\xc3\xa9llo")), "\"aMOpbGxv\"");
	assert_eval(CALL("base64decode", T("aMOpbGxv")), "\"h\xc3\xa9llo\"");
	assert_error(CALL("base64decode", T("?")), "base64decode(): the text is not base64");
	assert_error(CALL("base64decode", T("/w==")), "base64decode(): what is encoded is not text "
						      "in UTF-8");
	assert_error(CALL("replace", T("a"), T(""), T("b")), "replace(): the text to replace is "
							     "empty");
}

TEST(expr_functions_on_collections)
{
	FIXTURE;
	assert_eval(CALL("keys", J("{\"b\":1,\"a\":2}")), "[\"a\",\"b\"]");
	assert_eval(CALL("values", J("{\"b\":1,\"a\":2}")), "[2,1]");
	assert_eval(CALL("keys", J("{}")), "[]");
	assert_eval(CALL("length", J("[1,2]")), "2");
	assert_eval(CALL("length", J("{\"a\":1}")), "1");
	assert_eval(CALL("length", T("\xc3\xa9t\xc3\xa9")), "3");
	assert_eval(CALL("lookup", J("{\"a\":1}"), T("a"), N(0)), "1");
	assert_eval(CALL("lookup", J("{\"a\":1}"), T("b"), N(0)), "0");
	assert_eval(CALL("merge", J("{\"a\":1,\"b\":1}"), J("{\"b\":2}")), "{\"a\":1,\"b\":2}");
	assert_eval(CALL("concat", J("[1]"), J("[]"), J("[2]")), "[1,2]");
	assert_eval(CALL("contains", J("[\"a\",3]"), T("3")), "true");
	assert_eval(CALL("contains", J("[\"a\",[1]]"), J("[1]")), "true");
	assert_eval(CALL("contains", J("[\"a\"]"), T("b")), "false");
	assert_eval(CALL("min", N(3), T("2"), J("2.5")), "2");
	assert_eval(CALL("max", N(3), J("3.5")), "3.5");
	assert_eval(CALL("jsonencode", J("{\"a\":[1,null]}")), "\"{\\\"a\\\":[1,null]}\"");
	assert_eval(CALL("jsondecode", T("{\"a\":[1,null]}")), "{\"a\":[1,null]}");
	assert_error(CALL("jsondecode", T("{")), "jsondecode(): the text is not JSON: line 1, "
						 "column 1: "
						 "string or '}' expected");
	assert_error(CALL("length", N(1)), "length() wants a list, a map or text, got a number");
}

TEST(expr_format)
{
	FIXTURE;
	assert_eval(CALL("format", T("%s-%03d%%"), T("a"), N(7)), "\"a-007%\"");
	assert_eval(CALL("format", T("%5s|%-5s|%.2s"), T("\xc3\xa9"), T("b"), T("xyz")), "\"    "
											 "\xc3\xa9|"
											 "b    "
											 "|xy\"");
	assert_eval(CALL("format", T("%x %X %+d % d %05d"), N(255), N(-255), N(1), N(2), N(-3)),
		    "\"ff -FF +1  2 -0003\"");
	assert_eval(CALL("format", T("%.2f %f %6.1f"), J("1.005"), N(2), J("-1.25")), "\"1.00 "
										      "2.000000   "
										      "-1.2\"");
	assert_eval(CALL("format", T("%d"), J("-9223372036854775808")), "\"-9223372036854775808\"");
	assert_eval(CALL("format", T("none")), "\"none\"");
	assert_error(CALL("format", T("%d"), T("x")), "format() wants a number as its second "
						      "argument, got text");
	assert_error(CALL("format", T("%d"), J("1.5")), "format() wants a whole number as its "
							"second argument, got a number");
	assert_error(CALL("format", T("%s %s"), T("a")), "format(): the format wants more than 1 "
							 "values");
	assert_error(CALL("format", T("%s"), T("a"), T("b")), "format(): the format uses 1 of 2 "
							      "values");
	assert_eval(CALL("format", T("%x %-3d|"), N(0), N(1)), "\"0 1  |\"");
	error_of(&f, CALL("format", T("%--------d"), N(1)));
	error_of(&f, CALL("format", T("%n"), N(1)));
	error_of(&f, CALL("format", T("%"), N(1)));
	error_of(&f, CALL("format", T("%*d"), N(1), N(1)));
	error_of(&f, CALL("format", T("%99999d"), N(1)));
	error_of(&f, CALL("format", T("%++++++++++d"), N(1)));
}

TEST(expr_functions_of_the_world)
{
	FIXTURE;
	assert_eval(CALL("env", T("HOME")), "\"/home/me\"");
	assert_eval(CALL("env", T("NONE"), T("x")), "\"x\"");
	assert_error(CALL("env", T("NONE")), "env(): the environment variable `NONE` is not set");
	error_of(&f, CALL("env", T("BAD")));
	assert_eval(CALL("file", T("there.txt")), "\"content\"");
	assert_error(CALL("file", T("gone.txt")), "gone.txt does not exist");
	f.scope.file = NULL;
	assert_error(CALL("file", T("there.txt")), "file(): no file can be read here");
	assert_eval(node(&f, EXPR_CALL, "region", NULL, 0), "\"eu-west-1\"");
	assert_int_equal(eval(&f, node(&f, EXPR_CALL, "account", NULL, 0))->kind, VALUE_UNKNOWN);
}

TEST(expr_calls_are_checked)
{
	FIXTURE;
	assert_error(CALL("uper", T("a")), "there is no function `uper`");
	assert_error(CALL("upper", T("a"), T("b")), "upper() takes 1 argument, got 2");
	assert_error(CALL("lookup", T("a")), "lookup() takes 3 arguments, got 1");
	assert_error(CALL("trim", T("a"), T("b"), T("c")), "trim() takes at most 2 arguments, got "
							   "3");
	assert_error(node(&f, EXPR_CALL, "merge", NULL, 0), "merge() takes at least 1 argument, "
							    "got 0");
	assert_error(CALL("join", T(","), T("a")), "join() wants a list as its second argument, "
						   "got text");
	assert_error(CALL("upper", J("[]")), "upper() wants text, got a list");
	assert_error(CALL("join", T(","), J("[[]]")), "join(): item 0 of the list is a list, not "
						      "text");
	assert_error(CALL("merge", J("{}"), N(1)), "merge() wants a map as its second argument, "
						   "got a number");
}

TEST(expr_all_errors_are_collected)
{
	FIXTURE;
	struct value *list = value_list(f.arena), *ret;

	value_append(f.arena, list, value_expr(f.arena, REF("nowhere"), NO_SPAN));
	value_append(f.arena, list, value_expr(f.arena, T("fine"), NO_SPAN));
	value_append(f.arena, list,
		     value_expr(f.arena, TEMPLATE(REF("nowhere"), CALL("uper", T("a"))), NO_SPAN));
	assert_int_equal(value_eval(f.arena, list, &f.scope, &ret, f.diags), -1);
	assert_int_equal(diags_errors(f.diags), 3);
	assert_int_equal(value_item(ret, 0)->kind, VALUE_UNKNOWN);
	assert_string_equal(value_text(value_item(ret, 1)), "fine");
}

TEST(expr_results_are_limited)
{
	FIXTURE;
	struct str text = STR_INIT;
	const struct expr *big;

	for (int i = 0; i < EXPR_MAX_TEXT; i++)
		str_addc(&text, 'x');
	big = expr_literal(f.arena, value_stringn(f.arena, text.data, text.len));
	str_free(&text);
	assert_error(TEMPLATE(big, T("y")), "text of more than 1048576 bytes");
	assert_error(CALL("join", big, J("[1,2]")), "join(): the result is longer than 1048576 "
						    "bytes");
	assert_error(CALL("replace", T("xxx"), T("x"), big), "replace(): the result is longer than "
							     "1048576 bytes");
	assert_error(CALL("base64", big), "base64(): the result is longer than 1048576 bytes");
	assert_error(CALL("split", T(""), big), "split(): the result has more than 100000 items");
	assert_eval(CALL("length", TEMPLATE(big)), "1048576");
}

TEST(expr_depth_is_limited)
{
	FIXTURE;
	const struct expr *e = B(true);

	for (int i = 0; i < EXPR_MAX_DEPTH - 1; i++)
		e = OPERATOR(EXPR_NOT, e);
	assert_eval(e, "false");
	assert_error(OPERATOR(EXPR_NOT, e), "expression nested deeper than 128 levels");
}

TEST(expr_text_is_as_written)
{
	FIXTURE;
	static const char *const path[] = { "apis", "a", "routes", "GET /x", "0" };
	const struct expr *e = expr_ref(f.arena, path, 5, NO_SPAN);

	assert_string_equal(expr_text(f.arena, e), "apis.a.routes[\"GET /x\"][0]");
	e = CALL("if", OPERATOR(EXPR_OR, REF("a"), OPERATOR(EXPR_NOT, REF("b"))),
		 OPERATOR(EXPR_INDEX, REF("l"), N(1)),
		 expr_attribute(f.arena, "queues.q", "KmsMasterKeyId", NO_SPAN));
	assert_string_equal(expr_text(f.arena, e), "if(a || !b, l[1], queues.q.kms_master_key_id)");
}

static void count(void *ctx, const struct expr *ref)
{
	(void)ref;
	++*(int *)ctx;
}

TEST(expr_each_ref_finds_all)
{
	FIXTURE;
	struct value *map = value_map(f.arena), *list = value_list(f.arena);
	int n = 0;

	value_append(f.arena, list, value_expr(f.arena, TEMPLATE(T("x"), REF("a")), NO_SPAN));
	value_append(f.arena, list,
		     value_expr(f.arena, expr_attribute(f.arena, "q.q", "Arn", NO_SPAN), NO_SPAN));
	value_set(f.arena, map, "list", list);
	/* A literal list inside of an expression. */
	value_set(f.arena, map, "b",
		  value_expr(f.arena, CALL("join", T(","), expr_literal(f.arena, list)), NO_SPAN));
	value_each_ref(map, count, &n);
	assert_int_equal(n, 4);
	value_each_ref(NULL, count, &n);
}

static int rewrite(void *ctx, const struct expr *ref, const struct expr **ret, struct diags *d)
{
	if (strcmp(ref->path[0], "nowhere") == 0)
		return diag_error(d, D_REFERENCE, ref->span, "nowhere");
	if (strcmp(ref->path[0], "a") == 0)
		*ret = expr_attribute(ctx, "queues.a", "Arn", ref->span);
	return 0;
}

TEST(expr_rewrite_changes_only_what_is_named)
{
	FIXTURE;
	struct value *map = value_map(f.arena), *same = value_list(f.arena), *ret = NULL;

	value_append(f.arena, same, value_expr(f.arena, REF("b"), NO_SPAN));
	value_set(f.arena, map, "same", same);
	value_set(f.arena, map, "new", value_expr(f.arena, TEMPLATE(T("x"), REF("a")), NO_SPAN));
	value_get(map, "new")->flags = VALUE_SENSITIVE;
	assert_int_equal(value_rewrite_refs(f.arena, map, rewrite, f.arena, &ret, f.diags), 0);
	assert_ptr_equal(value_get(ret, "same"), same);
	assert_string_equal(expr_text(f.arena, value_get(ret, "new")->expr), "x${queues.a.arn}");
	assert_string_equal(expr_text(f.arena, value_get(map, "new")->expr), "x${a}");
	assert_int_equal(value_get(ret, "new")->flags, VALUE_SENSITIVE);
	assert_int_equal(value_rewrite_refs(f.arena, same, rewrite, f.arena, &ret, f.diags), 0);
	assert_ptr_equal(ret, same);
	value_append(f.arena, value_get(map, "same"), value_int(f.arena, 1));
	assert_int_equal(value_rewrite_refs(f.arena, from_json(&f, "[1]"), rewrite, f.arena, &ret,
					    f.diags),
			 0);
	same->list.items[0] = value_expr(f.arena, REF("a"), NO_SPAN);
	assert_int_equal(value_rewrite_refs(f.arena, same, rewrite, f.arena, &ret, f.diags), 0);
	assert_string_equal(expr_text(f.arena, value_item(ret, 0)->expr), "queues.a.arn");
	assert_int_equal(value_item(ret, 1)->integer, 1);
	value_append(f.arena, same, value_expr(f.arena, REF("nowhere"), NO_SPAN));
	assert_int_equal(value_rewrite_refs(f.arena, map, rewrite, f.arena, &ret, f.diags), -1);
}

TEST(expr_functions_are_documented)
{
	size_t n;
	const struct expr_function *all = expr_functions(&n);

	assert_true(n > 20);
	for (size_t i = 0; i < n; i++) {
		assert_true(str_starts(all[i].usage, all[i].name));
		assert_true(str_ends(all[i].doc, "."));
		assert_ptr_equal(expr_function_find(all[i].name), &all[i]);
		if (i)
			assert_true(strcmp(all[i - 1].name, all[i].name) < 0);
	}
	assert_null(expr_function_find("system"));
}
