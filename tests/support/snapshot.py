"""Everything that an emulated account holds with all its properties, as data to compare.

What AWS draws (ids, times, the nonce of a tag) differs from run to run: ids are replaced by what
the object is, times are left out.
"""

import json
import re
from datetime import datetime

DRAWN = {  # members that say nothing about what was wanted
    "ResponseMetadata", "RoleId", "RevisionId", "LastModified", "CreatedDate", "LastUpdatedDate",
    "CreationDate", "CreateDate", "CreatedTimestamp", "LastModifiedTimestamp", "creationTime",
    "CreationDateTime", "TableId", "LatestStreamLabel", "LatestStreamArn", "UUID", "EventSourceMappingArn",
    "SubscriptionArn", "StateUpdatedTimestamp", "AlarmConfigurationUpdatedTimestamp",
    "StateTransitionedTimestamp", "StateReason", "StateReasonData", "LastModifiedDate", "Etag", "ETag",
    "KeyMaterialId", "CurrentKeyMaterialId", "storedBytes", "RoleLastUsed", "ApiEndpoint", "Location",
    "NextRotationDate", "OnDemandRotationStartDate", "DeploymentId", "LastProcessingResult",
    "StateTransitionReason", "TableSizeBytes", "ItemCount", "LastUpdateToPayPerRequestDateTime",
    "EarliestRestorableDateTime", "LatestRestorableDateTime", "LastDecreaseDateTime", "NumberOfDecreasesToday",
    "LastIncreaseDateTime", "TagrisStatus", "MaxItems", "NextToken",
}
# … and texts: the tag of a create, the id that S3 gives a notification, the emulator's address.
DRAWN_TEXTS = (
    (re.compile(r"[0-9a-f-]{36}/[0-9a-f]{32}"), "<mark>"),
    (re.compile(r"[0-9A-Za-z]{50}"), "<id>"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "<endpoint>"),
)


