from support.functions import delete_mapping as delete
from support.functions import make_functions, read_mapping
from support.functions import update_mapping as update

TYPE = "AWS::Lambda::EventSourceMapping"
NEEDS = {
    "queue": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-queue"}},
    "other": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-other"}},
    "key": {"type": "AWS::KMS::Key", "properties": {"Description": "filters"}},
}
ATTRIBUTES = {"Id": "UUID", "EventSourceMappingArn": "EventSourceMappingArn"}
CREATE = {
    "EventSourceArn": "${resources.queue.arn}",
    "FunctionName": "t-f",
    "BatchSize": 20,
    "MaximumBatchingWindowInSeconds": 5,
    "Enabled": False,
    "FilterCriteria": {"Filters": [{"Pattern": '{"body": {"kind": ["order"]}}'}]},
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
    "ScalingConfig": {"MaximumConcurrency": 5},
    "KmsKeyArn": "${resources.key.arn}",
    "MetricsConfig": {"Metrics": ["EventCount"]},
    "Tags": {"team": "shop", "empty": ""},
}
CHANGES = [
    {"FunctionName": "t-g"},
    {"BatchSize": 5},
    {"MaximumBatchingWindowInSeconds": 0},
    {"Enabled": True},
    {"Enabled": False},
    {"FilterCriteria": {"Filters": [{"Pattern": '{"body": {"kind": ["x"]}}'}, {"Pattern": '{"body": {"n": [1]}}'}]}},
    {"ScalingConfig": {"MaximumConcurrency": 10}},
    {"Tags": {"team": "depot", "stage": "x"}},
]
EQUAL = [{"FunctionName": "arn:aws:lambda:eu-west-1:123456789012:function:t-g"}]
REPLACE = [{"EventSourceArn": "${resources.other.arn}"}]
DRIFT = {
    "BatchSize": lambda aws: update(aws, BatchSize=7),
    "Enabled": lambda aws: update(aws, Enabled=True),
    "Tags": lambda aws: aws.client("lambda").tag_resource(
        Resource=aws.at("EventSourceMappingArn"), Tags={"team": "someone"}),
}
FOREIGN = [lambda aws: aws.client("lambda").tag_resource(
    Resource=aws.at("EventSourceMappingArn"), Tags={"foreign": "x"})]
DEFAULTS = {"BatchSize": 10, "MaximumBatchingWindowInSeconds": 0, "Enabled": True, "FunctionResponseTypes": [],
            "Tags": {}}
LACKS = {"ministack": {
    "KmsKeyArn": "accepted and never returned",
    "MetricsConfig": "accepted and never returned",
}}
NOT_SHOWN = {"ProvisionedPollerConfig": "is for Kafka, and excludes ScalingConfig for queues"}


def setup(aws):
    make_functions(aws, "t-f", "t-g")


def read(aws):
    have = read_mapping(aws)
    if not have:
        return None
    have["KmsKeyArn"] = have.get("KMSKeyArn") or None
    for name in ("FilterCriteria", "ScalingConfig", "MetricsConfig", "DestinationConfig"):
        if not any((have.get(name) or {}).values()):
            have.pop(name, None)
    tags = aws.client("lambda").list_tags(Resource=aws.at("EventSourceMappingArn"))["Tags"]
    tags = {name: value for name, value in tags.items() if name not in ("cinfra:id", "foreign")}
    return {**DEFAULTS, **have, "Tags": tags}
