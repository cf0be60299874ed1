/* poison.c - what an error points at becomes unknown, so that it is reported once. */
#include <stdlib.h>

#include "lang/loader.h"
#include "base/banned.h"

struct places {
	VEC(struct span) spans;
};

static int compare(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->off != y->off)
		return x->off < y->off ? -1 : 1;
	return (x->len > y->len) - (x->len < y->len);
}

static void collect(struct loader *l, size_t mark, struct places *places)
{
	for (const struct diag *d = diags_first(l->diags); d; d = d->next) {
		if (mark > 0) {
			mark--;
			continue;
		}
		if (d->level == LEVEL_ERROR && d->span.file)
			vec_push(l->arena, &places->spans, d->span);
	}
	if (places->spans.len)
		qsort(places->spans.items, places->spans.len, sizeof(struct span), compare);
}

static struct value *replace(struct arena *a, const struct places *places, const struct value *v);

static struct value *replace_members(struct arena *a, const struct places *places,
				     const struct value *v)
{
	struct value *out;

	if (!value_is(v, VALUE_LIST) && !value_is(v, VALUE_MAP))
		return (struct value *)v;
	out = v->kind == VALUE_LIST ? value_list(a) : value_map(a);
	out->span = v->span;
	out->flags = v->flags;
	value_each_item(v, item)
		value_append(a, out, replace(a, places, item));
	value_each_pair(v, p)
		value_add_pair(a, out, p->key, p->key_span, replace(a, places, p->value));
	return out;
}

static struct value *replace(struct arena *a, const struct places *places, const struct value *v)
{
	if (bsearch(&v->span, places->spans.items, places->spans.len, sizeof(struct span), compare))
		return value_at(a, value_unknown(a), v->span);
	return replace_members(a, places, v);
}

/* The whole stays: it stands where what is missing in it is reported. */
struct value *loader_poison(struct loader *l, size_t mark, const struct value *v)
{
	struct places places = { 0 };

	collect(l, mark, &places);
	if (!v || !places.spans.len)
		return (struct value *)v;
	return replace_members(l->arena, &places, v);
}
