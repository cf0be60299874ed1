TYPE = "AWS::ApiGatewayV2::Route"
NEEDS = {"api": {"type": "AWS::ApiGatewayV2::Api", "properties": {
    "Name": "t-api", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}}}
CREATE = {
    "ApiId": "${resources.api.id}",
    "RouteKey": "$connect",
    "ApiKeyRequired": True,
    "ModelSelectionExpression": "$request.body.x",
    "RequestModels": {"$default": "Order"},
    "RouteResponseSelectionExpression": "$default",
    "RequestParameters": {"route.request.querystring.a": {"Required": True}},
}
CHANGES = [
    {"ApiKeyRequired": False},
    {"ModelSelectionExpression": "$request.body.y"},
    {"RequestModels": {"$default": "Item"}},
]
DRIFT = {"ApiKeyRequired": lambda aws: aws.client("apigatewayv2").update_route(
    ApiId=aws.at("ApiId"), RouteId=aws.at("RouteId"), ApiKeyRequired=False)}
KEPT = {
    "moto": {"ModelSelectionExpression": "an empty text changes nothing", "RequestModels": "an empty map changes nothing"},
    "ministack": {"RequestParameters": "DeleteRouteRequestParameter deletes the route"},
}
DEFAULTS = {"ApiKeyRequired": False}


def read(aws):
    client = aws.client("apigatewayv2")
    try:
        have = client.get_route(ApiId=aws.at("ApiId"), RouteId=aws.at("RouteId"))
    except client.exceptions.NotFoundException:
        return None
    have["ApiId"] = aws.at("ApiId")
    return {name: value for name, value in have.items() if value not in ("", [], {}, None)}
