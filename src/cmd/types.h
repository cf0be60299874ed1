/* types.h - the tables of kinds and types as values, for `types --json` and for people. */
#ifndef CMD_TYPES_H
#define CMD_TYPES_H

#include "model/provider.h"

/* All there is: {format, sections, types, functions}. */
struct value *types_dump(struct arena *a, const struct provider *p);
struct value *types_dump_type(struct arena *a, const struct type *t);
struct value *types_dump_kind(struct arena *a, const struct kind *k);
/* "text", "whole number", "list of text" */
const char *types_prop_type(struct arena *a, const struct prop *p);

#endif
