#include <stdlib.h>
#include <string.h>

#include "plan/planner.h"

#include "base/banned.h"

static void add_reason(struct planner *p, struct change *c, enum reason_kind kind,
		       const char *subject)
{
	for (size_t i = 0; i < c->reasons.len; i++)
		if (c->reasons.items[i].kind == kind &&
		    str_eq(c->reasons.items[i].subject, subject))
			return;
	vec_push(p->a, &c->reasons, ((struct reason){ kind, subject }));
}

/* --- not wanted any more --- */

static void refuse_protected(struct planner *p, const struct change *c)
{
	if (p->in->destroy) {
		diag_error(p->d, D_CONFIG, NO_SPAN, "`%s` is protected: destroy would delete it",
			   c->address);
		diag_hint(p->d, "to lift it, write `protect: false` on the entry and apply");
	} else {
		diag_error(p->d, D_CONFIG, NO_SPAN,
			   "`%s` is protected, and the stack does not have it any more",
			   c->address);
		diag_hint(p->d, "to lift it, put the entry back with `protect: false`, apply, and "
				"remove it again");
	}
}

static void refuse_unknown_type(struct planner *p, const struct change *c, const char *type)
{
	diag_error(p->d, D_CONFIG, NO_SPAN, "`%s` is of type %s, which this version does not know",
		   c->address, type);
	diag_hint(p->d, "use a newer cinfra, or forget it with `cinfra state rm '%s'`", c->address);
}

static void list_deleted(struct planner *p, struct change *c)
{
	const struct value *live = c->observed ? c->observed->live : NULL;
	struct value *managed = value_map(p->a);
	struct diff diff = { 0 };

	value_each_pair(c->recorded->props, pair) {
		struct value *v = value_get(live, pair->key);

		if (!live || v)
			value_add_pair(p->a, managed, pair->key, NO_SPAN, v ? v : pair->value);
	}
	diff_whole(p->a, c->type->props, managed, NULL, c->reasons.items, &diff);
	for (size_t i = 0; i < diff.differences.len; i++)
		if (value_has_sensitive(
			    value_get(c->recorded->props, diff.differences.items[i].path)))
			diff.differences.items[i].sensitive = true;
	c->differences = diff.differences;
}

static void decide_removed(struct planner *p, struct change *c)
{
	add_reason(p, c, p->in->destroy ? REASON_DESTROY : REASON_REMOVED, NULL);
	c->action = ACTION_FORGET;
	if (!change_exists(c)) {
		add_reason(p, c, REASON_DELETED, NULL);
	} else if (c->recorded->retain) {
		add_reason(p, c, REASON_RETAINED, NULL);
	} else if (!c->type) {
		refuse_unknown_type(p, c, c->type_name);
	} else {
		c->action = ACTION_DELETE;
		list_deleted(p, c);
		if (c->recorded->protect)
			refuse_protected(p, c);
	}
}

static const char *object_key(struct arena *a, const struct recorded *r)
{
	return arena_printf(a, "%s\n%s", r->type_name, r->id);
}

/* Some address has this very object as its current one: it must not be deleted. */
static bool is_current(struct planner *p, const struct change *deposed)
{
	if (!p->current) {
		p->current = map_new(p->a);
		map_each(p->plan->by_address, e) {
			struct change *c = e->value;

			if (c->recorded && c->recorded->id)
				map_set(p->current, object_key(p->a, c->recorded), c);
		}
	}
	return map_has(p->current, object_key(p->a, deposed->recorded));
}

static void decide_deposed(struct planner *p, struct change *c)
{
	add_reason(p, c, REASON_DEPOSED, NULL);
	c->action = ACTION_FORGET;
	if (!change_exists(c)) {
		add_reason(p, c, REASON_DELETED, NULL);
	} else if (!is_current(p, c)) {
		c->action = ACTION_DELETE;
		if (!c->type)
			refuse_unknown_type(p, c, c->type_name);
	}
}

/* --- wanted, and not there --- */

