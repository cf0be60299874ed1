#include "plan/planner.h"

#include "base/banned.h"

void planner_note(struct planner *p, const char *fmt, ...)
{
	va_list ap;
	char *note;

	va_start(ap, fmt);
	note = arena_vprintf(p->a, fmt, ap);
	va_end(ap);
	vec_push(p->a, &p->plan->notes, note);
}

static void count(struct plan *p)
{
	for (size_t i = 0; i < p->changes.len; i++) {
		enum action action = p->changes.items[i]->action;

		p->to_add += action == ACTION_CREATE || action == ACTION_REPLACE;
		p->to_change += action == ACTION_UPDATE;
		p->to_destroy += action == ACTION_DELETE || action == ACTION_REPLACE;
	}
}

/* The operation that left something to do; NULL: none. */
static const char *unfinished_by(const struct change *c)
{
	for (size_t i = 0; i < c->reasons.len; i++)
		if (c->reasons.items[i].kind == REASON_UNFINISHED)
			return c->reasons.items[i].subject;
	return NULL;
}

static enum verdict verdict_of(const struct planner *p)
{
	bool changes = p->outputs_by_stack, drift = p->plan->outputs.len > 0, unfinished = false;
	const char *operation;

	for (size_t i = 0; i < p->nodes.len; i++) {
		const struct change *c = p->nodes.items[i];

		if (c->action == ACTION_NOOP)
			continue;
		drift = true;
		operation = unfinished_by(c);
		if (operation && !p->plan->operation)
			p->plan->operation = operation;
		unfinished |= operation != NULL;
	}
	for (size_t i = 0; i < p->nodes.len; i++)
		changes |= p->by_stack[i];
	if (p->in->in_progress)
		return VERDICT_IN_PROGRESS;
	if (p->in->unfinished || unfinished)
		return VERDICT_UNFINISHED;
	if (changes)
		return VERDICT_CHANGES;
	return drift ? VERDICT_DRIFT : VERDICT_EMPTY;
}

static struct plan *plan_new(struct arena *a, const struct plan_input *in)
{
	struct plan *p = arena_new_of(a, struct plan);

	p->stack = in->stack ? in->stack->name : NULL;
	p->stage = in->stack ? in->stack->stage : NULL;
	p->source = in->stack;
	p->provider = in->provider;
	p->account = in->account;
	p->recorded_outputs = in->recorded_outputs;
	p->destroy = in->destroy;
	p->operation = in->operation;
	p->by_address = map_new(a);
	return p;
}

int plan_make(struct arena *a, const struct plan_input *in, struct plan **ret, struct diags *d)
{
	struct planner p = { .a = a, .in = in, .plan = plan_new(a, in), .d = d };
	size_t errors = diags_errors(d);

	*ret = p.plan;
	if (planner_nodes(&p) < 0 || planner_select(&p) < 0)
		return -1;
	p.by_stack = arena_array(a, p.nodes.len, sizeof(*p.by_stack));
	for (size_t i = 0; i < p.nodes.len; i++)
		planner_decide(&p, p.nodes.items[p.order[i]]);
	planner_sequence(&p);
	planner_outputs(&p);
	count(p.plan);
	p.plan->verdict = verdict_of(&p);
	return diags_errors(d) > errors ? -1 : 0;
}

int plan_exit_code(const struct plan *p)
{
	static const int codes[] = {
		[VERDICT_EMPTY] = 0,	   [VERDICT_CHANGES] = 2,    [VERDICT_DRIFT] = 3,
		[VERDICT_IN_PROGRESS] = 4, [VERDICT_UNFINISHED] = 4,
	};

	return codes[p->verdict];
}
