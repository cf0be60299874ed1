/* fatal.h - the end of the process when it cannot go on: out of memory, no random numbers.
 *
 * Not for errors that people can cause or mend: those are diagnostics. */
#ifndef BASE_FATAL_H
#define BASE_FATAL_H

/* Write "cinfra: WHAT" to standard error and abort. */
_Noreturn void fatal(const char *what);

#endif
