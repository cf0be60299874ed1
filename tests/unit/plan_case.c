#include "test.h"

#include <stdio.h>
#include <string.h>

#include "plan_case.h"

#include "base/file.h"
#include "lang/expr_parse.h"
#include "lang/yaml.h"
#include "model/secret.h"

enum { MAX_BYTES = 1024 * 1024 };

/* --- YAML --- */

static struct value *scalar(struct plan_case *c, const struct value *v)
{
	const char *text = value_text(v);
	struct value *plain = NULL;
	bool is_secret = str_starts(text, "secret("), is_digest = str_starts(text, "digest(");

	if (!is_secret && !is_digest) {
		schema_plain_document(c->a, v, &plain, c->d);
		return plain;
	}
	plain = value_stringn(c->a, text + 7, strlen(text) - 8);
	plain->flags |= VALUE_SENSITIVE;
	return is_digest ? value_digest(c->a, plain) : plain;
}

/* Plain scalars get their types, secret(x) and digest(x) their marks. */
static struct value *typed(struct plan_case *c, const struct value *v)
{
	struct value *own;

	if (value_is(v, VALUE_STRING))
		return scalar(c, v);
	own = value_is(v, VALUE_LIST) ? value_list(c->a) : value_map(c->a);
	if (!value_is(v, VALUE_LIST) && !value_is(v, VALUE_MAP))
		return (struct value *)v;
	own->span = v->span;
	value_each_item(v, item)
		value_append(c->a, own, typed(c, item));
	value_each_pair(v, p)
		value_set_at(c->a, own, p->key, p->key_span, typed(c, p->value));
	return own;
}

static struct value *yaml(struct plan_case *c, const char *name, const char *text)
{
	struct value *v = NULL, *parsed = NULL;
	uint32_t file;

	if (!text)
		return NULL;
	file = source_add(c->sources, name, text, strlen(text));
	if (yaml_parse(c->a, c->sources, file, &v, c->d) < 0 ||
	    expr_parse_tree(c->a, c->sources, v, &parsed, c->d) < 0)
		return NULL;
	return typed(c, parsed);
}

static const char *const *texts(struct plan_case *c, const struct value *list)
{
	VEC(const char *) all = { 0 };

	value_each_item(list, item)
		vec_push(c->a, &all, value_text(item));
	vec_push(c->a, &all, NULL);
	return all.len > 1 ? all.items : NULL;
}

static const struct type *type_of(struct plan_case *c, const struct value *v)
{
	return c->input.provider->type(arena_printf(c->a, "Test::%s", value_text_at(v, "type")));
}

/* --- stack --- */

/* queues.jobs.Arn: the longest address of the stack, then the property. */
static int to_attribute(void *ctx, const struct expr *ref, const struct expr **ret, struct diags *d)
{
	struct plan_case *c = ctx;
	const struct value *stack = c->input.stack->overrides; /* borrowed for the raw section */

	(void)d;
	for (size_t n = ref->path_len; n-- > 1;) {
		_cleanup_str_ struct str address = STR_INIT, rest = STR_INIT;

		for (size_t i = 0; i < ref->path_len; i++) {
			struct str *out = i < n ? &address : &rest;

			if (strchr(ref->path[i], ' ') || strchr(ref->path[i], '/'))
				str_addf(out, "[\"%s\"]", ref->path[i]);
			else
				str_addf(out, "%s%s", out->len ? "." : "", ref->path[i]);
		}
		if (n > 2 && !value_get(stack, str_text(&address)))
			continue;
		*ret = expr_attribute(c->a, str_text(&address), str_text(&rest), ref->span);
		return 0;
	}
	return 0;
}

static struct value *with_references(struct plan_case *c, const struct value *v)
{
	struct value *own = NULL;

	value_rewrite_refs(c->a, v, to_attribute, c, &own, c->d);
	return own;
}

