#include "plan/mask.h"
#include "plan/path.h"
#include "plan/planner.h"

#include "base/banned.h"

bool change_exists(const struct change *c)
{
	return c->recorded && c->recorded->id && !(c->observed && c->observed->absent);
}

/* Apply will make a new object, and has not yet. */
static bool will_be_new(const struct change *c)
{
	return !c->done && !c->excluded &&
	       (c->action == ACTION_CREATE || c->action == ACTION_REPLACE);
}

/* --- properties and attributes --- */

static struct value *member(const struct value *map, const char *name)
{
	struct value *v = value_get(map, name);

	return v ? v : value_path(map, name);
}

/* A digest stands for a value that is not known here. */
static struct value *plain(struct value *v)
{
	return v && v->flags & VALUE_DIGEST ? NULL : v;
}

static const struct prop *row_of(struct arena *a, const struct type *type, const char *name)
{
	const struct prop *row = type ? prop_find(type->props, name) : NULL;
	const char *rest = name;

	return row || !type ? row : prop_find(type->props, path_next(a, &rest));
}

struct value *plan_attribute_now(const struct change *c, const char *property)
{
	const struct observed *o = c->observed;
	const struct recorded *r = c->recorded;
	const struct value *maps[] = { o ? o->attributes : NULL, o ? o->live : NULL,
				       r ? r->attributes : NULL, r ? r->props : NULL };

	if (o && o->absent)
		return NULL;
	for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++) {
		struct value *v = plain(member(maps[i], property));

		if (v)
			return v;
	}
	return NULL;
}

static struct value *derived(struct arena *a, const struct plan *p, const struct change *c,
			     const char *name)
{
	const struct value *props = c->after || !c->recorded ? c->after : c->recorded->props;

	if (!p->provider || !p->provider->derive || !props)
		return NULL;
	return p->provider->derive(p->provider, a, c->type, name, props, p->account);
}

/* What the stack does not set and no computed attribute says. */
static struct value *unset(struct arena *a, const struct change *c, const struct prop *row,
			   const char *name)
{
	struct value *def = str_eq(row->name, name) ? prop_default(a, row) : NULL;

	if (def)
		return def;
	if (will_be_new(c) ? row->flags & (P_COMPUTED | P_CREATE_DEFAULT) : !c->recorded)
		return value_unknown(a);
	return value_null(a);
}

struct value *plan_attribute(struct arena *a, const struct plan *p, const char *address,
			     const char *property)
{
	const struct change *c = map_get(p->by_address, address);
	const struct prop *row;
	struct value *v;

	if (!c)
		return NULL;
	row = row_of(a, c->type, property);
	v = member(c->after, property);
	if (!v)
		v = plain(member(c->attributes, property));
	if (!v && !will_be_new(c))
		v = plan_attribute_now(c, property);
	if (!v && row && row->flags & P_COMPUTED)
		v = derived(a, p, c, row->name);
	if (!v && row)
		v = unset(a, c, row, property);
	return v && row && row->flags & P_SENSITIVE ? value_mark(a, v, VALUE_SENSITIVE, 0) : v;
}

/* --- evaluation --- */

struct lookup {
	const struct plan *plan;
};

static int no_attribute(const struct plan *p, const struct expr *ref, struct diags *d)
{
	if (!map_has(p->by_address, ref->address))
		return diag_error(d, D_REFERENCE, ref->span, "there is no resource `%s`",
				  ref->address);
	return diag_error(d, D_REFERENCE, ref->span, "`%s` has no attribute `%s`", ref->address,
			  ref->name);
}

static int lookup(void *ctx, const struct expr *ref, struct arena *a, struct value **ret,
		  struct diags *d)
{
	const struct lookup *l = ctx;

	if (ref->kind != EXPR_ATTRIBUTE)
		return 0;
	*ret = plan_attribute(a, l->plan, ref->address, ref->name);
	return *ret ? 0 : no_attribute(l->plan, ref, d);
}

int plan_eval(struct arena *a, const struct plan *p, const struct value *v, struct value **ret,
	      struct diags *d)
{
	struct lookup l = { p };
	struct expr_scope scope = { .lookup = lookup, .ctx = &l };

	if (p->account) {
		scope.account = p->account->id;
		scope.region = p->account->region;
		scope.partition = p->account->partition;
	}
	return value_eval(a, v, &scope, ret, d);
}

/* What is null is absent. */
static struct value *without_nulls(struct arena *a, struct value *props)
{
	bool any = false;
	struct value *own;

	value_each_pair(props, p)
		any |= value_is(p->value, VALUE_NULL);
	if (!any)
		return props;
	own = value_map(a);
	own->span = props->span;
	value_each_pair(props, p) {
		if (!value_is(p->value, VALUE_NULL))
			value_add_pair(a, own, p->key, p->key_span, p->value);
	}
	return own;
}

