/* One value becomes another: nested differences. */
#include <string.h>

#include "plan/paint.h"
#include "plan/seqdiff.h"
#include "plan/show.h"

#include "base/banned.h"

enum {
	CONTEXT = 2, /* unchanged lines shown around a changed one */
	FEW = 2,     /* lists up to this many items stand on one line */
	COMMENT_MAX = 60,
	MAX_STEPS = 512, /* in longer lists, what went and what came is not matched */
};

static bool equal_nodes(struct painter *p, const struct prop *row, const struct value *before,
			const struct value *after)
{
	const char *a, *b;

	if (row && row->type != PROP_JSON && !value_has_unknown(after))
		return prop_equal(p->a, row, after, before);
	if (!value_is_scalar(before) || !value_is_scalar(after))
		return value_equal(before, after);
	a = value_scalar_text(p->a, before);
	b = value_scalar_text(p->a, after);
	return a && str_eq(a, b);
}

static void paint_scalars(struct painter *p, const struct label *l, const char *before,
			  const char *after)
{
	const char *arrow = p->options->unicode ? "→" : "->";
	const char *text = arena_printf(p->a, "%s %s %s", before, arrow, after);
	struct label one = label_inside(l, NULL, 0);

	if (paint_fits(p, l, text)) {
		paint_line(p, l, '~', text);
		return;
	}
	paint_line(p, l, '~', "");
	paint_line(p, &one, '-', before);
	paint_line(p, &one, '+', after);
}

static void paint_unchanged(struct painter *p, const struct label *l, size_t n)
{
	if (n)
		paint_comment(p, l->indent + PAINT_STEP, arena_printf(p->a, "%zu unchanged", n));
}

/* --- maps --- */

/* What AWS adds by default is no news. */
static bool is_shown(struct painter *p, const struct prop *row, const struct value *before,
		     const struct value *after)
{
	if (row && row->flags & P_COMPUTED)
		return false;
	if (before && after)
		return !equal_nodes(p, row, before, after);
	return after || !row || row->type == PROP_JSON || !prop_equal(p->a, row, NULL, before);
}

static void paint_member(struct painter *p, const struct label *l, const struct prop *row,
			 const struct value *before, const struct value *after)
{
	if (!before)
		paint_value(p, l, '+', row, after);
	else if (!after)
		paint_value(p, l, '-', row, before);
	else
		paint_change(p, l, row, before, after);
}

/* Keys whose values differ: those of `after`, then what is only in `before`. */
static struct value *changed_keys(struct painter *p, const struct prop *row,
				  const struct value *before, const struct value *after)
{
	struct value *keys = value_map(p->a);

	value_each_pair(after, pair) {
		const struct prop *sub = show_row(p->a, row, pair->key);

		if (is_shown(p, sub, value_get(before, pair->key), pair->value))
			value_add_pair(p->a, keys, pair->key, NO_SPAN, pair->value);
	}
	value_each_pair(before, pair) {
		const struct prop *sub = show_row(p->a, row, pair->key);

		if (!value_get(after, pair->key) && is_shown(p, sub, pair->value, NULL))
			value_add_pair(p->a, keys, pair->key, NO_SPAN, pair->value);
	}
	return keys;
}

static void paint_map(struct painter *p, const struct label *l, const struct prop *row,
		      const struct value *before, const struct value *after)
{
	const struct value *keys = changed_keys(p, row, before, after);
	size_t width = paint_keys_width(p, keys);

	if (!value_len(keys)) {
		paint_scalars(p, l, show_value(p->a, row, before), show_value(p->a, row, after));
		return;
	}
	paint_line(p, l, '~', "{");
	value_each_pair(keys, pair) {
		struct label one = label_inside(l, show_key(p->a, pair->key), width);

		paint_member(p, &one, show_row(p->a, row, pair->key), value_get(before, pair->key),
			     value_get(after, pair->key));
	}
	paint_end(p, l, "}");
}

