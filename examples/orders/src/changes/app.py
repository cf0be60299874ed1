"""Tells the topic of every change of an order."""

import json
import os

import boto3

sns = boto3.client("sns")


def handle(event, context):
    for record in event["Records"]:
        image = record["dynamodb"].get("NewImage") or record["dynamodb"].get("OldImage") or {}
        status = image.get("status", {}).get("S", "unknown")
        sns.publish(
            TopicArn=os.environ["ORDER_EVENTS"],
            Message=json.dumps(
                {
                    "change": record["eventName"],
                    "order_id": record["dynamodb"]["Keys"]["order_id"]["S"],
                    "status": status,
                }
            ),
            MessageAttributes={"status": {"DataType": "String", "StringValue": status}},
        )
