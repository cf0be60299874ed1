/* AWS::Lambda::EventSourceMapping: what polls a queue or stream for a function. */
#include <string.h>

#include "model/json.h"
#include "providers/aws/patterns.h"
#include "providers/aws/run.h"

enum { G_SOURCE = G_A, G_START = G_B };

static bool same_json(const struct value *a, const struct value *b)
{
	_cleanup_arena_ struct arena *arena = arena_new();
	const char *x = value_text(a), *y = value_text(b);
	const struct value *p = x ? json_parse(arena, x, strlen(x), NULL) : a;
	const struct value *q = y ? json_parse(arena, y, strlen(y), NULL) : b;
	return value_equal(p ? p : a, q ? q : b);
}

/* A name, its ARN, or the ARN of an alias of it. */
static bool same_function(const struct value *want, const struct value *have)
{
	const char *w = value_text(want), *h = value_text(have);
	if (!w || !h || str_eq(w, h))
		return w && h;
	const char *name = strstr(h, ":function:");
	return name && str_eq(name + strlen(":function:"), w);
}

/* clang-format off */
static const struct prop filter[] = {
	PROP("Pattern", STRING, 0, LENGTH(0, 4096), .equal = same_json, .doc = "Pattern, JSON text."), PROP_END
};
static const struct prop filters[] = {
	PROP("Filters", LIST, P_SET, OF(OBJECT), .sub = filter, LENGTH(1, 20), .doc = "Patterns, one of which fits."), PROP_END
};
static const struct prop on_failure[] = {
	PROP("Destination", STRING, 0, LENGTH(12, 1024), .pattern = "kafka://[^.][a-zA-Z0-9_.-]{0,248}|" PATTERN_LAMBDA_ARN, .doc = "ARN of a queue, topic or bucket."), PROP_END
};
static const struct prop destination[] = {
	PROP("OnFailure", OBJECT, 0, .sub = on_failure, .doc = "Where failed batches go."), PROP_END
};
static const struct prop scaling[] = {
	PROP("MaximumConcurrency", INT, 0, RANGE(2, 1000), .doc = "Invocations at once."), PROP_END
};
static const struct prop metrics[] = {
	PROP("Metrics", LIST, P_SET, VALUES("EventCount", "ErrorCount", "KafkaMetrics"), .doc = "Metrics."), PROP_END
};
static const struct prop logging[] = {
	PROP("SystemLogLevel", STRING, 0, VALUES("DEBUG", "INFO", "WARN"), .doc = "Least level."), PROP_END
};
static const struct prop pollers[] = {
	PROP("MinimumPollers", INT, 0, RANGE(1, 200), .doc = "Least pollers."),
	PROP("MaximumPollers", INT, 0, RANGE(1, 10000), .doc = "Most pollers."),
	PROP("PollerGroupName", STRING, 0, LENGTH(0, 128), .pattern = "[a-zA-Z0-9_-]*", .doc = "Group of mappings that share pollers."),
	PROP_END
};
static const struct prop props[] = {
	PROP("EventSourceArn", STRING, P_REPLACE, .group = G_SOURCE, LENGTH(12, 1024), .pattern = PATTERN_LAMBDA_ARN, .doc = "Queue or stream."),
	PROP("FunctionName", STRING, P_REQUIRED | P_FIND, .equal = same_function, LENGTH(1, 256), .pattern = PATTERN_FUNCTION, .doc = "Function: name or ARN."),
	PROP("StartingPosition", STRING, P_REPLACE, .group = G_START, VALUES("TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"), .doc = "Where reading of a stream begins."),
	PROP("StartingPositionTimestamp", DOUBLE, P_REPLACE, .group = G_START, .doc = "Time, with AT_TIMESTAMP: seconds since 1970."),
	PROP("BatchSize", INT, P_CREATE_DEFAULT, RANGE(1, 10000), .reset = "10", .doc = "Most records of a batch; 10 for queues, 100 for streams."),
	PROP("MaximumBatchingWindowInSeconds", INT, 0, .unit = "s", .def = "0", RANGE(0, 300), .doc = "Seconds to wait for a full batch."),
	PROP("Enabled", BOOL, 0, .def = "true", .doc = "Whether it polls."),
	PROP("FilterCriteria", OBJECT, 0, .sub = filters, .reset = "{}", .doc = "Which records are passed on."),
	PROP("FunctionResponseTypes", LIST, P_SET, LENGTH(0, 1), VALUES("ReportBatchItemFailures"), .doc = "Whether the function names failed records."),
	PROP("ScalingConfig", OBJECT, 0, .sub = scaling, .reset = "{}", .doc = "Bounds of scaling, for queues."),
	PROP("ParallelizationFactor", INT, 0, .def = "1", RANGE(1, 10), .doc = "Batches at once of a shard."),
	PROP("MaximumRetryAttempts", INT, 0, .def = "-1", RANGE(-1, 10000), .doc = "Retries of a batch; -1 is no bound."),
	PROP("MaximumRecordAgeInSeconds", INT, 0, .unit = "s", .def = "-1", RANGE(-1, 604800), .doc = "Seconds a record is tried; -1 is no bound."),
	PROP("BisectBatchOnFunctionError", BOOL, 0, .def = "false", .doc = "Halve a failed batch."),
	PROP("TumblingWindowInSeconds", INT, 0, .unit = "s", .def = "0", RANGE(0, 900), .doc = "Seconds of a tumbling window."),
	PROP("DestinationConfig", OBJECT, 0, .sub = destination, .reset = "{\"OnFailure\":{}}", .doc = "Where failed batches go."),
	PROP("KmsKeyArn", STRING, 0, .wire = "KMSKeyArn", .def = "\"\"", LENGTH(12, 2048), .pattern = "arn:(aws[a-zA-Z-]*)?:[a-z0-9.-]+:.*", .doc = "KMS key that encrypts the filters."),
	PROP("MetricsConfig", OBJECT, 0, .sub = metrics, .reset = "{\"Metrics\":[]}", .doc = "Extra metrics."),
	PROP("LoggingConfig", OBJECT, 0, .sub = logging, .doc = "Logs of the poller."),
	PROP("ProvisionedPollerConfig", OBJECT, 0, .sub = pollers, .reset = "{}", .doc = "Pollers of its own."),
	PROP("Tags", MAP, P_TAGS, .group = G_TAGS, .doc = "Tags."),
	PROP("Id", STRING, P_COMPUTED | P_STATIC, .wire = "UUID", .doc = "Id."),
	PROP("EventSourceMappingArn", STRING, P_COMPUTED | P_STATIC, .doc = "ARN."),
	PROP_END
};
/* clang-format on */

