#include "base/vec.h"

#include <string.h>

#include "base/fatal.h"
#include "base/banned.h"

enum { FIRST_CAP = 4 };

void *vec_grow(struct arena *a, void *items, size_t len, size_t *cap, size_t extra, size_t size)
{
	size_t need, grown;
	void *moved;

	if (__builtin_add_overflow(len, extra, &need))
		fatal("out of memory");
	if (need <= *cap)
		return items;
	grown = *cap ? *cap : FIRST_CAP;
	if (__builtin_mul_overflow(grown, *cap ? 2 : 1, &grown) || grown < need)
		grown = need;
	moved = arena_array(a, grown, size);
	if (len)
		memcpy(moved, items, len * size);
	*cap = grown;
	return moved;
}
