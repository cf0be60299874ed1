import json

TYPE = "AWS::SQS::Queue"
NEEDS = {"dead": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-dead.fifo", "FifoQueue": True}}}
CREATE = {
    "QueueName": "t-it.fifo",
    "FifoQueue": True,
    "ContentBasedDeduplication": True,
    "DeduplicationScope": "messageGroup",
    "FifoThroughputLimit": "perMessageGroupId",
    "RedrivePolicy": {"deadLetterTargetArn": "${resources.dead.arn}", "maxReceiveCount": 1},
}
CHANGES = [
    {"ContentBasedDeduplication": False},
    {"FifoThroughputLimit": "perQueue"},
    {"DeduplicationScope": "queue"},
]
EQUAL = [{"ContentBasedDeduplication": None, "DeduplicationScope": None}]
DRIFT = {"ContentBasedDeduplication": lambda aws: set_attribute(aws, "ContentBasedDeduplication", "false")}
DEFAULTS = {"ContentBasedDeduplication": False, "DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"}
FIFO_ONLY = ("ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit")


def set_attribute(aws, name, value):
    aws.client("sqs").set_queue_attributes(QueueUrl=aws.id, Attributes={name: value})


def read(aws):
    sqs = aws.client("sqs")
    try:
        have = sqs.get_queue_attributes(QueueUrl=aws.id, AttributeNames=["All"])["Attributes"]
    except sqs.exceptions.QueueDoesNotExist:
        return None
    have = {name: json.loads(value) if value[:1] in ("{", "t", "f") else value for name, value in have.items()}
    have["QueueName"] = have["QueueArn"].rpartition(":")[2]
    return have