/* --- lists --- */

struct lists {
	struct painter *p;
	const struct prop *row, *item;
	const struct value *before, *after;
};

static bool equal_items(void *ctx, size_t before, size_t after)
{
	const struct lists *s = ctx;

	return equal_nodes(s->p, s->item, value_item(s->before, before),
			   value_item(s->after, after));
}

/* The member by which people know an item; NULL when it has none. */
static const char *identity_key(const struct lists *s, const struct value *v)
{
	static const char *const keys[] = { "Sid", "Id",	"ID",		"Name",
					    "Key", "IndexName", "AttributeName" };

	if (s->row && s->row->key && value_text_at(v, s->row->key))
		return s->row->key;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (value_text_at(v, keys[i]))
			return keys[i];
	return NULL;
}

/* Is `after` the item `before` with something changed, rather than another one? */
static bool is_successor(const struct lists *s, const struct value *before,
			 const struct value *after)
{
	const char *key = identity_key(s, after);

	if (!value_is(before, VALUE_MAP) || !value_is(after, VALUE_MAP))
		return false;
	if (key || identity_key(s, before))
		return key && str_eq(value_text_at(before, key), value_text_at(after, key));
	value_each_pair(after, pair) {
		const struct value *same = value_get(before, pair->key);

		if (same && value_equal(same, pair->value) && !str_eq(pair->key, "Effect"))
			return true;
	}
	return value_len(s->before) == value_len(s->after);
}

/* By what people know an item that changes: its key, else the first thing that stays. */
static const char *item_comment(const struct lists *s, const struct value *before,
				const struct value *after)
{
	struct arena *a = s->p->a;
	const char *key = identity_key(s, after), *text;

	value_each_pair(after, pair) {
		const struct value *old = value_get(before, pair->key);

		if (!key && old && value_equal(old, pair->value) && !str_eq(pair->key, "Effect"))
			key = pair->key;
	}
	if (!key)
		return NULL;
	text = show_value(a, show_row(a, s->item, key), value_get(after, key));
	return arena_printf(a, "%s %s", show_key(a, key),
			    show_clipped(a, text, COMMENT_MAX, s->p->options->unicode));
}

static void paint_item(const struct lists *s, const struct label *l, const struct value *before,
		       const struct value *after)
{
	struct label one = label_inside(l, NULL, 0);

	if (value_is(before, VALUE_MAP) && value_is(after, VALUE_MAP))
		one.comment = item_comment(s, before, after);
	paint_member(s->p, &one, s->item, before, after);
}

static const struct value *successor(const struct lists *s, const struct seq_step *steps,
				     bool *used, size_t len, const struct value *before)
{
	for (size_t i = 0; i < len && len <= MAX_STEPS; i++) {
		const struct value *after = value_item(s->after, steps[i].after);

		if (steps[i].kind != SEQ_ADDED || used[i] || !is_successor(s, before, after))
			continue;
		used[i] = true;
		return after;
	}
	return NULL;
}

/* What went or became another, then what came. */
static void paint_items(const struct lists *s, const struct label *l, const struct seq_step *steps,
			size_t len)
{
	bool *used = arena_array(s->p->a, len, sizeof(*used));

	for (size_t i = 0; i < len; i++) {
		const struct value *before = value_item(s->before, steps[i].before);

		if (steps[i].kind == SEQ_REMOVED)
			paint_item(s, l, before, successor(s, steps, used, len, before));
	}
	for (size_t i = 0; i < len; i++)
		if (steps[i].kind == SEQ_ADDED && !used[i])
			paint_item(s, l, NULL, value_item(s->after, steps[i].after));
}

static bool all_scalars(const struct value *list)
{
	value_each_item(list, item) {
		if (!value_is_scalar(item) && !value_is(item, VALUE_UNKNOWN))
			return false;
	}
	return true;
}

