#include "engine/settle.h"

#include "base/banned.h"

/* What marks a resource as unfinished until an update completes it. */
static struct value *pending_mark(struct arena *a, const char *operation, const struct intent *i)
{
	struct value *mark = value_map(a);

	value_set(a, mark, "operation", value_string(a, operation));
	if (i->paths)
		value_set(a, mark, "paths", i->paths);
	if (i->unmarked)
		value_set(a, mark, "unmarked", value_bool(a, true));
	return mark;
}

static void record_rest(struct state_resource *r, const struct intent *i)
{
	r->depends.items = i->depends.items;
	r->depends.len = r->depends.cap = i->depends.len;
	r->protect = i->protect;
	r->retain = i->retain;
	r->empty_on_destroy = i->empty_on_destroy;
}

static bool is_current(const struct state_resource *r, const char *id)
{
	return r->current && str_eq(r->current->id, id);
}

static void depose(struct state *s, struct state_resource *r, const struct intent *i)
{
	struct state_object *old = r->current;

	if (!old || str_eq(old->id, i->id) || state_deposed(r, i->nonce))
		return;
	old->deposed = i->nonce;
	vec_push(s->arena, &r->deposed, old);
	r->current = NULL;
}

/* The new object of a create or a replacement. */
static void settle_made(struct state *s, const char *operation, const struct intent *i)
{
	struct state_resource *r = state_put(s, i->address, i->type);
	struct state_object *o = arena_new_of(s->arena, struct state_object);

	if (i->create_first)
		depose(s, r, i);
	*o = (struct state_object){ .id = i->id,
				    .incarnation = i->ret_incarnation,
				    .marker = i->nonce,
				    .props = i->props,
				    .attributes = i->attributes };
	r->type = i->type;
	r->current = o;
	r->deleted_by = NULL;
	r->pending = i->status == INTENT_DONE ? NULL : pending_mark(s->arena, operation, i);
	record_rest(r, i);
}

/* Properties that an unfinished update set are managed from now on: what they were before wins,
 * so that the next plan shows what is still to do. */
static void manage_new(struct arena *a, struct state_object *o, const struct value *wanted)
{
	struct value *both = value_map(a);

	value_merge(a, both, wanted, false);
	value_merge(a, both, o->props, false);
	o->props = both;
}

static void settle_update(struct state *s, const char *operation, const struct intent *i)
{
	struct state_resource *r = state_get(s, i->address);

	if (!r || !r->current)
		return;
	if (i->status != INTENT_DONE) {
		r->pending = pending_mark(s->arena, operation, i);
		manage_new(s->arena, r->current, i->props);
		return;
	}
	r->current->props = i->props;
	r->current->attributes = i->attributes;
	if (i->ret_incarnation)
		r->current->incarnation = i->ret_incarnation;
	r->pending = NULL;
	record_rest(r, i);
}

static void settle_delete(struct state *s, const char *operation, const struct intent *i)
{
	struct state_resource *r = state_get(s, i->address);

	/* If the object is gone, it was this operation and no stranger. */
	if (r && r->current && !i->deleted && !i->deposed && i->status == INTENT_OPEN)
		r->pending = pending_mark(s->arena, operation, i);
	if (!r || !i->deleted)
		return;
	if (i->deposed) {
		state_remove_deposed(s, i->address, i->deposed);
		return;
	}
	r->current = NULL;
	r->pending = NULL;
	r->deleted_by = NULL;
	if (!r->deposed.len)
		state_remove(s, i->address);
}

static void settle_replace(struct state *s, const char *operation, const struct intent *i)
{
	struct state_resource *r = state_get(s, i->address);

	if (r && i->deleted && !i->create_first && !i->id && is_current(r, i->old_id)) {
		r->current = NULL;
		r->pending = NULL;
		r->deleted_by = operation;
	}
	/* If the old object is gone, it was this operation and no stranger. */
	if (r && !i->create_first && !i->deleted && !i->id && is_current(r, i->old_id))
		r->pending = pending_mark(s->arena, operation, i);
	if (i->id)
		settle_made(s, operation, i);
	if (i->deleted && i->create_first)
		state_remove_deposed(s, i->address, i->nonce);
}

static void settle_forget(struct state *s, const struct intent *i)
{
	struct state_resource *r = state_get(s, i->address);

	if (!r || i->status != INTENT_DONE)
		return;
	if (i->deposed)
		state_remove_deposed(s, i->address, i->deposed);
	else if (!r->deposed.len)
		state_remove(s, i->address);
	else
		r->current = NULL;
}

void settle_intent(struct state *s, const char *operation, const struct intent *i)
{
	if (str_eq(i->action, "create") && i->id)
		settle_made(s, operation, i);
	else if (str_eq(i->action, "update"))
		settle_update(s, operation, i);
	else if (str_eq(i->action, "delete"))
		settle_delete(s, operation, i);
	else if (str_eq(i->action, "replace"))
		settle_replace(s, operation, i);
	else if (str_eq(i->action, "forget"))
		settle_forget(s, i);
}

void settle_operation(struct state *s, const struct operation_doc *op)
{
	for (size_t n = 0; n < op->intents.len; n++)
		settle_intent(s, op->id, op->intents.items[n]);
}
