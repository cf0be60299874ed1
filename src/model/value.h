/* value.h - the tree that everything between YAML and the wire is made of.
 *
 * Scalars, lists and maps with their source span. A value belongs to an arena and is not changed
 * once it was handed on; "changing" means making a new one that may share children.
 *
 * Two kinds stand for what is not known: VALUE_EXPR is a reference or a text with references that
 * is still to be evaluated; VALUE_UNKNOWN is known only after apply.
 *
 * YAML scalars enter as VALUE_STRING, with VALUE_PLAIN when they were not quoted: whether `30` is
 * a number is decided by the schema row that takes it (model/schema.h), never by the parser.
 */
#ifndef MODEL_VALUE_H
#define MODEL_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

enum value_kind {
	VALUE_NULL,
	VALUE_BOOL,
	VALUE_INT,
	VALUE_DOUBLE,
	VALUE_STRING,
	VALUE_LIST,
	VALUE_MAP,
	VALUE_UNKNOWN,
	VALUE_EXPR,
};
enum value_flags {
	VALUE_SENSITIVE = 1 << 0, /* never printed, stored as a salted digest */
	VALUE_PLAIN = 1 << 1,	  /* a YAML scalar without quotes */
	VALUE_DIGEST = 1 << 2,	  /* the text is "sha256:<salt>:<hex>" of a secret (state only) */
	VALUE_QUOTED = 1 << 3,	  /* a YAML scalar in quotes or a block scalar; text that came out
				   * of an expression has neither mark */
};

struct expr;
struct value;

struct value_pair {
	const char *key;
	struct span key_span;
	struct value *value;
};

struct value {
	uint8_t kind;  /* enum value_kind */
	uint8_t flags; /* enum value_flags */
	struct span span;
	union {
		bool boolean;
		int64_t integer;
		double number;
		struct {
			const char *text; /* NUL-terminated, may not hold NUL */
			size_t len;
		} string;
		struct {
			struct value **items;
			size_t len, cap;
		} list;
		struct {
			struct value_pair *items; /* in order of writing, keys unique */
			size_t len, cap;
		} map;
		const struct expr *expr;
	};
};

struct value *value_null(struct arena *a);
struct value *value_bool(struct arena *a, bool b);
struct value *value_int(struct arena *a, int64_t n);
struct value *value_double(struct arena *a, double d);
struct value *value_string(struct arena *a, const char *text); /* copies; NULL: VALUE_NULL */
struct value *value_stringn(struct arena *a, const char *text, size_t len);
struct value *value_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
struct value *value_list(struct arena *a);
struct value *value_map(struct arena *a);
struct value *value_unknown(struct arena *a);
struct value *value_expr(struct arena *a, const struct expr *e, struct span at);
/* The same value at another place. */
struct value *value_at(struct arena *a, const struct value *v, struct span at);
struct value *value_copy(struct arena *a, const struct value *v); /* deep, text included */
/* The same value with flags set and cleared at every depth; what needs no change is shared. */
struct value *value_mark(struct arena *a, const struct value *v, unsigned set, unsigned clear);

/* Building: only while the list or map has not been handed on. Keys are copied; a NULL value adds
 * nothing. */
void value_append(struct arena *a, struct value *list, struct value *item);
void value_set(struct arena *a, struct value *map, const char *key, struct value *v);
void value_set_at(struct arena *a, struct value *map, const char *key, struct span key_at,
		  struct value *v);
void value_remove(struct value *map, const char *key);
/* Add a pair without looking whether the key is there: for builders that know it is not. The key
 * is borrowed. */
void value_add_pair(struct arena *a, struct value *map, const char *key, struct span key_at,
		    struct value *v);
/* Set all of `from`'s keys in `into`; nested maps are merged when `deep`. NULL from: nothing. */
void value_merge(struct arena *a, struct value *into, const struct value *from, bool deep);

/* Reading. A NULL value is taken everywhere and behaves as absent. */
/* Inline, so that an analyzer sees what a NULL does. */
static inline bool value_is(const struct value *v, enum value_kind kind) /* false for NULL */
{
	return v && v->kind == kind;
}
static inline size_t value_len(const struct value *v) /* items of a list or map, else 0 */
{
	if (value_is(v, VALUE_LIST))
		return v->list.len;
	return value_is(v, VALUE_MAP) ? v->map.len : 0;
}
struct value *value_get(const struct value *map, const char *key); /* NULL: absent or no map */
struct value *value_path(const struct value *v, const char *path); /* "Keys.0.Name" */
struct value *value_item(const struct value *list, size_t i);
bool value_is_scalar(const struct value *v);
const char *value_text(const struct value *v); /* text of a string, else NULL */
const char *value_text_at(const struct value *map, const char *key);
int64_t value_int_or(const struct value *v, int64_t fallback);
bool value_bool_or(const struct value *v, bool fallback);
/* The scalar as AWS's string maps want it: "true", "30", "0.5", text as is; NULL otherwise. */
const char *value_scalar_text(struct arena *a, const struct value *v);
/* The shortest decimal text that reads back as the same number; returns `out`. */
enum { VALUE_NUMBER_MAX = 32 };
char *value_number_text(double d, char out[VALUE_NUMBER_MAX]);
bool value_has_unknown(const struct value *v); /* VALUE_UNKNOWN or VALUE_EXPR at any depth */
bool value_has_sensitive(const struct value *v);
const char *value_kind_name(const struct value *v); /* "a list", "text", "a number", ... */

/* Deep equality. Ints and doubles of the same worth are equal; maps ignore order. Spans and flags
 * do not count. */
bool value_equal(const struct value *a, const struct value *b);
/* Total order over values; to sort sets before comparing them. */
int value_compare(const struct value *a, const struct value *b);

/* Items of a list, pairs of a map; nothing for any other value. `break` and `continue` work, and
 * <v>_i counts the items. */
#define value_each_item(l, v)                                                                      \
	for (size_t v##_i = 0, v##_go = 1;                                                         \
	     v##_go && value_is((l), VALUE_LIST) && v##_i < (l)->list.len; v##_i++)                \
		for (struct value *v = (v##_go = 0, (l)->list.items[v##_i]); v;                    \
		     v = NULL, v##_go = 1)
#define value_each_pair(m, p)                                                                      \
	for (const struct value_pair *p = value_is((m), VALUE_MAP) ? (m)->map.items : NULL;        \
	     p && p < (m)->map.items + (m)->map.len; p++)

#endif
