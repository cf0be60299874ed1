/* function_events.c - `events` of a function: each grants its own rights. */
#include <string.h>

#include "base/str.h"
#include "providers/aws/events.h"
#include "providers/aws/expand_parts.h"
#include "providers/aws/names.h"
#include "providers/aws/notification.h"
#include "providers/aws/schedule.h"
#include "providers/aws/subscription.h"

struct event {
	struct expansion *x;
	struct item *function;
	const struct value_pair *source; /* `queue: jobs` */
	const struct value *written, *words;
	const struct prop *rows;
	struct target target;
	const char *label; /* what tells it from others of the function ... */
	const char *part;  /* ... and where it is: events.label */
};

struct source {
	const char *word;	     /* key of the event */
	const char *const *sections; /* what it may name; NULL: not a ref */
	const struct prop *rows;
	void (*wire)(struct event *e);
};

/* clang-format off */
static const struct prop queue_words[] = {
	PROP("batch_size", INT, 0, .to = "BatchSize", .def = "10", RANGE(1, 10000), .doc = "Messages at once."),
	PROP("maximum_batching_window", INT, 0, .to = "MaximumBatchingWindowInSeconds", .unit = "s", .def = "0", RANGE(0, 300),
	     .doc = "How long a batch may be gathered."),
	PROP("maximum_concurrency", INT, 0, .to = "ScalingConfig.MaximumConcurrency", RANGE(2, 1000), .doc = "Invocations at once."),
	PROP("filters", LIST, 0, OF(JSON), .doc = "Patterns: only what matches one of them."),
	PROP("report_batch_item_failures", BOOL, 0, .def = "false", .doc = "The function says which messages failed."),
	PROP("enabled", BOOL, 0, .to = "Enabled", .def = "true", .doc = "Whether it runs."),
	PROP_END
};
static const struct prop stream_words[] = {
	PROP("batch_size", INT, 0, .to = "BatchSize", .def = "100", RANGE(1, 10000), .doc = "Records at once."),
	PROP("maximum_batching_window", INT, 0, .to = "MaximumBatchingWindowInSeconds", .unit = "s", .def = "0", RANGE(0, 300),
	     .doc = "How long a batch may be gathered."),
	PROP("starting_position", STRING, 0, .to = "StartingPosition", .def = "\"TRIM_HORIZON\"",
	     VALUES("TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"), .doc = "Where a new reader begins."),
	PROP("parallelization_factor", INT, 0, .to = "ParallelizationFactor", .def = "1", RANGE(1, 10), .doc = "Batches of a shard at once."),
	PROP("maximum_retry_attempts", INT, 0, .to = "MaximumRetryAttempts", .def = "-1", RANGE(-1, 10000), .doc = "How often a batch is tried again."),
	PROP("maximum_record_age", INT, 0, .to = "MaximumRecordAgeInSeconds", .unit = "s", .def = "-1", RANGE(-1, 604800), .doc = "How old a record may be."),
	PROP("bisect_batch_on_function_error", BOOL, 0, .to = "BisectBatchOnFunctionError", .def = "false", .doc = "Split a batch that fails."),
	PROP("tumbling_window", INT, 0, .to = "TumblingWindowInSeconds", .unit = "s", .def = "0", RANGE(0, 900), .doc = "Window of an aggregation."),
	PROP("on_failure", ANY, 0, .to = "DestinationConfig", .doc = "Queue or topic told of records given up."),
	PROP("filters", LIST, 0, OF(JSON), .doc = "Patterns: only what matches one of them."),
	PROP("report_batch_item_failures", BOOL, 0, .def = "false", .doc = "The function says which records failed."),
	PROP("enabled", BOOL, 0, .to = "Enabled", .def = "true", .doc = "Whether it runs."),
	PROP_END
};
static const struct prop bus_words[] = {
	PROP("pattern", JSON, P_REQUIRED, .doc = "Which events."),
	PROP("description", STRING, 0, .doc = "Description of the rule."),
	PROP("enabled", BOOL, 0, .def = "true", .doc = "Whether it runs."),
	PROP_END
};
static const struct prop schedule_words[] = {
	PROP("description", STRING, 0, .doc = "Description of the rule."),
	PROP("enabled", BOOL, 0, .def = "true", .doc = "Whether it runs."),
	PROP_END
};
static const struct prop log_words[] = {
	PROP("filter_pattern", STRING, 0, .to = "FilterPattern", .def = "\"\"", .doc = "Which lines; all without."),
	PROP_END
};
/* clang-format on */

