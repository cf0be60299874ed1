#include "providers/aws/subscription.h"

#include <string.h>

#include "base/str.h"

/* clang-format off */
static const struct prop rows[] = {
	PROP("name", STRING, 0, .doc = "Instead of the source in the event's address."),
	PROP("filter_policy", JSON, 0, .to = "FilterPolicy", .doc = "Only messages that match."),
	PROP("filter_policy_scope", STRING, 0, .to = "FilterPolicyScope", .def = "\"MessageAttributes\"",
	     VALUES("MessageAttributes", "MessageBody"), .doc = "What the filter looks at."),
	PROP("raw_message_delivery", BOOL, 0, .to = "RawMessageDelivery", .def = "false",
	     .doc = "The message alone, without SNS's envelope."),
	PROP("dead_letter", ANY, 0, .to = "RedrivePolicy", .doc = "Queue for messages that could not be delivered."),
	PROP_END
};
/* clang-format on */

enum { ROWS = sizeof(rows) / sizeof(*rows) };

int x_subscription_check(struct expansion *x, struct subscription *s, const struct value *v,
			 const char *endpoint)
{
	struct prop *all = arena_array(x->arena, ROWS + 1, sizeof(*all));
	const struct type *t = x_type(x, "AWS::SNS::Subscription", v->span);
	all[0] = (struct prop)PROP(endpoint, ANY, P_REQUIRED, .to = "Endpoint");
	memcpy(all + 1, rows, sizeof(rows));
	s->rows = all;
	s->words = t ? x_check_with(x, all, t, v, "a subscription") : NULL;
	return s->words ? 0 : -1;
}

static struct value *dead_letter(struct expansion *x, const struct subscription *s)
{
	static const char *const queues[] = { "queues", NULL };
	const struct value *v = value_get(s->words, "dead_letter");
	struct target t;
	if (!v || x_ref(x, v, queues, &t))
		return NULL;
	x_admit(x, &t, "sns", x_target_arn(x, &s->topic));
	return x_map(x, "deadLetterTargetArn", t.arn, NULL);
}

struct resource *x_subscribe(struct expansion *x, struct subscription *s)
{
	const struct type *t = x_type(x, "AWS::SNS::Subscription", s->endpoint_word->span);
	struct value *props =
		x_map(x, "TopicArn", s->topic.arn, "Protocol", x_string(x, s->protocol), "Endpoint",
		      s->endpoint, "RedrivePolicy", dead_letter(x, s), NULL);
	if (!t)
		return NULL;
	x_copy(x, s->rows, t, s->words, props);
	return x_part(x, s->owner, x_step(x, s->part, s->step), t->name, props);
}
