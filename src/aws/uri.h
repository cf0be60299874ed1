/* uri.h - percent-encoding as AWS wants it, and URLs taken apart. */
#ifndef AWS_URI_H
#define AWS_URI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

/* Append bytes, all but A-Z a-z 0-9 - _ . ~ as %XX; '/' too unless `keep_slash`. */
void uri_encode(struct str *out, const char *bytes, size_t n, bool keep_slash);
/* Append "&name=value" ("name=value" to an empty text), both encoded. */
void uri_add_query(struct str *out, const char *name, const char *value);

struct uri {
	const char *scheme; /* "http" or "https" */
	const char *host;   /* lower case, with the port unless it is the scheme's own */
	const char *path;   /* without trailing slash; "" when there is none */
};
/* -1 when it is no absolute http(s) URL, or carries a user, query or fragment. */
int uri_parse(struct arena *a, const char *text, struct uri *ret);
/* A URL, or what is none, for messages: user, password and query are asterisks. */
char *uri_shown(struct arena *a, const char *text);

#endif
