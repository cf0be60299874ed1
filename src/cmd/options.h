/* options.h - the command line as rows: parsing, help and completion come from one table.
 *
 * `-name` and `--name` are alike, and so are `--name VALUE` and `--name=VALUE`. Options and
 * arguments may stand in any order; `--` ends the options. */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/vec.h"

/* Which commands take an option: a command names the groups it takes. */
enum option_group {
	GROUP_GLOBAL = 1 << 0,
	GROUP_STACK = 1 << 1, /* reads the stack */
	GROUP_AWS = 1 << 2,   /* needs credentials */
	GROUP_PLAN = 1 << 3,  /* makes a plan */
	GROUP_EXITCODE = 1 << 4,
	GROUP_BUILD = 1 << 5,
	GROUP_APPLY = 1 << 6, /* changes something: asks */
	GROUP_DATA_LOSS = 1 << 7,
	GROUP_JSON = 1 << 8,
	GROUP_SCHEMA = 1 << 9,
	GROUP_FILE = 1 << 10, /* -f, --stage: finds the state */
	GROUP_REPLACE = 1 << 11,
	GROUP_STORE = 1 << 12, /* reads the state: --state, --profile, --region */
	GROUP_LOCK = 1 << 13,  /* takes the lease */
	GROUP_FORCE = 1 << 14,
};

struct options {
	const char *file, *dir, *stage, *profile, *region, *state;
	VEC(const char *) vars, var_files, targets, excludes, replaces; /* end with NULL */
	int64_t parallelism;						/* 0: not given */
	int64_t lock_timeout_ms;					/* 0: do not wait */
	int64_t timeout_ms;						/* 0: none */
	bool no_color, json, strict, build, all_properties, detailed_exitcode;
	bool auto_approve, allow_data_loss, force, schema, help, version;
	VEC(const char *) args;
};

struct option_row {
	const char *name, *alias; /* alias: a short name or another long one; NULL */
	enum { OPTION_FLAG, OPTION_TEXT, OPTION_LIST, OPTION_NUMBER, OPTION_TIME } kind;
	size_t offset;		/* in struct options */
	const char *value_name; /* "FILE"; NULL for a flag */
	unsigned groups;
	const char *doc;
};
/* All rows, up to a NULL name. */
extern const struct option_row option_rows[];

/* Parse what stands after the command's name. `groups`: what the command takes, GROUP_GLOBAL is
 * always among it. Adds an error and returns -1 when something is wrong. */
int options_parse(struct arena *a, int argc, char *const *argv, unsigned groups,
		  struct options *ret, struct diags *d);
/* Is this word an option whose value is the next word? */
bool options_takes_next(const char *word);
/* The rows of these groups, one line each. */
void options_help(FILE *out, unsigned groups);

#endif
