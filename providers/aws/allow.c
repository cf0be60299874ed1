/* allow.c - `allow: { tables.orders: read-write }` to statements. */
#include <string.h>

#include "base/str.h"
#include "providers/aws/expand_parts.h"
#include "providers/aws/policy.h"

/* One line of `allow`. */
struct grant {
	struct expansion *x;
	struct role *role;
	const struct value_pair *pair;
	struct target target;
	const struct kind *kind;
	const char *path; /* buckets.b/path/<star>: below this; NULL */
};

static struct value *on(struct grant *g)
{
	const struct aws_kind *impl = g->kind->impl;
	return impl->grants_on ? impl->grants_on(g->x, g->target.item)
			       : x_known_arn(g->x, g->target.item);
}

/* The thing itself, and what lies below it, as the verb says. */
static struct value *resources(struct grant *g, const char *const *suffixes)
{
	struct value *arn = on(g), *list = value_list(g->x->arena);
	if (!arn)
		return NULL;
	for (; suffixes && *suffixes; suffixes++) {
		struct value *suffix = x_string(g->x, *suffixes);
		value_append(g->x->arena, list, **suffixes ? x_text(g->x, "%%", arn, suffix) : arn);
	}
	if (!value_len(list))
		return arn;
	return value_len(list) == 1 ? value_item(list, 0) : list;
}

/* --- below a prefix of a bucket --- */

/* What speaks of the objects, and may be narrowed to some of them. */
static bool of_objects(const char *action)
{
	return strstr(action, "Object") || strstr(action, "Multipart");
}

static void grant_below(struct grant *g, const char *const *actions)
{
	struct expansion *x = g->x;
	VEC(const char *) objects = { 0 };
	bool list = false;
	for (; *actions; actions++) {
		if (of_objects(*actions))
			vec_push(x->arena, &objects, *actions);
		list |= str_eq(*actions, "s3:ListBucket");
	}
	if (objects.len) {
		vec_push(x->arena, &objects, NULL);
		x_grant(x, g->role, objects.items, x_text(x, "%/%", on(g), x_string(x, g->path)));
	}
	if (!list)
		return;
	static const char *const list_bucket[] = { "s3:ListBucket", NULL };
	struct value *s = policy_allow(x->arena, list_bucket, on(g));
	policy_when(x->arena, s, "StringLike", "s3:prefix", x_string(x, g->path));
	if (g->role)
		value_append(x->arena, g->role->statements, s);
}

/* --- verbs and actions --- */

static unsigned key_uses(const char *verb)
{
	static const char *const reading[] = { "read", "consume", NULL };
	return str_in(verb, reading) ? KEY_DECRYPT : KEY_DECRYPT | KEY_GENERATE;
}

static bool is_key(const struct grant *g)
{
	return str_eq(g->kind->section, "keys");
}

static void give(struct grant *g, const char *const *actions, const char *const *suffixes,
		 unsigned uses)
{
	if (g->path)
		grant_below(g, actions);
	else
		x_grant(g->x, g->role, actions, resources(g, suffixes));
	if (!is_key(g))
		x_use_key(g->x, g->role, &g->target, uses);
}

static const char *verb_names(struct grant *g)
{
	_cleanup_str_ struct str out = STR_INIT;
	for (const struct verb *v = g->kind->verbs; v && v->name; v++)
		str_addf(&out, "%s, ", v->name);
	const struct aws_kind *impl = g->kind->impl;
	str_addf(&out, "or actions: `%s:...`", impl->service);
	return str_dup(&out, g->x->arena);
}

static void unknown_verb(struct grant *g, const struct value *word, const char *text)
{
	struct expansion *x = g->x;
	VEC(const char *) names = { 0 };
	for (const struct verb *v = g->kind->verbs; v && v->name; v++)
		vec_push(x->arena, &names, v->name);
	x_error(x, word->span, "`%s` is nothing that `allow` knows for %s", text, g->kind->section);
	const char *near = str_nearest(text, names.items, names.len);
	if (near)
		diag_hint(x->diags, "did you mean `%s`?", near);
	if (names.len)
		diag_hint(x->diags, "%s take %s", g->kind->section, verb_names(g));
}

