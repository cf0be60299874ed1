/* blocks.c - the sections that are no kinds: stack, stage, aws, state, packages, random, overrides, outputs. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "lang/loader.h"
#include "lang/words.h"
#include "lang/yaml.h"
#include "base/banned.h"

enum { STACK_NAME_MAX = 64, STAGE_NAME_MAX = 32 };

/* Names in AWS are made of these: letters, digits and `-` fit everywhere. */
static bool is_label(const char *text, size_t max, bool letter_first)
{
	size_t len = strlen(text);

	if (len == 0 || len > max || text[0] == '-' || text[len - 1] == '-')
		return false;
	if (letter_first && !isalpha((unsigned char)text[0]))
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && *text != '-')
			return false;
	return true;
}

static const struct value_pair *find_pair(const struct value *map, const char *key)
{
	value_each_pair(map, p) {
		if (str_eq(p->key, key))
			return p;
	}
	return NULL;
}

/* --- stack and stage --- */

static void check_stack_name(struct loader *l, const struct value *v)
{
	const char *name = value_text(v);

	if (value_is(v, VALUE_UNKNOWN))
		return;
	if (value_is(v, VALUE_EXPR)) {
		diag_error(l->diags, D_CONFIG, v->span,
			   "`stack` takes no expression: it names the state");
		diag_hint(l->diags, "what varies is `stage`");
		return;
	}
	if (name && is_label(name, STACK_NAME_MAX, true)) {
		l->stack->name = name;
		return;
	}
	diag_error(l->diags, D_CONFIG, v->span, "this cannot name a stack");
	diag_hint(l->diags, "a name is a letter, then up to %d letters, digits and single `-`",
		  STACK_NAME_MAX - 1);
}

void blocks_stack(struct loader *l)
{
	const struct value_pair *p = find_pair(l->top, "stack");

	l->raw_stage = value_get(l->top, "stage");
	l->raw_aws = value_get(l->top, "aws");
	if (!p) {
		diag_error(l->diags, D_CONFIG, (struct span){ l->file, 0, 0 },
			   "`stack` is missing");
		diag_hint(l->diags, "begin with `stack: NAME`; it is part of names and names the "
				    "state");
		return;
	}
	l->stack->name_span = p->value->span;
	check_stack_name(l, p->value);
}

static void check_stage(struct loader *l, const char *stage, struct span at)
{
	if (stage && is_label(stage, STAGE_NAME_MAX, false)) {
		l->stack->stage = stage;
		return;
	}
	diag_error(l->diags, D_CONFIG, at, "this cannot name a stage%s%s%s", stage ? ": `" : "",
		   stage ? stage : "", stage ? "`" : "");
	diag_hint(l->diags, "a stage is up to %d letters, digits and `-`", STAGE_NAME_MAX);
}

void blocks_evaluate_stage(struct loader *l)
{
	struct scope scope = { .loader = l };
	const struct value *raw = l->raw_stage;
	struct value *v = NULL;

	l->raw_stage = NULL;
	if (l->options->stage && !l->stack->stage)
		check_stage(l, l->options->stage, NO_SPAN);
	if (!raw || l->options->stage)
		return;
	l->evaluating_stage = true;
	if (scope_eval_known(&scope, raw, "`stage`", &v) == 0 && !value_is(v, VALUE_UNKNOWN))
		check_stage(l, v->flags & VALUE_SENSITIVE ? NULL : value_text(v), raw->span);
	l->evaluating_stage = false;
}

/* --- aws and state --- */

/* A block of words, all of it known now. NULL when it is absent or no map. */
static struct value *evaluate_block(struct loader *l, const char *key, const struct value *raw,
				    const struct prop *rows, const char *what)
{
	struct scope scope = { .loader = l, .self_open = true };
	struct value *v = NULL, *checked = NULL;

	if (!raw)
		return NULL;
	if (scope_eval(&scope, raw, &v) < 0 && !v)
		return NULL;
	if (value_is(v, VALUE_UNKNOWN))
		return NULL;
	if (!value_is(v, VALUE_MAP)) {
		diag_error(l->diags, D_CONFIG, raw->span, "`%s` must be a map, got %s", key,
			   value_kind_name(v));
		return NULL;
	}
	schema_check(l->arena, rows, v, 0, what, &checked, l->diags);
	return checked;
}

static void refuse_unknown(struct loader *l, const struct value *block, const char *key)
{
	value_each_pair(block, p) {
		if (value_is(p->value, VALUE_EXPR))
			diag_error(l->diags, D_CONFIG, p->value->span,
				   "`%s.%s` must be known when the stack is read", key, p->key);
	}
}

/* Tags of all resources are said by each entry, where `self` is known. */
void blocks_evaluate_aws(struct loader *l)
{
	const struct value *raw = l->raw_aws;

	if (!raw)
		return;
	l->raw_aws = NULL;
	l->evaluating_aws = true;
	l->stack->aws = evaluate_block(l, "aws", raw, words_aws, "`aws`");
	l->evaluating_aws = false;
	l->tags = value_get(l->stack->aws, "tags");
	if (l->stack->aws)
		value_remove(l->stack->aws, "tags");
	refuse_unknown(l, l->stack->aws, "aws");
}

static void find_stage(void *ctx, const struct expr *ref)
{
	bool *found = ctx;

	*found |= ref->kind == EXPR_REF && str_eq(ref->path[0], "stage");
}

