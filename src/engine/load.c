#include "engine/engine.h"

#include "base/clock.h"
#include "engine/lease.h"
#include "engine/settle.h"
#include "state/owner.h"
#include "base/banned.h"

/* An operation that is not renewed for its life and half of it again has lost its owner, also when
 * that one still runs: it knows, and sends nothing more. */
static int64_t expired_ms(const struct operation_doc *op)
{
	int64_t life = op->life > 0 && op->life <= LEASE_LIFE_MAX_S ? op->life : LEASE_LIFE_S;

	return life * 1000 + life * 500;
}

enum lease engine_lease(struct engine *e, const struct operation_doc *op, struct diags *d)
{
	int64_t age;

	if (!op || op->free)
		return LEASE_FREE;
	if (op->unlocked)
		return LEASE_DEAD;
	if (owner_status(op->owner) == OWNER_GONE)
		return LEASE_DEAD;
	age = e->backend->age_ms(e->backend, OBJECT_OPERATION, d);
	return age > expired_ms(op) ? LEASE_DEAD : LEASE_HELD;
}

static int load_state(struct engine *e, struct arena *a, const char *stack, const char *stage,
		      struct state **ret, struct diags *d)
{
	const char *version, *where = e->backend->describe(e->backend);
	char *text;
	size_t len;
	int r = e->backend->read(e->backend, OBJECT_STATE, a, &text, &len, &version, d);

	if (r < 0)
		return -1;
	if (r) {
		*ret = state_new(a, stack, stage);
		return 0;
	}
	if (state_parse(a, text, len, where, ret, d))
		return -1;
	(*ret)->version = version;
	if (str_eq((*ret)->stack, stack) && str_eq((*ret)->stage, stage))
		return 0;
	diag_error(d, D_CONFIG, NO_SPAN, "%s: this is the state of stack \"%s\"%s%s", where,
		   (*ret)->stack, (*ret)->stage ? ", stage " : "",
		   (*ret)->stage ? (*ret)->stage : "");
	diag_hint(d, "the stack here is \"%s\"%s%s", stack, stage ? ", stage " : "",
		  stage ? stage : "");
	return -1;
}

static int load_operation(struct engine *e, struct arena *a, struct operation_doc **ret,
			  struct diags *d)
{
	const char *version;
	char *text;
	size_t len;
	int r = e->backend->read(e->backend, OBJECT_OPERATION, a, &text, &len, &version, d);

	*ret = NULL;
	if (r)
		return r < 0 ? -1 : 0;
	if (operation_parse(a, text, len, e->backend->describe(e->backend), ret, d))
		return -1;
	(*ret)->version = version;
	return 0;
}

static int check_one(const char *what, const char *recorded, const char *ours, struct diags *d)
{
	if (!recorded || str_eq(recorded, ours))
		return 0;
	diag_error(d, D_AUTH, NO_SPAN,
		   "the state belongs to %s %s, but the credentials in use are for %s", what,
		   recorded, ours);
	diag_hint(d, "nothing was read or changed; choose others with --profile or --region, or "
		     "another --stage");
	return -1;
}

/* Other credentials would find nothing of what the state records, and take it for deleted. */
int engine_check_account(const struct engine *e, const struct state *s, struct diags *d)
{
	if (!e->account.id)
		return 0;
	if (check_one("account", s->account, e->account.id, d) ||
	    check_one("partition", s->partition, e->account.partition, d))
		return -1;
	return check_one("region", s->region, e->account.region, d);
}

static int refuse_lost(const struct engine *e, const struct operation_doc *op, struct diags *d)
{
	const char *where = e->backend->describe(e->backend);

	diag_error(d, D_CONFLICT, NO_SPAN,
		   "%s: there is no state, but the operation object beside it says that there was "
		   "one "
		   "(lineage %s, last written by %s of %s on %s)",
		   where, op->lineage, op->command ? op->command : "a run",
		   op->user ? op->user : "somebody", op->started ? op->started : "an unknown day");
	diag_hint(d, "`cinfra state push FILE` brings it back from a copy; `cinfra state history` "
		     "and "
		     "`cinfra state pull VERSION` find one where versions are kept");
	diag_hint(d, "to begin anew, delete that object too (.op.json, in S3 .op); what the lost "
		     "state knew "
		     "then "
		     "stays in AWS, and is in the way of what has the same names");
	return -1;
}

