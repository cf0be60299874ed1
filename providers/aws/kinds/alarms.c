/* alarms: CloudWatch alarms on metrics, and on other alarms. */
#include <inttypes.h>
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "providers/aws/expand.h"

/* clang-format off */
static const struct prop words[] = {
	PROP("metric", STRING, 0, .to = "MetricName", .doc = "A metric of an entry (`functions.http.Errors`), or a name beside `namespace`."),
	PROP("namespace", STRING, 0, .to = "Namespace", .doc = "Namespace of the metric."),
	PROP("dimensions", MAP, 0, .to = "Dimensions", .doc = "Dimensions of the metric."),
	PROP("statistic", ANY, 0, .to = "Statistic", .doc = "Average, Sum, Minimum, Maximum, SampleCount, or a percentile (`p99`)."),
	PROP("unit", STRING, 0, .to = "Unit", .doc = "Only values in this unit."),
	PROP("above", DOUBLE, 0, .to = "Threshold", .doc = "Alarm above this."),
	PROP("at_least", DOUBLE, 0, .doc = "Alarm from this on."),
	PROP("below", DOUBLE, 0, .doc = "Alarm below this."),
	PROP("at_most", DOUBLE, 0, .doc = "Alarm up to this."),
	PROP("period", INT, 0, .to = "Period", .unit = "s", .def = "60", RANGE(10, 604800), .doc = "Over what time a value is taken."),
	PROP("for", INT, 0, .to = "EvaluationPeriods", .unit = "s", RANGE(10, 604800), .doc = "For how long, a multiple of `period`."),
	PROP("datapoints", INT, 0, .to = "DatapointsToAlarm", RANGE(1, 100000), .doc = "How many values of that time; all without."),
	PROP("missing", STRING, 0, .to = "TreatMissingData", .def = "\"missing\"", VALUES("breaching", "notBreaching", "ignore", "missing"),
	     .doc = "What a missing value counts as."),
	PROP("expression", STRING, 0, .doc = "Metric math over `metrics`."),
	PROP("metrics", MAP, 0, OF(ANY), .to = "Metrics", .doc = "By id: {metric, namespace, dimensions, statistic, period} or {expression}."),
	PROP("any", LIST, 0, .doc = "Alarms: when any of them is in alarm."),
	PROP("all", LIST, 0, .doc = "Alarms: when all of them are in alarm."),
	PROP("rule", STRING, 0, .doc = "Rule over alarms, as CloudWatch writes it."),
	PROP("notify", LIST, 0, .to = "AlarmActions", .doc = "Topics or functions told: addresses or ARNs."),
	PROP_END
};

static const struct prop metric_words[] = {
	PROP("metric", STRING, 0, .doc = "A metric of an entry, or a name beside `namespace`."),
	PROP("namespace", STRING, 0, .doc = "Namespace of the metric."),
	PROP("dimensions", MAP, 0, .doc = "Dimensions of the metric."),
	PROP("statistic", ANY, 0, .doc = "Average, Sum, ... or a percentile."),
	PROP("period", INT, 0, .unit = "s", .def = "60", RANGE(1, 604800), .doc = "Over what time a value is taken."),
	PROP("unit", STRING, 0, .doc = "Only values in this unit."),
	PROP("expression", STRING, 0, .to = "Expression", .doc = "Metric math over the others."),
	PROP("label", STRING, 0, .to = "Label", .doc = "Name in graphs."),
	PROP("return_data", BOOL, 0, .to = "ReturnData", .doc = "Whether the alarm looks at this one."),
	PROP_END
};
/* clang-format on */

/* --- metrics --- */

struct metric {
	struct value *name, *namespace, *dimensions; /* a map */
};

/* "functions.http.Errors": address and metric of an entry. */
static struct item *entry_metric(struct expansion *x, const struct value *v, const char **ret_name)
{
	const char *text = value_text(v), *dot = text ? strrchr(text, '.') : NULL;
	if (!dot)
		return NULL;
	const char *address = arena_strndup(x->arena, text, (size_t)(dot - text));
	struct item *i = x_item(x, address);
	const char *section = arena_strndup(x->arena, text, strcspn(text, "."));
	*ret_name = dot + 1;
	if (i || !x->provider->kind(section))
		return i;
	x_error(x, v->span, "no `%s` in this stack", address);
	const char *near = x_nearest(x, address);
	if (near)
		diag_hint(x->diags, "did you mean `%s.%s`?", near, dot + 1);
	return NULL;
}

