/* expand_refs.c - where `ref` words lead. */
#include <string.h>

#include "base/str.h"
#include "providers/aws/expand_parts.h"
#include "providers/aws/names.h"

struct item *x_item(const struct expansion *x, const char *address)
{
	return map_get(x->by_address, address);
}

const char *x_nearest(struct expansion *x, const char *address)
{
	VEC(const char *) all = { 0 };
	map_each(x->by_address, e)
		vec_push(x->arena, &all, e->key);
	map_each(x->resources, e)
		vec_push(x->arena, &all, e->key);
	return str_nearest(address, all.items, all.len);
}

static const char *kind_word(struct expansion *x, const char *section)
{
	const struct kind *k = x->provider->kind(section);
	return k && k->word ? k->word : section;
}

/* --- ARNs --- */

/* The n-th field of an ARN, NULL when there is none. */
static char *arn_field(struct arena *a, const char *arn, int n)
{
	for (; n > 0; n--) {
		arn = strchr(arn, ':');
		if (!arn)
			return NULL;
		arn++;
	}
	return arena_strndup(a, arn, strcspn(arn, ":"));
}

/* What follows the account: "table/orders". */
static const char *arn_rest(const char *arn)
{
	for (int n = 0; n < 5 && arn; n++)
		arn = strchr(arn, ':') ? strchr(arn, ':') + 1 : NULL;
	return arn;
}

static const char *arn_text(const struct target *t)
{
	const char *text = t->item ? NULL : value_text(t->given);
	return str_starts(text, "arn:") ? text : NULL;
}

static struct item *in_expression(struct expansion *x, const struct value *v);

/* `${resources.raw.arn}`: the section that would make such a type. */
static const char *raw_section(struct expansion *x, const struct target *t)
{
	struct item *i = value_is(t->given, VALUE_EXPR) ? in_expression(x, t->given) : NULL;
	const char *type = i && !i->kind ? value_text(i->entry->type) : NULL;
	size_t n = 0;
	const struct kind *const *kinds = x->provider->kinds(&n);
	for (size_t k = 0; type && k < n; k++)
		if (str_eq(kinds[k]->type, type))
			return kinds[k]->section;
	return NULL;
}

const char *x_section(struct expansion *x, const struct target *t)
{
	if (t->item)
		return t->item->entry->section;
	if (value_is(t->given, VALUE_EXPR))
		return raw_section(x, t);
	const char *arn = arn_text(t), *service = arn ? arn_field(x->arena, arn, 2) : NULL;
	const char *rest = arn ? arn_rest(arn) : NULL;
	size_t n = 0;
	const struct kind *const *kinds = x->provider->kinds(&n);
	for (size_t k = 0; service && k < n; k++) {
		const struct aws_kind *impl = kinds[k]->impl;
		if (impl && str_eq(impl->service, service) && rest &&
		    (!impl->prefix || str_starts(rest, impl->prefix)))
			return kinds[k]->section;
	}
	return NULL;
}

char *x_target_name(struct expansion *x, const struct target *t)
{
	if (t->item) {
		const struct entry *e = t->item->entry;
		return e->each_key ? arena_printf(x->arena, "%s-%s", e->key, e->each_key)
				   : arena_strdup(x->arena, e->key);
	}
	const char *text = value_text(t->given);
	if (!text)
		return NULL;
	const char *last = text;
	for (const char *c = text; *c; c++)
		if ((*c == ':' || *c == '/') && c[1])
			last = c + 1;
	return arena_strdup(x->arena, last);
}

char *x_target_step(struct expansion *x, const struct target *t)
{
	if (t->item)
		return arena_strdup(x->arena, t->item->entry->address);
	const char *text = value_text(t->given);
	if (!text && value_is(t->given, VALUE_EXPR))
		text = expr_text(x->arena, t->given->expr);
	return arena_printf(x->arena, "[\"%s\"]", text ? text : "?");
}

/* --- errors --- */

static const char *article(const char *word)
{
	return strchr("aeiou", word[0]) ? "an " : "a ";
}

/* "a queue", "a queue or a topic", "function, queue or topic" */
static char *any_of(struct expansion *x, const char *const *sections, bool articles)
{
	_cleanup_str_ struct str out = STR_INIT;
	for (size_t n = 0; sections[n]; n++) {
		const char *word = kind_word(x, sections[n]);
		const char *between = !n ? "" : sections[n + 1] ? ", " : " or ";
		str_addf(&out, "%s%s%s", between, articles ? article(word) : "", word);
	}
	return str_dup(&out, x->arena);
}

/* The nearest entry of one of the sections, as `text` is written: its name, or its address. */
static const char *nearest_in(struct expansion *x, const char *text, const char *const *sections)
{
	VEC(const char *) names = { 0 };
	bool address = strchr(text, '.');
	map_each(x->by_address, e) {
		const struct item *i = e->value;
		if (str_in(i->entry->section, sections))
			vec_push(x->arena, &names,
				 address ? e->key : e->key + strlen(i->entry->section) + 1);
	}
	return str_nearest(text, names.items, names.len);
}

