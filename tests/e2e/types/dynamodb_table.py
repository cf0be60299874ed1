import json
import time
from unittest.mock import ANY

TYPE = "AWS::DynamoDB::Table"
KEYS = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]


def attributes(*names):
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in names]


def index(name, key, projection=None, **more):
    return {"IndexName": name, "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
            "Projection": projection or {"ProjectionType": "ALL"}, **more}


def policy(action):
    return {"PolicyDocument": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": action, "Resource": "*"}]}}


BASE = (("a", "S"), ("n", "N"), ("pk", "S"), ("sk", "S"))
SOME = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x", "y"]}
LOCAL = [{"IndexName": "local", "KeySchema": [KEYS[0], {"AttributeName": "n", "KeyType": "RANGE"}],
          "Projection": {"ProjectionType": "KEYS_ONLY"}}]
ATTRIBUTES = {"Arn": "Arn", "StreamArn": "StreamArn", "TableId": "TableId"}
CREATE = {
    "TableName": "t-it",
    "KeySchema": KEYS,
    "AttributeDefinitions": attributes(*BASE),
    "LocalSecondaryIndexes": LOCAL,
    "GlobalSecondaryIndexes": [index("by-a", "a"), index("by-n", "n", SOME)],
    "BillingMode": "PAY_PER_REQUEST",
    "OnDemandThroughput": {"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": 50},
    "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
    "TableClass": "STANDARD_INFREQUENT_ACCESS",
    "DeletionProtectionEnabled": True,
    "SSESpecification": {"SSEEnabled": True},
    "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7},
    "Tags": {"team": "shop", "a b": "x+/=@ü"},
}
CHANGES = [
    {"GlobalSecondaryIndexes": [index("by-a", "a")]},
    {"GlobalSecondaryIndexes": [index("by-a", "a", SOME), index("by-n", "n")]},
    {"StreamSpecification": {"StreamViewType": "KEYS_ONLY"}},
    {"OnDemandThroughput": {"MaxReadRequestUnits": 200, "MaxWriteRequestUnits": 50}},
    {"TableClass": "STANDARD"},
    {"DeletionProtectionEnabled": False},
    {"TimeToLiveSpecification": {"AttributeName": "other", "Enabled": True}},
    {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 14}},
    {"ResourcePolicy": policy("dynamodb:GetItem")},
    {"ResourcePolicy": policy("dynamodb:*")},
    {"Tags": {"team": "depot"}},
    {"BillingMode": "PROVISIONED", "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6},
     "OnDemandThroughput": None, "GlobalSecondaryIndexes": [
         index("by-a", "a", SOME, ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 2}),
         index("by-n", "n", ProvisionedThroughput={"ReadCapacityUnits": 3, "WriteCapacityUnits": 4})]},
    {"ProvisionedThroughput": {"ReadCapacityUnits": 7, "WriteCapacityUnits": 6}},
    {"GlobalSecondaryIndexes": [
        index("by-a", "a", SOME, ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 2}),
        index("by-n", "n", ProvisionedThroughput={"ReadCapacityUnits": 9, "WriteCapacityUnits": 4})]},
    {"BillingMode": "PAY_PER_REQUEST", "ProvisionedThroughput": None,
     "~GlobalSecondaryIndexes": [index("by-a", "a", SOME), index("by-n", "n")]},
]
MORE = {"ministack": [
    {"GlobalSecondaryIndexes": [index("by-a", "a"), index("by-b", "b")], "AttributeDefinitions": attributes(
        ("a", "S"), ("b", "B"), *BASE[1:])},
    {"GlobalSecondaryIndexes": None, "AttributeDefinitions": attributes(*BASE[1:])},
    {"GlobalSecondaryIndexes": [index("by-a", "a", SOME), index("by-n", "n")],
     "AttributeDefinitions": attributes(*BASE)},
]}
EQUAL = [
    {"GlobalSecondaryIndexes": [index("by-n", "n"), index("by-a", "a", {
        "ProjectionType": "INCLUDE", "NonKeyAttributes": ["y", "x"]})]},
    {"AttributeDefinitions": attributes(("sk", "S"), ("pk", "S"), ("n", "N"), ("a", "S"))},
]
FOREIGN = [lambda aws: aws.client("dynamodb").tag_resource(
    ResourceArn=aws.at("Arn"), Tags=[{"Key": "foreign", "Value": "x"}])]
