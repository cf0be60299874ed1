/* topics: SNS topics and their subscriptions. */
#include "base/str.h"
#include "providers/aws/expand.h"
#include "providers/aws/names.h"
#include "providers/aws/policy.h"
#include "providers/aws/subscription.h"

/* clang-format off */
static const struct prop words[] = {
	PROP("fifo", BOOL, 0, .to = "FifoTopic", .def = "false",
	     .doc = "First in, first out, each message once; the name ends in .fifo."),
	PROP("encryption", ANY, 0, .to = "KmsMasterKeyId", .doc = "Key that encrypts messages."),
	PROP("subscriptions", LIST, 0, OF(ANY),
	     .doc = "Who gets the messages: each one queue, email, sms or url. Functions subscribe by their events."),
	PROP("statements", LIST, 0, OF(JSON),
	     .doc = "Statements of the topic's policy, beside derived ones, as IAM writes them."),
	PROP_END
};

static const char *const publish[] = { "sns:Publish", NULL };
static const char *const itself[] = { "", NULL };
static const struct verb verbs[] = {
	{ "publish", publish, itself },
	{ NULL, NULL, NULL },
};
/* clang-format on */

static void declare(struct expansion *x, struct item *i)
{
	bool fifo = x_flag(i, "fifo", false);
	x_main(x, i, "AWS::SNS::Topic",
	       x_map(x, "TopicName", x_fifo_name(x, i, fifo, "AWS::SNS::Topic"), "KmsMasterKeyId",
		     x_encryption(x, i), NULL));
}

/* --- subscriptions --- */

static const char *const endpoints[] = { "queue", "email", "sms", "url", "stream" };

static const struct value_pair *no_endpoint(struct expansion *x, const struct value *v)
{
	if (value_get(v, "function")) {
		x_error(x, v->span, "functions subscribe by their own events");
		diag_hint(x->diags, "write it at the function: `events: [{ topic: NAME }]`");
	} else {
		x_error(x, v->span, "a subscription needs one of queue, email, sms, url");
	}
	return NULL;
}

static const struct value_pair *endpoint_of(struct expansion *x, const struct value *v)
{
	const struct value_pair *found = NULL;
	value_each_pair(v, p) {
		bool endpoint = false;
		for (size_t n = 0; n < sizeof(endpoints) / sizeof(*endpoints); n++)
			endpoint |= str_eq(p->key, endpoints[n]);
		if (endpoint && found) {
			x_error(x, p->key_span, "a subscription has one endpoint: `%s` or `%s`",
				found->key, p->key);
			return NULL;
		}
		if (endpoint)
			found = p;
	}
	return found ? found : no_endpoint(x, v);
}

static const char *url_protocol(struct expansion *x, const struct value *v)
{
	const char *url = value_text(v);
	if (str_starts(url, "https://"))
		return "https";
	if (!str_starts(url, "http://")) {
		x_error(x, v->span, "a URL begins with https://");
		return NULL;
	}
	diag_warning(x->diags, v->span, "messages to an http:// endpoint can be read on their way");
	diag_hint(x->diags, "use https://");
	return "http";
}

static void to_queue(struct expansion *x, struct item *i, struct subscription *s)
{
	static const char *const queues[] = { "queues", NULL };
	struct target t;
	if (x_ref(x, s->endpoint_word, queues, &t))
		return;
	bool fifo = t.item && x_flag(t.item, "fifo", false);
	if (fifo && !x_flag(i, "fifo", false)) {
		x_error(x, s->endpoint_word->span,
			"a standard topic does not deliver to a FIFO "
			"queue");
		return;
	}
	s->protocol = "sqs";
	s->endpoint = t.arn;
	s->step = x_target_step(x, &t);
	struct resource *r = x_subscribe(x, s);
	x_admit(x, &t, "sns", x_known_arn(x, i));
	if (t.item)
		x_needs(x, r, x_address(x, t.item, "policy"));
}

