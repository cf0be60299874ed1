#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/zip.h"
#include "cmd/cli.h"
#include "cmd/package.h"
#include "cmd/process.h"
#include "cmd/report.h"
#include "model/json.h"
#include "temp.h"

/* --- options --- */

static int parse(struct arena *a, const char *line, unsigned groups, struct options *o,
		 struct diags *d)
{
	char *argv[32], *text = arena_strdup(a, line), *rest;
	int argc = 0;

	for (char *w = strtok_r(text, " ", &rest); w; w = strtok_r(NULL, " ", &rest))
		argv[argc++] = w;
	*o = (struct options){ 0 };
	return options_parse(a, argc, argv, groups, o, d);
}

TEST(cli_options_one_and_two_dashes_and_both_ways_of_values)
{
	static const char *const lines[] = { "-stage x -json", "--stage x --json",
					     "--stage=x -json", "-json -stage=x" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		_cleanup_arena_ struct arena *a = arena_new();
		struct options o;

		assert_int_equal(parse(a, lines[i], GROUP_STACK | GROUP_JSON, &o, diags_new(a)), 0);
		assert_string_equal(o.stage, "x");
		assert_true(o.json);
	}
}

TEST(cli_options_times)
{
	static const struct {
		const char *text;
		int64_t ms; /* -1: refused */
	} cases[] = { { "90", 90000 }, { "90s", 90000 }, { "5m", 300000 },  { "1h", 3600000 },
		      { "0", 0 },      { "s", -1 },	 { "5mm", -1 },	    { "-5s", -1 },
		      { "1d", -1 },    { "1.5m", -1 },	 { "9999999s", -1 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_arena_ struct arena *a = arena_new();
		const char *line = arena_printf(a, "--lock-timeout=%s", cases[i].text);
		struct options o;
		int r = parse(a, line, GROUP_LOCK, &o, diags_new(a));

		assert_int_equal(r, cases[i].ms < 0 ? -1 : 0);
		if (!r)
			assert_int_equal(o.lock_timeout_ms, cases[i].ms);
	}
}

TEST(cli_options_lists_end_with_null)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct options o;

	assert_int_equal(parse(a, "--var a=1 one --var b=2=3 -f s.yaml two", GROUP_STACK, &o,
			       diags_new(a)),
			 0);
	assert_int_equal(o.vars.len, 2);
	assert_string_equal(o.vars.items[0], "a=1");
	assert_string_equal(o.vars.items[1], "b=2=3");
	assert_null(o.vars.items[2]);
	assert_string_equal(o.file, "s.yaml");
	assert_int_equal(o.args.len, 2);
	assert_string_equal(o.args.items[1], "two");
}

TEST(cli_options_two_dashes_end_them)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct options o;

	assert_int_equal(parse(a, "-- --json -", GROUP_JSON, &o, diags_new(a)), 0);
	assert_false(o.json);
	assert_int_equal(o.args.len, 2);
}

