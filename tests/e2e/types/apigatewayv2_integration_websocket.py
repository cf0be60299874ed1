TYPE = "AWS::ApiGatewayV2::Integration"
NEEDS = {"api": {"type": "AWS::ApiGatewayV2::Api", "properties": {
    "Name": "t-api", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}}}
CREATE = {
    "ApiId": "${resources.api.id}",
    "IntegrationType": "AWS",
    "IntegrationUri": "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/t",
    "IntegrationMethod": "POST",
    "ContentHandlingStrategy": "CONVERT_TO_TEXT",
    "PassthroughBehavior": "NEVER",
    "RequestTemplates": {"application/json": "{\"a\": $input.json('$')}", "$default": "x"},
    "TemplateSelectionExpression": "\\$default",
}
CHANGES = [
    {"ContentHandlingStrategy": "CONVERT_TO_BINARY"},
    {"PassthroughBehavior": "WHEN_NO_TEMPLATES"},
    {"RequestTemplates": {"$default": "y"}},
    {"TemplateSelectionExpression": "$request.body.x"},
]
DRIFT = {"PassthroughBehavior": lambda aws: aws.client("apigatewayv2").update_integration(
    ApiId=aws.at("ApiId"), IntegrationId=aws.at("IntegrationId"), PassthroughBehavior="WHEN_NO_MATCH")}
DEFAULTS = {"PassthroughBehavior": "WHEN_NO_MATCH"}
LACKS = {"ministack": {"PassthroughBehavior": "accepted and never returned",
                       "TemplateSelectionExpression": "accepted and never returned"}}
REMOVALS = [("PassthroughBehavior", "RequestTemplates", "TemplateSelectionExpression")]


def read(aws):
    client = aws.client("apigatewayv2")
    try:
        have = client.get_integration(ApiId=aws.at("ApiId"), IntegrationId=aws.at("IntegrationId"))
    except client.exceptions.NotFoundException:
        return None
    have["ApiId"] = aws.at("ApiId")
    return {name: value for name, value in have.items() if value not in ("", {}, None)}
