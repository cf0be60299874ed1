#include "cmd/package.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/zip.h"
#include "cmd/process.h"
#include "model/json.h"
#include "providers/aws/provider.h"
#include "base/banned.h"

enum { MAX_FILES = 200 * 1000, MAX_RECORD = 64 * 1024, MAX_OUTPUT = 1024 * 1024 };

/* One `build:` command; packages with the same one share it. */
struct build {
	const struct package *package;
	const char *dir, *record; /* where it runs; what is known of its last success */
	VEC(const char *) made;	  /* folders in dir that hold what builds make */
};
struct builds {
	struct arena *a;
	const char *stack_dir, *folder;
	VEC(struct build *) items;
};

/* An address as a file's name; what does not fit is replaced, with a digest against clashes. */
static char *file_name(struct arena *a, const char *address)
{
	char *name = arena_strdup(a, address);
	bool changed = false;

	for (char *c = name; *c; c++) {
		bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			     (*c >= '0' && *c <= '9') || *c == '-' || *c == '_' || *c == '.';

		changed |= !plain;
		*c = plain ? *c : '_';
	}
	if (!changed)
		return name;
	return arena_printf(a, "%s-%.12s", name, sha256_hex(a, address, strlen(address)));
}

/* --- what goes into a build --- */

/* The real path of what may not be there yet. */
static const char *future_path(struct arena *a, const char *path)
{
	const char *real = path_real(a, path), *rest = "";

	while (!real && !str_eq(path, path_dir(a, path))) {
		rest = *rest ? path_join(a, path_base(path), rest) : path_base(path);
		path = path_dir(a, path);
		real = path_real(a, path);
	}
	return !real ? path : *rest ? path_join(a, real, rest) : real;
}

/* The first folder below `dir` on the way to `path`; NULL when `path` is not below it. */
static const char *first_step(struct arena *a, const char *dir, const char *path)
{
	const char *from = path_real(a, dir), *to = future_path(a, path);
	size_t n;

	if (!from || !str_starts(to, from) || to[strlen(from)] != '/')
		return NULL;
	to += strlen(from) + 1;
	n = strcspn(to, "/");
	return n ? arena_strndup(a, to, n) : NULL;
}

static bool is_made(void *ctx, const char *path, bool dir)
{
	const struct build *b = ctx;

	if (dir && (str_eq(path_base(path), ".git") || str_eq(path_base(path), ".cinfra")))
		return true;
	for (size_t i = 0; i < b->made.len; i++)
		if (str_eq(path, b->made.items[i]))
			return true;
	return false;
}

static bool is_source(const struct package *p, const char *path)
{
	const char *const *pattern = p->build_sources;

	if (!pattern)
		return true;
	for (; *pattern; pattern++)
		if (str_glob(*pattern, path))
			return true;
	return false;
}

/* Digest of the command and of all its sources. */
static int digest_inputs(const struct build *b, struct arena *a, char **ret, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	const struct package *p = b->package;
	struct file_list files = { 0 };
	_cleanup_str_ struct str text = STR_INIT;

	if (dir_walk(scratch, b->dir, is_made, (void *)b, MAX_FILES, &files, d))
		return -1;
	str_addf(&text, "%s%c", p->build_command, '\0');
	if (p->build_env)
		str_add(&text, json_text(scratch, p->build_env, JSON_SORTED));
	for (size_t i = 0; i < files.len; i++) {
		uint8_t digest[SHA256_LEN];

		if (!is_source(p, files.items[i].path))
			continue;
		if (sha256_file(path_join(scratch, b->dir, files.items[i].path), digest, d))
			return -1;
		str_addf(&text, "%c%s%c", '\0', files.items[i].path, '\0');
		str_addn(&text, digest, sizeof(digest));
	}
	*ret = sha256_hex(a, text.data, text.len);
	return 0;
}

/* --- what is known of the last one --- */

