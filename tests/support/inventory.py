"""Everything that an emulated account holds, listed by boto3."""


def _names(items, key=None):
    return [item[key] if key else item for item in items]


def _pages(client, operation, result, key=None, **parameters):
    if client.can_paginate(operation):
        pages = client.get_paginator(operation).paginate(**parameters)
    else:
        pages = [getattr(client, operation)(**parameters)]
    return [name for page in pages for name in _names(page.get(result, []), key)]


def _keys(client):
    """Customer keys that are not on their way out."""
    found = []
    for key in _pages(client, "list_keys", "Keys", "KeyId"):
        about = client.describe_key(KeyId=key)["KeyMetadata"]
        if about["KeyManager"] == "CUSTOMER" and about["KeyState"] != "PendingDeletion":
            found.append(key)
    return found


def _policies(client):
    return _pages(client, "list_policies", "Policies", "PolicyName", Scope="Local")


def _rules(client):
    """Those of every bus."""
    return [name for bus in _pages(client, "list_event_buses", "EventBuses", "Name")
            for name in _pages(client, "list_rules", "Rules", "Name", EventBusName=bus)]


LISTS = (
    # what, service, how
    ("functions", "lambda", lambda c: _pages(c, "list_functions", "Functions", "FunctionName")),
    ("event source mappings", "lambda", lambda c: _pages(c, "list_event_source_mappings", "EventSourceMappings", "UUID")),
    ("tables", "dynamodb", lambda c: _pages(c, "list_tables", "TableNames")),
    ("buckets", "s3", lambda c: _names(c.list_buckets()["Buckets"], "Name")),
    ("queues", "sqs", lambda c: _pages(c, "list_queues", "QueueUrls")),
    ("topics", "sns", lambda c: _pages(c, "list_topics", "Topics", "TopicArn")),
    ("subscriptions", "sns", lambda c: _pages(c, "list_subscriptions", "Subscriptions", "SubscriptionArn")),
    ("roles", "iam", lambda c: _pages(c, "list_roles", "Roles", "RoleName")),
    ("policies", "iam", _policies),
    ("keys", "kms", _keys),
    ("aliases", "kms", lambda c: [name for name in _pages(c, "list_aliases", "Aliases", "AliasName")
                                  if not name.startswith("alias/aws/")]),
    ("alarms", "cloudwatch", lambda c: _pages(c, "describe_alarms", "MetricAlarms", "AlarmName")),
    ("log groups", "logs", lambda c: _pages(c, "describe_log_groups", "logGroups", "logGroupName")),
    ("rules", "events", _rules),
    ("APIs", "apigatewayv2", lambda c: _pages(c, "get_apis", "Items", "ApiId")),
)


def inventory(emulator, client=None, only=None):
    """{what: names}, only of what is there; `client(service)` may keep boto3's clients; `only` these are asked for."""
    client = client or emulator.client
    found = {what: sorted(lister(client(service))) for what, service, lister in LISTS if not only or what in only}
    return {what: names for what, names in found.items() if names}
