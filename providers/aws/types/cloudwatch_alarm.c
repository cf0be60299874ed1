/* AWS::CloudWatch::Alarm: PutMetricAlarm writes the whole alarm, over any of the same name. */
#include "providers/aws/run.h"

/* clang-format off */
#define UNITS VALUES("Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits", \
	"Kilobits", "Megabits", "Gigabits", "Terabits", "Percent", "Count", "Bytes/Second", "Kilobytes/Second", "Megabytes/Second", \
	"Gigabytes/Second", "Terabytes/Second", "Bits/Second", "Kilobits/Second", "Megabits/Second", "Gigabits/Second", \
	"Terabits/Second", "Count/Second", "None")
static const struct prop dimension[] = {
	PROP("Name", STRING, P_REQUIRED, LENGTH(1, 255), .doc = "Name."),
	PROP("Value", STRING, P_REQUIRED, LENGTH(1, 1024), .doc = "Value."),
	PROP_END
};
static const struct prop metric[] = {
	PROP("Namespace", STRING, 0, LENGTH(1, 255), .pattern = "[^:].*", .doc = "Namespace."),
	PROP("MetricName", STRING, 0, LENGTH(1, 255), .doc = "Metric."),
	PROP("Dimensions", LIST, P_SET, OF(OBJECT), .sub = dimension, LENGTH(0, 30), .doc = "Dimensions."),
	PROP_END
};
static const struct prop metric_stat[] = {
	PROP("Metric", OBJECT, P_REQUIRED, .sub = metric, .doc = "Metric."),
	PROP("Period", INT, P_REQUIRED, .unit = "s", RANGE(1, 86400), .doc = "Seconds of a data point."),
	PROP("Stat", STRING, P_REQUIRED, .doc = "Statistic."),
	PROP("Unit", STRING, 0, UNITS, .doc = "Unit."),
	PROP_END
};
static const struct prop query[] = {
	PROP("Id", STRING, P_REQUIRED, LENGTH(1, 255), .pattern = "[a-z][A-Za-z0-9_]*", .doc = "Name in expressions."),
	PROP("Expression", STRING, 0, LENGTH(1, 2048), .doc = "Expression over other queries."),
	PROP("MetricStat", OBJECT, 0, .sub = metric_stat, .doc = "A metric."),
	PROP("Label", STRING, 0, .doc = "Label."),
	PROP("ReturnData", BOOL, 0, .def = "true", .doc = "Whether the alarm watches it."),
	PROP("Period", INT, 0, .unit = "s", RANGE(1, 86400), .doc = "Seconds of a data point."),
	PROP("AccountId", STRING, 0, LENGTH(1, 255), .doc = "Account of the metric."),
	PROP_END
};
static const struct prop props[] = {
	PROP("AlarmName", STRING, P_REPLACE, .group = G_ID, LENGTH(1, 255), .doc = "Name."),
	PROP("AlarmDescription", STRING, 0, .def = "\"\"", LENGTH(0, 1024), .doc = "Description."),
	PROP("ActionsEnabled", BOOL, 0, .def = "true", .doc = "Whether actions are taken."),
	PROP("AlarmActions", LIST, P_SET, LENGTH(0, 5), .doc = "ARNs told of ALARM."),
	PROP("OKActions", LIST, P_SET, LENGTH(0, 5), .snake = "ok_actions", .doc = "ARNs told of OK."),
	PROP("InsufficientDataActions", LIST, P_SET, LENGTH(0, 5), .doc = "ARNs told of INSUFFICIENT_DATA."),
	PROP("Namespace", STRING, 0, LENGTH(1, 255), .pattern = "[^:].*", .doc = "Namespace of the metric."),
	PROP("MetricName", STRING, 0, LENGTH(1, 255), .doc = "Metric."),
	PROP("Dimensions", LIST, P_SET, OF(OBJECT), .sub = dimension, LENGTH(0, 30), .doc = "Dimensions of the metric."),
	PROP("Statistic", STRING, 0, VALUES("SampleCount", "Average", "Sum", "Minimum", "Maximum"), .doc = "Statistic."),
	PROP("ExtendedStatistic", STRING, 0, .doc = "Percentile, such as p99.9, or another extended statistic."),
	PROP("Unit", STRING, 0, UNITS, .doc = "Unit."),
	PROP("Period", INT, 0, .unit = "s", RANGE(1, 86400), .doc = "Seconds of a data point."),
	PROP("EvaluationPeriods", INT, P_REQUIRED, RANGE(1, 2147483647), .doc = "Data points looked at."),
	PROP("DatapointsToAlarm", INT, P_CREATE_DEFAULT, RANGE(1, 2147483647), .doc = "Data points that must be beyond."),
	PROP("Threshold", DOUBLE, 0, .doc = "Threshold."),
	PROP("ThresholdMetricId", STRING, 0, LENGTH(1, 255), .doc = "Query that is the band of an anomaly detection."),
	PROP("ComparisonOperator", STRING, P_REQUIRED, VALUES("GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold",
	     "LessThanOrEqualToThreshold", "LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold"),
	     .doc = "How data points are compared with the threshold."),
	PROP("TreatMissingData", STRING, 0, .def = "\"missing\"", VALUES("breaching", "notBreaching", "ignore", "missing"), .doc = "What missing data points mean."),
	PROP("EvaluateLowSampleCountPercentile", STRING, 0, VALUES("evaluate", "ignore"), .doc = "Percentiles of few samples."),
	PROP("Metrics", LIST, P_SET, OF(OBJECT), .sub = query, LENGTH(0, 20), .doc = "Metric math instead of one metric."),
	PROP("Tags", MAP, P_TAGS, .group = G_TAGS, .doc = "Tags."),
	PROP("Arn", STRING, P_COMPUTED | P_STATIC, .wire = "AlarmArn", .derive = "arn:${partition}:cloudwatch:${region}:${account}:alarm:${AlarmName}", .doc = "ARN."),
	PROP_END
};
/* clang-format on */