static bool is_going(const struct value *mapping)
{
	return str_eq(value_text_at(mapping, "State"), "Deleting");
}

static const struct value *first_mapping(struct aws_run *r, const struct value *list)
{
	value_each_item(list, m)
		if (!is_going(m) && !run_on_record(r, m))
			return m;
	return NULL;
}

static int parse_mapping(struct aws_run *r, const struct aws_op *op, const struct aws_reply *reply,
			 struct value *live)
{
	const struct value *m =
		op->list ? first_mapping(r, value_get(reply->output, op->list)) : reply->output;
	const char *state = value_text_at(m, "State");
	if (!m || is_going(m))
		return 1;
	value_set(r->a, r->attributes, "Id", value_get(m, "UUID"));
	if (!value_get(r->attributes, "EventSourceMappingArn"))
		value_set(r->a, r->attributes, "EventSourceMappingArn",
			  value_printf(r->a, "arn:%s:lambda:%s:%s:event-source-mapping:%s",
				       r->account->partition, r->account->region, r->account->id,
				       value_text_at(m, "UUID")));
	value_set(r->a, live, "FunctionName", value_get(m, "FunctionArn"));
	value_set(r->a, live, "Enabled",
		  value_bool(r->a, code_in(state, "Enabled|Enabling|Creating|Updating")));
	const struct value *failure = value_path(live, "DestinationConfig.OnFailure.Destination");
	if (!failure)
		value_remove(live, "DestinationConfig");
	return 0;
}

/* AWS's own batch size is 10 for queues, 100 for streams. */
static int build_update(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	const char *source = run_text(r, "EventSourceArn");
	(void)op;
	if (value_get(r->cleared, "BatchSize") && source && !strstr(source, ":sqs:"))
		value_set(r->a, input, "BatchSize", value_int(r->a, 100));
	return 0;
}

/* Names are filtered by text that AWS matches exactly: the mapping of this source and function. */
static const struct aws_wait settled = {
	.read = "GetEventSourceMapping",
	.path = "State",
	.ready = "Enabled|Disabled",
	.failed = "Failed",
	.why = "StateTransitionReason",
	.what = "the event source mapping to settle",
};
static const struct aws_wait gone = {
	.read = "GetEventSourceMapping",
	.gone = true,
	.timeout_s = 300,
	.what = "the event source mapping to be gone",
};

/* A source has one mapping to a function, and not everywhere do mappings keep tags. */
static int whose(struct aws_run *r)
{
	(void)r;
	return FOUND_OURS;
}

