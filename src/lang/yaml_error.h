/* yaml_error.h - libyaml's complaints as messages that say what to write instead. */
#ifndef LANG_YAML_ERROR_H
#define LANG_YAML_ERROR_H

#include <yaml.h>

#include "lang/yaml_text.h"

/* Add the error that `p` stopped with. Always -1. */
int yaml_error_add(const yaml_parser_t *p, const struct marks *m, uint32_t file, struct diags *d);
/* The tag that begins at byte `off`; always -1. */
int yaml_error_tag(const struct source *s, uint32_t file, size_t off, struct diags *d);

#endif
