"""Notes the size of each uploaded image beside it: uploads/a.jpg -> notes/a.json."""

import json
from urllib.parse import unquote_plus

import boto3

s3 = boto3.client("s3")


def handle(event, context):
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        key = unquote_plus(record["s3"]["object"]["key"])
        size = s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
        name = key.removeprefix("uploads/").removesuffix(".jpg")
        s3.put_object(
            Bucket=bucket,
            Key=f"notes/{name}.json",
            Body=json.dumps({"key": key, "bytes": size}).encode(),
            ContentType="application/json",
        )
