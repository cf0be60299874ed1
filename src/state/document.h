/* document.h - what the state and the operation object share: strict reading of JSON documents,
 * and properties stored without secrets. Private to src/state. */
#ifndef STATE_DOCUMENT_H
#define STATE_DOCUMENT_H

#include "model/value.h"

/* A document that is being read. Faults are added to `diags` with `where`; the readers then go on,
 * so that all of them are told. */
struct document {
	struct arena *arena;
	const char *where; /* the backend's description */
	const char *what;  /* "state", "operation" */
	struct diags *diags;
	bool failed;
};

/* Parse the text, and refuse a format other than `format`. NULL with an error added. */
struct value *document_parse(struct document *doc, const char *text, size_t len, int64_t format);
/* Add "<where>: <path> <problem>". */
void document_fault(struct document *doc, const char *path, const char *problem);
/* Refuse keys that are not in the NULL-terminated list; false when `map` is no map at all. */
bool document_keys(struct document *doc, const struct value *map, const char *path,
		   const char *const *known);

/* A member of `map`; absent gives NULL (or 0, false), with a fault added where it is required. */
const char *document_text(struct document *doc, const struct value *map, const char *path,
			  const char *key, bool required);
int64_t document_int(struct document *doc, const struct value *map, const char *path,
		     const char *key);
bool document_bool(struct document *doc, const struct value *map, const char *path,
		   const char *key);
struct value *document_map(struct document *doc, const struct value *map, const char *path,
			   const char *key);
/* A map whose secrets were stored by document_secrets_out. */
struct value *document_props(struct document *doc, const struct value *map, const char *path,
			     const char *key);

/* A list of texts; absent is empty. */
const char **document_texts(struct document *doc, const struct value *map, const char *path,
			    const char *key, size_t *ret_len);

/* Set text, unless it is NULL. */
void document_set_text(struct arena *a, struct value *map, const char *key, const char *text);
void document_set_true(struct arena *a, struct value *map, const char *key, bool on);
/* A stored form of properties: every digest becomes {"$secret": text}. A real map of that one key
 * gets one `$` more. What is still a plain secret is digested first; unknowns become null. */
struct value *document_secrets_out(struct arena *a, const struct value *v);
/* The way back. */
struct value *document_secrets_in(struct arena *a, const struct value *v);
/* Keys of a map in byte order. */
const char **document_sorted_keys(struct arena *a, const struct value *map);
struct value *document_text_list(struct arena *a, const char *const *items, size_t len);
/* The document as it is stored. */
char *document_print(struct arena *a, const struct value *v, size_t *ret_len);

#endif
