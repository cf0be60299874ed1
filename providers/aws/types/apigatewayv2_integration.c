/* AWS::ApiGatewayV2::Integration */
#include "providers/aws/apigatewayv2.h"

/* clang-format off */
static const struct prop tls[] = {
	PROP("ServerNameToVerify", STRING, 0, .doc = "Host name on the certificate."), PROP_END
};
static const struct prop props[] = {
	PROP("ApiId", STRING, P_REQUIRED | P_REPLACE, .group = G_ID, .doc = "API that it belongs to."),
	PROP("IntegrationType", STRING, P_REQUIRED | P_FIND, VALUES("AWS", "HTTP", "MOCK", "HTTP_PROXY", "AWS_PROXY"), .doc = "What it calls."),
	PROP("IntegrationSubtype", STRING, P_FIND, .doc = "Action of an AWS service that an HTTP API calls."),
	PROP("IntegrationUri", STRING, P_FIND, .doc = "Function's ARN or URL."),
	PROP("IntegrationMethod", STRING, P_CREATE_DEFAULT | P_FIND, .doc = "Method it is called with; POST for a function."),
	PROP("PayloadFormatVersion", STRING, P_FIND, .def = "\"1.0\"", VALUES("1.0", "2.0"), .doc = "Format of the event."),
	PROP("TimeoutInMillis", INT, P_CREATE_DEFAULT, .unit = "ms", .reset = "30000", RANGE(50, 30000), .doc = "Milliseconds it may take."),
	PROP("ConnectionType", STRING, 0, .def = "\"INTERNET\"", VALUES("INTERNET", "VPC_LINK"), .doc = "Way to the target."),
	PROP("ConnectionId", STRING, P_FIND, LENGTH(1, 1024), .doc = "VPC link."),
	PROP("ContentHandlingStrategy", STRING, P_NO_RESET, VALUES("CONVERT_TO_BINARY", "CONVERT_TO_TEXT"), .doc = "WebSocket: conversion of payloads."),
	PROP("CredentialsArn", STRING, P_FIND, .doc = "Role that it is called with."),
	PROP("Description", STRING, P_FIND, .def = "\"\"", LENGTH(0, 1024), .doc = "Description."),
	PROP("PassthroughBehavior", STRING, P_CREATE_DEFAULT, .reset = "\"WHEN_NO_MATCH\"", VALUES("WHEN_NO_MATCH", "NEVER", "WHEN_NO_TEMPLATES"), .doc = "WebSocket: payloads without template."),
	PROP("RequestParameters", MAP, 0, .doc = "Parameters sent, or changes of the request."),
	PROP("RequestTemplates", MAP, 0, .doc = "WebSocket: templates by content type."),
	PROP("ResponseParameters", MAP, 0, OF(MAP), .doc = "Changes of the response by status."),
	PROP("TemplateSelectionExpression", STRING, 0, .doc = "WebSocket: how the template is chosen."),
	PROP("TlsConfig", OBJECT, 0, .sub = tls, .doc = "TLS to a private target."),
	PROP("IntegrationId", STRING, P_COMPUTED | P_STATIC, .doc = "Id."),
	PROP_END
};

/* Members of a map that are not sent stay: a parameter goes by "", the changes of a status by {}. */
static int blank_removed(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	(void)op;
	run_blank_removed(r, input, "requestParameters", "RequestParameters", value_string(r->a, ""));
	run_blank_removed(r, input, "responseParameters", "ResponseParameters", value_map(r->a));
	return 0;
}

static void normalize(struct aws_run *r, struct value *live, struct value *attributes)
{
	(void)r, (void)attributes;
	run_drop_blank(value_get(live, "RequestParameters"));
	run_drop_blank(value_get(live, "ResponseParameters"));
}

#define INTEGRATION "/v2/apis/{ApiId}/integrations/{IntegrationId}"
static const struct aws_op ops[] = {
	OP(CREATE, "CreateIntegration", .method = "POST", .path = "/v2/apis/{ApiId}/integrations", .in = "ApiId", .groups = G_MAIN),
	OP(FIND, "GetIntegrations", .method = "GET", .path = "/v2/apis/{ApiId}/integrations", .in = "ApiId", .query = "nextToken=nextToken",
	   .page = "nextToken", .list = "items", .alike = true, .groups = G_MAIN, .absent = "NotFoundException"),
	OP(READ, "GetIntegration", .method = "GET", .path = INTEGRATION, .in = "ApiId, IntegrationId", .groups = G_MAIN, .absent = "NotFoundException"),
	OP(UPDATE, "UpdateIntegration", .method = "PATCH", .path = INTEGRATION, .in = "ApiId, IntegrationId, integrationType=IntegrationType",
	   .groups = G_MAIN, .partial = true, .build = blank_removed),
	OP(REMOVE, "DeleteIntegration", .method = "DELETE", .path = INTEGRATION, .in = "ApiId, IntegrationId", .absent = "NotFoundException"),
	OP_END
};
static const struct aws_retry retries[] = {
	APIV2_BUSY,
	APIV2_NEW("CreateIntegration"),
	RETRY(.op = "DeleteIntegration", .code = "ConflictException", .seconds = 60, .what = "the integration's routes to be gone"),
	RETRY_END
};
/* clang-format on */

static const char *const differs[][3] = {
	{ "ConnectionId", "length", "API Gateway's own limit" },
	{ "CredentialsArn", "pattern", "arn:aws:iam::*:user/* passes the caller's own" },
	{ "ResponseParameters", "type", "the API's own form: by status, a map of changes" },
	{ "PayloadFormatVersion", "values", "AWS takes these words only" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "apigatewayv2",
	.ops = ops,
	.retries = retries,
	.camel = true,
	.normalize = normalize,
	.lock = "ApiId",
	.untagged = true,
	.duplicates = true,
};

const struct type aws_type_apigatewayv2_integration = {
	.name = "AWS::ApiGatewayV2::Integration",
	.doc = "What a route of an API calls.",
	.flags = TYPE_INSIDE_PARENT | TYPE_CREATE_FIRST,
	.props = props,
	.id = "ApiId|IntegrationId",
	.parent = "ApiId",
	.differs = differs,
	.impl = &impl,
};
