#include "base/arena.h"

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fatal.h"
#include "base/memory.h"

/* With AddressSanitizer, memory not handed out is poisoned and objects stand apart, so that a
 * write past one is found although its neighbour belongs to the same block. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
enum { RED_ZONE = 16 };
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
enum { RED_ZONE = 0 };
#endif

#include "base/banned.h"

enum { ALIGNMENT = alignof(max_align_t), BLOCK_MIN = 4096, BLOCK_MAX = 1024 * 1024 };

struct block {
	struct block *next;
	size_t size, used;
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct block *blocks; /* the first one is being filled */
	size_t next_size;
	size_t handed_out;
};

struct arena *arena_new(void)
{
	struct arena *a = mem_zeroed(1, sizeof(*a));

	a->next_size = BLOCK_MIN;
	return a;
}

void arena_free(struct arena *a)
{
	struct block *block, *next;

	if (!a)
		return;
	for (block = a->blocks; block; block = next) {
		next = block->next;
		free(block);
	}
	free(a);
}

void arena_freep(struct arena **a)
{
	arena_free(*a);
	*a = NULL;
}

static struct block *block_new(size_t size)
{
	struct block *block = mem_zeroed(1, sizeof(*block) + size);

	block->size = size;
	ASAN_POISON_MEMORY_REGION(block->data, size);
	return block;
}

static void *block_take(struct block *block, size_t size, size_t space)
{
	void *p = block->data + block->used;

	block->used += space;
	ASAN_UNPOISON_MEMORY_REGION(p, size);
	return p;
}

/* A large object gets a block of its own behind the one being filled, which stays in use. */
static struct block *block_add_own(struct arena *a, size_t space)
{
	struct block *block = block_new(space);

	if (a->blocks) {
		block->next = a->blocks->next;
		a->blocks->next = block;
	} else {
		a->blocks = block;
	}
	return block;
}

static struct block *block_add(struct arena *a)
{
	struct block *block = block_new(a->next_size);

	block->next = a->blocks;
	a->blocks = block;
	if (a->next_size < BLOCK_MAX)
		a->next_size *= 2;
	return block;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct block *block = a->blocks;
	size_t space;

	if (size > SIZE_MAX / 2)
		fatal("out of memory");
	space = (size ? size : 1) + RED_ZONE;
	space = (space + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	a->handed_out += size;
	if (block && block->size - block->used >= space)
		return block_take(block, size, space);
	block = space > a->next_size / 4 ? block_add_own(a, space) : block_add(a);
	return block_take(block, size, space);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		fatal("out of memory");
	return arena_alloc(a, total);
}

char *arena_strdup(struct arena *a, const char *s)
{
	size_t len;

	if (!s)
		return NULL;
	len = strlen(s);
	return memcpy(arena_alloc(a, len + 1), s, len + 1);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	size_t len;
	char *copy;

	if (!s)
		return NULL;
	len = strnlen(s, n);
	copy = arena_alloc(a, len + 1);
	return memcpy(copy, s, len);
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	/* For "%m": it must say the same both times. */
	int len, saved = errno;
	va_list again;
	char *text;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	if (len < 0)
		fatal("text too long to format");
	text = arena_alloc(a, (size_t)len + 1);
	errno = saved;
	vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	return text;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return text;
}

size_t arena_used(const struct arena *a)
{
	return a->handed_out;
}