static bool is_current(const struct build *b, const char *inputs)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct diags *ignored = diags_new(scratch);
	char *text;
	size_t len;

	if (file_read(scratch, b->record, MAX_RECORD, &text, &len, ignored) ||
	    (!file_exists(b->package->path) && !dir_exists(b->package->path)))
		return false;
	return str_eq(value_text_at(json_parse(scratch, text, len, NULL), "inputs"), inputs);
}

static int record(const struct build *b, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct value *v = value_map(scratch);
	char *inputs, *text;

	/* Read again: a build may touch its own sources. */
	if (digest_inputs(b, scratch, &inputs, d))
		return -1;
	value_set(scratch, v, "inputs", value_string(scratch, inputs));
	text = json_text(scratch, v, JSON_PRETTY);
	if (dir_make(path_dir(scratch, b->record), 0700, d))
		return -1;
	return file_write_atomic(b->record, text, strlen(text), 0600, d);
}

/* --- running --- */

static void collect_builds(struct builds *builds, const struct resource_list *resources)
{
	struct arena *a = builds->a;

	for (size_t i = 0; i < resources->len; i++) {
		const struct package *p = resources->items[i]->package;
		struct build *b;

		if (!p || !p->build_command)
			continue;
		b = arena_new_of(a, struct build);
		b->package = p;
		b->dir = p->build_dir ? p->build_dir : builds->stack_dir;
		b->record = arena_printf(a, "%s/build/%s.json", builds->folder,
					 file_name(a, p->address));
		vec_push(a, &builds->items, b);
	}
	for (size_t i = 0; i < builds->items.len; i++)
		for (size_t n = 0; n < builds->items.len; n++) {
			struct build *b = builds->items.items[i];
			const char *step =
				first_step(a, b->dir, builds->items.items[n]->package->path);

			if (step)
				vec_push(a, &b->made, step);
		}
}

static int explain_failure(struct cli *cli, const struct build *b, int status,
			   const struct str *output)
{
	const struct package *p = b->package;

	fprintf(cli->err, "%s", str_text(output));
	if (output->len && output->data[output->len - 1] != '\n')
		fputc('\n', cli->err);
	if (cli->stop && *cli->stop)
		return diag_error(cli->diags, D_INTERRUPTED, NO_SPAN, "interrupted while building");
	diag_error(cli->diags, D_CONFIG, p->span, "%s: the build command failed with status %d",
		   p->address, status);
	diag_hint(cli->diags, "it ran in \"%s\"; its output stands above", b->dir);
	return -1;
}

static int run_build(struct cli *cli, const struct build *b)
{
	const struct package *p = b->package;
	_cleanup_str_ struct str output = { .max = MAX_OUTPUT };
	int64_t begin = clock_monotonic_ms();
	int status;

	fprintf(cli->err, "%s: building...\n", p->address);
	status = process_shell(p->build_command, b->dir, p->build_env, &output, cli->stop,
			       cli->diags);
	if (status < 0)
		return -1;
	if (status)
		return explain_failure(cli, b, status, &output);
	if (!file_exists(p->path) && !dir_exists(p->path)) {
		diag_error(cli->diags, D_CONFIG, p->span, "%s: the build command made no \"%s\"",
			   p->address, p->path);
		diag_hint(cli->diags, "`code:` names what the command makes");
		return -1;
	}
	fprintf(cli->err, "%s: built in %.1fs\n", p->address,
		(double)(clock_monotonic_ms() - begin) / 1000);
	return 0;
}

static bool same_command(const struct build *x, const struct build *y)
{
	return str_eq(x->package->build_command, y->package->build_command) &&
	       str_eq(x->dir, y->dir) && value_equal(x->package->build_env, y->package->build_env);
}

/* Run it, unless an earlier package's command was the same. */
static int run_once(struct cli *cli, const struct builds *ran, const struct build *b)
{
	for (size_t i = 0; i < ran->items.len; i++)
		if (same_command(ran->items.items[i], b))
			return 0;
	return run_build(cli, b);
}

