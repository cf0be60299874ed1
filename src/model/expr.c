#include "model/expr.h"

#include <ctype.h>
#include <string.h>

#include "model/json.h"
#include "model/schema.h"

static struct expr *expr_new(struct arena *a, enum expr_kind kind, struct span at)
{
	struct expr *e = arena_new_of(a, struct expr);

	e->kind = kind;
	e->span = at;
	return e;
}

struct expr *expr_literal(struct arena *a, struct value *v)
{
	struct expr *e = expr_new(a, EXPR_VALUE, v->span);

	e->value = v;
	return e;
}

struct expr *expr_attribute(struct arena *a, const char *address, const char *property,
			    struct span at)
{
	struct expr *e = expr_new(a, EXPR_ATTRIBUTE, at);

	e->address = arena_strdup(a, address);
	e->name = arena_strdup(a, property);
	return e;
}

static void copy_path(struct arena *a, struct expr *e, const char *const *path, size_t len)
{
	e->path = arena_array(a, len, sizeof(*e->path));
	e->path_len = len;
	for (size_t i = 0; i < len; i++)
		e->path[i] = arena_strdup(a, path[i]);
}

struct expr *expr_ref(struct arena *a, const char *const *path, size_t len, struct span at)
{
	struct expr *e = expr_new(a, EXPR_REF, at);

	copy_path(a, e, path, len);
	return e;
}

struct expr *expr_copy(struct arena *a, const struct expr *e)
{
	struct expr *copy = expr_new(a, e->kind, e->span);

	copy->value = value_copy(a, e->value);
	copy->name = arena_strdup(a, e->name);
	copy->address = arena_strdup(a, e->address);
	if (e->path_len)
		copy_path(a, copy, (const char *const *)e->path, e->path_len);
	copy->args = arena_array(a, e->args_len, sizeof(*copy->args));
	copy->args_len = e->args_len;
	for (size_t i = 0; i < e->args_len; i++)
		copy->args[i] = expr_copy(a, e->args[i]);
	return copy;
}

/* --- walking --- */

static void expr_each_ref(const struct expr *e, void (*fn)(void *ctx, const struct expr *ref),
			  void *ctx)
{
	if (e->kind == EXPR_REF || e->kind == EXPR_ATTRIBUTE)
		fn(ctx, e);
	value_each_ref(e->value, fn, ctx);
	for (size_t i = 0; i < e->args_len; i++)
		expr_each_ref(e->args[i], fn, ctx);
}

void value_each_ref(const struct value *v, void (*fn)(void *ctx, const struct expr *ref), void *ctx)
{
	if (value_is(v, VALUE_EXPR))
		expr_each_ref(v->expr, fn, ctx);
	value_each_item(v, item)
		value_each_ref(item, fn, ctx);
	value_each_pair(v, p)
		value_each_ref(p->value, fn, ctx);
}

struct rewriter {
	struct arena *arena;
	int (*fn)(void *ctx, const struct expr *ref, const struct expr **ret, struct diags *d);
	void *ctx;
	struct diags *diags;
	int failed;
};

static const struct value *rewrite_value(struct rewriter *r, const struct value *v);

/* A copy whose arguments may be replaced one by one. */
static struct expr *unshare(struct arena *a, const struct expr *e)
{
	struct expr *own = arena_new_of(a, struct expr);

	*own = *e;
	own->args = arena_array(a, e->args_len, sizeof(*own->args));
	if (e->args_len)
		memcpy(own->args, e->args, e->args_len * sizeof(*own->args));
	return own;
}

static const struct expr *rewrite_ref(struct rewriter *r, const struct expr *ref)
{
	const struct expr *other = NULL;

	if (r->fn(r->ctx, ref, &other, r->diags) < 0)
		r->failed = -1;
	return other ? other : ref;
}

static const struct expr *rewrite_expr(struct rewriter *r, const struct expr *e)
{
	const struct value *v = e->value ? rewrite_value(r, e->value) : NULL;
	struct expr *own = v == e->value ? NULL : unshare(r->arena, e);

	if (e->kind == EXPR_REF)
		return rewrite_ref(r, e);
	if (own)
		own->value = (struct value *)v;
	for (size_t i = 0; i < e->args_len; i++) {
		const struct expr *arg = rewrite_expr(r, e->args[i]);

		if (arg == e->args[i])
			continue;
		if (!own)
			own = unshare(r->arena, e);
		own->args[i] = arg;
	}
	return own ? own : e;
}

