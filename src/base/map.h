/* map.h - string-keyed hash map in an arena, iterated in order of insertion.
 *
 * Keys are borrowed: they must live as long as the map. Backed by uthash.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>

#include "base/arena.h"

struct map;
struct map_entry {
	const char *key;
	void *value;
	struct map_entry *next; /* in order of insertion */
};

struct map *map_new(struct arena *a);
/* Insert or replace; a replaced entry keeps its place. */
void map_set(struct map *m, const char *key, void *value);
void *map_get(const struct map *m, const char *key); /* NULL when absent */
bool map_has(const struct map *m, const char *key);
size_t map_len(const struct map *m);
const struct map_entry *map_first(const struct map *m);

#define map_each(m, e) for (const struct map_entry *e = map_first(m); e; e = e->next)

#endif
