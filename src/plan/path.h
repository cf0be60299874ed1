/* path.h - paths of properties: `RedrivePolicy.maxReceiveCount`, `Tags["team"]`. */
#ifndef PLAN_PATH_H
#define PLAN_PATH_H

#include "model/value.h"

char *path_member(struct arena *a, const char *path, const char *name);
char *path_item(struct arena *a, const char *path, const char *key);
/* Cut off and return the first word; NULL at the end. */
char *path_next(struct arena *a, const char **path);

struct value *path_get(struct arena *a, const struct value *v, const char *path);
/* `map` with `v` at the path, made of maps as far as they are missing; NULL removes. What is not on
 * the path is shared. */
struct value *path_put(struct arena *a, const struct value *map, const char *path,
		       const struct value *v);

#endif
