"""What AWS refuses and moto takes: the lab answers in its place.

Asked in front of the emulator, with the check and the call as one, so that a call that arrives a
second time meets what it would meet in AWS.
"""

import asyncio
import collections
import json

from support.decode import split_target


def _parts(exchange):
    return split_target(exchange.target)[0].strip("/").split("/")


def _statement_twice(client, exchange):
    c, function, sid = client("lambda"), _parts(exchange)[2], json.loads(exchange.body)["StatementId"]
    try:
        statements = json.loads(c.get_policy(FunctionName=function)["Policy"])["Statement"]
    except c.exceptions.ResourceNotFoundException:
        return None
    if sid in [one["Sid"] for one in statements]:
        return 409, "ResourceConflictException", f"The statement id ({sid}) provided already exists."
    return None


def _route_twice(client, exchange):
    key, routes = json.loads(exchange.body)["routeKey"], client("apigatewayv2").get_routes(ApiId=_parts(exchange)[2])
    if key in [one["RouteKey"] for one in routes["Items"]]:
        return 409, "ConflictException", f"Route with key {key} already exists for this API"
    return None


def _stage_twice(client, exchange):
    name, stages = json.loads(exchange.body)["stageName"], client("apigatewayv2").get_stages(ApiId=_parts(exchange)[2])
    if name in [one["StageName"] for one in stages["Items"]]:
        return 409, "ConflictException", "Stage already exists"
    return None


REFUSALS = {
    "lambda:AddPermission": _statement_twice,
    "apigatewayv2:CreateRoute": _route_twice,
    "apigatewayv2:CreateStage": _stage_twice,
}


class Refusing:
    """`forward` of a proxy, with AWS's refusals before it."""

    def __init__(self, forward, client):
        self._forward, self._client = forward, client
        self._locks = collections.defaultdict(asyncio.Lock)

    async def __call__(self, name, exchange):
        if name not in REFUSALS:
            return await self._forward(exchange)
        async with self._locks[exchange.target]:
            refused = await asyncio.to_thread(self._ask, name, exchange)
            return None if refused else await self._forward(exchange)

    def _ask(self, name, exchange):
        try:
            refusal = REFUSALS[name](self._client, exchange)
        except Exception as error:  # there is no such function or API: the emulator says so itself
            if not hasattr(error, "response"):
                raise
            return False
        if refusal:
            exchange.status, code, message = refusal
            exchange.reply_headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", code)]
            exchange.reply_body = json.dumps({"message": message}).encode()
        return bool(refusal)