REMOVALS = [
    ("StreamSpecification", "SSESpecification", "TimeToLiveSpecification", "PointInTimeRecoverySpecification",
     "ResourcePolicy", "Tags"),
]
REPLACE = [
    {"TableName": "t-it-again", "DeletionProtectionEnabled": None},
    {"KeySchema": [KEYS[0]], "LocalSecondaryIndexes": None, "AttributeDefinitions": attributes(
        ("a", "S"), ("n", "N"), ("pk", "S"))},
    {"AttributeDefinitions": attributes(("a", "S"), ("n", "N"), ("pk", "N"))},
]
DRIFT = {
    "StreamSpecification": lambda aws: update(aws, StreamSpecification={"StreamEnabled": False}),
    "DeletionProtectionEnabled": lambda aws: update(aws, DeletionProtectionEnabled=False),
    "GlobalSecondaryIndexes": lambda aws: update(
        aws, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-n"}}]),
    "TimeToLiveSpecification": lambda aws: aws.client("dynamodb").update_time_to_live(
        TableName=aws.id, TimeToLiveSpecification={"AttributeName": "expires", "Enabled": False}),
    "PointInTimeRecoverySpecification": lambda aws: aws.client("dynamodb").update_continuous_backups(
        TableName=aws.id, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}),
    "Tags": lambda aws: aws.client("dynamodb").untag_resource(ResourceArn=aws.at("Arn"), TagKeys=["team"]),
}
DEFAULTS = {
    "BillingMode": "PROVISIONED", "DeletionProtectionEnabled": False, "Tags": {}, "TableClass": "STANDARD",
    "TimeToLiveSpecification": {"Enabled": False}, "ProvisionedThroughput": ANY,
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False},
}
LACKS = {
    "moto": {
        "TableClass": "dropped", "OnDemandThroughput": "dropped",
    },
    "ministack": {"PointInTimeRecoverySpecification.RecoveryPeriodInDays": "not returned"},
}
FIXED = {"moto": {
    "StreamSpecification": "once off, it cannot be on again",
}}
NOT_SHOWN = {"WarmThroughput": "carried by neither"}


def setup(aws):
    """moto makes the account's own key for tables at the first use, as if it were a customer's."""
    aws.client("dynamodb").create_table(
        TableName="t-first", KeySchema=[KEYS[0]], AttributeDefinitions=attributes(("pk", "S")),
        BillingMode="PAY_PER_REQUEST", SSESpecification={"Enabled": True})
    aws.client("dynamodb").delete_table(TableName="t-first")


def update(aws, **changes):
    aws.client("dynamodb").update_table(TableName=aws.id, **changes)
    while aws.client("dynamodb").describe_table(TableName=aws.id)["Table"]["TableStatus"] != "ACTIVE":
        time.sleep(0.1)


def capacity(have):
    units = {name: have[name] for name in ("ReadCapacityUnits", "WriteCapacityUnits") if have.get(name)}
    return {"ProvisionedThroughput": units} if units else {}


def indexes(found, on_demand):
    kept = [{"IndexName": one["IndexName"], "KeySchema": one["KeySchema"],
             "Projection": {**one["Projection"], **(
                 {"NonKeyAttributes": sorted(one["Projection"]["NonKeyAttributes"])}
                 if one["Projection"].get("NonKeyAttributes") else {})},
             **({} if on_demand else capacity(one.get("ProvisionedThroughput", {})))} for one in found or ()]
    return sorted(kept, key=lambda one: one["IndexName"]) or None


def read(aws):
    client, table = aws.client("dynamodb"), {"TableName": aws.id}
    try:
        have = client.describe_table(**table)["Table"]
    except client.exceptions.ResourceNotFoundException:
        return None
    mode = have.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    stream = have.get("StreamSpecification", {})
    ttl = client.describe_time_to_live(**table)["TimeToLiveDescription"]
    ttl_on = ttl["TimeToLiveStatus"].startswith("ENABL")
    pitr = client.describe_continuous_backups(**table)["ContinuousBackupsDescription"][
        "PointInTimeRecoveryDescription"]
    pitr_on = pitr["PointInTimeRecoveryStatus"] == "ENABLED"
    try:
        document = {"PolicyDocument": json.loads(client.get_resource_policy(ResourceArn=have["TableArn"])["Policy"])}
    except client.exceptions.PolicyNotFoundException:
        document = None
    tags = client.list_tags_of_resource(ResourceArn=have["TableArn"]).get("Tags", [])
    demand = have.get("OnDemandThroughput", {})
    return {
        "TableName": have["TableName"],
        "Arn": have["TableArn"],
        "TableId": have.get("TableId"),
        "StreamArn": have.get("LatestStreamArn") if stream.get("StreamEnabled") else None,
        "KeySchema": have["KeySchema"],
        "AttributeDefinitions": sorted(have["AttributeDefinitions"], key=lambda one: one["AttributeName"]),
        "LocalSecondaryIndexes": indexes(have.get("LocalSecondaryIndexes"), True),
        "GlobalSecondaryIndexes": indexes(have.get("GlobalSecondaryIndexes"), mode == "PAY_PER_REQUEST"),
        "BillingMode": mode,
        "OnDemandThroughput": demand if any(value != -1 for value in demand.values()) else None,
        "StreamSpecification": {"StreamViewType": stream["StreamViewType"]} if stream.get("StreamEnabled") else None,
        "TableClass": have.get("TableClassSummary", {}).get("TableClass", "STANDARD"),
        "DeletionProtectionEnabled": have.get("DeletionProtectionEnabled", False),
        "SSESpecification": {"SSEEnabled": True} if have.get("SSEDescription", {}).get("Status") == "ENABLED" else None,
        "TimeToLiveSpecification": {"AttributeName": ttl["AttributeName"], "Enabled": True} if ttl_on else {
            "Enabled": False},
        "PointInTimeRecoverySpecification": {
            "PointInTimeRecoveryEnabled": pitr_on,
            **({"RecoveryPeriodInDays": pitr["RecoveryPeriodInDays"]} if "RecoveryPeriodInDays" in pitr else {})},
        "ResourcePolicy": document,
        "Tags": {tag["Key"]: tag["Value"] for tag in tags if tag["Key"] not in ("cinfra:id", "foreign")},
        **capacity(have.get("ProvisionedThroughput", {})),
    }
