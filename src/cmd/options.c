#include "cmd/options.h"

#include <string.h>

#include "base/str.h"
#include "base/banned.h"

#define AT(member) offsetof(struct options, member)

/* clang-format off */
const struct option_row option_rows[] = {
	{ "file", "f", OPTION_TEXT, AT(file), "FILE", GROUP_FILE | GROUP_STACK,
	  "the stack's file (default: cinfra.yaml)" },
	{ "chdir", "C", OPTION_TEXT, AT(dir), "DIR", GROUP_GLOBAL,
	  "work in this folder" },
	{ "stage", NULL, OPTION_TEXT, AT(stage), "NAME", GROUP_FILE | GROUP_STACK,
	  "the stage, in place of the stack's own" },
	{ "var", NULL, OPTION_LIST, AT(vars), "NAME=VALUE", GROUP_STACK,
	  "set a variable; may be repeated" },
	{ "var-file", NULL, OPTION_LIST, AT(var_files), "FILE", GROUP_STACK,
	  "read variables from a YAML file; may be repeated" },
	{ "strict", NULL, OPTION_FLAG, AT(strict), NULL, GROUP_STACK,
	  "take warnings as errors" },
	{ "profile", NULL, OPTION_TEXT, AT(profile), "NAME", GROUP_AWS | GROUP_STORE,
	  "the profile of the AWS configuration" },
	{ "region", NULL, OPTION_TEXT, AT(region), "NAME", GROUP_AWS | GROUP_STORE,
	  "the AWS region" },
	{ "state", NULL, OPTION_TEXT, AT(state), "URL", GROUP_STORE,
	  "s3://BUCKET/KEY: where the state is, in place of what the stack says" },
	{ "parallelism", NULL, OPTION_NUMBER, AT(parallelism), "N", GROUP_AWS,
	  "calls at once (default: 64; each service has its own limit besides)" },
	{ "target", NULL, OPTION_LIST, AT(targets), "ADDRESS", GROUP_PLAN,
	  "only this entry or resource and what it needs; may be repeated" },
	{ "exclude", NULL, OPTION_LIST, AT(excludes), "ADDRESS", GROUP_PLAN,
	  "all but this entry or resource and what needs it; may be repeated" },
	{ "replace", NULL, OPTION_LIST, AT(replaces), "ADDRESS", GROUP_REPLACE,
	  "replace this resource even if nothing changed; may be repeated" },
	{ "all-properties", NULL, OPTION_FLAG, AT(all_properties), NULL, GROUP_REPLACE,
	  "read also what the stack does not manage" },
	{ "build", NULL, OPTION_FLAG, AT(build), NULL, GROUP_BUILD,
	  "run build commands whose sources have changed" },
	{ "detailed-exitcode", NULL, OPTION_FLAG, AT(detailed_exitcode), NULL, GROUP_EXITCODE,
	  "exit 2 on changes, 3 on drift only, 4 while another run is unfinished" },
	{ "auto-approve", "yes", OPTION_FLAG, AT(auto_approve), NULL, GROUP_APPLY,
	  "do not ask before changing anything" },
	{ "allow-data-loss", NULL, OPTION_FLAG, AT(allow_data_loss), NULL, GROUP_DATA_LOSS,
	  "with --auto-approve: also delete or replace what holds data" },
	{ "lock-timeout", NULL, OPTION_TIME, AT(lock_timeout_ms), "TIME", GROUP_LOCK,
	  "how long to wait while another run is at work: 90s, 5m (default: not at all)" },
	{ "timeout", NULL, OPTION_TIME, AT(timeout_ms), "TIME", GROUP_PLAN,
	  "end the whole run in good order after so long: 90s, 10m (default: never)" },
	{ "force", NULL, OPTION_FLAG, AT(force), NULL, GROUP_FORCE,
	  "push over a newer state, one of another lineage, or unfinished work" },
	{ "json", NULL, OPTION_FLAG, AT(json), NULL, GROUP_JSON,
	  "write JSON to standard output" },
	{ "schema", NULL, OPTION_FLAG, AT(schema), NULL, GROUP_SCHEMA,
	  "print the JSON Schema of the stack language" },
	{ "no-color", NULL, OPTION_FLAG, AT(no_color), NULL, GROUP_GLOBAL,
	  "no colours (also: the variable NO_COLOR)" },
	{ "help", "h", OPTION_FLAG, AT(help), NULL, GROUP_GLOBAL,
	  "print help" },
	{ NULL, NULL, OPTION_FLAG, 0, NULL, 0, NULL },
};
/* clang-format on */

typedef VEC(const char *) texts;

/* Push so that a NULL always follows the last item. */
static void push_text(struct arena *a, void *list, const char *text)
{
	texts *v = list;

	vec_push(a, v, text);
	vec_push(a, v, NULL);
	v->len--;
}

static const struct option_row *find_row(const char *name, size_t len)
{
	for (const struct option_row *row = option_rows; row->name; row++) {
		if (strlen(row->name) == len && !strncmp(row->name, name, len))
			return row;
		if (row->alias && strlen(row->alias) == len && !strncmp(row->alias, name, len))
			return row;
	}
	return NULL;
}

