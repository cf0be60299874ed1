/* yaml.h - YAML text to values with spans, over libyaml; hostile input gets an error. */
#ifndef LANG_YAML_H
#define LANG_YAML_H

#include "base/source.h"
#include "model/value.h"

enum {
	YAML_MAX_BYTES = 1024 * 1024, /* of the file, and of all texts after aliases */
	YAML_MAX_DEPTH = 64,
	YAML_MAX_NODES = 100000, /* after aliases */
};

/* One document, UTF-8, no directives, no tags, unique keys, limits above after aliases. Scalars
 * are VALUE_STRING: VALUE_PLAIN without quotes (also when nothing stands there: a plain empty text),
 * else VALUE_QUOTED. An alias shares its anchor's value, span included.
 *
 * Returns 0 or -1 with errors that say what to write instead. *ret is set also then when only
 * single values are wrong (their places hold VALUE_UNKNOWN), else it is NULL. An empty document
 * gives an empty map. */
int yaml_parse(struct arena *a, struct sources *s, uint32_t file, struct value **ret,
	       struct diags *d);

/* Was nothing written here (`key:`), or a `null` without quotes? (`~` is an error where it counts.) */
bool yaml_is_empty(const struct value *v);
bool yaml_is_null(const struct value *v);

#endif
