/* cors.h - the words of `cors`, the same for APIs and buckets. */
#ifndef AWS_CORS_H
#define AWS_CORS_H

#include "model/schema.h"

extern const struct prop cors_words[];

#endif