/* One of those that `for_each` makes of the entry. */
static const char *instance_of(struct expansion *x, const char *text, const char *const *sections)
{
	map_each(x->by_address, e) {
		const struct entry *one = ((struct item *)e->value)->entry;
		const char *address = arena_printf(x->arena, "%s.%s", one->section, one->key);
		if (one->each_key && str_in(one->section, sections) &&
		    (str_eq(one->key, text) || str_eq(address, text)))
			return one->address;
	}
	return NULL;
}

static int absent(struct expansion *x, const struct value *v, const char *const *sections)
{
	const char *text = value_text(v), *near = nearest_in(x, text, sections);
	if (sections[1] || strchr(text, '.'))
		diag_error(x->diags, D_REFERENCE, v->span, "no %s `%s` in this stack",
			   any_of(x, sections, false), text);
	else
		diag_error(x->diags, D_REFERENCE, v->span, "`%s` is not in `%s`", text,
			   sections[0]);
	const char *one = instance_of(x, text, sections);
	if (one)
		diag_hint(x->diags, "it is made by `for_each`: say which one, `%s`", one);
	else if (near)
		diag_hint(x->diags, "did you mean `%s`?", near);
	if (!one)
		diag_hint(x->diags, "outside this stack give its ARN");
	return -1;
}

static int wrong_kind(struct expansion *x, const struct value *v, const char *what,
		      const char *section, const char *const *sections)
{
	const char *word = kind_word(x, section);
	return diag_error(x->diags, D_REFERENCE, v->span, "`%s` is %s%s; %s is wanted here", what,
			  article(word), word, any_of(x, sections, true));
}

/* --- resolving --- */

static int to_item(struct expansion *x, const struct value *v, struct item *i,
		   const char *const *sections, struct target *ret)
{
	if (!str_in(i->entry->section, sections))
		return wrong_kind(x, v, i->entry->address, i->entry->section, sections);
	ret->item = i;
	ret->given = v;
	ret->arn = x_arn(x, i);
	if (ret->arn)
		ret->arn->span = v->span;
	return 0;
}

static int by_arn(struct expansion *x, const struct value *v, const char *const *sections,
		  struct target *ret)
{
	ret->given = v;
	ret->arn = (struct value *)v;
	const char *section = x_section(x, ret);
	if (section && !str_in(section, sections))
		return wrong_kind(x, v, value_text(v), section, sections);
	return 0;
}

static int by_name(struct expansion *x, const struct value *v, const char *const *sections,
		   struct target *ret)
{
	const char *text = value_text(v);
	struct item *i = NULL;
	for (size_t n = 0; sections[n] && !i; n++)
		i = x_item(x, arena_printf(x->arena, "%s.%s", sections[n], text));
	if (!i)
		return absent(x, v, sections);
	if (!sections[1])
		return to_item(x, v, i, sections, ret);
	diag_error(x->diags, D_REFERENCE, v->span, "`%s` may be %s", text,
		   any_of(x, sections, true));
	diag_hint(x->diags, "write its address: `%s`", i->entry->address);
	return -1;
}

/* `${queues.jobs.arn}` names an entry as well. */
static struct item *in_expression(struct expansion *x, const struct value *v)
{
	const struct expr *e = v->expr;
	if (e->kind != EXPR_REF || e->path_len < 2)
		return NULL;
	struct item *i = x_item(x, arena_printf(x->arena, "%s.%s", e->path[0], e->path[1]));
	if (!i && e->path_len > 2)
		i = x_item(x, arena_printf(x->arena, "%s.%s[\"%s\"]", e->path[0], e->path[1],
					   e->path[2]));
	return i;
}

int x_ref(struct expansion *x, const struct value *v, const char *const *sections,
	  struct target *ret)
{
	*ret = (struct target){ 0 };
	const char *text = value_text(v);
	if (value_is(v, VALUE_EXPR)) {
		struct item *i = in_expression(x, v);
		ret->given = v;
		ret->arn = (struct value *)v;
		return i && str_in(i->entry->section, sections) ? to_item(x, v, i, sections, ret)
								: 0;
	}
	if (value_is(v, VALUE_UNKNOWN)) {
		ret->given = v;
		ret->arn = (struct value *)v;
		return 0;
	}
	if (!text || !*text)
		return x_error(x, v->span, "%s is wanted here: its name, address or ARN",
			       any_of(x, sections, true));
	if (str_starts(text, "arn:"))
		return by_arn(x, v, sections, ret);
	if (!strchr(text, '.'))
		return by_name(x, v, sections, ret);
	struct item *i = x_item(x, text);
	return i ? to_item(x, v, i, sections, ret) : absent(x, v, sections);
}
