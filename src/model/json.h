/* json.h - JSON text <-> values, over jansson. Integers are exact in the int64 range. */
#ifndef MODEL_JSON_H
#define MODEL_JSON_H

#include "model/value.h"

enum { JSON_MAX_BYTES = 64 * 1024 * 1024, JSON_MAX_DEPTH = 128 };

/* Parse; NULL when the text is not JSON, has duplicate keys, or passes a limit: *ret_why then
 * says why with line and column (may be NULL). Spans are NO_SPAN. */
struct value *json_parse(struct arena *a, const char *text, size_t len, const char **ret_why);
enum json_style { JSON_COMPACT, JSON_PRETTY, JSON_SORTED = 2 /* compact, keys sorted */ };
/* Unknown values are written as null, sensitive ones as "(sensitive)" unless `reveal`. */
void json_write(struct str *out, const struct value *v, enum json_style style, bool reveal);
/* The same as a string in the arena, sensitive values revealed: for the wire and for digests. */
char *json_text(struct arena *a, const struct value *v, enum json_style style);

#endif
