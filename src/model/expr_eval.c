#include <string.h>

#include "model/expr_call.h"

#include "base/banned.h"

enum { MAX_MEMORY = 1024 * 1024 * 1024 };

struct eval {
	struct arena *arena;
	const struct expr_scope *scope;
	struct diags *diags;
	struct span at; /* of the value that is evaluated */
	int depth;
};

/* What evaluating yields: NULL after an error, VALUE_EXPR while something in it is open,
 * VALUE_UNKNOWN, or the value. */
static struct value *eval_expr(struct eval *ev, const struct expr *e);
static int eval_value(struct eval *ev, const struct value *v, struct value **ret);

static struct span place(const struct eval *ev, const struct expr *e)
{
	return e->span.file ? e->span : ev->at;
}

static bool is_open(const struct value *v, bool deep)
{
	if (value_is(v, VALUE_EXPR))
		return true;
	if (!deep)
		return false;
	value_each_item(v, item) {
		if (is_open(item, true))
			return true;
	}
	value_each_pair(v, p) {
		if (is_open(p->value, true))
			return true;
	}
	return false;
}

static bool is_unknown(const struct value *v, bool deep)
{
	return value_is(v, VALUE_UNKNOWN) || (deep && value_has_unknown(v));
}

/* --- results --- */

static struct value *with_sensitivity(struct eval *ev, struct value *v, bool sensitive)
{
	return v && sensitive ? value_mark(ev->arena, v, VALUE_SENSITIVE, 0) : v;
}

static struct value *unknown(struct eval *ev, bool sensitive)
{
	return with_sensitivity(ev, value_unknown(ev->arena), sensitive);
}

static const struct expr *as_expr(struct eval *ev, struct value *v, struct span at)
{
	struct expr *e;

	if (v->kind == VALUE_EXPR)
		return v->expr;
	e = expr_literal(ev->arena, v);
	e->span = at;
	return e;
}

/* The expression again, with what is known of its arguments in their place. */
static struct value *still_open(struct eval *ev, const struct expr *e, struct value *const *args,
				bool sensitive)
{
	struct expr *folded = arena_new_of(ev->arena, struct expr);

	*folded = *e;
	folded->args = arena_array(ev->arena, e->args_len, sizeof(*folded->args));
	for (size_t i = 0; i < e->args_len; i++)
		folded->args[i] = args[i] ? as_expr(ev, args[i], e->args[i]->span) : e->args[i];
	return with_sensitivity(ev, value_expr(ev->arena, folded, e->span), sensitive);
}

/* Evaluate all arguments, so that all their errors are seen. */
static struct value **eval_args(struct eval *ev, const struct expr *e)
{
	struct value **args = arena_array(ev->arena, e->args_len, sizeof(struct value *));
	bool failed = false;

	for (size_t i = 0; i < e->args_len; i++) {
		args[i] = eval_expr(ev, e->args[i]);
		failed |= !args[i];
	}
	return failed ? NULL : args;
}

struct traits {
	bool open, unknown, sensitive;
};

/* `deep`: members of lists and maps count. */
static struct traits traits_of(const struct expr *e, struct value *const *args, bool deep)
{
	struct traits t = { 0 };

	for (size_t i = 0; i < e->args_len; i++) {
		t.open |= is_open(args[i], deep);
		t.unknown |= is_unknown(args[i], deep);
		t.sensitive |= deep ? value_has_sensitive(args[i])
				    : (args[i]->flags & VALUE_SENSITIVE) != 0;
	}
	return t;
}

/* --- text with references --- */

static int text_part(struct eval *ev, const struct expr *part, const struct value *v,
		     struct str *out)
{
	if (value_is_scalar(v)) {
		str_add(out, value_scalar_text(ev->arena, v));
		return out->overflow ? diag_error(ev->diags, D_CONFIG, place(ev, part),
						  "text of more than %d bytes", EXPR_MAX_TEXT)
				     : 0;
	}
	diag_error(ev->diags, D_CONFIG, place(ev, part), "`%s` is %s and cannot stand in text",
		   expr_text(ev->arena, part), value_kind_name(v));
	if (value_is(v, VALUE_NULL))
		diag_hint(ev->diags, "give it a value, or use coalesce(%s, \"...\")",
			  expr_text(ev->arena, part));
	else
		diag_hint(ev->diags, "use jsonencode(...)%s",
			  value_is(v, VALUE_LIST) ? " or join(\", \", ...)" : "");
	return -1;
}