/* An action may apply to the thing or to anything below it that some verb speaks of. */
static const char *const *all_suffixes(struct grant *g)
{
	VEC(const char *) all = { 0 };
	vec_push(g->x->arena, &all, "");
	for (const struct verb *v = g->kind->verbs; v && v->name; v++)
		for (const char *const *s = v->resources; s && *s; s++) {
			bool known = false;
			for (size_t n = 0; n < all.len; n++)
				known |= str_eq(all.items[n], *s);
			if (!known)
				vec_push(g->x->arena, &all, *s);
		}
	vec_push(g->x->arena, &all, NULL);
	return all.items;
}

static void grant_verb(struct grant *g, const struct value *word)
{
	const char *text = value_text(word);
	for (const struct verb *v = g->kind->verbs; v && v->name; v++) {
		if (!str_eq(v->name, text))
			continue;
		give(g, v->actions, v->resources, key_uses(text));
		return;
	}
	unknown_verb(g, word, text);
}

static void grant_words(struct grant *g)
{
	struct expansion *x = g->x;
	VEC(const char *) actions = { 0 };
	const struct value *words = x_list(x, g->pair->value);
	value_each_item(words, word) {
		const char *text = value_text(word);
		if (!text)
			x_error(x, word->span, "a verb or an IAM action is wanted, not %s",
				value_kind_name(word));
		else if (strchr(text, ':'))
			vec_push(x->arena, &actions, text);
		else
			grant_verb(g, word);
	}
	if (!actions.len)
		return;
	vec_push(x->arena, &actions, NULL);
	give(g, actions.items, all_suffixes(g), KEY_DECRYPT | KEY_GENERATE);
}

/* --- whom it is about --- */

/* An ARN outside the stack takes actions only: no kind, so no verbs. */
static void grant_arn(struct expansion *x, struct role *r, const struct value_pair *p)
{
	VEC(const char *) actions = { 0 };
	const struct value *words = x_list(x, p->value);
	value_each_item(words, word) {
		const char *text = value_text(word);
		if (text && strchr(text, ':')) {
			vec_push(x->arena, &actions, text);
			continue;
		}
		x_error(x, word->span, "an ARN takes IAM actions: `service:Action`");
	}
	if (!actions.len)
		return;
	vec_push(x->arena, &actions, NULL);
	x_grant(x, r, actions.items, value_at(x->arena, x_string(x, p->key), p->key_span));
}

static void unknown_address(struct expansion *x, const struct value_pair *p, const char *address)
{
	const char *dot = strchr(address, '.');
	const char *section = dot ? arena_strndup(x->arena, address, (size_t)(dot - address)) : "";
	const struct kind *k = x->provider->kind(section);
	if (k && k->word)
		diag_error(x->diags, D_REFERENCE, p->key_span, "no %s `%s` in this stack", k->word,
			   dot + 1);
	else
		diag_error(x->diags, D_REFERENCE, p->key_span, "`%s` is no address of this stack",
			   address);
	const char *near = x_nearest(x, address);
	if (near)
		diag_hint(x->diags, "did you mean `%s`?", near);
	else
		diag_hint(x->diags, "`allow` takes addresses (tables.orders) and ARNs");
}

static void grant_pair(struct expansion *x, struct role *r, const struct value_pair *p)
{
	if (str_starts(p->key, "arn:")) {
		grant_arn(x, r, p);
		return;
	}
	/* What stands in brackets may hold slashes. */
	const char *bracket = strstr(p->key, "\"]");
	const char *slash = strchr(bracket ? bracket : p->key, '/');
	const char *address =
		slash ? arena_strndup(x->arena, p->key, (size_t)(slash - p->key)) : p->key;
	struct grant g = { .x = x, .role = r, .pair = p, .path = slash ? slash + 1 : NULL };
	g.target.item = x_item(x, address);
	if (!g.target.item || !g.target.item->kind) {
		unknown_address(x, p, address);
		return;
	}
	g.kind = g.target.item->kind;
	if (slash && !str_eq(g.kind->section, "buckets")) {
		x_error(x, p->key_span, "only buckets are narrowed to a path");
		return;
	}
	grant_words(&g);
}

void x_allow(struct expansion *x, struct item *i, struct role *r)
{
	const struct value *allow = x_word(i, "allow"), *written = x_word(i, "statements");
	value_each_pair(allow, p)
		grant_pair(x, r, p);
	struct value *checked = NULL;
	if (!written)
		return;
	policy_check(x->arena, written, POLICY_OF_ROLE, NULL, &checked, x->diags);
	value_each_item(checked, s) {
		if (r)
			value_append(x->arena, r->statements, s);
	}
}
