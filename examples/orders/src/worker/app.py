"""Confirms queued orders; says which messages failed, so that only those come again."""

import json
import logging
import os

import boto3

dynamodb = boto3.client("dynamodb")
log = logging.getLogger()
log.setLevel(os.environ.get("LOG_LEVEL", "INFO"))


def confirm(order_id):
    dynamodb.update_item(
        TableName=os.environ["ORDERS_TABLE"],
        Key={"order_id": {"S": order_id}},
        UpdateExpression="SET #status = :confirmed",
        ConditionExpression="attribute_exists(order_id)",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":confirmed": {"S": "confirmed"}},
    )


def handle(event, context):
    failed = []
    for record in event["Records"]:
        try:
            confirm(json.loads(record["body"])["order_id"])
        except Exception:
            log.exception("message %s", record["messageId"])
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