struct fold {
	const struct expr **parts;
	size_t len;
	struct str text;
	bool sensitive;
};

static void fold_flush(struct eval *ev, struct fold *f, struct span at)
{
	struct value *v;

	if (!f->text.len)
		return;
	v = value_stringn(ev->arena, f->text.data, f->text.len);
	f->parts[f->len++] = as_expr(ev, with_sensitivity(ev, v, f->sensitive), at);
	str_clear(&f->text);
}

/* Neighbours that are known become one; secrets stay apart from what may be shown. */
static struct value *fold_template(struct eval *ev, const struct expr *e, struct value *const *args,
				   bool sensitive)
{
	struct fold f = { .parts = arena_array(ev->arena, e->args_len, sizeof(struct expr *)),
			  .text = { .max = EXPR_MAX_TEXT } };
	struct expr *folded = arena_new_of(ev->arena, struct expr);
	bool failed = false;

	for (size_t i = 0; i < e->args_len && !failed; i++) {
		bool open = args[i]->kind == VALUE_EXPR || args[i]->kind == VALUE_UNKNOWN;
		bool secret = args[i]->flags & VALUE_SENSITIVE;

		if (open || secret != f.sensitive)
			fold_flush(ev, &f, e->args[i]->span);
		f.sensitive = secret;
		if (open)
			f.parts[f.len++] = as_expr(ev, args[i], e->args[i]->span);
		else
			failed = text_part(ev, e->args[i], args[i], &f.text) < 0;
	}
	fold_flush(ev, &f, e->span);
	str_free(&f.text);
	*folded = *e;
	folded->args = f.parts;
	folded->args_len = f.len;
	return failed ? NULL
		      : with_sensitivity(ev, value_expr(ev->arena, folded, e->span), sensitive);
}

static struct value *eval_template(struct eval *ev, const struct expr *e)
{
	_cleanup_str_ struct str out = { .max = EXPR_MAX_TEXT };
	struct value **args = eval_args(ev, e);
	struct traits t;

	if (!args)
		return NULL;
	t = traits_of(e, args, false);
	if (t.open)
		return fold_template(ev, e, args, t.sensitive);
	for (size_t i = 0; i < e->args_len; i++)
		if (args[i]->kind != VALUE_UNKNOWN && text_part(ev, e->args[i], args[i], &out) < 0)
			return NULL;
	if (t.unknown)
		return unknown(ev, t.sensitive);
	return with_sensitivity(ev, value_stringn(ev->arena, str_text(&out), out.len), t.sensitive);
}

/* --- references --- */

static struct value *eval_ref(struct eval *ev, const struct expr *e)
{
	struct value *v = NULL;

	if (!ev->scope->lookup)
		return value_expr(ev->arena, e, e->span);
	if (ev->scope->lookup(ev->scope->ctx, e, ev->arena, &v, ev->diags) < 0)
		return NULL;
	return v ? value_mark(ev->arena, v, 0, VALUE_QUOTED) : value_expr(ev->arena, e, e->span);
}

static struct value *index_list(struct eval *ev, const struct expr *e, const struct value *list,
				const struct value *key)
{
	const struct value *n = expr_number(ev->arena, key);
	struct value *item;

	if (!value_is(n, VALUE_INT)) {
		diag_error(ev->diags, D_CONFIG, place(ev, e->args[1]),
			   "a list is indexed by a whole number, got %s", value_kind_name(key));
		return NULL;
	}
	item = n->integer < 0 ? NULL : value_item(list, (size_t)n->integer);
	if (!item)
		diag_error(ev->diags, D_CONFIG, place(ev, e->args[1]),
			   "index %lld is outside of `%s`, which has %zu items",
			   (long long)n->integer, expr_text(ev->arena, e->args[0]),
			   value_len(list));
	return item;
}

static const char **keys_of(struct arena *a, const struct value *map)
{
	const char **keys = arena_array(a, map->map.len, sizeof(*keys));

	for (size_t i = 0; i < map->map.len; i++)
		keys[i] = map->map.items[i].key;
	return keys;
}