/* --- event source mappings --- */

/* Each filter is JSON text on the wire. */
static struct value *filters(struct event *e)
{
	const struct value *all = value_get(e->words, "filters");
	struct value *list = value_list(e->x->arena);
	value_each_item(all, one)
		value_append(e->x->arena, list, x_map(e->x, "Pattern", x_json(e->x, one), NULL));
	return value_len(list) ? x_map(e->x, "Filters", list, NULL) : NULL;
}

static struct value *failures(struct event *e)
{
	struct value *list = value_list(e->x->arena);
	if (!value_bool_or(value_get(e->words, "report_batch_item_failures"), false))
		return NULL;
	value_append(e->x->arena, list, x_string(e->x, "ReportBatchItemFailures"));
	return list;
}

static struct value *on_failure(struct event *e)
{
	struct value *arn =
		x_failure_target(e->x, e->function->role, value_get(e->words, "on_failure"));
	if (!arn)
		return NULL;
	return x_map(e->x, "OnFailure", x_map(e->x, "Destination", arn, NULL), NULL);
}

static void map_source(struct event *e, struct value *source, struct value *position)
{
	struct expansion *x = e->x;
	const struct type *t = x_type(x, "AWS::Lambda::EventSourceMapping", e->written->span);
	struct value *props =
		x_map(x, "FunctionName",
		      x_attribute(x, e->function->entry->address, "FunctionName"), "EventSourceArn",
		      source, "StartingPosition", position, "Enabled", value_bool(x->arena, true),
		      "FilterCriteria", filters(e), "FunctionResponseTypes", failures(e),
		      "DestinationConfig", on_failure(e), NULL);
	if (!t)
		return;
	x_copy(x, e->rows, t, e->words, props);
	x_part(x, e->function, e->part, t->name, props);
}

/* --- queue --- */

static int64_t timeout_of(const struct item *function)
{
	return value_int_or(x_word(function, "timeout"), 3);
}

/* Lambda refuses a queue that shows a message again before the function is done with it. */
static void check_visibility(struct event *e)
{
	struct item *queue = e->target.item;
	const struct value *v = x_word(queue, "visibility_timeout");
	int64_t visible = value_int_or(v, 30), timeout = timeout_of(e->function);
	if ((v && !value_is(v, VALUE_INT)) || visible >= timeout)
		return;
	x_error(e->x, v ? v->span : queue->entry->span,
		"%s shows a message again after %lld s%s, while %s runs up to %lld s",
		queue->entry->address, (long long)visible, v ? "" : " (its default)",
		e->function->entry->address, (long long)timeout);
	int64_t advice = timeout * 6;
	if (advice > 43200)
		advice = 43200;
	diag_hint(e->x->diags, "Lambda refuses less; use `visibility_timeout: %lld%s`",
		  (long long)(advice % 60 ? advice : advice / 60), advice % 60 ? "s" : "m");
}

static void check_batch(struct event *e)
{
	const struct value *size = value_get(e->words, "batch_size");
	const struct value *window = value_get(e->words, "maximum_batching_window");
	bool large = value_int_or(size, 10) > 10;
	if (!e->target.item || !x_flag(e->target.item, "fifo", false)) {
		if (large && !window)
			x_error(e->x, size->span,
				"batches of more than 10 messages need "
				"`maximum_batching_window` of 1s or more");
		return;
	}
	if (large)
		x_error(e->x, size->span, "batches of a FIFO queue have at most 10 messages");
	if (value_int_or(window, 0) > 0)
		x_error(e->x, window->span, "batches of a FIFO queue are not gathered");
}

static void from_queue(struct event *e)
{
	struct expansion *x = e->x;
	if (e->target.item)
		check_visibility(e);
	check_batch(e);
	GRANT(x, e->function->role, x_target_arn(x, &e->target), "sqs:ReceiveMessage",
	      "sqs:DeleteMessage", "sqs:GetQueueAttributes");
	x_use_key(x, e->function->role, &e->target, KEY_DECRYPT);
	map_source(e, e->target.arn, NULL);
}

/* --- table, stream --- */

