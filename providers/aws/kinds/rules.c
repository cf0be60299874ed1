/* rules: EventBridge rules, by pattern or by schedule. */
#include <string.h>

#include "base/str.h"
#include "providers/aws/events.h"
#include "providers/aws/expand.h"
#include "providers/aws/names.h"
#include "providers/aws/schedule.h"

enum { MAX_TARGETS = 5 };

/* clang-format off */
static const struct prop words[] = {
	PROP("event_bus", ANY, 0, .to = "EventBusName", .def = "\"default\"", .doc = "Bus: `default`, or an ARN."),
	PROP("pattern", JSON, 0, .to = "EventPattern", .doc = "Which events."),
	PROP("schedule", STRING, 0, .to = "ScheduleExpression", .doc = "rate(5 minutes) or cron(0 3 * * ? *)."),
	PROP("enabled", BOOL, 0, .to = "State", .def = "true", .doc = "Whether it runs."),
	PROP("targets", LIST, P_REQUIRED, OF(ANY), .to = "Targets",
	     .doc = "Who is told: addresses, ARNs, or {function, queue, topic, ..., input, retry, dead_letter}."),
	PROP_END
};
/* clang-format on */

/* Word of a target, its section, and the service in its ARNs. */
static const struct {
	const char *word, *section, *service;
} kinds[] = {
	{ "function", "functions", "lambda" },
	{ "queue", "queues", "sqs" },
	{ "topic", "topics", "sns" },
	{ "state_machine", "state_machines", "states" },
	{ "event_bus", "event_buses", "events" },
	{ "stream", "streams", "kinesis" },
};
enum { KINDS = sizeof(kinds) / sizeof(*kinds) };
static const char *const known[] = { "functions", "queues", "topics", NULL };

/* --- targets --- */

static const char *section_of(struct expansion *x, const struct target *t)
{
	const char *section = x_section(x, t), *text = value_text(t->given);
	if (section || !str_starts(text, "arn:"))
		return section;
	for (size_t n = 0; n < KINDS; n++)
		if (strstr(text, arena_printf(x->arena, ":%s:", kinds[n].service)))
			return kinds[n].section;
	return NULL;
}

static const struct value *who(struct expansion *x, const struct value *v, const char **ret_section)
{
	const struct value *found = NULL;
	for (size_t n = 0; n < KINDS; n++) {
		const struct value *one = value_get(v, kinds[n].word);
		if (!one)
			continue;
		if (found) {
			x_error(x, one->span, "a target is one thing");
			return NULL;
		}
		found = one;
		*ret_section = kinds[n].section;
	}
	if (!found)
		x_error(x, v->span,
			"a target needs one of function, queue, topic, state_machine, "
			"event_bus and stream");
	return found;
}

static const struct value *target_check(struct expansion *x, const struct value *v,
					const struct type *type)
{
	VEC(struct prop) rows = { 0 };
	for (size_t n = 0; n < KINDS; n++)
		vec_push(x->arena, &rows, ((struct prop)PROP(kinds[n].word, ANY, 0)));
	for (const struct prop *p = target_words; p->name; p++)
		vec_push(x->arena, &rows, *p);
	vec_push(x->arena, &rows, ((struct prop)PROP_END));
	const struct prop *targets = prop_find(type->props, "Targets");
	const struct type item = { .name = "", .props = targets ? targets->sub : NULL };
	return x_check_with(x, rows.items, item.props ? &item : NULL, v, "a target");
}

/* What is not in this stack's sections yet is given by ARN. */
static int find(struct expansion *x, const struct value *v, const char *section, struct target *t)
{
	if (!section)
		return x_ref(x, v, known, t);
	const char *const one[] = { section, NULL };
	if (str_in(section, known))
		return x_ref(x, v, one, t);
	*t = (struct target){ .given = v, .arn = (struct value *)v };
	if (!value_text(v) || str_starts(value_text(v), "arn:"))
		return 0;
	x_error(x, v->span,
		"an ARN is wanted here: %s of a stack come with a later version of cinfra",
		section);
	return -1;
}

static int read_target(struct expansion *x, const struct type *type, const struct value *v,
		       struct rule_target *t)
{
	const char *section = NULL;
	const struct value *ref = v;
	t->words = value_map(x->arena);
	if (value_is(v, VALUE_MAP)) {
		t->words = target_check(x, v, type);
		ref = t->words ? who(x, t->words, &section) : NULL;
	}
	if (!ref || find(x, ref, section, &t->to))
		return -1;
	t->section = section ? section : section_of(x, &t->to);
	return 0;
}

