/* AWS::Events::Rule, with its targets. */
#include <string.h>

#include "model/json.h"
#include "providers/aws/run.h"

enum { G_TARGETS = G_A };

/* clang-format off */
static const struct prop transformer[] = {
	PROP("InputPathsMap", MAP, 0, .doc = "Names for parts of the event."),
	PROP("InputTemplate", STRING, P_REQUIRED, LENGTH(1, 8192), .doc = "Text with <names>."),
	PROP_END
};
static const struct prop dead_letter[] = {
	PROP("Arn", STRING, 0, LENGTH(1, 1600), .doc = "ARN of the queue for what could not be delivered."), PROP_END
};
static const struct prop retry_policy[] = {
	PROP("MaximumEventAgeInSeconds", INT, 0, .unit = "s", .def = "86400", RANGE(60, 86400), .doc = "Seconds a delivery is tried."),
	PROP("MaximumRetryAttempts", INT, 0, .def = "185", RANGE(0, 185), .doc = "Retries."),
	PROP_END
};
static const struct prop sqs_parameters[] = {
	PROP("MessageGroupId", STRING, P_REQUIRED, .doc = "Message group of a FIFO queue."), PROP_END
};
static const struct prop kinesis_parameters[] = {
	PROP("PartitionKeyPath", STRING, P_REQUIRED, LENGTH(0, 256), .doc = "Part of the event that is the partition key."), PROP_END
};
static const struct prop http_parameters[] = {
	PROP("PathParameterValues", LIST, 0, .pattern = ".*[^[:space:]].*", .doc = "Values for * in the path."),
	PROP("HeaderParameters", MAP, 0, .doc = "Headers."),
	PROP("QueryStringParameters", MAP, 0, .doc = "Query parameters."),
	PROP_END
};
static const struct prop target[] = {
	PROP("Id", STRING, P_REQUIRED, LENGTH(1, 64), .pattern = "[A-Za-z0-9._-]+", .doc = "Id in the rule."),
	PROP("Arn", STRING, P_REQUIRED, LENGTH(1, 1600), .doc = "ARN of the target."),
	PROP("RoleArn", STRING, 0, LENGTH(1, 1600), .doc = "Role that it is called with."),
	PROP("Input", STRING, 0, LENGTH(0, 8192), .doc = "JSON text sent instead of the event."),
	PROP("InputPath", STRING, 0, LENGTH(0, 256), .doc = "Part of the event that is sent."),
	PROP("InputTransformer", OBJECT, 0, .sub = transformer, .doc = "What is made of the event."),
	PROP("DeadLetterConfig", OBJECT, 0, .sub = dead_letter, .doc = "Where undelivered events go."),
	PROP("RetryPolicy", OBJECT, 0, .sub = retry_policy, .doc = "Retries."),
	PROP("SqsParameters", OBJECT, 0, .sub = sqs_parameters, .doc = "For FIFO queues."),
	PROP("KinesisParameters", OBJECT, 0, .sub = kinesis_parameters, .doc = "For streams."),
	PROP("HttpParameters", OBJECT, 0, .sub = http_parameters, .doc = "For APIs."),
	PROP_END
};
static const struct prop props[] = {
	PROP("Name", STRING, P_REPLACE, .group = G_ID, LENGTH(1, 64), .pattern = "[A-Za-z0-9._-]+", .doc = "Name."),
	PROP("EventBusName", STRING, P_REPLACE, .def = "\"default\"", .group = G_ID, LENGTH(1, 1600),
	     .pattern = "(arn:aws[a-zA-Z0-9_-]*:events:[a-z]{2}-[a-z]+-[a-zA-Z0-9_-]+:[0-9]{12}:event-bus/)?[/.A-Za-z0-9_-]+", .doc = "Event bus."),
	PROP("Description", STRING, 0, .def = "\"\"", LENGTH(0, 512), .doc = "Description."),
	PROP("EventPattern", JSON, 0, .doc = "Which events fit."),
	PROP("ScheduleExpression", STRING, 0, LENGTH(0, 256), .pattern = "((rate|cron)[(].+[)])?", .doc = "rate(...) or cron(...)."),
	PROP("State", STRING, 0, .def = "\"ENABLED\"", VALUES("ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"), .doc = "Whether it is on."),
	PROP("RoleArn", STRING, 0, LENGTH(1, 1600), .doc = "Role for targets without one."),
	PROP("Targets", LIST, P_SET, OF(OBJECT), .group = G_TARGETS, .sub = target, LENGTH(0, 5), .doc = "Who gets the events."),
	PROP("Tags", MAP, P_TAGS, .group = G_TAGS, .doc = "Tags."),
	PROP("Arn", STRING, P_COMPUTED | P_STATIC, .derive = "arn:${partition}:events:${region}:${account}:rule/${/EventBusName}${Name}", .doc = "ARN."),
	PROP_END
};
/* clang-format on */