/* A run that ended before it wrote a state may have made something: there, and under this lineage. */
static void take_origin(struct state *s, const struct operation_doc *op)
{
	s->lineage = op->lineage;
	s->account = op->account;
	s->partition = op->partition;
	s->region = op->region;
}

/* What an unreleased operation says is newer than the state. */
static int settle_unreleased(struct engine *e, struct state *s, const struct operation_doc *op,
			     struct diags *d)
{
	if (op && op->has_state && !s->version)
		return refuse_lost(e, op, d);
	if (!op || op->free)
		return 0;
	if (!str_eq(s->lineage, op->lineage))
		return diag_error(d, D_CONFLICT, NO_SPAN,
				  "%s: the operation beside it is of another state (lineage %s)",
				  e->backend->describe(e->backend), op->lineage);
	value_merge(s->arena, s->random, op->random, false);
	settle_operation(s, op);
	s->dirty = true;
	return 0;
}

int engine_load(struct engine *e, struct arena *a, const char *stack, const char *stage,
		struct state **ret_state, struct operation_doc **ret_op, struct diags *d)
{
	struct state *s;

	if (load_state(e, a, stack, stage, &s, d) || load_operation(e, a, ret_op, d))
		return -1;
	/* Another run may have written its first state between the two reads. */
	if (*ret_op && (*ret_op)->has_state && !s->version && load_state(e, a, stack, stage, &s, d))
		return -1;
	if (*ret_op && !s->version && (!(*ret_op)->free || (*ret_op)->suspects.len))
		take_origin(s, *ret_op);
	if (engine_check_account(e, s, d) || settle_unreleased(e, s, *ret_op, d))
		return -1;
	*ret_state = s;
	return 0;
}

static int version_now(struct engine *e, enum backend_object o, struct arena *a, const char **ret,
		       struct diags *d)
{
	char *text;
	size_t len;

	*ret = NULL;
	return e->backend->read(e->backend, o, a, &text, &len, ret, d) < 0 ? -1 : 0;
}

int engine_changed(struct engine *e, const struct state *s, const struct operation_doc *op,
		   bool *ret, struct diags *d)
{
	_cleanup_arena_ struct arena *scratch = arena_new();
	const char *state, *operation;

	if (version_now(e, OBJECT_STATE, scratch, &state, d) ||
	    version_now(e, OBJECT_OPERATION, scratch, &operation, d))
		return -1;
	*ret = !str_eq(state, s->version) || !str_eq(operation, op ? op->version : NULL);
	return 0;
}

/* --- the state as plan wants it --- */

static struct recorded *record(struct arena *a, const struct state_resource *r,
			       const struct state_object *o, const struct provider *p)
{
	struct recorded *c = arena_new_of(a, struct recorded);
	const char **depends = arena_array(a, r->depends.len + 1, sizeof(*depends));

	for (size_t i = 0; i < r->depends.len; i++)
		depends[i] = r->depends.items[i];
	c->address = r->address;
	c->type_name = r->type;
	c->type = p->type(r->type);
	c->depends = depends;
	c->protect = r->protect;
	c->retain = r->retain;
	c->empty_on_destroy = r->empty_on_destroy;
	if (!o) {
		c->pending_operation = r->deleted_by;
		return c;
	}
	c->id = o->id;
	c->incarnation = o->incarnation;
	c->props = o->props;
	c->attributes = o->attributes;
	c->deposed = o->deposed;
	if (o->deposed)
		return c;
	c->pending_operation = value_text_at(r->pending, "operation");
	c->unmarked = value_bool_or(value_get(r->pending, "unmarked"), false);
	return c;
}

const struct recorded **engine_recorded(struct arena *a, const struct state *s,
					const struct provider *p, size_t *ret_len)
{
	VEC(const struct recorded *) all = { 0 };

	state_each(s, r)
	{
		if (r->current || r->deleted_by)
			vec_push(a, &all, record(a, r, r->current, p));
		for (size_t i = 0; i < r->deposed.len; i++)
			vec_push(a, &all, record(a, r, r->deposed.items[i], p));
	}
	*ret_len = all.len;
	return all.items;
}
