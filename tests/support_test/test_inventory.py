"""The inventory, which proves that nothing is left, sees every kind of thing."""

import pytest

from aws_calls import POLICY, package
from support.emulator import REGION, Emulator
from support.inventory import LISTS, inventory


def fill(aws):
    """One of each."""
    role = aws.client("iam").create_role(RoleName="worker", AssumeRolePolicyDocument=POLICY)["Role"]["Arn"]
    aws.client("iam").create_policy(PolicyName="extra", PolicyDocument=POLICY)
    aws.client("lambda").create_function(
        FunctionName="http", Runtime="python3.12", Handler="app.handler", Role=role, Code={"ZipFile": package()})
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws.client("lambda").create_event_source_mapping(FunctionName="http", EventSourceArn=queue)
    aws.client("dynamodb").create_table(
        TableName="orders", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
    aws.client("s3").create_bucket(Bucket="images", CreateBucketConfiguration={"LocationConstraint": REGION})
    topic = aws.client("sns").create_topic(Name="news")["TopicArn"]
    aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    key = aws.client("kms").create_key()["KeyMetadata"]["KeyId"]
    aws.client("kms").create_alias(AliasName="alias/orders", TargetKeyId=key)
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="errors", Namespace="x", MetricName="y", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="GreaterThanThreshold")
    aws.client("logs").create_log_group(logGroupName="/orders")
    aws.client("events").put_rule(Name="tick", ScheduleExpression="rate(5 minutes)")
    aws.client("apigatewayv2").create_api(Name="orders", ProtocolType="HTTP")


@pytest.mark.parametrize("name", ["moto", "ministack"])
def test_sees_everything(name):
    with Emulator(name) as aws:
        assert inventory(aws) == {}
        fill(aws)
        assert {what: len(names) for what, names in inventory(aws).items()} == {row[0]: 1 for row in LISTS}
        aws.reset()
        assert inventory(aws) == {}
