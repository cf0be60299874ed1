TYPE = "AWS::ApiGatewayV2::Authorizer"
NEEDS = {"api": {"type": "AWS::ApiGatewayV2::Api", "properties": {"Name": "t-api", "ProtocolType": "HTTP"}}}
CREATE = {
    "ApiId": "${resources.api.id}",
    "Name": "it",
    "AuthorizerType": "JWT",
    "IdentitySource": ["$request.header.Authorization"],
    "JwtConfiguration": {"Issuer": "https://login.example/", "Audience": ["a", "b"]},
    "IdentityValidationExpression": "x",
}
CHANGES = [
    {"JwtConfiguration": {"Issuer": "https://login.example/", "Audience": ["c"]}},
    {"IdentityValidationExpression": "y"},
]
EQUAL = []
DRIFT = {"JwtConfiguration": lambda aws: aws.client("apigatewayv2").update_authorizer(
    ApiId=aws.at("ApiId"), AuthorizerId=aws.at("AuthorizerId"),
    JwtConfiguration={"Issuer": "https://other.example/", "Audience": ["a", "b"]})}
LACKS = {"ministack": {"IdentityValidationExpression": "accepted and never returned"}}
REMOVALS = [("IdentityValidationExpression",)]


def read(aws):
    client = aws.client("apigatewayv2")
    try:
        have = client.get_authorizer(ApiId=aws.at("ApiId"), AuthorizerId=aws.at("AuthorizerId"))
    except client.exceptions.NotFoundException:
        return None
    have["ApiId"] = aws.at("ApiId")
    if "JwtConfiguration" in have:
        have["JwtConfiguration"]["Audience"].sort()
    return {name: value for name, value in have.items() if value not in ("", [], {}, None)}