bool options_takes_next(const char *word)
{
	const char *name = word + strspn(word, "-");
	const struct option_row *row = find_row(name, strlen(name));

	return row && row->kind != OPTION_FLAG;
}

static int unknown(const char *name, unsigned groups, struct diags *d)
{
	const char *names[64];
	const char *near;
	size_t n = 0;

	for (const struct option_row *row = option_rows; row->name; row++)
		if ((row->groups & groups) && n < sizeof(names) / sizeof(names[0]))
			names[n++] = row->name;
	diag_error(d, D_CONFIG, NO_SPAN, "unknown option \"%s\"", name);
	near = str_nearest(name + strspn(name, "-"), names, n);
	if (near)
		diag_hint(d, "did you mean --%s?", near);
	return -1;
}

static int set_number(const struct option_row *row, void *at, const char *value, struct diags *d)
{
	int64_t n;

	if (!str_to_int64(value, &n) || n < 1 || n > 1024)
		return diag_error(d, D_CONFIG, NO_SPAN,
				  "--%s takes a number from 1 to 1024, not \"%s\"", row->name,
				  value);
	*(int64_t *)at = n;
	return 0;
}

/* "90", "90s", "5m", "1h" -> milliseconds */
static int set_time(const struct option_row *row, void *at, const char *value, struct diags *d)
{
	static const struct {
		char unit;
		int64_t ms;
	} units[] = { { '\0', 1000 }, { 's', 1000 }, { 'm', 60 * 1000L }, { 'h', 3600 * 1000L } };
	size_t digits = strspn(value, "0123456789");
	int64_t n = 0;

	for (size_t i = 0; digits > 0 && digits < 7 && i < sizeof(units) / sizeof(units[0]); i++) {
		if (value[digits] != units[i].unit || (value[digits] && value[digits + 1]))
			continue;
		for (size_t k = 0; k < digits; k++)
			n = n * 10 + (value[k] - '0');
		*(int64_t *)at = n * units[i].ms;
		return 0;
	}
	return diag_error(d, D_CONFIG, NO_SPAN, "--%s takes a time like 90s, 5m or 1h, not \"%s\"",
			  row->name, value);
}

static int set(struct arena *a, const struct option_row *row, struct options *o, const char *value,
	       struct diags *d)
{
	char *at = (char *)o + row->offset;

	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)at = true;
		break;
	case OPTION_TEXT:
		*(const char **)at = value;
		break;
	case OPTION_LIST:
		push_text(a, at, value);
		break;
	case OPTION_NUMBER:
		return set_number(row, at, value, d);
	case OPTION_TIME:
		return set_time(row, at, value, d);
	}
	return 0;
}

/* One option at argv[*i]; moves *i when its value is the next word. */
static int parse_option(struct arena *a, int argc, char *const *argv, int *i, unsigned groups,
			struct options *o, struct diags *d)
{
	const char *word = argv[*i], *name = word + (word[1] == '-' ? 2 : 1);
	size_t len = strcspn(name, "=");
	const struct option_row *row = find_row(name, len);
	const char *value = name[len] == '=' ? name + len + 1 : NULL;

	if (!row || !(row->groups & groups))
		return unknown(arena_strndup(a, word, (size_t)(name - word) + len), groups, d);
	if (row->kind == OPTION_FLAG && value)
		return diag_error(d, D_CONFIG, NO_SPAN, "--%s takes no value", row->name);
	if (row->kind != OPTION_FLAG && !value) {
		if (*i + 1 >= argc)
			return diag_error(d, D_CONFIG, NO_SPAN, "--%s needs a value: --%s %s",
					  row->name, row->name, row->value_name);
		value = argv[++*i];
	}
	return set(a, row, o, value, d);
}

int options_parse(struct arena *a, int argc, char *const *argv, unsigned groups,
		  struct options *ret, struct diags *d)
{
	bool only_args = false;

	for (int i = 0; i < argc; i++) {
		if (!only_args && str_eq(argv[i], "--"))
			only_args = true;
		else if (only_args || argv[i][0] != '-' || !argv[i][1])
			push_text(a, &ret->args, argv[i]);
		else if (parse_option(a, argc, argv, &i, groups | GROUP_GLOBAL, ret, d))
			return -1;
	}
	return 0;
}

static void help_row(FILE *out, const struct option_row *row)
{
	char left[64];
	int n = 0;

	if (row->alias && !row->alias[1])
		n = snprintf(left, sizeof(left), "-%s, ", row->alias);
	n += snprintf(left + n, sizeof(left) - (size_t)n, "--%s", row->name);
	if (row->alias && row->alias[1])
		n += snprintf(left + n, sizeof(left) - (size_t)n, ", --%s", row->alias);
	if (row->value_name)
		snprintf(left + n, sizeof(left) - (size_t)n, " %s", row->value_name);
	fprintf(out, "  %-24s  %s\n", left, row->doc);
}

void options_help(FILE *out, unsigned groups)
{
	for (const struct option_row *row = option_rows; row->name; row++)
		if (row->groups & (groups | GROUP_GLOBAL))
			help_row(out, row);
}