/* Each stage has a state of its own: "orders/state.json" -> "orders/state-prod.json". */
static void add_stage(struct loader *l, struct value *s3, const struct value *raw)
{
	const char *key = value_text_at(s3, "key"), *slash, *dot;
	bool named = false;
	size_t n;

	value_each_ref(value_get(value_get(raw, "s3"), "key"), find_stage, &named);
	if (!key || !l->stack->stage || named)
		return;
	slash = strrchr(key, '/');
	dot = strrchr(slash ? slash : key, '.');
	n = dot ? (size_t)(dot - key) : strlen(key);
	value_set(l->arena, s3, "key",
		  value_string(l->arena, arena_printf(l->arena, "%.*s-%s%s", (int)n, key,
						      l->stack->stage, key + n)));
}

void blocks_state(struct loader *l)
{
	const struct value *raw = value_get(l->top, "state");
	struct value *s3;

	l->stack->state = evaluate_block(l, "state", raw, words_state, "`state`");
	s3 = value_get(l->stack->state, "s3");
	refuse_unknown(l, s3, "state.s3");
	if (value_is(s3, VALUE_MAP))
		add_stage(l, s3, raw);
}

void blocks_packages(struct loader *l)
{
	l->stack->packages = evaluate_block(l, "packages", value_get(l->top, "packages"),
					    words_packages, "`packages`");
	refuse_unknown(l, value_get(l->stack->packages, "s3"), "packages.s3");
}

/* --- random --- */

static void add_random(struct loader *l, const struct value_pair *p)
{
	struct value *checked = NULL;
	struct random_value r = { .name = p->key };

	if (loader_check_key(l, "a random text", p->key, p->key_span) < 0)
		return;
	map_set(l->random, p->key, l);
	if (value_is(p->value, VALUE_UNKNOWN))
		return;
	if (!value_is(p->value, VALUE_MAP)) {
		diag_error(l->diags, D_CONFIG, p->value->span, "`random.%s` must be a map, got %s",
			   p->key, value_kind_name(p->value));
		diag_hint(l->diags, "write %s: { length: 8 }", p->key);
		return;
	}
	if (schema_check(l->arena, words_random, p->value, 0, "a random text", &checked, l->diags) <
	    0)
		return;
	r.length = (int)value_int_or(value_get(checked, "length"), 8);
	r.upper = value_bool_or(value_get(checked, "upper"), false);
	r.special = value_bool_or(value_get(checked, "special"), false);
	vec_push(l->arena, &l->stack->random, r);
}

void blocks_random(struct loader *l)
{
	value_each_pair(loader_map(l, "random"), p)
		add_random(l, p);
}

/* --- overrides --- */

static void add_override(struct loader *l, const struct value_pair *p, struct value *all)
{
	struct scope scope = { .loader = l };
	struct value *v = NULL;

	if (value_is(p->value, VALUE_UNKNOWN))
		return;
	if (!value_is(p->value, VALUE_MAP)) {
		diag_error(l->diags, D_CONFIG, p->value->span, "an override must be a map, got %s",
			   value_kind_name(p->value));
		diag_hint(l->diags, "write properties in CloudFormation's spelling");
		return;
	}
	scope_eval(&scope, p->value, &v);
	value_add_pair(l->arena, all, p->key, p->key_span, v);
}

void blocks_overrides(struct loader *l)
{
	const struct value *map = loader_map(l, "overrides");
	struct value *all = value_map(l->arena);

	value_each_pair(map, p)
		add_override(l, p, all);
	if (value_len(all))
		l->stack->overrides = all;
}

/* --- outputs --- */

static bool is_output_word(const char *key)
{
	return prop_find(words_output, key) != NULL;
}

/* {value description sensitive}, or a value that happens to be a map? */
static bool is_described(const struct value *v)
{
	value_each_pair(v, p) {
		if (is_output_word(p->key))
			return true;
	}
	return false;
}

static const struct value *take_description(struct loader *l, struct output *o,
					    const struct value *v)
{
	struct value *checked = NULL;

	schema_check(l->arena, words_output, value_at(l->arena, v, o->span), 0, "an output",
		     &checked, l->diags);
	o->description = value_text_at(checked, "description");
	o->sensitive = value_bool_or(value_get(checked, "sensitive"), false);
	return value_get(v, "value");
}

/* Plain scalars mean what YAML says, as in any document. */
static struct value *typed(struct loader *l, const struct value *v)
{
	struct value *out = NULL;

	if (!value_is(v, VALUE_STRING) || !(v->flags & VALUE_PLAIN))
		return (struct value *)v;
	if (schema_plain_document(l->arena, v, &out, l->diags) < 0 || !out)
		return value_unknown(l->arena);
	return out;
}

static void add_output(struct loader *l, const struct value_pair *p)
{
	struct output *o = arena_new_of(l->arena, struct output);
	struct scope scope = { .loader = l };
	const struct value *v = p->value;

	if (loader_check_key(l, "an output", p->key, p->key_span) < 0)
		return;
	o->name = p->key;
	o->span = p->key_span;
	if (is_described(v))
		v = take_description(l, o, v);
	if (!v)
		return;
	scope_eval(&scope, v, &o->value);
	o->value = typed(l, o->value);
	if (o->sensitive)
		o->value = value_mark(l->arena, o->value, VALUE_SENSITIVE, 0);
	vec_push(l->arena, &l->stack->outputs, o);
}

void blocks_outputs(struct loader *l)
{
	value_each_pair(loader_map(l, "outputs"), p)
		add_output(l, p);
}