static void to_text(struct expansion *x, struct item *i, struct subscription *s, const char *word)
{
	const struct value *v = s->endpoint_word;
	s->protocol = str_eq(word, "url") ? url_protocol(x, v) : word;
	if (x_flag(i, "fifo", false)) {
		x_error(x, v->span, "a FIFO topic delivers to queues only");
		return;
	}
	if (!s->protocol)
		return;
	const char *text = value_text(v);
	if (!text && value_is(v, VALUE_EXPR))
		text = expr_text(x->arena, v->expr);
	s->endpoint = (struct value *)v;
	s->step = arena_printf(x->arena, "[\"%s\"]", text ? text : word);
	x_subscribe(x, s);
}

static void subscribe(struct expansion *x, struct item *i, const struct value *v)
{
	if (!value_is(v, VALUE_MAP)) {
		x_error(x, v->span, "a subscription is a map: `{ queue: jobs }`");
		return;
	}
	const struct value_pair *p = endpoint_of(x, v);
	struct subscription s = { .owner = i, .part = "subscriptions" };
	s.topic.item = i;
	s.topic.given = v;
	s.topic.arn = x_arn(x, i);
	if (!p)
		return;
	s.endpoint_word = p->value;
	if (x_subscription_check(x, &s, v, p->key))
		return;
	if (str_eq(p->key, "queue"))
		to_queue(x, i, &s);
	else if (str_eq(p->key, "stream"))
		x_error(x, p->key_span, "SNS delivers to no Kinesis stream");
	else
		to_text(x, i, &s, p->key);
}

static void wire(struct expansion *x, struct item *i)
{
	const struct value *all = x_list(x, x_word(i, "subscriptions"));
	value_each_item(all, v)
		subscribe(x, i, v);
	x_own_statements(x, i, x_known_arn(x, i));
}

/* --- the policy --- */

/* What AWS's own default policy says: a policy of ours replaces it. */
static struct value *owner_statement(struct expansion *x, const struct item *i)
{
	static const char *const actions[] = { "SNS:GetTopicAttributes",
					       "SNS:SetTopicAttributes",
					       "SNS:AddPermission",
					       "SNS:RemovePermission",
					       "SNS:DeleteTopic",
					       "SNS:Subscribe",
					       "SNS:ListSubscriptionsByTopic",
					       "SNS:Publish",
					       NULL };
	struct value *all = policy_who(x->arena, "AWS", x_string(x, "*"));
	struct value *s = policy_grant(x->arena, all, actions, x_known_arn(x, i));
	policy_when(x->arena, s, "StringEquals", "AWS:SourceOwner", x_text(x, "${account}"));
	return s;
}

static void finish(struct expansion *x, struct item *i)
{
	if (!value_len(i->guard))
		return;
	struct value *all = value_list(x->arena);
	value_append(x->arena, all, owner_statement(x, i));
	value_each_item(i->guard, s)
		value_append(x->arena, all, s);
	i->guard = all;
	x_guard_finish(x, i, "AWS::SNS::TopicPolicy", "Topic", x_arn(x, i));
}

static const struct aws_kind impl = {
	.arn = "TopicArn",
	.service = "sns",
	.declare = declare,
	.wire = wire,
	.finish = finish,
	.metrics = "AWS/SNS",
	.dimension = "TopicName",
	.dimension_of = "TopicName",
};

const struct kind aws_kind_topics = {
	.section = "topics",
	.word = "topic",
	.type = "AWS::SNS::Topic",
	.words = words,
	.doc = "SNS topics. What may publish to a topic (buckets, rules) is derived from what "
	       "names it; "
	       "its `policy` then keeps the owner's rights that AWS's default policy gives.",
	.example = "topics:\n"
		   "  orders:\n"
		   "    subscriptions:\n"
		   "      - { queue: billing, filter_policy: { kind: [paid] } }\n"
		   "      - { email: ops@example.com }\n",
	.verbs = verbs,
	.impl = &impl,
};