TEST(cli_options_faults_say_what_to_do)
{
	static const char *const bad[][2] = {
		{ "--stag x", "did you mean --stage?" },
		{ "--stage", "--stage needs a value: --stage NAME" },
		{ "--json=yes", "--json takes no value" },
		{ "--parallelism 0", "from 1 to 1024" },
		{ "--parallelism many", "not \"many\"" },
		{ "--auto-approve", "unknown option \"--auto-approve\"" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		_cleanup_arena_ struct arena *a = arena_new();
		struct diags *d = diags_new(a);
		const struct diag *first;
		struct options o;

		assert_int_equal(parse(a, bad[i][0], GROUP_STACK | GROUP_JSON | GROUP_AWS, &o, d),
				 -1);
		first = diags_first(d);
		if (!strstr(first->message, bad[i][1]) &&
		    !(first->hints && strstr(first->hints->text, bad[i][1])))
			fail_msg("%s: %s", bad[i][0], first->message);
	}
}

static char *captured(struct arena *a, void (*print)(FILE *out, const void *arg), const void *arg)
{
	char *text = NULL, *copy;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	print(out, arg);
	fclose(out);
	copy = arena_strndup(a, text, len);
	free(text);
	return copy;
}

static void print_help(FILE *out, const void *command)
{
	help_command(out, command);
}

TEST(cli_help_names_every_option_a_command_takes)
{
	_cleanup_arena_ struct arena *a = arena_new();

	for (const struct command *c = commands; c->name; c++) {
		const char *text = captured(a, print_help, c);

		assert_ptr_equal(command_find(c->name), c);
		assert_non_null(strstr(text, c->summary));
		for (const struct option_row *row = option_rows; row->name; row++) {
			const char *name = arena_printf(a, "--%s", row->name);
			bool takes = row->groups & (c->groups | GROUP_GLOBAL);

			if (takes != (strstr(text, name) != NULL) && strcmp(name, "--auto-approve"))
				fail_msg("%s: %s", c->name, name);
			assert_true(!takes || strstr(text, row->doc));
		}
	}
	assert_null(command_find("plam"));
}

TEST(cli_exit_codes_follow_the_errors)
{
	static const struct {
		enum diag_code code;
		int exit;
	} rows[] = { { D_CONFIG, 1 },
		     { D_REMOTE, 1 },
		     { D_AUTH, 5 },
		     { D_LOCKED, 4 },
		     { D_INTERRUPTED, 130 } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		_cleanup_arena_ struct arena *a = arena_new();
		struct diags *d = diags_new(a);

		diag_warning(d, NO_SPAN, "w");
		diag_error(d, D_CONFIG, NO_SPAN, "first");
		diag_error(d, rows[i].code, NO_SPAN, "second");
		assert_int_equal(cli_exit_code(d), rows[i].exit);
	}
}

/* --- printing --- */

TEST(cli_durations)
{
	_cleanup_arena_ struct arena *a = arena_new();

	assert_string_equal(duration_text(a, 0), "0ms");
	assert_string_equal(duration_text(a, 999), "999ms");
	assert_string_equal(duration_text(a, 1250), "1.2s");
	assert_string_equal(duration_text(a, 59999), "60.0s");
	assert_string_equal(duration_text(a, 184000), "3m04s");
}

static void print_tree(FILE *out, const void *v)
{
	print_value(out, v, 0);
}

TEST(cli_values_print_as_yaml)
{
	_cleanup_arena_ struct arena *a = arena_new();
	static const char json[] = "{\"a\":1,\"b\":\"text\",\"c\":\"yes\",\"d\":\"a: "
				   "b\",\"e\":[1,{\"x\":true}],"
				   "\"f\":{},\"g\":\"007\",\"h\":null,\"i\":\"\"}";
	struct value *v = json_parse(a, json, strlen(json), NULL), *secret;

	secret = value_string(a, "hunter2");
	secret->flags |= VALUE_SENSITIVE;
	value_set(a, v, "secret", secret);
	assert_string_equal(captured(a, print_tree, v), "a: 1\nb: text\nc: \"yes\"\nd: \"a: "
							"b\"\ne:\n  - 1\n  -\n    x: true\n"
							"f: {}\ng: \"007\"\nh: null\ni: "
							"\"\"\nsecret: (sensitive)\n");
}

/* --- processes --- */

TEST(cli_process_output_status_and_environment)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct diags *d = diags_new(a);
	_cleanup_str_ struct str out = STR_INIT;
	struct value *env = value_map(a);
	const char *dir = temp_dir();

	value_set(a, env, "HOME", value_string(a, "over there"));
	assert_int_equal(process_shell("echo $HOME; echo oops >&2; pwd; exit 7", dir, env, &out,
				       NULL, d),
			 7);
	assert_string_equal(out.data, arena_printf(a, "over there\noops\n%s\n", path_real(a, dir)));
	assert_int_equal(process_shell("kill -TERM $$", dir, NULL, &out, NULL, d), 128 + 15);
	assert_int_equal(process_shell("true", "/nowhere", NULL, &out, NULL, d), -1);
	assert_int_equal(diags_errors(d), 1);
	temp_remove(dir);
}

TEST(cli_process_ends_with_what_it_started)
{
	_cleanup_arena_ struct arena *a = arena_new();
	_cleanup_str_ struct str out = STR_INIT;
	volatile sig_atomic_t stop = 1;

	assert_int_equal(process_shell("sleep 100 | sleep 100", ".", NULL, &out, &stop,
				       diags_new(a)),
			 128 + 15);
}

/* --- packages --- */

struct shop {
	struct arena *a;
	struct cli cli;
	char *printed;
	size_t printed_len;
	const char *dir, *folder;
	struct package package;
	struct resource resource;
	struct resource *items[1];
	struct resource_list list;
	struct plan plan;
};

