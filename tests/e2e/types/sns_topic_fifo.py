TYPE = "AWS::SNS::Topic"
CREATE = {
    "TopicName": "t-it.fifo",
    "FifoTopic": True,
    "ContentBasedDeduplication": True,
    "FifoThroughputScope": "MessageGroup",
}
CHANGES = [
    {"ContentBasedDeduplication": False},
    {"FifoThroughputScope": "Topic"},
]
REPLACE = [{"TopicName": "t-again.fifo"}]
DEFAULTS = {"ContentBasedDeduplication": False, "FifoThroughputScope": "Topic"}
LACKS = {"moto": {"FifoThroughputScope": "accepted and never returned"}}


def read(aws):
    sns = aws.client("sns")
    try:
        have = sns.get_topic_attributes(TopicArn=aws.id)["Attributes"]
    except sns.exceptions.NotFoundException:
        return None
    have = {name: value == "true" if value in ("true", "false") else value for name, value in have.items()}
    return {**DEFAULTS, **have, "TopicName": aws.id.rpartition(":")[2]}
