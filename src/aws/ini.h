/* ini.h - the syntax of AWS's configuration files.
 *
 *     [profile dev]              # section
 *     region = eu-west-1         # keys without case; ':' does as well as '='
 *     s3 =                       # a block: deeper lines with an empty value above
 *         addressing_style = path
 *     credential_process = /bin/tool --account dev
 *         --verbose              # a deeper line goes on with the value
 *
 * A section's name is read as a shell would and its words joined by one blank: [profile "my dev"]
 * is "profile my dev".
 * `#` and `;` begin a comment at the start of a line only. A section or key that comes twice: the
 * later value wins. */
#ifndef AWS_INI_H
#define AWS_INI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"

enum { INI_MAX_BYTES = 1024 * 1024, INI_MAX_ENTRIES = 50000 };

struct ini;

/* `name` is for messages. NULL with an error added. */
struct ini *ini_parse(struct arena *a, const char *name, const char *text, size_t len,
		      struct diags *d);
bool ini_has(const struct ini *i, const char *section);
/* `sub` is a key inside the block `key`, or NULL. NULL: absent. "" is a value. */
const char *ini_get(const struct ini *i, const char *section, const char *key, const char *sub);
/* Names of sections in their order; ends with NULL. */
const char *const *ini_sections(const struct ini *i);

#endif
