"""Another kind of stream is another stream, and its readers follow in the same apply."""

import json

import pytest

from support.cinfra import CHANGES
from support.emulator import ACCOUNT, REGION

TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


def stack(view_type):
    return json.dumps({"stack": "t", "resources": {
        "table": {"type": "AWS::DynamoDB::Table", "properties": {
            "TableName": "t-table", "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "StreamSpecification": {"StreamViewType": view_type}}},
        "mapping": {"type": "AWS::Lambda::EventSourceMapping", "properties": {
            "EventSourceArn": "${resources.table.stream_arn}", "FunctionName": "t-function",
            "StartingPosition": "LATEST"}},
    }})


def function(emulator):
    emulator.client("iam").create_role(RoleName="t-role", AssumeRolePolicyDocument=json.dumps(TRUST))
    emulator.client("lambda").create_function(
        FunctionName="t-function", Role=f"arn:aws:iam::{ACCOUNT}:role/t-role", Runtime="python3.12",
        Handler="app.handler", Code={"ZipFile": b"PK\x05\x06" + bytes(18)})


@pytest.mark.emulators("ministack")  # moto cannot turn a stream on again
def test_mapping_follows_the_stream(emulator, cinfra):
    function(emulator)
    cinfra.write(stack("NEW_IMAGE"))
    cinfra.apply()
    tables, mappings = emulator.client("dynamodb"), emulator.client("lambda")
    first = tables.describe_table(TableName="t-table")["Table"]["LatestStreamArn"]
    cinfra.write(stack("KEYS_ONLY"))
    plan = cinfra.plan_json(expect=CHANGES)
    assert {change["address"]: change["action"] for change in plan["changes"]} == {
        "resources.table": "update", "resources.mapping": "replace"}
    cinfra.apply()
    second = tables.describe_table(TableName="t-table")["Table"]["LatestStreamArn"]
    assert second != first and REGION in second
    sources = [one["EventSourceArn"] for one in mappings.list_event_source_mappings()["EventSourceMappings"]]
    assert sources == [second]
    cinfra.assert_no_changes()
