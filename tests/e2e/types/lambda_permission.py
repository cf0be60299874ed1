import json

from support.functions import make_functions

TYPE = "AWS::Lambda::Permission"
NEEDS = {
    "bucket": {"type": "AWS::S3::Bucket", "properties": {"BucketName": "t-bucket"}},
    "topic": {"type": "AWS::SNS::Topic", "properties": {"TopicName": "t-topic"}},
}
ATTRIBUTES = {"Id": "Sid"}
CREATE = {
    "FunctionName": "t-f",
    "Action": "lambda:InvokeFunction",
    "Principal": "s3.amazonaws.com",
    "SourceArn": "${resources.bucket.arn}",
    "SourceAccount": "123456789012",
}
REPLACE = [
    {"FunctionName": "t-g"},
    {"Principal": "sns.amazonaws.com", "SourceArn": "${resources.topic.arn}", "SourceAccount": None},
    {"Principal": "123456789012", "SourceArn": None},
    {"Principal": "arn:aws:iam::123456789012:role/t-function"},
    {"Principal": "*", "PrincipalOrgID": "o-0123456789"},
    {"Action": "lambda:InvokeFunctionUrl", "PrincipalOrgID": None, "FunctionUrlAuthType": "NONE"},
    {"Action": "lambda:InvokeFunction", "FunctionUrlAuthType": None, "InvokedViaFunctionUrl": True},
    {"Principal": "alexa-appkit.amazon.com", "InvokedViaFunctionUrl": None, "EventSourceToken": "amzn1.ask.skill.1"},
]
LACKS = {"moto": {
    "FunctionUrlAuthType": "the statement says nothing of it",
    "InvokedViaFunctionUrl": "the statement says nothing of it",
    "EventSourceToken": "the statement says nothing of it",
}}
REMOVALS = []
CONDITIONS = {
    "AWS:SourceArn": "SourceArn", "AWS:SourceAccount": "SourceAccount", "aws:PrincipalOrgID": "PrincipalOrgID",
    "lambda:EventSourceToken": "EventSourceToken", "lambda:FunctionUrlAuthType": "FunctionUrlAuthType",
    "lambda:InvokedViaFunctionUrl": "InvokedViaFunctionUrl",
}


def setup(aws):
    make_functions(aws, "t-f", "t-g")


def read(aws):
    client, name = aws.client("lambda"), aws.at("FunctionName")
    try:
        policy = json.loads(client.get_policy(FunctionName=name)["Policy"])
    except client.exceptions.ResourceNotFoundException:
        return None
    [statement] = [one for one in policy["Statement"] if one["Sid"] == aws.at("Id")] or [None]
    if statement is None:
        return None
    principal = statement["Principal"]
    if isinstance(principal, dict):
        [principal] = principal.values()
    if principal.endswith(":root"):
        principal = principal.split(":")[4]
    found = {"Sid": statement["Sid"], "FunctionName": name, "Action": statement["Action"], "Principal": principal}
    for condition in statement.get("Condition", {}).values():
        for key, value in condition.items():
            found[CONDITIONS[key]] = value == "true" if value in ("true", "false") else value
    return found


def delete(aws):
    aws.client("lambda").remove_permission(FunctionName=aws.at("FunctionName"), StatementId=aws.at("Id"))
