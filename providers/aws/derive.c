/* derive.c - identity: properties by name, and computed ones known before AWS says them. */
#include <string.h>

#include "providers/aws/run.h"

/* The part of the physical id "A|B" that stands for `name` in the type's .id. */
static const struct value *id_part(const struct aws_run *r, const char *name)
{
	if (!r->op->id || !r->type->id)
		return NULL;
	const char *names = r->type->id, *parts = r->op->id;
	for (;;) {
		size_t n = strcspn(names, "|"), m = strcspn(parts, "|");
		bool last = !names[n];
		if (last)
			m = strlen(parts);
		if (strlen(name) == n && !strncmp(name, names, n))
			return value_stringn(r->a, parts, m);
		if (last || !parts[m])
			return NULL;
		names += n + 1;
		parts += m + 1;
	}
}

/* Domain of a partition's endpoints (aws-facts 2). */
static const char *dns_suffix(const char *partition)
{
	static const char *const suffixes[][2] = {
		{ "aws-cn", "amazonaws.com.cn" },  { "aws-iso", "c2s.ic.gov" },
		{ "aws-iso-b", "sc2s.sgov.gov" },  { "aws-iso-e", "cloud.adc-e.uk" },
		{ "aws-iso-f", "csp.hci.ic.gov" }, { "aws-eusc", "amazonaws.eu" },
	};
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		if (str_eq(partition, suffixes[i][0]))
			return suffixes[i][1];
	return "amazonaws.com";
}

static const char *account_text(const struct account *account, const char *name)
{
	if (!account)
		return NULL;
	if (str_eq_fold(name, "account"))
		return account->id;
	if (str_eq_fold(name, "region"))
		return account->region;
	if (str_eq_fold(name, "dns_suffix"))
		return account->partition ? dns_suffix(account->partition) : NULL;
	return str_eq_fold(name, "partition") ? account->partition : NULL;
}

/* An existing resource goes by what it was made with, not by what it is to become. */
static const struct value *made_with(const struct aws_run *r, const char *name)
{
	const struct value *maps[] = { r->attributes, r->op->attributes, r->op->recorded };
	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++) {
		const struct value *v = value_get(maps[i], name);
		if (v && !value_has_unknown(v))
			return v;
	}
	const struct prop *p = prop_find(r->type->props, name);
	bool is_default = value_len(r->op->recorded) && p && (p->flags & P_REPLACE);
	return is_default ? prop_default(r->a, p) : NULL;
}

const struct value *run_identity(const struct aws_run *r, const char *name)
{
	const struct value *old = made_with(r, name);
	if (old)
		return old;
	const struct value *maps[] = { r->op->wanted, r->op->live };
	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++) {
		const struct value *v = value_get(maps[i], name);
		if (v && !value_has_unknown(v))
			return v;
	}
	const struct value *part = id_part(r, name);
	if (part)
		return part;
	const struct prop *p = prop_find(r->type->props, name);
	if (p && p->derive) {
		const struct value *props = run_props(r);
		const struct value *v = derive_text(r->a, p->derive, props, r->account);
		if (v && !value_is(v, VALUE_UNKNOWN))
			return v;
	}
	const char *text = str_eq(name, "Marker") ? r->op->marker : account_text(r->account, name);
	return text ? value_string(r->a, text) : NULL;
}

const char *run_text(const struct aws_run *r, const char *name)
{
	return value_text(run_identity(r, name));
}

const struct value *run_props(const struct aws_run *r)
{
	return r->op->wanted ? r->op->wanted : r->op->recorded;
}

/* `${Name}`; `${/EventBusName}`: "bus/", nothing for the default one; `${Path|/}`: "/" without it. */
static int derive_part(struct arena *a, struct str *out, char *name, const struct value *props,
		       const struct account *account, bool *unknown)
{
	bool folder = *name == '/';
	char *fallback = strchr(name, '|');
	if (fallback)
		*fallback++ = '\0';
	const struct value *v = value_get(props, name + folder);
	if (folder && (!v || str_eq(value_text(v), "default")))
		return 0;
	if (folder && str_starts(value_text(v), "arn:")) {
		*unknown = true; /* it may be in another account, and then all is: AWS will say */
		return 0;
	}
	const char *text = v	      ? value_scalar_text(a, v)
			   : fallback ? fallback
				      : account_text(account, name);
	if (!text && (value_has_unknown(v) || (!v && !account))) {
		*unknown = true;
		return 0;
	}
	if (!text)
		return -1;
	str_addf(out, "%s%s", text, folder ? "/" : "");
	return 0;
}

struct value *derive_text(struct arena *a, const char *pattern, const struct value *props,
			  const struct account *account)
{
	_cleanup_str_ struct str out = STR_INIT;
	bool unknown = false;
	for (const char *s = pattern; *s;) {
		const char *end = str_starts(s, "${") ? strchr(s, '}') : NULL;
		if (!end) {
			str_addc(&out, *s++);
			continue;
		}
		char *name = arena_strndup(a, s + 2, (size_t)(end - s - 2));
		if (derive_part(a, &out, name, props, account, &unknown))
			return NULL;
		s = end + 1;
	}
	return unknown ? value_unknown(a) : value_string(a, str_text(&out));
}
