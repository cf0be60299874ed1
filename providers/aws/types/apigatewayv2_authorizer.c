/* AWS::ApiGatewayV2::Authorizer */
#include "providers/aws/apigatewayv2.h"

/* clang-format off */
static const struct prop jwt[] = {
	PROP("Issuer", STRING, 0, .doc = "URL of the issuer."),
	PROP("Audience", LIST, P_SET, .doc = "Audiences, one of which a token must name."),
	PROP_END
};
static const struct prop props[] = {
	PROP("ApiId", STRING, P_REQUIRED | P_REPLACE, .group = G_ID, .doc = "API that it belongs to."),
	PROP("Name", STRING, P_REQUIRED | P_FIND, LENGTH(1, 128), .doc = "Name."),
	PROP("AuthorizerType", STRING, P_REQUIRED | P_FIND, VALUES("JWT", "REQUEST"), .doc = "JWT, or a function."),
	PROP("AuthorizerUri", STRING, 0, .doc = "The function's invocation URI."),
	PROP("AuthorizerCredentialsArn", STRING, 0, .doc = "Role that the function is called with."),
	PROP("AuthorizerPayloadFormatVersion", STRING, 0, VALUES("1.0", "2.0"), .doc = "Format of the event."),
	PROP("AuthorizerResultTtlInSeconds", INT, P_CREATE_DEFAULT, .unit = "s", .reset = "0", RANGE(0, 3600), .doc = "Seconds an answer is kept."),
	PROP("EnableSimpleResponses", BOOL, 0, .def = "false", .doc = "The function answers true or false."),
	PROP("IdentitySource", LIST, 0, .doc = "Where the token is found."),
	PROP("IdentityValidationExpression", STRING, 0, .doc = "Pattern that tokens fit."),
	PROP("JwtConfiguration", OBJECT, 0, .sub = jwt, .doc = "The issuer of tokens."),
	PROP("AuthorizerId", STRING, P_COMPUTED | P_STATIC, .doc = "Id."),
	PROP_END
};

#define AUTHORIZER "/v2/apis/{ApiId}/authorizers/{AuthorizerId}"
static const struct aws_op ops[] = {
	OP(CREATE, "CreateAuthorizer", .method = "POST", .path = "/v2/apis/{ApiId}/authorizers", .in = "ApiId", .groups = G_MAIN),
	OP(FIND, "GetAuthorizers", .method = "GET", .path = "/v2/apis/{ApiId}/authorizers", .in = "ApiId", .query = "nextToken=nextToken",
	   .page = "nextToken", .list = "items", .alike = true, .groups = G_MAIN, .absent = "NotFoundException"),
	OP(READ, "GetAuthorizer", .method = "GET", .path = AUTHORIZER, .in = "ApiId, AuthorizerId", .groups = G_MAIN, .absent = "NotFoundException"),
	OP(UPDATE, "UpdateAuthorizer", .method = "PATCH", .path = AUTHORIZER, .in = "ApiId, AuthorizerId", .groups = G_MAIN, .partial = true),
	OP(REMOVE, "DeleteAuthorizer", .method = "DELETE", .path = AUTHORIZER, .in = "ApiId, AuthorizerId", .absent = "NotFoundException"),
	OP_END
};
static const struct aws_retry retries[] = {
	APIV2_BUSY,
	APIV2_NEW("CreateAuthorizer"),
	RETRY(.op = "DeleteAuthorizer", .code = "ConflictException", .seconds = 120, .what = "the authorizer's routes to be gone"),
	RETRY(.code = "BadRequestException", .text = "Invalid issuer", .seconds = 60, .what = "the issuer's discovery document"),
	RETRY_END
};
/* clang-format on */

static void check(const struct value *v, struct diags *d)
{
	bool is_jwt = str_eq(value_text_at(v, "AuthorizerType"), "JWT");
	const struct value *other = value_get(v, is_jwt ? "AuthorizerUri" : "JwtConfiguration");
	if (other)
		diag_error(d, D_CONFIG, other->span, "%s has no meaning for a %s authorizer",
			   is_jwt ? "AuthorizerUri" : "JwtConfiguration",
			   is_jwt ? "JWT" : "REQUEST");
	if (is_jwt && !value_get(v, "JwtConfiguration"))
		diag_error(d, D_CONFIG, v->span, "a JWT authorizer needs JwtConfiguration");
	if (is_jwt && !value_get(v, "IdentitySource"))
		diag_error(d, D_CONFIG, v->span, "a JWT authorizer needs IdentitySource");
}

static const char *const differs[][3] = {
	{ "Name", "length", "API Gateway's own limit" },
	{ "AuthorizerPayloadFormatVersion", "values", "AWS takes these words only" },
	{ NULL, NULL, NULL },
};

static const struct aws_type impl = {
	.service = "apigatewayv2",
	.ops = ops,
	.retries = retries,
	.camel = true,
	.lock = "ApiId",
	.untagged = true,
	.duplicates = true,
};

const struct type aws_type_apigatewayv2_authorizer = {
	.name = "AWS::ApiGatewayV2::Authorizer",
	.doc = "Who may call the routes of an API.",
	.flags = TYPE_INSIDE_PARENT | TYPE_CREATE_FIRST,
	.props = props,
	.id = "AuthorizerId|ApiId",
	.parent = "ApiId",
	.check = check,
	.differs = differs,
	.impl = &impl,
};
