#include "base/zip.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <zip.h>

#include "base/file.h"
#include "base/str.h"
#include "base/vec.h"
#include "base/banned.h"

/* Links to folders multiply what they lead to, so a few could keep us busy for ever. */
enum { MAX_FILES = 100000, MAX_FOLDER_LINKS = 10000, DEFLATE_LEVEL = 9 };
/* 1980-01-01 00:00:00, the first time that a zip file can hold, in MS-DOS's format. */
enum { DOS_DATE = 1 << 5 | 1, DOS_TIME = 0 };

/* A link that was followed to come here. */
struct followed {
	const char *from; /* real folder that holds the link */
	const struct followed *before;
};

struct collector {
	struct arena *arena;
	const char *root; /* real path */
	const char *const *ignore;
	VEC(struct zip_source) items;
	int folder_links;
	struct diags *diags;
};

/* Where a folder's content goes in the package; its names begin with `prefix`. */
struct place {
	const struct collector *collector;
	const char *prefix;
};

static bool matches(const char *pattern, const char *path, bool dir)
{
	char buf[PATH_MAX];
	size_t len = strlen(pattern);

	if (len == 0 || len >= sizeof(buf))
		return false;
	if (pattern[len - 1] == '/') {
		if (!dir)
			return false;
		len--;
	}
	memcpy(buf, pattern, len);
	buf[len] = '\0';
	if (*buf == '/')
		return str_glob(buf + 1, path);
	/* As in .gitignore: without a slash a pattern is about names in any folder. */
	return str_glob(buf, strchr(buf, '/') ? path : path_base(path));
}

static bool is_ignored(void *ctx, const char *path, bool dir)
{
	const struct place *place = ctx;
	const struct collector *c = place->collector;
	const char *name = path_join(c->arena, place->prefix, path);

	for (const char *const *pattern = c->ignore; pattern && *pattern; pattern++)
		if (matches(*pattern, name, dir))
			return true;
	return false;
}

static int add_file(struct collector *c, const char *name, const char *path, off_t size,
		    mode_t mode)
{
	struct zip_source item = { name, path, (mode & 0111) != 0, size };

	if (c->items.len >= MAX_FILES)
		return diag_error(c->diags, D_IO, NO_SPAN, "\"%s\" has more than %d files", c->root,
				  MAX_FILES);
	if (!str_is_utf8(name, strlen(name)))
		return diag_error(c->diags, D_IO, NO_SPAN, "the name of \"%s\" is not UTF-8", path);
	vec_push(c->arena, &c->items, item);
	return 0;
}