static void read_lifecycle(struct plan_case *c, struct lifecycle *life, const struct value *v)
{
	const char *replace = value_text_at(v, "replace");
	const struct value *needs = value_get(v, "depends_on");

	value_each_item(needs, item)
		vec_push(c->a, &life->depends_on, value_text(item));
	if (needs)
		life->depends_on_span = needs->span;
	value_each_item(value_get(v, "ignore_changes"), item)
		vec_push(c->a, &life->ignore_changes, value_text(item));
	life->protect = value_bool_or(value_get(v, "protect"), false);
	life->retain = value_bool_or(value_get(v, "retain"), false);
	if (replace)
		life->replace = str_eq(replace, "create-first") ? REPLACE_CREATE_FIRST
								: REPLACE_DELETE_FIRST;
}

static void read_stack(struct plan_case *c, const struct value *stack)
{
	struct resource_list *list = arena_new_of(c->a, struct resource_list);

	value_each_pair(stack, p) {
		struct resource *r = arena_new_of(c->a, struct resource);
		struct value *props = value_get(p->value, "props");

		r->address = p->key;
		r->span = p->key_span;
		r->type = type_of(c, p->value);
		r->props = with_references(c, props ? props : value_map(c->a));
		read_lifecycle(c, &r->life, p->value);
		if (value_get(p->value, "package"))
			r->package = arena_new_of(c->a, struct package);
		vec_push(c->a, list, r);
	}
	c->input.wanted = list;
}

static void read_outputs(struct plan_case *c, struct stack *s, const struct value *options)
{
	const struct value *secrets = value_get(options, "sensitive_outputs");

	value_each_pair(value_get(options, "outputs"), p) {
		struct output *o = arena_new_of(c->a, struct output);

		o->name = p->key;
		o->value = with_references(c, p->value);
		value_each_item(secrets, item)
			o->sensitive |= str_eq(value_text(item), p->key);
		vec_push(c->a, &s->outputs, o);
	}
}

/* --- state and live --- */

static const struct recorded *read_recorded(struct plan_case *c, const char *name,
					    const struct value *v)
{
	struct recorded *r = arena_new_of(c->a, struct recorded);
	const char *at = strchr(name, '@');

	r->address = at ? arena_strndup(c->a, name, (size_t)(at - name)) : name;
	r->deposed = at ? at + 1 : NULL;
	r->id = value_text_at(v, "id");
	r->type = type_of(c, v);
	r->type_name = arena_printf(c->a, "Test::%s", value_text_at(v, "type"));
	r->props = value_get(v, "props");
	r->attributes = value_get(v, "attributes");
	r->depends = texts(c, value_get(v, "depends"));
	r->protect = value_bool_or(value_get(v, "protect"), false);
	r->retain = value_bool_or(value_get(v, "retain"), false);
	r->pending_operation = value_text_at(v, "pending");
	return r;
}

static struct value *merged(struct plan_case *c, const struct value *old, const struct value *over)
{
	struct value *own = value_map(c->a);

	value_merge(c->a, own, old, false);
	value_each_pair(over, p) {
		if (value_is(p->value, VALUE_NULL))
			value_remove(own, p->key);
		else
			value_set(c->a, own, p->key, p->value);
	}
	return own;
}

static void observe(struct plan_case *c, const char *name, const struct value *said,
		    const struct recorded *r)
{
	struct observed *o = arena_new_of(c->a, struct observed);

	if (str_eq(value_text(said), "unread"))
		return;
	o->absent = str_eq(value_text(said), "absent") || (r && !r->id);
	if (!o->absent) {
		o->live = merged(c, r ? r->props : NULL, value_get(said, "props"));
		o->attributes = merged(c, r ? r->attributes : NULL, value_get(said, "attributes"));
	}
	if (r && r->deposed)
		name = arena_printf(c->a, "%s\n%s", r->address, r->deposed);
	map_set(c->input.observed, name, o);
}

