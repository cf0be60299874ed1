TYPE = "AWS::SNS::Topic"
ATTRIBUTES = {"TopicArn": "TopicArn"}
CREATE = {
    "TopicName": "t-it",
    "DisplayName": "shop",
    "KmsMasterKeyId": "alias/aws/sns",
    "SignatureVersion": "2",
    "TracingConfig": "Active",
    "Tags": {"team": "shop", "empty": ""},
}
CHANGES = [
    {"DisplayName": "depot"},
    {"KmsMasterKeyId": "alias/other"},
    {"SignatureVersion": "1"},
    {"TracingConfig": "PassThrough"},
    {"Tags": {"team": "depot", "stage": "x"}},
]
REPLACE = [
    {"TopicName": "t-it-again"},
    {"TopicName": "t-it.fifo", "FifoTopic": True},
]
DRIFT = {
    "DisplayName": lambda aws: set_attribute(aws, "DisplayName", "someone"),
    "KmsMasterKeyId": lambda aws: set_attribute(aws, "KmsMasterKeyId", "alias/theirs"),
    "Tags": lambda aws: aws.client("sns").tag_resource(
        ResourceArn=aws.id, Tags=[{"Key": "team", "Value": "someone"}]),
}
FOREIGN = [lambda aws: aws.client("sns").tag_resource(ResourceArn=aws.id, Tags=[{"Key": "foreign", "Value": "x"}])]
DEFAULTS = {"DisplayName": "", "KmsMasterKeyId": "", "SignatureVersion": "1", "TracingConfig": "PassThrough",
            "FifoTopic": False, "Tags": {}}
LACKS = {"moto": {
    "SignatureVersion": "accepted and never returned",
    "TracingConfig": "accepted and never returned",
}}
NOT_SHOWN = {
    "ArchivePolicy": "no emulator has message archives",
    "MaximumMessageSize": "no emulator knows it",
    "DataProtectionPolicy": "no emulator has the calls",
}


def set_attribute(aws, name, value):
    aws.client("sns").set_topic_attributes(TopicArn=aws.id, AttributeName=name, AttributeValue=value)


def read(aws):
    sns = aws.client("sns")
    try:
        have = sns.get_topic_attributes(TopicArn=aws.id)["Attributes"]
    except sns.exceptions.NotFoundException:
        return None
    have = {name: value == "true" if value in ("true", "false") else value for name, value in have.items() if value}
    have["TopicName"] = aws.id.rpartition(":")[2]
    tags = sns.list_tags_for_resource(ResourceArn=aws.id)["Tags"]
    tags = {tag["Key"]: tag["Value"] for tag in tags if tag["Key"] not in ("cinfra:id", "foreign")}
    return {**DEFAULTS, **have, "Tags": tags}


def delete(aws):
    aws.client("sns").delete_topic(TopicArn=aws.id)
