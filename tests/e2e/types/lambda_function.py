import base64
import hashlib
import io
import time
import zipfile

TYPE = "AWS::Lambda::Function"
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
NEEDS = {
    "role": {"type": "AWS::IAM::Role", "properties": {"RoleName": "t-role", "AssumeRolePolicyDocument": TRUST}},
    "other_role": {"type": "AWS::IAM::Role", "properties": {"RoleName": "t-other", "AssumeRolePolicyDocument": TRUST}},
    "dead": {"type": "AWS::SQS::Queue", "properties": {"QueueName": "t-dead"}},
}
HERE = "eu-west-1:123456789012"
KEY = f"arn:aws:kms:{HERE}:key/1234abcd-12ab-34cd-56ef-00000000000"
LAYER = f"arn:aws:lambda:{HERE}:layer:"
ACCESS_POINT = f"arn:aws:elasticfilesystem:{HERE}:access-point/fsap-0123456789abcdef"
SIGNING = f"arn:aws:lambda:{HERE}:code-signing-config:csc-0123456789abcdef"
ATTRIBUTES = {"Arn": "FunctionArn", "CodeSha256": "CodeSha256"}
CREATE = {
    "FunctionName": "t-it",
    "PackageType": "Zip",
    "Code": {"S3Bucket": "t-code", "S3Key": "one.zip"},
    "Architectures": ["arm64"],
    "Role": "${resources.role.arn}",
    "Runtime": "python3.12",
    "Handler": "app.handler",
    "Description": "it",
    "Timeout": 10,
    "MemorySize": 256,
    "Environment": {"Variables": {"AA": "1", "Empty": "", "Long": "x=y z"}},
    "DeadLetterConfig": {"TargetArn": "${resources.dead.arn}"},
    "TracingConfig": {"Mode": "Active"},
    "EphemeralStorage": {"Size": 1024},
    "LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "WARN", "SystemLogLevel": "DEBUG",
                      "LogGroup": "/t/logs"},
    "ReservedConcurrentExecutions": 2,
    "KmsKeyArn": f"{KEY}1",
    "Layers": [f"{LAYER}one:1", f"{LAYER}two:1"],
    "VpcConfig": {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]},
    "FileSystemConfigs": [{"Arn": f"{ACCESS_POINT}1", "LocalMountPath": "/mnt/a"}],
    "TenancyConfig": {"TenantIsolationMode": "PER_TENANT"},
    "DurableConfig": {"ExecutionTimeout": 10, "RetentionPeriodInDays": 2},
    "CodeSigningConfigArn": f"{SIGNING}1",
    "RecursiveLoop": "Allow",
    "Tags": {"team": "shop", "a/b": "ü +"},
}
CHANGES = [
    {"Code": {"S3Bucket": "t-code", "S3Key": "two.zip"}},
    {"Architectures": ["x86_64"]},
    {"Role": "${resources.other_role.arn}"},
    {"Runtime": "python3.13"},
    {"Handler": "other.handler"},
    {"Description": "changed"},
    {"Timeout": 20},
    {"MemorySize": 512},
    {"Environment": {"Variables": {"AA": "2", "BB": "3"}}},
    {"TracingConfig": {"Mode": "PassThrough"}},
    {"EphemeralStorage": {"Size": 2048}},
    {"LoggingConfig": {"LogFormat": "Text", "LogGroup": "/t/other"}},
    {"ReservedConcurrentExecutions": 5},
    {"KmsKeyArn": f"{KEY}2"},
    {"Layers": [f"{LAYER}two:1", f"{LAYER}one:1"]},
    {"VpcConfig": {"SubnetIds": ["subnet-3"], "SecurityGroupIds": ["sg-1", "sg-2"]}},
    {"FileSystemConfigs": [{"Arn": f"{ACCESS_POINT}2", "LocalMountPath": "/mnt/b"}]},
    {"DurableConfig": {"ExecutionTimeout": 20, "RetentionPeriodInDays": 2}},
    {"CodeSigningConfigArn": f"{SIGNING}2"},
    {"Tags": {"team": "depot"}},
]
MORE = {"ministack": [
    {"ReservedConcurrentExecutions": 0},
    {"EphemeralStorage": None},
    {"SnapStart": {"ApplyOn": "PublishedVersions"}},
]}
EQUAL = [{"TracingConfig": None, "Architectures": None}]
FOREIGN = [lambda aws: aws.client("lambda").tag_resource(Resource=aws.at("Arn"), Tags={"foreign": "x"})]
REPLACE = [{"FunctionName": "t-it-again"}, {"TenancyConfig": None}]
DRIFT = {
    "Timeout": lambda aws: configure(aws, Timeout=99),
    "Environment": lambda aws: configure(aws, Environment={"Variables": {"AA": "someone's"}}),
    "Code": lambda aws: rest(aws, aws.client("lambda").update_function_code(
        FunctionName=aws.id, S3Bucket="t-code", S3Key="two.zip")),
    "TracingConfig": lambda aws: configure(aws, TracingConfig={"Mode": "PassThrough"}),
    "ReservedConcurrentExecutions": lambda aws: aws.client("lambda").delete_function_concurrency(FunctionName=aws.id),
    "Tags": lambda aws: aws.client("lambda").untag_resource(Resource=aws.at("Arn"), TagKeys=["a/b"]),
}
DEFAULTS = {
    "Description": "", "Timeout": 3, "MemorySize": 128, "TracingConfig": {"Mode": "PassThrough"},
    "EphemeralStorage": {"Size": 512}, "Architectures": ["x86_64"], "RecursiveLoop": "Terminate", "Tags": {},
    "LoggingConfig": {"LogFormat": "Text"}, "SnapStart": {"ApplyOn": "None"},
}
# Runtime and Handler go only with the package type.
REMOVALS = [(
    "Architectures", "Description", "Timeout", "MemorySize", "Environment", "DeadLetterConfig", "TracingConfig",
    "EphemeralStorage", "LoggingConfig", "SnapStart", "KmsKeyArn", "Layers", "VpcConfig", "FileSystemConfigs",
    "CodeSigningConfigArn", "ReservedConcurrentExecutions", "RecursiveLoop", "Tags",
)]
LACKS = {"moto": {
    "DeadLetterConfig": "accepted and never returned",
    "LoggingConfig": "accepted and never returned",
    "RecursiveLoop": "not implemented",
    "FileSystemConfigs": "accepted and never returned",
    "TenancyConfig": "accepted and never returned",
    "DurableConfig": "accepted and never returned",
    "CodeSigningConfigArn": "not implemented (500)",
}}
FIXED = {"moto": {
    "TracingConfig": "an update is ignored",
    "EphemeralStorage": "an update is ignored",
    "Architectures": "an update is ignored",
    "KmsKeyArn": "an update is ignored",
}}
NOT_SHOWN = {"RuntimeManagementConfig": "implemented by neither"}


