/* clock.h - time behind functions, so that tests can set it. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "base/arena.h"

int64_t clock_unix_ms(void);	  /* real time, milliseconds since 1970 */
int64_t clock_monotonic_ms(void); /* goes on while the machine sleeps (CLOCK_BOOTTIME) */
/* "2026-11-21T14:00:00Z" of seconds since 1970. */
char *clock_iso8601(struct arena *a, int64_t unix_s);
/* Seconds since 1970 of an ISO 8601 or an HTTP date; -1 when it is neither. */
int64_t clock_parse(const char *text);
/* Tests: take the time from these from now on; NULL: from the system again. Not thread-safe. */
void clock_set_for_tests(int64_t (*real)(void), int64_t (*mono)(void));

#endif
