/* A whole stack: read, checked, expanded into resources. */
#include "fuzz.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "lang/lang.h"
#include "providers/aws/provider.h"

static char dir[] = "/tmp/cinfra-fuzz-XXXXXX";

/* In place of base's, which is not linked then: no stack walks through this machine. */
int dir_walk(struct arena *a, const char *root,
	     bool (*prune)(void *ctx, const char *path, bool dir), void *ctx, size_t max_files,
	     struct file_list *ret, struct diags *d)
{
	(void)a;
	(void)root;
	(void)prune;
	(void)ctx;
	(void)max_files;
	(void)d;
	*ret = (struct file_list){ 0 };
	return 0;
}

static void leave(void)
{
	if (!chdir(dir))
		unlink("cinfra.yaml");
	rmdir(dir);
}

FUZZ(struct fuzz *f)
{
	static const struct account account = { .id = "123456789012",
						.partition = "aws",
						.region = "eu-west-1",
						.arn = "arn:aws:iam::123456789012:user/me" };
	static bool made;
	struct provider *p = aws_provider_new(f->arena, NULL);
	struct lang_options o = { .provider = p, .account = &account };
	struct resource_list wanted = { 0 };
	struct stack *stack = NULL;
	FILE *file;

	if (!made) {
		if (!mkdtemp(dir))
			abort();
		made = !atexit(leave);
	}
	o.file = path_join(f->arena, dir, "cinfra.yaml");
	file = fopen(o.file, "w");
	if (!file || fwrite(f->text, 1, f->len, file) != f->len || fclose(file))
		abort();
	require(!lang_load(f->arena, f->sources, &o, &stack, f->diags) || diags_errors(f->diags));
	if (stack)
		require(!p->expand(p, f->arena, stack, &account, &wanted, f->diags) ||
			diags_errors(f->diags));
	aws_provider_free(p);
}