def package(text):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py"), text)
    return content.getvalue()


PACKAGES = {"one.zip": package("def handler(event, context): return 1\n"),
            "two.zip": package("def handler(event, context): return 2\n")}


def setup(aws):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="t-code", CreateBucketConfiguration={"LocationConstraint": aws.region})
    for key, body in PACKAGES.items():
        s3.put_object(Bucket="t-code", Key=key, Body=body)
    for name in ("one", "two"):
        aws.client("lambda").publish_layer_version(LayerName=name, Content={"ZipFile": PACKAGES["one.zip"]})


def rest(aws, _=None):
    """Wait until an update is over."""
    while aws.client("lambda").get_function_configuration(
            FunctionName=aws.id).get("LastUpdateStatus") == "InProgress":
        time.sleep(0.1)


def configure(aws, **settings):
    rest(aws, aws.client("lambda").update_function_configuration(FunctionName=aws.id, **settings))


def which_package(digest):
    for key, body in PACKAGES.items():
        if base64.b64encode(hashlib.sha256(body).digest()).decode() == digest:
            return {"S3Bucket": "t-code", "S3Key": key}
    return digest


def read(aws):
    client = aws.client("lambda")
    try:
        reply = client.get_function(FunctionName=aws.id)
    except client.exceptions.ResourceNotFoundException:
        return None
    have = reply["Configuration"]
    have["Code"] = which_package(have["CodeSha256"])
    if "SnapStart" in have:
        have["SnapStart"] = {"ApplyOn": have["SnapStart"]["ApplyOn"]}
    have["TracingConfig"] = {"Mode": have["TracingConfig"]["Mode"]}
    have["ReservedConcurrentExecutions"] = reply.get("Concurrency", {}).get("ReservedConcurrentExecutions")
    have["Tags"] = {key: value for key, value in reply.get("Tags", {}).items() if key not in ("cinfra:id", "foreign")}
    have["KmsKeyArn"] = have.get("KMSKeyArn") or None
    have["Layers"] = [layer["Arn"] for layer in have.get("Layers", [])] or None
    have.get("VpcConfig", {}).pop("VpcId", None)
    for name in ("VpcConfig", "FileSystemConfigs"):
        if not any(have.get(name) or ()) or name == "VpcConfig" and not any(have[name].values()):
            have.pop(name, None)
    if not have.get("DeadLetterConfig", {}).get("TargetArn"):
        have.pop("DeadLetterConfig", None)
    if not have.get("Environment", {}).get("Variables"):
        have.pop("Environment", None)
    if have.get("LoggingConfig", {}).get("LogGroup") == f"/aws/lambda/{aws.id}":
        del have["LoggingConfig"]["LogGroup"]
    if aws.emulator.name != "moto":
        have["CodeSigningConfigArn"] = client.get_function_code_signing_config(
            FunctionName=aws.id).get("CodeSigningConfigArn") or None
        have["RecursiveLoop"] = client.get_function_recursion_config(FunctionName=aws.id)["RecursiveLoop"]
    return have


def delete(aws):
    aws.client("lambda").delete_function(FunctionName=aws.id)
