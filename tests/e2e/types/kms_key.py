import json

TYPE = "AWS::KMS::Key"


def policy(*actions):
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${account()}:root"}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": list(actions), "Resource": "*"}]}


ATTRIBUTES = {"Arn": "Arn", "KeyId": "KeyId"}
CREATE = {
    "Description": "orders",
    "KeyPolicy": policy("kms:Decrypt"),
    "EnableKeyRotation": True,
    "RotationPeriodInDays": 100,
    "PendingWindowInDays": 7,
    "Tags": {"team": "shop"},
}
CHANGES = [
    {"Description": "all orders"},
    {"KeyPolicy": policy("kms:Decrypt", "kms:GenerateDataKey")},
    {"RotationPeriodInDays": 200},
    {"EnableKeyRotation": False, "RotationPeriodInDays": None},
    {"Enabled": False},
    {"Enabled": True},
    {"Tags": {"team": "depot", "stage": "x"}},
]
EQUAL = [{"KeyPolicy": policy("kms:GenerateDataKey", "kms:Decrypt")}]
REMOVALS = [("Description", "EnableKeyRotation", "RotationPeriodInDays", "PendingWindowInDays", "Tags")]
REPLACE = [
    {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY", "EnableKeyRotation": None, "RotationPeriodInDays": None},
    {"MultiRegion": True},
]
DRIFT = {
    "Description": lambda aws: aws.client("kms").update_key_description(KeyId=aws.id, Description="theirs"),
    "EnableKeyRotation": lambda aws: aws.client("kms").disable_key_rotation(KeyId=aws.id),
    "Tags": lambda aws: aws.client("kms").tag_resource(
        KeyId=aws.id, Tags=[{"TagKey": "team", "TagValue": "someone"}]),
}
FOREIGN = [lambda aws: aws.client("kms").tag_resource(KeyId=aws.id, Tags=[{"TagKey": "foreign", "TagValue": "x"}])]
DEFAULTS = {"Description": "", "EnableKeyRotation": False, "Enabled": True, "MultiRegion": False,
            "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT", "Tags": {}}
LACKS = {"moto": {"RotationPeriodInDays": "accepted and never returned"}}
NOT_SHOWN = {
    "Origin": "external key material cannot be imported on any emulator",
    "BypassPolicyLockoutSafetyCheck": "no emulator makes the check",
}


def read(aws):
    kms = aws.client("kms")
    have = kms.describe_key(KeyId=aws.id)["KeyMetadata"]
    if have["KeyState"] == "PendingDeletion":
        return None
    document = kms.get_key_policy(KeyId=aws.id, PolicyName="default")["Policy"]
    have["KeyPolicy"] = json.loads(document.replace(aws.account, "${account()}"))
    if have["KeySpec"] == "SYMMETRIC_DEFAULT":
        status = kms.get_key_rotation_status(KeyId=aws.id)
        have["EnableKeyRotation"] = status["KeyRotationEnabled"]
        if status["KeyRotationEnabled"]:
            have["RotationPeriodInDays"] = status.get("RotationPeriodInDays")
    tags = kms.list_resource_tags(KeyId=aws.id)["Tags"]
    tags = {tag["TagKey"]: tag["TagValue"] for tag in tags if tag["TagKey"] not in ("cinfra:id", "foreign")}
    return {**DEFAULTS, **have, "Tags": tags}
