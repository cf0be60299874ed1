"""The validator takes what boto3 sends, and refuses everything that is off."""

import base64
import hashlib
import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from aws_calls import CALLS, catch
from support import recording, signature, validate
from support.emulator import ACCESS_KEY, SECRET_KEY

SECRETS = {ACCESS_KEY: SECRET_KEY}


def problems(exchange):
    return validate.check(exchange, SECRETS)


def with_headers(exchange, **changes):
    """Headers changed (names with _ for -); None removes one."""
    changes = {name.replace("_", "-").lower(): value for name, value in changes.items()}
    headers = [(name, value) for name, value in exchange.headers if name.lower() not in changes]
    headers += [(name, value) for name, value in changes.items() if value is not None]
    return replace(exchange, headers=headers)


def signed(exchange):
    """The exchange signed anew, so that only its content is wrong."""
    _, _, region, service, _, _ = signature.parse(exchange)
    changes = {"content_length": str(len(exchange.body)), "authorization": None, "x_amz_date": None}
    if exchange.header("x-amz-content-sha256"):
        changes["x_amz_content_sha256"] = hashlib.sha256(exchange.body).hexdigest()
    exchange = with_headers(exchange, **changes)
    request = AWSRequest(exchange.method, f"http://{exchange.header('host')}{exchange.target}", data=exchange.body)
    for name, value in exchange.headers:
        if name.lower() not in ("content-length", "accept-encoding", "user-agent"):
            request.headers.add_header(name, value)
    kind = S3SigV4Auth if service == "s3" else SigV4Auth
    kind(Credentials(ACCESS_KEY, SECRET_KEY), service, region).add_auth(request)
    return with_headers(exchange, **{
        name.replace("-", "_"): request.headers[name]
        for name in ("authorization", "x-amz-date", "x-amz-content-sha256") if name in request.headers
    })


def test_boto3_speaks_to_the_same_models():
    assert len({call[0] for call in CALLS}) >= 12


def expected_name(service, operation):
    special = {"list_objects_v2": "ListObjectsV2"}
    return f"{service}:{special.get(operation) or ''.join(word.title() for word in operation.split('_'))}"


@pytest.mark.parametrize("service, operation, parameters", CALLS, ids=lambda value: value if isinstance(value, str) else "")
def test_takes_what_boto3_sends(service, operation, parameters):
    exchange = catch(service, operation, **parameters)
    if service == "cloudwatch":
        exchange = cloudwatch_query(parameters)
    assert validate.name_of(exchange) == expected_name(service, operation)
    assert problems(exchange) == []
    assert problems(signed(exchange)) == []


def cloudwatch_query(parameters, **extra):
    """boto3 speaks CBOR to CloudWatch; this is the same call in the query protocol."""
    form = {"Action": "PutMetricAlarm", "Version": "2010-08-01"}
    for name, value in parameters.items():
        if name != "Dimensions":
            form[name] = value
    form.update({"Dimensions.member.1.Name": "FunctionName", "Dimensions.member.1.Value": "http", **extra})
    exchange = catch("sns", "list_topics")
    exchange = replace(exchange, body=urlencode(form).encode())
    scope = exchange.header("authorization").replace("/sns/", "/monitoring/")
    return signed(with_headers(exchange, authorization=scope))


def json_call(service, operation, change, **parameters):
    """A caught call with its JSON body changed, signed anew."""
    exchange = catch(service, operation, **parameters)
    body = json.loads(exchange.body)
    change(body)
    return signed(replace(exchange, body=json.dumps(body).encode()))


def one(kind):
    return next(dict(parameters) for service, operation, parameters in CALLS if (service, operation) == kind)


TABLE = one(("dynamodb", "create_table"))
FUNCTION = one(("lambda", "create_function"))


@pytest.mark.parametrize("change, words", [
    (lambda body: body.pop("TableName"), "required member TableName is missing"),
    (lambda body: body.update(TableNam="x"), "unknown member TableNam"),
    (lambda body: body.update(TableName=7), "string expected, got 7"),
    (lambda body: body.update(TableName=None), "string expected, got None"),
    (lambda body: body.update(BillingMode="FREE"), "'FREE' is not one of"),
    (lambda body: body.update(KeySchema=[]), "below the minimum 1"),
    (lambda body: body.update(DeletionProtectionEnabled="true"), "boolean expected, got 'true'"),
    (lambda body: body["KeySchema"][0].pop("KeyType"), "KeySchema[0]: required member KeyType"),
    (lambda body: body.update(ProvisionedThroughput={"ReadCapacityUnits": 0, "WriteCapacityUnits": 1}), "below the minimum 1"),
    (lambda body: body.update(ProvisionedThroughput={"ReadCapacityUnits": 1.5, "WriteCapacityUnits": 1}), "long expected, got 1.5"),
])
def test_refuses_json(change, words):
    found = problems(json_call("dynamodb", "create_table", change, **TABLE))
    assert any(words in problem for problem in found), found


