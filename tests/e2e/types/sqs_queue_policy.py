import json

TYPE = "AWS::SQS::QueuePolicy"
NEEDS = {
    "queue": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-queue"}},
    "other": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-other"}},
}


def allow(*actions, queue="${resources.queue.arn}"):
    return {"Version": "2012-10-17", "Statement": [
        {"Sid": "a", "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": list(actions),
         "Resource": queue, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:t ü"}}}]}


CREATE = {"Queue": "${resources.queue.queue_url}", "PolicyDocument": allow("sqs:SendMessage")}
CHANGES = [
    {"PolicyDocument": allow("sqs:SendMessage", "sqs:GetQueueUrl")},
]
EQUAL = [
    {"PolicyDocument": allow("SQS:GetQueueUrl", "sqs:SendMessage")},
    {"PolicyDocument": json.dumps(allow("sqs:SendMessage", "sqs:GetQueueUrl"))},
]
REMOVALS = []
REPLACE = [{"Queue": "${resources.other.queue_url}"}]
DRIFT = {"PolicyDocument": lambda aws: set_policy(aws, json.dumps(
    aws.resolved(allow("sqs:*"))))}


def set_policy(aws, text):
    aws.client("sqs").set_queue_attributes(QueueUrl=aws.at("Queue"), Attributes={"Policy": text})


def read(aws):
    sqs = aws.client("sqs")
    try:
        have = sqs.get_queue_attributes(QueueUrl=aws.at("Queue"), AttributeNames=["Policy"]).get("Attributes", {})
    except sqs.exceptions.QueueDoesNotExist:
        return None
    if not have.get("Policy"):
        return None
    return {"Queue": aws.at("Queue"), "PolicyDocument": json.loads(have["Policy"])}


def delete(aws):
    set_policy(aws, "")
