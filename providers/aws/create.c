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

static int foreign(struct aws_run *r, enum aws_found found)
{
	const char *name = r->type->name_prop ? run_text(r, r->type->name_prop) : NULL;
	if (!name)
		name = r->op->address;
	r->op->foreign = true;
	r->op->uncertain = false; /* there is but one of the name, and this is not ours */
	if (found == FOUND_OTHER) {
		diag_error(r->d, D_CONFLICT, NO_SPAN,
			   "%s `%s` exists already: another entry of this stack has it, or had it",
			   r->type->name, name);
		diag_hint(r->d, "two entries cannot share a name; if the other one is gone from "
				"the stack, apply again");
		return -1;
	}
	diag_error(r->d, D_CONFLICT, NO_SPAN,
		   "%s `%s` exists already and is not part of this stack", r->type->name, name);
	diag_hint(r->d, "give the entry another `name:`, or delete the existing one first");
	return -1;
}

/* It exists and is ours: bring it to what is wanted. */
static int complete(struct aws_run *r)
{
	const struct aws_op *op = run_find_op(r, NULL, CREATE);
	announce(r);
	r->op->uncertain = false;
	r->op->live = r->live;
	if (op->wait && run_wait(r, op->wait))
		return -1;
	return flow_update(r);
}

static bool until(struct aws_run *r, int64_t since, int64_t ms, int *attempt, const char *what)
{
	return clock_monotonic_ms() - since < ms && !run_pause(r, attempt, what);
}

enum { LINGER = 4 }; /* times as long as lists lag */

/* 0: it was there, ours, and is now complete; 1: nothing is there; -1. What is being deleted may
 * still be seen: SQS shows a queue for a minute. */
static int settle_existing(struct aws_run *r)
{
	int64_t since = clock_monotonic_ms();
	int attempt = 0, found;
	do {
		found = flow_find(r);
	} while (found == FOUND_OTHER && until(r, since, LINGER * flow_settle_ms(), &attempt,
					       "another one of the same name to be gone"));
	if (found == FOUND_OURS)
		return complete(r);
	if (found != FOUND_NONE)
		return found < 0 ? -1 : foreign(r, found);
	r->live = value_map(r->a);
	r->attributes = value_map(r->a);
	r->op->absent = false; /* it was; what comes is not */
	return 1;
}

static int created_by_row(struct aws_run *r, const struct aws_op *op)
{
	if (op->wait && run_wait(r, op->wait))
		return -1;
	return flow_create_rest(r, op);
}

/* It is made, whatever is wrong with the reply. */
static int take_created(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply)
{
	int rc = flow_take_reply(r, op, reply);
	announce(r);
	r->op->uncertain = !r->op->ret_id;
	if (!rc && !r->op->ret_id)
		return diag_error(r->d, D_REMOTE, NO_SPAN, "%s: the reply names no %s", op->name,
				  r->type->id);
	return rc ? -1 : created_by_row(r, op);
}

/* Is all known that it can be looked for with? */
static bool can_look(struct aws_run *r)
{
	if (run_find_op(r, NULL, FIND))
		return true;
	struct diags *d = r->d;
	struct value *input;
	r->d = diags_new(r->a);
	bool able = !run_input(r, run_find_op(r, NULL, READ), READ, &input);
	r->d = d;
	return able;
}

static bool taken(const struct aws_run *r)
{
	return code_in(r->error.code, r->aws->exists) ||
	       code_in(r->error.legacy_code, r->aws->exists);
}

enum { LOOKS = 3 };

/* Lists lag, and what AWS calls taken may not be seen at once: look for a while. */
static int look(struct aws_run *r, bool is_taken)
{
	int64_t since = clock_monotonic_ms();
	int64_t most = is_taken || r->aws->duplicates ? flow_settle_ms() : 0;
	int attempt = 0, rc;
	do {
		rc = settle_existing(r);
	} while (rc == 1 &&
		 until(r, since, most, &attempt, "AWS to show what a lost reply may have made"));
	return rc;
}

/* A create whose reply was lost is looked for before it is repeated; what could be made twice is
 * repeated but once, and the engine goes on looking for the other one. */
static int create_call(struct aws_run *r, const struct aws_op *op)
{
	if (!r->since_ms)
		r->since_ms = clock_unix_ms();
	for (int looks = 0;; looks++) {
		struct value *input;
		struct aws_reply *reply;
		if (run_input(r, op, CREATE, &input))
			return -1;
		if (run_call(r, op, input, &reply, NULL) == 0)
			return take_created(r, op, reply);
		struct aws_error first = r->error;
		r->op->uncertain |= first.maybe_done;
		if (!taken(r) && !(first.maybe_done && can_look(r)))
			return run_fail(r);
		int rc = look(r, taken(r));
		if (rc != 1)
			return rc;
		r->error = first;
		if (looks == LOOKS || r->op->surplus)
			return run_fail(r);
		r->op->surplus = r->aws->duplicates;
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
	if (rc == 1)
		rc = create_call(r, op);
	if (rc || complete_attributes(r))
		return -1;
	flow_identify(r);
	return 0;
}