@pytest.mark.parametrize("change, words", [
    (lambda body: body.update(Timeout=0), "below the minimum 1"),
    (lambda body: body.update(Runtime="python9"), "'python9' is not one of"),
    (lambda body: body.update(Role="worker"), "does not match"),
    (lambda body: body["Code"].update(ZipFile="no base64!"), "not base64"),
    (lambda body: body.update(Layers="x"), "list expected"),
    (lambda body: body["Environment"].update(Variables={"1A": "x"}), "Variables.1A (key)"),
])
def test_refuses_rest_json(change, words):
    found = problems(json_call("lambda", "create_function", change, **FUNCTION))
    assert any(words in problem for problem in found), found


def form_call(service, operation, change, **parameters):
    exchange = catch(service, operation, **parameters)
    form = dict(parse_qsl(exchange.body.decode(), keep_blank_values=True))
    change(form)
    return signed(replace(exchange, body=urlencode(form).encode()))


@pytest.mark.parametrize("change, words", [
    (lambda form: form.pop("RoleName"), "required member RoleName"),
    (lambda form: form.update(RoleName="a b"), "does not match"),
    (lambda form: form.update(RoleName="a" * 65), "above the maximum 64"),
    (lambda form: form.update(Rolename="a"), "botocore sends"),
    (lambda form: form.update(Version="2012-01-01"), "botocore sends"),
    (lambda form: form.update(Action="CreateRolle"), "no operation 'CreateRolle'"),
    (lambda form: form.update(MaxSessionDuration="1h"), "integer expected, got '1h'"),
    (lambda form: form.pop("Tags.member.1.Value"), "required member Value"),
    (lambda form: form.update({"Tags.member.3.Key": "x", "Tags.member.3.Value": "y"}), "botocore sends"),
    (lambda form: form.update({"Tags.entry.1.key": "x"}), "botocore sends"),
])
def test_refuses_forms(change, words):
    found = problems(form_call("iam", "create_role", change, **one(("iam", "create_role"))))
    assert any(words in problem for problem in found), found


def test_takes_numbers_in_any_spelling():
    assert problems(cloudwatch_query(one(("cloudwatch", "put_metric_alarm")), Threshold="100")) == []


@pytest.mark.parametrize("extra, words", [
    ({"ComparisonOperator": "Above"}, "is not one of"),
    ({"Threshold": "high"}, "double expected"),
    ({"Period": "0"}, "below the minimum"),
])
def test_refuses_cloudwatch_forms(extra, words):
    parameters = {**one(("cloudwatch", "put_metric_alarm"))}
    found = problems(cloudwatch_query(parameters, **extra))
    assert any(words in problem for problem in found), found


def lifecycle(old, new):
    exchange = catch("s3", "put_bucket_lifecycle_configuration", **one(("s3", "put_bucket_lifecycle_configuration")))
    assert old in exchange.body
    body = exchange.body.replace(old, new)
    md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
    exchange = with_headers(exchange, x_amz_checksum_crc32=None, content_md5=md5, x_amz_sdk_checksum_algorithm=None)
    return signed(replace(exchange, body=body))


@pytest.mark.parametrize("old, new, words", [
    (b"<Days>3<", b"<Days>three<", "integer expected"),
    (b"<Status>Enabled<", b"<Status>On<", "'On' is not one of"),
    (b"<Prefix>", b"<Praefix>", "unknown element Praefix"),
    (b"LifecycleConfiguration", b"Lifecycle", "root element"),
    (b"2006-03-01", b"2007-03-01", "root element"),
    (b"<Expiration><Days>3</Days></Expiration>", b"<Expiration>3</Expiration>", ""),
    (b"<Rule>", b"<Rule", "not XML"),
])
def test_refuses_xml(old, new, words):
    body_old, body_new = old, new
    if old == b"<Prefix>":
        exchange = lifecycle(b"<Prefix>tmp/</Prefix>", b"<Praefix>tmp/</Praefix>")
    else:
        exchange = lifecycle(body_old, body_new)
    found = problems(exchange)
    if words:
        assert any(words in problem for problem in found), found
    assert found


def test_takes_md5_and_no_namespace():
    assert problems(lifecycle(b' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"', b"")) == []


def test_refuses_a_missing_or_wrong_checksum():
    exchange = catch("s3", "put_bucket_policy", **one(("s3", "put_bucket_policy")))
    without = signed(with_headers(exchange, x_amz_checksum_crc32=None, x_amz_sdk_checksum_algorithm=None))
    assert any("needs Content-MD5" in problem for problem in problems(without))
    wrong = signed(with_headers(exchange, x_amz_checksum_crc32="AAAAAA=="))
    assert any("is not the body's" in problem for problem in problems(wrong))


