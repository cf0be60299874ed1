/* json_schema.h - the JSON Schema (draft-07) of the stack language, for editors. */
#ifndef LANG_JSON_SCHEMA_H
#define LANG_JSON_SCHEMA_H

#include "model/provider.h"

/* Made from the rows that check a stack: docs, enums, ranges, units, required keys of list items.
 * Where a stack may say more than a schema can tell (references, defaults that supply what an
 * entry lacks), the schema lets it pass: what it marks is wrong. */
struct value *lang_json_schema(struct arena *a, const struct provider *p);

#endif
