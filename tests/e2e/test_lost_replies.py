"""The first reply to every call that changes something is lost: AWS has done it, and cinfra does not
hear of it.

Each type is made once all the same, and is whole, and goes; see test_types.py for the cases.
"""

import collections
import json

import pytest

from support import validate
from support.cinfra import Cinfra
from support.emulator import ACCESS_KEY, KINDS as EMULATORS, SECRET_KEY
from support.inventory import inventory
from support.proxy import EXCHANGE, NoReply, Proxy
from support.type_case import Aws, cases

CREATES = {
    "AWS::ApiGatewayV2::Api": "apigatewayv2:CreateApi",
    "AWS::ApiGatewayV2::Authorizer": "apigatewayv2:CreateAuthorizer",
    "AWS::ApiGatewayV2::Integration": "apigatewayv2:CreateIntegration",
    "AWS::ApiGatewayV2::Route": "apigatewayv2:CreateRoute",
    "AWS::ApiGatewayV2::Stage": "apigatewayv2:CreateStage",
    "AWS::CloudWatch::Alarm": "cloudwatch:PutMetricAlarm",
    "AWS::DynamoDB::Table": "dynamodb:CreateTable",
    "AWS::Events::Rule": "events:PutRule",
    "AWS::IAM::Role": "iam:CreateRole",
    "AWS::IAM::RolePolicy": "iam:PutRolePolicy",
    "AWS::KMS::Alias": "kms:CreateAlias",
    "AWS::KMS::Key": "kms:CreateKey",
    "AWS::Lambda::EventSourceMapping": "lambda:CreateEventSourceMapping",
    "AWS::Lambda::Function": "lambda:CreateFunction",
    "AWS::Lambda::Permission": "lambda:AddPermission",
    "AWS::Logs::LogGroup": "logs:CreateLogGroup",
    "AWS::S3::Bucket": "s3:CreateBucket",
    "AWS::S3::BucketNotification": "s3:PutBucketNotificationConfiguration",
    "AWS::S3::BucketPolicy": "s3:PutBucketPolicy",
    "AWS::SNS::Subscription": "sns:Subscribe",
    "AWS::SNS::Topic": "sns:CreateTopic",
    "AWS::SNS::TopicPolicy": "sns:SetTopicAttributes",
    "AWS::SQS::Queue": "sqs:CreateQueue",
    "AWS::SQS::QueuePolicy": "sqs:SetQueueAttributes",
}
KINDS = {  # what inventory() calls them
    "AWS::ApiGatewayV2::Api": "APIs",
    "AWS::CloudWatch::Alarm": "alarms",
    "AWS::DynamoDB::Table": "tables",
    "AWS::Events::Rule": "rules",
    "AWS::IAM::Role": "roles",
    "AWS::KMS::Alias": "aliases",
    "AWS::KMS::Key": "keys",
    "AWS::Lambda::EventSourceMapping": "event source mappings",
    "AWS::Lambda::Function": "functions",
    "AWS::Logs::LogGroup": "log groups",
    "AWS::S3::Bucket": "buckets",
    "AWS::SNS::Subscription": "subscriptions",
    "AWS::SNS::Topic": "topics",
    "AWS::SQS::Queue": "queues",
}
INSIDE_AN_API = {
    "AWS::ApiGatewayV2::Authorizer": "get_authorizers",
    "AWS::ApiGatewayV2::Integration": "get_integrations",
    "AWS::ApiGatewayV2::Route": "get_routes",
    "AWS::ApiGatewayV2::Stage": "get_stages",
}
NO_LIST = {"moto": {"AWS::ApiGatewayV2::Authorizer"}}  # has no list of authorizers to look in
CASES = [(kind, emulator) for kind in CREATES for emulator in EMULATORS if kind not in NO_LIST.get(emulator, ())]
FIRST_OF = {}  # one case of a type is enough
for name, case in cases().items():
    FIRST_OF.setdefault(case.type, name)


