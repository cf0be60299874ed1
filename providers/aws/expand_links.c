/* expand_links.c - how one resource speaks of another. */
#include <string.h>

#include "base/str.h"
#include "model/json.h"
#include "providers/aws/expand.h"

struct value *x_attribute(struct expansion *x, const char *address, const char *property)
{
	struct expr *e = expr_attribute(x->arena, address, property, NO_SPAN);
	return value_expr(x->arena, e, NO_SPAN);
}

struct value *x_known(struct expansion *x, const struct resource *r, const char *property)
{
	struct value *wanted = value_get(r->props, property);
	if (wanted && !value_has_unknown(wanted))
		return wanted;
	struct value *v = NULL;
	if (!wanted && x->provider->derive)
		v = x->provider->derive(x->provider, x->arena, r->type, property, r->props,
					x->account);
	if (v && !value_is(v, VALUE_UNKNOWN))
		return v;
	/* Unknown for want of the account, not of the resource: no order follows from that. */
	if (v && !x->account)
		return v;
	return x_attribute(x, r->address, property);
}

static const char *arn_property(const struct item *i)
{
	return i->impl ? i->impl->arn : NULL;
}

struct value *x_arn(struct expansion *x, const struct item *i)
{
	const char *property = arn_property(i);
	return property ? x_attribute(x, i->entry->address, property) : NULL;
}

struct value *x_known_arn(struct expansion *x, const struct item *i)
{
	const char *property = arn_property(i);
	return property && i->main ? x_known(x, i->main, property) : NULL;
}

struct value *x_target_arn(struct expansion *x, const struct target *t)
{
	struct value *known = t->item ? x_known_arn(x, t->item) : NULL;
	return known ? known : t->arn;
}

/* --- text --- */

struct pieces {
	struct expansion *x;
	struct str text;
	VEC(const struct expr *) parts;
	bool unknown;
};

static void flush(struct pieces *p)
{
	if (!p->text.len)
		return;
	struct value *v = x_string(p->x, str_text(&p->text));
	vec_push(p->x->arena, &p->parts, expr_literal(p->x->arena, v));
	str_clear(&p->text);
}

static void add_expr(struct pieces *p, const struct expr *e)
{
	if (e->kind == EXPR_TEMPLATE) {
		for (size_t n = 0; n < e->args_len; n++)
			add_expr(p, e->args[n]);
	} else if (e->kind == EXPR_VALUE && value_is_scalar(e->value)) {
		str_add(&p->text, value_scalar_text(p->x->arena, e->value));
	} else {
		flush(p);
		vec_push(p->x->arena, &p->parts, e);
	}
}

static void add_value(struct pieces *p, const struct value *v)
{
	if (value_is(v, VALUE_EXPR)) {
		add_expr(p, v->expr);
	} else if (value_is_scalar(v)) {
		str_add(&p->text, value_scalar_text(p->x->arena, v));
	} else {
		p->unknown = true;
	}
}

/* "${account}" and its like; returns what follows. */
static const char *add_account(struct pieces *p, const char *s)
{
	const struct account *account = p->x->account;
	const char *end = strchr(s, '}'), *text = NULL;
	if (account && str_starts(s, "${account}"))
		text = account->id;
	else if (account && str_starts(s, "${region}"))
		text = account->region;
	else if (account)
		text = account->partition;
	if (text)
		str_add(&p->text, text);
	else
		p->unknown = true;
	return end + 1;
}

static struct value *joined(struct pieces *p)
{
	struct arena *a = p->x->arena;
	if (p->unknown)
		return value_unknown(a);
	if (!p->parts.len)
		return x_string(p->x, str_text(&p->text));
	flush(p);
	struct expr *e = arena_new_of(a, struct expr);
	e->kind = EXPR_TEMPLATE;
	e->args = p->parts.items;
	e->args_len = p->parts.len;
	return value_expr(a, e, NO_SPAN);
}

struct value *x_text(struct expansion *x, const char *pattern, ...)
{
	struct pieces p = { .x = x };
	va_list ap;
	va_start(ap, pattern);
	for (const char *s = pattern; *s;) {
		if (str_starts(s, "${")) {
			s = add_account(&p, s);
			continue;
		}
		if (*s == '%')
			add_value(&p, va_arg(ap, const struct value *));
		else
			str_addc(&p.text, *s);
		s++;
	}
	va_end(ap);
	struct value *out = joined(&p);
	str_free(&p.text);
	return out;
}

struct value *x_json(struct expansion *x, const struct value *v)
{
	if (!v || value_text(v) || value_is(v, VALUE_EXPR) || value_is(v, VALUE_UNKNOWN))
		return (struct value *)v;
	if (!value_has_unknown(v))
		return value_at(x->arena,
				value_string(x->arena, json_text(x->arena, v, JSON_COMPACT)),
				v->span);
	struct expr *call = arena_new_of(x->arena, struct expr);
	const struct expr **args = arena_array(x->arena, 1, sizeof(*args));
	args[0] = expr_literal(x->arena, (struct value *)v);
	call->kind = EXPR_CALL;
	call->span = v->span;
	call->name = "jsonencode";
	call->args = args;
	call->args_len = 1;
	return value_expr(x->arena, call, v->span);
}
