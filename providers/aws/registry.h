/* registry.h - every type and kind there is; the tables are generated from the file names. */
#ifndef AWS_REGISTRY_H
#define AWS_REGISTRY_H

#include "model/provider.h"

extern const struct type *const aws_types[];
extern const size_t aws_types_count;
extern const struct kind *const aws_kinds[];
extern const size_t aws_kinds_count;

#endif