static void decide_create(struct planner *p, struct change *c)
{
	struct diff diff = { 0 };

	c->action = ACTION_CREATE;
	diff_whole(p->a, c->type->props, NULL, c->after, c->reasons.items, &diff);
	c->differences = diff.differences;
}

static void decide_new(struct planner *p, struct change *c)
{
	add_reason(p, c, REASON_NEW, NULL);
	decide_create(p, c);
	if (c->observed && !c->observed->absent)
		planner_note(p,
			     "%s (%s) is there already, and is not in the state; apply takes it "
			     "only "
			     "if this stack made it",
			     c->address, c->type_name);
}

static void decide_lost(struct planner *p, struct change *c)
{
	if (c->recorded->pending_operation)
		add_reason(p, c, REASON_UNFINISHED, c->recorded->pending_operation);
	else
		add_reason(p, c, REASON_DELETED, NULL);
	decide_create(p, c);
}

/* What lives inside a parent; NULL: it does not, or the parent is not in the stack. */
static const struct change *parent_of(const struct planner *p, const struct change *c)
{
	if (!(c->type->flags & TYPE_INSIDE_PARENT) || !c->type->parent)
		return NULL;
	return planner_referred(p, c, c->type->parent);
}

static bool went_with_parent(const struct planner *p, const struct change *c)
{
	const struct change *parent = parent_of(p, c);

	return parent && parent->action == ACTION_CREATE && parent->recorded;
}

/* --- wanted and there --- */

static bool is_code(const struct change *c, const struct difference *diff)
{
	return c->wanted->package &&
	       (address_within(diff->path, "Code") || address_within(diff->path, "CodeSha256") ||
		address_within(diff->path, "Content"));
}

/* Differences say "stack" or "drift"; here it is known what is behind a change in the stack. */
static void explain(struct planner *p, struct change *c)
{
	for (size_t i = 0; i < c->differences.len; i++) {
		struct difference *diff = &c->differences.items[i];

		if (diff->reason == REASON_STACK) {
			diff->subject = planner_forced_by(p, c, diff->path);
			if (diff->subject)
				diff->reason = REASON_FORCED;
			else if (is_code(c, diff))
				diff->reason = REASON_CODE;
		}
		add_reason(p, c, diff->reason, diff->subject);
		if (diff->drifted && diff->reason != REASON_UNFINISHED)
			add_reason(p, c, REASON_DRIFT, NULL);
	}
}

/* What only the type knows: the row says that the property can change in place. */
static void ask_type(struct planner *p, struct change *c)
{
	const struct value *live = c->observed ? c->observed->live : NULL;

	for (size_t i = 0; c->type->replaces && i < c->differences.len; i++) {
		struct difference *diff = &c->differences.items[i];
		const char *name = arena_strndup(p->a, diff->path, strcspn(diff->path, ".["));

		diff->replaces |= c->type->replaces(name, c->after, live);
	}
}

