import json

TYPE = "AWS::IAM::RolePolicy"
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
NEEDS = {
    "role": {"type": "AWS::IAM::Role", "properties": {"RoleName": "t-role", "AssumeRolePolicyDocument": TRUST}},
    "other": {"type": "AWS::IAM::Role", "properties": {"RoleName": "t-other", "AssumeRolePolicyDocument": TRUST}},
}


def allow(actions, resource="arn:aws:sqs:*:*:a%b ü"):
    return {"Version": "2012-10-17", "Statement": [
        {"Sid": "a", "Effect": "Allow", "Action": actions, "Resource": resource,
         "Condition": {"StringLike": {"aws:PrincipalTag/x": ["$${aws:username}", "*"]}}}]}


CREATE = {"RoleName": "${resources.role.name}", "PolicyName": "it", "PolicyDocument": allow("sqs:SendMessage")}
CHANGES = [{"PolicyDocument": allow(["sqs:ReceiveMessage", "sqs:SendMessage"])}]
EQUAL = [
    {"PolicyDocument": allow(["sqs:SendMessage", "SQS:ReceiveMessage"])},
    {"PolicyDocument": json.dumps(allow(["sqs:SendMessage", "sqs:ReceiveMessage"]))},
]
REPLACE = [{"PolicyName": "again"}, {"RoleName": "${resources.other.name}"}]
DRIFT = {"PolicyDocument": lambda aws: aws.client("iam").put_role_policy(
    RoleName="t-role", PolicyName="it", PolicyDocument=json.dumps(allow("sqs:*")))}
REMOVALS = []


def read(aws):
    iam = aws.client("iam")
    try:
        return iam.get_role_policy(RoleName=aws.at("RoleName"), PolicyName=aws.at("PolicyName"))
    except iam.exceptions.NoSuchEntityException:
        return None


def delete(aws):
    aws.client("iam").delete_role_policy(RoleName=aws.at("RoleName"), PolicyName=aws.at("PolicyName"))
