/* xml.h - AWS's XML replies as a tree of elements, over expat. No DTDs, no entities but the five,
 * depth and size limited, namespaces' prefixes dropped. */
#ifndef BASE_XML_H
#define BASE_XML_H

#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

struct xml {
	const char *name;
	const char *text; /* character data of this element, "" if none */
	struct xml *child, *next;
};

enum { XML_MAX_DEPTH = 64, XML_MAX_NODES = 500000 };

/* NULL when the text is not well-formed or passes a limit; *ret_why then says why (may be NULL). */
struct xml *xml_parse(struct arena *a, const char *text, size_t len, const char **ret_why);
struct xml *xml_child(const struct xml *x, const char *name); /* first of that name, NULL */
/* Text at a path "Error/Code"; NULL when an element of it is missing. */
const char *xml_text(const struct xml *x, const char *path);
/* Append text with & < > " and control characters escaped. */
void xml_escape(struct str *out, const char *text);

#endif
