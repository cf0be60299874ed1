/* credentials_process.c - a program of the user's that prints credentials as JSON.
 *
 * Split as a shell would but run without one. Its standard error stays the terminal's: it may
 * have to ask something. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aws/credentials.h"
#include "aws/words.h"
#include "base/clock.h"
#include "base/file.h"
#include "model/json.h"
#include "base/banned.h"

enum { OUTPUT_MAX_BYTES = 64 * 1024, TIMEOUT_MS = 120000 };

static void default_signals(posix_spawnattr_t *attr)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &all);
	posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* 0 or an errno. */
static int start(char **words, int out, pid_t *ret)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int r;

	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	default_signals(&attr);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	r = posix_spawnp(ret, words[0], &files, &attr, words, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return r;
}

static bool wait_readable(int fd, int64_t deadline)
{
	int64_t left = deadline - clock_monotonic_ms();
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int r = left > 0 ? poll(&p, 1, (int)left) : 0;

	return r > 0 || (r < 0 && errno == EINTR);
}

/* False when it takes too long or prints too much. */
static bool read_output(int fd, struct str *out)
{
	int64_t deadline = clock_monotonic_ms() + TIMEOUT_MS;
	char buffer[4096];

	while (wait_readable(fd, deadline)) {
		ssize_t n = read(fd, buffer, sizeof(buffer));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		str_addn(out, buffer, (size_t)n);
		explicit_bzero(buffer, sizeof(buffer));
		if (out->len > OUTPUT_MAX_BYTES)
			return false;
	}
	return false;
}

static int reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

static int run(const char *profile, char **words, struct str *out, struct diags *d)
{
	_cleanup_close_ int in = -1, child_out = -1;
	int pipe_fds[2], error, status;
	bool complete;
	pid_t pid;

	if (pipe2(pipe_fds, O_CLOEXEC))
		return diag_error(d, D_IO, NO_SPAN, "cannot make a pipe: %m");
	in = pipe_fds[0];
	child_out = pipe_fds[1];
	error = start(words, child_out, &pid);
	if (error) {
		errno = error;
		return diag_error(d, D_AUTH, NO_SPAN,
				  "profile \"%s\": cannot run credential_process \"%s\": %m",
				  profile, words[0]);
	}
	close_fdp(&child_out);
	complete = read_output(in, out);
	if (!complete)
		kill(pid, SIGKILL);
	status = reap(pid);
	if (!complete)
		return diag_error(d, D_AUTH, NO_SPAN,
				  "profile \"%s\": credential_process takes too long or prints too "
				  "much",
				  profile);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return diag_error(d, D_AUTH, NO_SPAN,
				  "profile \"%s\": credential_process \"%s\" failed", profile,
				  words[0]);
	return 0;
}

static int read_reply(struct arena *a, const char *profile, const struct str *out,
		      struct credentials *ret, struct diags *d)
{
	const char *source = arena_printf(a, "credential_process of profile \"%s\"", profile);
	const struct value *v = json_parse(a, str_text(out), out->len, NULL);

	if (!value_is(v, VALUE_MAP))
		return diag_error(d, D_AUTH, NO_SPAN, "%s: its output is not JSON", source);
	if (value_int_or(value_get(v, "Version"), 0) != 1)
		return diag_error(d, D_AUTH, NO_SPAN, "%s: its output must have \"Version\": 1",
				  source);
	return credentials_from_json(a, v, "SessionToken", source, ret, d);
}

int credentials_from_process(const struct credentials_context *c, const char *profile,
			     struct arena *a, struct credentials *ret, struct diags *d)
{
	const char *command = config_get(c->config, profile, "credential_process");
	struct str out = STR_INIT;
	size_t n;
	char **words;
	int r;

	if (!command || !*command)
		return 1;
	words = words_split(a, command, &n);
	if (!words || n == 0)
		return diag_error(d, D_AUTH, NO_SPAN,
				  "profile \"%s\": credential_process has an open quote", profile);
	r = run(profile, words, &out, d);
	if (r == 0)
		r = read_reply(a, profile, &out, ret, d);
	str_wipe(&out);
	return r;
}
