/* words.h - text split into words as a POSIX shell would, without running one: '...', "...", \x. */
#ifndef AWS_WORDS_H
#define AWS_WORDS_H

#include "base/arena.h"

enum { WORDS_MAX = 256 };

/* NULL-terminated words; NULL when a quote stays open or there are more than WORDS_MAX. */
char **words_split(struct arena *a, const char *text, size_t *ret_len);

#endif