static struct value *index_map(struct eval *ev, const struct expr *e, const struct value *map,
			       const struct value *key)
{
	const char *text = value_scalar_text(ev->arena, key), *nearest;
	struct value *v = text ? value_get(map, text) : NULL;

	if (!text)
		diag_error(ev->diags, D_CONFIG, place(ev, e->args[1]),
			   "a map is indexed by text, got %s", value_kind_name(key));
	if (v || !text)
		return v;
	diag_error(ev->diags, D_CONFIG, place(ev, e->args[1]), "`%s` has no key `%s`",
		   expr_text(ev->arena, e->args[0]),
		   key->flags & VALUE_SENSITIVE ? "(sensitive)" : text);
	nearest = str_nearest(text, keys_of(ev->arena, map), map->map.len);
	if (nearest && !(key->flags & VALUE_SENSITIVE))
		diag_hint(ev->diags, "did you mean `%s`?", nearest);
	else
		diag_hint(ev->diags, "lookup(map, key, default) takes a default");
	return NULL;
}

static struct value *eval_index(struct eval *ev, const struct expr *e)
{
	struct value **args = eval_args(ev, e), *v;
	struct traits t;

	if (!args)
		return NULL;
	t = traits_of(e, args, false);
	if (t.open)
		return still_open(ev, e, args, t.sensitive);
	if (t.unknown)
		return unknown(ev, t.sensitive);
	if (args[0]->kind == VALUE_LIST) {
		v = index_list(ev, e, args[0], args[1]);
	} else if (args[0]->kind == VALUE_MAP) {
		v = index_map(ev, e, args[0], args[1]);
	} else {
		diag_error(ev->diags, D_CONFIG, place(ev, e),
			   "`%s` is %s; only lists and maps can be indexed",
			   expr_text(ev->arena, e->args[0]), value_kind_name(args[0]));
		return NULL;
	}
	return with_sensitivity(ev, v, t.sensitive);
}

/* --- operators --- */

/* Numbers and booleans equal their text: which of the two a variable holds depends on how its
 * value was given. */
static bool same(struct arena *a, const struct value *x, const struct value *y)
{
	const char *left, *right;

	if (value_equal(x, y))
		return true;
	if (!value_is_scalar(x) || !value_is_scalar(y) || x->kind == y->kind)
		return false;
	left = value_scalar_text(a, x);
	right = value_scalar_text(a, y);
	return strcmp(left, right) == 0;
}

static struct value *eval_equal(struct eval *ev, const struct expr *e)
{
	struct value **args = eval_args(ev, e);
	struct traits t;
	bool equal;

	if (!args)
		return NULL;
	t = traits_of(e, args, true);
	if (t.open)
		return still_open(ev, e, args, t.sensitive);
	if (t.unknown)
		return unknown(ev, t.sensitive);
	equal = same(ev->arena, args[0], args[1]);
	return with_sensitivity(ev, value_bool(ev->arena, equal == (e->kind == EXPR_EQUAL)),
				t.sensitive);
}

static int truth(struct eval *ev, const struct expr *e, const struct value *v, const char *who,
		 bool *ret)
{
	if (expr_boolean(v, ret))
		return 0;
	return diag_error(ev->diags, D_CONFIG, place(ev, e), "%s wants true or false, got %s", who,
			  value_kind_name(v));
}

static struct value *eval_not(struct eval *ev, const struct expr *e)
{
	struct value **args = eval_args(ev, e);
	struct traits t;
	bool b;

	if (!args)
		return NULL;
	t = traits_of(e, args, false);
	if (t.open)
		return still_open(ev, e, args, t.sensitive);
	if (t.unknown)
		return unknown(ev, t.sensitive);
	if (truth(ev, e->args[0], args[0], "`!`", &b) < 0)
		return NULL;
	return with_sensitivity(ev, value_bool(ev->arena, !b), t.sensitive);
}

/* && ends at the first false, || at the first true; that side settles it even while the other
 * is unknown. */
