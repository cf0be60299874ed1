#include "plan/diff.h"

#include <stdlib.h>
#include <string.h>

#include "plan/mask.h"
#include "plan/path.h"

#include "base/banned.h"

/* Flags of a row that hold for everything below it. */
enum { INHERITED = P_REPLACE | P_SENSITIVE | P_WRITE_ONLY | P_NO_RESET };

/* The three values of one property; NULL is absent. */
struct triple {
	const struct value *want, *had, *live;
};
struct differ {
	struct arena *a;
	const struct diff_input *in;
	struct diff *out;
};

static void compare(struct differ *d, const struct prop *row, const char *path, struct triple t);

const struct prop *diff_row(const struct prop *rows, const char *name)
{
	static const struct prop document = { .name = "", .type = PROP_JSON };
	const struct prop *row = rows ? prop_find(rows, name) : NULL;

	return row ? row : &document;
}

struct prop diff_item_row(const struct prop *p)
{
	struct prop item = { .name = p->name, .type = p->item, .sub = p->sub };

	if (p->type != PROP_LIST && p->type != PROP_MAP)
		item.type = PROP_JSON;
	item.flags = p->flags & (INHERITED | P_FOLD);
	return item;
}

/* --- equality --- */

static bool is_default(struct arena *a, const struct prop *row, const struct value *v)
{
	return !v || prop_equal(a, row, v, NULL);
}

/* Recorded digests that belong to the plain value count as that value. */
static bool differs_from_recorded(struct differ *d, const struct prop *row, struct triple t)
{
	return !t.had || !prop_equal(d->a, row, t.want, mask_undigest(d->a, t.had, t.want));
}

static bool has_drifted(struct differ *d, const struct prop *row, struct triple t)
{
	return t.had && !prop_equal(d->a, row, mask_undigest(d->a, t.had, t.live), t.live);
}

/* --- differences --- */

static void emit(struct differ *d, const struct prop *row, const char *path, struct triple t,
		 bool changed, bool drifted)
{
	struct difference diff = { .path = path, .prop = row, .after = t.want, .drifted = drifted };

	diff.before = mask_secrets(d->a, t.live, t.want, t.had);
	diff.unknown = value_has_unknown(t.want);
	diff.replaces = row->flags & P_REPLACE;
	diff.sensitive = (row->flags & P_SENSITIVE) ||
			 (t.want && (t.want->flags & VALUE_SENSITIVE)) ||
			 (diff.before && (diff.before->flags & VALUE_SENSITIVE));
	diff.reason = changed ? REASON_STACK : REASON_DRIFT;
	if (drifted && d->in->unfinished) {
		diff.reason = REASON_UNFINISHED;
		diff.subject = d->in->unfinished;
	}
	vec_push(d->a, &d->out->differences, diff);
}

/* Is live what it would go back to? As a whole: no member says more than the reset does. */
static bool is_reset(struct differ *d, const struct prop *row, const struct value *live)
{
	struct prop reset = *row;

	reset.def = row->reset;
	return is_default(d->a, row, live) || (row->reset && is_default(d->a, &reset, live));
}

/* Set by us once, and no longer wanted. */
static void compare_removed(struct differ *d, const struct prop *row, const char *path,
			    struct triple t)
{
	if (row->flags & P_NO_RESET) {
		d->out->stale = true;
		vec_push(d->a, &d->out->kept, path);
	} else if (row->flags & P_CREATE_DEFAULT && !row->reset && !row->def) {
		d->out->stale = true; /* AWS would choose, and what there is is as good */
	} else {
		emit(d, row, path, t, true, has_drifted(d, row, t));
	}
}

static void compare_leaf(struct differ *d, const struct prop *row, const char *path,
			 struct triple t)
{
	if (t.want)
		emit(d, row, path, t, differs_from_recorded(d, row, t), has_drifted(d, row, t));
	else
		compare_removed(d, row, path, t);
}

/* Nothing is to be done; at most the state is behind. */
static bool is_settled(struct differ *d, const struct prop *row, struct triple t)
{
	if (!t.want) {
		d->out->stale |= is_reset(d, row, t.live);
		return is_reset(d, row, t.live);
	}
	if (!prop_equal(d->a, row, t.want, t.live))
		return false;
	d->out->stale |= differs_from_recorded(d, row, t);
	return true;
}

/* --- members --- */

static void compare_member(struct differ *d, const struct prop *row, const char *path,
			   const char *name, struct triple t)
{
	struct prop *own;
	const struct prop *sub = diff_row(row->sub, name);

	if (sub->flags & P_COMPUTED)
		return;
	if (row->flags & INHERITED & ~sub->flags) {
		own = arena_new_of(d->a, struct prop);
		*own = *sub;
		own->flags |= row->flags & INHERITED;
		sub = own;
	}
	t.want = value_get(t.want, name);
	t.had = value_get(t.had, name);
	t.live = value_get(t.live, name);
	compare(d, sub, path_member(d->a, path, name), t);
}

