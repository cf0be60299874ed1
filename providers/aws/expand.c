/* expand.c - the rounds over all entries, and what is done to every resource at the end. */
#include "providers/aws/expand.h"

#include <string.h>

#include "base/str.h"
#include "providers/aws/expand_parts.h"

/* --- items --- */

static void add_item(struct expansion *x, const struct entry *e)
{
	struct item *i = arena_new_of(x->arena, struct item);
	i->entry = e;
	i->kind = e->kind;
	i->impl = e->kind ? e->kind->impl : NULL;
	i->guard = value_list(x->arena);
	vec_push(x->arena, &x->items, i);
	map_set(x->by_address, e->address, i);
}

/* An entry of `resources`: CloudFormation's type and properties. */
static void declare_raw(struct expansion *x, struct item *i)
{
	const struct value *type = i->entry->type;
	if (!value_text(type)) {
		x_lacks(x, i, "type");
		return;
	}
	const struct type *t = x_type(x, value_text(type), type->span);
	if (t)
		x_main(x, i, t->name, NULL);
}

static void declare(struct expansion *x, struct item *i)
{
	if (i->impl && i->impl->declare)
		i->impl->declare(x, i);
	else if (!i->kind)
		declare_raw(x, i);
}

static void wire(struct expansion *x, struct item *i)
{
	if (i->impl && i->impl->wire && i->main)
		i->impl->wire(x, i);
}

static void finish(struct expansion *x, struct item *i)
{
	if (i->impl && i->impl->finish && i->main)
		i->impl->finish(x, i);
}

static void every_item(struct expansion *x, void (*fn)(struct expansion *x, struct item *i))
{
	for (size_t n = 0; n < x->items.len; n++) {
		struct item *i = x->items.items[n];
		size_t errors = diags_errors(x->diags);
		fn(x, i);
		i->failed |= diags_errors(x->diags) > errors;
	}
}

/* --- depends_on --- */

/* `queues.q` of a for_each stands for all of `queues.q["..."]`. */
static size_t add_instances(struct expansion *x, const char *address, struct resource *r)
{
	const char *prefix = arena_printf(x->arena, "%s[", address);
	size_t found = 0;
	for (size_t n = 0; n < x->items.len; n++) {
		const char *other = x->items.items[n]->entry->address;
		if (!str_starts(other, prefix))
			continue;
		found++;
		if (r && !str_eq(other, r->address))
			x_needs(x, r, other);
	}
	return found;
}

static void check_depends(struct expansion *x, const struct item *i)
{
	const struct lifecycle *life = &i->entry->life;
	for (size_t n = 0; n < life->depends_on.len; n++) {
		const char *address = life->depends_on.items[n];
		if (map_has(x->resources, address) || add_instances(x, address, NULL))
			continue;
		diag_error(x->diags, D_REFERENCE, life->depends_on_span,
			   "`depends_on` names `%s`, which is not in this stack", address);
		const char *near = x_nearest(x, address);
		if (near)
			diag_hint(x->diags, "did you mean `%s`?", near);
	}
}

static void set_depends(struct expansion *x, const struct item *i, struct resource *r)
{
	const struct lifecycle *life = &i->entry->life;
	for (size_t n = 0; n < life->depends_on.len; n++) {
		const char *address = life->depends_on.items[n];
		if (str_eq(address, r->address))
			continue;
		if (map_has(x->resources, address))
			x_needs(x, r, address);
		else
			add_instances(x, address, r);
	}
}

/* --- tags --- */

static const struct prop *tags_row(const struct type *t)
{
	for (const struct prop *p = t->props; p->name; p++)
		if (p->flags & P_TAGS)
			return p;
	return NULL;
}

/* CloudFormation's [{Key, Value}] as a map. */
static void add_tag_list(struct arena *a, struct value *into, const struct value *list)
{
	value_each_item(list, tag) {
		const char *key = value_text_at(tag, "Key");
		if (key && value_get(tag, "Value"))
			value_set(a, into, key, value_get(tag, "Value"));
	}
}

static struct value *tag_list(struct arena *a, const struct value *map)
{
	struct value *list = value_list(a);
	value_each_pair(map, p) {
		struct value *tag = value_map(a);
		value_set(a, tag, "Key", value_string(a, p->key));
		value_set(a, tag, "Value", p->value);
		value_append(a, list, tag);
	}
	return list;
}

/* The stack's tags, the entry's over them, the resource's own over both. */
static void set_tags(struct expansion *x, const struct item *i, struct resource *r)
{
	const struct prop *row = tags_row(r->type);
	if (!row)
		return;
	struct value *tags = value_map(x->arena), *own = value_get(r->props, row->name);
	value_merge(x->arena, tags, value_get(x->stack->aws, "tags"), false);
	value_merge(x->arena, tags, i->entry->tags, false);
	if (value_is(own, VALUE_LIST))
		add_tag_list(x->arena, tags, own);
	else if (value_is(own, VALUE_MAP))
		value_merge(x->arena, tags, own, false);
	else if (own)
		return; /* an expression: it says all */
	if (value_len(tags))
		value_set(x->arena, r->props, row->name,
			  row->type == PROP_LIST ? tag_list(x->arena, tags) : tags);
}

