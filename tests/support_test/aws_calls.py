"""Real requests of boto3, caught before they leave, as exchanges."""

import io
import zipfile

import boto3
import botocore.config
from botocore.awsrequest import AWSResponse

from support.emulator import ACCESS_KEY, REGION, SECRET_KEY
from support.recording import Exchange

ENDPOINT = "http://127.0.0.1:4999"
ROLE = "arn:aws:iam::123456789012:role/worker"
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}'


class Raw(io.BytesIO):
    def stream(self, **_):
        yield self.read()


def catch(service, operation, **parameters):
    """The exchange that boto3 would have made."""
    client = boto3.client(
        service, region_name=REGION, endpoint_url=ENDPOINT,
        aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY,
        config=botocore.config.Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )
    caught = []

    def before_send(request, **_):
        target = request.url[len(ENDPOINT):]
        headers = [(name, value if isinstance(value, str) else value.decode())
                   for name, value in request.headers.items()]
        body = request.body or b""
        if hasattr(body, "read"):
            body = body.read()
        body = body.encode() if isinstance(body, str) else body
        headers.append(("Host", ENDPOINT.partition("//")[2]))
        caught.append(Exchange(request.method, target, headers, body))
        return AWSResponse(request.url, 200, {}, Raw(b""))

    client.meta.events.register("before-send", before_send)
    try:
        getattr(client, operation)(**parameters)
    except Exception:  # the empty reply may not parse; what was sent counts
        if not caught:
            raise
    return caught[0]


def package():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("app.py", "def handler(event, context):\n    return {}\n")
    return archive.getvalue()


CALLS = [
    ("sqs", "create_queue", {"QueueName": "jobs.fifo", "Attributes": {"FifoQueue": "true"}, "tags": {"a": "1"}}),
    ("sqs", "get_queue_attributes", {"QueueUrl": ENDPOINT + "/123456789012/jobs", "AttributeNames": ["All"]}),
    ("sns", "create_topic", {"Name": "news", "Attributes": {"DisplayName": "a b"}, "Tags": [{"Key": "a", "Value": "é&="}]}),
    ("sns", "subscribe", {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:news", "Protocol": "sqs",
                          "Endpoint": "arn:aws:sqs:eu-west-1:123456789012:jobs", "ReturnSubscriptionArn": True}),
    ("dynamodb", "create_table", {
        "TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}),
    ("s3", "create_bucket", {"Bucket": "images", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}),
    ("s3", "put_object", {"Bucket": "images", "Key": "a folder/ä+~(1).txt", "Body": b"hello", "Metadata": {"by": "me"},
                          "IfNoneMatch": "*", "ContentType": "text/plain"}),
    ("s3", "get_bucket_tagging", {"Bucket": "images", "ExpectedBucketOwner": "123456789012"}),
    ("s3", "put_bucket_lifecycle_configuration", {"Bucket": "images", "LifecycleConfiguration": {"Rules": [
        {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 3}},
        {"ID": "cold", "Status": "Enabled", "Filter": {}, "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]}]}}),
    ("s3", "put_bucket_policy", {"Bucket": "images", "Policy": POLICY}),
    ("s3", "list_objects_v2", {"Bucket": "images", "Prefix": "a b/", "MaxKeys": 7}),
    ("s3", "put_bucket_acl", {"Bucket": "images", "AccessControlPolicy": {"Owner": {"ID": "me"}, "Grants": [
        {"Grantee": {"Type": "CanonicalUser", "ID": "me"}, "Permission": "FULL_CONTROL"}]}}),
    ("lambda", "create_function", {
        "FunctionName": "http", "Runtime": "python3.12", "Handler": "app.handler", "Role": ROLE,
        "Code": {"ZipFile": package()}, "Environment": {"Variables": {"AB": "1"}}, "Timeout": 30}),
    ("lambda", "get_function", {"FunctionName": "http", "Qualifier": "$LATEST"}),
    ("lambda", "list_tags", {"Resource": "arn:aws:lambda:eu-west-1:123456789012:function:http"}),
    ("lambda", "untag_resource", {"Resource": "arn:aws:lambda:eu-west-1:123456789012:function:http", "TagKeys": ["a", "b c"]}),
    ("lambda", "add_permission", {"FunctionName": "http", "StatementId": "s3", "Action": "lambda:InvokeFunction",
                                  "Principal": "s3.amazonaws.com"}),
    ("iam", "create_role", {"RoleName": "worker", "AssumeRolePolicyDocument": POLICY, "Tags": [{"Key": "a", "Value": "b"}]}),
    ("iam", "put_role_policy", {"RoleName": "worker", "PolicyName": "inline", "PolicyDocument": POLICY}),
    ("kms", "create_key", {"Description": "orders", "Tags": [{"TagKey": "a", "TagValue": "b"}]}),
    ("kms", "schedule_key_deletion", {"KeyId": "alias/x", "PendingWindowInDays": 7}),
    ("logs", "create_log_group", {"logGroupName": "/aws/lambda/http", "tags": {"a": "b"}}),
    ("logs", "put_retention_policy", {"logGroupName": "/aws/lambda/http", "retentionInDays": 14}),
    ("events", "put_rule", {"Name": "tick", "ScheduleExpression": "rate(5 minutes)", "State": "ENABLED"}),
    ("events", "put_targets", {"Rule": "tick", "Targets": [{"Id": "1", "Arn": ROLE.replace("iam", "lambda")}]}),
    ("cloudwatch", "put_metric_alarm", {
        "AlarmName": "errors", "Namespace": "AWS/Lambda", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 0.5, "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": [{"Name": "FunctionName", "Value": "http"}]}),
    ("apigatewayv2", "create_api", {"Name": "orders", "ProtocolType": "HTTP", "CorsConfiguration": {"AllowOrigins": ["*"]}}),
    ("apigatewayv2", "update_stage", {"ApiId": "a1b2", "StageName": "$default", "AutoDeploy": True}),
    ("apigateway", "get_resources", {"restApiId": "a1b2", "embed": ["methods"]}),
    ("apigatewayv2", "tag_resource", {"ResourceArn": "arn:aws:apigateway:eu-west-1::/apis/a1b2", "Tags": {"a": "b"}}),
    ("apigateway", "tag_resource", {"resourceArn": "arn:aws:apigateway:eu-west-1::/restapis/a1b2", "tags": {"a": "b"}}),
    ("sts", "get_caller_identity", {}),
    ("sts", "assume_role", {"RoleArn": ROLE, "RoleSessionName": "me", "DurationSeconds": 900}),
    ("resourcegroupstaggingapi", "get_resources", {"TagFilters": [{"Key": "cinfra:id", "Values": ["x"]}]}),
]
