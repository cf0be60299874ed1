/* run.c - create, read, update and delete of a resource, driven by its type's rows. */
#include <string.h>

#include "base/clock.h"
#include "model/json.h"
#include "providers/aws/flows.h"
#include "providers/aws/run.h"

int run_fail(struct aws_run *r)
{
	const struct aws_op *op = run_find_op(r, r->error.operation, ~0u);
	if (op && op->denied && r->error.class == AWS_DENIED)
		r->error.hint = op->denied;
	/* Encoding keeps no marks: a call's input has none. */
	aws_error_hide(&r->error, r->a, r->op->wanted);
	return aws_diag(r->d, &r->error, NO_SPAN);
}

const struct aws_op *run_find_op(const struct aws_run *r, const char *name, unsigned verb)
{
	for (const struct aws_op *op = r->aws->ops; op->name; op++)
		if ((op->verbs & verb) && (!name || str_eq(op->name, name)))
			return op;
	return NULL;
}

/* --- replies --- */

/* The map the properties lie in; NULL when the list has no item of ours. */
static const struct value *reply_root(struct aws_run *r, const struct aws_op *op,
				      const struct value *output)
{
	bool one_of = op->match || op->alike;
	const struct value *map = one_of ? flow_find_item(r, op, output) : output;
	return map && op->root ? value_path(map, op->root) : map;
}

static void take_outputs(struct aws_run *r, const struct aws_op *op, const struct value *output)
{
	for (const char *s = op->out; s && *s; s += strspn(s, ", ")) {
		size_t n = strcspn(s, ",");
		char *path = arena_strndup(r->a, s, n), *name = strchr(path, '=');
		if (name)
			*name++ = '\0';
		const struct value *v = value_path(output, path);
		if (v && !value_is(v, VALUE_NULL))
			value_set(r->a, r->attributes, name ? name : path, (struct value *)v);
		s += n;
	}
}

static void take_tags(struct aws_run *r, const struct aws_op *op, const struct value *output)
{
	const struct value *wire = value_path(output, op->tags_as ? op->tags_as : "Tags");
	struct value *tags = tags_decode(r->a, wire);
	const char *marker = value_text_at(tags, MARKER_TAG);
	if (marker)
		r->marker_seen = marker;
	value_remove(tags, MARKER_TAG);
	value_set(r->a, r->live, "Tags", tags);
}

/* A single property whose members are the reply. */
static void decode_body(struct aws_run *r, const struct aws_op *op, const struct value *root)
{
	const struct prop *p = prop_find(r->type->props, op->body);
	struct value *v = p ? decode_value(r, p, root) : NULL;
	if (v)
		value_set(r->a, r->live, p->name, v);
}

/* 0 taken, 1 the resource is not there, -1. */
static int take_reply(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply)
{
	const struct value *root = reply_root(r, op, reply->output);
	if (!root)
		return 1;
	take_outputs(r, op, reply->output);
	if (op->verbs & (READ | FIND)) {
		if (op->body)
			decode_body(r, op, root);
		else if (!op->each)
			decode_props(r, op->groups, root);
		if (op->tags && (op->groups & G_TAGS))
			take_tags(r, op, op->match ? root : reply->output);
	}
	int rc = op->parse ? op->parse(r, op, reply, r->live) : 0;
	return !rc && op->needs && !value_get(r->live, op->needs) ? 1 : rc;
}

int flow_take_reply(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply)
{
	const struct value *root = op->root ? value_path(reply->output, op->root) : reply->output;
	decode_props(r, ~0u, root);
	take_outputs(r, op, reply->output);
	return op->parse && op->parse(r, op, reply, r->live) < 0 ? -1 : 0;
}

/* --- one row --- */

static int wait_after(struct aws_run *r, const struct aws_op *op)
{
	return op->wait ? run_wait(r, op->wait) : 0;
}

/* 0 done, 1 not there, -1 failed, -2 failed with r->error and no diagnostic. */
static int call_row(struct aws_run *r, const struct aws_op *op, unsigned verb)
{
	struct value *input;
	struct aws_reply *reply;
	bool unset;
	if (run_input(r, op, verb, &input))
		return -1;
	int rc = run_call(r, op, input, &reply, &unset);
	if (rc > 0 && unset && op->unset_as)
		value_set(r->a, r->live, op->body,
			  json_parse(r->a, op->unset_as, strlen(op->unset_as), NULL));
	if (rc)
		return rc < 0 ? -2 : !unset;
	return take_reply(r, op, reply);
}

int run_op(struct aws_run *r, const struct aws_op *op, unsigned verb)
{
	if (op->step)
		return op->step(r, op);
	int rc = call_row(r, op, verb);
	if (rc == -2)
		return run_fail(r);
	return rc < 0 ? -1 : wait_after(r, op);
}