/* `path` is `folder` or below it. */
static bool is_within(const char *folder, const char *path)
{
	size_t len = strlen(folder);

	if (strcmp(folder, "/") == 0)
		return true;
	return strncmp(folder, path, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

static int collect(struct collector *c, const char *dir, const char *prefix,
		   const struct followed *followed);

/* Following a link to a folder that holds a link on the way here would never end. */
static int add_linked_folder(struct collector *c, const char *link, const char *target,
			     const char *name, const struct followed *before)
{
	struct followed here = { path_dir(c->arena, link), before };

	if (++c->folder_links > MAX_FOLDER_LINKS)
		return diag_error(c->diags, D_IO, NO_SPAN,
				  "\"%s\" has more than %d links to folders, counting those that "
				  "they lead to",
				  c->root, MAX_FOLDER_LINKS);
	for (const struct followed *f = &here; f; f = f->before)
		if (is_within(target, f->from))
			return diag_error(c->diags, D_IO, NO_SPAN,
					  "the link \"%s\" leads to a folder that contains it",
					  link);
	return collect(c, target, name, &here);
}

static int add_link(struct collector *c, const char *link, const char *name,
		    const struct file_entry *entry, const struct followed *followed)
{
	const char *target = path_real(c->arena, link);

	if (!target)
		return diag_error(c->diags, D_IO, NO_SPAN, "the link \"%s\" leads nowhere", link);
	if (!is_within(c->root, target))
		return diag_error(c->diags, D_IO, NO_SPAN, "the link \"%s\" leads out of \"%s\"",
				  link, c->root);
	if (S_ISDIR(entry->mode))
		return add_linked_folder(c, link, target, name, followed);
	if (!S_ISREG(entry->mode))
		return diag_error(c->diags, D_IO, NO_SPAN,
				  "the link \"%s\" leads to neither a file nor a folder", link);
	return add_file(c, name, target, entry->size, entry->mode);
}

static int collect(struct collector *c, const char *dir, const char *prefix,
		   const struct followed *followed)
{
	struct place place = { c, prefix };
	struct file_list list;

	if (dir_walk(c->arena, dir, is_ignored, &place, MAX_FILES, &list, c->diags))
		return -1;
	for (size_t i = 0; i < list.len; i++) {
		const struct file_entry *entry = &list.items[i];
		const char *path = path_join(c->arena, dir, entry->path);
		const char *name = path_join(c->arena, prefix, entry->path);
		int failed = entry->is_link ? add_link(c, path, name, entry, followed)
					    : add_file(c, name, path, entry->size, entry->mode);

		if (failed)
			return -1;
	}
	return 0;
}

/* Over each name with its NUL, 'x' or '-', and the digest of the content: each part has a known
 * end, so that different packages cannot give the same bytes. */
static int digest_items(struct zip_plan *plan, struct arena *a, struct diags *d)
{
	struct sha256_ctx *c = sha256_begin();
	uint8_t sum[SHA256_LEN];
	int failed = 0;

	for (size_t i = 0; i < plan->len && !failed; i++) {
		const struct zip_source *item = &plan->items[i];

		failed = sha256_file(item->path, sum, d);
		sha256_update(c, item->name, strlen(item->name) + 1);
		sha256_update(c, item->executable ? "x" : "-", 1);
		sha256_update(c, sum, sizeof(sum));
		plan->bytes += item->size;
	}
	sha256_end(c, sum);
	if (!failed)
		memcpy(plan->digest, hex_encode(a, sum, sizeof(sum)), sizeof(plan->digest));
	return failed;
}

static int compare_items(const void *a, const void *b)
{
	const struct zip_source *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static int collect_path(struct collector *c, const char *path)
{
	struct stat st;

	if (stat(c->root, &st) || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return diag_error(c->diags, D_IO, NO_SPAN, "\"%s\" is neither a file nor a folder",
				  path);
	if (S_ISREG(st.st_mode))
		return add_file(c, path_base(path), c->root, st.st_size, st.st_mode);
	return collect(c, c->root, "", NULL);
}

int zip_plan_path(struct arena *a, const char *path, const char *const *ignore,
		  struct zip_plan *ret, struct diags *d)
{
	struct collector c = {
		.arena = a,
		.root = path_real(a, path),
		.ignore = ignore,
		.diags = d,
	};
	struct zip_plan plan = { 0 };

	if (!c.root && errno != ENOENT)
		return diag_error(d, D_IO, NO_SPAN, "cannot read \"%s\": %m", path);
	if (!c.root)
		return diag_error(d, D_IO, NO_SPAN, "\"%s\" does not exist", path);
	if (collect_path(&c, path))
		return -1;
	if (c.items.len == 0)
		return diag_error(d, D_IO, NO_SPAN, "\"%s\" has no files to package", path);
	/* Links to folders have put their content behind the rest. */
	qsort(c.items.items, c.items.len, sizeof(*c.items.items), compare_items);
	plan.items = c.items.items;
	plan.len = c.items.len;
	if (digest_items(&plan, a, d))
		return -1;
	*ret = plan;
	return 0;
}

/* 0, or -1: the archive has the error. All that could differ from machine to machine is set. */
static int add_entry(zip_t *archive, const struct zip_source *item)
{
	zip_uint32_t mode = S_IFREG | (item->executable ? 0755 : 0644);
	zip_source_t *source = zip_source_file(archive, item->path, 0, -1);
	zip_int64_t index;

	if (!source)
		return -1;
	index = zip_file_add(archive, item->name, source, ZIP_FL_ENC_UTF_8);
	if (index < 0) {
		zip_source_free(source);
		return -1;
	}
	if (zip_set_file_compression(archive, (zip_uint64_t)index, ZIP_CM_DEFLATE, DEFLATE_LEVEL) ||
	    zip_file_set_dostime(archive, (zip_uint64_t)index, DOS_TIME, DOS_DATE, 0) ||
	    zip_file_set_external_attributes(archive, (zip_uint64_t)index, 0, ZIP_OPSYS_UNIX,
					     mode << 16))
		return -1;
	return 0;
}

static int write_error(struct diags *d, const char *path, zip_error_t *error)
{
	return diag_error(d, D_IO, NO_SPAN, "cannot write \"%s\": %s", path,
			  zip_error_strerror(error));
}

static zip_t *open_new(const char *path, struct diags *d)
{
	int code = 0;
	zip_t *archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
	zip_error_t error;

	if (!archive) {
		zip_error_init_with_code(&error, code);
		write_error(d, path, &error);
		zip_error_fini(&error);
	}
	return archive;
}

int zip_write(const struct zip_plan *p, const char *out_path, struct diags *d)
{
	zip_t *archive;
	size_t added = 0;

	/* libzip writes no empty archives; it would delete the file. */
	if (p->len == 0)
		return diag_error(d, D_IO, NO_SPAN, "cannot write \"%s\": no files to package",
				  out_path);
	archive = open_new(out_path, d);
	if (!archive)
		return -1;
	while (added < p->len && add_entry(archive, &p->items[added]) == 0)
		added++;
	/* It writes beside the file and renames at the end. */
	if (added == p->len && zip_close(archive) == 0)
		return 0;
	write_error(d, out_path, zip_get_error(archive));
	zip_discard(archive);
	return -1;
}

/* --- zips of others --- */

bool zip_is_one(const char *path)
{
	return str_ends(path, ".zip") && file_exists(path);
}

static int64_t sum_sizes(zip_t *archive)
{
	zip_int64_t n = zip_get_num_entries(archive, 0);
	int64_t sum = 0;

	for (zip_int64_t i = 0; i < n; i++) {
		zip_stat_t st;

		if (zip_stat_index(archive, (zip_uint64_t)i, 0, &st) == 0 &&
		    (st.valid & ZIP_STAT_SIZE) && __builtin_add_overflow(sum, st.size, &sum))
			return INT64_MAX;
	}
	return sum;
}

int zip_unpacked_size(const char *path, int64_t *ret, struct diags *d)
{
	int code = 0;
	zip_t *archive = zip_open(path, ZIP_RDONLY, &code);
	zip_error_t error;

	if (!archive) {
		zip_error_init_with_code(&error, code);
		diag_error(d, D_IO, NO_SPAN, "\"%s\" is no zip that can be read: %s", path,
			   zip_error_strerror(&error));
		zip_error_fini(&error);
		return -1;
	}
	*ret = sum_sizes(archive);
	zip_discard(archive);
	return 0;
}
