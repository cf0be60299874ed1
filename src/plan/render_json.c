#include <string.h>

#include "model/json.h"
#include "plan/describe.h"
#include "plan/path.h"
#include "plan/show.h"

#include "base/banned.h"

enum { PLAN_FORMAT = 1 };

static void set_text(struct arena *a, struct value *map, const char *key, const char *text)
{
	value_add_pair(a, map, key, NO_SPAN, text ? value_string(a, text) : value_null(a));
}

static void set_number(struct arena *a, struct value *map, const char *key, size_t n)
{
	value_add_pair(a, map, key, NO_SPAN, value_int(a, (int64_t)n));
}

static void set_bool(struct arena *a, struct value *map, const char *key, bool on)
{
	value_add_pair(a, map, key, NO_SPAN, value_bool(a, on));
}

/* `v` with everything that a row calls a secret marked: the writer hides what is marked. */
static const struct value *hidden(struct arena *a, const struct prop *row, const struct value *v)
{
	struct value *own;

	if (show_is_secret(row, v))
		return value_string(a, SHOW_SENSITIVE);
	if (value_is(v, VALUE_UNKNOWN) || value_is(v, VALUE_EXPR))
		return value_null(a);
	if (!value_is(v, VALUE_LIST) && !value_is(v, VALUE_MAP))
		return v;
	own = value_is(v, VALUE_LIST) ? value_list(a) : value_map(a);
	value_each_item(v, item)
		value_append(a, own, (struct value *)hidden(a, show_row(a, row, ""), item));
	value_each_pair(v, p)
		value_add_pair(a, own, p->key, NO_SPAN,
			       (struct value *)hidden(a, show_row(a, row, p->key), p->value));
	return own;
}

static const struct value *shown(struct arena *a, const struct difference *d, const struct value *v)
{
	if (!v)
		return NULL;
	return d->sensitive ? value_string(a, SHOW_SENSITIVE) : hidden(a, d->prop, v);
}

/* --- a change --- */

static struct value *reasons(struct arena *a, const struct change *c)
{
	struct value *list = value_list(a);

	for (size_t i = 0; i < c->reasons.len; i++) {
		struct value *one = value_map(a);

		set_text(a, one, "kind", reason_name(c->reasons.items[i].kind));
		if (c->reasons.items[i].subject)
			set_text(a, one, "subject", c->reasons.items[i].subject);
		value_append(a, list, one);
	}
	return list;
}

/* Top-level properties in one go, so that many of them stay cheap. */
static const struct value *put(struct arena *a, struct value *map, const struct difference *d,
			       const struct value *v)
{
	if (!v)
		return map;
	if (strpbrk(d->path, ".["))
		return path_put(a, map, d->path, v);
	value_add_pair(a, map, d->path, NO_SPAN, (struct value *)v);
	return map;
}

static struct value *side(struct arena *a, const struct change *c, bool after)
{
	const struct value *map = value_map(a);

	for (size_t i = 0; i < c->differences.len; i++) {
		const struct difference *d = &c->differences.items[i];

		map = put(a, (struct value *)map, d, shown(a, d, after ? d->after : d->before));
	}
	return (struct value *)map;
}

static void add_difference(struct arena *a, struct value *list, const struct difference *d)
{
	struct value *one = value_map(a);

	set_text(a, one, "path", d->path);
	set_text(a, one, "reason", reason_name(d->reason));
	if (d->subject)
		set_text(a, one, "subject", d->subject);
	if (d->drifted)
		set_bool(a, one, "drifted", true);
	if (d->unknown)
		set_bool(a, one, "unknown", true);
	if (d->sensitive)
		set_bool(a, one, "sensitive", true);
	if (d->replaces)
		set_bool(a, one, "forces_replacement", true);
	value_append(a, list, one);
}

static struct value *differences(struct arena *a, const struct change *c)
{
	struct value *list = value_list(a);