static void metric_of_entry(struct expansion *x, const struct value *v, const struct item *i,
			    const char *name, struct metric *ret)
{
	const struct aws_kind *impl = i->impl;
	if (!impl || !impl->metrics) {
		x_error(x, v->span, "%s has no metrics of its own", i->entry->address);
		diag_hint(x->diags, "give `namespace` and `dimensions`");
		return;
	}
	ret->name = value_at(x->arena, x_string(x, name), v->span);
	ret->namespace = x_string(x, impl->metrics);
	value_set(x->arena, ret->dimensions, impl->dimension,
		  x_attribute(x, i->entry->address, impl->dimension_of));
}

/* What `metric`, `namespace` and `dimensions` of `body` say. */
static void read_metric(struct expansion *x, const struct value *body, struct metric *ret)
{
	struct value *v = value_get(body, "metric"), *space = value_get(body, "namespace");
	const char *name = NULL;
	size_t errors = diags_errors(x->diags);
	*ret = (struct metric){ .name = v, .namespace = space, .dimensions = value_map(x->arena) };
	struct item *i = space ? NULL : entry_metric(x, v, &name);
	if (i)
		metric_of_entry(x, v, i, name, ret);
	else if (v && !space && diags_errors(x->diags) == errors) {
		x_error(x, v->span, "a metric needs `namespace`, or is one of an entry");
		diag_hint(x->diags, "such as `functions.http.Errors`");
	}
	value_merge(x->arena, ret->dimensions, value_get(body, "dimensions"), false);
}

static struct value *dimension_list(struct expansion *x, const struct value *map)
{
	struct value *list = value_list(x->arena);
	value_each_pair(map, p)
		value_append(x->arena, list,
			     x_map(x, "Name", x_string(x, p->key), "Value", p->value, NULL));
	return value_len(list) ? list : NULL;
}

/* --- statistics --- */

static const char *simple_statistic(const char *text)
{
	static const char *const names[] = { "Average", "Sum", "Minimum", "Maximum",
					     "SampleCount" };
	for (size_t n = 0; n < sizeof(names) / sizeof(*names); n++)
		if (str_eq_fold(text, names[n]))
			return names[n];
	return str_eq_fold(text, "sample-count") || str_eq_fold(text, "sample_count") ? "SampleCoun"
											"t"
										      : NULL;
}

/* p99, p99.9, tm90, wm98, tc10, ts5, IQM, and ranges: TM(10%:90%), PR(:300). */
static bool is_extended(const char *text)
{
	static const char *const names[] = { "p", "tm", "wm", "tc", "ts" };
	if (str_eq(text, "IQM") || (strchr(text, '(') && str_ends(text, ")")))
		return true;
	for (size_t n = 0; n < sizeof(names) / sizeof(*names); n++) {
		size_t len = strlen(names[n]);
		if (!strncmp(text, names[n], len) && isdigit((unsigned char)text[len]) &&
		    strspn(text + len, "0123456789.") == strlen(text + len))
			return true;
	}
	return false;
}

/* AWS's word for a statistic; *ret_extended when it goes under ExtendedStatistic. */
static struct value *statistic(struct expansion *x, const struct value *v, bool *ret_extended)
{
	const char *text = value_text(v), *simple = text ? simple_statistic(text) : NULL;
	*ret_extended = text && !simple;
	if (simple)
		return value_at(x->arena, x_string(x, simple), v->span);
	if (!text || is_extended(text))
		return (struct value *)v;
	x_error(x, v->span, "`%s` is no statistic", text);
	diag_hint(x->diags, "one of Average, Sum, Minimum, Maximum, SampleCount, or a percentile "
			    "such as p99");
	return NULL;
}

static void one_metric(struct expansion *x, struct item *i, struct value *props)
{
	struct metric m;
	bool extended;
	read_metric(x, i->entry->body, &m);
	const struct value *v = x_word(i, "statistic");
	if (!v) {
		x_lacks(x, i, "statistic");
		diag_hint(x->diags, "such as Sum, Average, Maximum or p99");
	}
	struct value *stat = v ? statistic(x, v, &extended) : NULL;
	struct value *own = x_map(x, "MetricName", m.name, "Namespace", m.namespace, "Dimensions",
				  dimension_list(x, m.dimensions), NULL);
	value_merge(x->arena, props, own, false);
	if (stat)
		value_set(x->arena, props, extended ? "ExtendedStatistic" : "Statistic", stat);
}

/* --- metric math --- */

