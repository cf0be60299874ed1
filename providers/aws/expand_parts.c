/* expand_parts.c - resources of an entry: names, life, overrides. */
#include "providers/aws/expand_parts.h"

#include <string.h>

#include "base/str.h"
#include "providers/aws/names.h"

const struct type *x_type(struct expansion *x, const char *name, struct span at)
{
	const struct type *t = x->provider->type(name);
	if (!t)
		diag_error(x->diags, D_CONFIG, at, "%s is not supported by this version of cinfra",
			   name);
	return t;
}

char *x_address(struct expansion *x, const struct item *i, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *rest = arena_vprintf(x->arena, fmt, ap);
	va_end(ap);
	const char *dot = rest[0] == '[' ? "" : ".";
	return arena_printf(x->arena, "%s%s%s", i->entry->address, dot, rest);
}

char *x_step(struct expansion *x, const char *part, const char *step)
{
	return arena_printf(x->arena, "%s%s%s", part, step[0] == '[' ? "" : ".", step);
}

struct value *x_named(struct expansion *x, const struct item *i, const char *name)
{
	return value_at(x->arena, x_string(x, name), i->entry->name_span);
}

struct value *x_name(struct expansion *x, const struct item *i, const char *suffix,
		     const char *type)
{
	const char *base = i->entry->name;
	if (i->entry->name_unknown)
		return value_unknown(x->arena);
	if (!base)
		base = name_base(x->arena, x->stack, i->entry);
	return x_named(x, i, name_fit(x->arena, base, suffix, name_limit(type)));
}

struct value *x_fifo_name(struct expansion *x, const struct item *i, bool fifo, const char *type)
{
	const char *given = i->entry->name;
	if (!given || !str_ends(given, ".fifo"))
		return x_name(x, i, fifo ? ".fifo" : "", type);
	if (!fifo) {
		x_error(x, i->entry->name_span, "`%s` is the name of a FIFO %s", given,
			i->entry->kind->word);
		diag_hint(x->diags, "add `fifo: true`");
	}
	return x_named(x, i, given);
}

/* --- life --- */

static void copy_life(struct arena *a, struct resource *r, const struct entry *e, bool main)
{
	const struct lifecycle *from = &e->life;
	r->life.protect = from->protect;
	r->life.retain = from->retain;
	r->life.depends_on_span = from->depends_on_span;
	if (!main)
		return;
	for (size_t n = 0; n < from->ignore_changes.len; n++)
		vec_push(a, &r->life.ignore_changes, from->ignore_changes.items[n]);
	r->life.replace = from->replace;
	r->life.timeouts = from->timeouts;
}

void x_needs(struct expansion *x, struct resource *r, const char *address)
{
	if (!r || !address)
		return;
	for (size_t n = 0; n < r->life.depends_on.len; n++)
		if (str_eq(r->life.depends_on.items[n], address))
			return;
	vec_push(x->arena, &r->life.depends_on, address);
}

/* Maps are merged, anything else is replaced, null removes. */
static void merge(struct arena *a, struct value *into, const struct value *from)
{
	value_each_pair(from, p) {
		struct value *old = value_get(into, p->key);
		if (value_is(p->value, VALUE_NULL)) {
			value_remove(into, p->key);
		} else if (value_is(old, VALUE_MAP) && value_is(p->value, VALUE_MAP)) {
			struct value *both = value_map(a);
			both->span = p->value->span;
			value_merge(a, both, old, false);
			merge(a, both, p->value);
			value_set_at(a, into, p->key, p->key_span, both);
		} else {
			value_set_at(a, into, p->key, p->key_span, p->value);
		}
	}
}

static void check_map(struct expansion *x, const struct value *v, const char *what)
{
	if (v && !value_is(v, VALUE_MAP))
		x_error(x, v->span, "%s is a map of CloudFormation properties, not %s", what,
			value_kind_name(v));
}

static struct resource *add(struct expansion *x, struct item *i, const char *address,
			    const struct type *t, struct value *props, bool main)
{
	struct resource *r = arena_new_of(x->arena, struct resource);
	const struct value *over = value_get(x->stack->overrides, address);
	r->address = address;
	r->type = t;
	r->span = i->entry->span;
	r->props = props;
	props->span = i->entry->span;
	copy_life(x->arena, r, i->entry, main);
	check_map(x, over, "an override");
	merge(x->arena, props, over);
	if (map_has(x->resources, address))
		x_error(x, r->span, "two resources at %s", address);
	map_set(x->resources, address, r);
	if (!main)
		vec_push(x->arena, &i->parts, r);
	return r;
}

struct resource *x_part(struct expansion *x, struct item *i, const char *part, const char *type,
			struct value *props)
{
	const struct type *t = x_type(x, type, i->entry->span);
	return t ? add(x, i, x_address(x, i, "%s", part), t, props, false) : NULL;
}

/* --- the main resource --- */

static const char *description_prop(const struct type *t)
{
	static const char *const names[] = { "Description", "AlarmDescription" };
	for (size_t n = 0; n < 2; n++)
		if (prop_find(t->props, names[n]))
			return names[n];
	return NULL;
}

/* The name stands first, where people look for it. */
static void name_it(struct expansion *x, struct item *i, const struct type *t, struct value *props,
		    const struct value *extra)
{
	struct value *given = t->name_prop ? value_get(extra, t->name_prop) : NULL;
	if (!t->name_prop || (!i->kind && value_get(i->entry->properties, t->name_prop)))
		return;
	value_set(x->arena, props, t->name_prop, given ? given : x_name(x, i, "", t->name));
}

struct resource *x_main(struct expansion *x, struct item *i, const char *type, struct value *extra)
{
	const struct type *t = x_type(x, type, i->entry->span);
	if (!t)
		return NULL;
	struct value *props = value_map(x->arena);
	name_it(x, i, t, props, extra);
	if (i->kind)
		x_copy(x, i->kind->words, t, i->entry->body, props);
	merge(x->arena, props, extra);
	const char *description = description_prop(t);
	if (description && i->entry->description)
		value_set(x->arena, props, description, x_string(x, i->entry->description));
	check_map(x, i->entry->properties, "`properties`");
	merge(x->arena, props, i->entry->properties);
	struct resource *r = add(x, i, i->entry->address, t, props, true);
	r->description = i->entry->description;
	i->main = r;
	return r;
}
