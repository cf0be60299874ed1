import json

TYPE = "AWS::SNS::TopicPolicy"
NEEDS = {
    "topic": {"type": "AWS::SNS::Topic", "properties": {"TopicName": "t-topic"}},
    "other": {"type": "AWS::SNS::Topic", "properties": {"TopicName": "t-other"}},
}


def allow(*actions):
    return {"Version": "2012-10-17", "Statement": [
        {"Sid": "a", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": list(actions),
         "Resource": "${resources.topic.arn}", "Condition": {"StringLike": {"aws:SourceArn": "arn:aws:s3:::t ü"}}}]}


CREATE = {"Topic": "${resources.topic.arn}", "PolicyDocument": allow("sns:Publish")}
CHANGES = [{"PolicyDocument": allow("sns:Publish", "sns:GetTopicAttributes")}]
EQUAL = [
    {"PolicyDocument": allow("SNS:GetTopicAttributes", "sns:Publish")},
    {"PolicyDocument": json.dumps(allow("sns:Publish", "sns:GetTopicAttributes"))},
]
REMOVALS = []
REPLACE = [{"Topic": "${resources.other.arn}"}]
DRIFT = {"PolicyDocument": lambda aws: set_policy(aws, aws.resolved(allow("sns:GetTopicAttributes")))}


def set_policy(aws, document):
    aws.client("sns").set_topic_attributes(
        TopicArn=aws.at("Topic"), AttributeName="Policy", AttributeValue=json.dumps(document))


def read(aws):
    sns = aws.client("sns")
    try:
        policy = json.loads(sns.get_topic_attributes(TopicArn=aws.at("Topic"))["Attributes"]["Policy"])
    except sns.exceptions.NotFoundException:
        return None
    if policy.get("Id") == "__default_policy_ID":
        return None
    return {"Topic": aws.at("Topic"), "PolicyDocument": policy}


def delete(aws):
    """A topic always has a policy: AWS's own is none."""
    set_policy(aws, {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [
        {"Sid": "__default_statement_ID", "Effect": "Allow", "Principal": {"AWS": "*"},
         "Action": ["SNS:Publish"], "Resource": aws.at("Topic")}]})
