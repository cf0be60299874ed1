/* expr_call.h - one call of a function, between the evaluation and the functions. */
#ifndef MODEL_EXPR_CALL_H
#define MODEL_EXPR_CALL_H

#include "model/expr.h"

struct expr_call {
	struct arena *arena;
	const struct expr_scope *scope;
	const struct expr *expr;
	const struct expr_function *function;
	struct value *const *args; /* evaluated */
	size_t len;
	struct span at;
	struct diags *diags;
};

/* Arguments as a type, NULL (false) with an error added that names function, argument and what
 * was expected. Numbers and booleans are taken as text and back, as everywhere in templates. */
const char *expr_arg_text(const struct expr_call *c, size_t i);
struct value *expr_arg_list(const struct expr_call *c, size_t i);
struct value *expr_arg_map(const struct expr_call *c, size_t i);
struct value *expr_arg_number(const struct expr_call *c, size_t i); /* INT or DOUBLE */
/* Add "name() wants <wanted> as its second argument, got <kind>"; always NULL. */
struct value *expr_arg_wrong(const struct expr_call *c, size_t i, const char *wanted);
/* Any other error of a call; always NULL. */
struct value *expr_call_failed(const struct expr_call *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The text as a value; NULL with an error when it has passed the limit. */
struct value *expr_result_text(const struct expr_call *c, const struct str *text);

/* INT or DOUBLE of a number or of a text that is one, NULL for anything else. */
struct value *expr_number(struct arena *a, const struct value *v);
/* True or false of a boolean or its text; false when it is neither. */
bool expr_boolean(const struct value *v, bool *ret);

/* Functions on texts; those on lists, maps and the rest stand beside the table. */
struct value *expr_base64(const struct expr_call *c);
struct value *expr_base64decode(const struct expr_call *c);
struct value *expr_format(const struct expr_call *c);
struct value *expr_join(const struct expr_call *c);
struct value *expr_lower(const struct expr_call *c);
struct value *expr_replace(const struct expr_call *c);
struct value *expr_sha256(const struct expr_call *c);
struct value *expr_split(const struct expr_call *c);
struct value *expr_trim(const struct expr_call *c);
struct value *expr_upper(const struct expr_call *c);

#endif
