/* vec.h - growable arrays in an arena.
 *
 *     VEC(int) numbers = {0};
 *     vec_push(arena, &numbers, 7);
 *     for (size_t i = 0; i < numbers.len; i++) use(numbers.items[i]);
 *
 * Growing leaves the old block in the arena; pointers into `items` do not survive a push.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/arena.h"

#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *items;                                                                       \
		size_t len, cap;                                                                   \
	}

/* Make room for `extra` more items of `size` bytes; returns the (moved) items. */
void *vec_grow(struct arena *a, void *items, size_t len, size_t *cap, size_t extra, size_t size);

#define vec_push(a, v, item)                                                                       \
	((v)->items = vec_grow((a), (v)->items, (v)->len, &(v)->cap, 1, sizeof(*(v)->items)),      \
	 (v)->items[(v)->len++] = (item))

#endif
