/* credentials_role.c - a profile with role_arn: its source's keys, exchanged for the role's. */
#include <string.h>

#include "aws/credentials.h"
#include "base/banned.h"

struct chain {
	const struct credentials_context *context;
	struct arena *arena;
	struct diags *diags;
	VEC(const char *) visited;
};

static int from_role_profile(struct chain *ch, const char *profile, struct credentials *ret);

static const char *get(const struct chain *ch, const char *profile, const char *key)
{
	const char *value = config_get(ch->context->config, profile, key);

	return value && *value ? value : NULL;
}

static bool has_keys(const struct chain *ch, const char *profile)
{
	return get(ch, profile, "aws_access_key_id") != NULL;
}

static bool was_visited(const struct chain *ch, const char *profile)
{
	for (size_t i = 0; i < ch->visited.len; i++)
		if (str_eq(ch->visited.items[i], profile))
			return true;
	return false;
}

static const char *path_text(struct chain *ch, const char *last)
{
	_cleanup_str_ struct str s = STR_INIT;

	for (size_t i = 0; i < ch->visited.len; i++)
		str_addf(&s, "%s -> ", ch->visited.items[i]);
	str_add(&s, last);
	return str_dup(&s, ch->arena);
}

/* --- where the keys come from --- */

static int from_plain_profile(struct chain *ch, const char *profile, struct credentials *ret)
{
	typedef int (*source)(const struct credentials_context *, const char *, struct arena *,
			      struct credentials *, struct diags *);
	static const source sources[] = {
		credentials_from_shared_file,  credentials_from_config_file,
		credentials_from_web_identity, credentials_from_sso,
		credentials_from_login,	       credentials_from_process,
	};
	int r = 1;

	for (size_t i = 0; r == 1 && i < sizeof(sources) / sizeof(*sources); i++)
		r = sources[i](ch->context, profile, ch->arena, ret, ch->diags);
	if (r < 1)
		return r;
	return diag_error(ch->diags, D_AUTH, NO_SPAN, "source profile \"%s\" has no credentials",
			  profile);
}

static int from_source_profile(struct chain *ch, const char *profile, const char *source,
			       struct credentials *ret)
{
	if (!config_has_profile(ch->context->config, source))
		return diag_error(ch->diags, D_AUTH, NO_SPAN,
				  "profile \"%s\" names source_profile \"%s\", which does not "
				  "exist",
				  profile, source);
	if (has_keys(ch, source)) /* also its own: a profile may name itself then */
		return from_plain_profile(ch, source, ret);
	if (was_visited(ch, source))
		return diag_error(ch->diags, D_AUTH, NO_SPAN, "profiles assume each other: %s",
				  path_text(ch, source));
	if (get(ch, source, "role_arn") && !get(ch, source, "web_identity_token_file"))
		return from_role_profile(ch, source, ret);
	return from_plain_profile(ch, source, ret);
}

static int from_credential_source(struct chain *ch, const char *profile, const char *name,
				  struct credentials *ret)
{
	int r;

	if (str_eq(name, "Environment"))
		r = credentials_from_environment(ch->context, ch->arena, ret, ch->diags);
	else if (str_eq(name, "Ec2InstanceMetadata"))
		r = credentials_from_instance(ch->context, ch->arena, ret, ch->diags);
	else if (str_eq(name, "EcsContainer"))
		r = credentials_from_container(ch->context, ch->arena, ret, ch->diags);
	else
		return diag_error(ch->diags, D_AUTH, NO_SPAN,
				  "profile \"%s\": credential_source must be Environment, "
				  "Ec2InstanceMetadata or EcsContainer, not \"%s\"",
				  profile, name);
	if (r < 1)
		return r;
	return diag_error(ch->diags, D_AUTH, NO_SPAN,
			  "profile \"%s\": credential_source %s has no credentials", profile, name);
}

static int from_source(struct chain *ch, const char *profile, struct credentials *ret)
{
	const char *source = get(ch, profile, "source_profile");
	const char *name = get(ch, profile, "credential_source");

	if (!source == !name)
		return diag_error(ch->diags, D_AUTH, NO_SPAN,
				  "profile \"%s\" has a role_arn: it must also have %s of "
				  "source_profile "
				  "and credential_source",
				  profile, source ? "only one" : "one");
	return source ? from_source_profile(ch, profile, source, ret)
		      : from_credential_source(ch, profile, name, ret);
}

/* --- the role --- */

static int check_duration(struct chain *ch, const char *profile, int64_t *ret)
{
	const char *text = get(ch, profile, "duration_seconds");

	if (text && (!str_to_int64(text, ret) || *ret < 900 || *ret > 43200))
		return diag_error(ch->diags, D_AUTH, NO_SPAN,
				  "profile \"%s\": duration_seconds must be 900 to 43200, not "
				  "\"%s\"",
				  profile, text);
	return 0;
}

static int check_mfa(struct chain *ch, const char *profile)
{
	if (!get(ch, profile, "mfa_serial"))
		return 0;
	diag_error(ch->diags, D_AUTH, NO_SPAN,
		   "profile \"%s\" has an mfa_serial, and cinfra cannot ask for its code", profile);
	diag_hint(ch->diags, "sign in another way, for example with `aws sso login`, or put the "
			     "keys of `aws sts "
			     "assume-role` into the environment");
	return -1;
}

static int from_role_profile(struct chain *ch, const char *profile, struct credentials *ret)
{
	struct assume_role r = {
		.role_arn = get(ch, profile, "role_arn"),
		.session_name = get(ch, profile, "role_session_name"),
		.external_id = get(ch, profile, "external_id"),
		.source = arena_printf(ch->arena, "profile \"%s\"", profile),
	};
	struct credentials source = { 0 };

	vec_push(ch->arena, &ch->visited, profile);
	if (check_mfa(ch, profile) || check_duration(ch, profile, &r.duration_s) ||
	    from_source(ch, profile, &source))
		return -1;
	return credentials_assume(ch->context, &r, &source.keys, ch->arena, ret, ch->diags);
}

int credentials_from_role(const struct credentials_context *c, const char *profile, struct arena *a,
			  struct credentials *ret, struct diags *d)
{
	struct chain ch = { .context = c, .arena = a, .diags = d };

	if (!get(&ch, profile, "role_arn") || get(&ch, profile, "web_identity_token_file"))
		return 1;
	return from_role_profile(&ch, profile, ret);
}
