TYPE = "AWS::ApiGatewayV2::Api"
CREATE = {
    "Name": "t-it",
    "ProtocolType": "WEBSOCKET",
    "RouteSelectionExpression": "$request.body.action",
    "ApiKeySelectionExpression": "$context.authorizer.usageIdentifierKey",
    "DisableSchemaValidation": True,
}
CHANGES = [
    {"RouteSelectionExpression": "$request.body.kind"},
    {"ApiKeySelectionExpression": "$request.header.x-api-key"},
    {"DisableSchemaValidation": False},
]
REMOVALS = []
DEFAULTS = {"DisableSchemaValidation": False}
DRIFT = {"RouteSelectionExpression": lambda aws: aws.client("apigatewayv2").update_api(
    ApiId=aws.id, RouteSelectionExpression="$request.body.other")}


def read(aws):
    client = aws.client("apigatewayv2")
    try:
        return client.get_api(ApiId=aws.id)
    except client.exceptions.NotFoundException:
        return None