def put_object(**headers):
    return catch("s3", "put_object", **one(("s3", "put_object")))


@pytest.mark.parametrize("change, words", [
    (lambda e: replace(e, target=e.target + "?x=1"), "botocore sends"),
    (lambda e: replace(e, target=e.target.replace("%2B", "+")), "not encoded as SigV4 wants"),
    (lambda e: replace(e, method="PATCH"), "no operation of s3"),
    (lambda e: with_headers(e, x_amz_storage_clas="GLACIER"), "unknown header"),
    (lambda e: with_headers(e, x_amz_storage_class="COLD"), "is not one of"),
    (lambda e: with_headers(e, if_none_match=None, x_amz_acl="private "), "is not one of"),
])
def test_refuses_rest_requests(change, words):
    found = problems(signed(change(put_object())))
    assert any(words in problem for problem in found), found


def test_refuses_unknown_paths_and_methods():
    exchange = catch("lambda", "get_function", FunctionName="http")
    for target in ("/2015-03-31/function/http", "/2015-03-31/functions/http/?Qualifier=x"):
        found = problems(signed(replace(exchange, target=target)))
        assert any("no operation of lambda" in problem for problem in found), found


@pytest.mark.parametrize("change, words", [
    (lambda e: replace(e, body=e.body + b" "), "botocore computes"),
    (lambda e: with_headers(e, x_amz_date="20200101T000000Z"), "does not fit the scope"),
    (lambda e: with_headers(e, host="other"), "botocore computes"),
    (lambda e: with_headers(e, authorization=None), "no SigV4 Authorization"),
    (lambda e: with_headers(e, x_amz_meta="1"), "is not signed"),
    (lambda e: with_headers(e, authorization=e.header("authorization")[:-1] + "x"), "no SigV4 Authorization"),
    (lambda e: with_headers(e, authorization=e.header("authorization").replace(ACCESS_KEY, "AKIDOTHER")), "unknown access key"),
    (lambda e: with_headers(e, content_length="1"), "Content-Length 1 for"),
    (lambda e: with_headers(e, content_length=None), "no Content-Length"),
    (lambda e: with_headers(e, transfer_encoding="chunked"), "Transfer-Encoding is not for AWS"),
    (lambda e: replace(e, started=1.0), "over 5 minutes off"),
])
def test_refuses_bad_signatures(change, words):
    exchange = catch("dynamodb", "create_table", **TABLE)
    exchange = with_headers(exchange, content_length=str(len(exchange.body)))
    assert problems(exchange) == []
    found = problems(change(exchange))
    assert any(words in problem for problem in found), found


def test_refuses_the_wrong_target_and_protocol():
    exchange = catch("dynamodb", "create_table", **TABLE)
    other = signed(with_headers(exchange, x_amz_target="DynamoDB_20111205.CreateTable"))
    assert any("not DynamoDB_20120810.CreateTable" in problem for problem in problems(other))
    other = signed(with_headers(exchange, content_type="application/json"))
    assert any("header Content-Type" in problem for problem in problems(other))


def test_s3_must_sign_the_body():
    exchange = put_object()
    bare = with_headers(exchange, x_amz_content_sha256=None)
    assert any("S3 wants x-amz-content-sha256" in problem for problem in problems(bare))
    wrong = with_headers(exchange, x_amz_content_sha256="UNSIGNED-PAYLOAD")
    assert any("is not the body's" in problem for problem in problems(wrong))


def test_learns_assumed_credentials():
    first = catch("sts", "assume_role", **one(("sts", "assume_role")))
    first.reply_body = (b"<Credentials><AccessKeyId>ASIA1</AccessKeyId>"
                        b"<SecretAccessKey>abc</SecretAccessKey></Credentials>")
    second = catch("sts", "get_caller_identity")
    second = with_headers(second, authorization=second.header("authorization").replace(ACCESS_KEY, "ASIA1"))
    found = validate.check_all([first, second], SECRETS)
    assert len(found) == 1 and "botocore computes" in found[0]


def test_recordings_are_kept_word_for_word(tmp_path):
    exchange = put_object()
    path = tmp_path / "recording"
    path.write_text(exchange.to_json() + "\n")
    assert recording.read(path) == [exchange]
    assert validate.main(path, f"{ACCESS_KEY}={SECRET_KEY}") == 0
    assert validate.main(path, f"{ACCESS_KEY}=other") == 1


@pytest.mark.parametrize("name, mutates", [
    ("sqs:GetQueueAttributes", False), ("s3:HeadBucket", False), ("sts:AssumeRole", False),
    ("sqs:CreateQueue", True), ("iam:TagRole", True), ("dynamodb:PutItem", True), ("?:GET /x", True),
])
def test_what_mutates(name, mutates):
    assert validate.mutates(name) is mutates
