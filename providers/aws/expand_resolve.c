/* expand_resolve.c - `${tables.orders.arn}` to an attribute of a resource. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "providers/aws/expand_parts.h"

/* --- addresses as words --- */

static const char *add_bracket(struct str *out, const char *s)
{
	const char *end = strstr(s, "\"]");
	if (!end)
		end = s + strlen(s);
	str_addn(out, s, (size_t)(end - s));
	return *end ? end + 2 : end;
}

char *x_words_key(struct arena *a, const char *address)
{
	_cleanup_str_ struct str out = STR_INIT;
	for (const char *s = address; *s;) {
		if (str_starts(s, "[\"")) {
			str_addc(&out, '\n');
			s = add_bracket(&out, s + 2);
		} else {
			str_addc(&out, *s == '.' ? '\n' : *s);
			s++;
		}
	}
	return str_dup(&out, a);
}

/* --- which property a word means --- */

/* "AWS::SNS::TopicPolicy" -> "topic_policy_" */
static char *own_word(struct arena *a, const struct type *type)
{
	const char *last = strrchr(type->name, ':');
	return arena_printf(a, "%s_", snake_case(a, last ? last + 1 : type->name));
}

/* How a computed property is called: TopicArn of a topic is `arn`. */
static const char *short_word(struct arena *a, const struct type *type, const struct prop *p)
{
	const char *word = prop_snake(a, p), *own = own_word(a, type);
	return (p->flags & P_COMPUTED) && str_starts(word, own) ? word + strlen(own) : word;
}

const char *x_property_path(struct expansion *x, const struct kind *kind, const struct type *type,
			    const char *word)
{
	const struct prop *w = kind && kind->words ? prop_find(kind->words, word) : NULL;
	if (str_eq(word, "name") && type->name_prop)
		return type->name_prop;
	if (str_eq(word, "name") && prop_find(type->props, "Name"))
		return "Name";
	if (w && w->to)
		return w->to;
	for (const struct prop *p = type->props; p->name; p++)
		if (str_eq(prop_snake(x->arena, p), word) ||
		    str_eq(short_word(x->arena, type, p), word))
			return p->name;
	return NULL;
}

const char *const *x_attribute_words(struct expansion *x, const struct kind *kind,
				     const struct type *type, size_t *ret_len)
{
	VEC(const char *) words = { 0 };
	if (type->name_prop)
		vec_push(x->arena, &words, "name");
	for (const struct prop *p = type->props; p->name; p++)
		if (p->flags & P_COMPUTED)
			vec_push(x->arena, &words, short_word(x->arena, type, p));
	if (kind && kind->impl && ((const struct aws_kind *)kind->impl)->attribute)
		vec_push(x->arena, &words, "url");
	*ret_len = words.len;
	return words.items;
}

/* --- the resolver --- */

struct resolver {
	struct expansion *x;
	const struct item *item;     /* of `self`; NULL */
	const struct resource *self; /* whose properties these are; NULL */
	struct map *by_words;
};

static const struct expr *of_value(struct arena *a, struct value *v)
{
	return value_is(v, VALUE_EXPR) ? v->expr : expr_literal(a, v);
}

static struct map *index_words(struct expansion *x)
{
	struct map *m = map_new(x->arena);
	map_each(x->resources, e)
		map_set(m, x_words_key(x->arena, e->key), e->value);
	return m;
}

/* The resource that the longest part of the path names; *ret_used words of it. */
static const struct resource *longest(struct resolver *r, const struct expr *ref, size_t *ret_used)
{
	for (size_t n = ref->path_len; n > 1; n--) {
		_cleanup_str_ struct str key = STR_INIT;
		for (size_t k = 0; k < n; k++)
			str_addf(&key, "%s%s", k ? "\n" : "", ref->path[k]);
		const struct resource *found = map_get(r->by_words, str_text(&key));
		*ret_used = n;
		if (found)
			return found;
	}
	return NULL;
}

static struct item *owner(struct expansion *x, const struct resource *res)
{
	struct item *i = x_item(x, res->address);
	return i && i->main == res ? i : NULL;
}

static const char *join_words(struct arena *a, const char *const *words, size_t n)
{
	_cleanup_str_ struct str out = STR_INIT;
	for (size_t k = 0; k < n; k++)
		str_addf(&out, "%s`%s`", k ? ", " : "", words[k]);
	return str_dup(&out, a);
}

