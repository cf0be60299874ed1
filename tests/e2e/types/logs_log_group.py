TYPE = "AWS::Logs::LogGroup"
NEEDS = {
    "one": {"type": "AWS::KMS::Key", "properties": {"Description": "one"}},
    "two": {"type": "AWS::KMS::Key", "properties": {"Description": "two"}},
}
ATTRIBUTES = {"Arn": "Arn"}
CREATE = {
    "LogGroupName": "/t/it.1",
    "RetentionInDays": 7,
    "KmsKeyId": "${resources.one.arn}",
    "Tags": {"team": "shop", "empty": ""},
}
CHANGES = [
    {"RetentionInDays": 30},
    {"KmsKeyId": "${resources.two.arn}"},
    {"Tags": {"team": "depot", "stage": "x"}},
]
REPLACE = [{"LogGroupName": "/t/again"}, {"LogGroupClass": "INFREQUENT_ACCESS"}]
DRIFT = {
    "RetentionInDays": lambda aws: aws.client("logs").put_retention_policy(logGroupName=aws.id, retentionInDays=90),
    "Tags": lambda aws: aws.client("logs").tag_resource(resourceArn=aws.at("Arn"), tags={"team": "someone"}),
}
FOREIGN = [lambda aws: aws.client("logs").tag_resource(resourceArn=aws.at("Arn"), tags={"foreign": "x"})]
LACKS = {"moto": {"LogGroupClass": "ignored"}}
NOT_SHOWN = {
    "DataProtectionPolicy": "no emulator has the calls",
    "DeletionProtectionEnabled": "no emulator has the calls",
}
FIXED = {
    "moto": {"KmsKeyId": "AssociateKmsKey is not implemented"},
    "ministack": {"KmsKeyId": "AssociateKmsKey is not implemented"},
}
DEFAULTS = {"DeletionProtectionEnabled": False, "LogGroupClass": "STANDARD", "Tags": {}}


def describe(aws):
    groups = aws.client("logs").describe_log_groups(logGroupNamePrefix=aws.id)["logGroups"]
    return next((group for group in groups if group["logGroupName"] == aws.id), None)


def read(aws):
    have = describe(aws)
    if have is None:
        return None
    have = {name[0].upper() + name[1:]: value for name, value in have.items()}
    have["Arn"] = have["Arn"].removesuffix(":*")
    tags = aws.client("logs").list_tags_for_resource(resourceArn=aws.at("Arn"))["tags"]
    tags = {name: value for name, value in tags.items() if name not in ("cinfra:id", "foreign")}
    return {**DEFAULTS, **have, "Tags": tags}


def delete(aws):
    aws.client("logs").delete_log_group(logGroupName=aws.id)