	for (size_t i = 0; i < c->differences.len; i++)
		add_difference(a, list, &c->differences.items[i]);
	return list;
}

static struct value *a_change(struct arena *a, const struct change *c)
{
	struct value *map = value_map(a);
	bool has_before = c->action != ACTION_CREATE, has_after = c->wanted != NULL;

	set_text(a, map, "address", c->address);
	set_text(a, map, "type", c->type_name);
	set_text(a, map, "action", action_name(c->action));
	if (c->action == ACTION_REPLACE)
		set_text(a, map, "replace", c->delete_first ? "delete-first" : "create-first");
	if (c->deposed)
		set_text(a, map, "deposed", c->deposed);
	if (c->recorded && c->recorded->id)
		set_text(a, map, "id", c->recorded->id);
	value_add_pair(a, map, "reasons", NO_SPAN, reasons(a, c));
	value_add_pair(a, map, "before", NO_SPAN, has_before ? side(a, c, false) : value_null(a));
	value_add_pair(a, map, "after", NO_SPAN, has_after ? side(a, c, true) : value_null(a));
	value_add_pair(a, map, "differences", NO_SPAN, differences(a, c));
	set_bool(a, map, "data_loss", c->loses_data);
	return map;
}

/* --- the plan --- */

static struct value *changes(struct arena *a, const struct plan *p)
{
	struct value *list = value_list(a);
	size_t len;
	const struct change **all = describe_changes(a, p, &len);

	for (size_t i = 0; i < len; i++)
		value_append(a, list, a_change(a, all[i]));
	return list;
}

static struct value *outputs(struct arena *a, const struct plan *p)
{
	struct value *map = value_map(a);

	for (size_t i = 0; i < p->outputs.len; i++) {
		const struct output_change *o = &p->outputs.items[i];
		struct difference d = { .sensitive = o->sensitive };
		const struct value *before = shown(a, &d, o->before),
				   *after = shown(a, &d, o->after);
		struct value *one = value_map(a);

		value_add_pair(a, one, "before", NO_SPAN,
			       before ? (struct value *)before : value_null(a));
		value_add_pair(a, one, "after", NO_SPAN,
			       after ? (struct value *)after : value_null(a));
		if (value_has_unknown(o->after))
			set_bool(a, one, "unknown", true);
		if (o->sensitive)
			set_bool(a, one, "sensitive", true);
		value_set(a, map, o->name, one);
	}
	return map;
}

static struct value *summary(struct arena *a, const struct plan *p)
{
	struct value *map = value_map(a);

	set_number(a, map, "add", p->to_add);
	set_number(a, map, "change", p->to_change);
	set_number(a, map, "destroy", p->to_destroy);
	return map;
}

static struct value *document(struct arena *a, const struct plan *p)
{
	struct value *map = value_map(a), *notes = value_list(a);

	set_number(a, map, "format", PLAN_FORMAT);
	set_text(a, map, "stack", p->stack);
	set_text(a, map, "stage", p->stage);
	set_text(a, map, "verdict", verdict_name(p->verdict));
	set_number(a, map, "exit_code", (size_t)plan_exit_code(p));
	set_text(a, map, "operation", p->operation);
	value_add_pair(a, map, "summary", NO_SPAN, summary(a, p));
	value_add_pair(a, map, "changes", NO_SPAN, changes(a, p));
	value_add_pair(a, map, "outputs", NO_SPAN, outputs(a, p));
	for (size_t i = 0; i < p->notes.len; i++)
		value_append(a, notes, value_string(a, p->notes.items[i]));
	value_add_pair(a, map, "notes", NO_SPAN, notes);
	return map;
}

void render_json(FILE *out, const struct plan *p)
{
	_cleanup_arena_ struct arena *a = arena_new();
	_cleanup_str_ struct str text = STR_INIT;

	json_write(&text, document(a, p), JSON_PRETTY, false);
	fwrite(str_text(&text), 1, text.len, out);
	fputc('\n', out);
}
