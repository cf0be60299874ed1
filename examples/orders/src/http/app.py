"""POST /orders and GET /orders/{orderId}."""

import base64
import json
import os
import time
import uuid

import boto3

dynamodb = boto3.client("dynamodb")
sqs = boto3.client("sqs")

TABLE = os.environ["ORDERS_TABLE"]
QUEUE = os.environ["ORDERS_QUEUE"]


def answer(status, body):
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body),
    }


def body_of(event):
    body = event.get("body") or "{}"
    return base64.b64decode(body) if event.get("isBase64Encoded") else body


def create(event):
    try:
        wanted = json.loads(body_of(event))
    except ValueError:
        return answer(400, {"error": "the body is not JSON"})
    if not isinstance(wanted, dict) or not wanted.get("customer"):
        return answer(400, {"error": "an order needs a customer"})
    order = {
        "order_id": str(uuid.uuid4()),
        "customer": str(wanted["customer"]),
        "status": "new",
        "placed_at": int(time.time()),
    }
    dynamodb.put_item(
        TableName=TABLE,
        Item={
            "order_id": {"S": order["order_id"]},
            "customer": {"S": order["customer"]},
            "status": {"S": order["status"]},
            "placed_at": {"N": str(order["placed_at"])},
        },
    )
    sqs.send_message(QueueUrl=QUEUE, MessageBody=json.dumps({"order_id": order["order_id"]}))
    return answer(201, order)


def show(event):
    order_id = event["pathParameters"]["orderId"]
    reply = dynamodb.get_item(TableName=TABLE, Key={"order_id": {"S": order_id}})
    item = reply.get("Item")
    if not item:
        return answer(404, {"error": "no such order"})
    return answer(
        200,
        {
            "order_id": item["order_id"]["S"],
            "customer": item["customer"]["S"],
            "status": item["status"]["S"],
            "placed_at": int(item["placed_at"]["N"]),
        },
    )


def handle(event, context):
    if event["routeKey"] == "POST /orders":
        return create(event)
    return show(event)