static void read_state(struct plan_case *c, const struct value *state, const struct value *live)
{
	VEC(const struct recorded *) all = { 0 };

	c->input.observed = map_new(c->a);
	value_each_pair(state, p) {
		const struct recorded *r = read_recorded(c, p->key, p->value);

		vec_push(c->a, &all, r);
		observe(c, p->key, value_get(live, p->key), r);
	}
	value_each_pair(live, p) {
		if (!value_get(state, p->key))
			observe(c, p->key, p->value, NULL);
	}
	c->input.recorded = all.items;
	c->input.recorded_len = all.len;
}

static const struct value *recorded_outputs(struct plan_case *c, const struct value *plain)
{
	struct value *all = value_map(c->a);

	value_each_pair(plain, p) {
		struct value *one = value_map(c->a);

		value_set(c->a, one, "value", p->value);
		value_set(c->a, one, "sensitive", value_bool(c->a, value_has_sensitive(p->value)));
		value_set(c->a, all, p->key, one);
	}
	return all;
}

static void read_options(struct plan_case *c, const struct value *v)
{
	struct plan_input *in = &c->input;

	in->targets = texts(c, value_get(v, "targets"));
	in->excludes = texts(c, value_get(v, "excludes"));
	in->replaces = texts(c, value_get(v, "replaces"));
	in->destroy = value_bool_or(value_get(v, "destroy"), false);
	in->unfinished = value_bool_or(value_get(v, "unfinished"), false);
	in->in_progress = value_bool_or(value_get(v, "in_progress"), false);
	in->operation = value_text_at(v, "operation");
	in->recorded_outputs = recorded_outputs(c, value_get(v, "recorded_outputs"));
	c->render.unicode = !value_bool_or(value_get(v, "ascii"), false);
	c->render.color = value_bool_or(value_get(v, "color"), false);
	c->render.compact = value_bool_or(value_get(v, "compact"), false);
}

/* --- sections --- */

static const char **section(struct plan_case *c, const char *line)
{
	static const char *const names[] = { "@STACK\n",  "@STATE\n", "@LIVE\n", "@OPTIONS\n",
					     "@EXPECT\n", "@ORDER\n", "@JSON\n" };
	const char **texts_of[] = { &c->stack_text, &c->state_text, &c->live_text, &c->options_text,
				    &c->expect,	    &c->order,	    &c->json };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_starts(line, names[i]))
			return texts_of[i];
	return NULL;
}

/* Cut the text in place. */
static bool split(struct plan_case *c, char *text)
{
	const char **into = &c->comment;
	char *start = text;

	for (char *line = text; *line;) {
		char *end = strchr(line, '\n');
		const char **next = section(c, line);

		if (!end)
			return false;
		if (*line == '@' && !next)
			return false;
		if (next) {
			*into = arena_strndup(c->a, start, (size_t)(line - start));
			into = next;
			start = end + 1;
		}
		line = end + 1;
	}
	*into = start;
	return c->expect != NULL;
}

bool plan_case_read(struct plan_case *c, struct arena *a, const char *path)
{
	struct stack *s = arena_new_of(a, struct stack);
	const struct value *options, *stack;
	char *text = NULL;
	size_t len;

	*c = (struct plan_case){ .a = a, .sources = sources_new(a), .d = diags_new(a) };
	if (file_read(a, path, MAX_BYTES, &text, &len, c->d) != 0 || !split(c, text)) {
		fprintf(stderr, "%s: not a plan case\n", path);
		return false;
	}
	s->name = "shop";
	c->input.provider = plan_types_provider(a);
	c->input.stack = s;
	stack = yaml(c, "stack", c->stack_text);
	s->overrides = (struct value *)stack;
	options = yaml(c, "options", c->options_text);
	read_options(c, options);
	read_stack(c, stack);
	read_outputs(c, s, options);
	read_state(c, yaml(c, "state", c->state_text), yaml(c, "live", c->live_text));
	if (diags_errors(c->d)) {
		fprintf(stderr, "%s:\n", path);
		diags_print(c->d, c->sources, stderr, false, false);
	}
	return diags_errors(c->d) == 0;
}
