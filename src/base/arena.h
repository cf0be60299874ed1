/* arena.h - memory by lifetime: allocate many times, free once.
 *
 * Whoever needs memory takes a `struct arena *` and returns memory that lives exactly as long as
 * that arena. Nothing frees single objects. An arena belongs to one thread at a time.
 * Out of memory aborts the process: the journal makes an abort as safe as SIGKILL.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a); /* NULL is fine */
void arena_freep(struct arena **a);

/* Zeroed memory, aligned for any type. A size of 0 yields a valid pointer. */
void *arena_alloc(struct arena *a, size_t size);
/* `n` zeroed objects of `size` bytes; aborts when the product overflows. */
void *arena_array(struct arena *a, size_t n, size_t size);
char *arena_strdup(struct arena *a, const char *s); /* NULL stays NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
/* Bytes handed out so far. */
size_t arena_used(const struct arena *a);

#define arena_new_of(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define _cleanup_arena_ __attribute__((cleanup(arena_freep)))

#endif
