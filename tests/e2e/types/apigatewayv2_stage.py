TYPE = "AWS::ApiGatewayV2::Stage"
NEEDS = {
    "api": {"type": "AWS::ApiGatewayV2::Api", "properties": {"Name": "t-api", "ProtocolType": "HTTP"}},
    "logs": {"type": "AWS::Logs::LogGroup", "properties": {"LogGroupName": "t-logs"}},
    "other": {"type": "AWS::Logs::LogGroup", "properties": {"LogGroupName": "t-other"}},
}
CREATE = {
    "ApiId": "${resources.api.id}",
    "StageName": "$default",
    "AutoDeploy": True,
    "Description": "it's",
    "DefaultRouteSettings": {"DetailedMetricsEnabled": True, "ThrottlingBurstLimit": 10, "ThrottlingRateLimit": 5.5},
    "RouteSettings": {"GET /a": {"ThrottlingBurstLimit": 3, "ThrottlingRateLimit": 2},
                      "GET /b": {"ThrottlingBurstLimit": 4}},
    "StageVariables": {"a": "1", "b": "x y"},
    "AccessLogSettings": {"DestinationArn": "${resources.logs.arn}", "Format": "$context.requestId"},
    "Tags": {"team": "shop", "a/b": "ü +"},
}
CHANGES = [
    {"Description": "changed"},
    {"DefaultRouteSettings": {"DetailedMetricsEnabled": False, "ThrottlingBurstLimit": 20, "ThrottlingRateLimit": 6}},
    {"RouteSettings": {"GET /a": {"ThrottlingBurstLimit": 30, "ThrottlingRateLimit": 2},
                       "GET /b": {"ThrottlingBurstLimit": 4}}},
    {"StageVariables": {"a": "2"}},
    {"AccessLogSettings": {"DestinationArn": "${resources.other.arn}", "Format": "$context.ip"}},
    {"Tags": {"team": "depot"}},
    {"AutoDeploy": False},
]
REPLACE = [{"StageName": "v1"}]
DRIFT = {
    "AutoDeploy": lambda aws: change(aws, AutoDeploy=False),
    "DefaultRouteSettings": lambda aws: change(aws, DefaultRouteSettings={"ThrottlingBurstLimit": 99}),
    "StageVariables": lambda aws: change(aws, StageVariables={"a": "someone's"}),
    "Tags": lambda aws: aws.client("apigatewayv2").untag_resource(ResourceArn=arn(aws), TagKeys=["team"]),
}
DEFAULTS = {"AutoDeploy": False, "Tags": {}}
ALL = ("AutoDeploy", "Description", "DefaultRouteSettings", "RouteSettings", "StageVariables", "AccessLogSettings", "Tags")
NOT_SHOWN = {"DeploymentId": "comes with deployments", "ClientCertificateId": "comes with client certificates"}
FIXED = {
    "moto": {name: "UpdateStage is not implemented" for name in ALL},
    "ministack": {"Tags": "TagResource knows no stages"},
}
KEPT = {"ministack": {
    "RouteSettings": "DeleteRouteSettings deletes the stage",
    "AccessLogSettings": "DeleteAccessLogSettings deletes the stage",
}}


def arn(aws):
    return f"arn:aws:apigateway:{aws.region}::/apis/{aws.at('ApiId')}/stages/{aws.at('StageName')}"


def change(aws, **settings):
    aws.client("apigatewayv2").update_stage(ApiId=aws.at("ApiId"), StageName=aws.at("StageName"), **settings)


def read(aws):
    client = aws.client("apigatewayv2")
    try:
        have = client.get_stage(ApiId=aws.at("ApiId"), StageName=aws.at("StageName"))
    except client.exceptions.NotFoundException:
        return None
    have["ApiId"] = aws.at("ApiId")
    have["Tags"] = {key: value for key, value in have.get("Tags", {}).items() if key not in ("cinfra:id", "foreign")}
    have["StageVariables"] = {key: value for key, value in have.get("StageVariables", {}).items() if value}
    if have.get("DefaultRouteSettings") == {"DetailedMetricsEnabled": False}:
        del have["DefaultRouteSettings"]
    return {name: value for name, value in have.items() if value not in ("", {}, None) or name == "Tags"}


def delete(aws):
    aws.client("apigatewayv2").delete_stage(ApiId=aws.at("ApiId"), StageName=aws.at("StageName"))
