/* AWS::ApiGatewayV2::Stage */
#include "providers/aws/apigatewayv2.h"

enum { G_LOGS = G_A };

/* clang-format off */
static const struct prop logs[] = {
	PROP("DestinationArn", STRING, 0, .doc = "ARN of the log group, without :*."),
	PROP("Format", STRING, 0, .doc = "Format of a line."),
	PROP_END
};
static const struct prop settings[] = {
	PROP("DataTraceEnabled", BOOL, 0, .def = "false", .doc = "WebSocket: log whole messages."),
	PROP("DetailedMetricsEnabled", BOOL, 0, .def = "false", .doc = "Metrics for each route."),
	PROP("LoggingLevel", STRING, 0, .def = "\"OFF\"", VALUES("ERROR", "INFO", "OFF"), .doc = "WebSocket: what is logged."),
	PROP("ThrottlingBurstLimit", INT, 0, .doc = "Requests at once."),
	PROP("ThrottlingRateLimit", DOUBLE, 0, .doc = "Requests a second."),
	PROP_END
};
static const struct prop props[] = {
	PROP("ApiId", STRING, P_REQUIRED | P_REPLACE, .group = G_ID, .doc = "API that it belongs to."),
	PROP("StageName", STRING, P_REQUIRED | P_REPLACE, .group = G_ID, LENGTH(1, 128), .doc = "Name, or $default."),
	PROP("AutoDeploy", BOOL, 0, .def = "false", .doc = "Changes are live at once."),
	PROP("Description", STRING, 0, .def = "\"\"", LENGTH(0, 1024), .doc = "Description."),
	PROP("ClientCertificateId", STRING, 0, .doc = "WebSocket: client certificate."),
	PROP("DeploymentId", STRING, P_CREATE_DEFAULT, .doc = "Deployment; AWS's own with AutoDeploy."),
	PROP("DefaultRouteSettings", OBJECT, 0, .sub = settings, .reset = "{\"DetailedMetricsEnabled\":false}", .doc = "Settings of every route."),
	PROP("RouteSettings", MAP, 0, OF(OBJECT), .sub = settings, .doc = "Settings by route key."),
	PROP("StageVariables", MAP, 0, .doc = "Variables."),
	PROP("AccessLogSettings", OBJECT, 0, .group = G_LOGS, .sub = logs, .doc = "Access logs."),
	PROP("Tags", MAP, P_TAGS, .group = G_TAGS, .doc = "Tags."),
	PROP_END
};

/* A variable goes away by an empty value; members of a map that are not sent stay. */
static int blank_removed(struct aws_run *r, const struct aws_op *op, struct value *input)
{
	(void)op;
	run_blank_removed(r, input, "stageVariables", "StageVariables", value_string(r->a, ""));
	if (!value_len(value_get(input, "routeSettings")))
		value_remove(input, "routeSettings");
	return 0;
}

static void normalize(struct aws_run *r, struct value *live, struct value *attributes)
{
	(void)r, (void)attributes;
	run_drop_blank(value_get(live, "StageVariables"));
}

static int delete_route_settings(struct aws_run *r, const struct aws_op *op)
{
	const struct aws_op call = {
		.verbs = UPDATE, .name = op->name, .method = "DELETE", .in = "ApiId, StageName",
		.path = "/v2/apis/{ApiId}/stages/{StageName}/routesettings/{RouteKey}",
		.absent = "NotFoundException",
	};
	return apiv2_delete_gone(r, &call, "RouteSettings", "RouteKey");
}

#define STAGE "/v2/apis/{ApiId}/stages/{StageName}"
#define ARN "ResourceArn=arn:${Partition}:apigateway:${Region}::/apis/${ApiId}/stages/${StageName}"
static const struct aws_op ops[] = {
	OP(CREATE, "CreateStage", .method = "POST", .path = "/v2/apis/{ApiId}/stages", .in = "ApiId, stageName=StageName",
	   .groups = G_MAIN | G_LOGS | G_TAGS, .tags = TAGS_MAP, .tags_as = "tags"),
	OP(READ, "GetStage", .method = "GET", .path = STAGE, .in = "ApiId, StageName", .groups = G_MAIN | G_LOGS | G_TAGS,
	   .tags = TAGS_MAP, .tags_as = "tags", .absent = "NotFoundException"),
	OP(UPDATE, "UpdateStage", .method = "PATCH", .path = STAGE, .in = "ApiId, StageName", .groups = G_MAIN, .partial = true, .build = blank_removed),
	OP(UPDATE, "UpdateStage", .method = "PATCH", .path = STAGE, .in = "ApiId, StageName", .groups = G_LOGS, .when = WHEN_SET),
	STEP(UPDATE, "DeleteRouteSettings", delete_route_settings, .groups = G_MAIN),
	OP(UPDATE, "DeleteAccessLogSettings", .method = "DELETE", .path = STAGE "/accesslogsettings", .in = "ApiId, StageName",
	   .groups = G_LOGS, .when = WHEN_CLEARED),
	APIV2_TAGS(ARN),
	OP(REMOVE, "DeleteStage", .method = "DELETE", .path = STAGE, .in = "ApiId, StageName", .absent = "NotFoundException"),
	OP_END
};
static const struct aws_retry retries[] = {
	APIV2_BUSY,
	APIV2_NEW("CreateStage"),
	RETRY(.code = "BadRequestException", .text = "Insufficient permissions to enable logging", .seconds = 60, .what = "the log group to become visible to API Gateway"),
	RETRY_END
};
/* clang-format on */

static const char *const differs[][3] = {
	{ "StageName", "length", "API Gateway's own limit" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "apigatewayv2",
	.ops = ops,
	.retries = retries,
	.camel = true,
	.exists = "ConflictException",
	.normalize = normalize,
	.lock = "ApiId",
};

const struct type aws_type_apigatewayv2_stage = {
	.name = "AWS::ApiGatewayV2::Stage",
	.doc = "A stage of an API: what callers reach.",
	.flags = TYPE_INSIDE_PARENT,
	.props = props,
	.id = "ApiId|StageName",
	.name_prop = "StageName",
	.parent = "ApiId",
	.differs = differs,
	.impl = &impl,
};