static struct value *eval_logic(struct eval *ev, const struct expr *e)
{
	const char *who = e->kind == EXPR_AND ? "`&&`" : "`||`";
	bool settles = e->kind == EXPR_OR, b;
	struct value *args[2] = { NULL };
	struct traits t;

	for (size_t i = 0; i < 2; i++) {
		args[i] = eval_expr(ev, e->args[i]);
		if (!args[i])
			return NULL;
		if (is_open(args[i], false) || is_unknown(args[i], false))
			continue;
		if (truth(ev, e->args[i], args[i], who, &b) < 0)
			return NULL;
		if (b == settles)
			return with_sensitivity(ev, value_bool(ev->arena, b),
						args[i]->flags & VALUE_SENSITIVE);
	}
	t = traits_of(e, args, false);
	if (t.open)
		return still_open(ev, e, args, t.sensitive);
	if (t.unknown)
		return unknown(ev, t.sensitive);
	return with_sensitivity(ev, value_bool(ev->arena, !settles), t.sensitive);
}

/* --- calls --- */

/* Only the branch that is taken is evaluated. */
static struct value *eval_if(struct eval *ev, const struct expr *e)
{
	struct value *condition = eval_expr(ev, e->args[0]), *v;
	bool sensitive, b;

	if (!condition)
		return NULL;
	sensitive = condition->flags & VALUE_SENSITIVE;
	if (is_open(condition, false))
		return still_open(ev, e, (struct value *[]){ condition, NULL, NULL }, sensitive);
	if (is_unknown(condition, false))
		return unknown(ev, sensitive);
	if (truth(ev, e->args[0], condition, "if()", &b) < 0)
		return NULL;
	v = eval_expr(ev, e->args[b ? 1 : 2]);
	return with_sensitivity(ev, v, sensitive);
}

/* The first that is neither null nor empty text. */
static struct value *eval_coalesce(struct eval *ev, const struct expr *e)
{
	struct value **args = arena_array(ev->arena, e->args_len, sizeof(struct value *));
	bool sensitive = false;

	for (size_t i = 0; i < e->args_len; i++) {
		struct value *v = args[i] = eval_expr(ev, e->args[i]);

		if (!v)
			return NULL;
		sensitive |= (v->flags & VALUE_SENSITIVE) != 0;
		if (is_open(v, false))
			return still_open(ev, e, args, sensitive);
		if (is_unknown(v, false))
			return unknown(ev, sensitive);
		if (!value_is(v, VALUE_NULL) && !(value_text(v) && !v->string.len))
			return with_sensitivity(ev, v, sensitive);
	}
	diag_error(ev->diags, D_CONFIG, place(ev, e),
		   "coalesce() has no value among its arguments");
	return NULL;
}

static int check_call(struct eval *ev, const struct expr *e, const struct expr_function *f)
{
	int n = (int)e->args_len;

	if (!f) {
		size_t len;
		const struct expr_function *all = expr_functions(&len);
		const char **names = arena_array(ev->arena, len, sizeof(*names)), *nearest;

		for (size_t i = 0; i < len; i++)
			names[i] = all[i].name;
		diag_error(ev->diags, D_CONFIG, place(ev, e), "there is no function `%s`", e->name);
		nearest = str_nearest(e->name, names, len);
		if (nearest)
			diag_hint(ev->diags, "did you mean `%s`?", nearest);
		return -1;
	}
	if (n >= f->min_args && (f->max_args < 0 || n <= f->max_args))
		return 0;
	diag_error(ev->diags, D_CONFIG, place(ev, e), "%s() takes %s%d argument%s, got %d", f->name,
		   f->min_args == f->max_args ? ""
		   : n < f->min_args	      ? "at least "
					      : "at most ",
		   n < f->min_args ? f->min_args : f->max_args,
		   (n < f->min_args ? f->min_args : f->max_args) == 1 ? "" : "s", n);
	diag_hint(ev->diags, "%s", f->usage);
	return -1;
}

static struct value *run_call(struct eval *ev, const struct expr *e, const struct expr_function *f)
{
	struct value **args = eval_args(ev, e);
	struct traits t;
	struct expr_call c = { ev->arena,   ev->scope,	  e,	    f, args,
			       e->args_len, place(ev, e), ev->diags };

