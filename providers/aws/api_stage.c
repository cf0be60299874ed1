/* api_stage.c - the stage of an HTTP API: throttling, access logs, variables. */
#include <string.h>

#include "base/str.h"
#include "providers/aws/api.h"

/* clang-format off */
static const struct prop stage_words[] = {
	PROP("name", STRING, 0, .def = "\"$default\"", .doc = "Name; it stands in the URL, unless it is $default."),
	PROP("variables", MAP, 0, .to = "StageVariables", .doc = "Variables."),
	PROP("tracing", BOOL, 0, .doc = "Of REST APIs."),
	PROP_END
};
static const struct prop log_words[] = {
	PROP("format", STRING, 0, .def = "\"json\"", .doc = "`json`, `clf`, or a line with $context variables."),
	PROP("retention", ANY, 0, .doc = "How long logs are kept."),
	PROP("encryption", ANY, 0, .doc = "Key that encrypts the logs."),
	PROP_END
};
/* clang-format on */

static const char json_format[] =
	"{\"requestId\":\"$context.requestId\",\"ip\":\"$context.identity.sourceIp\","
	"\"requestTime\":\"$context.requestTime\",\"httpMethod\":\"$context.httpMethod\","
	"\"routeKey\":\"$context.routeKey\",\"path\":\"$context.path\","
	"\"status\":\"$context.status\",\"protocol\":\"$context.protocol\","
	"\"responseLength\":\"$context.responseLength\","
	"\"responseLatency\":\"$context.responseLatency\","
	"\"integrationError\":\"$context.integrationErrorMessage\"}";
static const char common_format[] = "$context.identity.sourceIp - - [$context.requestTime] "
				    "\"$context.httpMethod $context.routeKey $context.protocol\" "
				    "$context.status "
				    "$context.responseLength $context.requestId";

static const struct value *stage_map(struct expansion *x, const struct item *i)
{
	const struct value *v = x_word(i, "stage");
	return value_is(v, VALUE_MAP) ? x_check(x, stage_words, v, "a stage") : NULL;
}

struct value *api_stage_name(struct expansion *x, const struct item *i)
{
	const struct value *v = x_word(i, "stage");
	struct value *name = value_is(v, VALUE_MAP) ? value_get(v, "name") : (struct value *)v;
	return name ? name : x_string(x, "$default");
}

/* --- access logs --- */

static const char *format_text(struct expansion *x, const struct value *v)
{
	const char *text = value_text(v);
	if (!v || !text || str_eq_fold(text, "json"))
		return json_format;
	if (str_eq_fold(text, "clf"))
		return common_format;
	if (strstr(text, "$context."))
		return text;
	x_error(x, v->span, "a log format is `json`, `clf`, or a line with $context variables");
	return json_format;
}

static const struct value *without_format(struct expansion *x, const struct value *v)
{
	struct value *out = value_map(x->arena);
	value_merge(x->arena, out, v, false);
	value_remove(out, "format");
	return out;
}

/* Under /aws/vendedlogs/, deliveries do not use up the account's resource policies. */
static void access_logs(struct api *a, struct value *props)
{
	struct expansion *x = a->x;
	const struct value *v = x_word(a->item, "access_logs"), *format = NULL;
	if (!v || x_is_bool(v, false))
		return;
	if (value_is(v, VALUE_MAP)) {
		const struct value *w = x_check(x, log_words, v, "access logs");
		format = value_get(w, "format");
		v = without_format(x, v);
	} else if (!x_is_bool(v, true)) {
		x_error(x, v->span, "`access_logs` is true, or { retention, encryption, format }");
		return;
	}
	struct value *name =
		x_text(x, "/aws/vendedlogs/apis/%", value_get(a->item->main->props, "Name"));
	struct resource *group =
		x_log_group(x, a->item, "access_logs", name, value_is(v, VALUE_MAP) ? v : NULL);
	if (!group)
		return;
	value_set(x->arena, props, "AccessLogSettings",
		  x_map(x, "DestinationArn", x_attribute(x, group->address, "Arn"), "Format",
			x_string(x, format_text(x, format)), NULL));
}

void api_stage(struct api *a)
{
	struct expansion *x = a->x;
	const struct value *w = stage_map(x, a->item), *limits = x_word(a->item, "throttle");
	struct value *props =
		x_map(x, "ApiId", a->id, "StageName", api_stage_name(x, a->item), "AutoDeploy",
		      value_bool(x->arena, true), "StageVariables", value_get(w, "variables"),
		      "RouteSettings", value_len(a->settings) ? a->settings : NULL, NULL);
	if (value_get(w, "tracing"))
		x_error(x, value_get(w, "tracing")->span, "HTTP APIs have no tracing");
	if (limits) {
		struct value *settings = value_map(x->arena);
		x_copy(x, throttle_words, NULL, limits, settings);
		value_set(x->arena, props, "DefaultRouteSettings", settings);
	}
	access_logs(a, props);
	struct resource *r = x_part(x, a->item, "stage", "AWS::ApiGatewayV2::Stage", props);
	for (size_t n = 0; n < a->throttled.len; n++)
		x_needs(x, r, a->throttled.items[n]);
}