/* --- read --- */

static unsigned group_of(const struct prop *p)
{
	return p->group ? p->group : G_MAIN;
}

static unsigned groups_in(const struct aws_run *r, const struct value *props)
{
	unsigned groups = 0;
	for (const struct prop *p = r->type->props; p->name; p++)
		if (value_get(props, p->name))
			groups |= group_of(p);
	return groups;
}

/* Of an object that is to be deleted: what must go before. */
static unsigned groups_in_the_way(const struct aws_run *r)
{
	unsigned groups = 0;
	for (const struct aws_op *op = r->aws->ops; op->name; op++)
		if (op->verbs & REMOVE)
			groups |= op->groups;
	return groups;
}

static unsigned managed_groups(const struct aws_run *r)
{
	if (r->op->all && r->op->kind == OPERATION_DELETE)
		return groups_in_the_way(r);
	if (r->op->all)
		return ~0u;
	return groups_in(r, r->op->wanted) | groups_in(r, r->op->recorded) |
	       (r->with_tags ? G_TAGS : 0);
}

enum { NOT_THERE = 1 };

/* 0, -1, or NOT_THERE: a call says so that follows the one that has seen it, and nothing is told. */
static int read_rest(struct aws_run *r, const struct aws_op *first)
{
	unsigned managed = managed_groups(r);
	for (const struct aws_op *op = first + 1; op->name; op++) {
		if (!(op->verbs & READ) || !(op->groups & managed) || (op->only && !op->only(r)))
			continue;
		int rc = op->step ? op->step(r, op) : call_row(r, op, READ);
		if (rc == -2 && run_error_is(&r->error, first->absent))
			return NOT_THERE;
		if (rc < 0)
			return rc == -2 ? run_fail(r) : -1;
	}
	return 0;
}

/* Calls name the resource rather than return its name: what named it is what it has. */
static void take_identity(struct aws_run *r)
{
	for (const struct prop *p = r->type->props; p->name; p++) {
		if (!(p->group & G_ID) || (p->flags & P_COMPUTED) || value_get(r->live, p->name))
			continue;
		const struct value *v = run_identity(r, p->name);
		if (v)
			value_set(r->a, r->live, p->name, (struct value *)v);
	}
}

void flow_finish_read(struct aws_run *r)
{
	take_identity(r);
	if (r->aws->normalize)
		r->aws->normalize(r, r->live, r->attributes);
	flow_derive(r);
}

/* The first row that can run: READ when the identity is known, else FIND. */
static const struct aws_op *first_read(const struct aws_run *r)
{
	const struct aws_op *find = run_find_op(r, NULL, FIND);
	return !r->op->id && find ? find : run_find_op(r, NULL, READ);
}

int flow_read_first(struct aws_run *r, const struct aws_op *op, bool *absent)
{
	int rc = op->step ? op->step(r, op) : call_row(r, op, READ);
	*absent = rc == 1;
	return rc == -2 ? run_fail(r) : rc < 0 ? -1 : 0;
}

enum { FRESH_READ_MS = 30000 };

int flow_read_fresh(struct aws_run *r, const struct aws_op *op, bool *absent)
{
	int64_t since = clock_monotonic_ms();
	for (int attempt = 0;;) {
		if (flow_read_first(r, op, absent))
			return -1;
		bool again = *absent && r->op->created_now &&
			     clock_monotonic_ms() - since < FRESH_READ_MS;
		if (!again || run_pause(r, &attempt, NULL))
			return 0;
	}
}

/* All but the first call; it may go between two. */
static int read_whole(struct aws_run *r)
{
	const struct aws_op *first = run_find_op(r, NULL, READ);
	int rc = read_rest(r, first);
	if (rc != NOT_THERE)
		return rc;
	if (flow_read_first(r, first, &r->op->absent))
		return -1;
	rc = r->op->absent ? 0 : read_rest(r, first);
	return rc == NOT_THERE ? run_fail(r) : rc;
}

int flow_read(struct aws_run *r)
{
	const struct aws_op *op = first_read(r);
	if (flow_read_fresh(r, op, &r->op->absent))
		return -1;
	if (r->op->absent)
		return 0;
	if (op->verbs == FIND) {
		op = run_find_op(r, NULL, READ);
		if (flow_read_fresh(r, op, &r->op->absent))
			return -1;
	}
	if (!r->op->absent && read_whole(r))
		return -1;
	flow_finish_read(r);
	return 0;
}

/* --- update and delete --- */

