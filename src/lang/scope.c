/* scope.c - early names: what is known when the stack is read. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "lang/loader.h"
#include "base/banned.h"

static int nowhere(struct loader *l, const struct expr *ref, const char *hint)
{
	diag_error(l->diags, D_REFERENCE, ref->span, "`%s` leads nowhere",
		   expr_text(l->arena, ref));
	diag_hint(l->diags, "%s", hint);
	return -1;
}

/* --- members: var.m.key --- */

static int no_member(struct loader *l, const struct expr *ref, size_t i, const struct value *v)
{
	VEC(const char *) keys = { 0 };
	const char *near;

	if (value_is(v, VALUE_LIST)) {
		diag_error(l->diags, D_REFERENCE, ref->span, "`%s` is a list", ref->path[i - 1]);
		diag_hint(l->diags, "its items are `[0]`, `[1]` ...");
		return -1;
	}
	if (!value_is(v, VALUE_MAP))
		return diag_error(l->diags, D_REFERENCE, ref->span, "`%s` is %s and has no `%s`",
				  ref->path[i - 1], value_kind_name(v), ref->path[i]);
	value_each_pair(v, p)
		vec_push(l->arena, &keys, p->key);
	near = v->flags & VALUE_SENSITIVE ? NULL : str_nearest(ref->path[i], keys.items, keys.len);
	diag_error(l->diags, D_REFERENCE, ref->span, "`%s` has no `%s`", ref->path[i - 1],
		   ref->path[i]);
	if (near)
		diag_hint(l->diags, "did you mean `%s`?", near);
	return -1;
}

/* Follow the path from its `used`-th word on. */
static int descend(struct loader *l, const struct expr *ref, size_t used, struct value **v)
{
	for (size_t i = used; i < ref->path_len; i++) {
		struct value *member = value_get(*v, ref->path[i]);

		if (value_is(*v, VALUE_UNKNOWN) || value_is(*v, VALUE_EXPR)) {
			*v = value_unknown(l->arena);
			return 0;
		}
		if (!member)
			return no_member(l, ref, i, *v);
		*v = member;
	}
	return 0;
}

/* --- one function a name --- */

static int look_var(struct scope *s, const struct expr *ref, struct value **ret)
{
	if (variable_lookup(s->loader, ref, ret) < 0)
		return -1;
	return descend(s->loader, ref, 2, ret);
}

static int look_env(struct scope *s, const struct expr *ref, struct value **ret)
{
	struct loader *l = s->loader;
	const char *text = ref->path_len == 2 ? getenv(ref->path[1]) : NULL;

	if (ref->path_len != 2)
		return nowhere(l, ref, "write ${env.NAME}");
	if (!text) {
		diag_error(l->diags, D_CONFIG, ref->span, "the environment has no `%s`",
			   ref->path[1]);
		diag_hint(l->diags, "env('%s', 'DEFAULT') takes a default", ref->path[1]);
		return -1;
	}
	if (!str_is_utf8(text, strlen(text)))
		return diag_error(l->diags, D_CONFIG, ref->span,
				  "`%s` in the environment is not UTF-8", ref->path[1]);
	*ret = value_string(l->arena, text);
	return 0;
}

static int look_self(struct scope *s, const struct expr *ref, struct value **ret)
{
	struct loader *l = s->loader;
	bool key = ref->path_len == 2 && str_eq(ref->path[1], "key");
	bool name = ref->path_len == 2 && str_eq(ref->path[1], "name");

	if (!key && !name)
		return nowhere(l, ref, "there are self.key and self.name");
	if (!s->self_key && !s->self_open)
		return diag_error(l->diags, D_REFERENCE, ref->span,
				  "`self` is the entry, and this is not inside one");
	if (key && s->self_key)
		*ret = value_string(l->arena, s->self_key);
	return 0;
}

static int look_each(struct scope *s, const struct expr *ref, struct value **ret)
{
	struct loader *l = s->loader;
	bool key = ref->path_len == 2 && str_eq(ref->path[1], "key");

	if (ref->path_len < 2 || (!key && !str_eq(ref->path[1], "value")))
		return nowhere(l, ref, "there are each.key and each.value");
	if (!s->each_key) {
		diag_error(l->diags, D_REFERENCE, ref->span,
			   "`each` is known only under `for_each`");
		diag_hint(l->diags, "add `for_each:` to the entry");
		return -1;
	}
	if (key)
		*ret = value_string(l->arena, s->each_key);
	else
		*ret = (struct value *)s->each_value;
	return key ? 0 : descend(l, ref, 2, ret);
}

static int look_stack(struct scope *s, const struct expr *ref, struct value **ret)
{
	struct loader *l = s->loader;

	if (ref->path_len != 1)
		return nowhere(l, ref, "the stack's name is ${stack}");
	*ret = l->stack->name ? value_string(l->arena, l->stack->name) : value_unknown(l->arena);
	return 0;
}