static bool must_replace(const struct change *c)
{
	for (size_t i = 0; i < c->differences.len; i++)
		if (c->differences.items[i].replaces)
			return true;
	return false;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool same_depends(struct planner *p, const struct change *c)
{
	const char *const *old = c->recorded->depends;
	size_t len = 0;
	const char **a, **b;

	while (old && old[len])
		len++;
	if (len != c->depends.len)
		return false;
	a = arena_array(p->a, len, sizeof(*a));
	b = arena_array(p->a, len, sizeof(*b));
	for (size_t i = 0; i < len; i++) {
		a[i] = old[i];
		b[i] = c->depends.items[i];
	}
	qsort(a, len, sizeof(*a), by_text);
	qsort(b, len, sizeof(*b), by_text);
	for (size_t i = 0; i < len; i++)
		if (!str_eq(a[i], b[i]))
			return false;
	return true;
}

static bool entry_is_stale(struct planner *p, const struct change *c)
{
	const struct recorded *r = c->recorded;
	const struct resource *w = c->wanted;

	return r->protect != w->life.protect || r->retain != w->life.retain ||
	       r->empty_on_destroy != w->empty_on_destroy || r->pending_operation ||
	       !same_depends(p, c);
}

static void compare_existing(struct planner *p, struct change *c)
{
	const struct value *live = c->observed ? c->observed->live : NULL;
	struct diff_input in = { c->type->props, c->after,	   c->recorded->props,
				 live,		 &c->wanted->life, c->recorded->pending_operation };
	struct diff diff = { 0 };

	diff_props(p->a, &in, &diff);
	c->differences = diff.differences;
	c->stale = diff.stale || entry_is_stale(p, c);
	for (size_t i = 0; i < diff.kept.len; i++)
		planner_note(p,
			     "%s: %s was removed; AWS has no way back to its default, so it is "
			     "left as it is",
			     c->address, diff.kept.items[i]);
}

static void refuse_protected_replace(struct planner *p, const struct change *c)
{
	diag_error(p->d, D_CONFIG, c->wanted->span,
		   "`%s` is protected: this change would replace it", c->address);
	for (size_t i = 0; i < c->differences.len; i++)
		if (c->differences.items[i].replaces)
			diag_hint(p->d, "%s cannot be changed in place",
				  c->differences.items[i].path);
	diag_hint(p->d, "undo the change, or lift the protection with `protect: false`");
}

static void decide_existing(struct planner *p, struct change *c)
{
	const struct change *parent = parent_of(p, c);
	bool replace;

	compare_existing(p, c);
	ask_type(p, c);
	explain(p, c);
	replace = must_replace(c);
	if (parent && parent->action == ACTION_REPLACE) {
		replace = true;
		add_reason(p, c, REASON_FORCED, parent->address);
	}
	if (planner_is_tainted(p, c)) {
		replace = true;
		add_reason(p, c, REASON_TAINTED, NULL);
	}
	if (c->recorded->unmarked)
		add_reason(p, c, REASON_UNFINISHED, c->recorded->pending_operation);
	if (replace)
		c->action = ACTION_REPLACE;
	else if (c->differences.len || c->recorded->unmarked)
		c->action = ACTION_UPDATE;
	else
		c->action = ACTION_NOOP;
	if (replace && c->wanted->life.protect)
		refuse_protected_replace(p, c);
}

/* The address has another type now: the old object goes, one of the new type comes. */
static void decide_other_type(struct planner *p, struct change *c)
{
	add_reason(p, c, REASON_STACK, NULL);
	decide_create(p, c);
	c->action = ACTION_REPLACE;
	if (!c->recorded->type)
		refuse_unknown_type(p, c, c->recorded->type_name);
	if (c->wanted->life.protect || c->recorded->protect)
		refuse_protected_replace(p, c);
}

static void decide_wanted(struct planner *p, struct change *c)
{
	struct value *after;

	plan_evaluate(p->a, p->plan, c, &after, p->d);
	c->after = after;
	if (!c->recorded)
		decide_new(p, c);
	else if (!change_exists(c) || went_with_parent(p, c))
		decide_lost(p, c);
	else if (!str_eq(c->recorded->type_name, c->type->name))
		decide_other_type(p, c);
	else
		decide_existing(p, c);
	c->attributes = plan_attributes_after(p->a, p->plan, c);
}

/* Does a change with this reason come from the stack? */
static bool reason_by_stack(const struct planner *p, const struct reason *r)
{
	const struct change *subject;

	if (r->kind != REASON_FORCED)
		return r->kind != REASON_DRIFT && r->kind != REASON_DELETED;
	subject = map_get(p->plan->by_address, r->subject);
	return subject && p->by_stack[subject->index];
}

void planner_decide(struct planner *p, struct change *c)
{
	if (c->excluded)
		return;
	if (c->wanted)
		decide_wanted(p, c);
	else if (c->deposed)
		decide_deposed(p, c);
	else
		decide_removed(p, c);
	for (size_t i = 0; i < c->reasons.len; i++)
		p->by_stack[c->index] |= reason_by_stack(p, &c->reasons.items[i]);
	c->loses_data = (c->action == ACTION_DELETE || c->action == ACTION_REPLACE) &&
			c->recorded->type && c->recorded->type->flags & TYPE_HOLDS_DATA;
}
