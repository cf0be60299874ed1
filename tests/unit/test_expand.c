/* The cases of tests/expand: a stack, and the resources that it becomes or the errors it gets.
 *
 *	@STACK		cinfra.yaml
 *	@FILE path	another file of its folder
 *	@OFFLINE	the account is unknown, as for `validate`
 *	@EXPECT		diagnostics, then one line per resource and per property
 *
 * With UPDATE_EXPECT=1 in the environment, the part after @EXPECT is written anew. */
#include <ftw.h>
#include <glob.h>
#include <unistd.h>

#include "base/file.h"
#include "lang/lang.h"
#include "lang_test.h"
#include "model/json.h"
#include "providers/aws/provider.h"

struct expand_case {
	struct arena *arena;
	const char *path, *text; /* of the case */
	const char *dir;	 /* its stack's folder */
	bool offline;
	const char *expect;
	size_t head; /* bytes up to and with @EXPECT */
};

/* --- reading --- */

static const char *section_end(const char *s)
{
	const char *end = str_starts(s, "@") ? s : strstr(s, "\n@");
	return !end ? s + strlen(s) : end == s ? s : end + 1;
}

static void write_file(const struct expand_case *c, const char *name, const char *text, size_t len)
{
	struct diags *d = diags_new(c->arena);
	const char *path = path_join(c->arena, c->dir, name);
	dir_make(path_dir(c->arena, path), 0755, d);
	assert_int_equal(file_write_atomic(path, text, len, 0644, d), 0);
}

static void read_section(struct expand_case *c, const char *head, const char *body, size_t len)
{
	if (str_eq(head, "STACK"))
		write_file(c, "cinfra.yaml", body, len);
	else if (str_starts(head, "FILE "))
		write_file(c, head + 5, body, len);
	else if (str_eq(head, "OFFLINE"))
		c->offline = true;
	else
		fail_msg("%s: unknown section @%s", c->path, head);
}