static void read_stream(struct event *e, struct value *source, struct value *granted)
{
	struct expansion *x = e->x;
	GRANT(x, e->function->role, granted, "dynamodb:DescribeStream", "dynamodb:GetRecords",
	      "dynamodb:GetShardIterator", "dynamodb:ListStreams");
	x_use_key(x, e->function->role, &e->target, KEY_DECRYPT);
	map_source(e, source, x_string(x, "TRIM_HORIZON"));
}

static void from_table(struct event *e)
{
	struct expansion *x = e->x;
	struct item *table = e->target.item;
	if (!table) {
		x_error(x, e->source->value->span,
			"a table outside this stack is read by its stream");
		diag_hint(x->diags, "write `stream:` with the ARN of its stream");
		return;
	}
	if (!x_word(table, "stream")) {
		x_error(x, e->source->value->span, "%s has no stream", table->entry->address);
		diag_note(x->diags, table->entry->span, "the table is here");
		diag_hint(x->diags, "add `stream: new-and-old-images` to it");
		return;
	}
	/* Each stream of the table: a new one has another time in its ARN. */
	read_stream(e, x_attribute(x, table->entry->address, "StreamArn"),
		    x_text(x, "%/stream/*", x_known_arn(x, table)));
}

static void from_kinesis(struct event *e)
{
	struct expansion *x = e->x;
	GRANT(x, e->function->role, e->target.arn, "kinesis:DescribeStream",
	      "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator",
	      "kinesis:ListShards");
	map_source(e, e->target.arn, x_string(x, "TRIM_HORIZON"));
}

static void from_stream(struct event *e)
{
	struct expansion *x = e->x;
	const struct value *v = e->source->value;
	const char *text = value_text(v);
	if (text && !str_starts(text, "arn:")) {
		x_error(x, v->span, "no stream `%s` in this stack", text);
		diag_hint(x->diags, "streams of a stack come with a later version of cinfra; give "
				    "the ARN of one that is there. A table's stream is `table:`");
		return;
	}
	e->target.given = v;
	e->target.arn = (struct value *)v;
	if (text && !strstr(text, ":dynamodb:"))
		from_kinesis(e);
	else
		read_stream(e, e->target.arn, e->target.arn);
}

/* --- bucket, topic --- */

static void from_bucket(struct event *e)
{
	struct expansion *x = e->x;
	struct item *bucket = e->target.item;
	if (!bucket) {
		x_error(x, e->source->value->span,
			"a bucket outside this stack keeps its own notifications");
		diag_hint(x->diags, "let it tell a queue, a topic or EventBridge");
		return;
	}
	struct resource *permission = x_permit(x, e->function, bucket->entry->address, "s3",
					       x_known_arn(x, bucket), true);
	x_notify(x, bucket, NOTICE_FUNCTION, x_arn(x, e->function), e->words, e->written->span,
		 permission ? permission->address : NULL);
}

static void from_topic(struct event *e)
{
	struct expansion *x = e->x;
	struct subscription s = { .owner = e->function, .topic = e->target, .part = "events" };
	if (e->target.item && x_flag(e->target.item, "fifo", false)) {
		x_error(x, e->source->value->span, "a FIFO topic delivers to queues only");
		return;
	}
	if (x_subscription_check(x, &s, e->written, "topic"))
		return;
	struct value *words = value_map(x->arena);
	value_merge(x->arena, words, s.words, false);
	value_remove(words, "name");
	s.words = words;
	s.endpoint_word = e->source->value;
	s.step = name_step(x->arena, e->label);
	s.protocol = "lambda";
	s.endpoint = x_arn(x, e->function);
	struct resource *permission = x_permit(x, e->function, x_target_step(x, &e->target), "sns",
					       x_target_arn(x, &e->target), false);
	struct resource *r = x_subscribe(x, &s);
	x_needs(x, r, permission ? permission->address : NULL);
}

/* --- event_bus, schedule --- */

static struct value *state_of(struct event *e)
{
	bool on = value_bool_or(value_get(e->words, "enabled"), true);
	return x_string(e->x, on ? "ENABLED" : "DISABLED");
}

