import json
from unittest.mock import ANY

TYPE = "AWS::SQS::Queue"
NEEDS = {
    "dead": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-dead"}},
    "other": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-other"}},
}
ATTRIBUTES = {"Arn": "QueueArn", "QueueUrl": "QueueUrl"}
CREATE = {
    "QueueName": "t-it",
    "VisibilityTimeout": 40,
    "MessageRetentionPeriod": 600,
    "DelaySeconds": 5,
    "ReceiveMessageWaitTimeSeconds": 6,
    "MaximumMessageSize": 2048,
    "KmsMasterKeyId": "alias/aws/sqs",
    "KmsDataKeyReusePeriodSeconds": 600,
    "RedrivePolicy": {"deadLetterTargetArn": "${resources.dead.arn}", "maxReceiveCount": 3},
    "RedriveAllowPolicy": {"redrivePermission": "denyAll"},
    "Tags": {"team": "shop", "empty": ""},
}
CHANGES = [
    {"VisibilityTimeout": 0},
    {"MessageRetentionPeriod": 1209600},
    {"DelaySeconds": 0},
    {"ReceiveMessageWaitTimeSeconds": 20},
    {"MaximumMessageSize": 262144},
    {"KmsMasterKeyId": "alias/other"},
    {"KmsDataKeyReusePeriodSeconds": 86400},
    {"RedrivePolicy": {"deadLetterTargetArn": "${resources.other.arn}", "maxReceiveCount": 5}},
    {"RedriveAllowPolicy": {"redrivePermission": "byQueue", "sourceQueueArns": ["${resources.other.arn}"]}},
    {"Tags": {"team": "depot", "stage": "a b=c/ü"}},
    {"KmsMasterKeyId": None, "KmsDataKeyReusePeriodSeconds": None, "SqsManagedSseEnabled": False},
]
REPLACE = [
    {"QueueName": "t-it-again"},
    {"QueueName": "t-it.fifo", "FifoQueue": True, "RedrivePolicy": None},
]
DRIFT = {
    "VisibilityTimeout": lambda aws: set_attribute(aws, "VisibilityTimeout", "77"),
    "DelaySeconds": lambda aws: set_attribute(aws, "DelaySeconds", "77"),
    "RedrivePolicy": lambda aws: set_attribute(aws, "RedrivePolicy", json.dumps(
        {"deadLetterTargetArn": aws.at("Arn", "dead"), "maxReceiveCount": 9})),
    "Tags": lambda aws: aws.client("sqs").tag_queue(QueueUrl=aws.id, Tags={"team": "someone"}),
}
EQUAL = [
    {"Tags": [{"Key": "stage", "Value": "a b=c/ü"}, {"Key": "team", "Value": "depot"}]},
    {"DelaySeconds": None},
]
FOREIGN = [lambda aws: aws.client("sqs").tag_queue(QueueUrl=aws.id, Tags={"foreign": "x"})]
DEFAULTS = {
    "VisibilityTimeout": 30, "MessageRetentionPeriod": 345600, "DelaySeconds": 0,
    "ReceiveMessageWaitTimeSeconds": 0, "MaximumMessageSize": 1048576, "Tags": {},
    "SqsManagedSseEnabled": ANY, "KmsDataKeyReusePeriodSeconds": ANY,
}
LACKS = {"moto": {"RedriveAllowPolicy": "accepted and never returned"}}
NUMBERS = ("VisibilityTimeout", "MessageRetentionPeriod", "DelaySeconds", "ReceiveMessageWaitTimeSeconds",
           "MaximumMessageSize", "KmsDataKeyReusePeriodSeconds")


def set_attribute(aws, name, value):
    aws.client("sqs").set_queue_attributes(QueueUrl=aws.id, Attributes={name: value})


def read(aws):
    sqs = aws.client("sqs")
    try:
        have = sqs.get_queue_attributes(QueueUrl=aws.id, AttributeNames=["All"])["Attributes"]
    except sqs.exceptions.QueueDoesNotExist:
        return None
    have = {name: int(value) if name in NUMBERS else json.loads(value) if value[:1] in ("{", "t", "f") else value
            for name, value in have.items() if value}
    url = sqs.get_queue_url(QueueName=have["QueueArn"].rpartition(":")[2])["QueueUrl"]
    have["QueueUrl"] = aws.id if aws.id.split("/")[3:] == url.split("/")[3:] else url  # through the proxy, and not
    have["QueueName"] = have["QueueArn"].rpartition(":")[2]
    tags = sqs.list_queue_tags(QueueUrl=aws.id).get("Tags", {})
    have["Tags"] = {key: value for key, value in tags.items() if key not in ("cinfra:id", "foreign")}
    return have


def delete(aws):
    aws.client("sqs").delete_queue(QueueUrl=aws.id)