	if (!args)
		return NULL;
	t = traits_of(e, args, !f->passes_on);
	if (t.open)
		return still_open(ev, e, args, t.sensitive);
	if (t.unknown)
		return unknown(ev, t.sensitive);
	if (arena_used(ev->arena) > MAX_MEMORY)
		return expr_call_failed(&c, "the stack's expressions need too much memory");
	return with_sensitivity(ev, f->run(&c), t.sensitive);
}

static struct value *eval_call(struct eval *ev, const struct expr *e)
{
	const struct expr_function *f = expr_function_find(e->name);

	if (check_call(ev, e, f) < 0)
		return NULL;
	if (f->run)
		return run_call(ev, e, f);
	return strcmp(f->name, "if") == 0 ? eval_if(ev, e) : eval_coalesce(ev, e);
}

/* --- all together --- */

static struct value *eval_literal(struct eval *ev, const struct expr *e)
{
	struct value *v;

	return eval_value(ev, e->value, &v) < 0 ? NULL : v;
}

static struct value *eval_kind(struct eval *ev, const struct expr *e)
{
	switch (e->kind) {
	case EXPR_VALUE:
		return eval_literal(ev, e);
	case EXPR_TEMPLATE:
		return eval_template(ev, e);
	case EXPR_REF:
	case EXPR_ATTRIBUTE:
		return eval_ref(ev, e);
	case EXPR_CALL:
		return eval_call(ev, e);
	case EXPR_INDEX:
		return eval_index(ev, e);
	case EXPR_EQUAL:
	case EXPR_NOT_EQUAL:
		return eval_equal(ev, e);
	case EXPR_AND:
	case EXPR_OR:
		return eval_logic(ev, e);
	case EXPR_NOT:
		return eval_not(ev, e);
	}
	return NULL;
}

static struct value *eval_expr(struct eval *ev, const struct expr *e)
{
	struct value *v;

	if (ev->depth >= EXPR_MAX_DEPTH) {
		diag_error(ev->diags, D_CONFIG, place(ev, e),
			   "expression nested deeper than %d levels", EXPR_MAX_DEPTH);
		return NULL;
	}
	ev->depth++;
	v = eval_kind(ev, e);
	ev->depth--;
	return v;
}

static int eval_list(struct eval *ev, const struct value *v, struct value **ret)
{
	struct value *list = value_at(ev->arena, v, v->span);
	int rc = 0;

	list->list.items = arena_array(ev->arena, v->list.len, sizeof(*list->list.items));
	value_each_item(v, item)
		rc |= eval_value(ev, item, &list->list.items[item_i]);
	*ret = list;
	return rc;
}

static int eval_map(struct eval *ev, const struct value *v, struct value **ret)
{
	struct value *map = value_at(ev->arena, v, v->span);
	int rc = 0;

	map->map.items = arena_array(ev->arena, v->map.len, sizeof(*map->map.items));
	for (size_t i = 0; i < v->map.len; i++) {
		map->map.items[i] = v->map.items[i];
		rc |= eval_value(ev, v->map.items[i].value, &map->map.items[i].value);
	}
	*ret = map;
	return rc;
}

static int eval_leaf(struct eval *ev, const struct value *v, struct value **ret)
{
	struct span outer = ev->at;
	struct value *result;

	if (v->span.file)
		ev->at = v->span;
	result = eval_expr(ev, v->expr);
	ev->at = outer;
	*ret = value_at(ev->arena, result ? result : value_unknown(ev->arena), v->span);
	*ret = with_sensitivity(ev, *ret, v->flags & VALUE_SENSITIVE);
	return result ? 0 : -1;
}

static int eval_value(struct eval *ev, const struct value *v, struct value **ret)
{
	if (value_is(v, VALUE_EXPR))
		return eval_leaf(ev, v, ret);
	if (is_open(v, true))
		return v->kind == VALUE_LIST ? eval_list(ev, v, ret) : eval_map(ev, v, ret);
	*ret = (struct value *)v;
	return 0;
}

int value_eval(struct arena *a, const struct value *v, const struct expr_scope *scope,
	       struct value **ret, struct diags *d)
{
	struct eval ev = { a, scope, d, v ? v->span : NO_SPAN, 0 };

	return eval_value(&ev, v, ret);
}
