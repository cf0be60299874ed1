/* memory.h - memory of the heap: who asks for more than there is ends the process with a message, as
 * SIGKILL would; nothing is lost (docs/RELIABILITY.md). Freed with free(). */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* Have OpenSSL and jansson take their memory here: half initialized, OpenSSL crashes later. For main,
 * before either is used. curl and expat are told where they begin. */
void mem_init(void);

void *mem_alloc(size_t size);
/* `n` zeroed items. */
void *mem_zeroed(size_t n, size_t size);
void *mem_resize(void *p, size_t size);
char *mem_strdup(const char *text);
/* The first `len` bytes, and a NUL. */
char *mem_strndup(const char *text, size_t len);

#endif
