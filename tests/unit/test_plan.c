#include "test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_case.h"

/* The cases under tests/plan: see plan_case.h.  CINFRA_PLAN_CASE=name runs one;
 * CINFRA_PLAN_UPDATE=1 writes what comes out into the files, to be read. */

static const char dir[] = "tests/plan";

static char *printed(struct arena *a, void (*print)(FILE *out, void *ctx), void *ctx)
{
	char *text = NULL, *own;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	print(out, ctx);
	fclose(out);
	own = arena_strndup(a, text, len);
	free(text);
	return own;
}

struct made {
	struct plan_case *c;
	struct plan *plan;
	int result;
};

static void print_plan(FILE *out, void *ctx)
{
	static const char *const verdicts[] = { "empty", "changes", "drift", "in_progress",
						"unfinished" };
	struct made *m = ctx;

	if (diags_len(m->c->d))
		diags_print(m->c->d, m->c->sources, out, false, false);
	assert_int_equal(m->result, diags_errors(m->c->d) ? -1 : 0);
	if (m->result < 0)
		return;
	render_text(out, m->plan, &m->c->render);
	fprintf(out, "-- %s, exit %d\n", verdicts[m->plan->verdict], plan_exit_code(m->plan));
}

static void print_needs(FILE *out, const char *word, struct change *const *changes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		fprintf(out, "%s%s", i ? ", " : word, changes[i]->address);
}

static void print_order(FILE *out, void *ctx)
{
	struct made *m = ctx;

	for (size_t i = 0; i < m->plan->changes.len; i++) {
		const struct change *c = m->plan->changes.items[i];

		assert_int_equal(c->index, i);
		fprintf(out, "%s %s%s%s", c->excluded ? "excluded" : action_name(c->action),
			c->address, c->deposed ? "@" : "", c->deposed ? c->deposed : "");
		if (c->stale)
			fprintf(out, ", stale");
		print_needs(out, ", needs ", c->needs.items, c->needs.len);
		print_needs(out, ", deletes after ", c->delete_needs.items, c->delete_needs.len);
		fputc('\n', out);
	}
}

static void print_json(FILE *out, void *ctx)
{
	render_json(out, ((struct made *)ctx)->plan);
}

static void write_case(const struct plan_case *c, const char *path, const char *expect,
		       const char *order, const char *json)
{
	const char *sections[][2] = { { "STACK", c->stack_text },
				      { "STATE", c->state_text },
				      { "LIVE", c->live_text },
				      { "OPTIONS", c->options_text },
				      { "EXPECT", expect },
				      { "ORDER", c->order ? order : NULL },
				      { "JSON", c->json ? json : NULL } };
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	if (c->comment)
		fputs(c->comment, out);
	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		if (sections[i][1])
			fprintf(out, "@%s\n%s", sections[i][0], sections[i][1]);
	fclose(out);
}

static bool same(const char *path, const char *section, const char *want, const char *got)
{
	if (!want || !strcmp(want, got))
		return true;
	fprintf(stderr, "%s: @%s is not\n%s--- but\n%s---\n", path, section, want, got);
	return false;
}

static bool run_case(const char *path)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct plan_case c;
	struct made m = { &c, NULL, 0 };
	const char *expect, *order = NULL, *json = NULL;

	if (!plan_case_read(&c, a, path))
		return false;
	m.result = plan_make(a, &c.input, &m.plan, c.d);
	expect = printed(a, print_plan, &m);
	if (m.result == 0) {
		order = printed(a, print_order, &m);
		json = printed(a, print_json, &m);
	}
	if (getenv("CINFRA_PLAN_UPDATE"))
		write_case(&c, path, expect, order, json);
	return same(path, "EXPECT", c.expect, expect) & same(path, "ORDER", c.order, order) &
	       same(path, "JSON", c.json, json);
}

static int is_case(const struct dirent *entry)
{
	const char *only = getenv("CINFRA_PLAN_CASE");

	return str_ends(entry->d_name, ".case") && (!only || str_eq(entry->d_name, only));
}

