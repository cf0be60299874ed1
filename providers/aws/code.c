#include "providers/aws/code.h"

#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "base/zip.h"
#include "providers/aws/upload.h"

enum { MB = 1024 * 1024, MAX_UNPACKED = 250 * MB };
/* What zipping may add to what cannot be compressed. */
enum { ZIP_OVERHEAD = 4 * MB };

/* clang-format off */
static const struct prop code_words[] = {
	PROP("path", STRING, 0, .doc = "A folder, or a file."),
	PROP("s3", ANY, 0, .doc = "s3://bucket/key, or {bucket, key, version}."),
	PROP("image", STRING, 0, .doc = "URI of a container image in ECR."),
	PROP_END
};
static const struct prop s3_words[] = {
	PROP("bucket", STRING, P_REQUIRED, .to = "S3Bucket", .doc = "Bucket, in the function's region."),
	PROP("key", STRING, P_REQUIRED, .to = "S3Key", .doc = "Key of the package."),
	PROP("version", STRING, 0, .to = "S3ObjectVersion", .doc = "Version of the object."),
	PROP_END
};
static const struct prop build_words[] = {
	PROP("command", STRING, P_REQUIRED, .doc = "What a shell runs."),
	PROP("sources", LIST, 0, .doc = "Patterns of files it reads; everything in `dir` without."),
	PROP("dir", STRING, 0, .doc = "Where it runs; the stack's folder without."),
	PROP("env", MAP, 0, .doc = "Environment variables."),
	PROP_END
};
/* clang-format on */

/* Leavings of tools, which would make every package another one. */
static const char *const leavings[] = { "__pycache__/", "*.pyc", ".git/", ".DS_Store", NULL };

/* --- paths --- */

/* The git work tree that holds `dir`, or `dir` itself. */
static const char *work_tree(struct arena *a, const char *dir)
{
	for (const char *d = dir; d && !str_eq(d, "/"); d = path_dir(a, d)) {
		const char *git = path_join(a, d, ".git");
		if (dir_exists(git) || file_exists(git))
			return d;
	}
	return dir;
}

static bool lies_in(const char *path, const char *dir)
{
	size_t n = strlen(dir);
	return str_starts(path, dir) && (!path[n] || path[n] == '/' || str_eq(dir, "/"));
}

/* The real path of what `v` names; *ret_there false when it does not exist (yet). NULL: errors. */
static const char *inside(struct expansion *x, const struct value *v, bool *ret_there)
{
	const char *text = value_text(v);
	const char *dir = path_real(x->arena, x->stack->dir ? x->stack->dir : ".");
	const char *joined = path_join(x->arena, dir ? dir : ".", text);
	const char *real = path_real(x->arena, joined);
	*ret_there = real;
	if (!real)
		return joined;
	if (dir && lies_in(real, work_tree(x->arena, dir)))
		return real;
	diag_error(x->diags, D_CONFIG, v->span, "`%s` leads out of the stack's folder", text);
	diag_hint(x->diags, "what a stack names lies in its folder or its git work tree");
	return NULL;
}

static const char *known_text(struct expansion *x, const struct value *v, const char *what)
{
	if (value_text(v) && *value_text(v))
		return value_text(v);
	if (value_is(v, VALUE_UNKNOWN))
		return NULL; /* with an account it is known, or an error was added */
	x_error(x, v->span, value_is_scalar(v) ? "%s is empty" : "%s must be known beforehand",
		what);
	return NULL;
}

static const char *const *texts(struct expansion *x, const struct value *v)
{
	VEC(const char *) out = { 0 };
	const struct value *all = x_list(x, v);
	value_each_item(all, one) {
		if (value_text(one))
			vec_push(x->arena, &out, value_text(one));
	}
	vec_push(x->arena, &out, NULL);
	return out.items;
}

/* --- packages --- */

