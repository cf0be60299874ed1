#include "base/map.h"

#include <string.h>

#include "base/fatal.h"

/* Memory comes from the arena of the map at hand, which every user of these macros calls `m`. */
#define uthash_malloc(size) arena_alloc(m->arena, (size))
#define uthash_free(ptr, size) ((void)(ptr))
#define uthash_fatal(message) fatal(message)
#include <uthash.h>

#include "base/banned.h"

struct node {
	struct map_entry entry; /* first: an entry is its node */
	UT_hash_handle hh;
};

struct map {
	struct arena *arena;
	struct node *nodes;
	struct map_entry *first, *last;
};

struct map *map_new(struct arena *a)
{
	struct map *m = arena_new_of(a, struct map);

	m->arena = a;
	return m;
}

static struct node *find(const struct map *m, const char *key)
{
	struct node *node;

	HASH_FIND(hh, m->nodes, key, strlen(key), node);
	return node;
}

static void append(struct map *m, struct map_entry *entry)
{
	if (m->last)
		m->last->next = entry;
	else
		m->first = entry;
	m->last = entry;
}

void map_set(struct map *m, const char *key, void *value)
{
	struct node *node = find(m, key);

	if (node) {
		node->entry.value = value;
		return;
	}
	node = arena_new_of(m->arena, struct node);
	node->entry.key = key;
	node->entry.value = value;
	HASH_ADD_KEYPTR(hh, m->nodes, key, strlen(key), node);
	append(m, &node->entry);
}

void *map_get(const struct map *m, const char *key)
{
	struct node *node = find(m, key);

	return node ? node->entry.value : NULL;
}

bool map_has(const struct map *m, const char *key)
{
	return find(m, key);
}

size_t map_len(const struct map *m)
{
	return HASH_COUNT(m->nodes);
}

const struct map_entry *map_first(const struct map *m)
{
	return m->first;
}