static int add_bus(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	const struct value *bus = run_identity(r, "EventBusName");
	(void)op;
	if (bus)
		value_set(r->a, input, "EventBusName", (struct value *)bus);
	return 0;
}

/* PutRule replaces the whole rule: what went away is left out, not sent empty. */
static int put_without_tags(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	value_each_pair(r->cleared, gone)
		value_remove(input, gone->key);
	return add_bus(r, op, input);
}

/* --- targets --- */

/* 200 may still say that some entries failed, which may be for a moment only. */
static bool entries_busy(const struct value *reply)
{
	const struct value *failed = value_get(reply, "FailedEntries");
	value_each_item(failed, entry)
		if (!str_eq(value_text_at(entry, "ErrorCode"), "ConcurrentModificationException"))
			return false;
	return value_len(failed) > 0;
}

static int entries_failed(struct aws_run *r, const struct aws_op *op, const struct value *reply)
{
	const struct value *first = value_item(value_get(reply, "FailedEntries"), 0);
	if (value_int_or(value_get(reply, "FailedEntryCount"), 0) == 0)
		return 0;
	const char *code = value_text_at(first, "ErrorCode"), *message = value_text_at(first, "Erro"
											      "rMes"
											      "sag"
											      "e");
	return diag_error(r->d, D_REMOTE, NO_SPAN, "EventBridge %s: target `%s`: %s: %s", op->name,
			  value_text_at(first, "TargetId"), code ? code : "failed",
			  message ? message : "");
}

enum { MOST_TRIES = 8 };

static int target_call(struct aws_run *r, const struct aws_op *op, const char *member,
		       struct value *list)
{
	struct value *input;
	struct aws_reply *reply;
	if (!value_len(list))
		return 0;
	if (run_input(r, op, UPDATE, &input))
		return -1;
	value_set(r->a, input, member, list);
	for (int attempt = 0;;) {
		int rc = run_call(r, op, input, &reply, NULL);
		if (rc)
			return rc < 0 ? run_fail(r) : 0;
		if (attempt == MOST_TRIES || !entries_busy(reply->output) ||
		    run_pause(r, &attempt, "another change of the rule to finish"))
			return entries_failed(r, op, reply->output);
	}
}

static const struct aws_op put_call = {
	.verbs = UPDATE, .name = "PutTargets", .in = "Rule=Name", .build = add_bus
};
static const struct aws_op remove_call = {
	.verbs = UPDATE,
	.name = "RemoveTargets",
	.in = "Rule=Name",
	.build = add_bus,
	.absent = "ResourceNotFoundException",
};

static int put_targets(struct aws_run *r, const struct aws_op *op)
{
	const struct prop *row = prop_find(props, "Targets");
	const struct value *want = value_get(r->op->wanted, "Targets");
	(void)op;
	return want ? target_call(r, &put_call, "Targets", encode_value(r, row, want, false)) : 0;
}

static bool has_target(const struct value *list, const char *id)
{
	value_each_item(list, t)
		if (str_eq(value_text_at(t, "Id"), id))
			return true;
	return false;
}

static int remove_targets(struct aws_run *r, const struct aws_op *op)
{
	const struct value *live = value_get(r->op->live, "Targets");
	const struct value *old = live ? live : value_get(r->op->recorded, "Targets");
	const struct value *want = value_get(r->op->wanted, "Targets");
	struct value *ids = value_list(r->a);
	(void)op;
	value_each_item(old, t)
		if (!has_target(want, value_text_at(t, "Id")))
			value_append(r->a, ids, value_get(t, "Id"));
	return target_call(r, &remove_call, "Ids", ids);
}