class Cut:
    """A fault of the proxy: of each call that changes something the first good reply never comes."""

    def __init__(self, emulator):
        self.proxy, self.cut = None, {}  # invocation: its name
        self.spared = {CREATES[kind] for kind in NO_LIST.get(emulator.name, ())}

    async def __call__(self, request):
        exchange = request[EXCHANGE]
        name, invocation = validate.name_of(exchange), exchange.header("amz-sdk-invocation-id")
        if invocation in self.cut or name in self.spared or not validate.mutates(name):
            return None
        await self.proxy.forward(exchange)
        if exchange.status >= 300:
            return Proxy.answer(exchange)
        self.cut[invocation] = name
        raise NoReply


@pytest.fixture
def cut(emulator):
    return Cut(emulator)


@pytest.fixture
def proxy(emulator, tmp_path, cut):
    with Proxy(emulator.endpoint, tmp_path / "recording.jsonl", fault=cut) as proxy:
        cut.proxy = proxy
        yield proxy
    problems = validate.check_all(proxy.exchanges, {ACCESS_KEY: SECRET_KEY})
    assert not problems, "\n".join(dict.fromkeys(problems))


@pytest.fixture
def cinfra(proxy, tmp_path):
    return Cinfra(tmp_path / "stack", proxy.endpoint)


def there(aws, before):
    """{type: how many}, less what was there before."""
    now = inventory(aws.emulator, aws.client)
    found = {kind: len(now.get(what, [])) - len(before.get(what, [])) for kind, what in KINDS.items()}
    for kind, operation in INSIDE_AN_API.items():
        if kind not in NO_LIST.get(aws.emulator.name, ()):
            list_of = getattr(aws.client("apigatewayv2"), operation)
            found[kind] = sum(len(list_of(ApiId=api)["Items"]) for api in now.get("APIs", []))
    found["AWS::Lambda::Permission"] = sum(statements(aws, name) for name in now.get("functions", []))
    return found


def statements(aws, function):
    client = aws.client("lambda")
    try:
        policy = client.get_policy(FunctionName=function)["Policy"]
    except client.exceptions.ResourceNotFoundException:
        return 0
    return len(json.loads(policy or "{}").get("Statement", []))


def stack(case, properties):
    it = {"type": case.type, "properties": properties,
          "depends_on": [f"resources.{name}" for name in case.depends]}
    return json.dumps({"stack": "t", "resources": {**case.needs, "it": it}})


@pytest.mark.parametrize("type_name,emulator", CASES, indirect=["emulator"])
def test_create_and_destroy(type_name, emulator, cut, cinfra):
    case, aws = cases()[FIRST_OF[type_name]], Aws(emulator)
    case.setup(aws)
    before = inventory(emulator, aws.client)
    cinfra.write(stack(case, case.on(emulator, case.create)))
    cinfra.apply()
    assert CREATES[type_name] in cut.cut.values()
    aws.look(cinfra)
    assert case.read(aws)
    wanted = collections.Counter(one["type"] for one in aws.resources.values())
    found = there(aws, before)
    assert found == {kind: wanted[kind] for kind in found}
    cinfra.assert_no_changes()
    cinfra.destroy()
    assert inventory(emulator, aws.client) == before


@pytest.mark.emulators("ministack")  # moto has no word against what is done twice
def test_change_that_is_refused_once_it_is_done(emulator, cinfra):
    """Indexes, throughput, streams: DynamoDB takes no change that changes nothing."""
    case, aws = cases()["dynamodb_table"], Aws(emulator)
    properties = case.on(emulator, case.create)
    cinfra.write(stack(case, properties))
    cinfra.apply()
    for step in case.changes:
        after = {**properties, **{name.lstrip("~"): value for name, value in case.on(emulator, step).items()}}
        properties = {name: value for name, value in after.items() if value is not None}
        cinfra.write(stack(case, properties))
        cinfra.apply("--allow-data-loss")
        cinfra.assert_no_changes()
    aws.look(cinfra)
    live = case.read(aws)
    names = [index["IndexName"] for index in properties["GlobalSecondaryIndexes"]]
    assert sorted(index["IndexName"] for index in live["GlobalSecondaryIndexes"]) == sorted(names)


def test_every_type_is_here():
    assert set(CREATES) == {case.type for case in cases().values()}