static void read_build(struct expansion *x, const struct item *i, struct package *p)
{
	const struct value *v = x_word(i, "build"), *dir = NULL;
	bool there = true;
	if (!v)
		return;
	p->build_dir = x->stack->dir;
	if (!value_is(v, VALUE_MAP)) {
		p->build_command = known_text(x, v, "a build command");
		return;
	}
	const struct value *w = x_check(x, build_words, v, "a build");
	if (!w)
		return;
	p->build_command = known_text(x, value_get(w, "command"), "a build command");
	p->build_env = value_get(w, "env");
	if (value_get(w, "sources"))
		p->build_sources = texts(x, value_get(w, "sources"));
	dir = value_get(w, "dir");
	if (dir && known_text(x, dir, "a path"))
		p->build_dir = inside(x, dir, &there);
	if (dir && !there)
		x_error(x, dir->span, "`%s` does not exist", value_text(dir));
}

static const char *digest_key(struct expansion *x, const struct package *p)
{
	_cleanup_str_ struct str key = STR_INIT;
	str_add(&key, p->path);
	for (const char *const *s = p->ignore; *s; s++)
		str_addf(&key, "\n%s", *s);
	return str_dup(&key, x->arena);
}

static void check_size(struct expansion *x, const struct package *p, int64_t bytes)
{
	if (bytes <= MAX_UNPACKED)
		return;
	diag_error(x->diags, D_QUOTA, p->span,
		   "the code has %.1f MB; Lambda takes at most 250 MB, layers included",
		   (double)bytes / MB);
	diag_hint(x->diags, "leave files out with `ignore:`, or use an image: up to 10 GB");
}

/* Errors of files get the place of `code`. */
static int measure(struct expansion *x, struct package *p)
{
	struct zip_plan plan = { 0 };
	struct diags *d = diags_new(x->arena);
	int rc = zip_plan_path(x->arena, p->path, p->ignore, &plan, d);
	p->large = plan.bytes > UPLOAD_MAX_DIRECT - ZIP_OVERHEAD;
	if (!rc && zip_is_one(p->path))
		rc = zip_unpacked_size(p->path, &plan.bytes, d);
	for (const struct diag *e = diags_first(d); e; e = e->next)
		diag_error(x->diags, e->code, p->span, "%s", e->message);
	if (rc)
		return -1;
	memcpy(p->digest, plan.digest, sizeof(p->digest));
	check_size(x, p, plan.bytes);
	return 0;
}

/* The digest of what is there; packages with the same path and patterns are read once. */
static struct value *digest(struct expansion *x, struct package *p)
{
	const char *key = digest_key(x, p);
	const struct package *known = map_get(x->digests, key);
	if (known) {
		memcpy(p->digest, known->digest, sizeof(p->digest));
		p->large = known->large;
	} else if (measure(x, p)) {
		return NULL;
	} else {
		map_set(x->digests, key, p);
	}
	return x_string(x, p->digest);
}

static void from_path(struct expansion *x, const struct item *i, const struct value *v,
		      struct code *ret)
{
	bool there;
	if (!known_text(x, v, "the path of the code"))
		return;
	const char *path = inside(x, v, &there);
	struct package *p = arena_new_of(x->arena, struct package);
	if (!path)
		return;
	p->address = i->entry->address;
	p->path = path;
	p->ignore = x_word(i, "ignore") ? texts(x, x_word(i, "ignore")) : leavings;
	p->s3 = value_get(x->stack->packages, "s3");
	p->span = v->span;
	read_build(x, i, p);
	if (!there && !p->build_command) {
		diag_error(x->diags, D_CONFIG, v->span, "`%s` does not exist", value_text(v));
		diag_hint(x->diags, "paths are relative to the stack's file; what a command makes "
				    "needs `build`");
		return;
	}
	struct value *sum = there ? digest(x, p) : value_unknown(x->arena);
	ret->package = p;
	ret->props = sum ? x_map(x, "SourceDigest", sum, NULL) : NULL;
}

/* --- S3 and images --- */

static void from_s3_url(struct expansion *x, const struct value *v, struct code *ret)
{
	const char *rest = value_text(v) + strlen("s3://"), *slash = strchr(rest, '/');
	if (!slash || slash == rest || !slash[1]) {
		x_error(x, v->span, "an object is written s3://bucket/key");
		return;
	}
	ret->props = x_map(x, "S3Bucket", value_stringn(x->arena, rest, (size_t)(slash - rest)),
			   "S3Key", x_string(x, slash + 1), NULL);
}

