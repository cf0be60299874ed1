TYPE = "AWS::KMS::Alias"
NEEDS = {
    "one": {"type": "AWS::KMS::Key", "properties": {"Description": "one"}},
    "two": {"type": "AWS::KMS::Key", "properties": {"Description": "two"}},
}
CREATE = {"AliasName": "alias/t-it", "TargetKeyId": "${resources.one.id}"}
CHANGES = [{"TargetKeyId": "${resources.two.id}"}]
EQUAL = [{"TargetKeyId": "${resources.two.arn}"}]
REPLACE = [{"AliasName": "alias/t/again"}]
DRIFT = {"TargetKeyId": lambda aws: aws.client("kms").update_alias(
    AliasName=aws.id, TargetKeyId=aws.at("KeyId", "two"))}


def read(aws):
    for page in aws.client("kms").get_paginator("list_aliases").paginate():
        for alias in page["Aliases"]:
            if alias["AliasName"] == aws.id:
                return alias
    return None


def delete(aws):
    aws.client("kms").delete_alias(AliasName=aws.id)
