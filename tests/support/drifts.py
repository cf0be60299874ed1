"""What somebody may change behind cinfra's back: by type and property, on any resource there is.

Each takes a support.type_case.Aws: `aws.id` and `aws.at(name)` are the resource's.
"""

import io
import json
import time
import zipfile

ALARM = {"AlarmName", "AlarmDescription", "ActionsEnabled", "AlarmActions", "MetricName", "Namespace", "Statistic",
         "Dimensions", "Period", "EvaluationPeriods", "DatapointsToAlarm", "Threshold", "ComparisonOperator",
         "TreatMissingData"}
RULE = {"Name", "Description", "State", "ScheduleExpression", "EventPattern"}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


def alarm(**values):
    def change(aws):
        [have] = aws.client("cloudwatch").describe_alarms(AlarmNames=[aws.id])["MetricAlarms"]
        kept = {name: value for name, value in have.items() if name in ALARM}
        aws.client("cloudwatch").put_metric_alarm(**{**kept, **values})
    return change


def call(service, operation, *identity, **values):
    """A call with the resource's properties of these names, and these values."""
    def change(aws):
        known = {name: aws.at(name) for name in identity}
        getattr(aws.client(service), operation)(**known, **values)
    return change


def by_id(service, operation, member, **values):
    """A call with the resource's id as this member, and these values."""
    return lambda aws: getattr(aws.client(service), operation)(**{member: aws.id}, **values)


def function(**values):
    def change(aws):
        aws.client("lambda").update_function_configuration(FunctionName=aws.id, **values)
        rest(aws)
    return change


def rest(aws):
    """Wait until a function's update is over."""
    while aws.client("lambda").get_function_configuration(
            FunctionName=aws.id).get("LastUpdateStatus") == "InProgress":
        time.sleep(0.1)


def other_code(aws):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("app.py", "def handle(event, context): return None\n")
    aws.client("lambda").update_function_code(FunctionName=aws.id, ZipFile=content.getvalue())
    rest(aws)


def other_role(aws):
    made = aws.client("iam").create_role(RoleName=f"someones-{aws.id}", AssumeRolePolicyDocument=json.dumps(TRUST))
    function(Role=made["Role"]["Arn"])(aws)
    aws.client("iam").delete_role(RoleName=f"someones-{aws.id}")


def other_key(aws):
    made = aws.client("kms").create_key()["KeyMetadata"]["KeyId"]
    aws.client("kms").update_alias(AliasName=aws.id, TargetKeyId=made)
    aws.client("kms").schedule_key_deletion(KeyId=made, PendingWindowInDays=7)


def other_function(aws):
    role = aws.client("lambda").get_function_configuration(FunctionName=aws.at("FunctionName"))["Role"]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("app.py", "def handle(event, context): return None\n")
    aws.client("lambda").create_function(FunctionName="someones", Role=role, Runtime="python3.13",
                                         Handler="app.handle", Code={"ZipFile": content.getvalue()})
    aws.client("lambda").get_waiter("function_active_v2").wait(FunctionName="someones")
    aws.client("lambda").update_event_source_mapping(UUID=aws.id, FunctionName="someones")
    aws.client("lambda").delete_function(FunctionName="someones")


def rule(**values):
    def change(aws):
        have = aws.client("events").describe_rule(Name=aws.at("Name"))
        kept = {name: value for name, value in have.items() if name in RULE}
        aws.client("events").put_rule(**{**kept, **values})
    return change


def queue(**values):
    def change(aws):
        sqs = aws.client("sqs")
        # moto forgets the policy when it is not among what is set.
        policy = sqs.get_queue_attributes(QueueUrl=aws.id, AttributeNames=["Policy"]).get("Attributes", {})
        sqs.set_queue_attributes(QueueUrl=aws.id, Attributes={**policy, **values})
    return change


def redrive(aws):
    policy = {**aws.at("RedrivePolicy"), "maxReceiveCount": 9}
    queue(RedrivePolicy=json.dumps(policy))(aws)