static void compare_object(struct differ *d, const struct prop *row, const char *path,
			   struct triple t)
{
	value_each_pair(t.want, p)
		compare_member(d, row, path, p->key, t);
	value_each_pair(t.had, p) {
		if (!value_get(t.want, p->key))
			compare_member(d, row, path, p->key, t);
	}
}

static void compare_key(struct differ *d, const struct prop *item, const char *path,
			const char *key, struct triple t)
{
	t.want = value_get(t.want, key);
	t.had = value_get(t.had, key);
	t.live = value_get(t.live, key);
	if (!t.want && t.live && (!t.had || item->type == PROP_OBJECT))
		/* It goes as a whole, be it ours or foreign in a map that is all ours. */
		emit(d, item, path_item(d->a, path, key), t, t.had != NULL, !t.had);
	else
		compare(d, item, path_item(d->a, path, key), t);
}

static void compare_map(struct differ *d, const struct prop *row, const char *path, struct triple t)
{
	struct prop *item = arena_new_of(d->a, struct prop);

	*item = diff_item_row(row);
	value_each_pair(t.want, p)
		compare_key(d, item, path, p->key, t);
	value_each_pair(t.had, p) {
		if (!value_get(t.want, p->key))
			compare_key(d, item, path, p->key, t);
	}
	if (row->flags & P_TAGS)
		return;
	value_each_pair(t.live, p) {
		if (!value_get(t.want, p->key) && !value_get(t.had, p->key))
			compare_key(d, item, path, p->key, t);
	}
}

/* A keyed list as a map, NULL when an item has no key or shares it. */
static struct value *by_key(struct arena *a, const struct prop *row, const struct value *list)
{
	struct value *map = value_map(a);
	struct map *seen = map_new(a);

	value_each_item(list, item) {
		const struct value *key = value_get(item, row->key);
		const char *text = key ? value_scalar_text(a, key) : NULL;

		if (!text || map_has(seen, text))
			return NULL;
		map_set(seen, text, item);
	}
	map_each(seen, e)
		value_add_pair(a, map, e->key, NO_SPAN, e->value);
	return map;
}

static bool compare_keyed(struct differ *d, const struct prop *row, const char *path,
			  struct triple t)
{
	struct triple maps = { by_key(d->a, row, t.want), by_key(d->a, row, t.had),
			       by_key(d->a, row, t.live) };
	struct prop *own;

	if (!maps.want || !maps.had || !maps.live)
		return false;
	own = arena_new_of(d->a, struct prop);
	*own = *row;
	own->flags |= P_TAGS; /* foreign items are left alone */
	compare_map(d, own, path, maps);
	return true;
}

static bool all_are(struct triple t, enum value_kind kind)
{
	return (t.want || t.had) && (!t.want || t.want->kind == kind) &&
	       (!t.had || t.had->kind == kind) && (!t.live || t.live->kind == kind);
}

/* True when the members were compared. */
static bool compare_members(struct differ *d, const struct prop *row, const char *path,
			    struct triple t)
{
	if (row->equal)
		return false;
	if (row->type == PROP_OBJECT && row->sub && all_are(t, VALUE_MAP)) {
		compare_object(d, row, path, t);
		return true;
	}
	if (row->type == PROP_MAP && all_are(t, VALUE_MAP) && (t.want || row->flags & P_TAGS)) {
		compare_map(d, row, path, t);
		return true;
	}
	if (row->flags & P_KEYED && row->key && all_are(t, VALUE_LIST))
		return compare_keyed(d, row, path, t);
	return false;
}

/* What is new, or gone, as a whole is one difference. */
static void join(struct differ *d, const struct prop *row, const char *path, struct triple t,
		 size_t from)
{
	struct difference *items = d->out->differences.items;
	size_t len = d->out->differences.len;
	bool changed = false, drifted = false, replaces = false;

	if (len == from || (t.want && value_len(t.live) > 0) ||
	    (!t.want && len - from < value_len(t.live)))
		return;
	for (size_t i = from; i < len; i++) {
		changed |= items[i].reason == REASON_STACK;
		drifted |= items[i].drifted;
		replaces |= items[i].replaces;
	}
	d->out->differences.len = from;
	emit(d, row, path, t, changed, drifted);
	items[from].replaces |= replaces;
}

static const struct value *present(const struct value *v)
{
	return value_is(v, VALUE_NULL) ? NULL : v;
}

