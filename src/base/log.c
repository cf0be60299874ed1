#include "base/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/banned.h"

enum { LINE_MAX_BYTES = 8192 };

bool log_enabled(void)
{
	return str_eq(getenv("CINFRA_LOG"), "debug");
}

/* One line stays one line, and nothing in it steers the terminal. */
static void replace_controls(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			text[i] = ' ';
}

void log_debug(const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	va_list ap;
	int n;

	if (!log_enabled())
		return;
	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	replace_controls(line, strlen(line));
	/* One call, one line: stdio locks the stream around it. */
	fprintf(stderr, "cinfra: %" PRId64 " ms: %s\n", clock_monotonic_ms(), line);
}