def queue_policy(aws):
    statement = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sqs:*", "Resource": "*"}
    queue(Policy=json.dumps({**POLICY, "Statement": [statement]}))(aws)


def key_policy(aws):
    policy = {**aws.at("KeyPolicy"), "Statement": aws.at("KeyPolicy")["Statement"][:1]}
    aws.client("kms").put_key_policy(KeyId=aws.id, PolicyName="default", Policy=json.dumps(policy))


def table(**values):
    def change(aws):
        aws.client("dynamodb").update_table(TableName=aws.id, **values)
        while aws.client("dynamodb").describe_table(TableName=aws.id)["Table"]["TableStatus"] != "ACTIVE":
            time.sleep(0.1)
    return change


def notification(aws):
    queues = [{"QueueArn": f"arn:aws:sqs:{aws.region}:{aws.account}:orders-shipping", "Events": ["s3:ObjectRemoved:*"]}]
    aws.client("s3").put_bucket_notification_configuration(
        Bucket=aws.id, NotificationConfiguration={"QueueConfigurations": queues})


def subscription(name, value):
    return lambda aws: aws.client("sns").set_subscription_attributes(
        SubscriptionArn=aws.at("Arn"), AttributeName=name, AttributeValue=value)


def api(**values):
    return call("apigatewayv2", "update_api", "ApiId", **values)


def integration(**values):
    return call("apigatewayv2", "update_integration", "ApiId", "IntegrationId", **values)


def route(**values):
    return call("apigatewayv2", "update_route", "ApiId", "RouteId", **values)


def stage(**values):
    return call("apigatewayv2", "update_stage", "ApiId", "StageName", **values)


def bucket(operation, **values):
    return by_id("s3", operation, "Bucket", **values)


def mapping(**values):
    return by_id("lambda", "update_event_source_mapping", "UUID", **values)


