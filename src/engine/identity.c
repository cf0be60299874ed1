#include "engine/identity.h"

#include "model/expr.h"
#include "base/banned.h"

/* --- keeping --- */

static struct value *keep_expr(struct arena *a, const struct expr *e);

static struct value *keep_template(struct arena *a, const struct expr *e)
{
	struct value *all = value_list(a), *join = value_map(a);

	for (size_t i = 0; i < e->args_len; i++) {
		struct value *part = keep_expr(a, e->args[i]);

		if (value_is(part, VALUE_NULL))
			return part;
		value_append(a, all, part);
	}
	value_set(a, join, "join", all);
	return join;
}

static struct value *keep_attribute(struct arena *a, const struct expr *e)
{
	struct value *ref = value_map(a);

	value_set(a, ref, "of", value_string(a, e->address));
	value_set(a, ref, "attribute", value_string(a, e->name));
	return ref;
}

static struct value *keep_plain(struct arena *a, const struct value *v)
{
	return value_is_scalar(v) && !value_has_sensitive(v) ? value_copy(a, v) : value_null(a);
}

static struct value *keep_expr(struct arena *a, const struct expr *e)
{
	switch (e->kind) {
	case EXPR_VALUE:
		return keep_plain(a, e->value);
	case EXPR_ATTRIBUTE:
		return keep_attribute(a, e);
	case EXPR_TEMPLATE:
		return keep_template(a, e);
	default:
		return value_null(a);
	}
}

static bool tells_apart(const struct type *type, const struct prop *p)
{
	return p->flags & (P_REPLACE | P_FIND) || str_eq(p->name, type->name_prop);
}

struct value *identity_make(struct arena *a, const struct type *type, const struct value *props,
			    const struct value *written)
{
	struct value *all = value_map(a);

	for (const struct prop *p = type->props; p && p->name; p++) {
		const struct value *v = value_get(props, p->name),
				   *open = value_get(written, p->name);

		if (!tells_apart(type, p))
			continue;
		if (v && !value_has_unknown(v)) {
			if (value_is_scalar(v))
				value_set(a, all, p->name, keep_plain(a, v));
		} else if (value_is(open, VALUE_EXPR)) {
			value_set(a, all, p->name, keep_expr(a, open->expr));
		}
	}
	return value_len(all) ? all : NULL;
}

/* --- resolving --- */

static const struct value *known(const struct state *s, const struct value *ref)
{
	const char *address = value_text_at(ref, "of"), *name = value_text_at(ref, "attribute");
	const struct state_resource *r = address ? state_get(s, address) : NULL;
	const struct value *v;

	if (!r || !r->current || !name)
		return NULL;
	v = value_get(r->current->attributes, name);
	if (!v)
		v = value_get(r->current->props, name);
	return v && value_is_scalar(v) && !(v->flags & VALUE_DIGEST) ? v : NULL;
}

static const char *resolve_text(struct arena *a, const struct state *s, const struct value *part)
{
	const struct value *v = value_is(part, VALUE_MAP) ? known(s, part) : part;

	return v && value_is_scalar(v) ? value_scalar_text(a, v) : NULL;
}

static struct value *resolve_join(struct arena *a, const struct state *s, const struct value *parts)
{
	_cleanup_str_ struct str text = STR_INIT;

	value_each_item(parts, part) {
		const char *piece = resolve_text(a, s, part);

		if (!piece)
			return NULL;
		str_add(&text, piece);
	}
	return value_string(a, str_text(&text));
}

static struct value *resolve(struct arena *a, const struct state *s, const struct value *kept)
{
	const struct value *v = kept;

	if (value_get(kept, "join"))
		return resolve_join(a, s, value_get(kept, "join"));
	if (value_is(kept, VALUE_MAP))
		v = known(s, kept);
	return v && !value_is(v, VALUE_NULL) ? value_copy(a, v) : NULL;
}

int identity_resolve(struct arena *a, const struct state *s, const struct value *identity,
		     struct value **ret)
{
	*ret = value_map(a);
	value_each_pair(identity, p) {
		struct value *v = resolve(a, s, p->value);

		if (!v)
			return 1;
		value_set(a, *ret, p->key, v);
	}
	return 0;
}