static const struct value *leave_as_is(struct arena *a, const struct change *c,
				       const struct value *after, const char *path)
{
	const char *rest = path, *name = path_next(a, &rest);
	const struct prop *row = name ? diff_row(c->type->props, name) : NULL;
	const struct value *live, *wanted, *recorded;

	/* What AWS does not return cannot be put back as it was. */
	wanted = path_get(a, after, path);
	recorded = path_get(a, c->recorded->props, path);
	if (!row || row->flags & P_WRITE_ONLY || (!wanted && !recorded))
		return after;
	live = mask_secrets(a, path_get(a, c->observed->live, path), wanted, recorded);
	return path_put(a, after, path, live);
}

/* Ignored properties are wanted as they are. */
static const struct value *apply_ignores(struct arena *a, const struct change *c,
					 const struct value *after)
{
	const struct lifecycle *life = &c->wanted->life;
	const struct value *all = after;

	if (!change_exists(c) || !c->observed || !c->observed->live)
		return after;
	for (size_t i = 0; i < life->ignore_changes.len; i++) {
		const char *path = life->ignore_changes.items[i];

		if (!str_eq(path, "*")) {
			after = leave_as_is(a, c, after, path);
			continue;
		}
		value_each_pair(all, p)
			after = leave_as_is(a, c, after, p->key);
		value_each_pair(c->recorded->props, p)
			after = leave_as_is(a, c, after, p->key);
	}
	return after;
}

int plan_evaluate(struct arena *a, const struct plan *p, const struct change *c, struct value **ret,
		  struct diags *d)
{
	struct value *props = NULL;
	const struct value *after;
	int result = plan_eval(a, p, c->wanted->props, &props, d);

	if (!props)
		props = value_map(a);
	after = apply_ignores(a, c, without_nulls(a, props));
	*ret = (struct value *)mask_rows(a, c->type->props, after);
	return result;
}

struct search {
	const struct plan *plan;
	struct arena *a;
	const struct expr *found;
};

static void find_unknown(void *ctx, const struct expr *ref)
{
	struct search *s = ctx;

	if (s->found)
		return;
	if (ref->kind != EXPR_ATTRIBUTE ||
	    value_has_unknown(plan_attribute(s->a, s->plan, ref->address, ref->name)))
		s->found = ref;
}

static int not_known(struct arena *a, const struct plan *p, const struct change *c,
		     const char *property, struct diags *d)
{
	const struct value *raw = value_get(c->wanted->props, property);
	struct search s = { p, a, NULL };

	value_each_ref(raw, find_unknown, &s);
	return diag_error(d, D_REFERENCE, s.found ? s.found->span : c->wanted->span,
			  "%s of `%s` needs `%s`, which is not known", property, c->address,
			  s.found ? expr_text(a, s.found) : "a value");
}

int plan_resolve(struct arena *a, const struct plan *p, const struct change *c, struct value **ret,
		 struct diags *d)
{
	struct value *props;

	if (plan_evaluate(a, p, c, &props, d) < 0)
		return -1;
	value_each_pair(props, pair) {
		if (value_has_unknown(pair->value))
			return not_known(a, p, c, pair->key, d);
	}
	*ret = props;
	return 0;
}

/* --- attributes after the change --- */

static const struct value *new_attributes(struct arena *a, const struct plan *p,
					  const struct change *c)
{
	struct value *attributes = value_map(a);

	for (const struct prop *row = c->type->props; row && row->name; row++) {
		struct value *v;

		if (!(row->flags & P_COMPUTED))
			continue;
		v = derived(a, p, c, row->name);
		value_add_pair(a, attributes, row->name, NO_SPAN, v ? v : value_unknown(a));
	}
	return attributes;
}

static bool changes(const struct change *c, const char *property)
{
	for (size_t i = 0; i < c->differences.len; i++)
		if (address_within(c->differences.items[i].path, property))
			return true;
	return false;
}

/* What is read wins; what only a create answers stays as recorded. */
static const struct value *now_attributes(struct arena *a, const struct change *c)
{
	const struct value *seen = c->observed ? c->observed->attributes : NULL;
	const struct value *recorded = c->recorded ? c->recorded->attributes : NULL;
	struct value *both;
	bool more = false;

	if (!seen || !recorded)
		return seen ? seen : recorded;
	value_each_pair(recorded, p)
		more |= !value_get(seen, p->key);
	if (!more)
		return seen;
	both = value_map(a);
	value_merge(a, both, recorded, false);
	value_merge(a, both, seen, false);
	return both;
}

const struct value *plan_attributes_after(struct arena *a, const struct plan *p,
					  const struct change *c)
{
	const struct value *attributes;

	if (c->action == ACTION_CREATE || c->action == ACTION_REPLACE)
		return new_attributes(a, p, c);
	attributes = now_attributes(a, c);
	if (c->action != ACTION_UPDATE)
		return attributes;
	for (const struct prop *row = c->type->props; row && row->name; row++)
		if (row->changes_with && changes(c, row->changes_with))
			attributes = path_put(a, attributes, row->name, value_unknown(a));
	return attributes;
}
