/* rule_target.c - what a rule of EventBridge sends to whom. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "providers/aws/events.h"
#include "providers/aws/names.h"

/* clang-format off */
static const struct prop retry_words[] = {
	PROP("maximum_retry_attempts", INT, 0, .to = "MaximumRetryAttempts", .def = "185", RANGE(0, 185), .doc = "How often."),
	PROP("maximum_event_age", INT, 0, .to = "MaximumEventAgeInSeconds", .unit = "s", .def = "86400", RANGE(60, 86400),
	     .doc = "For how long."),
	PROP_END
};
static const struct prop transformer_words[] = {
	PROP("paths", MAP, 0, .to = "InputPathsMap", .doc = "Names for parts of the event."),
	PROP("template", ANY, P_REQUIRED, .doc = "Text or document with <name> in it."),
	PROP_END
};
const struct prop target_words[] = {
	PROP("input", ANY, 0, .to = "Input", .doc = "Document sent instead of the event."),
	PROP("input_path", STRING, 0, .to = "InputPath", .doc = "Part of the event that is sent."),
	PROP("input_transformer", OBJECT, 0, .sub = transformer_words, .doc = "Input made of parts of the event."),
	PROP("retry", OBJECT, 0, .sub = retry_words, .to = "RetryPolicy", .doc = "How failed deliveries are repeated."),
	PROP("dead_letter", ANY, 0, .to = "DeadLetterConfig", .doc = "Queue for events that could not be delivered."),
	PROP_END
};
/* clang-format on */

/* Plain words in a document are numbers and booleans. */
static struct value *as_document(struct expansion *x, const struct value *v)
{
	struct value *out = NULL;
	if (!value_is(v, VALUE_MAP) && !value_is(v, VALUE_LIST))
		return (struct value *)v;
	return schema_plain_document(x->arena, v, &out, x->diags) ? NULL : out;
}

/* Input is JSON: a document, or text that is JSON already. */
static struct value *input(struct expansion *x, const struct value *v)
{
	return v ? x_json(x, as_document(x, v)) : NULL;
}

static struct value *transformer(struct expansion *x, const struct value *v)
{
	if (!v)
		return NULL;
	return x_map(x, "InputPathsMap", value_get(v, "paths"), "InputTemplate",
		     input(x, value_get(v, "template")), NULL);
}

static struct value *dead_letter(struct expansion *x, const struct rule_target *t)
{
	static const char *const queues[] = { "queues", NULL };
	const struct value *v = value_get(t->words, "dead_letter");
	struct target queue;
	if (!v || x_ref(x, v, queues, &queue))
		return NULL;
	if (queue.item && x_flag(queue.item, "fifo", false))
		x_error(x, v->span, "EventBridge takes no FIFO queue for dead letters");
	return x_map(x, "Arn", queue.arn, NULL);
}

static void check_inputs(struct expansion *x, const struct value *words)
{
	static const char *const names[] = { "input", "input_path", "input_transformer" };
	const char *first = NULL;
	for (size_t n = 0; n < 3; n++) {
		const struct value *v = value_get(words, names[n]);
		if (!v)
			continue;
		if (first)
			x_error(x, v->span, "`%s` and `%s` exclude each other", first, names[n]);
		first = names[n];
	}
}

/* What has no policy of its own is reached with a role of the rule. */
static const char *action_for(const char *section)
{
	static const char *const rows[][2] = {
		{ "state_machines", "states:StartExecution" },
		{ "event_buses", "events:PutEvents" },
		{ "streams", "kinesis:PutRecord" },
	};
	for (size_t n = 0; n < 3; n++)
		if (str_eq(rows[n][0], section))
			return rows[n][1];
	return NULL;
}

static struct value *role_arn(struct expansion *x, struct rule_target *t, struct role *role)
{
	const char *action = action_for(t->section);
	if (!action || !role)
		return NULL;
	GRANT(x, role, x_target_arn(x, &t->to), action);
	return x_attribute(x, role->address, "Arn");
}

/* Of an event, whose words say more than the target's. */
static struct value *own_words(struct expansion *x, const struct value *words)
{
	struct value *out = value_map(x->arena);
	value_each_pair(words, p) {
		/* CloudFormation's own names, where a rule gives some, are a target's too. */
		if (prop_find(target_words, p->key) || isupper((unsigned char)p->key[0]))
			value_set(x->arena, out, p->key, p->value);
	}
	return out;
}

struct value *x_rule_target(struct expansion *x, struct rule_target *t, struct role *role)
{
	check_inputs(x, t->words);
	struct value *out =
		x_map(x, "Id", x_string(x, t->id), "Arn", t->to.arn, "RoleArn",
		      role_arn(x, t, role), "Input", input(x, value_get(t->words, "input")),
		      "InputTransformer", transformer(x, value_get(t->words, "input_transformer")),
		      "DeadLetterConfig", dead_letter(x, t), NULL);
	x_copy(x, target_words, NULL, own_words(x, t->words), out);
	return out;
}

static void admit_dead_letter(struct expansion *x, const struct rule_target *t,
			      const struct resource *rule)
{
	static const char *const queues[] = { "queues", NULL };
	const struct value *v = value_get(t->words, "dead_letter");
	struct target queue;
	struct diags *seen = diags_new(x->arena), *own = x->diags;
	x->diags = seen; /* x_rule_target has reported it */
	int failed = !v || x_ref(x, v, queues, &queue);
	x->diags = own;
	if (!failed)
		x_admit(x, &queue, "events", x_known(x, rule, "Arn"));
}

void x_admit_rule(struct expansion *x, struct rule_target *t, const char *from)
{
	const struct resource *rule = map_get(x->resources, t->rule);
	if (!rule)
		return;
	admit_dead_letter(x, t, rule);
	if (!t->to.item)
		return;
	if (str_eq(t->section, "functions"))
		x_permit(x, t->to.item, from, "events", x_known(x, rule, "Arn"), false);
	else if (str_eq(t->section, "queues") || str_eq(t->section, "topics"))
		x_admit(x, &t->to, "events", x_known(x, rule, "Arn"));
}

/* A bus of this account goes by its name: that is what the rule's ARN is made of. */
static struct value *bus_name(struct expansion *x, const struct value *v)
{
	const char *text = value_text(v);
	const struct account *who = x->account;
	if (!who || !text)
		return (struct value *)v;
	const char *own = arena_printf(x->arena, "arn:%s:events:%s:%s:event-bus/", who->partition,
				       who->region, who->id);
	if (!str_starts(text, own))
		return (struct value *)v;
	return value_at(x->arena, x_string(x, text + strlen(own)), v->span);
}

int x_event_bus(struct expansion *x, const struct value *v, struct value **ret)
{
	*ret = NULL;
	if (!v || str_eq(value_text(v), "default"))
		return 0;
	*ret = bus_name(x, v);
	if (!value_text(v) || str_starts(value_text(v), "arn:"))
		return 0;
	x_error(x, v->span, "no event bus `%s` in this stack", value_text(v));
	diag_hint(x->diags, "buses of a stack come with a later version of cinfra; give the ARN of "
			    "one that is there");
	return -1;
}
