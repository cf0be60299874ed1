#include "cmd/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/vec.h"
#include "base/banned.h"

enum { POLL_MS = 200 };

static bool overridden(const struct value *env, const char *entry)
{
	value_each_pair(env, p) {
		size_t n = strlen(p->key);

		if (!strncmp(p->key, entry, n) && entry[n] == '=')
			return true;
	}
	return false;
}

static char **environment(struct arena *a, const struct value *env)
{
	VEC(char *) all = { 0 };

	for (char **e = environ; *e; e++)
		if (!overridden(env, *e))
			vec_push(a, &all, *e);
	value_each_pair(env, p) {
		const char *text = value_scalar_text(a, p->value);

		if (text)
			vec_push(a, &all, arena_printf(a, "%s=%s", p->key, text));
	}
	vec_push(a, &all, NULL);
	return all.items;
}

/* The child gets signals as any program does, and a group of its own, to be ended whole. */
static int spawn(pid_t *pid, const char *command, const char *dir, char *const *env, int out)
{
	char *const argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)command, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t defaults, none;
	int r;

	sigemptyset(&none);
	sigfillset(&defaults);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETPGROUP);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addchdir_np(&files, dir);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDERR_FILENO);
	r = posix_spawn(pid, argv[0], &files, &attr, argv, env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return r;
}

/* Until the output ends; ends the group when asked to stop. */
static void collect(pid_t pid, int fd, struct str *output, const volatile sig_atomic_t *stop)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char buf[16 * 1024];
	bool told = false;

	for (;;) {
		ssize_t n;

		if (stop && *stop && !told) {
			kill(-pid, SIGTERM);
			told = true;
		}
		if (poll(&p, 1, POLL_MS) <= 0)
			continue;
		n = TEMP_FAILURE_RETRY(read(fd, buf, sizeof(buf)));
		if (n <= 0)
			return;
		str_addn(output, buf, (size_t)n);
	}
}

int process_shell(const char *command, const char *dir, const struct value *env, struct str *output,
		  const volatile sig_atomic_t *stop, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	_cleanup_close_ int from = -1, to = -1;
	int fds[2], status, r;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return diag_error(d, D_IO, NO_SPAN, "cannot make a pipe: %m");
	from = fds[0];
	to = fds[1];
	r = spawn(&pid, command, dir, environment(scratch, env), to);
	if (r) {
		errno = r;
		return diag_error(d, D_IO, NO_SPAN, "cannot run a command in \"%s\": %m", dir);
	}
	close_fdp(&to);
	collect(pid, from, output, stop);
	if (TEMP_FAILURE_RETRY(waitpid(pid, &status, 0)) < 0)
		return diag_error(d, D_IO, NO_SPAN, "cannot wait for a command: %m");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