static void read_case(struct expand_case *c)
{
	char template[] = "/tmp/cinfra-expand-XXXXXX";
	struct diags *d = diags_new(c->arena);
	char *text = NULL;
	size_t len;
	assert_int_equal(file_read(c->arena, c->path, 1 << 20, &text, &len, d), 0);
	assert_non_null(mkdtemp(template));
	c->dir = arena_strdup(c->arena, template);
	c->text = text;
	for (const char *s = strchr(text, '@'); s && *s == '@';) {
		const char *line = s + strcspn(s, "\n");
		const char *head = arena_strndup(c->arena, s + 1, (size_t)(line - s - 1));
		const char *body = *line ? line + 1 : line;
		if (str_eq(head, "EXPECT")) {
			c->expect = body;
			c->head = (size_t)(body - text);
			return;
		}
		const char *end = section_end(body);
		read_section(c, head, body, (size_t)(end - body));
		s = end;
	}
	fail_msg("%s has no @EXPECT", c->path);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

/* --- printing --- */

/* Expressions as text, so that JSON can show them. */
static struct value *shown(struct arena *a, const struct value *v)
{
	if (value_is(v, VALUE_EXPR))
		return value_printf(a, "${%s}", expr_text(a, v->expr));
	if (value_is(v, VALUE_UNKNOWN))
		return value_string(a, "(unknown)");
	if (value_is(v, VALUE_LIST)) {
		struct value *list = value_list(a);
		value_each_item(v, item)
			value_append(a, list, shown(a, item));
		return list;
	}
	if (!value_is(v, VALUE_MAP))
		return (struct value *)v;
	struct value *map = value_map(a);
	value_each_pair(v, p)
		value_set(a, map, p->key, shown(a, p->value));
	return map;
}

static void print_value(struct arena *a, struct str *out, const struct value *v)
{
	const struct value *plain = shown(a, v);
	str_add(out, value_text(plain) ? value_text(plain) : json_text(a, plain, JSON_COMPACT));
}

static void print_life(struct str *out, const struct resource *r)
{
	for (size_t n = 0; n < r->life.depends_on.len; n++)
		str_addf(out, "  needs %s\n", r->life.depends_on.items[n]);
	if (r->life.protect)
		str_add(out, "  protect\n");
	if (r->life.retain)
		str_add(out, "  retain\n");
	if (r->empty_on_destroy)
		str_add(out, "  empty on destroy\n");
	if (r->package)
		str_addf(out, "  package %s%s%s\n", path_base(r->package->path),
			 r->package->build_command ? ", built by " : "",
			 r->package->build_command ? r->package->build_command : "");
}

static void print_resource(struct arena *a, struct str *out, const struct resource *r)
{
	str_addf(out, "%s %s\n", r->address, r->type->name);
	value_each_pair(r->props, p) {
		str_addf(out, "  %s: ", p->key);
		print_value(a, out, p->value);
		str_addc(out, '\n');
	}
	print_life(out, r);
}

static void print_outputs(struct arena *a, struct str *out, const struct stack *s)
{
	for (size_t n = 0; n < s->outputs.len; n++) {
		str_addf(out, "output %s: ", s->outputs.items[n]->name);
		print_value(a, out, s->outputs.items[n]->value);
		str_addc(out, '\n');
	}
}

/* --- running --- */

/* What a stack in the current folder becomes. */
static const char *expanded(struct run *r, bool offline)
{
	_cleanup_str_ struct str out = STR_INIT;
	struct account account = { "123456789012", "aws", "eu-west-1", NULL };
	struct provider *p = aws_provider_new(r->arena, NULL);
	struct lang_options o = { .file = "cinfra.yaml",
				  .provider = p,
				  .account = offline ? NULL : &account };
	struct resource_list list = { 0 };
	struct stack *s = NULL;
	int failed = lang_load(r->arena, r->sources, &o, &s, r->diags);
	if (s && p->expand(p, r->arena, s, o.account, &list, r->diags))
		failed = -1; /* as far as it could be read: all errors are told at once */
	str_add(&out, run_output(r));
	for (size_t n = 0; n < list.len && !failed; n++)
		print_resource(r->arena, &out, list.items[n]);
	if (!failed)
		print_outputs(r->arena, &out, s);
	aws_provider_free(p);
	return str_dup(&out, r->arena);
}

static void update(const struct expand_case *c, const char *output)
{
	_cleanup_str_ struct str text = STR_INIT;
	str_addn(&text, c->text, c->head);
	str_add(&text, output);
	file_write_atomic(c->path, str_text(&text), text.len, 0644, diags_new(c->arena));
}

/* The first line that differs, for a short message. */
static void assert_same(const struct expand_case *c, const char *output)
{
	const char *a = c->expect, *b = output;
	int line = 1;
	while (*a && *a == *b) {
		line += *a == '\n';
		a++, b++;
	}
	if (*a == *b)
		return;
	while (a > c->expect && a[-1] != '\n')
		a--, b--;
	fail_msg("%s, line %d of what is expected:\n- %.*s\n+ %.*s", c->path, line,
		 (int)strcspn(a, "\n"), a, (int)strcspn(b, "\n"), b);
}

static void run_case(const char *path)
{
	_cleanup_run_ struct run r = run_new();
	struct expand_case c = { .arena = r.arena, .path = path };
	char home[4096];
	assert_non_null(getcwd(home, sizeof(home)));
	read_case(&c);
	assert_int_equal(chdir(c.dir), 0);
	const char *output = expanded(&r, c.offline);
	assert_int_equal(chdir(home), 0);
	nftw(c.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (getenv("UPDATE_EXPECT"))
		update(&c, output);
	else
		assert_same(&c, output);
}

TEST(expand_cases)
{
	glob_t found;
	assert_int_equal(glob("tests/expand/*.case", 0, NULL, &found), 0);
	const char *only = getenv("EXPAND_CASE");
	for (size_t n = 0; n < found.gl_pathc; n++)
		if (!only || strstr(found.gl_pathv[n], only))
			run_case(found.gl_pathv[n]);
	globfree(&found);
}

/* The examples of the docs are what the language takes; what they name is elsewhere. */
TEST(expand_examples)
{
	struct arena *probe = arena_new();
	struct provider *p = aws_provider_new(probe, NULL);
	size_t n = 0;
	const struct kind *const *kinds = p->kinds(&n);
	assert_true(n >= 11);
	for (size_t k = 0; k < n; k++) {
		_cleanup_run_ struct run r = run_new();
		char file[] = "/tmp/cinfra-example-XXXXXX";
		const char *text = arena_printf(r.arena, "stack: shop\n%s", kinds[k]->example);
		struct lang_options o = { .file = file, .provider = p };
		struct stack *s = NULL;
		int fd = mkstemp(file);
		assert_int_equal(write(fd, text, strlen(text)), strlen(text));
		close(fd);
		int failed = lang_load(r.arena, r.sources, &o, &s, r.diags);
		remove(file);
		if (failed)
			fail_msg("the example of %s:\n%s", kinds[k]->section, run_output(&r));
		assert_non_null(kinds[k]->doc);
		assert_non_null(kinds[k]->word);
	}
	aws_provider_free(p);
	arena_free(probe);
}