/* clang-format off */
static const struct aws_op ops[] = {
	OP(CREATE, "PutRule", .in = "Name", .groups = G_MAIN | G_TAGS, .tags = TAGS_LIST, .out = "RuleArn=Arn", .build = add_bus),
	OP(READ, "DescribeRule", .in = "Name", .groups = G_MAIN, .build = add_bus, .absent = "ResourceNotFoundException"),
	OP(READ, "ListTargetsByRule", .in = "Rule=Name", .groups = G_TARGETS, .list = "Targets", .page = "NextToken", .build = add_bus),
	OP(READ, "ListTagsForResource", .in = "ResourceARN=Arn", .groups = G_TAGS, .tags = TAGS_LIST),
	OP(UPDATE, "PutRule", .in = "Name", .groups = G_MAIN, .build = put_without_tags),
	STEP(PUT, "PutTargets", put_targets, .groups = G_TARGETS),
	STEP(UPDATE | REMOVE, "RemoveTargets", remove_targets, .groups = G_TARGETS),
	OP(UPDATE, "UntagResource", .in = "ResourceARN=Arn", .groups = G_TAGS, .tags = TAGS_LIST, .when = WHEN_REMOVED),
	OP(UPDATE, "TagResource", .in = "ResourceARN=Arn", .groups = G_TAGS, .tags = TAGS_LIST, .when = WHEN_ADDED),
	OP(REMOVE, "DeleteRule", .in = "Name", .build = add_bus, .absent = "ResourceNotFoundException"),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.code = "ConcurrentModificationException", .seconds = 60, .what = "another change of the rule to finish"),
	RETRY(.code = "ValidationException", .text = "cannot be assumed by principal", .seconds = 120, .what = "the role to become visible to EventBridge"),
	RETRY(.op = "DeleteRule", .code = "ValidationException", .text = "argets", .seconds = 60, .what = "the rule's targets to be gone"),
	RETRY_END
};
/* clang-format on */

static void check(const struct value *v, struct diags *d)
{
	const struct value *pattern = value_get(v, "EventPattern"), *schedule = value_get(v, "Sched"
											     "uleEx"
											     "press"
											     "ion");
	const char *bus = value_text_at(v, "EventBusName");
	if (!pattern && !schedule)
		diag_error(d, D_CONFIG, v->span, "a rule needs EventPattern or ScheduleExpression");
	if (schedule && bus && !str_eq(bus, "default"))
		diag_error(d, D_CONFIG, schedule->span,
			   "only rules on the default bus take a schedule");
	value_each_item(value_get(v, "Targets"), t) {
		int inputs = !!value_get(t, "Input") + !!value_get(t, "InputPath") +
			     !!value_get(t, "InputTransformer");
		if (inputs > 1)
			diag_error(d, D_CONFIG, t->span,
				   "Input, InputPath and InputTransformer exclude one another");
	}
}

static const char *const left_out[][2] = {
	{ "RuleName", "the Name again" },
	{ "Targets/AppSyncParameters", "AppSync targets are not part of this type" },
	{ "Targets/BatchParameters", "Batch targets are not part of this type" },
	{ "Targets/EcsParameters", "ECS targets are not part of this type" },
	{ "Targets/RedshiftDataParameters", "Redshift targets are not part of this type" },
	{ "Targets/RunCommandParameters", "Systems Manager targets are not part of this type" },
	{ "Targets/SageMakerPipelineParameters", "SageMaker targets are not part of this type" },
	{ NULL, NULL },
};

static const struct aws_type impl = {
	.service = "events",
	.unseen = "ResourceNotFoundException",
	.ops = ops,
	.retries = retries,
	.upsert = true,
	.lock = "Name",
};

const struct type aws_type_events_rule = {
	.name = "AWS::Events::Rule",
	.doc = "Events that fit, or times, and who is told.",
	.props = props,
	.id = "Name",
	.name_prop = "Name",
	.check = check,
	.left_out = left_out,
	.impl = &impl,
};
