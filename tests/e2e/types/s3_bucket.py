import json

from botocore.exceptions import ClientError

TYPE = "AWS::S3::Bucket"
LACKS = {"moto": {
    "LifecycleConfiguration.ObjectSizeGreaterThan": "lost beside other predicates",
}}
ACCESS_BLOCK = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True}
RULES = [
    {"Id": "a", "Status": "Enabled", "Prefix": "tmp/", "ExpirationInDays": 7,
     "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2}},
    {"Id": "b", "Status": "Disabled", "Prefix": "logs/", "TagFilters": [{"Key": "k", "Value": "v"}],
     "ObjectSizeGreaterThan": "1000", "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 90}]},
    {"Id": "c", "Status": "Enabled",
     "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
     "NoncurrentVersionTransitions": [{"StorageClass": "STANDARD_IA", "TransitionInDays": 31}]},
    {"Id": "d", "Status": "Enabled", "TagFilters": [{"Key": "one", "Value": "x y"}], "ExpirationInDays": 1},
]
CORS = [
    {"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["https://a.example"], "AllowedHeaders": ["*"],
     "ExposedHeaders": ["ETag"], "MaxAge": 300},
    {"Id": "any", "AllowedMethods": ["HEAD"], "AllowedOrigins": ["*"]},
]
ATTRIBUTES = {"Arn": "Arn", "DomainName": "DomainName", "RegionalDomainName": "RegionalDomainName", "DualStackDomainName": "DualStackDomainName"}
CREATE = {
    "BucketName": "t-it",
    "VersioningConfiguration": {"Status": "Enabled"},
    "BucketEncryption": {"ServerSideEncryptionConfiguration": [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/aws/s3"},
         "BucketKeyEnabled": True}]},
    "PublicAccessBlockConfiguration": ACCESS_BLOCK,
    "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]},
    "LifecycleConfiguration": {"Rules": RULES},
    "CorsConfiguration": {"CorsRules": CORS},
    "LoggingConfiguration": {"DestinationBucketName": "t-logs", "LogFilePrefix": "it/"},
    "WebsiteConfiguration": {
        "IndexDocument": "index.html", "ErrorDocument": "error.html",
        "RoutingRules": [{"RoutingRuleCondition": {"KeyPrefixEquals": "old/"},
                          "RedirectRule": {"ReplaceKeyPrefixWith": "new/", "HttpRedirectCode": "302"}}],
    },
    "AccelerateConfiguration": {"AccelerationStatus": "Enabled"},
    "Tags": {"team": "shop", "a b": "x+/=@ü"},
}
CHANGES = [
    {"VersioningConfiguration": {"Status": "Suspended"}},
    {"BucketEncryption": {"ServerSideEncryptionConfiguration": [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}},
    {"PublicAccessBlockConfiguration": {**ACCESS_BLOCK, "BlockPublicPolicy": False, "RestrictPublicBuckets": False}},
    {"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}},
    {"LifecycleConfiguration": {"Rules": [{**RULES[0], "ExpirationInDays": 8}, RULES[2]]}},
    {"CorsConfiguration": {"CorsRules": [CORS[1], CORS[0]]}},
    {"LoggingConfiguration": {"DestinationBucketName": "t-logs", "LogFilePrefix": "other/"}},
    {"WebsiteConfiguration": {"RedirectAllRequestsTo": {"HostName": "a.example", "Protocol": "https"}}},
    {"AccelerateConfiguration": {"AccelerationStatus": "Suspended"}},
    {"Tags": {"team": "depot"}},
]
EQUAL = [
    {"LifecycleConfiguration": {"Rules": [RULES[2], {**RULES[0], "ExpirationInDays": 8}]}},
    {"CorsConfiguration": {"CorsRules": [CORS[1], {**CORS[0], "AllowedMethods": ["PUT", "GET"]}]}},
]
FOREIGN = [lambda aws: aws.client("s3").put_bucket_tagging(Bucket=aws.id, Tagging={
    "TagSet": [*aws.client("s3").get_bucket_tagging(Bucket=aws.id)["TagSet"], {"Key": "foreign", "Value": "x"}]})]
REPLACE = [
    {"BucketName": "t.it", "AccelerateConfiguration": None},
    {"BucketName": "t-it-lock", "ObjectLockEnabled": True, "ObjectLockConfiguration": {
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}},
]
DRIFT = {
    "VersioningConfiguration": lambda aws: aws.client("s3").put_bucket_versioning(
        Bucket=aws.id, VersioningConfiguration={"Status": "Suspended"}),
    "BucketEncryption": lambda aws: aws.client("s3").delete_bucket_encryption(Bucket=aws.id),
    "PublicAccessBlockConfiguration": lambda aws: aws.client("s3").delete_public_access_block(Bucket=aws.id),
    "OwnershipControls": lambda aws: aws.client("s3").delete_bucket_ownership_controls(Bucket=aws.id),
    "LifecycleConfiguration": lambda aws: aws.client("s3").delete_bucket_lifecycle(Bucket=aws.id),
    "CorsConfiguration": lambda aws: aws.client("s3").put_bucket_cors(Bucket=aws.id, CORSConfiguration={
        "CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}),
    "LoggingConfiguration": lambda aws: aws.client("s3").put_bucket_logging(Bucket=aws.id, BucketLoggingStatus={}),
    "WebsiteConfiguration": lambda aws: aws.client("s3").delete_bucket_website(Bucket=aws.id),
    "Tags": lambda aws: aws.client("s3").put_bucket_tagging(Bucket=aws.id, Tagging={"TagSet": []}),
}
DEFAULTS = {
    "VersioningConfiguration": {"Status": "Suspended"},
    "BucketEncryption": {"ServerSideEncryptionConfiguration": [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]},
    "PublicAccessBlockConfiguration": ACCESS_BLOCK,
    "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    "AccelerateConfiguration": {"AccelerationStatus": "Suspended"},
    "Tags": {},
}


def setup(aws):
    """A bucket for the logs: emulators write some, and cinfra deletes no bucket that holds objects."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="t-logs", CreateBucketConfiguration={"LocationConstraint": aws.region})
    s3.put_bucket_policy(Bucket="t-logs", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject",
         "Resource": "arn:aws:s3:::t-logs/*"}]}))


def ask(call, key, **arguments):
    """One document of the bucket; None where it has none."""
    try:
        return call(**arguments).get(key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        return None


def renamed(item, names):
    return {names.get(name, name): value for name, value in item.items()}


def lifecycle(rules):
    found = []
    for rule in rules or ():
        match = rule.pop("Filter", {})
        match.update(match.pop("And", {}))
        if "Tag" in match:
            match["Tags"] = [match.pop("Tag")]
        expiration = rule.pop("Expiration", {})
        one = renamed({**rule, **match}, {"ID": "Id", "Tags": "TagFilters"})
        if one.get("Prefix") == "":
            del one["Prefix"]
        if "Days" in expiration:
            one["ExpirationInDays"] = expiration["Days"]
        if "ObjectSizeGreaterThan" in one:
            one["ObjectSizeGreaterThan"] = str(one["ObjectSizeGreaterThan"])
        for key, days in (("Transitions", "Days"), ("NoncurrentVersionTransitions", "NoncurrentDays")):
            if key in one:
                one[key] = [renamed(item, {days: "TransitionInDays"}) for item in one[key]]
        found.append(one)
    return {"Rules": sorted(found, key=lambda one: one.get("Id", ""))} if found else None


def cors(rules):
    names = {"MaxAgeSeconds": "MaxAge", "ExposeHeaders": "ExposedHeaders", "ID": "Id"}
    return {"CorsRules": [renamed(rule, names) for rule in rules]} if rules else None


def website(s3, bucket):
    try:
        have = s3.get_bucket_website(Bucket=bucket)
    except ClientError:
        return None
    have.pop("ResponseMetadata")
    found = {}
    for name, value in have.items():
        if name == "IndexDocument":
            value = value["Suffix"]
        elif name == "ErrorDocument":
            value = value["Key"]
        elif name == "RoutingRules":
            value = [renamed(rule, {"Condition": "RoutingRuleCondition", "Redirect": "RedirectRule"}) for rule in value]
        found[name] = value
    return found


def read(aws):
    s3, bucket = aws.client("s3"), {"Bucket": aws.id}
    if aws.id not in [one["Name"] for one in s3.list_buckets()["Buckets"]]:
        return None
    encryption = ask(s3.get_bucket_encryption, "ServerSideEncryptionConfiguration", **bucket) or {"Rules": []}
    encryption = [{"ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"],
                   **({"BucketKeyEnabled": True} if rule.get("BucketKeyEnabled") else {})}
                  for rule in encryption["Rules"]]
    logging = ask(s3.get_bucket_logging, "LoggingEnabled", **bucket) or {}
    tags = ask(s3.get_bucket_tagging, "TagSet", **bucket) or []
    status = ask(s3.get_bucket_versioning, "Status", **bucket)
    acceleration = s3.get_bucket_accelerate_configuration(**bucket).get("Status", "Suspended")
    lock = ask(s3.get_object_lock_configuration, "ObjectLockConfiguration", **bucket)
    if lock and lock["Rule"]["DefaultRetention"].get("Years") == 0:
        del lock["Rule"]["DefaultRetention"]["Years"]
    return {
        "BucketName": aws.id,
        "Arn": f"arn:aws:s3:::{aws.id}",
        "DomainName": f"{aws.id}.s3.amazonaws.com",
        "RegionalDomainName": f"{aws.id}.s3.{aws.region}.amazonaws.com",
        "DualStackDomainName": f"{aws.id}.s3.dualstack.{aws.region}.amazonaws.com",
        "VersioningConfiguration": {"Status": status} if status else None,
        "BucketEncryption": {"ServerSideEncryptionConfiguration": encryption} if encryption else None,
        "PublicAccessBlockConfiguration": ask(s3.get_public_access_block, "PublicAccessBlockConfiguration", **bucket),
        "OwnershipControls": ask(s3.get_bucket_ownership_controls, "OwnershipControls", **bucket),
        "LifecycleConfiguration": lifecycle(ask(s3.get_bucket_lifecycle_configuration, "Rules", **bucket)),
        "CorsConfiguration": cors(ask(s3.get_bucket_cors, "CORSRules", **bucket)),
        "LoggingConfiguration": renamed(logging, {"TargetBucket": "DestinationBucketName",
                                                  "TargetPrefix": "LogFilePrefix"}) if logging else None,
        "WebsiteConfiguration": website(s3, aws.id),
        "AccelerateConfiguration": {"AccelerationStatus": acceleration},
        "ObjectLockConfiguration": lock,
        "Tags": {tag["Key"]: tag["Value"] for tag in tags if tag["Key"] not in ("cinfra:id", "foreign")},
    }


def delete(aws):
    aws.client("s3").delete_bucket(Bucket=aws.id)
