TYPE = "AWS::CloudWatch::Alarm"
NEEDS = {
    "one": {"type": "AWS::SNS::Topic", "properties": {"TopicName": "t-one"}},
    "two": {"type": "AWS::SNS::Topic", "properties": {"TopicName": "t-two"}},
}
ATTRIBUTES = {"Arn": "AlarmArn"}
CREATE = {
    "AlarmName": "t-it",
    "AlarmDescription": "many errors",
    "ActionsEnabled": False,
    "AlarmActions": ["${resources.one.arn}"],
    "OKActions": ["${resources.one.arn}"],
    "InsufficientDataActions": ["${resources.one.arn}"],
    "Namespace": "AWS/Lambda",
    "MetricName": "Errors",
    "Dimensions": [{"Name": "FunctionName", "Value": "f"}, {"Name": "Resource", "Value": "r"}],
    "Statistic": "Sum",
    "Unit": "Count",
    "Period": 60,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "Threshold": 1.5,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
    "Tags": {"team": "shop"},
}
CHANGES = [
    {"AlarmDescription": "some errors"},
    {"ActionsEnabled": True},
    {"AlarmActions": ["${resources.two.arn}", "${resources.one.arn}"]},
    {"OKActions": ["${resources.two.arn}"]},
    {"InsufficientDataActions": ["${resources.two.arn}"]},
    {"Namespace": "AWS/SQS"},
    {"MetricName": "Throttles"},
    {"Dimensions": [{"Name": "QueueName", "Value": "q"}]},
    {"Unit": "Seconds"},
    {"Period": 300},
    {"DatapointsToAlarm": 1},
    {"EvaluationPeriods": 5},
    {"Threshold": 0},
    {"ComparisonOperator": "LessThanOrEqualToThreshold"},
    {"TreatMissingData": "breaching"},
    {"Tags": {"team": "depot", "stage": "x"}},
]
MORE = {"moto": [
    {"Statistic": None, "ExtendedStatistic": "p99.9", "EvaluateLowSampleCountPercentile": "ignore"},
    {"ExtendedStatistic": None, "EvaluateLowSampleCountPercentile": None, "Namespace": None, "MetricName": None,
     "Dimensions": None, "Unit": None, "Period": None, "Metrics": [
         {"Id": "rate", "Expression": "errors / calls"},
         {"Id": "errors", "ReturnData": False, "MetricStat": {
             "Metric": {"Namespace": "AWS/Lambda", "MetricName": "Errors",
                        "Dimensions": [{"Name": "FunctionName", "Value": "f"}]},
             "Period": 60, "Stat": "Sum"}},
         {"Id": "calls", "ReturnData": False, "MetricStat": {
             "Metric": {"Namespace": "AWS/Lambda", "MetricName": "Invocations", "Dimensions": []},
             "Period": 60, "Stat": "Sum"}}]},
    {"Metrics": None, "Namespace": "AWS/SQS", "MetricName": "Sent", "Statistic": "Sum", "Period": 60},
]}
EQUAL = [{"AlarmActions": ["${resources.one.arn}", "${resources.two.arn}"]}]
REMOVALS = [("AlarmDescription", "ActionsEnabled", "AlarmActions", "OKActions", "InsufficientDataActions",
             "TreatMissingData", "Tags")]
REPLACE = [{"AlarmName": "t-it-again"}]
DRIFT = {
    "Threshold": lambda aws: put(aws, Threshold=42.0),
    "AlarmActions": lambda aws: put(aws, AlarmActions=[]),
    "Dimensions": lambda aws: put(aws, Dimensions=[]),
    "Tags": lambda aws: aws.client("cloudwatch").tag_resource(
        ResourceARN=aws.at("Arn"), Tags=[{"Key": "team", "Value": "someone"}]),
}
FOREIGN = [lambda aws: aws.client("cloudwatch").tag_resource(
    ResourceARN=aws.at("Arn"), Tags=[{"Key": "foreign", "Value": "x"}])]
DEFAULTS = {"AlarmDescription": "", "ActionsEnabled": True, "AlarmActions": [], "OKActions": [],
            "InsufficientDataActions": [], "TreatMissingData": "missing", "Dimensions": [], "Metrics": [], "Tags": {}}
NOT_SHOWN = {"ThresholdMetricId": "needs anomaly detection, which no emulator has"}
SENT = set(CREATE) | {"ExtendedStatistic", "EvaluateLowSampleCountPercentile", "Metrics"}


def describe(aws):
    alarms = aws.client("cloudwatch").describe_alarms(AlarmNames=[aws.id])["MetricAlarms"]
    return alarms[0] if alarms else None


def put(aws, **changes):
    have = {name: value for name, value in describe(aws).items() if name in SENT}
    aws.client("cloudwatch").put_metric_alarm(**{**have, **changes})


def read(aws):
    have = describe(aws)
    if not have:
        return None
    for query in have.get("Metrics", []):
        if query.get("ReturnData") is True:
            del query["ReturnData"]
    tags = aws.client("cloudwatch").list_tags_for_resource(ResourceARN=have["AlarmArn"])["Tags"]
    tags = {tag["Key"]: tag["Value"] for tag in tags if tag["Key"] not in ("cinfra:id", "foreign")}
    return {**DEFAULTS, **have, "Tags": tags}


def delete(aws):
    aws.client("cloudwatch").delete_alarms(AlarmNames=[aws.id])
