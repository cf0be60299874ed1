/* AWS::ApiGatewayV2::Api */
#include "providers/aws/apigatewayv2.h"

enum { G_CORS = G_A, G_FIXED = G_B };

/* clang-format off */
static const struct prop cors[] = {
	PROP("AllowCredentials", BOOL, 0, .def = "false", .doc = "Whether credentials are allowed."),
	PROP("AllowHeaders", LIST, P_SET | P_FOLD, .doc = "Headers allowed."),
	PROP("AllowMethods", LIST, P_SET | P_FOLD, .doc = "Methods allowed."),
	PROP("AllowOrigins", LIST, P_SET, .doc = "Origins allowed."),
	PROP("ExposeHeaders", LIST, P_SET | P_FOLD, .doc = "Headers that scripts may read."),
	PROP("MaxAge", INT, 0, .unit = "s", RANGE(-1, 86400), .doc = "Seconds a preflight is kept."),
	PROP_END
};
static const struct prop props[] = {
	PROP("Name", STRING, P_REQUIRED, LENGTH(1, 128), .doc = "Name; it need not be unique."),
	PROP("ProtocolType", STRING, P_REQUIRED | P_REPLACE, .group = G_FIXED, VALUES("HTTP", "WEBSOCKET"), .doc = "Protocol."),
	PROP("Description", STRING, 0, .def = "\"\"", LENGTH(0, 1024), .doc = "Description."),
	PROP("Version", STRING, 0, .def = "\"\"", LENGTH(0, 64), .doc = "Version, for people."),
	PROP("RouteSelectionExpression", STRING, P_CREATE_DEFAULT, .def = "\"$request.method $request.path\"", .doc = "What routes are chosen by."),
	PROP("ApiKeySelectionExpression", STRING, P_CREATE_DEFAULT, .def = "\"$request.header.x-api-key\"", .doc = "Where API keys are found."),
	PROP("DisableExecuteApiEndpoint", BOOL, 0, .def = "false", .doc = "Only custom domain names serve the API."),
	PROP("DisableSchemaValidation", BOOL, 0, .def = "false", .doc = "WebSocket: models are not checked."),
	PROP("IpAddressType", STRING, 0, .def = "\"ipv4\"", VALUES("ipv4", "dualstack"), .doc = "IP versions."),
	PROP("CorsConfiguration", OBJECT, 0, .group = G_CORS, .sub = cors, .doc = "CORS of an HTTP API."),
	PROP("Tags", MAP, P_TAGS, .group = G_TAGS, .doc = "Tags."),
	PROP("ApiId", STRING, P_COMPUTED | P_STATIC, .group = G_FIXED, .doc = "Id."),
	PROP("ApiEndpoint", STRING, P_COMPUTED | P_STATIC, .group = G_FIXED, .doc = "URL without stage."),
	PROP("ExecuteApiArn", STRING, P_COMPUTED | P_STATIC, .group = G_ID, .derive = "arn:${partition}:execute-api:${region}:${account}:${ApiId}", .doc = "Beginning of the ARNs that invoke it."),
	PROP_END
};

#define ARN "ResourceArn=arn:${Partition}:apigateway:${Region}::/apis/${ApiId}"
static const struct aws_op ops[] = {
	OP(CREATE, "CreateApi", .method = "POST", .path = "/v2/apis", .groups = G_MAIN | G_CORS | G_FIXED | G_TAGS,
	   .tags = TAGS_MAP, .tags_as = "tags"),
	OP(FIND, "GetApis", .method = "GET", .path = "/v2/apis", .query = "nextToken=nextToken", .page = "nextToken", .list = "items",
	   .match = "tags.cinfra:id=Marker", .groups = G_FIXED),
	OP(READ, "GetApi", .method = "GET", .path = "/v2/apis/{ApiId}", .in = "ApiId", .groups = G_MAIN | G_CORS | G_FIXED | G_TAGS,
	   .tags = TAGS_MAP, .tags_as = "tags", .absent = "NotFoundException"),
	OP(UPDATE, "UpdateApi", .method = "PATCH", .path = "/v2/apis/{ApiId}", .in = "ApiId", .groups = G_MAIN, .partial = true),
	OP(UPDATE, "UpdateApi", .method = "PATCH", .path = "/v2/apis/{ApiId}", .in = "ApiId", .groups = G_CORS, .when = WHEN_SET),
	OP(UPDATE, "DeleteCorsConfiguration", .method = "DELETE", .path = "/v2/apis/{ApiId}/cors", .in = "ApiId", .groups = G_CORS, .when = WHEN_CLEARED),
	APIV2_TAGS(ARN),
	OP(REMOVE, "DeleteApi", .method = "DELETE", .path = "/v2/apis/{ApiId}", .in = "ApiId", .absent = "NotFoundException"),
	OP_END
};
/* clang-format on */

static void check(const struct value *v, struct diags *d)
{
	const struct value *cors_v = value_get(v, "CorsConfiguration");
	bool websocket = str_eq(value_text_at(v, "ProtocolType"), "WEBSOCKET");
	if (websocket && cors_v)
		diag_error(d, D_CONFIG, cors_v->span, "only HTTP APIs take CorsConfiguration");
	if (websocket && !value_get(v, "RouteSelectionExpression"))
		diag_error(d, D_CONFIG, v->span,
			   "a WebSocket API needs RouteSelectionExpression, "
			   "for example $request.body.action");
}

static const char *const left_out[][2] = {
	{ "Body", "OpenAPI import makes resources that no plan can show" },
	{ "BodyS3Location", "OpenAPI import makes resources that no plan can show" },
	{ "BasePath", "belongs to OpenAPI import" },
	{ "FailOnWarnings", "belongs to OpenAPI import" },
	{ "Target", "quick create makes resources that no plan can show" },
	{ "RouteKey", "belongs to quick create" },
	{ "CredentialsArn", "belongs to quick create" },
	{ NULL, NULL },
};

static const char *const differs[][3] = {
	{ "Name", "required", "only an OpenAPI import goes without" },
	{ "ProtocolType", "required", "only an OpenAPI import goes without" },
	{ "Name", "length", "API Gateway's own limit" },
	{ "Version", "length", "API Gateway's own limit" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "apigatewayv2",
	.ops = ops,
	.camel = true,
	.duplicates = true,
};

const struct type aws_type_apigatewayv2_api = {
	.name = "AWS::ApiGatewayV2::Api",
	.doc = "An HTTP or WebSocket API.",
	.flags = TYPE_CREATE_FIRST,
	.props = props,
	.id = "ApiId",
	.check = check,
	.left_out = left_out,
	.differs = differs,
	.impl = &impl,
};
