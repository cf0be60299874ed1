import json

TYPE = "AWS::Events::Rule"
NEEDS = {
    "queue": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-queue"}},
    "fifo": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-queue.fifo", "FifoQueue": True}},
    "dead": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-dead"}},
}
ROLE = "arn:aws:iam::123456789012:role/"
STREAM = "arn:aws:kinesis:eu-west-1:123456789012:stream/s"
DESTINATION = "arn:aws:events:eu-west-1:123456789012:api-destination/d/1"
QUEUE = {
    "Id": "queue", "Arn": "${resources.queue.arn}",
    "InputTransformer": {"InputPathsMap": {"key": "$$.detail.key"}, "InputTemplate": '{"key": <key>}'},
    "RetryPolicy": {"MaximumEventAgeInSeconds": 600, "MaximumRetryAttempts": 3},
    "DeadLetterConfig": {"Arn": "${resources.dead.arn}"},
}
ATTRIBUTES = {"Arn": "Arn"}
CREATE = {
    "Name": "t-it",
    "Description": "orders",
    "EventPattern": {"source": ["shop"], "detail": {"state": [{"prefix": "new"}], "n": [{"numeric": [">", 1.5]}]}},
    "State": "DISABLED",
    "RoleArn": f"{ROLE}one",
    "Targets": [
        QUEUE,
        {"Id": "fifo", "Arn": "${resources.fifo.arn}", "Input": '{"a": 1}', "SqsParameters": {"MessageGroupId": "g"}},
    ],
    "Tags": {"team": "shop", "empty": ""},
}
CHANGES = [
    {"Description": "all orders"},
    {"EventPattern": {"source": ["shop", "depot"]}},
    {"ScheduleExpression": "rate(5 minutes)"},
    {"ScheduleExpression": "cron(0 8 * * ? *)", "EventPattern": None},
    {"State": "ENABLED"},
    {"RoleArn": f"{ROLE}two"},
    {"Targets": [
        {**QUEUE, "RetryPolicy": {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0}},
        {"Id": "stream", "Arn": STREAM, "RoleArn": f"{ROLE}one", "InputPath": "$$.detail",
         "KinesisParameters": {"PartitionKeyPath": "$$.id"}},
        {"Id": "api", "Arn": DESTINATION, "RoleArn": f"{ROLE}one", "HttpParameters": {
            "PathParameterValues": ["a", "b"], "HeaderParameters": {"X-A": "1"},
            "QueryStringParameters": {"q": "2"}}}]},
    {"Tags": {"team": "depot", "stage": "x"}},
]
EQUAL = [
    {"Targets": list(reversed(CHANGES[6]["Targets"]))},
]
# ministack's PutRule keeps what a call leaves out; AWS's replaces the rule.
MORE = {"moto": [{"Description": None}, {"RoleArn": None}]}
REMOVALS = [("State", "Targets", "Tags")]
REPLACE = [
    {"Name": "t-it-again"},
    {"EventBusName": "t-bus", "ScheduleExpression": None, "EventPattern": {"source": ["shop"]}},
]
DRIFT = {
    "Description": lambda aws: put(aws, Description="theirs"),
    "State": lambda aws: aws.client("events").enable_rule(**bus(aws)),
    "Targets": lambda aws: aws.client("events").remove_targets(Rule="t-it", Ids=["queue"]),
    "Tags": lambda aws: aws.client("events").tag_resource(
        ResourceARN=aws.at("Arn"), Tags=[{"Key": "team", "Value": "someone"}]),
}
FOREIGN = [lambda aws: aws.client("events").tag_resource(
    ResourceARN=aws.at("Arn"), Tags=[{"Key": "foreign", "Value": "x"}])]
DEFAULTS = {"Description": "", "State": "ENABLED", "EventBusName": "default", "Targets": [], "Tags": {}}


def setup(aws):
    aws.client("events").create_event_bus(Name="t-bus")


def bus(aws):
    return {"Name": aws.at("Name"), "EventBusName": aws.at("EventBusName") or "default"}


def put(aws, **changes):
    have = aws.client("events").describe_rule(**bus(aws))
    sent = ("Name", "Description", "EventPattern", "ScheduleExpression", "State", "RoleArn", "EventBusName")
    aws.client("events").put_rule(**{**{name: have[name] for name in sent if name in have}, **changes})


def read(aws):
    events, where = aws.client("events"), bus(aws)
    try:
        have = events.describe_rule(**where)
    except events.exceptions.ResourceNotFoundException:
        return None
    if "EventPattern" in have:
        have["EventPattern"] = json.loads(have["EventPattern"])
    targets = events.list_targets_by_rule(Rule=where["Name"], EventBusName=where["EventBusName"])["Targets"]
    order = [target["Id"] for target in aws.at("Targets") or []]
    targets.sort(key=lambda target: order.index(target["Id"]) if target["Id"] in order else -1)
    tags = events.list_tags_for_resource(ResourceARN=aws.at("Arn"))["Tags"]
    tags = {tag["Key"]: tag["Value"] for tag in tags if tag["Key"] not in ("cinfra:id", "foreign")}
    return {**DEFAULTS, **have, "Targets": targets, "Tags": tags}


def delete(aws):
    where = bus(aws)
    targets = read(aws)["Targets"]
    aws.client("events").remove_targets(Rule=where["Name"], Ids=[target["Id"] for target in targets])
    aws.client("events").delete_rule(**where)