static void add_rule(struct event *e, struct value *props)
{
	struct expansion *x = e->x;
	const char *id = name_fit(x->arena, e->function->entry->key, "", 64);
	struct rule_target t = { .owner = e->function,
				 .rule = x_address(x, e->function, "%s", e->part),
				 .section = "functions",
				 .id = id,
				 .words = e->words };
	t.to.item = e->function;
	t.to.given = e->source->value;
	t.to.arn = x_arn(x, e->function);
	struct value *targets = value_list(x->arena);
	value_append(x->arena, targets, x_rule_target(x, &t, NULL));
	const char *suffix = arena_printf(x->arena, "-%s", e->label);
	struct value *name = x_name(x, e->function, suffix, "AWS::Events::Rule");
	struct value *rule = x_map(x, "Name", name, "Description",
				   value_get(e->words, "description"), "State", state_of(e), NULL);
	value_merge(x->arena, rule, props, false);
	value_set(x->arena, rule, "Targets", targets);
	x_part(x, e->function, e->part, "AWS::Events::Rule", rule);
	x_admit_rule(x, &t, e->part);
}

static void from_bus(struct event *e)
{
	struct expansion *x = e->x;
	struct value *bus;
	if (x_event_bus(x, e->source->value, &bus))
		return;
	add_rule(e, x_map(x, "EventBusName", bus, "EventPattern", value_get(e->words, "pattern"),
			  NULL));
}

static void from_schedule(struct event *e)
{
	x_check_schedule(e->x, e->source->value);
	add_rule(e, x_map(e->x, "ScheduleExpression", e->source->value, NULL));
}

/* --- log_group --- */

static void from_logs(struct event *e)
{
	struct expansion *x = e->x;
	struct item *group = e->target.item;
	if (!x_type(x, "AWS::Logs::SubscriptionFilter", e->source->key_span))
		return;
	if (!group) {
		x_error(x, e->source->value->span, "a log group of this stack is wanted here");
		return;
	}
	struct resource *permission = x_permit(x, e->function, group->entry->address, "logs",
					       x_text(x, "%:*", x_known_arn(x, group)), true);
	struct value *pattern = value_get(e->words, "filter_pattern");
	struct resource *r = x_part(x, e->function, e->part, "AWS::Logs::SubscriptionFilter",
				    x_map(x, "LogGroupName",
					  x_attribute(x, group->entry->address, "LogGroupName"),
					  "FilterName", x_name(x, e->function, "", ""),
					  "FilterPattern", pattern ? pattern : x_string(x, ""),
					  "DestinationArn", x_arn(x, e->function), NULL));
	x_needs(x, r, permission ? permission->address : NULL);
}

/* --- the table of sources --- */

static const char *const queues[] = { "queues", NULL }, *const tables[] = { "tables", NULL },
			 *const buckets[] = { "buckets", NULL },
			 *const topics[] = { "topics", NULL },
			 *const log_groups[] = { "log_groups", NULL };

static const struct source sources[] = {
	{ "queue", queues, queue_words, from_queue },
	{ "table", tables, stream_words, from_table },
	{ "stream", NULL, stream_words, from_stream },
	{ "bucket", buckets, notice_words, from_bucket },
	{ "topic", topics, NULL, from_topic },
	{ "event_bus", NULL, bus_words, from_bus },
	{ "schedule", NULL, schedule_words, from_schedule },
	{ "log_group", log_groups, log_words, from_logs },
};
enum { SOURCES = sizeof(sources) / sizeof(*sources) };

static const struct source *find_source(const char *word)
{
	for (size_t n = 0; n < SOURCES; n++)
		if (str_eq(sources[n].word, word))
			return &sources[n];
	return NULL;
}

/* Rows of one kind of event: the source, a name, its own, and of rules those of a target. */
static const struct prop *event_rows(struct expansion *x, const struct source *s)
{
	VEC(struct prop) rows = { 0 };
	bool rule = s->wire == from_bus || s->wire == from_schedule;
	vec_push(x->arena, &rows,
		 ((struct prop)PROP(s->word, ANY, P_REQUIRED, .to = "EventSourceArn")));
	vec_push(x->arena, &rows, ((struct prop)PROP("name", STRING, 0)));
	for (const struct prop *p = s->rows; p->name; p++)
		vec_push(x->arena, &rows, *p);
	for (const struct prop *p = target_words; rule && p->name; p++)
		vec_push(x->arena, &rows, *p);
	vec_push(x->arena, &rows, ((struct prop)PROP_END));
	return rows.items;
}

