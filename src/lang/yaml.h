/* yaml.h - YAML text to values with spans, over libyaml; hostile input gets an error. */
#ifndef LANG_YAML_H
#define LANG_YAML_H

#include "base/source.h"
#include "model/value.h"

enum { YAML_MAX_BYTES = 1024 * 1024, YAML_MAX_DEPTH = 64, YAML_MAX_NODES = 100000 };

/* One document, UTF-8, no directives, no tags, unique keys, limits above after aliases. Scalars
 * are VALUE_STRING (VALUE_PLAIN without quotes). Returns 0 or -1 with errors that say what to
 * write instead. An empty document gives an empty map. */
int yaml_parse(struct arena *a, struct sources *s, uint32_t file, struct value **ret,
	       struct diags *d);

#endif
