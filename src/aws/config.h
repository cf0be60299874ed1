/* config.h - what the environment and AWS's configuration files say, by the AWS CLI's rules.
 *
 * Read once; afterwards any thread may ask. Files: AWS_CONFIG_FILE (~/.aws/config) with
 * [default], [profile x], [sso-session x], [services x], and AWS_SHARED_CREDENTIALS_FILE
 * (~/.aws/credentials) with [x]. Absent files are fine, broken ones are errors. */
#ifndef AWS_CONFIG_H
#define AWS_CONFIG_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"

struct aws_config {
	struct arena *arena;
	const char *(*env)(void *ctx, const char *name); /* NULL: getenv */
	void *env_ctx;
	const char *profile;   /* "default" when nobody chose */
	bool profile_explicit; /* by flag or stack: environment keys do not count */
	const char *region;    /* NULL: nobody says */
	bool fips, dual_stack;
	const char *s3_endpoint; /* asked for by the caller; NULL: none */
	const char *ca_file;	 /* NULL: the system's */
	int max_attempts;	 /* 0: nobody says */
	struct ini *config_file, *credentials_file;
};

/* `profile` and `region` from flags and stack win; NULL: none. -1 with errors added. */
int config_load(struct aws_config *c, const char *profile, const char *region, struct diags *d);
/* NULL also when the variable is empty. */
const char *config_env(const struct aws_config *c, const char *name);
/* The config file's setting of a profile; NULL. */
const char *config_profile_get(const struct aws_config *c, const char *profile, const char *key);
const char *config_profile_sub(const struct aws_config *c, const char *profile, const char *key,
			       const char *sub);
/* The credentials file's. */
const char *config_credentials_get(const struct aws_config *c, const char *profile,
				   const char *key);
/* Either file's; the credentials file wins, as with the AWS CLI. */
const char *config_get(const struct aws_config *c, const char *profile, const char *key);
bool config_has_profile(const struct aws_config *c, const char *profile);
/* [sso-session NAME], [services NAME]: `kind` is the first word. */
bool config_has_section(const struct aws_config *c, const char *kind, const char *name);
const char *config_section_get(const struct aws_config *c, const char *kind, const char *name,
			       const char *key, const char *sub);
bool config_is_region(const char *text); /* could be one: safe in a host name */
/* "true" or "false" in any case: 0; -1 for other text. */
int config_bool(const char *text, bool *ret);
/* "~/x" and "x" as a path; NULL: no home. */
char *config_path(const struct aws_config *c, struct arena *a, const char *path);

#endif