static struct value *query(struct expansion *x, const struct value_pair *p, bool shown)
{
	const char *id = p->key;
	const struct value *v = p->value;
	const struct value *w = x_check(x, metric_words, v, "a metric");
	struct value *out = x_map(x, "Id", value_at(x->arena, x_string(x, id), p->key_span), NULL);
	bool extended;
	if (!w)
		return out;
	value_set(x->arena, out, "ReturnData", value_bool(x->arena, shown));
	x_copy(x, metric_words, NULL, w, out);
	if (value_get(w, "expression"))
		return out;
	struct metric m;
	read_metric(x, w, &m);
	struct value *stat = value_get(w, "statistic"), *period = value_get(w, "period");
	if (!m.name || !stat) {
		x_error(x, v->span, "`%s` needs `metric` and `statistic`, or `expression`", id);
		return out;
	}
	struct value *what = x_map(x, "Namespace", m.namespace, "MetricName", m.name, "Dimensions",
				   dimension_list(x, m.dimensions), NULL);
	value_set(x->arena, out, "MetricStat",
		  x_map(x, "Metric", what, "Period", period ? period : value_int(x->arena, 60),
			"Stat", statistic(x, stat, &extended), "Unit", value_get(w, "unit"), NULL));
	return out;
}

static void metric_math(struct expansion *x, struct item *i, struct value *props)
{
	const struct value *all = x_word(i, "metrics"), *expression = x_word(i, "expression");
	struct value *list = value_list(x->arena);
	value_each_pair(all, p)
		value_append(x->arena, list, query(x, p, !expression && value_len(all) == 1));
	if (expression)
		value_append(x->arena, list,
			     x_map(x, "Id", x_string(x, "result"), "Expression", expression,
				   "ReturnData", value_bool(x->arena, true), NULL));
	value_set(x->arena, props, "Metrics", list);
}

/* --- when --- */

static const struct {
	const char *word, *operator;
} comparisons[] = {
	{ "above", "GreaterThanThreshold" },
	{ "at_least", "GreaterThanOrEqualToThreshold" },
	{ "below", "LessThanThreshold" },
	{ "at_most", "LessThanOrEqualToThreshold" },
};

static void threshold(struct expansion *x, struct item *i, struct value *props)
{
	const char *found = NULL;
	for (size_t n = 0; n < 4; n++) {
		const struct value *v = x_word(i, comparisons[n].word);
		if (!v)
			continue;
		if (found)
			x_error(x, v->span, "an alarm has one threshold: `%s` or `%s`", found,
				comparisons[n].word);
		found = comparisons[n].word;
		value_set(x->arena, props, "Threshold", (struct value *)v);
		value_set(x->arena, props, "ComparisonOperator",
			  x_string(x, comparisons[n].operator));
	}
	if (found || value_get(i->entry->body, "ComparisonOperator"))
		return;
	x_error(x, i->entry->span, "%s needs a threshold", i->entry->address);
	diag_hint(x->diags, "one of `above`, `at_least`, `below` and `at_most`");
}

static void periods(struct expansion *x, struct item *i, struct value *props, bool math)
{
	const struct value *whole = x_word(i, "for");
	int64_t period = value_int_or(x_word(i, "period"), 60), total = value_int_or(whole, period);
	if (period > 60 ? period % 60 != 0
			: period != 10 && period != 20 && period != 30 && period != 60)
		x_error(x, x_at(i, "period"), "a period is 10s, 20s, 30s or whole minutes");
	if (whole && total % period) {
		x_error(x, whole->span, "`for` is a multiple of the period of %lld s",
			(long long)period);
		int64_t below = total / period * period, above = below + period;
		diag_hint(x->diags, "%" PRId64 " s or %" PRId64 " s", below ? below : period,
			  above);
	}
	if (!math)
		value_set(x->arena, props, "Period", value_int(x->arena, period));
	value_set(x->arena, props, "EvaluationPeriods", value_int(x->arena, total / period));
}

/* --- whom to tell --- */

static const char *const told[] = { "topics", "functions", NULL };

static struct value *actions(struct expansion *x, struct item *i)
{
	const struct value *all = x_word(i, "notify");
	struct value *list = value_list(x->arena);
	if (!all)
		return NULL;
	all = x_list(x, all);
	value_each_item(all, v) {
		struct target t;
		/* Other services are told by ARN: Auto Scaling, Systems Manager, ... */
		if (str_starts(value_text(v), "arn:"))
			value_append(x->arena, list, v);
		else if (!x_ref(x, v, told, &t))
			value_append(x->arena, list, t.arn);
	}
	return list;
}