static void open_shop(struct shop *s, const char *command)
{
	*s = (struct shop){ .a = arena_new() };
	s->dir = temp_dir();
	s->folder = arena_printf(s->a, "%s/.cinfra", s->dir);
	s->cli = (struct cli){ .arena = s->a, .diags = diags_new(s->a) };
	s->cli.err = s->cli.out = open_memstream(&s->printed, &s->printed_len);
	s->package = (struct package){ .address = "functions.f[\"a/b\"]",
				       .path = arena_printf(s->a, "%s/out/f", s->dir),
				       .build_command = command,
				       .build_dir = s->dir };
	s->resource = (struct resource){ .address = "functions.f", .package = &s->package };
	s->items[0] = &s->resource;
	s->list = (struct resource_list){ s->items, 1, 1 };
	temp_write(temp_path(s->dir, "source"), "one", 3, 0644);
}

static void close_shop(struct shop *s)
{
	fclose(s->cli.err);
	free(s->printed);
	temp_remove(s->dir);
	arena_free(s->a);
}

static int build(struct shop *s)
{
	bool built = false;

	if (package_build_all(&s->cli, s->dir, s->folder, &s->list, &built))
		return -1;
	return built;
}

static size_t notes(struct shop *s)
{
	s->plan = (struct plan){ 0 };
	package_notes(s->a, s->dir, s->folder, &s->list, &s->plan);
	return s->plan.notes.len;
}

TEST(cli_package_is_built_when_its_sources_change)
{
	struct shop s;

	open_shop(&s, "mkdir -p out/f && cp source out/f/code && date +%N >out/cache");
	assert_int_equal(notes(&s), 1);
	assert_int_equal(build(&s), 1);
	assert_int_equal(build(&s), 0);
	assert_int_equal(notes(&s), 0);
	temp_write(temp_path(s.dir, "source"), "two", 3, 0644);
	assert_int_equal(notes(&s), 1);
	assert_int_equal(build(&s), 1);
	assert_int_equal(build(&s), 0);
	s.package.build_command = "mkdir -p out/f && cp source out/f/code # changed";
	assert_int_equal(build(&s), 1);
	s.package.path = arena_printf(s.a, "%s/out/gone", s.dir);
	assert_int_equal(notes(&s), 1);
	close_shop(&s);
}

TEST(cli_package_sources_narrow_what_counts)
{
	static const char *const only[] = { "*.c", NULL };
	struct shop s;

	open_shop(&s, "mkdir -p out/f");
	s.package.build_sources = only;
	assert_int_equal(build(&s), 1);
	temp_write(temp_path(s.dir, "source"), "two", 3, 0644);
	assert_int_equal(build(&s), 0);
	temp_write(temp_path(s.dir, "x.c"), "two", 3, 0644);
	assert_int_equal(build(&s), 1);
	close_shop(&s);
}

TEST(cli_package_failure_shows_the_output)
{
	struct shop s;

	open_shop(&s, "echo what went wrong; exit 3");
	assert_int_equal(build(&s), -1);
	fflush(s.cli.err);
	assert_non_null(strstr(s.printed, "what went wrong\n"));
	assert_non_null(strstr(diags_first(s.cli.diags)->message, "status 3"));
	s.cli.diags = diags_new(s.a);
	s.package.build_command = "true";
	assert_int_equal(build(&s), -1);
	assert_non_null(strstr(diags_first(s.cli.diags)->message, "made no \""));
	close_shop(&s);
}

TEST(cli_package_zip_is_of_the_planned_content)
{
	struct zip_plan plan;
	struct shop s;

	open_shop(&s, "mkdir -p out/f && cp source out/f/code");
	assert_int_equal(build(&s), 1);
	assert_int_equal(zip_plan_path(s.a, s.package.path, NULL, &plan, s.cli.diags), 0);
	memcpy(s.package.digest, plan.digest, sizeof(plan.digest));
	package_paths(s.a, s.folder, &s.list);
	assert_string_equal(s.package.zip_path,
			    arena_printf(s.a, "%s/packages/%s.zip", s.folder, plan.digest));
	assert_int_equal(package_zip(&s.package, s.cli.diags), 0);
	assert_true(file_exists(s.package.zip_path));
	assert_int_equal(package_zip(&s.package, s.cli.diags), 0);
	temp_write(arena_printf(s.a, "%s/packages/old.zip", s.folder), "", 0, 0644);
	package_clean(s.folder, &s.list);
	assert_true(file_exists(s.package.zip_path));
	assert_false(file_exists(arena_printf(s.a, "%s/packages/old.zip", s.folder)));
	temp_write(arena_printf(s.a, "%s/code", s.package.path), "other", 5, 0644);
	assert_int_equal(package_zip(&s.package, s.cli.diags), -1);
	assert_int_equal(diags_code(s.cli.diags), D_CONFLICT);
	close_shop(&s);
}