static int build_changed(struct cli *cli, const struct builds *all, struct builds *ran)
{
	for (size_t i = 0; i < all->items.len; i++) {
		struct build *b = all->items.items[i];
		char *inputs;

		if (digest_inputs(b, cli->arena, &inputs, cli->diags))
			return -1;
		if (is_current(b, inputs))
			continue;
		if (run_once(cli, ran, b))
			return -1;
		vec_push(cli->arena, &ran->items, b);
	}
	return 0;
}

int package_build_all(struct cli *cli, const char *stack_dir, const char *folder,
		      const struct resource_list *resources, bool *ret_built)
{
	struct builds all = { .a = cli->arena, .stack_dir = stack_dir, .folder = folder };
	struct builds ran = all;
	int r;

	collect_builds(&all, resources);
	r = build_changed(cli, &all, &ran);
	/* What succeeded is not built again because another one failed. */
	for (size_t i = 0; i < ran.items.len; i++)
		if (record(ran.items.items[i], cli->diags))
			return -1;
	*ret_built = ran.items.len > 0;
	return r;
}

void package_notes(struct arena *a, const char *stack_dir, const char *folder,
		   const struct resource_list *resources, struct plan *plan)
{
	struct builds all = { .a = a, .stack_dir = stack_dir, .folder = folder };

	collect_builds(&all, resources);
	for (size_t i = 0; i < all.items.len; i++) {
		const struct build *b = all.items.items[i];
		char *inputs;

		if (!digest_inputs(b, a, &inputs, diags_new(a)) && is_current(b, inputs))
			continue;
		vec_push(a, &plan->notes,
			 arena_printf(a,
				      file_exists(b->package->path) || dir_exists(b->package->path)
					      ? "%s: its sources have changed since the last "
						"build, "
						"which is what is compared here; --build builds it"
					      : "%s: it was not built yet; --build builds it",
				      b->package->address));
	}
}

/* --- zips --- */

void package_paths(struct arena *a, const char *folder, const struct resource_list *resources)
{
	for (size_t i = 0; i < resources->len; i++) {
		struct package *p = resources->items[i]->package;

		if (p && zip_is_one(p->path))
			p->zip_path = p->path;
		else if (p)
			p->zip_path = arena_printf(a, "%s/packages/%s.zip", folder, p->digest);
	}
}

int package_zip(const struct package *p, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	struct zip_plan plan;

	if (zip_plan_path(scratch, p->path, p->ignore, &plan, d))
		return -1;
	if (!str_eq(plan.digest, p->digest)) {
		diag_error(d, D_CONFLICT, p->span, "\"%s\" has changed since the plan was made",
			   p->path);
		diag_hint(d, "run the command again");
		return -1;
	}
	if (zip_is_one(p->path) || file_exists(p->zip_path))
		return 0;
	if (dir_make(path_dir(scratch, p->zip_path), 0700, d))
		return -1;
	return zip_write(&plan, p->zip_path, d);
}

int package_check(const struct plan *plan, struct diags *d)
{
	int failed = 0;

	for (size_t i = 0; i < plan->changes.len; i++) {
		const struct change *c = plan->changes.items[i];
		const struct package *p = c->wanted ? c->wanted->package : NULL;

		if (!p || !p->large || p->s3 || c->excluded || c->action == ACTION_NOOP)
			continue;
		failed |= package_zip(p, d) || aws_check_package(p, d);
	}
	return failed ? -1 : 0;
}

static bool is_wanted(const struct resource_list *resources, const char *name)
{
	for (size_t i = 0; i < resources->len; i++) {
		const struct package *p = resources->items[i]->package;

		if (p && p->zip_path && str_eq(path_base(p->zip_path), name))
			return true;
	}
	return false;
}

void package_clean(const char *folder, const struct resource_list *resources)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	const char *dir = arena_printf(scratch, "%s/packages", folder);
	struct file_list files = { 0 };

	if (!dir_exists(dir) ||
	    dir_walk(scratch, dir, NULL, NULL, MAX_FILES, &files, diags_new(scratch)))
		return;
	for (size_t i = 0; i < files.len; i++)
		if (str_ends(files.items[i].path, ".zip") &&
		    !is_wanted(resources, files.items[i].path))
			unlink(path_join(scratch, dir, files.items[i].path));
}