static const struct value *without_name(struct expansion *x, const struct value *v)
{
	struct value *out = value_map(x->arena);
	value_merge(x->arena, out, v, false);
	out->span = v->span;
	value_remove(out, "name");
	return out;
}

static bool check_event(struct event *e, const struct source *s)
{
	struct expansion *x = e->x;
	bool mapped = s->wire == from_queue || s->wire == from_table || s->wire == from_stream;
	const char *what = arena_printf(x->arena, "%s %s event",
					strchr("aeiou", s->word[0]) ? "an" : "a", s->word);
	if (!s->rows) {
		e->words = e->written; /* a subscription checks itself */
		return true;
	}
	const struct type *t =
		mapped ? x_type(x, "AWS::Lambda::EventSourceMapping", e->written->span) : NULL;
	if (mapped && !t)
		return false;
	e->rows = event_rows(x, s);
	e->words = x_check_with(x, e->rows, t, e->written, what);
	if (e->words)
		e->words = without_name(x, e->words);
	return e->words;
}

/* What tells the event from others of the function, in its address. */
static const char *event_name(struct event *e, const struct source *s)
{
	const char *given = value_text_at(e->written, "name");
	const char *text = value_text(e->source->value);
	if (given)
		return given;
	if (s->wire == from_schedule)
		return "schedule";
	if (s->wire == from_bus && text && !str_starts(text, "arn:"))
		return text;
	struct target t = e->target;
	if (!t.given)
		t.given = e->source->value;
	const char *name = x_target_name(e->x, &t);
	return name ? name : s->word;
}

static void wire_event(struct event *e, const struct source *s, struct map *names)
{
	struct expansion *x = e->x;
	if (!check_event(e, s))
		return;
	if (s->sections && x_ref(x, e->source->value, s->sections, &e->target))
		return;
	e->label = event_name(e, s);
	e->part = x_step(x, "events", name_step(x->arena, e->label));
	const struct value *first = map_get(names, e->label);
	if (first) {
		x_error(x, e->written->span, "two events of %s are called `%s`",
			e->function->entry->address, e->label);
		diag_note(x->diags, first->span, "the first one is here");
		diag_hint(x->diags, "give this one a `name:`");
		return;
	}
	map_set(names, e->label, (void *)e->written);
	s->wire(e);
}

/* --- events that are none --- */

static void no_source(struct expansion *x, const struct value *v)
{
	static const char *const routes[] = {
		"http", "httpApi", "http_api", "api", "route", "path"
	};
	const char *words[SOURCES];
	for (size_t n = 0; n < SOURCES; n++)
		words[n] = sources[n].word;
	value_each_pair(v, p) {
		for (size_t n = 0; n < sizeof(routes) / sizeof(*routes); n++) {
			if (!str_eq(p->key, routes[n]))
				continue;
			x_error(x, p->key_span, "an event has no `%s`", p->key);
			diag_hint(x->diags, "routes belong to the API: `apis.NAME.routes`");
			return;
		}
	}
	const struct value_pair *first = value_len(v) ? v->map.items : NULL;
	const char *near = first ? str_nearest(first->key, words, SOURCES) : NULL;
	x_error(x, first ? first->key_span : v->span, "this event has no source");
	if (near)
		diag_hint(x->diags, "did you mean `%s`?", near);
	else
		diag_hint(x->diags, "an event names its source: queue, table, stream, bucket, "
				    "topic, "
				    "event_bus, schedule or log_group");
}

static void one_event(struct expansion *x, struct item *i, const struct value *v, struct map *names)
{
	struct event e = { .x = x, .function = i, .written = v };
	const struct source *s = NULL;
	if (!value_is(v, VALUE_MAP)) {
		x_error(x, v->span, "an event is a map: `{ queue: jobs }`");
		return;
	}
	value_each_pair(v, p) {
		if (s || !find_source(p->key))
			continue;
		s = find_source(p->key);
		e.source = p;
	}
	if (s)
		wire_event(&e, s, names);
	else
		no_source(x, v);
}

void x_function_events(struct expansion *x, struct item *i)
{
	const struct value *all = x_list(x, x_word(i, "events"));
	struct map *names = map_new(x->arena);
	value_each_item(all, v)
		one_event(x, i, v, names);
}
