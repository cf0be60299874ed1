import json

TYPE = "AWS::S3::BucketPolicy"
NEEDS = {
    "bucket": {"type": "AWS::S3::Bucket", "properties": {"BucketName": "t-bucket"}},
    "other": {"type": "AWS::S3::Bucket", "properties": {"BucketName": "t-other"}},
}


def allow(*actions):
    return {"Version": "2012-10-17", "Statement": [
        {"Sid": "a", "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": list(actions),
         "Resource": "arn:aws:s3:::t-bucket/a ü/*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]}


CREATE = {"Bucket": "${resources.bucket.name}", "PolicyDocument": allow("s3:PutObject")}
CHANGES = [{"PolicyDocument": allow("s3:PutObject", "s3:GetObject")}]
EQUAL = [
    {"PolicyDocument": allow("S3:GetObject", "s3:PutObject")},
    {"PolicyDocument": json.dumps(allow("s3:PutObject", "s3:GetObject"))},
]
REMOVALS = []
REPLACE = [{"Bucket": "${resources.other.name}"}]
DRIFT = {"PolicyDocument": lambda aws: aws.client("s3").put_bucket_policy(
    Bucket=aws.at("Bucket"), Policy=json.dumps(allow("s3:GetObject")))}


def read(aws):
    s3 = aws.client("s3")
    try:
        text = s3.get_bucket_policy(Bucket=aws.at("Bucket"))["Policy"]
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in ("NoSuchBucketPolicy", "NoSuchBucket"):
            raise
        return None
    return {"Bucket": aws.at("Bucket"), "PolicyDocument": json.loads(text)}


def delete(aws):
    aws.client("s3").delete_bucket_policy(Bucket=aws.at("Bucket"))
