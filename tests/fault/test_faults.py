"""Each fault does what it says: seen by boto3 in the place of the binary."""

import signal
import threading
from types import SimpleNamespace

import boto3
import botocore.config
import pytest
from botocore.exceptions import ClientError, HTTPClientError
from botocore.parsers import ResponseParserError

from fault.faults import DENIED, SERVER_ERROR, Counter, Fault
from fault.lab import differences
from support.emulator import REGION, SECRET_KEY

KEY = "AKIDTEST"


@pytest.fixture
def disturbed(lab):
    """An SQS client whose calls meet faults; `run.signals` are those that its process was sent."""
    lab.begin()

    def client(*faults):
        sent = []
        run = SimpleNamespace(calls=[], counter=Counter(faults), signals=sent, signal=sent.append,
                              struck=threading.Event(), process=None, result=None)
        lab.runs[KEY] = run
        config = botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=5)
        sqs = boto3.client("sqs", region_name=REGION, endpoint_url=lab.proxy.endpoint, aws_access_key_id=KEY,
                           aws_secret_access_key=SECRET_KEY, config=config)
        return sqs, run
    yield client
    lab.end()


def queues(lab):
    return lab.client("sqs").list_queues().get("QueueUrls", [])


@pytest.mark.parametrize("side, made", [("before", 0), ("after", 1)])
@pytest.mark.parametrize("do", ["drop", "kill"])
def test_no_reply(lab, disturbed, do, side, made):
    sqs, run = disturbed(Fault("sqs:CreateQueue", do, side=side))
    with pytest.raises(HTTPClientError):
        sqs.create_queue(QueueName="jobs")
    assert len(queues(lab)) == made
    assert run.signals == ([signal.SIGKILL] if do == "kill" else [])


def test_late(lab, disturbed):
    sqs, _ = disturbed(Fault("sqs:CreateQueue", "kill", side="late"))
    with pytest.raises(HTTPClientError):
        sqs.create_queue(QueueName="jobs")
    assert queues(lab) == []
    lab.release_at_first_write()
    sqs.list_queues()
    assert queues(lab) == []
    sqs.create_queue(QueueName="other")
    assert len(queues(lab)) == 2


@pytest.mark.parametrize("do", ["int", "stop"])
def test_signal_and_reply(lab, disturbed, do):
    sqs, run = disturbed(Fault("write", do, side="after"))
    sqs.create_queue(QueueName="jobs")
    assert run.struck.is_set() and run.signals == [{"int": signal.SIGINT, "stop": signal.SIGSTOP}[do]]


def test_the_nth_of_its_name(lab, disturbed):
    sqs, _ = disturbed(Fault("sqs:CreateQueue", "throttle", nth=2, times=2))
    sqs.create_queue(QueueName="a")
    for _ in range(2):
        with pytest.raises(ClientError, match="Throttling"):
            sqs.create_queue(QueueName="b")
    sqs.create_queue(QueueName="c")
    assert len(queues(lab)) == 2


@pytest.mark.parametrize("side, made", [("before", 0), ("after", 1)])
def test_error(lab, disturbed, side, made):
    sqs, _ = disturbed(Fault("*", "error", side=side, value=DENIED))
    with pytest.raises(ClientError, match="AccessDenied"):
        sqs.create_queue(QueueName="jobs")
    assert len(queues(lab)) == made


@pytest.mark.parametrize("fault", [
    Fault("write", "error", value=SERVER_ERROR), Fault("write", "corrupt"), Fault("write", "truncate")])
def test_reply_that_is_none(disturbed, fault):
    sqs, _ = disturbed(fault)
    with pytest.raises((ClientError, HTTPClientError, ResponseParserError, UnicodeDecodeError)):
        sqs.create_queue(QueueName="jobs")
    assert sqs.create_queue(QueueName="jobs")["QueueUrl"]


def test_stale(disturbed):
    sqs, _ = disturbed(Fault("read", "stale", nth=2))
    assert "QueueUrls" not in sqs.list_queues()
    sqs.create_queue(QueueName="jobs")
    assert "QueueUrls" not in sqs.list_queues()
    assert "QueueUrls" in sqs.list_queues()


def test_rewrite(disturbed):
    sqs, _ = disturbed(Fault("write", "rewrite", value=("/jobs", "/other")))
    assert sqs.create_queue(QueueName="jobs")["QueueUrl"].endswith("/other")


def test_differences_are_named():
    old = {"queues": [{"name": "a", "x": [1, 2]}, {"name": "b"}]}
    new = {"queues": [{"name": "a", "x": [1, 3]}], "topics": [{"name": "t"}]}
    assert list(differences(old, old)) == []
    assert list(differences(old, new)) == ["~ queues: a .x[1]: 2 -> 3", "- queues: b", "+ topics: t"]