static bool row_applies(struct aws_run *r, const struct aws_op *op)
{
	unsigned changed = groups_in(r, r->changed), cleared = groups_in(r, r->cleared);
	if (!((changed | cleared) & op->groups) || (op->only && !op->only(r)))
		return false;
	bool left = (groups_in(r, r->op->wanted) & op->groups) != 0;
	if (op->when == WHEN_SET)
		return left;
	return op->when != WHEN_CLEARED || !left;
}

static int run_items(struct aws_run *r, const struct aws_op *op, unsigned verb)
{
	const struct value *want = value_get(r->op->wanted, op->each);
	const struct value *have = value_get(verb == CREATE ? NULL : r->op->live, op->each);
	const struct value *old = value_get(r->op->recorded, op->each);
	const struct value *gone = verb == UPDATE && have ? have : old;
	const struct value *from = op->when == WHEN_REMOVED || verb == REMOVE ? gone : want;
	const struct value *other = from == want ? have : verb == REMOVE ? NULL : want;
	value_each_item(from, item) {
		bool there = false;
		value_each_item(other, o)
			there = there || value_equal(o, item);
		r->item = item;
		if (!there && run_op(r, op, verb))
			return -1;
	}
	return 0;
}

/* One property a call, as AttributeName and AttributeValue. */
static int run_attributes(struct aws_run *r, const struct aws_op *op)
{
	const struct value *changed = r->changed, *cleared = r->cleared;
	for (const struct prop *p = r->type->props; p->name; p++) {
		const struct value *v = value_get(changed, p->name);
		const struct value *gone = value_get(cleared, p->name);
		if (!(group_of(p) & op->groups) || (!v && !gone))
			continue;
		const struct value *text = encode_value(r, p, v ? v : run_reset(r, p), true);
		struct value *input;
		struct aws_reply *reply;
		if (run_input(r, op, UPDATE, &input))
			return -1;
		value_set(r->a, input, "AttributeName", value_string(r->a, wire_name(r, p)));
		value_set(r->a, input, "AttributeValue", (struct value *)text);
		if (run_call(r, op, input, &reply, NULL) < 0)
			return run_fail(r);
	}
	return 0;
}

static bool tags_to_send(struct aws_run *r, const struct aws_op *op)
{
	if (!op->tags || op->each || (op->when != WHEN_ADDED && op->when != WHEN_REMOVED))
		return true;
	struct value *input;
	if (run_input(r, op, UPDATE, &input))
		return true; /* the call itself will say why */
	const char *member = op->when == WHEN_REMOVED ? op->keys_as ? op->keys_as : "TagKeys"
			     : op->tags_as	      ? op->tags_as
						      : "Tags";
	return value_len(value_get(input, member)) > 0;
}

static int update_row(struct aws_run *r, const struct aws_op *op)
{
	if (op->each)
		return run_items(r, op, UPDATE);
	if (op->each_attribute)
		return run_attributes(r, op);
	return tags_to_send(r, op) ? run_op(r, op, UPDATE) : 0;
}

/* What an update has to do: wanted against live, and what we set once and want no more. */
static void find_changes(struct aws_run *r)
{
	r->changed = value_map(r->a);
	r->cleared = value_map(r->a);
	for (const struct prop *p = r->type->props; p->name; p++) {
		const struct value *want = value_get(r->op->wanted, p->name);
		const struct value *old = value_get(r->op->recorded, p->name);
		const struct value *have =
			p->flags & P_WRITE_ONLY ? old : value_get(r->op->live, p->name);
		if (p->flags & P_COMPUTED)
			continue;
		/* Equal to what AWS has may still lack a member that we no longer want. */
		bool same = have && prop_equal(r->a, p, want, have) &&
			    (!old || prop_equal(r->a, p, old, want));
		if (want && !same)
			value_set(r->a, r->changed, p->name, (struct value *)want);
		else if (!want && old)
			value_set(r->a, r->cleared, p->name, (struct value *)old);
	}
	if (r->aws->marked_later && r->op->marker)
		value_set(r->a, r->changed, "Tags", value_map(r->a));
}

bool flow_is_stale(const struct aws_run *r, const struct prop *p)
{
	const char *with = p->flags & P_COMPUTED ? p->changes_with : NULL;
	return with && (value_get(r->changed, with) || value_get(r->cleared, with));
}

/* An update may make computed properties anew: they are read again. */
static int read_stale(struct aws_run *r)
{
	bool absent;
	for (const struct prop *p = r->type->props; p->name; p++)
		if (flow_is_stale(r, p) && !value_get(r->attributes, p->name))
			return flow_read_first(r, run_find_op(r, NULL, READ), &absent);
	return 0;
}

/* Once it is done a change is a change no more: what is as wanted and was not before, and what was
 * to go and is gone, or is as AWS makes it. */
