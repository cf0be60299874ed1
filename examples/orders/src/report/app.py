"""Counts the orders of the last day."""

import os
import time

import boto3

dynamodb = boto3.client("dynamodb")
cloudwatch = boto3.client("cloudwatch")


def count(since):
    total = 0
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=os.environ["ORDERS_TABLE"],
        FilterExpression="placed_at >= :since",
        ExpressionAttributeValues={":since": {"N": str(since)}},
        Select="COUNT",
    )
    for page in pages:
        total += page["Count"]
    return total


def handle(event, context):
    total = count(int(time.time()) - 24 * 60 * 60)
    cloudwatch.put_metric_data(
        Namespace="Orders",
        MetricData=[{"MetricName": "OrdersOfTheDay", "Value": total, "Unit": "Count"}],
    )
    return {"orders": total}
