"""A function's code that is too large for a call goes through a bucket."""

import base64
import hashlib
import json
import random
import zipfile

import pytest

from support.cinfra import CHANGES, ERROR
from support.emulator import ACCOUNT
from support.validate import name_of

MB = 1024 * 1024
BUCKET = "t-packages"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/t-role"
STAGING = f"packages: {{ s3: {{ bucket: {BUCKET}, prefix: code }} }}\n"
UPLOAD = ["s3:CreateMultipartUpload", *["s3:UploadPart"] * 4, "s3:CompleteMultipartUpload"]


def large(cinfra):
    """A folder that no compression makes smaller."""
    cinfra.write("def handler(event, context):\n    return 1\n", "src/app.py")
    cinfra.write(random.Random(1).randbytes(51 * MB), "src/data.bin")


def large_zip(cinfra, seed):
    """The same as a zip that somebody made, which nobody compresses."""
    with zipfile.ZipFile(cinfra.directory / "code.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py"), "def handler(event, context):\n    return 1\n")
        archive.writestr(zipfile.ZipInfo("data.bin"), random.Random(seed).randbytes(51 * MB))


def stack(packages=STAGING, names=("f",), code="src"):
    functions = "".join(
        f"  {name}: {{ code: {code}, runtime: python3.12, handler: app.handler, role: '{ROLE}', log_group: false }}\n"
        for name in names)
    return f"stack: t\n{packages}functions:\n{functions}"


@pytest.fixture
def bucket(emulator):
    """The bucket that keeps packages, with versions."""
    s3, iam = emulator.client("s3"), emulator.client("iam")
    iam.create_role(RoleName="t-role", AssumeRolePolicyDocument="{}")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return s3


def keys(s3):
    return [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def unfinished(s3):
    return s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])


def uploads(recording):
    """What was done to the bucket."""
    return [name for name in recording.mutating() if name.startswith("s3:")]


def test_large_package(emulator, bucket, recording, cinfra):
    large(cinfra)
    cinfra.write(stack())
    cinfra.plan(expect=CHANGES)
    assert recording.mutating() == []
    cinfra.apply()
    sent = [json.loads(one.body)["Code"] for one in recording.exchanges if name_of(one) == "lambda:CreateFunction"]
    key, = keys(bucket)
    content = bucket.get_object(Bucket=BUCKET, Key=key)
    data = content["Body"].read()
    assert key == f"code/{hashlib.sha256(data).hexdigest()}.zip" and len(data) > 50 * MB
    assert sent == [{"S3Bucket": BUCKET, "S3Key": key, "S3ObjectVersion": content["VersionId"]}]
    function = emulator.client("lambda").get_function(FunctionName="t-f")["Configuration"]
    assert function["CodeSha256"] == base64.b64encode(hashlib.sha256(data).digest()).decode()
    assert uploads(recording) == UPLOAD and unfinished(bucket) == []
    cinfra.assert_no_changes()


@pytest.mark.emulators("ministack")
def test_what_is_there_is_not_sent_again(emulator, bucket, recording, cinfra):
    large_zip(cinfra, 1)
    cinfra.write(stack(names=("f", "g"), code="code.zip"))
    cinfra.apply()
    assert uploads(recording) == UPLOAD
    large_zip(cinfra, 2)
    cinfra.apply()
    assert uploads(recording) == UPLOAD * 2 and len(keys(bucket)) == 2
    large_zip(cinfra, 1)
    cinfra.apply()
    assert uploads(recording) == UPLOAD * 2
    functions = emulator.client("lambda").list_functions()["Functions"]
    assert len({one["CodeSha256"] for one in functions}) == 1
    cinfra.assert_no_changes()


@pytest.mark.emulators("moto")  # no call leaves
def test_no_bucket_is_said_by_the_plan(emulator, recording, cinfra):
    large(cinfra)
    cinfra.write(stack(packages=""))
    result = cinfra.plan(expect=ERROR)
    assert "more than 50 MB reach Lambda only through a bucket" in result.stderr
    assert "packages: { s3: { bucket: ... } }" in result.stderr
    cinfra.apply(expect=ERROR)
    assert recording.mutating() == []


@pytest.mark.emulators("moto")
def test_missing_bucket(emulator, recording, cinfra):
    large_zip(cinfra, 1)
    cinfra.write(stack(code="code.zip"))
    result = cinfra.apply(expect=ERROR)
    assert "NoSuchBucket" in result.stderr and "must be there before" in result.stderr
    assert not emulator.client("lambda").list_functions()["Functions"]


@pytest.mark.emulators("moto")  # no call leaves
def test_too_much_unpacked(emulator, recording, cinfra):
    (cinfra.directory / "src").mkdir()
    with zipfile.ZipFile(cinfra.directory / "zeros.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.bin", bytes(250 * MB + 1))
    cinfra.write(stack(code="zeros.zip"))
    result = cinfra.run("validate", expect=ERROR)
    assert "Lambda takes at most 250 MB" in result.stderr
    cinfra.apply(expect=ERROR)
    assert recording.mutating() == []