static void drop_done(struct aws_run *r, const struct value *before)
{
	for (const struct prop *p = r->type->props; p->name; p++) {
		const struct value *have = value_get(r->live, p->name);
		const struct value *want = value_get(r->changed, p->name);
		const struct value *def = prop_default(r->a, p);
		bool moved = !value_equal(value_get(before, p->name), have);
		if (want && have && moved && prop_equal(r->a, p, want, have))
			value_remove(r->changed, p->name);
		if (!have || (def && prop_equal(r->a, p, def, have)))
			value_remove(r->cleared, p->name);
	}
}

/* The changes that are left, by a new look; `before` the update began. */
static int look_again(struct aws_run *r, const struct value *before)
{
	bool absent;
	const struct aws_op *first = run_find_op(r, NULL, READ);
	r->live = value_map(r->a);
	int rc = flow_read_first(r, first, &absent) || absent ? -1 : read_rest(r, first);
	if (rc)
		return rc == NOT_THERE ? run_fail(r) : -1;
	flow_finish_read(r);
	r->op->live = r->live;
	find_changes(r);
	drop_done(r, before);
	return 0;
}

/* Did a change fail of which AWS may have carried out an earlier attempt? */
static bool maybe_done(const struct aws_run *r)
{
	return r->error.maybe_done && !run_find_op(r, r->error.operation, READ);
}

/* AWS may refuse the repeat of what it has done: an index that is there, a setting that is on. As
 * long as every look shows something new, what is left is done. */
static int update_surely(struct aws_run *r, const struct aws_op *op, const struct value *before)
{
	struct diags *all = r->d;
	for (;;) {
		const struct value *last = r->op->live;
		r->d = diags_new(r->a);
		r->error = (struct aws_error){ 0 };
		int rc = update_row(r, op);
		bool looked = rc && maybe_done(r) && !look_again(r, before);
		bool done = looked && !row_applies(r, op);
		bool again = looked && !done && !value_equal(last, r->op->live);
		if (!done && !again)
			diags_merge(all, r->d);
		r->d = all;
		if (!again)
			return done ? 0 : rc;
	}
}

int flow_update(struct aws_run *r)
{
	const struct value *before = r->op->live;
	find_changes(r);
	struct value *changed = r->changed, *cleared = r->cleared;
	for (const struct aws_op *op = r->aws->ops; op->name; op++)
		if ((op->verbs & UPDATE) && row_applies(r, op) && update_surely(r, op, before))
			return -1;
	r->changed = changed;
	r->cleared = cleared;
	return read_stale(r);
}

static int remove_row(struct aws_run *r, const struct aws_op *op)
{
	if (op->only && !op->only(r))
		return 0;
	if (op->each)
		return run_items(r, op, REMOVE);
	return run_op(r, op, REMOVE);
}

/* Another object may bear the name by now: it is not ours to delete. */
static int still_ours(struct aws_run *r, bool *ret)
{
	*ret = true;
	if (!r->op->incarnation || !r->aws->incarnation)
		return 0;
	bool absent = false;
	if (flow_read_first(r, run_find_op(r, NULL, READ), &absent))
		return -1;
	if (r->aws->normalize && !absent)
		r->aws->normalize(r, r->live, r->attributes);
	const struct value *seen = value_get(r->attributes, r->aws->incarnation);
	const char *text = seen ? value_scalar_text(r->a, seen) : NULL;
	*ret = !absent && (!text || str_eq(text, r->op->incarnation));
	return 0;
}

/* More may be there than is on record, and in the way of the delete. */
static int record_all(struct aws_run *r, bool *ret_there)
{
	struct value *all = value_map(r->a);
	if (flow_read(r))
		return -1;
	*ret_there = !r->op->absent;
	value_merge(r->a, all, r->op->recorded, false);
	value_merge(r->a, all, r->live, false);
	r->op->recorded = all;
	return 0;
}

int flow_delete(struct aws_run *r)
{
	bool ours;
	if (still_ours(r, &ours) || (ours && r->op->all && record_all(r, &ours)))
		return -1;
	for (const struct aws_op *op = r->aws->ops; ours && op->name; op++)
		if ((op->verbs & REMOVE) && remove_row(r, op))
			return -1;
	r->op->absent = true;
	return 0;
}

/* --- create's later rows --- */

int flow_create_rest(struct aws_run *r, const struct aws_op *first)
{
	unsigned wanted = groups_in(r, r->op->wanted) | (r->op->marker ? G_TAGS : 0);
	for (const struct aws_op *op = first + 1; op->name; op++) {
		if (!(op->verbs & CREATE) || !(op->groups & wanted) || (op->only && !op->only(r)))
			continue;
		int rc = op->each ? run_items(r, op, CREATE) : run_op(r, op, CREATE);
		if (rc)
			return -1;
	}
	return 0;
}
