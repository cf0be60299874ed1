#include "aws/config.h"

#include <stdlib.h>
#include <string.h>

#include "aws/ini.h"
#include "aws/words.h"
#include "base/file.h"
#include "base/str.h"
#include "base/vec.h"
#include "base/banned.h"

const char *config_env(const struct aws_config *c, const char *name)
{
	const char *value = c->env ? c->env(c->env_ctx, name) : getenv(name);

	return value && *value ? value : NULL;
}

char *config_path(const struct aws_config *c, struct arena *a, const char *path)
{
	const char *home = config_env(c, "HOME");

	if (!str_starts(path, "~/"))
		return arena_strdup(a, path);
	return home ? path_join(a, home, path + 2) : NULL;
}

int config_bool(const char *text, bool *ret)
{
	*ret = str_eq_fold(text, "true");
	return *ret || str_eq_fold(text, "false") ? 0 : -1;
}

/* --- files --- */

static int read_file(struct aws_config *c, const char *variable, const char *fallback,
		     struct ini **ret, struct diags *d)
{
	const char *named = config_env(c, variable);
	char *path = config_path(c, c->arena, named ? named : fallback);
	char *text;
	size_t len;
	int r;

	*ret = NULL;
	if (!path)
		return 0;
	r = file_read(c->arena, path, INI_MAX_BYTES, &text, &len, d);
	if (r)
		return r < 0 ? -1 : 0;
	*ret = ini_parse(c->arena, path, text, len, d);
	return *ret ? 0 : -1;
}

/* --- settings --- */

const char *config_section_get(const struct aws_config *c, const char *kind, const char *name,
			       const char *key, const char *sub)
{
	_cleanup_str_ struct str section = STR_INIT;

	str_addf(&section, "%s %s", kind, name);
	return ini_get(c->config_file, section.data, key, sub);
}

bool config_has_section(const struct aws_config *c, const char *kind, const char *name)
{
	_cleanup_str_ struct str section = STR_INIT;

	str_addf(&section, "%s %s", kind, name);
	return ini_has(c->config_file, section.data);
}

/* [profile default] hides [default]. */
const char *config_profile_sub(const struct aws_config *c, const char *profile, const char *key,
			       const char *sub)
{
	if (str_eq(profile, "default") && !config_has_section(c, "profile", profile))
		return ini_get(c->config_file, profile, key, sub);
	return config_section_get(c, "profile", profile, key, sub);
}

const char *config_profile_get(const struct aws_config *c, const char *profile, const char *key)
{
	return config_profile_sub(c, profile, key, NULL);
}

const char *config_credentials_get(const struct aws_config *c, const char *profile, const char *key)
{
	return ini_get(c->credentials_file, profile, key, NULL);
}

const char *config_get(const struct aws_config *c, const char *profile, const char *key)
{
	const char *value = config_credentials_get(c, profile, key);

	return value ? value : config_profile_get(c, profile, key);
}

bool config_has_profile(const struct aws_config *c, const char *profile)
{
	return config_has_section(c, "profile", profile) || ini_has(c->credentials_file, profile) ||
	       (str_eq(profile, "default") && ini_has(c->config_file, profile));
}

/* --- loading --- */

static const char *suggest_profile(const struct aws_config *c, const char *profile)
{
	VEC(const char *) names = { 0 };

	for (const char *const *s = c->config_file ? ini_sections(c->config_file) : NULL; s && *s;
	     s++)
		if (str_starts(*s, "profile "))
			vec_push(c->arena, &names, *s + strlen("profile "));
	for (const char *const *s = c->credentials_file ? ini_sections(c->credentials_file) : NULL;
	     s && *s; s++)
		vec_push(c->arena, &names, *s);
	return str_nearest(profile, names.items, names.len);
}

static int choose_profile(struct aws_config *c, const char *profile, struct diags *d)
{
	const char *nearest;

	c->profile_explicit = profile != NULL;
	if (!profile)
		profile = config_env(c, "AWS_PROFILE");
	if (!profile)
		profile = config_env(c, "AWS_DEFAULT_PROFILE");
	c->profile = profile ? arena_strdup(c->arena, profile) : "default";
	if (!profile || config_has_profile(c, profile))
		return 0;
	nearest = suggest_profile(c, profile);
	diag_error(d, D_AUTH, NO_SPAN, "there is no AWS profile \"%s\"", profile);
	if (nearest)
		diag_hint(d, "did you mean \"%s\"?", nearest);
	else
		diag_hint(d, "profiles are sections of ~/.aws/config and ~/.aws/credentials");
	return -1;
}

/* An environment variable, else a setting of the profile. */
static const char *setting(const struct aws_config *c, const char *variable, const char *key)
{
	const char *value = config_env(c, variable);

	return value ? value : config_get(c, c->profile, key);
}

bool config_is_region(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n > 0 && n < 64 && !s[n] && s[0] != '-' && s[n - 1] != '-';
}

static int choose_region(struct aws_config *c, const char *region, struct diags *d)
{
	if (!region)
		region = config_env(c, "AWS_REGION");
	if (!region)
		region = setting(c, "AWS_DEFAULT_REGION", "region");
	if (!region || !*region)
		return 0;
	if (!config_is_region(region)) {
		diag_error(d, D_CONFIG, NO_SPAN, "\"%s\" cannot be an AWS region", region);
		diag_hint(d, "regions look like eu-west-1");
		return -1;
	}
	c->region = arena_strdup(c->arena, region);
	return 0;
}

static int choose_bool(const struct aws_config *c, const char *variable, const char *key, bool *ret,
		       struct diags *d)
{
	const char *text = setting(c, variable, key);

	if (!text || config_bool(text, ret) == 0)
		return 0;
	return diag_error(d, D_CONFIG, NO_SPAN, "%s (%s) must be true or false, not \"%s\"",
			  variable, key, text);
}

static int choose_attempts(struct aws_config *c, struct diags *d)
{
	const char *text = setting(c, "AWS_MAX_ATTEMPTS", "max_attempts");
	int64_t n;

	if (!text)
		return 0;
	if (!str_to_int64(text, &n) || n < 1 || n > 100)
		return diag_error(d, D_CONFIG, NO_SPAN,
				  "AWS_MAX_ATTEMPTS (max_attempts) must be 1 to 100, not \"%s\"",
				  text);
	c->max_attempts = (int)n;
	return 0;
}

static int choose_ca_file(struct aws_config *c, struct diags *d)
{
	const char *path = setting(c, "AWS_CA_BUNDLE", "ca_bundle");

	if (!path || !*path)
		return 0;
	c->ca_file = config_path(c, c->arena, path);
	if (c->ca_file && file_exists(c->ca_file))
		return 0;
	return diag_error(d, D_CONFIG, NO_SPAN,
			  "AWS_CA_BUNDLE (ca_bundle): there is no file \"%s\"", path);
}

int config_load(struct aws_config *c, const char *profile, const char *region, struct diags *d)
{
	if (read_file(c, "AWS_CONFIG_FILE", "~/.aws/config", &c->config_file, d) ||
	    read_file(c, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials", &c->credentials_file,
		      d) ||
	    choose_profile(c, profile, d))
		return -1;
	if (choose_region(c, region, d) ||
	    choose_bool(c, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", &c->fips, d) ||
	    choose_bool(c, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint", &c->dual_stack,
			d))
		return -1;
	return choose_attempts(c, d) || choose_ca_file(c, d) ? -1 : 0;
}