static int no_attribute(struct resolver *r, const struct resource *res, const struct kind *kind,
			const struct expr *ref, const char *word)
{
	size_t n = 0;
	const char *const *words = x_attribute_words(r->x, kind, res->type, &n);
	diag_error(r->x->diags, D_REFERENCE, ref->span, "%s has no attribute `%s`", res->address,
		   word);
	const char *near = str_nearest(word, words, n);
	if (near)
		diag_hint(r->x->diags, "did you mean `%s`?", near);
	if (n)
		diag_hint(r->x->diags, "it has %s and its properties",
			  join_words(r->x->arena, words, n));
	return -1;
}

static int no_such(struct resolver *r, const struct expr *ref)
{
	struct expansion *x = r->x;
	const char *text = expr_text(x->arena, ref);
	const struct kind *k = x->provider->kind(ref->path[0]);
	if (k && ref->path_len > 1)
		diag_error(x->diags, D_REFERENCE, ref->span, "no %s `%s` in this stack",
			   k->word ? k->word : k->section, ref->path[1]);
	else
		diag_error(x->diags, D_REFERENCE, ref->span, "`%s` leads nowhere", text);
	const char *entry = ref->path_len > 1
				    ? arena_printf(x->arena, "%s.%s", ref->path[0], ref->path[1])
				    : text;
	const char *near = x_nearest(x, entry);
	if (near)
		diag_hint(x->diags, "did you mean `%s`?", near);
	else if (!k)
		diag_hint(x->diags, "references begin with a section (`tables.orders.name`), or "
				    "with self, var, env, stack, stage, random or aws");
	return -1;
}

/* Members of an attribute: environment.TABLE */
static const struct expr *indexed(struct arena *a, const struct expr *e, const char *word,
				  struct span at)
{
	struct expr *out = arena_new_of(a, struct expr);
	const struct expr **args = arena_array(a, 2, sizeof(*args));
	int64_t n;
	args[0] = e;
	args[1] = expr_literal(a, str_to_int64(word, &n) ? value_int(a, n) : value_string(a, word));
	out->kind = EXPR_INDEX;
	out->span = at;
	out->args = args;
	out->args_len = 2;
	return out;
}

static int unset(struct resolver *r, const struct resource *res, const struct expr *ref,
		 const char *word)
{
	diag_error(r->x->diags, D_REFERENCE, ref->span, "%s sets no `%s`", res->address, word);
	diag_hint(r->x->diags, "only what an entry sets can be referred to");
	return -1;
}

/* CloudFormation's path of a property as an expression. */
static int property_expr(struct resolver *r, const struct resource *res, const struct expr *ref,
			 const char *word, const char *path, const struct expr **ret)
{
	struct arena *a = r->x->arena;
	size_t n = strcspn(path, ".");
	const char *head = arena_strndup(a, path, n);
	const struct prop *row = prop_find(res->type->props, head);
	struct value *value = value_get(res->props, head);
	if (!value && row && !(row->flags & P_COMPUTED)) {
		value = prop_default(a, row);
		if (!value || path[n])
			return unset(r, res, ref, word);
		*ret = expr_literal(a, value);
		return 0;
	}
	if (res == r->self)
		*ret = of_value(a, x_known(r->x, res, head));
	else
		*ret = expr_attribute(a, res->address, head, ref->span);
	while (path[n]) {
		path += n + 1;
		n = strcspn(path, ".");
		*ret = indexed(a, *ret, arena_strndup(a, path, n), ref->span);
	}
	return 0;
}

static int attribute_of(struct resolver *r, const struct resource *res, const struct expr *ref,
			size_t used, const struct expr **ret)
{
	struct item *i = owner(r->x, res);
	const struct kind *kind = i ? i->kind : NULL;
	const char *word = ref->path[used];
	struct value *special =
		i && i->impl && i->impl->attribute ? i->impl->attribute(r->x, i, word) : NULL;
	if (special) {
		*ret = of_value(r->x->arena, special);
	} else {
		const char *path = x_property_path(r->x, kind, res->type, word);
		if (!path)
			return no_attribute(r, res, kind, ref, word);
		if (property_expr(r, res, ref, word, path, ret))
			return -1;
	}
	for (size_t n = used + 1; n < ref->path_len; n++)
		*ret = indexed(r->x->arena, *ret, ref->path[n], ref->span);
	return 0;
}

