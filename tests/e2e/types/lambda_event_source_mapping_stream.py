from support.functions import delete_mapping as delete
from support.functions import make_functions, read_mapping
from support.functions import update_mapping as update

TYPE = "AWS::Lambda::EventSourceMapping"


def table(name):
    return {"type": "AWS::DynamoDB::Table", "properties": {
        "TableName": name, "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "StreamSpecification": {"StreamViewType": "NEW_IMAGE"}}}


NEEDS = {
    "table": table("t-table"),
    "other": table("t-other"),
    "dead": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-dead"}},
    "second": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-second"}},
}
CREATE = {
    "EventSourceArn": "${resources.table.stream_arn}",
    "FunctionName": "t-f",
    "StartingPosition": "TRIM_HORIZON",
    "BatchSize": 50,
    "Enabled": False,
    "ParallelizationFactor": 2,
    "MaximumRetryAttempts": 3,
    "MaximumRecordAgeInSeconds": 600,
    "BisectBatchOnFunctionError": True,
    "TumblingWindowInSeconds": 30,
    "DestinationConfig": {"OnFailure": {"Destination": "${resources.dead.arn}"}},
}
CHANGES = [
    {"BatchSize": 1000},
    {"ParallelizationFactor": 1},
    {"MaximumRetryAttempts": 0},
    {"MaximumRecordAgeInSeconds": 60},
    {"BisectBatchOnFunctionError": False},
    {"TumblingWindowInSeconds": 0},
    {"DestinationConfig": {"OnFailure": {"Destination": "${resources.second.arn}"}}},
]
REPLACE = [
    {"StartingPosition": "LATEST"},
    {"EventSourceArn": "${resources.other.stream_arn}"},
]
DRIFT = {
    "MaximumRetryAttempts": lambda aws: update(aws, MaximumRetryAttempts=9),
    "DestinationConfig": lambda aws: update(
        aws, DestinationConfig={"OnFailure": {"Destination": aws.at("Arn", "second")}}),
}
DEFAULTS = {"BatchSize": 100, "Enabled": True, "ParallelizationFactor": 1, "MaximumRetryAttempts": -1,
            "MaximumRecordAgeInSeconds": -1, "BisectBatchOnFunctionError": False, "TumblingWindowInSeconds": 0}
LACKS = {"ministack": {"TumblingWindowInSeconds": "accepted and never returned"}}
NOT_SHOWN = {
    "StartingPositionTimestamp": "is for Kinesis streams",
    "LoggingConfig": "is for Kafka sources",
}


def setup(aws):
    make_functions(aws, "t-f")


def read(aws):
    have = read_mapping(aws)
    if not have:
        return None
    if not have.get("DestinationConfig", {}).get("OnFailure"):
        have.pop("DestinationConfig", None)
    return {**DEFAULTS, **have}
