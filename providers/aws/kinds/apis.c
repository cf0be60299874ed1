/* apis: HTTP APIs. REST and WebSocket APIs come with a later version. */
#include "base/str.h"
#include "providers/aws/api.h"
#include "providers/aws/cors.h"
#include "providers/aws/expand.h"

/* clang-format off */
static const struct prop words[] = {
	PROP("protocol", STRING, 0, .to = "ProtocolType", .def = "\"HTTP\"", VALUES("HTTP", "REST", "WEBSOCKET"), .doc = "Kind of API."),
	PROP("routes", MAP, P_REQUIRED, OF(ANY), .doc = "By \"GET /path\": a function, or {function, http or queue, and options}."),
	PROP("authorizers", MAP, 0, OF(ANY), .doc = "By name: {jwt: {issuer, audience}}, {user_pool, clients} or {function}."),
	PROP("authorizer", STRING, 0, .doc = "For every route that names none: an authorizer's name, `iam` or `none`."),
	PROP("cors", OBJECT, 0, .sub = cors_words, .to = "CorsConfiguration", .doc = "Access from web pages of other origins."),
	PROP("throttle", OBJECT, 0, .sub = throttle_words, .doc = "Requests taken by each route: {rate, burst}."),
	PROP("access_logs", ANY, 0, .doc = "`true`, or {retention, encryption, format}."),
	PROP("stage", ANY, 0, .def = "\"$default\"", .doc = "Name of the stage, or {name, variables}."),
	PROP("domain", ANY, 0, .doc = "Comes with a later version."),
	PROP("endpoint", STRING, 0, .def = "\"regional\"", VALUES("regional", "edge", "private"), .doc = "HTTP APIs are regional."),
	PROP("models", ANY, 0, .doc = "Of REST APIs."),
	PROP("usage_plans", ANY, 0, .doc = "Of REST APIs."),
	PROP("openapi", ANY, 0, .doc = "Comes with a later version."),
	PROP("route_selection_expression", STRING, 0, .to = "RouteSelectionExpression", .doc = "Of WebSocket APIs."),
	PROP_END
};

static const char *const invoke[] = { "execute-api:Invoke", NULL };
static const char *const manage[] = { "execute-api:ManageConnections", NULL };
static const char *const below[] = { "/*", NULL };
static const struct verb verbs[] = {
	{ "invoke", invoke, below },
	{ "manage-connections", manage, below },
	{ NULL, NULL, NULL },
};
/* clang-format on */

static void check_protocol(struct expansion *x, const struct item *i)
{
	static const char *const later[] = { "domain", "models", "usage_plans", "openapi" };
	const struct value *protocol = x_word(i, "protocol"), *endpoint = x_word(i, "endpoint");
	const char *text = value_text(protocol);
	if (text && !str_eq(text, "HTTP"))
		x_error(x, protocol->span, "%s APIs come with a later version of cinfra", text);
	if (value_text(endpoint) && !str_eq(value_text(endpoint), "regional"))
		x_error(x, endpoint->span, "HTTP APIs are regional");
	for (size_t n = 0; n < 4; n++)
		x_later(x, i, later[n]);
}

static void declare(struct expansion *x, struct item *i)
{
	check_protocol(x, i);
	x_main(x, i, "AWS::ApiGatewayV2::Api",
	       x_map(x, "Name", x_name(x, i, "", "AWS::ApiGatewayV2::Api"), "ProtocolType",
		     x_string(x, "HTTP"), NULL));
}

static void wire(struct expansion *x, struct item *i)
{
	struct api a = { .x = x, .item = i };
	a.id = x_attribute(x, i->entry->address, "ApiId");
	api_authorizers(&a);
	api_routes(&a);
	api_stage(&a);
}

static void finish(struct expansion *x, struct item *i)
{
	x_role_finish(x, i->role);
}

static struct value *attribute(struct expansion *x, struct item *i, const char *name)
{
	if (!str_eq(name, "url"))
		return NULL;
	struct value *stage = api_stage_name(x, i);
	struct value *endpoint = x_attribute(x, i->entry->address, "ApiEndpoint");
	return str_eq(value_text(stage), "$default") ? endpoint : x_text(x, "%/%", endpoint, stage);
}

static struct value *grants_on(struct expansion *x, const struct item *i)
{
	return x_text(x, "arn:${partition}:execute-api:${region}:${account}:%",
		      x_attribute(x, i->entry->address, "ApiId"));
}

static const struct aws_kind impl = {
	.service = "execute-api",
	.declare = declare,
	.wire = wire,
	.finish = finish,
	.attribute = attribute,
	.grants_on = grants_on,
	.metrics = "AWS/ApiGateway",
	.dimension = "ApiId",
	.dimension_of = "ApiId",
};

const struct kind aws_kind_apis = {
	.section = "apis",
	.word = "api",
	.type = "AWS::ApiGatewayV2::Api",
	.words = words,
	.doc = "HTTP APIs. A route is a method and a path; what answers it becomes an integration, "
	       "one a "
	       "function, and a permission. The stage deploys every change by itself.",
	.example = "apis:\n"
		   "  shop:\n"
		   "    routes:\n"
		   "      POST /orders: orders\n"
		   "      GET /orders/{id}: { function: orders, timeout: 5s }\n"
		   "    cors: { origins: [\"https://shop.example.com\"], methods: [GET, POST] }\n"
		   "    throttle: { rate: 50/s, burst: 100 }\n",
	.verbs = verbs,
	.impl = &impl,
};