static int look_stage(struct scope *s, const struct expr *ref, struct value **ret)
{
	struct loader *l = s->loader;

	if (ref->path_len != 1)
		return nowhere(l, ref, "the stage is ${stage}");
	if (l->evaluating_stage)
		return diag_error(l->diags, D_CYCLE, ref->span, "`stage` needs itself");
	blocks_evaluate_stage(l);
	*ret = value_string(l->arena, l->stack->stage);
	return 0;
}

static int look_random(struct scope *s, const struct expr *ref, struct value **ret)
{
	struct loader *l = s->loader;
	const char *near;

	if (ref->path_len != 2)
		return nowhere(l, ref, "write ${random.NAME}");
	if (!value_get(value_get(l->top, "random"), ref->path[1])) {
		near = loader_nearest(l, l->random, ref->path[1]);
		return nowhere(l, ref,
			       near ? arena_printf(l->arena, "did you mean `random.%s`?", near)
				    : "declare it under `random`");
	}
	*ret = value_get(l->options->random, ref->path[1]);
	if (!*ret)
		*ret = value_unknown(l->arena);
	return 0;
}

static const char *aws_fact(const struct loader *l, const char *word)
{
	const struct account *account = l->options->account;
	const struct value *block = l->stack->aws;

	if (str_eq(word, "region"))
		return account && account->region ? account->region
						  : value_text_at(block, "region");
	if (str_eq(word, "account_id"))
		return account && account->id ? account->id : value_text_at(block, "account");
	return account ? account->partition : NULL;
}

static int look_aws(struct scope *s, const struct expr *ref, struct value **ret)
{
	static const char *const words[] = { "region", "account_id", "partition", NULL };
	struct loader *l = s->loader;
	const char *text;

	if (ref->path_len != 2 || !str_in(ref->path[1], words))
		return nowhere(l, ref, "there are aws.region, aws.account_id and aws.partition");
	if (l->evaluating_aws)
		return diag_error(l->diags, D_CYCLE, ref->span, "`aws` needs itself");
	blocks_evaluate_aws(l);
	text = aws_fact(l, ref->path[1]);
	*ret = text ? value_string(l->arena, text) : value_unknown(l->arena);
	return 0;
}

static int look_later(struct scope *s, const struct expr *ref, struct value **ret)
{
	(void)ret;
	return diag_error(s->loader->diags, D_CONFIG, ref->span, "`%s` comes with a later version",
			  ref->path[0]);
}

static const struct early {
	const char *name;
	int (*look)(struct scope *s, const struct expr *ref, struct value **ret);
} early[] = {
	{ "var", look_var },	   { "env", look_env },	     { "self", look_self },
	{ "each", look_each },	   { "stack", look_stack },  { "stage", look_stage },
	{ "random", look_random }, { "aws", look_aws },	     { "module", look_later },
	{ "modules", look_later }, { "secret", look_later },
};

static int lookup(void *ctx, const struct expr *ref, struct arena *a, struct value **ret,
		  struct diags *d)
{
	(void)a;
	(void)d;
	for (size_t i = 0; ref->kind == EXPR_REF && i < sizeof(early) / sizeof(early[0]); i++)
		if (str_eq(ref->path[0], early[i].name))
			return early[i].look(ctx, ref, ret);
	return 0;
}

/* --- evaluation --- */

static void refuse_more_values(struct loader *l, struct span at)
{
	l->full = true;
	diag_error(l->diags, D_CONFIG, at,
		   "defaults and for_each make more than %d values of this stack", LANG_MAX_VALUES);
}

int scope_eval(struct scope *s, const struct value *v, struct value **ret)
{
	struct loader *l = s->loader;
	struct expr_scope scope = { .lookup = lookup, .ctx = s, .file = files_read };

	*ret = value_at(l->arena, value_unknown(l->arena), v->span);
	if (l->full)
		return -1;
	l->values += merge_count(v);
	if (l->values > LANG_MAX_VALUES) {
		refuse_more_values(l, v->span);
		return -1;
	}
	if (!l->evaluating_aws) {
		blocks_evaluate_aws(l);
		scope.account = aws_fact(l, "account_id");
		scope.region = aws_fact(l, "region");
		scope.partition = aws_fact(l, "partition");
	}
	return value_eval(l->arena, v, &scope, ret, l->diags);
}

struct open_ref {
	const struct expr *first;
};

static void find_open(void *ctx, const struct expr *ref)
{
	struct open_ref *o = ctx;

	if (!o->first)
		o->first = ref;
}

int scope_eval_known(struct scope *s, const struct value *v, const char *what, struct value **ret)
{
	struct open_ref open = { NULL };

	if (scope_eval(s, v, ret) < 0)
		return -1;
	value_each_ref(*ret, find_open, &open);
	if (!open.first)
		return 0;
	diag_error(s->loader->diags, D_CONFIG, open.first->span,
		   "%s must be known when the stack is read; `%s` is known later", what,
		   expr_text(s->loader->arena, open.first));
	*ret = value_at(s->loader->arena, value_unknown(s->loader->arena), v->span);
	return -1;
}