static void paint_list(struct painter *p, const struct label *l, const struct prop *row,
		       const struct value *before, const struct value *after)
{
	bool is_set = row && row->flags & P_SET;
	struct lists s = { p, row, show_row(p->a, row, ""), before, after };
	struct seq_step *steps;
	size_t len, same = 0;

	if (is_set) {
		s.before = show_sorted(p->a, before);
		s.after = show_sorted(p->a, after);
	}
	steps = seq_diff(p->a, value_len(before), value_len(after), equal_items, &s, &len);
	for (size_t i = 0; i < len; i++)
		same += steps[i].kind == SEQ_SAME;
	if (same == len || (all_scalars(before) && all_scalars(after) && value_len(before) <= FEW &&
			    value_len(after) <= FEW)) {
		paint_scalars(p, l, show_value(p->a, row, before), show_value(p->a, row, after));
		return;
	}
	paint_line(p, l, '~', "[");
	paint_items(&s, l, steps, len);
	paint_unchanged(p, l, same);
	paint_end(p, l, "]");
}

/* --- text of several lines --- */

struct lines {
	struct painter *p;
	const char **before, **after;
};

static const char **split_lines(struct painter *p, const char *text, size_t *ret_len)
{
	VEC(const char *) lines = { 0 };
	size_t len;

	while (*text) {
		const char *start = text;

		text = paint_next_line(text, &len);
		vec_push(p->a, &lines, show_plain(p->a, start, len));
	}
	*ret_len = lines.len;
	return lines.items;
}

static bool equal_lines(void *ctx, size_t before, size_t after)
{
	const struct lines *l = ctx;

	return str_eq(l->before[before], l->after[after]);
}

static bool near_change(const struct seq_step *steps, size_t len, size_t at)
{
	size_t from = at > CONTEXT ? at - CONTEXT : 0;

	for (size_t i = from; i < len && i <= at + CONTEXT; i++)
		if (steps[i].kind != SEQ_SAME)
			return true;
	return false;
}

static void paint_lines(struct painter *p, const struct label *l, const char *before,
			const char *after)
{
	struct lines s = { .p = p };
	struct label one = label_inside(l, NULL, 0);
	size_t n, m, len;
	struct seq_step *steps;

	s.before = split_lines(p, before, &n);
	s.after = split_lines(p, after, &m);
	steps = seq_diff(p->a, n, m, equal_lines, &s, &len);
	paint_line(p, l, '~', "|");
	for (size_t i = 0; i < len; i++) {
		const struct seq_step *step = &steps[i];

		if (step->kind == SEQ_REMOVED)
			paint_line(p, &one, '-', s.before[step->before]);
		else if (step->kind == SEQ_ADDED)
			paint_line(p, &one, '+', s.after[step->after]);
		else if (near_change(steps, len, i))
			paint_line(p, &one, ' ', s.after[step->after]);
		else if (i == 0 || near_change(steps, len, i - 1))
			paint_line(p, &one, ' ', p->options->unicode ? "…" : "...");
	}
}

/* --- */

void paint_change(struct painter *p, const struct label *l, const struct prop *row,
		  const struct value *before, const struct value *after)
{
	bool secret = show_is_secret(row, before) || show_is_secret(row, after);

	if (secret) {
		paint_line(p, l, '~', SHOW_SENSITIVE);
		return;
	}
	before = show_by_meaning(p->a, show_document(p->a, row, before));
	after = show_by_meaning(p->a, show_document(p->a, row, after));
	if (value_is(before, VALUE_MAP) && value_is(after, VALUE_MAP))
		paint_map(p, l, row, before, after);
	else if (value_is(before, VALUE_LIST) && value_is(after, VALUE_LIST))
		paint_list(p, l, row, before, after);
	else if (value_text(before) && value_text(after) &&
		 (paint_is_block(before) || paint_is_block(after)))
		paint_lines(p, l, value_text(before), value_text(after));
	else
		paint_scalars(p, l, show_value(p->a, row, before), show_value(p->a, row, after));
}