DRIFTS = {
    "AWS::CloudWatch::Alarm": {
        "AlarmActions": alarm(AlarmActions=[]),
        "AlarmDescription": alarm(AlarmDescription="someone's"),
        "ComparisonOperator": alarm(ComparisonOperator="LessThanThreshold"),
        "DatapointsToAlarm": alarm(DatapointsToAlarm=1),
        "Dimensions": alarm(Dimensions=[{"Name": "Some", "Value": "other"}]),
        "EvaluationPeriods": alarm(EvaluationPeriods=6),
        "MetricName": alarm(MetricName="Other"),
        "Namespace": alarm(Namespace="Other"),
        "Period": alarm(Period=120),
        "Statistic": alarm(Statistic="Average"),
        "Threshold": alarm(Threshold=7.0),
        "TreatMissingData": alarm(TreatMissingData="breaching"),
    },
    "AWS::ApiGatewayV2::Api": {
        "CorsConfiguration": api(CorsConfiguration={"AllowOrigins": ["https://else.example"]}),
        "Name": api(Name="someone's"),
    },
    "AWS::ApiGatewayV2::Integration": {
        "IntegrationMethod": integration(IntegrationMethod="GET"),
        "IntegrationType": integration(IntegrationType="HTTP_PROXY"),
        "IntegrationUri": integration(IntegrationUri="https://someone.example/"),
        "PayloadFormatVersion": integration(PayloadFormatVersion="1.0"),
    },
    "AWS::ApiGatewayV2::Route": {
        "AuthorizationType": route(AuthorizationType="AWS_IAM"),
        "RouteKey": route(RouteKey="PUT /else"),
        "Target": route(Target="integrations/none"),
    },
    "AWS::ApiGatewayV2::Stage": {
        "AutoDeploy": stage(AutoDeploy=False),
        "DefaultRouteSettings": stage(DefaultRouteSettings={"ThrottlingBurstLimit": 9, "ThrottlingRateLimit": 50}),
    },
    "AWS::S3::Bucket": {
        "BucketEncryption": bucket("put_bucket_encryption", ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}),
        "LifecycleConfiguration": bucket("delete_bucket_lifecycle"),
        "PublicAccessBlockConfiguration": bucket("put_public_access_block", PublicAccessBlockConfiguration={
            "BlockPublicAcls": False, "BlockPublicPolicy": True, "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True}),
        "VersioningConfiguration": bucket("put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"}),
    },
    "AWS::S3::BucketNotification": {"NotificationConfiguration": notification},
    "AWS::Lambda::Function": {
        "Code": other_code,
        "Description": function(Description="someone's"),
        "Environment": function(Environment={"Variables": {"LOG_LEVEL": "DEBUG"}}),
        "Handler": function(Handler="app.other"),
        "MemorySize": function(MemorySize=128),
        "Role": other_role,
        "Runtime": function(Runtime="python3.12"),
        "Timeout": function(Timeout=99),
    },
    "AWS::Lambda::EventSourceMapping": {
        "BatchSize": mapping(BatchSize=1),
        "Enabled": mapping(Enabled=False),
        "FunctionName": other_function,
        "FunctionResponseTypes": mapping(FunctionResponseTypes=[]),
    },
    "AWS::Logs::LogGroup": {
        "RetentionInDays": by_id("logs", "put_retention_policy", "logGroupName", retentionInDays=1),
    },
    "AWS::IAM::RolePolicy": {
        "PolicyDocument": call("iam", "put_role_policy", "RoleName", "PolicyName", PolicyDocument=json.dumps(POLICY)),
    },
    "AWS::IAM::Role": {
        "AssumeRolePolicyDocument": by_id("iam", "update_assume_role_policy", "RoleName", PolicyDocument=json.dumps(TRUST)),
        "Description": by_id("iam", "update_role", "RoleName", Description="someone's"),
    },
    "AWS::Events::Rule": {
        "Description": rule(Description="someone's"),
        "ScheduleExpression": rule(ScheduleExpression="rate(5 minutes)"),
        "State": rule(State="DISABLED"),
        "Targets": lambda aws: aws.client("events").put_targets(Rule=aws.at("Name"), Targets=[
            {"Id": "report", "Arn": f"arn:aws:sqs:{aws.region}:{aws.account}:else"}]),
    },
    "AWS::KMS::Key": {
        "Description": by_id("kms", "update_key_description", "KeyId", Description="someone's"),
        "EnableKeyRotation": by_id("kms", "disable_key_rotation", "KeyId"),
        "KeyPolicy": key_policy,
    },
    "AWS::KMS::Alias": {"TargetKeyId": other_key},
    "AWS::SQS::Queue": {
        "KmsMasterKeyId": queue(KmsMasterKeyId="alias/aws/sqs"),
        "MessageRetentionPeriod": queue(MessageRetentionPeriod="60"),
        "RedrivePolicy": redrive,
        "VisibilityTimeout": queue(VisibilityTimeout="31"),
    },
    "AWS::SQS::QueuePolicy": {"PolicyDocument": queue_policy},
    "AWS::DynamoDB::Table": {
        "BillingMode": table(BillingMode="PROVISIONED", ProvisionedThroughput={
            "ReadCapacityUnits": 1, "WriteCapacityUnits": 1}),
        "PointInTimeRecoverySpecification": by_id(
            "dynamodb", "update_continuous_backups", "TableName",
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}),
        "SSESpecification": table(SSESpecification={"Enabled": False}),
        "StreamSpecification": table(StreamSpecification={"StreamEnabled": False}),
    },
    "AWS::SNS::Topic": {
        "KmsMasterKeyId": by_id("sns", "set_topic_attributes", "TopicArn", AttributeName="KmsMasterKeyId",
                                AttributeValue="alias/aws/sns"),
    },
    "AWS::SNS::Subscription": {
        "FilterPolicy": subscription("FilterPolicy", '{"status":["any"]}'),
        "RawMessageDelivery": subscription("RawMessageDelivery", "false"),
    },
}

# What AWS lets nobody change, though no replacement stands behind it.
UNCHANGEABLE = {
    "AWS::KMS::Key": {"PendingWindowInDays": "is for the deletion, and nowhere in AWS before"},
    "AWS::DynamoDB::Table": {"AttributeDefinitions": "follows from keys and indexes"},
}