TEST(plan_cases)
{
	struct dirent **entries = NULL;
	int n = scandir(dir, &entries, is_case, alphasort), failed = 0;

	for (int i = 0; i < n; i++) {
		_cleanup_arena_ struct arena *a = arena_new();

		failed += !run_case(arena_printf(a, "%s/%s", dir, entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	assert_true(n > 0);
	assert_int_equal(failed, 0);
}

/* --- what apply asks --- */

static struct plan *plan_of(struct arena *a, struct plan_case *c, const char *name)
{
	struct plan *p = NULL;

	assert_true(plan_case_read(c, a, arena_printf(a, "%s/%s.case", dir, name)));
	assert_int_equal(plan_make(a, &c->input, &p, c->d), 0);
	return p;
}

TEST(plan_resolve_waits_for_what_it_needs)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct plan_case c;
	struct plan *p = plan_of(a, &c, "create");
	struct change *worker = map_get(p->by_address, "functions.worker");
	struct change *jobs = map_get(p->by_address, "queues.jobs");
	struct observed made = { .id = "https://q" };
	struct value *props = NULL, *attributes = value_map(a);

	assert_int_equal(plan_resolve(a, p, worker, &props, c.d), -1);
	assert_null(props);
	assert_int_equal(diags_code(c.d), D_REFERENCE);
	assert_string_equal(diags_first(c.d)->message, "Environment of `functions.worker` needs "
						       "`queues.jobs.queue_url`, which is "
						       "not known");
	value_set(a, attributes, "QueueUrl", value_string(a, "https://q"));
	assert_int_equal(plan_resolve(a, p, jobs, &props, c.d), 0);
	jobs->after = props;
	jobs->attributes = attributes;
	jobs->observed = &made;
	jobs->done = true;
	assert_int_equal(plan_resolve(a, p, worker, &props, c.d), 0);
	assert_string_equal(value_text(value_path(props, "Environment.Variables.QUEUE_URL")), "http"
											      "s://"
											      "q");
	/* What was unset, and AWS has chosen meanwhile. */
	made.live = attributes;
	value_set(a, attributes, "KmsDataKeyReusePeriodSeconds", value_int(a, 300));
	assert_int_equal(
		value_int_or(plan_attribute(a, p, "queues.jobs", "KmsDataKeyReusePeriodSeconds"),
			     0),
		300);
}

TEST(plan_outputs_follow_apply)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct plan_case c;
	struct plan *p = plan_of(a, &c, "create");
	struct change *jobs = map_get(p->by_address, "queues.jobs");
	struct value *outputs, *attributes = value_map(a);

	assert_int_equal(plan_outputs(a, p, &outputs, c.d), 0);
	assert_true(value_is(value_path(outputs, "url.value"), VALUE_UNKNOWN));
	value_set(a, attributes, "QueueUrl", value_string(a, "https://q"));
	jobs->attributes = attributes;
	jobs->done = true;
	assert_int_equal(plan_outputs(a, p, &outputs, c.d), 0);
	assert_string_equal(value_text(value_path(outputs, "url.value")), "https://q");
	assert_false(value_bool_or(value_path(outputs, "url.sensitive"), true));
}

TEST(plan_ignored_properties_are_sent_as_they_are)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct plan_case c;
	struct plan *p = plan_of(a, &c, "ignore-changes");
	struct change *change = map_get(p->by_address, "queues.a");
	struct value *props;

	assert_int_equal(plan_resolve(a, p, change, &props, c.d), 0);
	assert_int_equal(value_int_or(value_get(props, "VisibilityTimeout"), 0), 20);
	assert_int_equal(value_int_or(value_get(props, "DelaySeconds"), 0), 2);
	assert_string_equal(value_text(value_path(props, "Tags.team")), "y");
	assert_int_equal(value_int_or(value_path(props, "RedrivePolicy.maxReceiveCount"), 0), 5);
	/* Ignored, and no longer in the stack: still wanted as it is, so that nothing clears it. */
	change = map_get(p->by_address, "queues.c");
	assert_string_equal(value_text_at(change->after, "KmsMasterKeyId"), "k");
	/* AWS does not return it, so it is sent as the stack has it when something else is. */
	change = map_get(p->by_address, "secrets.s");
	assert_string_equal(value_text_at(change->after, "SecretString"), "new");
	/* A new object gets what the stack says. */
	change = map_get(p->by_address, "queues.new");
	assert_string_equal(value_text_at(change->after, "QueueName"), "new");
}

TEST(plan_attributes_of_secrets_are_secrets)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct plan_case c;
	struct plan *p = plan_of(a, &c, "secret-drift");

	assert_true(plan_attribute(a, p, "secrets.plain", "Password")->flags & VALUE_SENSITIVE);
	assert_null(plan_attribute(a, p, "secrets.none", "Password"));
	assert_null(plan_attribute(a, p, "secrets.plain", "Nothing"));
}

TEST(plan_attributes_are_never_digests)
{
	_cleanup_arena_ struct arena *a = arena_new();
	static const char *const targets[] = { "secrets.first", NULL };
	struct plan_case c;
	struct plan *p = NULL;

	assert_true(plan_case_read(&c, a, "tests/plan/secret-write-only.case"));
	c.input.targets = targets;
	assert_int_equal(plan_make(a, &c.input, &p, c.d), 0);
	assert_true(((struct change *)map_get(p->by_address, "secrets.same"))->excluded);
	assert_int_equal(plan_attribute(a, p, "secrets.same", "SecretString")->kind, VALUE_NULL);
	assert_string_equal(value_text(plan_attribute(a, p, "secrets.same", "Name")), "b");
}

TEST(plan_marks_secrets_for_the_state)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct plan_case c;
	struct plan *p = plan_of(a, &c, "secret-created");
	struct change *change = map_get(p->by_address, "secrets.s");
	struct value *props;

	assert_int_equal(plan_resolve(a, p, change, &props, c.d), 0);
	assert_true(value_get(props, "SecretString")->flags & VALUE_SENSITIVE);
	assert_false(value_get(props, "Name")->flags & VALUE_SENSITIVE);
}
