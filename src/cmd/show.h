/* show.h - recorded resources for people and programs. */
#ifndef CMD_SHOW_H
#define CMD_SHOW_H

#include "cmd/session.h"

/* One resource, or all of the state; an error when the address is not in it. */
int show_resource(struct session *s, const char *address);
int show_all(struct session *s);
/* The addresses, in byte order. */
const char **show_addresses(const struct session *s, size_t *ret_len);

#endif
