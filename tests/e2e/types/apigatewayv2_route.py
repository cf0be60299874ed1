TYPE = "AWS::ApiGatewayV2::Route"
NEEDS = {
    "api": {"type": "AWS::ApiGatewayV2::Api", "properties": {"Name": "t-api", "ProtocolType": "HTTP"}},
    "one": {"type": "AWS::ApiGatewayV2::Integration", "properties": {
        "ApiId": "${resources.api.id}", "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY",
        "IntegrationUri": "https://a.example/", "PayloadFormatVersion": "1.0"}},
    "two": {"type": "AWS::ApiGatewayV2::Integration", "properties": {
        "ApiId": "${resources.api.id}", "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY",
        "IntegrationUri": "https://b.example/", "PayloadFormatVersion": "1.0"}},
    "login": {"type": "AWS::ApiGatewayV2::Authorizer", "properties": {
        "ApiId": "${resources.api.id}", "Name": "login", "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": {"Issuer": "https://login.example/", "Audience": ["a"]}}},
}
ATTRIBUTES = {"RouteId": "RouteId"}
CREATE = {
    "ApiId": "${resources.api.id}",
    "RouteKey": "GET /orders/{id}",
    "Target": "integrations/${resources.one.id}",
    "AuthorizationType": "JWT",
    "AuthorizerId": "${resources.login.id}",
    "AuthorizationScopes": ["read", "write"],
    "OperationName": "it",
}
CHANGES = [
    {"RouteKey": "POST /orders"},
    {"Target": "integrations/${resources.two.id}"},
    {"AuthorizationScopes": ["admin"]},
    {"OperationName": "changed"},
    {"AuthorizationType": "AWS_IAM", "AuthorizerId": None, "AuthorizationScopes": None},
]
EQUAL = [{"RouteKey": "POST /orders"}]
DRIFT = {
    "Target": lambda aws: change(aws, Target="integrations/none"),
    "AuthorizationScopes": lambda aws: change(aws, AuthorizationScopes=["someone"]),
}
KEPT = {"moto": {"AuthorizationScopes": "an empty list changes nothing", "Target": "an empty text changes nothing"}}
DEFAULTS = {"AuthorizationType": "NONE"}


def change(aws, **settings):
    aws.client("apigatewayv2").update_route(ApiId=aws.at("ApiId"), RouteId=aws.at("RouteId"), **settings)


def read(aws):
    client = aws.client("apigatewayv2")
    try:
        have = client.get_route(ApiId=aws.at("ApiId"), RouteId=aws.at("RouteId"))
    except client.exceptions.NotFoundException:
        return None
    have["ApiId"] = aws.at("ApiId")
    if "AuthorizationScopes" in have:
        have["AuthorizationScopes"].sort()
    return {name: value for name, value in have.items() if value not in ("", [], {}, None)}


def delete(aws):
    aws.client("apigatewayv2").delete_route(ApiId=aws.at("ApiId"), RouteId=aws.at("RouteId"))
