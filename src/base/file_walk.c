/* dir_walk; the rest of file.h is in file.c. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/vec.h"
#include "base/banned.h"

struct walk {
	struct arena *arena;
	const char *root;
	bool (*prune)(void *ctx, const char *path, bool dir);
	void *ctx;
	size_t max_files;
	VEC(struct file_entry) files;
	struct diags *diags;
};

struct names {
	VEC(const char *) list;
};

static int fail(struct walk *w, const char *path)
{
	return diag_error(w->diags, D_IO, NO_SPAN, "cannot read \"%s\": %m", path);
}

static void close_dirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All at once, so that no descriptor is held while going deeper. Sorted, so that the first error
 * is the same everywhere. */
static int read_names(struct walk *w, const char *path, struct names *names)
{
	__attribute__((cleanup(close_dirp))) DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return fail(w, path);
	while (errno = 0, (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		vec_push(w->arena, &names->list, arena_strdup(w->arena, entry->d_name));
	}
	if (errno)
		return fail(w, path);
	if (names->list.len)
		qsort(names->list.items, names->list.len, sizeof(*names->list.items),
		      compare_names);
	return 0;
}

static int walk_dir(struct walk *w, const char *rel);

static int add(struct walk *w, const char *rel, const struct stat *st, bool is_link)
{
	struct file_entry entry = { rel, st->st_size, st->st_mode, is_link };

	if (w->files.len >= w->max_files)
		return diag_error(w->diags, D_IO, NO_SPAN, "\"%s\" has more than %zu files",
				  w->root, w->max_files);
	vec_push(w->arena, &w->files, entry);
	return 0;
}

static int visit(struct walk *w, const char *rel)
{
	const char *path = path_join(w->arena, w->root, rel);
	struct stat st;
	bool is_link;

	if (lstat(path, &st))
		return fail(w, path);
	is_link = S_ISLNK(st.st_mode);
	/* A link that leads nowhere is listed too; its mode is 0. */
	if (is_link && stat(path, &st))
		st = (struct stat){ 0 };
	if (w->prune && w->prune(w->ctx, rel, S_ISDIR(st.st_mode)))
		return 0;
	if (S_ISDIR(st.st_mode) && !is_link)
		return walk_dir(w, rel);
	if (S_ISREG(st.st_mode) || is_link)
		return add(w, rel, &st, is_link);
	return diag_error(w->diags, D_IO, NO_SPAN,
			  "\"%s\" is neither a file nor a folder nor a link", path);
}

static int walk_dir(struct walk *w, const char *rel)
{
	struct names names = { 0 };

	if (read_names(w, path_join(w->arena, w->root, rel), &names))
		return -1;
	for (size_t i = 0; i < names.list.len; i++)
		if (visit(w, path_join(w->arena, rel, names.list.items[i])))
			return -1;
	return 0;
}

static int compare_entries(const void *a, const void *b)
{
	const struct file_entry *left = a, *right = b;

	return strcmp(left->path, right->path);
}

int dir_walk(struct arena *a, const char *root,
	     bool (*prune)(void *ctx, const char *path, bool dir), void *ctx, size_t max_files,
	     struct file_list *ret, struct diags *d)
{
	struct walk w = {
		.arena = a,
		.root = root,
		.prune = prune,
		.ctx = ctx,
		.max_files = max_files,
		.diags = d,
	};

	if (walk_dir(&w, ""))
		return -1;
	/* Once more: "a.b" comes before "a/b", though the name "a" comes before "a.b". */
	if (w.files.len)
		qsort(w.files.items, w.files.len, sizeof(*w.files.items), compare_entries);
	*ret = (struct file_list){ w.files.items, w.files.len };
	return 0;
}
