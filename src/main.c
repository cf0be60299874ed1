/* main.c - the process around a command: signals, standard output, exit code. */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "cmd/cli.h"
#include "base/banned.h"

static volatile sig_atomic_t stops;

static void on_signal(int number)
{
	(void)number;
	__atomic_add_fetch(&stops, 1, __ATOMIC_RELAXED);
}

/* --timeout: as the first signal, never as a second. */
static void on_timer(int number)
{
	sig_atomic_t none = 0;

	(void)number;
	__atomic_compare_exchange_n(&stops, &none, 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

/* Without SA_RESTART, so that a question that waits for an answer ends. */
static void catch_signals(void)
{
	struct sigaction stop = { .sa_handler = on_signal }, ignore = { .sa_handler = SIG_IGN };
	struct sigaction timer = { .sa_handler = on_timer };

	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGALRM, &timer, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

/* Output that could not be written must not look like success. */
static int close_output(int code)
{
	int failed = fflush(stdout) || ferror(stdout);

	if (!failed)
		return code;
	if (errno != EPIPE)
		fprintf(stderr, "error: cannot write to standard output: %m\n");
	return code ? code : EXIT_ERROR;
}

int main(int argc, char **argv)
{
	bool leave = false;
	int code;

	/* Two heaps do for 64 threads that mostly wait, and keep memory small. */
	mallopt(M_ARENA_MAX, 2);
	mem_init();
	catch_signals();
	code = close_output(cli_main(argc, argv, &stops, &leave));
	if (leave)
		_exit(code);
	return code;
}