/* The call writes the whole alarm: what went away is left out, not sent empty. */
static int leave_out(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	(void)op;
	value_each_pair(r->cleared, gone)
		value_remove(input, gone->key);
	return 0;
}

static int name_list(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	struct value *names = value_list(r->a);
	(void)op;
	value_append(r->a, names, (struct value *)run_identity(r, "AlarmName"));
	value_set(r->a, input, "AlarmNames", names);
	return 0;
}

/* clang-format off */
static const struct aws_op ops[] = {
	OP(CREATE, "PutMetricAlarm", .in = "AlarmName", .groups = G_MAIN | G_TAGS, .tags = TAGS_LIST),
	OP(READ, "DescribeAlarms", .batch_in = "AlarmNames", .batch_by = "AlarmName", .fixed = "{\"AlarmTypes\":[\"MetricAlarm\"],\"MaxRecords\":100}",
	   .list = "MetricAlarms", .match = "AlarmName", .page = "NextToken", .shared = true, .groups = G_MAIN),
	OP(READ, "ListTagsForResource", .in = "ResourceARN=Arn", .groups = G_TAGS, .tags = TAGS_LIST),
	OP(UPDATE, "PutMetricAlarm", .in = "AlarmName", .groups = G_MAIN, .build = leave_out),
	OP(UPDATE, "UntagResource", .in = "ResourceARN=Arn", .groups = G_TAGS, .tags = TAGS_LIST, .when = WHEN_REMOVED),
	OP(UPDATE, "TagResource", .in = "ResourceARN=Arn", .groups = G_TAGS, .tags = TAGS_LIST, .when = WHEN_ADDED),
	OP(REMOVE, "DeleteAlarms", .build = name_list, .absent = "ResourceNotFound|ResourceNotFoundException"),
	OP_END
};
static const struct aws_retry retries[] = {
	RETRY(.code = "ConcurrentModificationException", .seconds = 60, .what = "another change of the alarm to finish"),
	RETRY_END
};
/* clang-format on */

static void check(const struct value *v, struct diags *d)
{
	const struct value *math = value_get(v, "Metrics"), *name = value_get(v, "MetricName");
	const struct value *statistic = value_get(v, "Statistic"), *extended = value_get(v, "Extend"
											    "edStat"
											    "isti"
											    "c");
	if (math && (name || statistic || extended || value_get(v, "Period")))
		diag_error(d, D_CONFIG, math->span,
			   "Metrics excludes MetricName, Period and statistics");
	if (!math && !name)
		diag_error(d, D_CONFIG, v->span, "an alarm needs MetricName or Metrics");
	if (statistic && extended)
		diag_error(d, D_CONFIG, extended->span,
			   "Statistic and ExtendedStatistic exclude each other");
	const struct value *points = value_get(v, "DatapointsToAlarm"),
			   *periods = value_get(v, "EvaluationPeriods");
	if (points && value_int_or(points, 0) > value_int_or(periods, INT64_MAX))
		diag_error(d, D_CONFIG, points->span,
			   "DatapointsToAlarm cannot be more than EvaluationPeriods");
	const struct value *period = value_get(v, "Period");
	int64_t s = value_int_or(period, 60);
	if (s % 60 && s != 10 && s != 20 && s != 30)
		diag_error(d, D_CONFIG, period->span,
			   "Period is 10, 20, 30 or a multiple of 60 seconds");
}

static const char *const left_out[][2] = {
	{ "ActionConfiguration", "not in every partition" },
	{ "EvaluationCriteria", "PromQL alarms are not part of this type" },
	{ "EvaluationInterval", "PromQL alarms are not part of this type" },
	{ "EvaluationWindow", "PromQL alarms are not part of this type" },
	{ "WarmUpConfiguration", "not in every partition" },
	{ NULL, NULL },
};

static const char *const differs[][3] = {
	{ "ComparisonOperator", "required", "only PromQL alarms go without" },
	{ "EvaluationPeriods", "required", "only PromQL alarms go without" },
	{ "EvaluateLowSampleCountPercentile", "values", "AWS takes these words only" },
	{ "Metrics", "length", "CloudWatch's own limit" },
	{ "Metrics/Period", "range", "CloudWatch's own limit, a day" },
	{ "Metrics/MetricStat/Period", "range", "CloudWatch's own limit, a day" },
	{ "Period", "range", "CloudWatch's own limit, a day" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "cloudwatch",
	.ops = ops,
	.retries = retries,
	.upsert = true,
	.lock = "AlarmName",
};

const struct type aws_type_cloudwatch_alarm = {
	.name = "AWS::CloudWatch::Alarm",
	.doc = "An alarm over a metric.",
	.props = props,
	.id = "AlarmName",
	.name_prop = "AlarmName",
	.batch = 100,
	.check = check,
	.left_out = left_out,
	.differs = differs,
	.impl = &impl,
};
