/* AWS::ApiGatewayV2::Route */
#include "providers/aws/apigatewayv2.h"

/* clang-format off */
static const struct prop parameter[] = {
	PROP("Required", BOOL, P_REQUIRED, .wire = "required", .doc = "Whether it must be there."), PROP_END
};
static const struct prop props[] = {
	PROP("ApiId", STRING, P_REQUIRED | P_REPLACE, .group = G_ID, .doc = "API that it belongs to."),
	PROP("RouteKey", STRING, P_REQUIRED | P_FIND, .doc = "Method and path, or $default."),
	PROP("Target", STRING, 0, .doc = "integrations/ID."),
	PROP("AuthorizationType", STRING, 0, .def = "\"NONE\"", VALUES("NONE", "JWT", "AWS_IAM", "CUSTOM"), .doc = "Who may call it."),
	PROP("AuthorizerId", STRING, 0, .doc = "Authorizer."),
	PROP("AuthorizationScopes", LIST, P_SET, .doc = "Scopes a token needs."),
	PROP("ApiKeyRequired", BOOL, 0, .def = "false", .doc = "WebSocket: an API key is needed."),
	PROP("ModelSelectionExpression", STRING, 0, .doc = "WebSocket: how the model is chosen."),
	PROP("OperationName", STRING, 0, LENGTH(1, 64), .doc = "Name of the operation."),
	PROP("RequestModels", MAP, 0, .doc = "WebSocket: models of requests."),
	PROP("RequestParameters", MAP, 0, OF(OBJECT), .sub = parameter, .doc = "WebSocket: parameters of requests."),
	PROP("RouteResponseSelectionExpression", STRING, 0, .doc = "WebSocket: how the response is chosen."),
	PROP("RouteId", STRING, P_COMPUTED | P_STATIC, .doc = "Id."),
	PROP_END
};

/* AWS refuses an authorizer without its type beside it. */
static int authorization(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	const struct value *type = value_get(r->op->wanted, "AuthorizationType");
	(void)op;
	if (value_get(input, "authorizerId") && type)
		value_set(r->a, input, "authorizationType", (struct value *)type);
	return 0;
}

static int delete_parameters(struct aws_run *r, const struct aws_op *op)
{
	const struct aws_op call = {
		.verbs = UPDATE, .name = op->name, .method = "DELETE", .in = "ApiId, RouteId",
		.path = "/v2/apis/{ApiId}/routes/{RouteId}/requestparameters/{RequestParameterKey}",
		.absent = "NotFoundException",
	};
	return apiv2_delete_gone(r, &call, "RequestParameters", "RequestParameterKey");
}

#define ROUTE "/v2/apis/{ApiId}/routes/{RouteId}"
static const struct aws_op ops[] = {
	OP(CREATE, "CreateRoute", .method = "POST", .path = "/v2/apis/{ApiId}/routes", .in = "ApiId", .groups = G_MAIN),
	OP(FIND, "GetRoutes", .method = "GET", .path = "/v2/apis/{ApiId}/routes", .in = "ApiId", .query = "nextToken=nextToken",
	   .page = "nextToken", .list = "items", .match = "routeKey=RouteKey", .groups = G_MAIN, .absent = "NotFoundException"),
	OP(READ, "GetRoute", .method = "GET", .path = ROUTE, .in = "ApiId, RouteId", .groups = G_MAIN, .absent = "NotFoundException"),
	OP(UPDATE, "UpdateRoute", .method = "PATCH", .path = ROUTE, .in = "ApiId, RouteId", .groups = G_MAIN, .partial = true, .build = authorization),
	STEP(UPDATE, "DeleteRouteRequestParameter", delete_parameters, .groups = G_MAIN),
	OP(REMOVE, "DeleteRoute", .method = "DELETE", .path = ROUTE, .in = "ApiId, RouteId", .absent = "NotFoundException"),
	OP_END
};
static const struct aws_retry retries[] = {
	APIV2_BUSY,
	APIV2_NEW("CreateRoute"),
	RETRY_END
};
/* clang-format on */

static const char *const differs[][3] = {
	{ "OperationName", "length", "API Gateway's own limit" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "apigatewayv2",
	.ops = ops,
	.retries = retries,
	.camel = true,
	.exists = "ConflictException", /* a route key is unique in its API */
	.lock = "ApiId",
	.untagged = true,
};

const struct type aws_type_apigatewayv2_route = {
	.name = "AWS::ApiGatewayV2::Route",
	.doc = "A route of an HTTP or WebSocket API.",
	.flags = TYPE_INSIDE_PARENT,
	.props = props,
	.id = "ApiId|RouteId",
	.parent = "ApiId",
	.differs = differs,
	.impl = &impl,
};