static int bare(struct resolver *r, const struct resource *res, const struct expr *ref)
{
	size_t n = 0;
	struct item *i = owner(r->x, res);
	const char *const *words = x_attribute_words(r->x, i ? i->kind : NULL, res->type, &n);
	diag_error(r->x->diags, D_REFERENCE, ref->span, "`%s` alone is no value", res->address);
	if (n)
		diag_hint(r->x->diags, "say which attribute: ${%s.%s}", res->address, words[0]);
	return -1;
}

/* self.name: the name in AWS of the entry that says so. */
static int self_name(struct resolver *r, const struct expr *ref, const struct expr **ret)
{
	const struct resource *main = r->item ? r->item->main : NULL;
	const char *property = main ? main->type->name_prop : NULL;
	struct value *name = property ? value_get(main->props, property) : NULL;
	if (ref->path_len != 2 || !str_eq(ref->path[1], "name") || !name) {
		diag_error(r->x->diags, D_REFERENCE, ref->span, "`%s` leads nowhere",
			   expr_text(r->x->arena, ref));
		diag_hint(r->x->diags, "there are self.key and self.name");
		return -1;
	}
	*ret = of_value(r->x->arena, name);
	return 0;
}

static int resolve(void *ctx, const struct expr *ref, const struct expr **ret, struct diags *d)
{
	struct resolver *r = ctx;
	size_t used = 0;
	(void)d;
	if (ref->kind != EXPR_REF)
		return 0;
	if (str_eq(ref->path[0], "self"))
		return self_name(r, ref, ret);
	if (str_eq(ref->path[0], "aws") && !r->x->account) {
		*ret = expr_literal(r->x->arena, value_unknown(r->x->arena));
		return 0;
	}
	const struct resource *res = longest(r, ref, &used);
	if (!res)
		return no_such(r, ref);
	if (used == ref->path_len)
		return bare(r, res, ref);
	return attribute_of(r, res, ref, used, ret);
}

/* Nothing more is known now: what is known already is folded. */
static int keep_open(void *ctx, const struct expr *ref, struct arena *a, struct value **ret,
		     struct diags *d)
{
	(void)ctx, (void)ref, (void)a, (void)d;
	*ret = NULL;
	return 0;
}

struct value *x_resolve_in(struct expansion *x, const struct item *i, const struct resource *self,
			   const struct value *v)
{
	if (!x->words)
		x->words = index_words(x);
	struct resolver r = { .x = x, .item = i, .self = self, .by_words = x->words };
	struct value *out = (struct value *)v;
	if (v)
		value_rewrite_refs(x->arena, v, resolve, &r, &out, x->diags);
	const struct expr_scope scope = { .lookup = keep_open };
	struct value *folded = NULL;
	if (out && value_has_unknown(out))
		value_eval(x->arena, out, &scope, &folded, x->diags);
	return folded ? folded : out ? out : (struct value *)v;
}

/* --- outputs --- */

static struct value *exported(struct expansion *x, const struct resource *res)
{
	struct value *all = value_map(x->arena);
	struct item *i = owner(x, res);
	size_t n = 0;
	const char *const *words = x_attribute_words(x, i ? i->kind : NULL, res->type, &n);
	for (size_t k = 0; k < n; k++) {
		struct value *v = i && i->impl && i->impl->attribute
					  ? i->impl->attribute(x, i, words[k])
					  : NULL;
		const char *path = x_property_path(x, i ? i->kind : NULL, res->type, words[k]);
		if (!v && path)
			v = x_attribute(x, res->address, path);
		if (v)
			value_set(x->arena, all, words[k], v);
	}
	return all;
}

/* `queues.jobs.arn` without ${} is text, and hardly meant so. */
static void check_text(struct expansion *x, const struct output *o, const char *text)
{
	const char *dot = text ? strrchr(text, '.') : NULL;
	if (!dot || !map_has(x->resources, arena_strndup(x->arena, text, (size_t)(dot - text))))
		return;
	diag_warning(x->diags, o->value->span, "`%s` is text here", text);
	diag_hint(x->diags, "for the attribute write `${%s}`", text);
}

void x_resolve_outputs(struct expansion *x)
{
	for (size_t n = 0; n < x->stack->outputs.len; n++) {
		struct output *o = x->stack->outputs.items[n];
		const char *text = value_text(o->value);
		const struct resource *res = text ? map_get(x->resources, text) : NULL;
		if (!res)
			check_text(x, o, text);
		o->value = res ? exported(x, res) : x_resolve_in(x, NULL, NULL, o->value);
	}
}
