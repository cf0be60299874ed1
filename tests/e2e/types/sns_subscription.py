import json

from support.functions import function_arn, make_functions

TYPE = "AWS::SNS::Subscription"
NEEDS = {
    "topic": {"type": "AWS::SNS::Topic", "properties": {"TopicName": "t-topic"}},
    "other": {"type": "AWS::SNS::Topic", "properties": {"TopicName": "t-other"}},
    "queue": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-queue"}},
    "second": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-second"}},
    "dead": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-dead"}},
}
ATTRIBUTES = {"Arn": "SubscriptionArn"}
CREATE = {
    "TopicArn": "${resources.topic.arn}",
    "Protocol": "sqs",
    "Endpoint": "${resources.queue.arn}",
    "RawMessageDelivery": True,
    "FilterPolicy": {"kind": ["order", {"prefix": "x"}], "n": [{"numeric": [">", 1.5]}]},
    "FilterPolicyScope": "MessageBody",
    "RedrivePolicy": {"deadLetterTargetArn": "${resources.dead.arn}"},
}
CHANGES = [
    {"RawMessageDelivery": False},
    {"FilterPolicy": {"kind": ["order"], "state": [{"exists": True}]}},
    {"FilterPolicyScope": "MessageAttributes"},
    {"RedrivePolicy": {"deadLetterTargetArn": "${resources.second.arn}"}},
]
EQUAL = [{"FilterPolicy": '{"state": [{"exists": true}], "kind": ["order"]}'}]
REPLACE = [
    {"Endpoint": "${resources.second.arn}"},
    {"TopicArn": "${resources.other.arn}"},
    {"Protocol": "lambda", "Endpoint": function_arn("t-f"), "RawMessageDelivery": None},
]
DRIFT = {
    "RawMessageDelivery": lambda aws: set_attribute(aws, "RawMessageDelivery", "false"),
    "FilterPolicy": lambda aws: set_attribute(aws, "FilterPolicy", '{"kind": ["theirs"]}'),
}
DEFAULTS = {"RawMessageDelivery": False, "FilterPolicyScope": "MessageAttributes"}
NOT_SHOWN = {
    "DeliveryPolicy": "is for HTTP receivers, which would have to confirm",
    "ReplayPolicy": "no emulator has message archives",
    "SubscriptionRoleArn": "is for Firehose, which no emulator's SNS feeds",
}
DOCUMENTS = ("FilterPolicy", "RedrivePolicy", "DeliveryPolicy")


def setup(aws):
    make_functions(aws, "t-f")


def set_attribute(aws, name, value):
    aws.client("sns").set_subscription_attributes(SubscriptionArn=aws.at("Arn"), AttributeName=name, AttributeValue=value)


def read(aws):
    sns = aws.client("sns")
    try:
        have = sns.get_subscription_attributes(SubscriptionArn=aws.at("Arn"))["Attributes"]
    except sns.exceptions.NotFoundException:
        return None
    have = {name: json.loads(value) if name in DOCUMENTS else value for name, value in have.items() if value}
    have = {name: value for name, value in have.items() if value != {}}
    have["RawMessageDelivery"] = have.get("RawMessageDelivery") == "true"
    return {**DEFAULTS, **have}


def delete(aws):
    aws.client("sns").unsubscribe(SubscriptionArn=aws.at("Arn"))
