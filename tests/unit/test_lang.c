#include "lang_test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "lang/lang.h"
#include "model/json.h"

/* --- a provider with two kinds --- */

/* clang-format off */
static const struct prop queue_props[] = {
	PROP("QueueName", STRING, P_REPLACE, LENGTH(1, 80)),
	PROP("VisibilityTimeout", INT, 0, .unit = "s", RANGE(0, 43200)),
	PROP("DelaySeconds", INT, 0, .unit = "s", RANGE(0, 900)),
	PROP("FifoQueue", BOOL, P_REPLACE),
	PROP("RedrivePolicy", JSON, 0),
	PROP("Tags", MAP, P_TAGS),
	PROP("Arn", STRING, P_COMPUTED),
	PROP_END
};
static const struct type queue_type = { .name = "AWS::SQS::Queue", .props = queue_props, .id = "Arn",
					.name_prop = "QueueName" };
static const struct prop queue_words[] = {
	PROP("fifo", BOOL, 0, .to = "FifoQueue"),
	PROP("visibility_timeout", INT, 0, .to = "VisibilityTimeout", .unit = "s", RANGE(0, 43200)),
	PROP("delay", INT, 0, .to = "DelaySeconds", .unit = "s", RANGE(0, 900)),
	PROP("dead_letter", ANY, 0, .to = "RedrivePolicy"),
	PROP_END
};
static const struct kind queue_kind = { .section = "queues", .word = "queue", .type = "AWS::SQS::Queue",
					.words = queue_words };

static const struct prop vpc_props[] = {
	PROP("SubnetIds", LIST, 0, OF(STRING)),
	PROP_END
};
static const struct prop function_props[] = {
	PROP("FunctionName", STRING, P_REPLACE),
	PROP("Code", JSON, P_REQUIRED),
	PROP("Role", STRING, P_REQUIRED),
	PROP("MemorySize", INT, 0, .unit = "MB", RANGE(128, 10240)),
	PROP("Timeout", INT, 0, .unit = "s", RANGE(1, 900)),
	PROP("Handler", STRING, 0),
	PROP("Description", STRING, 0),
	PROP("KmsKeyArn", STRING, 0),
	PROP("VpcConfig", OBJECT, 0, .sub = vpc_props),
	PROP("Tags", MAP, P_TAGS),
	PROP_END
};
static const struct type function_type = { .name = "AWS::Lambda::Function", .props = function_props,
					   .id = "FunctionName", .name_prop = "FunctionName" };
static const struct prop function_words[] = {
	PROP("code", STRING, P_REQUIRED, .to = "Code"),
	PROP("memory", INT, 0, .to = "MemorySize", .unit = "MB", RANGE(128, 10240)),
	PROP("timeout", INT, 0, .to = "Timeout", .unit = "s", RANGE(1, 900)),
	PROP("environment", MAP, 0, OF(STRING), .to = "Environment.Variables"),
	PROP("allow", MAP, 0, OF(ANY)),
	PROP("role", ANY, 0, .to = "Role"),
	PROP("vpc", ANY, 0, .to = "VpcConfig.SubnetIds VpcConfig.SecurityGroupIds"),
	PROP("document", JSON, 0),
	PROP_END
};
static const struct kind function_kind = { .section = "functions", .word = "function",
					   .type = "AWS::Lambda::Function", .words = function_words };
/* clang-format on */

static const struct type *const types[] = { &queue_type, &function_type };
static const struct kind *const kinds[] = { &queue_kind, &function_kind };

static const struct type *fake_type(const char *name)
{
	for (size_t i = 0; i < 2; i++)
		if (str_eq(types[i]->name, name))
			return types[i];
	return NULL;
}

static const struct type *const *fake_types(size_t *ret_len)
{
	*ret_len = 2;
	return types;
}

static const struct kind *fake_kind(const char *section)
{
	for (size_t i = 0; i < 2; i++)
		if (str_eq(kinds[i]->section, section))
			return kinds[i];
	return NULL;
}

static const struct kind *const *fake_kinds(size_t *ret_len)
{
	*ret_len = 2;
	return kinds;
}

static const struct provider provider = {
	.type = fake_type, .types = fake_types, .kind = fake_kind, .kinds = fake_kinds
};

/* --- running it --- */

/* A folder with a stack in it. */
struct bench {
	struct run run;
	char dir[64];
	struct lang_options options;
	struct stack *stack;
};

static void bench_done(struct bench *b)
{
	const char *files[] = { "c.yaml", "v.yaml", "v.json", "text" };

	for (size_t i = 0; i < 4; i++)
		unlink(path_join(b->run.arena, b->dir, files[i]));
	rmdir(b->dir);
	run_done(&b->run);
}
#define _cleanup_bench_ __attribute__((cleanup(bench_done)))

