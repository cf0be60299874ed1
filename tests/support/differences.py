"""Where the emulators are not AWS, as far as tests meet it.

Tests name what they cannot show on an emulator by looking it up here; cinfra
itself is never bent to suit one.  Checked with moto 5.2.5 and ministack 1.5.33.
"""

# "AWS::Type.Property" (or "AWS::Type: behaviour"): what the emulator does.
MOTO = {
    "AWS::Lambda::Function.DeadLetterConfig": "accepted and never returned",
    "AWS::Lambda::Function.LoggingConfig": "accepted and never returned",
    "AWS::Lambda::Function.TracingConfig": "an update is ignored",
    "AWS::Lambda::Function.EphemeralStorage": "an update is ignored",
    "AWS::Lambda::Function.Architectures": "an update is ignored",
    "AWS::Lambda::Function.RuntimeManagementConfig": "not implemented",
    "AWS::Lambda::Function.RecursiveLoop": "not implemented",
    "AWS::ApiGatewayV2::Stage": "UpdateStage is not implemented (500)",
    "AWS::ApiGatewayV2::Authorizer": "GetAuthorizers is not implemented (500)",
    "AWS::DynamoDB::Table.TableClass": "dropped",
    "AWS::DynamoDB::Table.OnDemandThroughput": "dropped",
    "AWS::DynamoDB::Table.StreamSpecification": "cannot be enabled again; PutItem fails after it was disabled",
    "AWS::DynamoDB::Table.AttributeDefinitions": "keeps those of a deleted index",
    "AWS::S3::Bucket.NotificationConfiguration.EventBridgeConfiguration": "lost",
    "AWS::S3::Bucket.LifecycleConfiguration.NewerNoncurrentVersions": "lost",
    "AWS::S3::Bucket: defaults": "a new bucket has no encryption, ownership controls or access block",
    "AWS::SQS::Queue.RedriveAllowPolicy": "not returned",
    "AWS::SQS::QueuePolicy": "SetQueueAttributes without Policy deletes the policy",
    "AWS::KMS::Key.RotationPeriodInDays": "ignored",
    "AWS::Logs::LogGroup.KmsKeyId": "AssociateKmsKey is not implemented (500)",
    "AWS::Logs::LogGroup.LogGroupClass": "not returned",
    "AWS::ApiGatewayV2::Api: delete": "deleting a missing API succeeds",
}
MINISTACK = {
    "AWS::ApiGatewayV2::Api.Tags": "TagResource has no effect",
    "AWS::Lambda::Permission: read": "GetPolicy without a policy answers an empty one",
    "AWS::Lambda::Function.DeadLetterConfig": "once cleared, an empty TargetArn stays",
    "AWS::Logs::LogGroup.KmsKeyId": "AssociateKmsKey is not implemented",
    "AWS::Logs::LogGroup: delete": "functions that ran make their log group again",
    "AWS::Events::Rule: delete": "a rule that has targets can be deleted",
    "AWS::ApiGatewayV2::Stage: create": "a second stage of the same name replaces the first",
    "AWS::CloudWatch::Alarm: query protocol": "DescribeAlarms omits actions, dimensions, statistic and period; the JSON protocol has them",
    "AWS::S3::Bucket: defaults": "a new bucket has no access block",
    "AWS::DynamoDB::Table.AttributeDefinitions": "keeps the old type when its index is made again",
}
DIFFERENCES = {"moto": MOTO, "ministack": MINISTACK}


def difference(emulator, what):
    """Why an emulator cannot show `what`; None where it can."""
    return DIFFERENCES[emulator.name].get(what)
