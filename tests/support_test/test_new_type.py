"""`make type` writes files that compile, for types of every shape."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "new-type.py"
TYPES = [
    "AWS::SQS::Queue", "AWS::S3::Bucket", "AWS::Lambda::Function", "AWS::IAM::Role", "AWS::DynamoDB::Table",
    "AWS::Scheduler::Schedule", "AWS::StepFunctions::StateMachine", "AWS::Cognito::UserPool",
    "AWS::Kinesis::Stream", "AWS::SecretsManager::Secret", "AWS::ApiGateway::RestApi", "AWS::WAFv2::WebACL",
]


def draft(type_name):
    return subprocess.run(
        [sys.executable, TOOL, type_name, "-o", "-"], capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize("type_name", TYPES)
def test_a_draft_compiles(type_name, tmp_path):
    path = tmp_path / "type.c"
    path.write_text(draft(type_name))
    subprocess.run(
        ["cc", "-std=gnu11", "-D_GNU_SOURCE", "-Isrc", "-I.", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", path],
        cwd=ROOT, check=True,
    )


def test_a_draft_says_what_the_schema_says():
    text = draft("AWS::SQS::Queue")
    assert 'PROP("FifoQueue", BOOL, P_REPLACE' in text
    assert 'PROP("DelaySeconds", INT, 0, RANGE(0, 900)' in text
    assert 'PROP("QueueUrl", STRING, P_COMPUTED' in text
    assert 'PROP("Tags", MAP, P_TAGS' in text
    assert 'OP(CREATE, "CreateQueue")' in text and 'OP(REMOVE, "DeleteQueue")' in text
    assert "aws_type_sqs_queue = {" in text and '.id = "QueueUrl"' in text


def test_an_unknown_type_is_refused():
    ended = subprocess.run([sys.executable, TOOL, "AWS::Sqs::Que", "-o", "-"], capture_output=True, text=True)
    assert ended.returncode == 1 and "no type" in ended.stderr


def test_a_file_is_never_overwritten(tmp_path):
    path = tmp_path / "type.c"
    path.write_text("mine")
    ended = subprocess.run([sys.executable, TOOL, "AWS::SQS::Queue", "-o", path], capture_output=True, text=True)
    assert ended.returncode == 1 and path.read_text() == "mine"


@pytest.mark.parametrize("pattern, ere", [
    (r"^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@\/-]+$", "arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+"),
    (r"^[0-9a-zA-Z-_.]+$", None),
    (r"^(?:a|b)\.c\s?$", r"(a|b)\.c[[:space:]]?"),
    (r"[\-a]", "[a-]"),
    (r"^(?!aws).*$", None),
    (r"[\p{L}]+", None),
    (r".*?x", None),
])
def test_patterns_in_posix_spelling(pattern, ere):
    import importlib.util
    spec = importlib.util.spec_from_file_location("new_type", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.to_ere(pattern) == ere
