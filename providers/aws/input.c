/* input.c - what a call sends, from its row. */
#include <string.h>

#include "model/json.h"
#include "providers/aws/run.h"

/* The next "member=source" of a comma-separated list; NULL at its end. */
static const char *next_pair(struct arena *a, const char *s, char **ret_member, char **ret_source)
{
	s += strspn(s, ", ");
	if (!*s)
		return NULL;
	size_t n = strcspn(s, ",");
	char *pair = arena_strndup(a, s, n);
	char *eq = strchr(pair, '=');
	*ret_member = pair;
	*ret_source = eq ? eq + 1 : pair;
	if (eq)
		*eq = '\0';
	return s + n;
}

/* "arn:${partition}:apigateway:${region}::/apis/${ApiId}" with every name known here. */
static struct value *identity_text(struct aws_run *r, const char *pattern)
{
	_cleanup_str_ struct str out = STR_INIT;
	for (const char *s = pattern; *s;) {
		const char *end = str_starts(s, "${") ? strchr(s, '}') : NULL;
		if (!end) {
			str_addc(&out, *s++);
			continue;
		}
		const struct value *v =
			run_identity(r, arena_strndup(r->a, s + 2, (size_t)(end - s - 2)));
		const char *text = v ? value_scalar_text(r->a, v) : NULL;
		if (!text)
			return NULL;
		str_add(&out, text);
		s = end + 1;
	}
	return value_string(r->a, str_text(&out));
}

static int add_identity(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	char *member, *source;
	for (const char *s = op->in; s && (s = next_pair(r->a, s, &member, &source));) {
		const struct value *v =
			strstr(source, "${") ? identity_text(r, source) : run_identity(r, source);
		if (!v)
			return diag_error(r->d, D_BUG, NO_SPAN, "%s needs %s, which is not known",
					  op->name, source);
		value_set(r->a, input, member, (struct value *)v);
	}
	return 0;
}

static struct value *json_of(struct aws_run *r, const char *text)
{
	struct value *v = text ? json_parse(r->a, text, strlen(text), NULL) : NULL;
	return v ? v : value_string(r->a, text ? text : "");
}

struct value *run_reset(struct aws_run *r, const struct prop *p)
{
	const char *text = p->reset ? p->reset : p->def;
	if (text && *text)
		return json_of(r, text);
	switch (p->type) {
	case PROP_LIST:
		return value_list(r->a);
	case PROP_MAP:
	case PROP_OBJECT:
		return value_map(r->a);
	default:
		return value_string(r->a, "");
	}
}

static const struct value *wanted_value(struct aws_run *r, const struct aws_op *op, unsigned verb,
					const struct prop *p)
{
	if (verb != UPDATE)
		return value_get(r->op->wanted, p->name);
	if (value_get(r->cleared, p->name))
		return (p->flags & P_NO_RESET) ? NULL : run_reset(r, p);
	if (op->partial && !value_get(r->changed, p->name))
		return NULL;
	return value_get(r->op->wanted, p->name);
}

static void add_props(struct aws_run *r, const struct aws_op *op, unsigned verb, struct value *into)
{
	for (const struct prop *p = r->type->props; p->name; p++) {
		unsigned group = p->group ? p->group : G_MAIN;
		if (!(group & op->groups) || (p->flags & (P_COMPUTED | P_TAGS)))
			continue;
		const struct value *v = wanted_value(r, op, verb, p);
		struct value *wire = v ? encode_value(r, p, v, op->strings) : NULL;
		if (!wire)
			continue;
		if (str_eq(op->body, p->name))
			value_merge(r->a, into, wire, false);
		else
			set_path(r->a, into, wire_name(r, p), wire);
	}
}

static struct value *keys_of(struct arena *a, const struct value *map)
{
	struct value *keys = value_list(a);
	value_each_pair(map, p)
		value_append(a, keys, value_string(a, p->key));
	return keys;
}

static struct value *live_tags_missing(struct aws_run *r, bool wanted_side)
{
	const struct value *want = value_get(r->op->wanted, "Tags");
	const struct value *have = value_get(r->op->live, "Tags");
	const struct value *old = value_get(r->op->recorded, "Tags");
	const struct value *from = wanted_side ? want : old, *other = wanted_side ? have : want;
	struct value *out = value_map(r->a);
	value_each_pair(from, t) {
		const struct value *v = value_get(other, t->key);
		if (wanted_side ? !v || !value_equal(v, t->value) : !v)
			value_set(r->a, out, t->key, t->value);
	}
	return out;
}

static void add_tags(struct aws_run *r, const struct aws_op *op, unsigned verb, struct value *input)
{
	if (op->when == WHEN_REMOVED) {
		const char *member = op->keys_as ? op->keys_as : "TagKeys";
		value_set(r->a, input, member, keys_of(r->a, live_tags_missing(r, false)));
		return;
	}
	struct value *tags = verb == CREATE ? tags_for_create(r)
			     : op->when == WHEN_ADDED
				     ? live_tags_missing(r, true)
				     : (struct value *)value_get(r->op->wanted, "Tags");
	if (value_len(tags))
		value_set(r->a, input, op->tags_as ? op->tags_as : "Tags",
			  tags_encode(r->a, op->tags, tags));
}

static struct value *batch_names(struct aws_run *r, const struct aws_op *op)
{
	if (r->names)
		return (struct value *)r->names;
	struct value *names = value_list(r->a);
	value_append(r->a, names, (struct value *)run_identity(r, op->batch_by));
	return names;
}

void run_blank_removed(struct aws_run *r, struct value *input, const char *member, const char *name,
		       struct value *blank)
{
	const struct value *want = value_get(r->op->wanted, name);
	struct value *sent = value_get(input, member);
	value_each_pair(value_get(r->op->recorded, name), old) {
		if (sent && !value_get(want, old->key))
			value_set(r->a, sent, old->key, blank);
	}
}

void run_drop_blank(struct value *map)
{
	for (size_t i = map ? map->map.len : 0; i-- > 0;) {
		const struct value_pair *p = &map->map.items[i];
		if (str_eq(value_text(p->value), "") ||
		    (value_is(p->value, VALUE_MAP) && !value_len(p->value)))
			value_remove(map, p->key);
	}
}

int run_input(struct aws_run *r, const struct aws_op *op, unsigned verb, struct value **ret)
{
	struct value *input = value_map(r->a), *props = input;
	if (op->fixed)
		value_merge(r->a, input, json_of(r, op->fixed), true);
	if (add_identity(r, op, input))
		return -1;
	if (verb & PUT) {
		if (op->wrap)
			props = value_map(r->a);
		if (!op->each && !op->each_attribute && op->when != WHEN_CLEARED)
			add_props(r, op, verb, props);
		if (op->wrap && value_len(props))
			value_set(r->a, input, op->wrap, props);
		if (op->tags && (op->groups & G_TAGS))
			add_tags(r, op, verb, input);
	}
	if (op->each_as)
		value_set(r->a, input, op->each_as, (struct value *)r->item);
	if (op->batch_in)
		value_set(r->a, input, op->batch_in, batch_names(r, op));
	*ret = input;
	return op->build ? op->build(r, op, input) : 0;
}