def _clean(value):
    """Without what is drawn and without times; sets in order."""
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()
                if key not in DRAWN and not isinstance(item, datetime)}
    if isinstance(value, list):
        return sorted((_clean(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return _text(value) if isinstance(value, str) else value


def _text(value):
    """JSON inside a text is compared as JSON."""
    if value.startswith(("{", "[")):
        try:
            return _clean(json.loads(value))
        except ValueError:
            pass
    for pattern, name in DRAWN_TEXTS:
        value = pattern.sub(name, value)
    return value


def _pages(client, operation, result, **parameters):
    if client.can_paginate(operation):
        pages = client.get_paginator(operation).paginate(**parameters)
    else:
        pages = [getattr(client, operation)(**parameters)]
    return [item for page in pages for item in page.get(result, [])]


def _or_none(call, **parameters):
    """What a call answers; None where there is no such thing."""
    try:
        return call(**parameters)
    except Exception as error:
        if not hasattr(error, "response") or error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            raise
        return None


class Reader:
    """Reads one account; `ids` says what each drawn id stands for."""

    def __init__(self, client):
        self.client = client
        self.ids = {}

    def functions(self):
        c = self.client("lambda")
        for one in _pages(c, "list_functions", "Functions"):
            name = one["FunctionName"]
            about = c.get_function(FunctionName=name)
            yield {"about": about["Configuration"], "tags": about.get("Tags", {}),
                   "policy": (_or_none(c.get_policy, FunctionName=name) or {}).get("Policy"),
                   "concurrency": about.get("Concurrency")}

    def mappings(self):
        for one in _pages(self.client("lambda"), "list_event_source_mappings", "EventSourceMappings"):
            if one.get("State") != "Deleting":
                self.ids[one["UUID"]] = "<mapping>"
                yield one

    def tables(self):
        c = self.client("dynamodb")
        for name in _pages(c, "list_tables", "TableNames"):
            about = c.describe_table(TableName=name)["Table"]
            about.get("SSEDescription", {}).pop("KMSMasterKeyArn", None)  # moto never changes it
            if "LatestStreamLabel" in about:
                self.ids[about["LatestStreamLabel"]] = f"<stream of {name}>"
            yield {"about": about, "tags": c.list_tags_of_resource(ResourceArn=about["TableArn"])["Tags"],
                   "ttl": c.describe_time_to_live(TableName=name)["TimeToLiveDescription"],
                   "backups": c.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]}

    BUCKET_PARTS = (
        "tagging", "versioning", "encryption", "policy", "lifecycle_configuration", "cors",
        "notification_configuration", "website", "logging", "ownership_controls")

    def buckets(self):
        c = self.client("s3")
        for one in c.list_buckets()["Buckets"]:
            parts = {part: _or_none(getattr(c, f"get_bucket_{part}"), Bucket=one["Name"])
                     for part in self.BUCKET_PARTS}
            if (parts["versioning"] or {}).get("Status") == "Suspended":  # wanted as much as never on
                del parts["versioning"]["Status"]
            yield {"name": one["Name"], **parts, "public": _or_none(c.get_public_access_block, Bucket=one["Name"])}

    def queues(self):
        c = self.client("sqs")
        for url in _pages(c, "list_queues", "QueueUrls"):
            yield {"attributes": c.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"],
                   "tags": c.list_queue_tags(QueueUrl=url).get("Tags", {})}

    def topics(self):
        c = self.client("sns")
        for one in _pages(c, "list_topics", "Topics"):
            arn = one["TopicArn"]
            yield {"attributes": c.get_topic_attributes(TopicArn=arn)["Attributes"],
                   "tags": c.list_tags_for_resource(ResourceArn=arn)["Tags"]}

    def subscriptions(self):
        c = self.client("sns")
        for one in _pages(c, "list_subscriptions", "Subscriptions"):
            if one["SubscriptionArn"].startswith("arn:"):
                one = c.get_subscription_attributes(SubscriptionArn=one["SubscriptionArn"])["Attributes"]
            yield one

    def roles(self):
        c = self.client("iam")
        for one in _pages(c, "list_roles", "Roles"):
            name = one["RoleName"]
            inline = {policy: c.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
                      for policy in _pages(c, "list_role_policies", "PolicyNames", RoleName=name)}
            yield {"role": c.get_role(RoleName=name)["Role"], "inline": inline,
                   "attached": _pages(c, "list_attached_role_policies", "AttachedPolicies", RoleName=name)}

    def keys(self):
        """The customer's keys that are not on their way out."""
        c = self.client("kms")
        for key in _pages(c, "list_keys", "Keys"):
            about = c.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
            if about["KeyManager"] != "CUSTOMER" or about["KeyState"] == "PendingDeletion":
                continue
            self.ids[key["KeyId"]] = f"<key {about.get('Description')}>"
            yield {"about": about, "tags": c.list_resource_tags(KeyId=key["KeyId"]).get("Tags"),
                   "policy": c.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"],
                   "rotation": (_or_none(c.get_key_rotation_status, KeyId=key["KeyId"]) or {}).get("KeyRotationEnabled")}

    def aliases(self):
        return [one for one in _pages(self.client("kms"), "list_aliases", "Aliases")
                if not one["AliasName"].startswith("alias/aws/")]

    def alarms(self):
        c = self.client("cloudwatch")
        for one in _pages(c, "describe_alarms", "MetricAlarms"):
            yield {"about": one, "tags": c.list_tags_for_resource(ResourceARN=one["AlarmArn"])["Tags"]}

    def log_groups(self):
        c = self.client("logs")
        for one in _pages(c, "describe_log_groups", "logGroups"):
            yield {"about": one, "tags": c.list_tags_log_group(logGroupName=one["logGroupName"])["tags"]}

    def rules(self):
        c = self.client("events")
        for one in _pages(c, "list_rules", "Rules"):
            yield {"about": c.describe_rule(Name=one["Name"]),
                   "targets": _pages(c, "list_targets_by_rule", "Targets", Rule=one["Name"]),
                   "tags": c.list_tags_for_resource(ResourceARN=one["Arn"])["Tags"]}

    def apis(self):
        c = self.client("apigatewayv2")
        for one in _pages(c, "get_apis", "Items"):
            api = one["ApiId"]
            self.ids[api] = f"<api {one['Name']}>"
            parts = {what: _pages(c, f"get_{what}", "Items", ApiId=api) for what in ("integrations", "routes", "stages")}
            for integration in parts["integrations"]:
                self.ids[integration.pop("IntegrationId")] = f"<integration {integration.get('IntegrationUri')}>"
            for route in parts["routes"]:
                route.pop("RouteId")
            yield {"about": one, **parts}

    KINDS = ("functions", "mappings", "tables", "buckets", "queues", "topics", "subscriptions", "roles",
             "keys", "aliases", "alarms", "log_groups", "rules", "apis")

    def read(self, kind):
        found = _clean([one for one in getattr(self, kind)()])
        return found

    def named(self, found):
        """The same with what every id stands for, longest first: one may be part of another."""
        text = json.dumps(found, sort_keys=True)
        for number in sorted(self.ids, key=len, reverse=True):
            text = text.replace(number, json.dumps(self.ids[number])[1:-1])
        return json.loads(text)


def snapshot(client, without=None):
    """{kind: [properties]}, only of what is there; `without` is a bucket that does not count."""
    reader = Reader(client)
    found = {kind: reader.read(kind) for kind in Reader.KINDS}
    found["buckets"] = [one for one in found["buckets"] if one["name"] != without]
    return _clean(reader.named({kind: items for kind, items in found.items() if items}))
