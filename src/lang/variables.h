/* variables.h - what the files about variables share; the rest of lang sees loader.h. */
#ifndef LANG_VARIABLES_H
#define LANG_VARIABLES_H

#include "lang/loader.h"

enum variable_type {
	VARIABLE_STRING,
	VARIABLE_NUMBER,
	VARIABLE_BOOL,
	VARIABLE_LIST,
	VARIABLE_MAP,
};

struct variable {
	const char *name;
	struct span span;
	enum variable_type type;
	const struct value *def;   /* NULL: required */
	const struct value *given; /* NULL: not given */
	bool beside_secrets;	   /* given in a text that may hold secrets too */
	const struct value *allowed;
	const struct value *pattern;
	bool sensitive;
	struct value *value;	/* once it was evaluated */
	struct variable *outer; /* that needed it, while it is evaluated */
	bool busy;
};

/* The type of a default where none is written. */
enum variable_type variable_infer(const struct value *v);
/* NULL with an error when `given` is none of the variable's type; `hide`: do not show its line. */
struct value *variable_convert(struct loader *l, const struct variable *v,
			       const struct value *given, bool hide);

#endif
