"""A bucket whose objects can be locked only later."""

TYPE = "AWS::S3::Bucket"


def retention(days):
    return {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": days}}}


CREATE = {"BucketName": "t-it", "VersioningConfiguration": {"Status": "Enabled"}}
CHANGES = [
    {"ObjectLockEnabled": True},
    {"ObjectLockConfiguration": retention(1)},
    {"ObjectLockConfiguration": retention(2)},
]
REMOVALS = []


def read(aws):
    s3 = aws.client("s3")
    if aws.id not in [one["Name"] for one in s3.list_buckets()["Buckets"]]:
        return None
    found = {"BucketName": aws.id, "VersioningConfiguration": {"Status": s3.get_bucket_versioning(Bucket=aws.id)["Status"]}}
    try:
        lock = s3.get_object_lock_configuration(Bucket=aws.id)["ObjectLockConfiguration"]
    except s3.exceptions.ClientError:
        return found
    if "Rule" in lock:
        lock["Rule"]["DefaultRetention"] = {
            name: value for name, value in lock["Rule"]["DefaultRetention"].items() if value}
        found["ObjectLockConfiguration"] = lock
    return found
