/* create.c - making a resource without losing one: look first where AWS would overwrite, mark what
 * is made, look again when a reply is lost. */
#include <string.h>

#include "base/clock.h"
#include "providers/aws/flows.h"

void flow_derive(struct aws_run *r)
{
	struct value *known = value_map(r->a);
	value_merge(r->a, known, r->op->recorded, false);
	value_merge(r->a, known, r->op->wanted, false);
	value_merge(r->a, known, r->op->attributes, false);
	value_merge(r->a, known, r->attributes, false);
	for (const struct prop *p = r->type->props; p->name; p++) {
		if (!p->derive || value_get(r->attributes, p->name))
			continue;
		struct value *v = derive_text(r->a, p->derive, known, r->account);
		if (value_text(v)) {
			value_set(r->a, r->attributes, p->name, v);
			value_set(r->a, known, p->name, v);
		}
	}
}

void flow_identify(struct aws_run *r)
{
	_cleanup_str_ struct str id = STR_INIT;
	const char *names = r->type->id;
	while (names && *names) {
		size_t n = strcspn(names, "|");
		const struct value *v = run_identity(r, arena_strndup(r->a, names, n));
		const char *text = v ? value_scalar_text(r->a, v) : NULL;
		if (!text)
			return;
		str_add(&id, id.len ? "|" : "");
		str_add(&id, text);
		names += n + (names[n] == '|');
	}
	r->op->ret_id = str_dup(&id, r->a);
	const char *inc = r->aws->incarnation;
	const struct value *v = inc ? value_get(r->attributes, inc) : NULL;
	if (v)
		r->op->ret_incarnation = value_scalar_text(r->a, v);
}

static void announce(struct aws_run *r)
{
	flow_derive(r);
	flow_identify(r);
	if (r->op->created && r->op->ret_id)
		r->op->created(r->op->ctx, r->op);
}

static int foreign(struct aws_run *r)
{
	const char *name = r->type->name_prop ? run_text(r, r->type->name_prop) : NULL;
	r->op->foreign = true;
	diag_error(r->d, D_CONFLICT, NO_SPAN,
		   "%s `%s` exists already and is not part of this stack", r->type->name,
		   name ? name : r->op->address);
	diag_hint(r->d, "give the entry another `name:`, or delete the existing one first");
	return -1;
}

/* Whether the object of our name is the one this run (or a killed one) made. */
static int adopt(struct aws_run *r, bool *ret_ours)
{
	struct operation *op = r->op;
	r->with_tags = true;
	int rc = flow_read(r);
	bool marked = r->marker_seen && str_eq(r->marker_seen, op->marker);
	bool ours = r->aws->ours ? r->aws->ours(r) : r->aws->untagged; /* inside what is ours */
	*ret_ours = !rc && !op->absent && (marked || ours);
	return rc;
}

/* It exists and is ours: bring it to what is wanted. */
static int complete(struct aws_run *r)
{
	announce(r);
	r->op->live = r->live;
	return flow_update(r);
}

static int settle_existing(struct aws_run *r)
{
	bool ours;
	if (adopt(r, &ours))
		return -1;
	if (r->op->absent)
		return 1;
	return ours ? complete(r) : foreign(r);
}

static int created_by_row(struct aws_run *r, const struct aws_op *op)
{
	announce(r);
	if (op->wait && run_wait(r, op->wait))
		return -1;
	return flow_create_rest(r, op);
}

/* Is all known that the first READ row asks with? */
static bool can_read(struct aws_run *r)
{
	struct diags *d = r->d;
	struct value *input;
	r->d = diags_new(r->a);
	bool able = !run_input(r, run_find_op(r, NULL, READ), READ, &input);
	r->d = d;
	return able;
}

static bool lost(struct aws_run *r)
{
	return r->error.maybe_done && (run_find_op(r, NULL, FIND) || can_read(r));
}

/* May a create be repeated at once, because AWS makes no second object of this kind? */
static bool repeatable(const struct aws_run *r)
{
	return r->type->name_prop || r->aws->exists || r->aws->untagged;
}

static bool taken(const struct aws_run *r)
{
	return code_in(r->error.code, r->aws->exists) ||
	       code_in(r->error.legacy_code, r->aws->exists);
}

enum { LOOKS = 3, SETTLE_MS = 20000 };

/* What has no name is found by its mark, and lists lag: look for a while. */
static int look(struct aws_run *r)
{
	int64_t since = clock_monotonic_ms();
	for (int attempt = 0;;) {
		int rc = settle_existing(r);
		bool again = rc == 1 && !repeatable(r) && clock_monotonic_ms() - since < SETTLE_MS;
		if (!again || run_pause(r, &attempt, "AWS to show what a lost reply may have made"))
			return rc;
	}
}

/* A create whose reply was lost is looked for before it is repeated; what could be made twice is
 * not repeated. */
static int create_call(struct aws_run *r, const struct aws_op *op)
{
	for (int looks = 0;; looks++) {
		struct value *input;
		struct aws_reply *reply;
		if (run_input(r, op, CREATE, &input))
			return -1;
		if (run_call(r, op, input, &reply, NULL) == 0)
			return flow_take_reply(r, op, reply) ? -1 : created_by_row(r, op);
		if (!taken(r) && !lost(r))
			return run_fail(r);
		struct aws_error first = r->error;
		int rc = look(r);
		if (rc != 1)
			return rc;
		r->error = first;
		if (looks == LOOKS || !repeatable(r))
			return run_fail(r);
	}
}

/* Computed properties that no reply has said yet: read the rows that carry them. */
static int complete_attributes(struct aws_run *r)
{
	flow_derive(r);
	for (const struct prop *p = r->type->props; p->name; p++) {
		if (!(p->flags & P_COMPUTED) || (p->flags & P_CREATE_DEFAULT) ||
		    value_get(r->attributes, p->name))
			continue;
		bool absent = false;
		r->op->created_now = true;
		if (flow_read_fresh(r, run_find_op(r, NULL, READ), &absent))
			return -1;
		if (!absent)
			flow_finish_read(r);
		return 0;
	}
	return 0;
}

int flow_create(struct aws_run *r)
{
	const struct aws_op *op = run_find_op(r, NULL, CREATE);
	int rc = 1;
	if (r->aws->upsert)
		rc = settle_existing(r);
	if (rc == 1) {
		r->live = value_map(r->a);
		r->attributes = value_map(r->a);
		r->op->absent = false; /* it was when looked for */
		rc = op->step ? op->step(r, op) : create_call(r, op);
		if (!rc && op->step)
			rc = created_by_row(r, op);
	}
	if (rc)
		return -1;
	if (complete_attributes(r))
		return -1;
	flow_identify(r);
	return 0;
}