static const char *target_id(struct expansion *x, const struct target *t, const struct map *used)
{
	const char *name = x_target_name(x, t);
	const char *base = name_fit(x->arena, name ? name : "target", "", 60), *id = base;
	for (int n = 2; map_has(used, id); n++)
		id = arena_printf(x->arena, "%s-%d", base, n);
	return id;
}

struct rule {
	struct rule_target items[MAX_TARGETS];
	size_t len;
};

static void read_targets(struct expansion *x, struct item *i, struct rule *r)
{
	const struct type *type = x_type(x, "AWS::Events::Rule", i->entry->span);
	const struct value *all = x_list(x, x_word(i, "targets"));
	struct map *used = map_new(x->arena);
	if (value_len(all) > MAX_TARGETS)
		x_error(x, x_at(i, "targets"), "a rule has at most %d targets", MAX_TARGETS);
	value_each_item(all, v) {
		struct rule_target t = { .owner = i, .rule = i->entry->address };
		if (!type || r->len == MAX_TARGETS || read_target(x, type, v, &t))
			continue;
		t.id = target_id(x, &t.to, used);
		map_set(used, t.id, i);
		if (t.to.item && str_eq(t.section, "queues") && x_flag(t.to.item, "fifo", false) &&
		    !value_get(t.words, "SqsParameters"))
			x_error(x, t.to.given->span,
				"a FIFO queue needs `sqs_parameters: "
				"{ message_group_id: ... }`");
		r->items[r->len++] = t;
	}
}

static bool needs_role(const struct rule *r)
{
	for (size_t n = 0; n < r->len; n++)
		if (r->items[n].section && !str_in(r->items[n].section, known))
			return true;
	return false;
}

/* --- the rule --- */

static void check_when(struct expansion *x, const struct item *i)
{
	const struct value *schedule = x_word(i, "schedule"), *bus = x_word(i, "event_bus");
	if (!schedule && !x_word(i, "pattern")) {
		x_lacks(x, i, "pattern");
		diag_hint(x->diags, "or `schedule`");
		return;
	}
	if (!schedule)
		return;
	x_check_schedule(x, schedule);
	if (bus && !str_eq(value_text(bus), "default"))
		x_error(x, schedule->span, "only rules on the default bus run by schedule");
}

static void declare(struct expansion *x, struct item *i)
{
	struct rule *r = arena_new_of(x->arena, struct rule);
	struct value *targets = value_list(x->arena), *bus;
	check_when(x, i);
	if (x_event_bus(x, x_word(i, "event_bus"), &bus))
		return;
	read_targets(x, i, r);
	if (needs_role(r))
		i->role = x_role(x, i, "events", NULL);
	for (size_t n = 0; n < r->len; n++)
		value_append(x->arena, targets, x_rule_target(x, &r->items[n], i->role));
	x_main(x, i, "AWS::Events::Rule",
	       x_map(x, "EventBusName", bus, "State",
		     x_string(x, x_flag(i, "enabled", true) ? "ENABLED" : "DISABLED"), "Targets",
		     targets, NULL));
	i->data = r;
}

static void wire(struct expansion *x, struct item *i)
{
	struct rule *r = i->data;
	for (size_t n = 0; n < r->len; n++)
		x_admit_rule(x, &r->items[n], i->entry->address);
}

static void finish(struct expansion *x, struct item *i)
{
	x_role_finish(x, i->role);
}

static const struct aws_kind impl = {
	.arn = "Arn",
	.service = "events",
	.prefix = "rule/",
	.declare = declare,
	.wire = wire,
	.finish = finish,
	.metrics = "AWS/Events",
	.dimension = "RuleName",
	.dimension_of = "Name",
};

const struct kind aws_kind_rules = {
	.section = "rules",
	.word = "rule",
	.type = "AWS::Events::Rule",
	.words = words,
	.doc = "EventBridge rules. What a rule may reach is derived: a permission at a function, a "
	       "statement in a queue's or topic's policy, a role for what has no policy. A "
	       "function that "
	       "only runs by schedule needs no rule: `events: [{ schedule: ... }]`.",
	.example = "rules:\n"
		   "  paid:\n"
		   "    pattern: { source: [shop], detail-type: [order paid] }\n"
		   "    targets: [functions.invoice, { queue: shipping, input_path: $.detail }]\n",
	.impl = &impl,
};