static void compare(struct differ *d, const struct prop *row, const char *path, struct triple t)
{
	size_t from = d->out->differences.len;
	bool whole;

	t.want = present(t.want);
	t.had = present(t.had);
	t.live = present(t.live);
	if ((!t.want && !t.had) || diff_ignored(d->a, d->in->life, path))
		return;
	if (!d->in->live || row->flags & P_WRITE_ONLY)
		t.live = mask_undigest(d->a, t.had, t.want);
	/* Equal as a whole says nothing about members that we no longer want. */
	whole = !t.want || !t.had || !t.live || value_equal(t.want, t.had);
	if (whole && is_settled(d, row, t))
		return;
	if (compare_members(d, row, path, t))
		join(d, row, path, t, from);
	else if (whole || !is_settled(d, row, t))
		compare_leaf(d, row, path, t);
}

/* The common case, cheaply. */
static bool all_equal(struct differ *d, const struct prop *row, struct triple t)
{
	return d->in->live && !(row->flags & P_WRITE_ONLY) && t.want && t.had && t.live &&
	       value_equal(t.want, t.had) && prop_equal(d->a, row, t.want, t.live);
}

static void compare_top(struct differ *d, const char *name)
{
	const struct prop *row = diff_row(d->in->rows, name);
	struct triple t = { value_get(d->in->wanted, name), value_get(d->in->recorded, name),
			    value_get(d->in->live, name) };

	if (!(row->flags & P_COMPUTED) && !all_equal(d, row, t))
		compare(d, row, name, t);
}

/* --- order: as the type lists its properties, names first --- */

struct placed {
	size_t row, nth;
	struct difference difference;
};

static int by_row(const void *a, const void *b)
{
	const struct placed *one = a, *two = b;

	if (one->row != two->row)
		return one->row < two->row ? -1 : 1;
	return one->nth < two->nth ? -1 : one->nth > two->nth;
}

static size_t row_number(const struct prop *rows, const char *path)
{
	size_t len = strcspn(path, ".["), n = 0;

	for (; rows && rows->name; rows++, n++)
		if (!strncmp(rows->name, path, len) && !rows->name[len])
			break;
	return n;
}

static void sort(struct arena *a, const struct prop *rows, struct differences *all)
{
	struct placed *placed;

	if (all->len < 2)
		return;
	placed = arena_array(a, all->len, sizeof(*placed));
	for (size_t i = 0; i < all->len; i++)
		placed[i] =
			(struct placed){ row_number(rows, all->items[i].path), i, all->items[i] };
	qsort(placed, all->len, sizeof(*placed), by_row);
	for (size_t i = 0; i < all->len; i++)
		all->items[i] = placed[i].difference;
}

/* --- */

void diff_props(struct arena *a, const struct diff_input *in, struct diff *ret)
{
	struct differ d = { a, in, ret };

	value_each_pair(in->wanted, p)
		compare_top(&d, p->key);
	value_each_pair(in->recorded, p) {
		if (value_get(in->wanted, p->key))
			continue;
		if (prop_find(in->rows, p->key))
			compare_top(&d, p->key);
		else
			ret->stale = true;
	}
	sort(a, in->rows, &ret->differences);
}

void diff_whole(struct arena *a, const struct prop *rows, const struct value *before,
		const struct value *after, const struct reason *why, struct diff *ret)
{
	struct diff_input in = { .rows = rows };
	struct differ d = { a, &in, ret };

	value_each_pair(after ? after : before, p) {
		const struct prop *row = diff_row(rows, p->key);
		struct triple t = { after ? present(p->value) : NULL, NULL,
				    after ? NULL : present(p->value) };
		struct difference *last;

		if (row->flags & P_COMPUTED || (!t.want && !t.live))
			continue;
		emit(&d, row, p->key, t, true, false);
		last = &ret->differences.items[ret->differences.len - 1];
		last->replaces = false;
		last->reason = why->kind;
		last->subject = why->subject;
	}
	sort(a, rows, &ret->differences);
}

/* --- ignore_changes --- */

/* `Tags["team"]` as `Tags.team`. */
static char *dotted(struct arena *a, const char *path)
{
	char *out = arena_strdup(a, path), *to = out;

	for (const char *s = path; *s; s++) {
		if (str_starts(s, "[\"")) {
			*to++ = '.';
			s++;
		} else if (str_starts(s, "\"]")) {
			s++;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
	return out;
}

bool diff_ignored(struct arena *a, const struct lifecycle *life, const char *path)
{
	if (!life)
		return false;
	for (size_t i = 0; i < life->ignore_changes.len; i++) {
		const char *ignored = life->ignore_changes.items[i], *plain;

		if (str_eq(ignored, "*"))
			return true;
		plain = dotted(a, ignored);
		path = dotted(a, path);
		if (str_starts(path, plain) && (!path[strlen(plain)] || path[strlen(plain)] == '.'))
			return true;
	}
	return false;
}