static const struct value *rewrite_list(struct rewriter *r, const struct value *v)
{
	struct value *list = value_list(r->arena);
	bool changed = false;

	list->flags = v->flags;
	list->span = v->span;
	value_each_item(v, item) {
		const struct value *other = rewrite_value(r, item);

		changed |= other != item;
		value_append(r->arena, list, (struct value *)other);
	}
	return changed ? list : v;
}

static const struct value *rewrite_map(struct rewriter *r, const struct value *v)
{
	struct value *map = value_map(r->arena);
	bool changed = false;

	map->flags = v->flags;
	map->span = v->span;
	value_each_pair(v, p) {
		const struct value *other = rewrite_value(r, p->value);

		changed |= other != p->value;
		value_add_pair(r->arena, map, p->key, p->key_span, (struct value *)other);
	}
	return changed ? map : v;
}

static const struct value *rewrite_value(struct rewriter *r, const struct value *v)
{
	const struct expr *e;
	struct value *other;

	if (value_is(v, VALUE_LIST))
		return rewrite_list(r, v);
	if (value_is(v, VALUE_MAP))
		return rewrite_map(r, v);
	if (!value_is(v, VALUE_EXPR))
		return v;
	e = rewrite_expr(r, v->expr);
	if (e == v->expr)
		return v;
	other = value_expr(r->arena, e, v->span);
	other->flags = v->flags;
	return other;
}

int value_rewrite_refs(struct arena *a, const struct value *v,
		       int (*fn)(void *ctx, const struct expr *ref, const struct expr **ret,
				 struct diags *d),
		       void *ctx, struct value **ret, struct diags *d)
{
	struct rewriter r = { a, fn, ctx, d, 0 };
	const struct value *other = v ? rewrite_value(&r, v) : NULL;

	if (r.failed == 0)
		*ret = (struct value *)other;
	return r.failed;
}

/* --- text --- */

static bool is_word(const char *s)
{
	if (!isalpha((unsigned char)*s) && *s != '_')
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && *s != '_' && *s != '-')
			return false;
	return true;
}

static void add_path(struct str *out, const struct expr *e)
{
	int64_t n;

	for (size_t i = 0; i < e->path_len; i++) {
		const char *word = e->path[i];

		if (i == 0)
			str_add(out, word);
		else if (is_word(word))
			str_addf(out, ".%s", word);
		else if (str_to_int64(word, &n))
			str_addf(out, "[%s]", word);
		else
			str_addf(out, "[\"%s\"]", word);
	}
}

static void add_expr(struct str *out, const struct expr *e);

static void add_args(struct str *out, const struct expr *e, const char *between)
{
	for (size_t i = 0; i < e->args_len; i++) {
		if (i)
			str_add(out, between);
		add_expr(out, e->args[i]);
	}
}

static void add_template(struct str *out, const struct expr *e)
{
	for (size_t i = 0; i < e->args_len; i++) {
		const struct expr *arg = e->args[i];
		const char *text = arg->kind == EXPR_VALUE ? value_text(arg->value) : NULL;

		if (text && !(arg->value->flags & VALUE_SENSITIVE)) {
			str_add(out, text);
			continue;
		}
		str_add(out, "${");
		add_expr(out, arg);
		str_addc(out, '}');
	}
}

static void add_attribute(struct str *out, const struct expr *e)
{
	_cleanup_arena_ struct arena *scratch = arena_new();

	str_addf(out, "%s.%s", e->address, snake_case(scratch, e->name));
}

static void add_expr(struct str *out, const struct expr *e)
{
	switch (e->kind) {
	case EXPR_VALUE:
		json_write(out, e->value, JSON_COMPACT, false);
		break;
	case EXPR_TEMPLATE:
		add_template(out, e);
		break;
	case EXPR_REF:
		add_path(out, e);
		break;
	case EXPR_ATTRIBUTE:
		add_attribute(out, e);
		break;
	case EXPR_CALL:
		str_addf(out, "%s(", e->name);
		add_args(out, e, ", ");
		str_addc(out, ')');
		break;
	case EXPR_INDEX:
		add_expr(out, e->args[0]);
		str_addc(out, '[');
		add_expr(out, e->args[1]);
		str_addc(out, ']');
		break;
	case EXPR_EQUAL:
		add_args(out, e, " == ");
		break;
	case EXPR_NOT_EQUAL:
		add_args(out, e, " != ");
		break;
	case EXPR_AND:
		add_args(out, e, " && ");
		break;
	case EXPR_OR:
		add_args(out, e, " || ");
		break;
	case EXPR_NOT:
		str_addc(out, '!');
		add_args(out, e, "");
		break;
	}
}

char *expr_text(struct arena *a, const struct expr *e)
{
	_cleanup_str_ struct str out = STR_INIT;

	add_expr(&out, e);
	return str_dup(&out, a);
}
