"""What AWS does and moto does not: the lab does it in its place.

Refusals are given in front of the emulator, with the check and the call as one, so that a call that
arrives a second time meets what it would meet in AWS.  What AWS sets of itself is set after a call.
"""

import asyncio
import collections
import json

from botocore.exceptions import ClientError
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


def _mapping_twice(client, exchange):
    body = json.loads(exchange.body)
    function = body["FunctionName"].rpartition(":")[2]
    found = client("lambda").list_event_source_mappings(FunctionName=function, EventSourceArn=body["EventSourceArn"])
    if found["EventSourceMappings"]:
        return 409, "ResourceConflictException", "An event source mapping of this function and source already exists."
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


PRIVATE = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
ENCRYPTED = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]}


def _new_bucket(client, exchange, _):
    bucket = _parts(exchange)[0]
    client("s3").put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=PRIVATE)
    client("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=ENCRYPTED)


def _policy_of_queue(client, exchange):
    """moto forgets it when other attributes are set."""
    asked = json.loads(exchange.body)
    if "Policy" in asked.get("Attributes", {}):
        return None
    have = client("sqs").get_queue_attributes(QueueUrl=asked["QueueUrl"], AttributeNames=["Policy"])
    return have.get("Attributes")


def _policy_back(client, exchange, attributes):
    if attributes:
        client("sqs").set_queue_attributes(QueueUrl=json.loads(exchange.body)["QueueUrl"], Attributes=attributes)


# (client, exchange) -> None, or (status, error code, message)
REFUSALS = {
    "lambda:AddPermission": _statement_twice,
    "lambda:CreateEventSourceMapping": _mapping_twice,
    "apigatewayv2:CreateRoute": _route_twice,
    "apigatewayv2:CreateStage": _stage_twice,
}
# (client, exchange) -> None, or what `AFTERWARDS` is to know
BEFOREHAND = {"sqs:SetQueueAttributes": _policy_of_queue}
# (client, exchange, what was found beforehand), when the call succeeded
AFTERWARDS = {"s3:CreateBucket": _new_bucket, "sqs:SetQueueAttributes": _policy_back}


class Correcting:
    """`forward` of a proxy, as AWS would have it."""

    def __init__(self, forward, client):
        self._forward, self._client = forward, client
        self._locks = collections.defaultdict(asyncio.Lock)

    async def __call__(self, name, exchange):
        if not {name} & {*REFUSALS, *BEFOREHAND, *AFTERWARDS}:
            return await self._forward(exchange)
        async with self._locks[exchange.target]:
            if await asyncio.to_thread(self._refuses, name, exchange):
                return None
            found = await asyncio.to_thread(self._ask, BEFOREHAND.get(name), exchange)
            await self._forward(exchange)
            if exchange.status == 200 and name in AFTERWARDS:
                await asyncio.to_thread(AFTERWARDS[name], self._client, exchange, found)
            return None

    def _refuses(self, name, exchange):
        refusal = self._ask(REFUSALS.get(name), exchange)
        if refusal:
            exchange.status, code, message = refusal
            exchange.reply_headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", code)]
            exchange.reply_body = json.dumps({"message": message}).encode()
        return bool(refusal)

    def _ask(self, question, exchange):
        try:
            return question(self._client, exchange) if question else None
        except ClientError:  # there is no such thing: the emulator says so itself
            return None
