/* process.h - run a shell command that the user wrote, and keep what it prints. */
#ifndef CMD_PROCESS_H
#define CMD_PROCESS_H

#include <signal.h>

#include "base/str.h"
#include "model/value.h"

/* Run `command` by /bin/sh in `dir`, with `env` (a map of text, or NULL) over our own environment.
 * Both its outputs are appended to `output`, whose limit is kept. Returns its exit status (128 and
 * the signal when one ended it), or -1 with an error. When `stop` becomes set it is ended. */
int process_shell(const char *command, const char *dir, const struct value *env, struct str *output,
		  const volatile sig_atomic_t *stop, struct diags *d);

#endif