/* clang-format off */
#define MAPPINGS "/2015-03-31/event-source-mappings"
static const struct aws_op ops[] = {
	OP(CREATE, "CreateEventSourceMapping", .method = "POST", .path = MAPPINGS, .groups = G_MAIN | G_SOURCE | G_START | G_TAGS,
	   .tags = TAGS_MAP, .parse = parse_mapping, .wait = &settled),
	OP(FIND, "ListEventSourceMappings", .method = "GET", .path = MAPPINGS, .in = "EventSourceArn, FunctionName",
	   .query = "EventSourceArn=EventSourceArn,FunctionName=FunctionName,Marker=Marker", .list = "EventSourceMappings",
	   .page = "Marker=NextMarker", .parse = parse_mapping, .absent = "ResourceNotFoundException"),
	OP(READ, "GetEventSourceMapping", .method = "GET", .path = MAPPINGS "/{UUID}", .in = "UUID=Id", .groups = G_MAIN | G_SOURCE | G_START,
	   .parse = parse_mapping, .absent = "ResourceNotFoundException"),
	OP(READ, "ListTags", .method = "GET", .path = "/2017-03-31/tags/{Resource}", .in = "Resource=EventSourceMappingArn", .groups = G_TAGS, .tags = TAGS_MAP),
	OP(UPDATE, "UpdateEventSourceMapping", .method = "PUT", .path = MAPPINGS "/{UUID}", .in = "UUID=Id", .groups = G_MAIN, .partial = true,
	   .build = build_update, .wait = &settled),
	OP(UPDATE, "UntagResource", .method = "DELETE", .path = "/2017-03-31/tags/{Resource}", .query = "tagKeys=TagKeys",
	   .in = "Resource=EventSourceMappingArn", .groups = G_TAGS, .tags = TAGS_MAP, .when = WHEN_REMOVED),
	OP(UPDATE, "TagResource", .method = "POST", .path = "/2017-03-31/tags/{Resource}", .in = "Resource=EventSourceMappingArn",
	   .groups = G_TAGS, .tags = TAGS_MAP, .when = WHEN_ADDED),
	OP(REMOVE, "DeleteEventSourceMapping", .method = "DELETE", .path = MAPPINGS "/{UUID}", .in = "UUID=Id",
	   .absent = "ResourceNotFoundException", .wait = &gone),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.code = "InvalidParameterValueException", .text = "cannot be assumed by Lambda", .seconds = 300, .what = "the role to become visible to Lambda"),
	RETRY(.code = "InvalidParameterValueException", .text = "execution role does not have permissions", .seconds = 300,
	      .what = "the role's permissions to become visible to Lambda"),
	RETRY(.code = "InvalidParameterValueException", .text = "ensure the role can perform", .seconds = 300,
	      .what = "the role's permissions to become visible to Lambda"),
	RETRY(.code = "ResourceInUseException", .seconds = 300, .what = "another change of the mapping to finish"),
	RETRY(.op = "CreateEventSourceMapping", .code = "ResourceNotFoundException", .seconds = 30, .what = "the new function to become visible"),
	RETRY_END
};
/* clang-format on */

static void check(const struct value *v, struct diags *d)
{
	const char *source = value_text_at(v, "EventSourceArn");
	const struct value *start = value_get(v, "StartingPosition");
	const struct value *size = value_get(v, "BatchSize"), *window = value_get(v, "MaximumBatchi"
										     "ngWindowInSec"
										     "onds");
	if (!source || !strstr(source, ":sqs:")) {
		if (source && (strstr(source, ":dynamodb:") || strstr(source, ":kinesis:")) &&
		    !start)
			diag_error(d, D_CONFIG, v->span,
				   "a mapping of a stream needs StartingPosition");
		return;
	}
	if (start)
		diag_error(d, D_CONFIG, start->span,
			   "StartingPosition is for streams; a queue has none");
	if (value_int_or(size, 10) > 10 && value_int_or(window, value_has_unknown(window)) < 1)
		diag_error(d, D_CONFIG, size->span,
			   "batches of more than 10 messages need MaximumBatchingWindowInSeconds "
			   "of 1 or more");
}

static const char *const left_out[][2] = {
	{ "AmazonManagedKafkaEventSourceConfig", "Kafka sources are not part of this type" },
	{ "SelfManagedKafkaEventSourceConfig", "Kafka sources are not part of this type" },
	{ "SelfManagedEventSource", "Kafka sources are not part of this type" },
	{ "SourceAccessConfigurations", "Kafka and MQ sources are not part of this type" },
	{ "Topics", "Kafka sources are not part of this type" },
	{ "Queues", "MQ sources are not part of this type" },
	{ "DocumentDBEventSourceConfig", "DocumentDB sources are not part of this type" },
	{ NULL, NULL },
};

static const struct aws_type impl = {
	.service = "lambda",
	.ops = ops,
	.retries = retries,
	.exists = "ResourceConflictException",
	.lock = "FunctionName",
	.whose = whose,
};

const struct type aws_type_lambda_event_source_mapping = {
	.name = "AWS::Lambda::EventSourceMapping",
	.doc = "What polls a queue or stream and invokes a function.",
	.props = props,
	.id = "Id",
	.check = check,
	.left_out = left_out,
	.impl = &impl,
};