static const char *bench_write(struct bench *b, const char *name, const char *text)
{
	const char *path = path_join(b->run.arena, b->dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return path;
}

static struct bench bench_new(void)
{
	struct bench b = { .run = run_new(), .dir = "/tmp/cinfra-lang-XXXXXX" };

	assert_non_null(mkdtemp(b.dir));
	b.options.provider = &provider;
	return b;
}

static int load(struct bench *b, const char *yaml)
{
	b->options.file = bench_write(b, "c.yaml", yaml);
	return lang_load(b->run.arena, b->run.sources, &b->options, &b->stack, b->run.diags);
}

static void load_well(struct bench *b, const char *yaml)
{
	if (load(b, yaml) < 0)
		fail_msg("%s", run_output(&b->run));
	assert_silent(&b->run);
}

static void assert_complains(const char *yaml, const char *part)
{
	_cleanup_bench_ struct bench b = bench_new();

	assert_int_equal(load(&b, yaml), -1);
	assert_says(&b.run, part);
	if (diags_errors(b.run.diags) != 1)
		fail_msg("expected one error, got:\n%s", run_output(&b.run));
}

static const struct entry *entry(const struct bench *b, const char *address)
{
	const struct entry *e = map_get(b->stack->by_address, address);

	if (!e)
		fail_msg("no entry %s", address);
	return e;
}

static const char *json(const struct bench *b, const struct value *v)
{
	return json_text(b->run.arena, v, JSON_COMPACT);
}

#define assert_json(b, v, text) assert_string_equal(json((b), (v)), (text))

/* Variables are the quickest way to see what an expression makes. */
static const char *output(const struct bench *b, const char *name)
{
	for (size_t i = 0; i < b->stack->outputs.len; i++)
		if (str_eq(b->stack->outputs.items[i]->name, name))
			return json(b, b->stack->outputs.items[i]->value);
	fail_msg("no output %s", name);
	return NULL;
}

/* --- entries --- */

TEST(lang_entries)
{
	_cleanup_bench_ struct bench b = bench_new();
	const struct entry *e;

	load_well(&b, "stack: shop\n"
		      "functions:\n"
		      "  http: { code: src, memory: 1GB, timeout: 1m, handler: a.b }\n"
		      "queues:\n"
		      "  jobs:\n"
		      "  late: { delay: 30, visibility_timeout: 2m, dead_letter: jobs }\n");
	assert_string_equal(b.stack->name, "shop");
	assert_null(b.stack->stage);
	assert_string_equal(b.stack->dir, b.dir);
	assert_int_equal(b.stack->entries.len, 3);
	e = b.stack->entries.items[0];
	assert_string_equal(e->address, "functions.http");
	assert_ptr_equal(e->kind, &function_kind);
	assert_string_equal(run_covered(&b.run, e->span), "http");
	assert_json(&b, e->body,
		    "{\"code\":\"src\",\"memory\":1024,\"timeout\":60,\"Handler\":\"a.b\"}");
	assert_json(&b, entry(&b, "queues.jobs")->body, "{}");
	assert_json(&b, entry(&b, "queues.late")->body,
		    "{\"delay\":30,\"visibility_timeout\":120,\"dead_letter\":\"jobs\"}");
}

TEST(lang_common_words)
{
	_cleanup_bench_ struct bench b = bench_new();
	const struct entry *e;

	load_well(&b, "stack: shop\n"
		      "queues:\n"
		      "  dead: {}\n"
		      "  jobs:\n"
		      "    name: my-jobs\n"
		      "    description: Work to do\n"
		      "    tags: { team: a, cost: 12 }\n"
		      "    depends_on: queues.dead\n"
		      "    protect: true\n"
		      "    retain: true\n"
		      "    ignore_changes: [visibility_timeout, redrive_policy, DelaySeconds, "
		      "name]\n"
		      "    replace: Create_First\n"
		      "    timeouts: { create: 5m, delete: 10 }\n"
		      "    properties: { DelaySeconds: 5 }\n");
	e = entry(&b, "queues.jobs");
	assert_string_equal(e->name, "my-jobs");
	assert_string_equal(e->description, "Work to do");
	assert_json(&b, e->tags, "{\"team\":\"a\",\"cost\":\"12\"}");
	assert_int_equal(e->life.depends_on.len, 1);
	assert_string_equal(e->life.depends_on.items[0], "queues.dead");
	assert_true(e->life.protect && e->life.retain);
	assert_int_equal(e->life.ignore_changes.len, 4);
	assert_string_equal(e->life.ignore_changes.items[0], "VisibilityTimeout");
	assert_string_equal(e->life.ignore_changes.items[1], "RedrivePolicy");
	assert_string_equal(e->life.ignore_changes.items[2], "DelaySeconds");
	assert_string_equal(e->life.ignore_changes.items[3], "QueueName");
	assert_int_equal(e->life.replace, REPLACE_CREATE_FIRST);
	assert_json(&b, e->life.timeouts, "{\"create\":300,\"delete\":10}");
	assert_json(&b, e->properties, "{\"DelaySeconds\":5}");
	assert_json(&b, e->body, "{}");
}

TEST(lang_ignore_changes_of_words_for_several)
{
	_cleanup_bench_ struct bench b = bench_new();
	const struct entry *e;

	load_well(&b, "stack: s\nfunctions: { f: { code: x, ignore_changes: [vpc, '*', "
		      "environment] } }\n");
	e = entry(&b, "functions.f");
	assert_int_equal(e->life.ignore_changes.len, 4);
	assert_string_equal(e->life.ignore_changes.items[1], "VpcConfig.SecurityGroupIds");
	assert_string_equal(e->life.ignore_changes.items[2], "*");
	assert_string_equal(e->life.ignore_changes.items[3], "Environment.Variables");
}

TEST(lang_entry_mistakes)
{
	assert_complains("stack: s\nqueues: { a: { x: 1 } }", "unknown key `x` in a queue");
	assert_complains("stack: s\nqueues: { a: { visibility_timeout: 99999 } }", "43200");
	assert_complains("stack: s\nqueues: { a: 5 }", "`queues.a` must be a map, got text");
	assert_complains("stack: s\nqueues: [a]", "`queues` must be a map, got a list");
	assert_complains("stack: s\nqueues:\n", "2:1: error: `queues` has no value");
	assert_complains("stack: s\nqueues:\n  a:\n    fifo:\n", "4:5: error: `fifo` has no value");
	assert_complains("stack: s\nqueues: { a: { dead_letter: [] , delay: ~ } }", "null in YAML");
	assert_complains("stack: s\nfunctions: { f: {} }", "2:14: error: a function needs `code`");
	assert_complains("stack: s\nqueues: { yes: {} }", "`yes` cannot name a queue");
	assert_complains("stack: s\nqueues: { \"Null\": {} }", "`Null` cannot name a queue");
	assert_complains("stack: s\nqueues: { 1a: {} }", "`1a` cannot name a queue");
	assert_complains("stack: s\nqueues: { a b: {} }", "a name is a letter, then");
	assert_complains("stack: s\nqueues: { a: { protect: yes } }", "write `true`");
	assert_complains("stack: s\nqueues: { a: { moved_from: queues.b } }", "later version");
	assert_complains("stack: s\nqueues: { a: { import: x } }", "later version");
	assert_complains("stack: s\nqueues: { a: { ignore_changes: delai } }", "did you mean "
									       "`delay`?");
	assert_complains("stack: s\nqueues: { a: { properties: x } }", "`properties` must be a "
								       "map");
	assert_complains("stack: s\nqueues: { a: { properties: { Delay: 1 } } }", "unknown key "
										  "`Delay`");
	assert_complains("stack: s\nqueues: { a: { name: 'x${queues.b.arn}' }, b: {} }", "`name` "
											 "must be "
											 "known "
											 "when the "
											 "stack is "
											 "read");
}

/* One spelling: what has a short form is not taken in its long one. */
TEST(lang_spellings)
{
	assert_complains("stack: s\nfunctions: { f: { code: x, MemorySize: 512 } }", "hint: keys "
										     "here are "
										     "snake_case: "
										     "`memory: "
										     "512`");
	assert_complains("stack: s\nfunctions: { f: { code: x, memory_size: 512 } }", "hint: it is "
										      "written "
										      "`memory` "
										      "here");
	assert_complains("stack: s\nfunctions: { f: { code: x, vpc_config: {} } }", "`vpc` here");
	assert_complains("stack: s\nqueues: { a: { queue_name: x } }", "it is written `name` here");
	assert_complains("stack: s\nqueues: { a: { QueueName: x } }", "it is written `name` here");
	assert_complains("stack: s\nqueues: { a: { Tags: {} } }", "it is written `tags` here");
	assert_complains("stack: s\nqueues: { a: { arn: x } }", "set by AWS");
}

/* --- defaults --- */

TEST(lang_defaults)
{
	_cleanup_bench_ struct bench b = bench_new();

	load_well(&b, "stack: s\n"
		      "defaults:\n"
		      "  functions:\n"
		      "    code: src/${self.key}\n"
		      "    memory: 512\n"
		      "    environment: { A: 1, B: '2' }\n"
		      "    tags: { team: x }\n"
		      "    document: { a: null, b: 1 }\n"
		      "functions:\n"
		      "  one: {}\n"
		      "  two: { memory: null, environment: { B: null, C: 3 }, document: { b: null, "
		      "c: null } }\n"
		      "  three: { environment: null, tags: { more: y }, code: other, handler: null "
		      "}\n");
	assert_json(&b, entry(&b, "functions.one")->body,
		    "{\"code\":\"src/"
		    "one\",\"memory\":512,\"environment\":{\"A\":\"1\",\"B\":\"2\"},"
		    "\"document\":{\"a\":null,\"b\":1}}");
	assert_json(&b, entry(&b, "functions.two")->body,
		    "{\"environment\":{\"C\":\"3\",\"A\":\"1\"},\"document\":{\"c\":null,\"a\":"
		    "null},"
		    "\"code\":\"src/two\"}");
	assert_json(&b, entry(&b, "functions.three")->body,
		    "{\"code\":\"other\",\"memory\":512,\"document\":{\"a\":null,\"b\":1}}");
	assert_json(&b, entry(&b, "functions.three")->tags, "{\"more\":\"y\",\"team\":\"x\"}");
}

TEST(lang_defaults_mistakes)
{
	assert_complains("stack: s\ndefaults: { functions: { memori: 1 } }", "did you mean "
									     "`memory`?");
	assert_complains("stack: s\ndefaults: { function: {} }", "there is no section `function`");
	assert_complains("stack: s\ndefaults: { functions: [] }", "must be a map");
	assert_complains("stack: s\ndefaults: { queues: { name: x } }", "would name all entries "
									"alike");
	assert_complains("stack: s\ndefaults: { queues: { delay: 30h } }", "900");
	assert_complains("stack: s\ndefaults:\n  queues:\n", "`queues` has no value");
}

/* --- for_each and when --- */

TEST(lang_for_each)
{
	_cleanup_bench_ struct bench b = bench_new();
	const struct entry *e;

	load_well(&b, "stack: s\n"
		      "variables: { zones: [x, y] }\n"
		      "queues:\n"
		      "  l: { for_each: [a, 'b c'], tags: { k: '${each.key}-${each.value}' } }\n"
		      "  m: { for_each: { a: 1, b: 2 }, delay: '${each.value}', "
		      "when: '${each.key == \"b\"}' }\n"
		      "  v: { for_each: '${var.zones}', description: '${self.key} ${each.key}' }\n"
		      "  o: { for_each: { p: { d: 3 } }, delay: '${each.value.d}' }\n"
		      "  none: { for_each: [] }\n");
	assert_int_equal(b.stack->entries.len, 6);
	e = entry(&b, "queues.l[\"b c\"]");
	assert_string_equal(e->each_key, "b c");
	assert_string_equal(e->key, "l");
	assert_json(&b, e->tags, "{\"k\":\"b c-b c\"}");
	assert_json(&b, entry(&b, "queues.m[\"b\"]")->body, "{\"delay\":2}");
	assert_null(map_get(b.stack->by_address, "queues.m[\"a\"]"));
	assert_string_equal(entry(&b, "queues.v[\"y\"]")->description, "v y");
	assert_json(&b, entry(&b, "queues.o[\"p\"]")->body, "{\"delay\":3}");
}

TEST(lang_for_each_mistakes)
{
	assert_complains("stack: s\nqueues: { a: { for_each: x } }", "takes a list of texts or a "
								     "map");
	assert_complains("stack: s\nqueues: { a: { for_each: [x, x] } }", "has `x` twice");
	assert_complains("stack: s\nqueues: { a: { for_each: [[x]] } }", "takes texts, got a list");
	assert_complains("stack: s\nqueues: { a: { for_each: [''] } }", "cannot be a key of "
									"`for_each`");
	assert_complains("stack: s\nqueues: { a: { for_each: ['\"'] } }", "cannot be a key");
	assert_complains("stack: s\nqueues: { a: { for_each: '${queues.b.arn}' }, b: {} }",
			 "`for_each` must be known when the stack is read");
	assert_complains("stack: s\nrandom: { r: {} }\nqueues: { a: { for_each: ['${random.r}'] } "
			 "}",
			 "takes texts");
	assert_complains("stack: s\nqueues: { a: { description: '${each.key}' } }", "`each` is "
										    "known only "
										    "under "
										    "`for_each`");
	assert_complains("stack: s\nvariables: { v: { type: list, sensitive: true, default: [x] } "
			 "}\n"
			 "queues: { a: { for_each: '${var.v}' } }",
			 "a secret cannot be in `for_each`");
	assert_complains("stack: s\nqueues: { a: { for_each: [x], description: '${each.it}' } }",
			 "there are each.key and each.value");
}

TEST(lang_when)
{
	_cleanup_bench_ struct bench b = bench_new();

	load_well(&b, "stack: s\nstage: dev\n"
		      "queues:\n"
		      "  a: { when: true }\n"
		      "  b: { when: false }\n"
		      "  c: { when: \"${stage == 'dev'}\" }\n"
		      "  d: { when: \"${stage == 'prod' || !true}\" }\n"
		      "  e: { when: null }\n");
	assert_int_equal(b.stack->entries.len, 3);
	entry(&b, "queues.a");
	entry(&b, "queues.c");
	entry(&b, "queues.e");
}

TEST(lang_when_mistakes)
{
	assert_complains("stack: s\nqueues: { a: { when: yes } }", "`when` is true, false or one "
								   "whole");
	assert_complains("stack: s\nqueues: { a: { when: 'true' } }", "without quotes");
	assert_complains("stack: s\nqueues: { a: { when: '${stack} == s' } }", "operators go "
									       "inside");
	assert_complains("stack: s\nqueues: { a: { when: '${stack}' } }", "`when` is true, false");
	assert_complains("stack: s\nqueues: { a: { when: '${queues.b.arn == 1}' }, b: {} }",
			 "`when` must be known when the stack is read; `queues.b.arn` is known "
			 "later");
}

/* --- references --- */

TEST(lang_references_stay)
{
	_cleanup_bench_ struct bench b = bench_new();
	const struct value *v;

	load_well(&b, "stack: s\n"
		      "queues: { q: { for_each: [a] }, p: {} }\n"
		      "functions:\n"
		      "  f: { code: x, environment: { A: '${queues.q[\"a\"].arn}', B: "
		      "'x-${queues.p.url}-${stack}', "
		      "C: '${self.name}' } }\n");
	v = value_get(entry(&b, "functions.f")->body, "environment");
	assert_int_equal(value_get(v, "A")->kind, VALUE_EXPR);
	assert_int_equal(value_get(v, "A")->expr->path_len, 4);
	assert_string_equal(expr_text(b.run.arena, value_get(v, "B")->expr), "x-${queues.p.url}-s");
	assert_int_equal(value_get(v, "C")->kind, VALUE_EXPR);
}

TEST(lang_reference_mistakes)
{
#define F(text)                                                                                    \
	"stack: s\nqueues: { orders: {}, gone: { when: false }, e: { for_each: [a] } }\n"          \
	"functions: { f: { code: x, environment: { A: '" text "' } } }"
	assert_complains(F("${queues.order.arn}"), "no queue `order` in this stack");
	assert_complains(F("${queues.order.arn}"), "hint: did you mean `queues.orders`?");
	assert_complains(F("${queue.orders.arn}"), "did you mean `queues`?");
	assert_complains(F("${orders.arn}"), "did you mean `queues.orders`?");
	assert_complains(F("${zzz}"), "references begin with a section");
	assert_complains(F("${queues}"), "`queues` is a section");
	assert_complains(F("${queues.gone.arn}"), "`queues.gone` is not there: its `when` is "
						  "false");
	assert_complains(F("${queues.e.arn}"), "say which: queues.e[\"a\"]");
	assert_complains(F("${queues.e[\"b\"].arn}"), "say which: queues.e[\"a\"]");
	assert_complains(F("${event_buses.x.arn}"), "`event_buses` is not supported by this "
						    "version");
	assert_complains(F("${modules.x.y}"), "`modules` comes with a later version");
	assert_complains(F("${secret.x}"), "`secret` comes with a later version");
	assert_complains(F("${self.arn}"), "there are self.key and self.name");
	assert_complains(F("${aws.regoin}"), "there are aws.region");
	assert_complains(F("${stack.x}"), "the stack's name is ${stack}");
	assert_complains(F("${nofunc(1)}"), "there is no function `nofunc`");
#undef F
}

/* A reference to what is broken itself says nothing more. */
TEST(lang_reference_to_a_broken_entry)
{
	assert_complains("stack: s\nqueues: { a: 5 }\n"
			 "functions: { f: { code: '${queues.a.arn}' } }",
			 "`queues.a` must be a map");
}

/* --- variables --- */

TEST(lang_variables_types)
{
	_cleanup_bench_ struct bench b = bench_new();

	load_well(&b, "stack: s\n"
		      "variables:\n"
		      "  text: x\n"
		      "  number: 30\n"
		      "  decimal: 0.5\n"
		      "  version: 1.10\n"
		      "  account: 012345670123\n"
		      "  flag: true\n"
		      "  quoted: '30'\n"
		      "  word: yes\n"
		      "  list: [a, 2]\n"
		      "  map: { type: map, default: { a: { b: c } } }\n"
		      "  as_text: { type: string, default: 30 }\n"
		      "  as_number: { type: number, default: 1.50 }\n"
		      "  made: { default: \"${var.text}-${stack}\" }\n"
		      "outputs:\n"
		      "  text: ${var.text}\n"
		      "  number: ${var.number}\n"
		      "  decimal: ${var.decimal}\n"
		      "  version: ${var.version}\n"
		      "  account: ${var.account}\n"
		      "  flag: ${var.flag}\n"
		      "  quoted: ${var.quoted}\n"
		      "  word: ${var.word}\n"
		      "  list: ${var.list[1]}\n"
		      "  map: ${var.map.a.b}\n"
		      "  as_text: ${var.as_text}\n"
		      "  as_number: ${var.as_number}\n"
		      "  made: ${var.made}\n");
	assert_string_equal(output(&b, "text"), "\"x\"");
	assert_string_equal(output(&b, "number"), "30");
	assert_string_equal(output(&b, "decimal"), "0.5");
	assert_string_equal(output(&b, "version"), "\"1.10\"");
	assert_string_equal(output(&b, "account"), "\"012345670123\"");
	assert_string_equal(output(&b, "flag"), "true");
	assert_string_equal(output(&b, "quoted"), "\"30\"");
	assert_string_equal(output(&b, "word"), "\"yes\"");
	assert_string_equal(output(&b, "map"), "\"c\"");
	assert_string_equal(output(&b, "as_text"), "\"30\"");
	assert_string_equal(output(&b, "as_number"), "1.5");
	assert_string_equal(output(&b, "made"), "\"x-s\"");
}

static const char given_stack[] = "stack: s\n"
				  "variables:\n"
				  "  a: { type: string }\n"
				  "  n: { type: number, default: 1 }\n"
				  "  l: { type: list, default: [] }\n"
				  "  m: { type: map, default: {} }\n"
				  "outputs: { a: '${var.a}', n: '${var.n}', l: '${var.l}', m: "
				  "'${var.m}' }\n";

TEST(lang_variables_precedence)
{
	_cleanup_bench_ struct bench b = bench_new();
	const char *files[] = { NULL, NULL, NULL };
	const char *vars[] = { "l=[x, y]", "m={ k: v }", "n=7", NULL };

	setenv("CINFRA_VAR_a", "from env", 1);
	setenv("CINFRA_VAR_n", "2", 1);
	files[0] = bench_write(&b, "v.yaml", "n: 3\n");
	files[1] = bench_write(&b, "v.json", "{\"n\": 4, \"l\": [1]}");
	load_well(&b, given_stack);
	assert_string_equal(output(&b, "a"), "\"from env\"");
	assert_string_equal(output(&b, "n"), "2");
	b.options.var_files = files;
	load_well(&b, given_stack);
	assert_string_equal(output(&b, "n"), "4");
	assert_string_equal(output(&b, "l"), "[1]");
	b.options.vars = vars;
	load_well(&b, given_stack);
	assert_string_equal(output(&b, "n"), "7");
	assert_string_equal(output(&b, "l"), "[\"x\",\"y\"]");
	assert_string_equal(output(&b, "m"), "{\"k\":\"v\"}");
	unsetenv("CINFRA_VAR_a");
	unsetenv("CINFRA_VAR_n");
}

static void assert_given_complains(const char *var, const char *file, const char *part)
{
	_cleanup_bench_ struct bench b = bench_new();
	const char *files[] = { NULL, NULL };
	const char *vars[] = { "a=x", var, NULL };

	b.options.vars = vars;
	if (file) {
		files[0] = bench_write(&b, file[0] == '{' ? "v.json" : "v.yaml", file);
		b.options.var_files = files;
	}
	assert_int_equal(load(&b, given_stack), -1);
	assert_says(&b.run, part);
}

TEST(lang_variables_given_badly)
{
	assert_given_complains("b=1", NULL, "--var:1:1: error: the stack has no variable `b`");
	assert_given_complains("n=x", NULL, "--var:1:3: error: variable `n` wants a number");
	assert_given_complains("n=010", NULL, "no leading zero");
	assert_given_complains("n", NULL, "--var wants NAME=VALUE");
	assert_given_complains("=1", NULL, "--var wants NAME=VALUE");
	assert_given_complains("l=x", NULL, "variable `l` wants a list");
	assert_given_complains("l=[x", NULL, "value of l:1:");
	assert_given_complains("m=[x]", NULL, "variable `m` wants a map, got a list");
	assert_given_complains("n=\xff", NULL, "not UTF-8");
	assert_given_complains(NULL, "zz: 1\n",
			       "v.yaml:1:1: error: the stack has no variable `zz`");
	assert_given_complains(NULL, "n: '5'\n", "v.yaml:1:4: error: variable `n` wants a number");
	assert_given_complains(NULL, "- x\n", "a file of variables is a map");
	assert_given_complains(NULL, "{\"n\": }", "v.json: ");
}

TEST(lang_variables_missing_file)
{
	_cleanup_bench_ struct bench b = bench_new();
	const char *files[] = { "/nonexistent/v.yaml", NULL };

	b.options.var_files = files;
	assert_int_equal(load(&b, "stack: s"), -1);
	assert_says(&b.run, "--var-file: there is no file `/nonexistent/v.yaml`");
}

TEST(lang_variables_mistakes)
{
	assert_complains("stack: s\nvariables: { a: { type: string } }", "2:14: error: variable "
									 "`a` has no value");
	assert_complains("stack: s\nvariables:\n  a:\n", "CINFRA_VAR_a in the environment");
	assert_complains("stack: s\nvariables: { a: { typ: string, default: x } }", "did you mean "
										    "`type`?");
	assert_complains("stack: s\nvariables: { a: { type: strin, default: x } }", "`string`");
	assert_complains("stack: s\nvariables: { a: { type: queue } }\n", "come with modules");
	assert_complains("stack: s\nvariables: { a: { type: number, default: '5' } }", "wants a "
										       "number");
	assert_complains("stack: s\nvariables: { a: { type: bool, default: yes } }", "`true` and "
										     "`false`");
	assert_complains("stack: s\nvariables: { a: { allowed: [x, y], default: z } }", "it takes "
											"`x`, `y`");
	assert_complains("stack: s\nvariables: { a: { pattern: '[a-z]+', default: A } }", "does "
											  "not "
											  "match "
											  "its "
											  "patter"
											  "n");
	assert_complains("stack: s\nvariables: { a: { pattern: '[', default: A } }", "not a "
										     "regular "
										     "expression");
	assert_complains("stack: s\nvariables: { a: '${var.b}', b: 'x${var.a}' }", "variables that "
										   "need each "
										   "other: a -> b "
										   "-> a");
	assert_complains("stack: s\nvariables: { a: '${var.a}' }", "need each other: a -> a");
	assert_complains("stack: s\nvariables: { a: '${queues.q.arn}' }\nqueues: { q: {} }",
			 "a variable must be known when the stack is read");
	assert_complains("stack: s\nvariables: { on: x }", "`on` cannot name a variable");
	assert_complains("stack: s\nvariables: { size: 5 }\noutputs: { o: '${var.sise}' }", "did "
											    "you "
											    "mean "
											    "`var."
											    "size`"
											    "?");
	assert_complains("stack: s\nvariables: { m: { default: { key: v } } }\noutputs: { o: "
			 "'${var.m.kex}' }",
			 "did you mean `key`?");
	assert_complains("stack: s\nvariables: { m: [x] }\noutputs: { o: '${var.m.x}' }", "is a "
											  "list");
	assert_complains("stack: s\nvariables: { m: x }\noutputs: { o: '${var}' }", "write "
										    "${var.NAME}");
}

TEST(lang_variables_allowed_numbers)
{
	_cleanup_bench_ struct bench b = bench_new();

	load_well(&b, "stack: s\nvariables: { a: { type: number, allowed: [1, 2.0], default: 2 } "
		      "}");
}

TEST(lang_variables_sensitive)
{
	_cleanup_bench_ struct bench b = bench_new();
	const struct value *v;

	setenv("CINFRA_VAR_key", "hunter2-hunter2", 1);
	load_well(&b, "stack: s\n"
		      "variables: { key: { sensitive: true } }\n"
		      "functions: { f: { code: x, environment: { K: 'k-${var.key}' } } }\n");
	assert_true(map_has(b.stack->secrets, "key"));
	v = value_path(entry(&b, "functions.f")->body, "environment.K");
	assert_string_equal(value_text(v), "k-hunter2-hunter2");
	assert_true(v->flags & VALUE_SENSITIVE);
	unsetenv("CINFRA_VAR_key");
}

/* A secret must not come out in a message, whatever is wrong with it. */
static void assert_hidden(const char *rest)
{
	_cleanup_bench_ struct bench b = bench_new();
	const char *vars[] = { "key=hunter2", NULL };
	const char *yaml =
		arena_printf(b.run.arena, "stack: s\nvariables: { key: { sensitive: true%s", rest);

	b.options.vars = vars;
	assert_int_equal(load(&b, yaml), -1);
	if (strstr(run_output(&b.run), "hunter2"))
		fail_msg("secret in:\n%s", run_output(&b.run));
}

static void assert_hidden_in_file(const char *name, const char *text)
{
	_cleanup_bench_ struct bench b = bench_new();
	const char *files[] = { bench_write(&b, name, text), NULL };

	b.options.var_files = files;
	assert_int_equal(load(&b, "stack: s\nvariables: { key: { sensitive: true }, n: 5 }"), -1);
	if (strstr(run_output(&b.run), "hunter2"))
		fail_msg("secret in:\n%s", run_output(&b.run));
	assert_says(&b.run, name);
}

TEST(lang_variables_sensitive_in_a_broken_option)
{
	_cleanup_bench_ struct bench b = bench_new();
	const char *vars[] = { "key=[*hunter2]", NULL };

	b.options.vars = vars;
	assert_int_equal(load(&b, "stack: s\nvariables: { key: { type: list, sensitive: true } }"),
			 -1);
	assert_says(&b.run, "value of key:1:2: error: this is not YAML");
	assert_null(strstr(run_output(&b.run), "hunter2"));
}

TEST(lang_variables_sensitive_in_broken_files)
{
	assert_hidden_in_file("v.yaml", "{ key: hunter2, n: x }");
	assert_hidden_in_file("v.yaml", "{ key: *hunter2 }");
	assert_hidden_in_file("v.yaml", "key: \"hunter2");
	assert_hidden_in_file("v.yaml", "- hunter2");
	assert_hidden_in_file("v.yaml", "{ key: hunter2, m: 5 }");
	assert_hidden_in_file("v.json", "{ \"key\": hunter2 }");
}

TEST(lang_variables_sensitive_mistakes)
{
	assert_hidden(", type: number } }");
	assert_hidden(", type: list } }");
	assert_hidden(", type: map } }");
	assert_hidden(", type: list } }");
	assert_hidden(", allowed: [x] } }");
	assert_hidden(", pattern: x+ } }");
	assert_hidden(" } }\nqueues: { a: { name: '${var.key}' } }");
	assert_hidden(" } }\nqueues: { a: { delay: '${var.key}' } }");
	assert_hidden(" } }\nqueues: { a: { when: '${var.key}' } }");
	assert_hidden(" } }\nqueues: { a: { for_each: '${var.key}' } }");
	assert_hidden(" } }\nstage: ${var.key}");
	assert_hidden(" } }\noutputs: { o: '${var.key[0]}' }");
}

/* --- early names --- */

TEST(lang_early_names)
{
	_cleanup_bench_ struct bench b = bench_new();
	struct account account = { .id = "123456789012",
				   .partition = "aws",
				   .region = "eu-west-1" };

	b.options.account = &account;
	setenv("CINFRA_TEST_X", "from env", 1);
	load_well(&b, "stack: shop\nstage: dev\n"
		      "outputs:\n"
		      "  stack: ${stack}-${stage}\n"
		      "  env: ${env.CINFRA_TEST_X} ${env('CINFRA_TEST_NONE', 'd')}\n"
		      "  aws: ${aws.region} ${aws.account_id} ${aws.partition}\n"
		      "  calls: ${region()} ${account()}\n"
		      "  literal: $${aws:username}\n"
		      "  plain: 2012-10-17\n"
		      "  number: 5\n");
	assert_string_equal(output(&b, "stack"), "\"shop-dev\"");
	assert_string_equal(output(&b, "env"), "\"from env d\"");
	assert_string_equal(output(&b, "aws"), "\"eu-west-1 123456789012 aws\"");
	assert_string_equal(output(&b, "calls"), "\"eu-west-1 123456789012\"");
	assert_string_equal(output(&b, "literal"), "\"${aws:username}\"");
	assert_string_equal(output(&b, "plain"), "\"2012-10-17\"");
	assert_string_equal(output(&b, "number"), "5");
	unsetenv("CINFRA_TEST_X");
}

TEST(lang_early_names_unknown)
{
	_cleanup_bench_ struct bench b = bench_new();

	load_well(&b, "stack: s\naws: { region: eu-west-1, account: 012345670123 }\n"
		      "outputs: { r: '${aws.region} ${aws.account_id}', p: '${aws.partition}' }\n"
		      "queues: { a: { name: 'x-${aws.partition}' } }\n");
	assert_string_equal(output(&b, "r"), "\"eu-west-1 012345670123\"");
	assert_string_equal(output(&b, "p"), "null");
	assert_null(entry(&b, "queues.a")->name);
}

TEST(lang_random)
{
	_cleanup_bench_ struct bench b = bench_new();
	struct value *drawn = value_map(b.run.arena);

	value_set(b.run.arena, drawn, "b", value_string(b.run.arena, "k3jd"));
	b.options.random = drawn;
	load_well(&b, "stack: s\nrandom:\n  a:\n  b: { length: 4, upper: true }\n"
		      "outputs: { a: '${random.a}', b: 'x-${random.b}' }\n");
	assert_int_equal(b.stack->random.len, 2);
	assert_int_equal(b.stack->random.items[0].length, 8);
	assert_int_equal(b.stack->random.items[1].length, 4);
	assert_true(b.stack->random.items[1].upper);
	assert_string_equal(output(&b, "a"), "null");
	assert_string_equal(output(&b, "b"), "\"x-k3jd\"");
}

TEST(lang_random_mistakes)
{
	assert_complains("stack: s\nrandom: { a: { length: 0 } }", "between 1 and 64");
	assert_complains("stack: s\nrandom: { a: 8 }", "write a: { length: 8 }");
	assert_complains("stack: s\nrandom: { suffix: {} }\noutputs: { o: '${random.sufix}' }",
			 "did you mean `random.suffix`?");
}

TEST(lang_file_function)
{
	_cleanup_bench_ struct bench b = bench_new();

	bench_write(&b, "text", "hello\n");
	load_well(&b, "stack: s\noutputs: { t: \"${file('text')}\" }\n");
	assert_string_equal(output(&b, "t"), "\"hello\\n\"");
	assert_complains("stack: s\noutputs: { t: \"${file('nothing')}\" }", "there is no file "
									     "`nothing`");
	assert_complains("stack: s\noutputs: { t: \"${file('/etc/hostname')}\" }", "lies outside "
										   "of the stack's "
										   "folder");
	assert_complains("stack: s\noutputs: { t: \"${file('../../etc/passwd')}\" }", "lies "
										      "outside of "
										      "the stack's "
										      "folder");
}

/* --- blocks --- */

TEST(lang_stack_and_stage)
{
	_cleanup_bench_ struct bench b = bench_new();

	b.options.stage = "prod";
	load_well(&b, "stack: s\nstage: dev\noutputs: { s: '${stage}' }");
	assert_string_equal(b.stack->stage, "prod");
	assert_string_equal(output(&b, "s"), "\"prod\"");
	b.options.stage = "a_b";
	assert_int_equal(load(&b, "stack: s"), -1);
	assert_says(&b.run, "this cannot name a stage: `a_b`");
}

TEST(lang_stage_of_a_variable)
{
	_cleanup_bench_ struct bench b = bench_new();

	load_well(&b, "stack: s\nstage: '${var.s}'\nvariables: { s: test }");
	assert_string_equal(b.stack->stage, "test");
}

TEST(lang_stack_mistakes)
{
	assert_complains("", ":1:1: error: `stack` is missing");
	assert_complains("queues: {}", ":1:1: error: `stack` is missing");
	assert_complains("stack: a b", "1:8: error: this cannot name a stack");
	assert_complains("stack: [a]", "this cannot name a stack");
	assert_complains("stack: ${stage}", "`stack` takes no expression");
	assert_complains("stack:", "`stack` has no value");
	assert_complains("stack: s\nstage: a_b", "cannot name a stage");
	assert_complains("stack: s\nstage: '${stage}'", "`stage` needs itself");
	assert_complains("stack: s\naws: { region: '${aws.region}' }", "`aws` needs itself");
	assert_complains("- a", "a stack is a map, got a list");
	assert_complains("just text", "a stack is a map, got text");
	assert_complains("stack: s\nqueus: {}", "did you mean `queues`?");
	assert_complains("stack: s\nlayers: {}", "`layers` is not supported by this version");
	assert_complains("stack: s\nmodules: {}", "modules come with a later version");
	assert_complains("stack: s\nparameters: { Stage: { Type: String } }", "these are SSM "
									      "parameters; inputs "
									      "of the stack go "
									      "under `variables`");
	assert_complains("stack: s\nResources: {}", "write each under its section");
}

TEST(lang_extensions_are_ignored)
{
	_cleanup_bench_ struct bench b = bench_new();

	load_well(&b, "stack: s\nx-any: { broken: '${' }\nx-b:\n  c:\n"
		      "x-q: &q { delay: 5 }\nqueues: { q: *q }\n");
	assert_json(&b, entry(&b, "queues.q")->body, "{\"delay\":5}");
}

TEST(lang_aws_and_state)
{
	_cleanup_bench_ struct bench b = bench_new();

	load_well(&b, "stack: s\n"
		      "variables: { r: eu-west-1 }\n"
		      "aws: { region: '${var.r}', account: 012345670123, tags: { app: '${stack}', "
		      "key: '${self.key}' } }\n"
		      "state: { s3: { bucket: b, key: '${stack}.json' } }\n"
		      "queues: { a: { tags: { app: mine } }, b: { for_each: [x] } }\n");
	assert_string_equal(value_text_at(b.stack->aws, "region"), "eu-west-1");
	assert_string_equal(value_text_at(b.stack->aws, "account"), "012345670123");
	assert_json(&b, b.stack->state, "{\"s3\":{\"bucket\":\"b\",\"key\":\"s.json\"}}");
	assert_json(&b, entry(&b, "queues.a")->tags, "{\"app\":\"mine\",\"key\":\"a\"}");
	assert_json(&b, entry(&b, "queues.b[\"x\"]")->tags, "{\"app\":\"s\",\"key\":\"b\"}");
	assert_null(value_get(b.stack->aws, "tags"));
}

TEST(lang_aws_and_state_mistakes)
{
	assert_complains("stack: s\naws: { regoin: x }", "did you mean `region`?");
	assert_complains("stack: s\naws: { account: 12 }", "`account`");
	assert_complains("stack: s\naws: x", "`aws` must be a map");
	assert_complains("stack: s\nstate: { s3: { bucket: b } }", "needs `key`");
	assert_complains("stack: s\nstate: { s3: { bucket: '${queues.q.name}', key: k } }\nqueues: "
			 "{ q: {} }",
			 "must be known when the stack is read");
}

/* --- resources, overrides, outputs --- */

TEST(lang_resources)
{
	_cleanup_bench_ struct bench b = bench_new();
	const struct entry *e;

	load_well(&b, "stack: s\n"
		      "resources:\n"
		      "  q: { type: AWS::SQS::Queue, properties: { DelaySeconds: 5 }, protect: "
		      "true }\n"
		      "  e: { type: AWS::SQS::Queue }\n");
	e = entry(&b, "resources.q");
	assert_null(e->kind);
	assert_string_equal(value_text(e->type), "AWS::SQS::Queue");
	assert_json(&b, e->properties, "{\"DelaySeconds\":5}");
	assert_json(&b, e->body, "{}");
	assert_true(e->life.protect);
	assert_json(&b, entry(&b, "resources.e")->properties, "{}");
}

TEST(lang_resources_mistakes)
{
	assert_complains("stack: s\nresources: { a: {} }", "resources.a needs `type`");
	assert_complains("stack: s\nresources: { a: { type: AWS::SQS::Quee } }", "did you mean "
										 "`AWS::SQS::Queue`"
										 "?");
	assert_complains("stack: s\nresources: { a: { type: [x] } }", "`type` is a type's name");
	assert_complains("stack: s\nresources: { a: { type: AWS::SQS::Queue, delay: 5 } }", "unknow"
											    "n "
											    "key");
	assert_complains("stack: s\nresources: { a: { type: AWS::SQS::Queue, properties: { "
			 "delay_seconds: 5 } } }",
			 "keys here are CloudFormation's: `DelaySeconds`");
}

TEST(lang_overrides_and_outputs)
{
	_cleanup_bench_ struct bench b = bench_new();

	load_well(&b, "stack: s\n"
		      "queues: { q: {} }\n"
		      "overrides: { queues.q.policy: { X: '${stack}' } }\n"
		      "outputs:\n"
		      "  a: queues.q\n"
		      "  b: { value: [x, 1], description: Two, sensitive: true }\n"
		      "  c: { k: v }\n");
	assert_json(&b, b.stack->overrides, "{\"queues.q.policy\":{\"X\":\"s\"}}");
	assert_int_equal(b.stack->outputs.len, 3);
	assert_string_equal(output(&b, "a"), "\"queues.q\"");
	assert_string_equal(b.stack->outputs.items[1]->description, "Two");
	assert_true(b.stack->outputs.items[1]->sensitive);
	assert_string_equal(output(&b, "c"), "{\"k\":\"v\"}");
}

TEST(lang_overrides_and_outputs_mistakes)
{
	assert_complains("stack: s\noverrides: { queues.q: x }", "an override must be a map");
	assert_complains("stack: s\noutputs: { o: { description: x } }", "an output needs `value`");
	assert_complains("stack: s\noutputs: { o: { value: x, sensitiv: true } }", "`sensitive`");
	assert_complains("stack: s\noutputs: { o: 012 }", "leading zero");
	assert_complains("stack: s\noutputs: { o: '${queues.q.arn}' }", "no queue `q`");
}

/* --- warnings --- */

TEST(lang_warns_of_literal_secrets)
{
	_cleanup_bench_ struct bench b = bench_new();

	assert_int_equal(load(&b, "stack: s\nfunctions:\n  f:\n    code: x\n    environment:\n"
				  "      DB_PASSWORD: hunter2\n      TOKEN_TTL: 5\n"
				  "      API_KEY: '${env(\"NONE\", \"x\")}'\n      MY_TOKEN: ''\n"),
			 0);
	assert_int_equal(diags_warnings(b.run.diags), 1);
	assert_says(&b.run, "c.yaml:6:7: warning: `DB_PASSWORD` looks like a secret");
	assert_null(strstr(run_output(&b.run), "hunter2"));
}

/* --- everything at once --- */

TEST(lang_all_errors_are_collected)
{
	_cleanup_bench_ struct bench b = bench_new();

	assert_int_equal(load(&b, "stack: s\n"
				  "queues:\n"
				  "  a: { delay: 30h }\n"
				  "  b: !Ref x\n"
				  "  c: { fifo: yes, x: 1 }\n"
				  "  c: {}\n"
				  "functions:\n"
				  "  f: { environment: { A: '${var.none}', B: '${queues.z.arn}' } "
				  "}\n"
				  "nonsense: {}\n"),
			 -1);
	assert_says(&b.run, "3:15: error:");
	assert_says(&b.run, "4:6: error: `!Ref`");
	assert_says(&b.run, "5:14: error:");
	assert_says(&b.run, "5:19: error: unknown key `x`");
	assert_says(&b.run, "6:3: error: the key `c`");
	assert_says(&b.run, "8:3: error: a function needs `code`");
	assert_says(&b.run, "the stack has no variable `none`");
	assert_says(&b.run, "no queue `z`");
	assert_says(&b.run, "9:1: error: unknown section `nonsense`");
	assert_non_null(b.stack);
}

/* What was wrong is unknown to those who read on. */
TEST(lang_wrong_values_become_unknown)
{
	_cleanup_bench_ struct bench b = bench_new();

	assert_int_equal(load(&b, "stack: s\nqueues: { a: { delay: 30h, fifo: true } }"), -1);
	assert_true(value_is(value_get(entry(&b, "queues.a")->body, "delay"), VALUE_UNKNOWN));
	assert_true(value_is(value_get(entry(&b, "queues.a")->body, "fifo"), VALUE_BOOL));
}

TEST(lang_limits_of_entries)
{
	_cleanup_bench_ struct bench b = bench_new();
	_cleanup_str_ struct str yaml = STR_INIT;

	str_add(&yaml, "stack: s\nqueues:\n  a:\n    for_each:\n");
	for (int i = 0; i <= 20000; i++)
		str_addf(&yaml, "    - k%d\n", i);
	assert_int_equal(load(&b, str_text(&yaml)), -1);
	assert_says(&b.run, "more than 20000 entries");
}

TEST(lang_limits_of_values)
{
	_cleanup_bench_ struct bench b = bench_new();
	_cleanup_str_ struct str yaml = STR_INIT;

	str_add(&yaml, "stack: s\nvariables:\n  l:\n");
	for (int i = 0; i < 5000; i++)
		str_addf(&yaml, "  - k%d\n", i);
	str_add(&yaml, "queues:\n  a:\n    for_each: ${var.l}\n    tags:\n");
	for (int i = 0; i < 2000; i++)
		str_addf(&yaml, "      t%d: x\n", i);
	assert_int_equal(load(&b, str_text(&yaml)), -1);
	assert_says(&b.run, "more than 2000000 values");
}

TEST(lang_missing_file)
{
	_cleanup_bench_ struct bench b = bench_new();

	b.options.file = "/nonexistent/c.yaml";
	assert_int_equal(lang_load(b.run.arena, b.run.sources, &b.options, &b.stack, b.run.diags),
			 -1);
	assert_null(b.stack);
	assert_says(&b.run, "there is no stack file `/nonexistent/c.yaml`");
}

/* --- peek --- */

static int peek(struct bench *b, const char *yaml)
{
	b->options.file = bench_write(b, "c.yaml", yaml);
	b->options.provider = NULL;
	return lang_peek(b->run.arena, b->run.sources, &b->options, &b->stack, b->run.diags);
}

TEST(lang_peek_reads_what_finds_the_state)
{
	_cleanup_bench_ struct bench b = bench_new();

	assert_int_equal(peek(&b, "stack: s\nstage: '${var.st}'\n"
				  "variables: { st: dev, missing: {}, bad: { type: x }, b: '${'}\n"
				  "aws: { region: eu-west-1 }\n"
				  "state: { s3: { bucket: 'b-${stage}', key: k } }\n"
				  "queues: { a: { x: '${', y: 1 } }\nnonsense: 5\n"),
			 0);
	assert_silent(&b.run);
	assert_string_equal(b.stack->name, "s");
	assert_string_equal(b.stack->stage, "dev");
	assert_string_equal(value_text_at(b.stack->aws, "region"), "eu-west-1");
	assert_json(&b, b.stack->state, "{\"s3\":{\"bucket\":\"b-dev\",\"key\":\"k-dev\"}}");
}

TEST(lang_peek_mistakes)
{
	_cleanup_bench_ struct bench b = bench_new();

	assert_int_equal(peek(&b, "stack: s\nvariables: { r: {} }\naws: { region: '${var.r}' }\n"),
			 -1);
	assert_says(&b.run, "variable `r` has no value");
	assert_int_equal(peek(&b, "queues: {}\n"), -1);
	assert_says(&b.run, "`stack` is missing");
}
