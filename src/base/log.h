/* log.h - debug lines on standard error, off unless CINFRA_LOG is set. Thread-safe.
 * Never pass a secret: the log is not redacted. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

bool log_enabled(void);
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
