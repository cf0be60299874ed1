from support.functions import function_arn, make_functions

TYPE = "AWS::S3::BucketNotification"
S3 = {"Service": "s3.amazonaws.com"}
NEEDS = {
    "bucket": {"type": "AWS::S3::Bucket", "properties": {"BucketName": "t-bucket"}},
    "other": {"type": "AWS::S3::Bucket", "properties": {"BucketName": "t-other"}},
    "queue": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-queue"}},
    "topic": {"type": "AWS::SNS::Topic", "properties": {"TopicName": "t-topic"}},
    "may_queue": {"type": "AWS::SQS::QueuePolicy", "properties": {
        "Queue": "${resources.queue.queue_url}", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": S3, "Action": "sqs:SendMessage", "Resource": "${resources.queue.arn}"}]}}},
    "may_topic": {"type": "AWS::SNS::TopicPolicy", "properties": {
        "Topic": "${resources.topic.arn}", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": S3, "Action": "sns:Publish", "Resource": "${resources.topic.arn}"}]}}},
    "may_function": {"type": "AWS::Lambda::Permission", "properties": {
        "FunctionName": "t-f", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}},
}
DEPENDS = ["may_queue", "may_topic", "may_function"]


def key(**rules):
    return {"S3Key": {"Rules": [{"Name": name, "Value": value} for name, value in rules.items()]}}


FUNCTION = {"Event": "s3:ObjectCreated:*", "Function": function_arn("t-f"), "Filter": key(prefix="in/", suffix=".csv")}
QUEUE = {"Event": "s3:ObjectRemoved:*", "Queue": "${resources.queue.arn}"}
TOPIC = {"Event": "s3:ObjectCreated:Put", "Topic": "${resources.topic.arn}", "Filter": key(prefix="out/")}
CREATE = {
    "Bucket": "${resources.bucket.name}",
    "NotificationConfiguration": {
        "LambdaConfigurations": [FUNCTION], "QueueConfigurations": [QUEUE], "TopicConfigurations": [TOPIC],
        "EventBridgeConfiguration": {"EventBridgeEnabled": True},
    },
}
CHANGES = [{"NotificationConfiguration": one} for one in (
    {"LambdaConfigurations": [{**FUNCTION, "Filter": key(prefix="ü &/")}, {**FUNCTION, "Filter": key(prefix="b/")}]},
    {"QueueConfigurations": [{**QUEUE, "Filter": key(suffix=".a")}], "TopicConfigurations": [TOPIC]},
    {"LambdaConfigurations": [FUNCTION], "QueueConfigurations": [QUEUE]},
)]
EQUAL = [{"NotificationConfiguration": {
    "LambdaConfigurations": [{**FUNCTION, "Filter": {"S3Key": {"Rules": [
        {"Name": "Suffix", "Value": ".csv"}, {"Name": "Prefix", "Value": "in/"}]}}}],
    "QueueConfigurations": [QUEUE], "EventBridgeConfiguration": {"EventBridgeEnabled": False}}}]
LACKS = {"moto": {"NotificationConfiguration.EventBridgeConfiguration": "accepted and lost"}}
REMOVALS = []
REPLACE = [{"Bucket": "${resources.other.name}"}]
DRIFT = {"NotificationConfiguration": lambda aws: put(aws, {"QueueConfigurations": [
    {"QueueArn": aws.at("Arn", "queue"), "Events": ["s3:ObjectRemoved:Delete"]}]})}
LISTS = {"LambdaFunctionConfigurations": ("LambdaConfigurations", "LambdaFunctionArn", "Function"),
         "QueueConfigurations": ("QueueConfigurations", "QueueArn", "Queue"),
         "TopicConfigurations": ("TopicConfigurations", "TopicArn", "Topic")}


def setup(aws):
    make_functions(aws, "t-f")


def put(aws, configuration):
    aws.client("s3").put_bucket_notification_configuration(
        Bucket=aws.at("Bucket"), NotificationConfiguration=configuration)


def entry(one, arn, word):
    [event] = one["Events"]
    rules = one.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    found = {"Event": event, word: one[arn]}
    if rules:
        found["Filter"] = {"S3Key": {"Rules": [{"Name": rule["Name"].lower(), "Value": rule["Value"]} for rule in rules]}}
    return found


def read(aws):
    s3 = aws.client("s3")
    if aws.at("Bucket") not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
        return None
    have = s3.get_bucket_notification_configuration(Bucket=aws.at("Bucket"))
    found = {name: [entry(one, arn, word) for one in have[list_name]]
             for list_name, (name, arn, word) in LISTS.items() if have.get(list_name)}
    if "EventBridgeConfiguration" in have:
        found["EventBridgeConfiguration"] = {"EventBridgeEnabled": True}
    return {"Bucket": aws.at("Bucket"), "NotificationConfiguration": found} if found else None


def delete(aws):
    put(aws, {})
