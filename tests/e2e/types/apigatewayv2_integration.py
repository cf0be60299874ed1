TYPE = "AWS::ApiGatewayV2::Integration"
NEEDS = {"api": {"type": "AWS::ApiGatewayV2::Api", "properties": {"Name": "t-api", "ProtocolType": "HTTP"}}}
ATTRIBUTES = {"IntegrationId": "IntegrationId"}
CREATE = {
    "ApiId": "${resources.api.id}",
    "IntegrationType": "HTTP_PROXY",
    "IntegrationUri": "https://a.example/{proxy}?x=y",
    "IntegrationMethod": "ANY",
    "PayloadFormatVersion": "1.0",
    "TimeoutInMillis": 5000,
    "ConnectionType": "VPC_LINK",
    "ConnectionId": "link1",
    "CredentialsArn": "arn:aws:iam::123456789012:role/t-role",
    "Description": "it's",
    "RequestParameters": {"append:header.a": "$context.requestId", "overwrite:path": "/x"},
    "ResponseParameters": {"200": {"append:header.b": "1"}, "404": {"overwrite:statuscode": "403"}},
    "TlsConfig": {"ServerNameToVerify": "a.example"},
}
CHANGES = [
    {"IntegrationUri": "https://b.example/"},
    {"IntegrationMethod": "POST"},
    {"PayloadFormatVersion": "2.0"},
    {"TimeoutInMillis": 6000},
    {"ConnectionId": "link2"},
    {"CredentialsArn": "arn:aws:iam::123456789012:role/t-other"},
    {"Description": "changed"},
    {"RequestParameters": {"append:header.a": "changed"}},
    {"ResponseParameters": {"200": {"append:header.b": "2"}}},
    {"TlsConfig": {"ServerNameToVerify": "b.example"}},
    {"ConnectionType": None, "ConnectionId": None, "TlsConfig": None},
    {"IntegrationType": "AWS_PROXY", "IntegrationUri": "arn:aws:lambda:eu-west-1:123456789012:function:t"},
]
DRIFT = {
    "IntegrationUri": lambda aws: change(aws, IntegrationUri="https://someone.example/"),
    "TimeoutInMillis": lambda aws: change(aws, TimeoutInMillis=7000),
    "RequestParameters": lambda aws: change(aws, RequestParameters={"append:header.a": "someone's"}),
}
DEFAULTS = {"TimeoutInMillis": 30000, "PayloadFormatVersion": "1.0", "ConnectionType": "INTERNET"}
LACKS = {"ministack": {"ConnectionId": "accepted and never returned", "CredentialsArn": "accepted and never returned",
                       "TlsConfig": "accepted and never returned"}}
REMOVALS = [("PayloadFormatVersion", "TimeoutInMillis", "CredentialsArn", "Description", "RequestParameters",
             "ResponseParameters")]


def change(aws, **settings):
    aws.client("apigatewayv2").update_integration(
        ApiId=aws.at("ApiId"), IntegrationId=aws.at("IntegrationId"), **settings)


def read(aws):
    client = aws.client("apigatewayv2")
    try:
        have = client.get_integration(ApiId=aws.at("ApiId"), IntegrationId=aws.at("IntegrationId"))
    except client.exceptions.NotFoundException:
        return None
    have["ApiId"] = aws.at("ApiId")
    for name in ("RequestParameters", "ResponseParameters"):
        have[name] = {key: value for key, value in have.get(name, {}).items() if value}
    return {name: value for name, value in have.items() if value not in ("", {}, None)}


def delete(aws):
    aws.client("apigatewayv2").delete_integration(ApiId=aws.at("ApiId"), IntegrationId=aws.at("IntegrationId"))
