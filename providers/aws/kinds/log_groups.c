/* log_groups: CloudWatch Logs groups. */
#include "base/str.h"
#include "providers/aws/expand.h"

/* clang-format off */
static const struct prop metric_filter[] = {
	PROP("pattern", STRING, P_REQUIRED, .to = "FilterPattern", .doc = "Filter pattern; empty matches all."),
	PROP("namespace", STRING, P_REQUIRED, .doc = "Namespace of the metric."),
	PROP("metric", STRING, P_REQUIRED, .doc = "Name of the metric."),
	PROP("value", STRING, 0, .def = "\"1\"", .doc = "Number, or a field of the event (`$.latency`)."),
	PROP_END
};

static const struct prop words[] = {
	PROP("retention", ANY, 0, .to = "RetentionInDays", .def = "\"never\"",
	     .doc = "How long logs are kept: a time that CloudWatch Logs offers, or `never` (to delete them)."),
	PROP("encryption", ANY, 0, .to = "KmsKeyId", .doc = "Key that encrypts the logs."),
	PROP("metric_filters", MAP, 0, OF(ANY), .doc = "Metrics made of log lines, by name."),
	PROP_END
};

static const char *const read[] = { "logs:FilterLogEvents", "logs:GetLogEvents", NULL };
static const char *const streams[] = { ":*", NULL };
static const struct verb verbs[] = {
	{ "read", read, streams },
	{ NULL, NULL, NULL },
};
/* clang-format on */

static void declare(struct expansion *x, struct item *i)
{
	struct value *props = value_map(x->arena);
	x_log_words(x, i->entry->body, props, &i->key);
	x_main(x, i, "AWS::Logs::LogGroup", props);
}

static void filter(struct expansion *x, struct item *i, const char *name, const struct value *v)
{
	const struct type *t = x_type(x, "AWS::Logs::MetricFilter", x_at(i, "metric_filters"));
	const struct value *w = t ? x_check_with(x, metric_filter, t, v, "a metric filter") : NULL;
	if (!w)
		return;
	struct value *count = value_get(w, "value");
	struct value *metric = x_map(x, "MetricNamespace", value_get(w, "namespace"), "MetricName",
				     value_get(w, "metric"), "MetricValue",
				     count ? count : x_string(x, "1"), NULL);
	struct value *list = value_list(x->arena), *props = value_map(x->arena);
	value_append(x->arena, list, metric);
	x_copy(x, metric_filter, t, w, props);
	value_set(x->arena, props, "LogGroupName",
		  x_attribute(x, i->entry->address, "LogGroupName"));
	value_set(x->arena, props, "FilterName", x_string(x, name));
	value_set(x->arena, props, "MetricTransformations", list);
	x_part(x, i, arena_printf(x->arena, "metric_filters.%s", name), t->name, props);
}

static void wire(struct expansion *x, struct item *i)
{
	const struct value *filters = x_word(i, "metric_filters");
	x_log_key(x, &i->key, i->main);
	value_each_pair(filters, p)
		filter(x, i, p->key, p->value);
}

static const struct aws_kind impl = {
	.arn = "Arn",
	.service = "logs",
	.prefix = "log-group:",
	.declare = declare,
	.wire = wire,
	.metrics = "AWS/Logs",
	.dimension = "LogGroupName",
	.dimension_of = "LogGroupName",
};

const struct kind aws_kind_log_groups = {
	.section = "log_groups",
	.word = "log group",
	.type = "AWS::Logs::LogGroup",
	.words = words,
	.doc = "CloudWatch Logs groups. A function's own group is a part of the function and needs "
	       "no "
	       "entry here.",
	.example = "log_groups:\n"
		   "  audit: { retention: 365d }\n",
	.verbs = verbs,
	.impl = &impl,
};