/* --- the end of every resource --- */

/* Was something said of this place already? */
static bool is_told(const struct expansion *x, struct span at)
{
	for (const struct diag *d = diags_first(x->diags); d; d = d->next)
		if (d->level == LEVEL_ERROR && d->span.file == at.file && d->span.off == at.off)
			return true;
	return false;
}

static void tell(struct expansion *x, const struct resource *r, const struct diag *d)
{
	if (d->span.file)
		diag_error(x->diags, d->code, d->span, "%s", d->message);
	else
		diag_error(x->diags, d->code, r->span, "%s: %s", r->address, d->message);
	if (d->hide_source)
		diag_hide_source(x->diags);
	for (const struct diag_note *n = d->notes; n; n = n->next)
		diag_note(x->diags, n->span, "%s", n->text);
	for (const struct diag_note *n = d->hints; n; n = n->next)
		diag_hint(x->diags, "%s", n->text);
}

/* What the type says of its properties, less what the kind has said in the stack's own words: an
 * error in the entry may leave things out that the type then misses. */
static void check_type(struct expansion *x, const struct item *i, struct resource *r)
{
	struct diags *found = diags_new(x->arena);
	struct value *checked = r->props;
	bool whole = !i->failed && !is_told(x, r->span);
	schema_check(x->arena, r->type->props, r->props, whole ? 0 : CHECK_PARTIAL, r->type->name,
		     &checked, found);
	r->props = checked;
	if (r->type->check && whole && !diags_errors(found))
		r->type->check(r->props, found);
	for (const struct diag *d = diags_first(found); d; d = d->next)
		if (whole || (d->span.file && !is_told(x, d->span)))
			tell(x, r, d);
}

static void complete(struct expansion *x, const struct item *i, struct resource *r)
{
	set_tags(x, i, r);
	r->props = x_resolve_in(x, i, r, r->props);
	set_depends(x, i, r);
	check_type(x, i, r);
}

/* Two resources of one type with one name would fight over one object. */
static void check_name(struct expansion *x, struct map *names, const struct resource *r)
{
	const char *name = r->type->name_prop ? value_text_at(r->props, r->type->name_prop) : NULL;
	if (!name || (r->type->flags & TYPE_INSIDE_PARENT))
		return;
	const char *key = arena_printf(x->arena, "%s %s", r->type->name, name);
	const struct resource *first = map_get(names, key);
	if (!first) {
		map_set(names, key, (void *)r);
		return;
	}
	x_error(x, r->span, "%s and %s are both named `%s`", first->address, r->address, name);
	diag_note(x->diags, first->span, "%s is here", first->address);
	diag_hint(x->diags, "give one of them another `name:`");
}

struct collection {
	VEC(struct resource *) all;
	struct map *names;
};

static void collect_one(struct expansion *x, const struct item *i, struct resource *r,
			struct collection *c)
{
	complete(x, i, r);
	check_name(x, c->names, r);
	vec_push(x->arena, &c->all, r);
}

static void collect(struct expansion *x, struct resource_list *ret)
{
	struct collection c = { .names = map_new(x->arena) };
	for (size_t n = 0; n < x->items.len; n++) {
		struct item *i = x->items.items[n];
		check_depends(x, i);
		if (i->main)
			collect_one(x, i, i->main, &c);
		for (size_t k = 0; k < i->parts.len; k++)
			collect_one(x, i, i->parts.items[k], &c);
	}
	*ret = (struct resource_list){ c.all.items, c.all.len, c.all.cap };
}

static void check_overrides(struct expansion *x)
{
	value_each_pair(x->stack->overrides, p) {
		if (map_has(x->resources, p->key))
			continue;
		diag_error(x->diags, D_REFERENCE, p->key_span, "no resource `%s` to override",
			   p->key);
		const char *near = x_nearest(x, p->key);
		if (near)
			diag_hint(x->diags, "did you mean `%s`?", near);
	}
}

int aws_expand(struct provider *p, struct arena *a, const struct stack *s,
	       const struct account *account, struct resource_list *ret, struct diags *d)
{
	struct expansion x = {
		.provider = p, .arena = a, .stack = s, .account = account, .diags = d
	};
	size_t errors = diags_errors(d);
	x.by_address = map_new(a);
	x.resources = map_new(a);
	x.digests = map_new(a);
	for (size_t n = 0; n < s->entries.len; n++)
		add_item(&x, s->entries.items[n]);
	every_item(&x, declare);
	every_item(&x, wire);
	every_item(&x, finish);
	check_overrides(&x);
	collect(&x, ret);
	x_resolve_outputs(&x);
	return diags_errors(d) > errors ? -1 : 0;
}
