TYPE = "AWS::ApiGatewayV2::Authorizer"
NEEDS = {"api": {"type": "AWS::ApiGatewayV2::Api", "properties": {"Name": "t-api", "ProtocolType": "HTTP"}}}
ATTRIBUTES = {"AuthorizerId": "AuthorizerId"}
CREATE = {
    "ApiId": "${resources.api.id}",
    "Name": "it",
    "AuthorizerType": "REQUEST",
    "AuthorizerUri": "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:x/invocations",
    "AuthorizerCredentialsArn": "arn:aws:iam::123456789012:role/t-role",
    "AuthorizerPayloadFormatVersion": "2.0",
    "AuthorizerResultTtlInSeconds": 60,
    "EnableSimpleResponses": True,
    "IdentitySource": ["$request.header.a", "$request.header.b"],
}
CHANGES = [
    {"Name": "changed"},
    {"AuthorizerUri": "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:y/invocations"},
    {"AuthorizerCredentialsArn": "arn:aws:iam::123456789012:role/t-other"},
    {"AuthorizerPayloadFormatVersion": "1.0", "EnableSimpleResponses": False},
    {"AuthorizerResultTtlInSeconds": 0},
    {"IdentitySource": ["$request.header.c"]},
]
DRIFT = {
    "Name": lambda aws: change(aws, Name="someone's"),
    "AuthorizerResultTtlInSeconds": lambda aws: change(aws, AuthorizerResultTtlInSeconds=99),
}
REMOVALS = [("AuthorizerCredentialsArn", "EnableSimpleResponses")]
DEFAULTS = {"EnableSimpleResponses": False}


def change(aws, **settings):
    aws.client("apigatewayv2").update_authorizer(ApiId=aws.at("ApiId"), AuthorizerId=aws.at("AuthorizerId"), **settings)


def read(aws):
    client = aws.client("apigatewayv2")
    try:
        have = client.get_authorizer(ApiId=aws.at("ApiId"), AuthorizerId=aws.at("AuthorizerId"))
    except client.exceptions.NotFoundException:
        return None
    have["ApiId"] = aws.at("ApiId")
    return {name: value for name, value in have.items() if value not in ("", [], {}, None)}


def delete(aws):
    aws.client("apigatewayv2").delete_authorizer(ApiId=aws.at("ApiId"), AuthorizerId=aws.at("AuthorizerId"))