static void wire(struct expansion *x, struct item *i)
{
	const struct value *all = x_list(x, x_word(i, "notify"));
	value_each_item(all, v) {
		struct target t;
		const char *text = value_text(v);
		struct item *who = text && !str_starts(text, "arn:") ? x_item(x, text) : NULL;
		if (!who && (!value_is(v, VALUE_EXPR) || x_ref(x, v, told, &t) || !t.item))
			continue;
		if (!who)
			who = t.item;
		if (str_eq(who->entry->section, "functions"))
			x_permit(x, who, i->entry->address,
				 "lambda.alarms.cloudwatch.amazonaws.com", x_known_arn(x, i), true);
		else
			x_serve_key(x, who, "cloudwatch");
	}
}

/* --- alarms on alarms --- */

/* ALARM("a") OR ALARM("b") */
static struct value *combined(struct expansion *x, const struct value *v, const char *with)
{
	static const char *const alarms[] = { "alarms", NULL };
	const struct value *all = x_list(x, v);
	struct value *rule = NULL;
	value_each_item(all, one) {
		struct target t;
		if (x_ref(x, one, alarms, &t))
			continue;
		struct value *who =
			t.item ? x_attribute(x, t.item->entry->address, "AlarmName") : t.arn;
		rule = rule ? x_text(x, "% % ALARM(\"%\")", rule, x_string(x, with), who)
			    : x_text(x, "ALARM(\"%\")", who);
	}
	return rule;
}

static bool is_composite(struct expansion *x, const struct item *i)
{
	static const char *const metric[] = { "metric",	 "namespace",  "dimensions", "statistic",
					      "unit",	 "above",      "at_least",   "below",
					      "at_most", "period",     "for",	     "datapoints",
					      "missing", "expression", "metrics" };
	if (!x_word(i, "any") && !x_word(i, "all") && !x_word(i, "rule"))
		return false;
	for (size_t n = 0; n < sizeof(metric) / sizeof(*metric); n++)
		if (x_word(i, metric[n]))
			x_error(x, x_at(i, metric[n]), "an alarm on alarms has no `%s`", metric[n]);
	return true;
}

static void composite(struct expansion *x, struct item *i)
{
	const struct value *any = x_word(i, "any"), *all = x_word(i, "all");
	struct value *rule = (struct value *)x_word(i, "rule");
	const char *word = any ? "any" : all ? "all" : "rule";
	if (!x_type(x, "AWS::CloudWatch::CompositeAlarm", x_at(i, word)))
		return;
	if ((any != NULL) + (all != NULL) + (rule != NULL) != 1) {
		x_error(x, i->entry->span, "an alarm on alarms has one of `any`, `all` and `rule`");
		return;
	}
	if (!rule)
		rule = combined(x, any ? any : all, any ? "OR" : "AND");
	x_main(x, i, "AWS::CloudWatch::CompositeAlarm",
	       x_map(x, "AlarmRule", rule, "AlarmActions", actions(x, i), NULL));
}

static void declare(struct expansion *x, struct item *i)
{
	size_t errors = diags_errors(x->diags);
	bool math = x_word(i, "metrics") || x_word(i, "expression");
	struct value *props = value_map(x->arena);
	if (is_composite(x, i)) {
		if (diags_errors(x->diags) == errors)
			composite(x, i);
		return;
	}
	if (math)
		metric_math(x, i, props);
	else if (x_word(i, "metric"))
		one_metric(x, i, props);
	else
		x_lacks(x, i, "metric");
	threshold(x, i, props);
	periods(x, i, props, math);
	struct value *tell = actions(x, i);
	if (tell)
		value_set(x->arena, props, "AlarmActions", tell);
	struct resource *r = x_main(x, i, "AWS::CloudWatch::Alarm", props);
	if (r && math)
		value_remove(r->props, "Period"); /* each metric has its own */
}

static const struct aws_kind impl = {
	.arn = "Arn",
	.service = "cloudwatch",
	.prefix = "alarm:",
	.declare = declare,
	.wire = wire,
};

const struct kind aws_kind_alarms = {
	.section = "alarms",
	.word = "alarm",
	.type = "AWS::CloudWatch::Alarm",
	.words = words,
	.doc = "CloudWatch alarms on the metrics of entries, on any other metric, on an expression "
	       "over "
	       "several, or on other alarms.",
	.example = "alarms:\n"
		   "  errors:\n"
		   "    metric: functions.worker.Errors\n"
		   "    statistic: Sum\n"
		   "    at_least: 1\n"
		   "    for: 5m\n"
		   "    notify: topics.ops\n",
	.impl = &impl,
};
