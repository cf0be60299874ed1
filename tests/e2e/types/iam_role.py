import json
from unittest.mock import ANY

TYPE = "AWS::IAM::Role"


def trust(*services, effect="Allow"):
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Principal": {"Service": list(services) if len(services) > 1 else services[0]},
         "Action": "sts:AssumeRole"}]}


def allow(action, resource="*"):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}


MANAGED = "arn:aws:iam::aws:policy/"
BOUNDARY = "arn:aws:iam::123456789012:policy/t-"
ATTRIBUTES = {"Arn": "Arn", "RoleId": "RoleId"}
CREATE = {
    "RoleName": "t-it",
    "Path": "/shop/a/",
    "AssumeRolePolicyDocument": trust("lambda.amazonaws.com"),
    "Description": "it, that",
    "MaxSessionDuration": 7200,
    "PermissionsBoundary": f"{BOUNDARY}one",
    "ManagedPolicyArns": [f"{MANAGED}AmazonS3ReadOnlyAccess", f"{MANAGED}AmazonSQSReadOnlyAccess"],
    "Policies": [{"PolicyName": "one", "PolicyDocument": allow("s3:GetObject")},
                 {"PolicyName": "two", "PolicyDocument": allow("sqs:SendMessage")}],
    "Tags": {"team": "shop", "a b": "x+/=@ü"},
}
CHANGES = [
    {"AssumeRolePolicyDocument": trust("lambda.amazonaws.com", "events.amazonaws.com")},
    {"Description": "changed"},
    {"MaxSessionDuration": 3600},
    {"PermissionsBoundary": f"{BOUNDARY}two"},
    {"ManagedPolicyArns": [f"{MANAGED}AmazonSNSReadOnlyAccess", f"{MANAGED}AmazonSQSReadOnlyAccess"]},
    {"Policies": [{"PolicyName": "three", "PolicyDocument": allow("sns:Publish")},
                  {"PolicyName": "two", "PolicyDocument": allow(["sqs:SendMessage", "sqs:ReceiveMessage"])}]},
    {"Tags": {"team": "depot"}},
]
EQUAL = [
    {"AssumeRolePolicyDocument": trust("events.amazonaws.com", "lambda.amazonaws.com")},
    {"ManagedPolicyArns": [f"{MANAGED}AmazonSQSReadOnlyAccess", f"{MANAGED}AmazonSNSReadOnlyAccess"]},
    {"Policies": [{"PolicyName": "two", "PolicyDocument": allow(["sqs:ReceiveMessage", "sqs:SendMessage"], ["*"])},
                  {"PolicyName": "three", "PolicyDocument": json.dumps(allow("sns:Publish"))}]},
]
FOREIGN = [
    lambda aws: aws.client("iam").tag_role(RoleName="t-it", Tags=[{"Key": "foreign", "Value": "x"}]),
    lambda aws: aws.client("iam").put_role_policy(
        RoleName="t-it", PolicyName="foreign", PolicyDocument=json.dumps(allow("s3:*"))),
]
REPLACE = [{"RoleName": "t-it-again"}, {"Path": "/other/"}]
DRIFT = {
    "AssumeRolePolicyDocument": lambda aws: aws.client("iam").update_assume_role_policy(
        RoleName="t-it", PolicyDocument=json.dumps(trust("lambda.amazonaws.com", effect="Deny"))),
    "Description": lambda aws: aws.client("iam").update_role(
        RoleName="t-it", Description="someone's", MaxSessionDuration=7200),
    "PermissionsBoundary": lambda aws: aws.client("iam").delete_role_permissions_boundary(RoleName="t-it"),
    "ManagedPolicyArns": lambda aws: aws.client("iam").detach_role_policy(
        RoleName="t-it", PolicyArn=f"{MANAGED}AmazonSQSReadOnlyAccess"),
    "Policies": lambda aws: aws.client("iam").put_role_policy(
        RoleName="t-it", PolicyName="two", PolicyDocument=json.dumps(allow("sqs:*"))),
    "Tags": lambda aws: aws.client("iam").untag_role(RoleName="t-it", TagKeys=["team"]),
}
DEFAULTS = {"Description": ANY, "MaxSessionDuration": 3600, "ManagedPolicyArns": [], "Policies": [], "Tags": {}}


def setup(aws):
    for name in ("one", "two"):
        aws.client("iam").create_policy(PolicyName=f"t-{name}", PolicyDocument=json.dumps(allow("s3:*")))


def read(aws):
    iam, name = aws.client("iam"), {"RoleName": aws.id}
    try:
        have = iam.get_role(**name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return None
    attached = iam.list_attached_role_policies(**name)["AttachedPolicies"]
    inline = [one for one in iam.list_role_policies(**name)["PolicyNames"] if one != "foreign"]
    have["PermissionsBoundary"] = have.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    have["ManagedPolicyArns"] = sorted(policy["PolicyArn"] for policy in attached)
    have["Policies"] = [
        {"PolicyName": one, "PolicyDocument": iam.get_role_policy(**name, PolicyName=one)["PolicyDocument"]}
        for one in sorted(inline)]
    have["Tags"] = {tag["Key"]: tag["Value"] for tag in iam.list_role_tags(**name)["Tags"]
                    if tag["Key"] not in ("cinfra:id", "foreign")}
    return have


def delete(aws):
    iam = aws.client("iam")
    for policy in iam.list_attached_role_policies(RoleName=aws.id)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=aws.id, PolicyArn=policy["PolicyArn"])
    for policy in iam.list_role_policies(RoleName=aws.id)["PolicyNames"]:
        iam.delete_role_policy(RoleName=aws.id, PolicyName=policy)
    iam.delete_role(RoleName=aws.id)
