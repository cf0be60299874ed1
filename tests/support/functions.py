"""Functions for the cases of other types, made by boto3."""

import io
import json
import zipfile

TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


def make_functions(aws, *names):
    """Functions that answer nothing, with a role of theirs."""
    role = aws.client("iam").create_role(RoleName="t-function", AssumeRolePolicyDocument=json.dumps(TRUST))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return None\n")
    client = aws.client("lambda")
    for name in names:
        client.create_function(FunctionName=name, Runtime="python3.12", Handler="app.handler",
                               Role=role["Role"]["Arn"], Code={"ZipFile": content.getvalue()})
        client.get_waiter("function_active_v2").wait(FunctionName=name)


def function_arn(name):
    return f"arn:aws:lambda:eu-west-1:123456789012:function:{name}"


def update_mapping(aws, **changes):
    aws.client("lambda").update_event_source_mapping(UUID=aws.id, **changes)


def read_mapping(aws):
    """An event source mapping, with what CloudFormation calls otherwise; None: there is none."""
    client = aws.client("lambda")
    try:
        have = client.get_event_source_mapping(UUID=aws.id)
    except client.exceptions.ResourceNotFoundException:
        return None
    if have["State"] == "Deleting":
        return None
    have["FunctionName"] = have["FunctionArn"].rpartition(":")[2]
    have["Enabled"] = have["State"] in ("Enabled", "Enabling", "Creating", "Updating")
    return have


def delete_mapping(aws):
    aws.client("lambda").delete_event_source_mapping(UUID=aws.id)
