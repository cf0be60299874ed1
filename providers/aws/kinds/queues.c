/* queues: SQS queues. */
#include "base/str.h"
#include "providers/aws/expand.h"

/* clang-format off */
static const struct prop dead_letter[] = {
	PROP("queue", ANY, P_REQUIRED, .doc = "The queue that takes what could not be processed."),
	PROP("max_receive_count", INT, 0, .def = "3", RANGE(1, 1000),
	     .doc = "How often a message is received before it goes there."),
	PROP_END
};

static const struct prop words[] = {
	PROP("fifo", BOOL, 0, .to = "FifoQueue", .def = "false",
	     .doc = "First in, first out, each message once; the name ends in .fifo."),
	PROP("visibility_timeout", INT, 0, .to = "VisibilityTimeout", .unit = "s", .def = "30", RANGE(0, 43200),
	     .doc = "How long a received message stays hidden."),
	PROP("message_retention_period", INT, 0, .to = "MessageRetentionPeriod", .unit = "s", .def = "345600",
	     RANGE(60, 1209600), .doc = "How long a message is kept."),
	PROP("delay", INT, 0, .to = "DelaySeconds", .unit = "s", .def = "0", RANGE(0, 900),
	     .doc = "How long a new message stays hidden."),
	PROP("receive_message_wait_time", INT, 0, .to = "ReceiveMessageWaitTimeSeconds", .unit = "s", .def = "0",
	     RANGE(0, 20), .doc = "How long a receive call waits for a message."),
	PROP("dead_letter", ANY, 0, .to = "RedrivePolicy",
	     .doc = "Queue for messages that could not be processed: a queue, or {queue, max_receive_count}."),
	PROP("encryption", ANY, 0, .to = "KmsMasterKeyId",
	     .doc = "A key, or `sqs` for keys that SQS owns."),
	PROP("statements", LIST, 0, OF(JSON),
	     .doc = "Statements of the queue's policy, beside derived ones, as IAM writes them."),
	PROP_END
};

static const char *const send[] = { "sqs:SendMessage", NULL };
static const char *const consume[] = { "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
				       "sqs:ChangeMessageVisibility", NULL };
static const char *const itself[] = { "", NULL };
static const struct verb verbs[] = {
	{ "send", send, itself },
	{ "consume", consume, itself },
	{ NULL, NULL, NULL },
};
/* clang-format on */

static const char *const queues[] = { "queues", NULL };

static void check_dead_letter(struct expansion *x, const struct item *i, const struct target *t,
			      bool fifo)
{
	if (t->item == i)
		x_error(x, t->given->span, "a queue cannot be its own dead letter queue");
	else if (t->item && x_flag(t->item, "fifo", false) != fifo)
		x_error(x, t->given->span, "the dead letter queue of a %s queue is a %s queue too",
			fifo ? "FIFO" : "standard", fifo ? "FIFO" : "standard");
}

static struct value *redrive(struct expansion *x, const struct item *i, bool fifo)
{
	const struct value *v = x_word(i, "dead_letter"), *queue = v;
	int64_t count = 3;
	if (value_is(v, VALUE_MAP)) {
		v = x_check(x, dead_letter, v, "a dead letter queue");
		queue = value_get(v, "queue");
		count = value_int_or(value_get(v, "max_receive_count"), 3);
	}
	struct target t;
	if (!queue || x_ref(x, queue, queues, &t))
		return NULL;
	check_dead_letter(x, i, &t, fifo);
	return x_map(x, "deadLetterTargetArn", t.arn, "maxReceiveCount", value_int(x->arena, count),
		     NULL);
}

static void declare(struct expansion *x, struct item *i)
{
	bool fifo = x_flag(i, "fifo", false);
	struct value *props = x_map(x, "QueueName", x_fifo_name(x, i, fifo, "AWS::SQS::Queue"),
				    "RedrivePolicy", redrive(x, i, fifo), NULL);
	if (str_eq_fold(value_text(x_word(i, "encryption")), "sqs")) {
		value_set(x->arena, props, "SqsManagedSseEnabled", value_bool(x->arena, true));
	} else {
		struct value *key = x_encryption(x, i);
		if (key)
			value_set(x->arena, props, "KmsMasterKeyId", key);
	}
	x_main(x, i, "AWS::SQS::Queue", props);
}

static void wire(struct expansion *x, struct item *i)
{
	x_own_statements(x, i, x_known_arn(x, i));
}

static void finish(struct expansion *x, struct item *i)
{
	x_guard_finish(x, i, "AWS::SQS::QueuePolicy", "Queue",
		       x_attribute(x, i->entry->address, "QueueUrl"));
}

static const struct aws_kind impl = {
	.arn = "Arn",
	.service = "sqs",
	.declare = declare,
	.wire = wire,
	.finish = finish,
	.metrics = "AWS/SQS",
	.dimension = "QueueName",
	.dimension_of = "QueueName",
};

const struct kind aws_kind_queues = {
	.section = "queues",
	.word = "queue",
	.type = "AWS::SQS::Queue",
	.words = words,
	.doc = "SQS queues. What may send to a queue (topics, buckets, rules) is derived from what "
	       "names it, and becomes the queue's `policy`.",
	.example = "queues:\n"
		   "  jobs:\n"
		   "    visibility_timeout: 90\n"
		   "    dead_letter: { queue: failed-jobs, max_receive_count: 5 }\n"
		   "  failed-jobs:\n"
		   "    message_retention_period: 14d\n",
	.verbs = verbs,
	.impl = &impl,
};