static void from_s3(struct expansion *x, const struct value *v, struct code *ret)
{
	if (str_starts(value_text(v), "s3://")) {
		from_s3_url(x, v, ret);
		return;
	}
	const struct value *w = x_check(x, s3_words, v, "an object in S3");
	if (!w)
		return;
	ret->props = value_map(x->arena);
	x_copy(x, s3_words, NULL, w, ret->props);
}

static void from_map(struct expansion *x, const struct item *i, const struct value *v,
		     struct code *ret)
{
	const struct value *w = x_check(x, code_words, v, "code");
	if (!w)
		return;
	if (value_len(w) != 1) {
		x_error(x, v->span, "code is one of `path`, `s3` and `image`");
		return;
	}
	if (value_get(w, "path"))
		from_path(x, i, value_get(w, "path"), ret);
	else if (value_get(w, "s3"))
		from_s3(x, value_get(w, "s3"), ret);
	if (!value_get(w, "image"))
		return;
	ret->image = true;
	ret->props = x_map(x, "ImageUri", value_get(w, "image"), NULL);
}

void x_code(struct expansion *x, const struct item *i, struct code *ret)
{
	const struct value *v = x_word(i, "code");
	*ret = (struct code){ 0 };
	if (!v)
		return;
	if (value_is(v, VALUE_MAP))
		from_map(x, i, v, ret);
	else if (str_starts(value_text(v), "s3://"))
		from_s3_url(x, v, ret);
	else
		from_path(x, i, v, ret);
	if (!ret->package && x_word(i, "build"))
		x_error(x, x_at(i, "build"), "`build` is for code from a path");
	if (ret->props)
		ret->props->span = v->span;
}

/* --- handlers --- */

static const struct {
	const char *runtime;
	const char *ends[4]; /* of the file with the handler */
	bool dots;	     /* module.of.a.package */
} interpreted[] = {
	{ "python", { ".py", "/__init__.py", NULL }, true },
	{ "nodejs", { ".js", ".mjs", ".cjs", NULL }, false },
	{ "ruby", { ".rb", NULL }, false },
};

/* "src/app.handler" -> "src/app"; Python's "pkg.mod.handler" -> "pkg/mod". */
static char *module_of(struct arena *a, const char *handler, bool dots)
{
	const char *base = path_base(handler);
	const char *dot = dots ? strrchr(base, '.') : strchr(base, '.');
	if (!dot)
		return NULL;
	char *module = arena_strndup(a, handler, (size_t)(dot - handler));
	for (char *c = module; dots && *c; c++)
		if (*c == '.')
			*c = '/';
	return module;
}

static bool has_file(struct arena *a, const char *folder, const char *module,
		     const char *const *ends)
{
	for (; *ends; ends++)
		if (file_exists(path_join(a, folder, arena_printf(a, "%s%s", module, *ends))))
			return true;
	return false;
}

static void check_module(struct expansion *x, const struct package *p, const struct value *handler,
			 size_t row)
{
	const char *text = value_text(handler);
	const char *const *ends = interpreted[row].ends;
	const char *module = module_of(x->arena, text, interpreted[row].dots);
	if (!module) {
		x_error(x, handler->span, "a handler is written file.function, not `%s`", text);
		return;
	}
	if (has_file(x->arena, p->path, module, ends))
		return;
	diag_error(x->diags, D_CONFIG, handler->span,
		   "the code has no file `%s%s` for handler `%s`", module, ends[0], text);
	diag_hint(x->diags, "it is looked for in `code`");
}

void x_check_handler(struct expansion *x, const struct item *i, const struct code *c)
{
	const struct value *handler = x_word(i, "handler");
	const char *runtime = value_text(x_word(i, "runtime"));
	/* A layer may bring the handler, and so may a build. */
	if (!c->package || c->package->build_command || !dir_exists(c->package->path) ||
	    !value_text(handler) || value_len(x_word(i, "layers")))
		return;
	for (size_t n = 0; n < sizeof(interpreted) / sizeof(*interpreted); n++)
		if (str_starts(runtime, interpreted[n].runtime))
			check_module(x, c->package, handler, n);
}
