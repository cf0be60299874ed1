/* files.c - what file() may read: texts inside the stack's folder or its git work tree. */
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "lang/loader.h"
#include "base/banned.h"

static bool is_inside(const char *root, const char *path)
{
	size_t len = root ? strlen(root) : 0;

	if (len == 1)
		return path[0] == '/';
	return len && strncmp(root, path, len) == 0 && path[len] == '/';
}

/* The nearest folder above that holds `.git`; NULL: none. */
static const char *work_tree(struct arena *a, const char *dir)
{
	for (;;) {
		const char *git = path_join(a, dir, ".git");

		if (dir_exists(git) || file_exists(git))
			return dir;
		if (strlen(dir) <= 1)
			return NULL;
		dir = path_dir(a, dir);
	}
}

int files_read(void *ctx, const char *path, struct span at, struct arena *a, char **ret,
	       struct diags *d)
{
	const struct loader *l = ((struct scope *)ctx)->loader;
	const char *dir = path_real(a, l->stack->dir);
	const char *real = path_real(a, path_join(a, l->stack->dir, path));
	size_t len = 0;

	if (!real || !dir)
		return diag_error(d, D_CONFIG, at, "there is no file `%s`", path);
	if (!is_inside(dir, real) && !is_inside(work_tree(a, dir), real)) {
		diag_error(d, D_CONFIG, at, "`%s` lies outside of the stack's folder", path);
		diag_hint(d, "files are read from the stack's folder or its git work tree only");
		return -1;
	}
	if (dir_exists(real))
		return diag_error(d, D_CONFIG, at, "`%s` is a folder", path);
	if (file_read(a, real, EXPR_MAX_TEXT, ret, &len, d) != 0)
		return -1;
	if (str_is_utf8(*ret, len))
		return 0;
	return diag_error(d, D_CONFIG, at, "`%s` is not UTF-8 text", path);
}
