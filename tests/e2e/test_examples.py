"""The examples, from apply to destroy, on each emulator."""

import shutil
from pathlib import Path

import pytest

from support.cinfra import CHANGES, DONE, DRIFT
from support.inventory import inventory

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def example(request, cinfra):
    """The binary in a copy of an example's folder."""
    shutil.copytree(EXAMPLES / request.param, cinfra.directory, dirs_exist_ok=True)
    return cinfra


def recorded(cinfra):
    [state] = [text for name, text in cinfra.state().items() if not name.endswith(".op.json")]
    return state["resources"]


def changed(plan):
    """{(address, property)} of a plan."""
    return {(change["address"], one["path"].split(".")[0].split("[")[0])
            for change in plan["changes"] for one in change["differences"]}


# What somebody does behind cinfra's back, and the property that the plan then names.  `ids` are the
# physical ids by address.

DRIFTS = [
    ("queues.orders", "VisibilityTimeout", lambda aws, ids: aws("sqs").set_queue_attributes(
        QueueUrl=ids["queues.orders"], Attributes={"VisibilityTimeout": "31"})),
    ("queues.failed-orders", "MessageRetentionPeriod", lambda aws, ids: aws("sqs").set_queue_attributes(
        QueueUrl=ids["queues.failed-orders"], Attributes={"MessageRetentionPeriod": "60"})),
    ("functions.http", "Timeout", lambda aws, ids: aws("lambda").update_function_configuration(
        FunctionName=ids["functions.http"], Timeout=99)),
    ("functions.worker", "Environment", lambda aws, ids: aws("lambda").update_function_configuration(
        FunctionName=ids["functions.worker"], Environment={"Variables": {"LOG_LEVEL": "DEBUG"}})),
    ("functions.http.policy", "PolicyDocument", lambda aws, ids: aws("iam").put_role_policy(
        RoleName=ids["functions.http.role"], PolicyName=ids["functions.http.policy"].split("|")[0],
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}')),
    ("roles.reports", "AssumeRolePolicyDocument", lambda aws, ids: aws("iam").update_assume_role_policy(
        RoleName=ids["roles.reports"], PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
        '"Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}')),
    ("functions.http.log_group", "RetentionInDays", lambda aws, ids: aws("logs").put_retention_policy(
        logGroupName=ids["functions.http.log_group"], retentionInDays=1)),
    ("tables.orders", "PointInTimeRecoverySpecification", lambda aws, ids: aws("dynamodb").update_continuous_backups(
        TableName=ids["tables.orders"], PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False})),
    ("buckets.images", "LifecycleConfiguration", lambda aws, ids: aws("s3").delete_bucket_lifecycle(
        Bucket=ids["buckets.images"])),
    ("buckets.images.notification", "NotificationConfiguration",
     lambda aws, ids: aws("s3").put_bucket_notification_configuration(
         Bucket=ids["buckets.images"], NotificationConfiguration={"QueueConfigurations": [
             {"QueueArn": "arn:aws:sqs:eu-west-1:{}:orders-shipping".format(ids["account"]),
              "Events": ["s3:ObjectRemoved:*"]}]})),
    ("keys.data", "EnableKeyRotation", lambda aws, ids: aws("kms").disable_key_rotation(KeyId=ids["keys.data"])),
    ("alarms.errors", "Threshold", lambda aws, ids: put_alarm(aws, ids["alarms.errors"], Threshold=7.0)),
    ("topics.order-events.subscriptions.queues.shipping", "FilterPolicy",
     lambda aws, ids: aws("sns").set_subscription_attributes(
         SubscriptionArn=ids["topics.order-events.subscriptions.queues.shipping"],
         AttributeName="FilterPolicy", AttributeValue='{"status":["any"]}')),
    ("apis.orders", "CorsConfiguration", lambda aws, ids: aws("apigatewayv2").update_api(
        ApiId=ids["apis.orders"], CorsConfiguration={"AllowOrigins": ["https://else.example"]})),
    ("functions.worker.events.orders", "BatchSize", lambda aws, ids: aws("lambda").update_event_source_mapping(
        UUID=ids["functions.worker.events.orders"], BatchSize=1)),
    ("functions.report.events.schedule", "State", lambda aws, ids: aws("events").disable_rule(
        Name=ids["functions.report.events.schedule"])),
]
SENT = {"AlarmName", "AlarmDescription", "ActionsEnabled", "AlarmActions", "MetricName", "Namespace", "Statistic",
        "Dimensions", "Period", "EvaluationPeriods", "DatapointsToAlarm", "Threshold", "ComparisonOperator",
        "TreatMissingData"}


def put_alarm(aws, name, **values):
    [have] = aws("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    aws("cloudwatch").put_metric_alarm(**{**{k: v for k, v in have.items() if k in SENT}, **values})


def empty_plan(cinfra, recording):
    recording.clear()
    cinfra.assert_no_changes()
    assert recording.mutating() == []


@pytest.mark.fast
@pytest.mark.threads
@pytest.mark.parametrize("example", ["hello", "orders"], indirect=True)
def test_from_apply_to_destroy(emulator, recording, example):
    example.apply()
    empty_plan(example, recording)
    example.destroy()
    assert inventory(emulator) == {}


@pytest.mark.parametrize("example", ["orders"], indirect=True)
def test_what_others_change_is_found_and_put_back(emulator, recording, example):
    example.apply()
    state = recorded(example)
    ids = {address: one["id"] for address, one in state.items()} | {"account": emulator.account}
    expected = set()
    for address, name, change in DRIFTS:
        change(emulator.client, ids)
        expected.add((address, name))
        plan = example.plan("--json", expect=DRIFT)
        assert changed(plan.json()) == expected
    example.apply()
    empty_plan(example, recording)
    example.destroy()
    assert inventory(emulator) == {}


@pytest.mark.parametrize("example", ["orders"], indirect=True)
def test_a_code_change_updates_its_function_alone(recording, example):
    example.apply()
    handler = example.directory / "src" / "worker" / "app.py"
    handler.write_text(handler.read_text() + "\n# another version\n")
    plan = example.plan("--json", expect=CHANGES).json()
    assert [(c["address"], c["action"]) for c in plan["changes"]] == [("functions.worker", "update")]
    assert changed(plan) == {("functions.worker", "Code")}
    example.apply()
    empty_plan(example, recording)
    handler.write_text(handler.read_text().replace("\n# another version\n", ""))
    assert example.plan(expect=CHANGES).code == CHANGES
    example.apply()
    assert example.plan().code == DONE
