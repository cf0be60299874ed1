TYPE = "AWS::ApiGatewayV2::Api"
CORS = {"AllowCredentials": True, "AllowHeaders": ["authorization", "x-a"], "AllowMethods": ["GET", "POST"],
        "AllowOrigins": ["https://a.example", "https://b.example"], "ExposeHeaders": ["x-b"], "MaxAge": 300}
ATTRIBUTES = {"ApiId": "ApiId", "ApiEndpoint": "ApiEndpoint", "ExecuteApiArn": "ExecuteApiArn"}
CREATE = {
    "Name": "t-it",
    "ProtocolType": "HTTP",
    "Description": "it's",
    "Version": "1.0",
    "DisableExecuteApiEndpoint": True,
    "CorsConfiguration": CORS,
    "Tags": {"team": "shop", "a/b": "ü +"},
}
CHANGES = [
    {"Name": "t-changed"},
    {"Description": "changed"},
    {"Version": "2.0"},
    {"DisableExecuteApiEndpoint": False},
    {"CorsConfiguration": {**{name: CORS[name] for name in CORS if name != "AllowCredentials"},
                           "AllowOrigins": ["*"], "MaxAge": 600}},
    {"CorsConfiguration": {"AllowOrigins": ["*"]}},
    {"Tags": {"team": "depot"}},
]
EQUAL = [{"DisableExecuteApiEndpoint": None}]
FOREIGN = [lambda aws: aws.client("apigatewayv2").tag_resource(ResourceArn=arn(aws), Tags={"foreign": "x"})]
REPLACE = [{"ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action", "CorsConfiguration": None}]
DRIFT = {
    "Name": lambda aws: aws.client("apigatewayv2").update_api(ApiId=aws.id, Name="someone's"),
    "Description": lambda aws: aws.client("apigatewayv2").update_api(ApiId=aws.id, Description="someone's"),
    "CorsConfiguration": lambda aws: aws.client("apigatewayv2").update_api(
        ApiId=aws.id, CorsConfiguration={**CORS, "AllowMethods": ["*"]}),
    "Tags": lambda aws: aws.client("apigatewayv2").untag_resource(ResourceArn=arn(aws), TagKeys=["team"]),
}
DEFAULTS = {"DisableExecuteApiEndpoint": False, "Tags": {},
            "RouteSelectionExpression": "$request.method $request.path",
            "ApiKeySelectionExpression": "$request.header.x-api-key"}
FIXED = {"ministack": {"Tags": "TagResource has no effect"}}
NOT_SHOWN = {"IpAddressType": "returned by neither"}


def arn(aws):
    return f"arn:aws:apigateway:{aws.region}::/apis/{aws.id}"


def read(aws):
    client = aws.client("apigatewayv2")
    try:
        have = client.get_api(ApiId=aws.id)
    except client.exceptions.NotFoundException:
        return None
    have["Tags"] = {key: value for key, value in have.get("Tags", {}).items() if key not in ("cinfra:id", "foreign")}
    have["CorsConfiguration"] = {key: value for key, value in have.get("CorsConfiguration", {}).items()
                                 if value not in (False, [], 0)}
    for name in ("CorsConfiguration", "Description", "Version"):
        have[name] = have.get(name) or None
    have["ExecuteApiArn"] = f"arn:aws:execute-api:{aws.region}:{aws.account}:{have['ApiId']}"
    return have


def delete(aws):
    aws.client("apigatewayv2").delete_api(ApiId=aws.id)
