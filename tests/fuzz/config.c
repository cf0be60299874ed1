/* AWS's configuration and credentials files, and what gives credentials by them. The input: the
 * config file, a line "===", the credentials file, a line "===", replies (see replies.h). */
#include "replies.h"

#include <sys/mman.h>
#include <unistd.h>

/* A file in memory; its path. */
static const char *file_of(struct fuzz *f, int *fd, const char *text, size_t len)
{
	if (*fd < 0)
		*fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (*fd < 0 || ftruncate(*fd, 0) || (len && pwrite(*fd, text, len, 0) != (ssize_t)len))
		abort();
	return arena_printf(f->arena, "/proc/self/fd/%d", *fd);
}

FUZZ(struct fuzz *f)
{
	static int config_fd = -1, credentials_fd = -1;
	const char *rest = f->text, *env[5] = { "HOME=/nonexistent" };
	size_t config_len = 0, credentials_len = 0;
	char *config = fuzz_part(f, &rest, "\n===\n", &config_len);
	char *credentials = fuzz_part(f, &rest, "\n===\n", &credentials_len);
	struct replies replies = replies_from(f, rest);
	struct aws_options options = replies_options(&replies, env);
	struct aws_client *client;
	const char *account, *partition, *arn;

	/* It would be run. */
	for (size_t i = 0; i + 18 <= f->len; i++)
		if (!strncasecmp(f->text + i, "credential_process", 18))
			return;
	env[1] = arena_printf(f->arena, "AWS_CONFIG_FILE=%s",
			      file_of(f, &config_fd, config, config_len));
	env[2] = arena_printf(f->arena, "AWS_SHARED_CREDENTIALS_FILE=%s",
			      file_of(f, &credentials_fd, credentials, credentials_len));
	env[3] = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/credentials";
	options.region = NULL;
	client = aws_client_new(&options, f->diags);
	if (client)
		aws_identity(client, f->arena, &account, &partition, &arn, f->diags);
	aws_client_free(client);
}
