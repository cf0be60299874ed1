"""Calls that go wrong on the way: what is wanted is there in the end, once, or the error says why not."""

import json
import signal
import subprocess
import time
from datetime import datetime, timezone

import pytest

from stress.cloud import Reply, after, close, error, hang, raw, reply_with, reset
from support.cinfra import CREDENTIALS, DONE, ERROR, INTERRUPTED

HTML = b"<!doctype html><html><body><h1>Something went wrong</h1></body></html>"


def stack(queues, groups=0):
    lines = ["stack: shop"]
    if queues:
        lines += ["queues:"] + [f"  jobs-{n}: {{}}" for n in range(queues)]
    if groups:
        lines += ["log_groups:"] + [f"  logs-{n}: {{ retention: 7d }}" for n in range(groups)]
    return "\n".join(lines) + "\n"


def assert_made(cloud, cinfra, queues, groups=0):
    assert (len(cloud.queues), len(cloud.groups)) == (queues, groups)
    cloud.fault = lambda call: None
    cinfra.assert_no_changes()


def first(times, fault):
    """`fault` for the first calls of each operation but STS's."""
    return lambda call: fault if call.service != "sts" and call.nth <= times else None


# --- lost and broken replies ---

LOST = {
    "reset": after(reset),
    "closed": after(close),
    "half": after(raw(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"QueueUrl": "http')),
    "half a header": after(raw(b"HTTP/1.1 200 OK\r\nContent-Le")),
    "chunks cut": after(raw(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"Qu\r\n')),
    "no HTTP": after(raw(b"\x15\x03\x01\x00\x02\x02\x50\r\n\r\n")),
    "html 200": after(reply_with(Reply(200, HTML, {"Content-Type": "text/html"}))),
    "html 500": after(reply_with(Reply(500, HTML, {"Content-Type": "application/json"}))),
    "html 503": after(reply_with(Reply(503, HTML))),
    "empty 502": after(reply_with(Reply(502, b""))),
    "InternalError": after(reply_with(error("InternalError", 500))),
    "ServiceUnavailable": after(reply_with(error("ServiceUnavailable", 503))),
    "hints first": after(lambda handler, call: [
        handler.send_raw(b"HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"), handler.send(error("InternalError", 500))]),
}


@pytest.mark.parametrize("name", LOST)
def test_a_lost_reply_makes_nothing_twice_and_loses_nothing(name, cloud, cinfra):
    cloud.fault = first(1, LOST[name])
    cinfra.write(stack(3, 3))
    cinfra.apply()
    assert cloud.counts()["CreateQueue"] >= 3
    assert_made(cloud, cinfra, 3, 3)
    cloud.fault = lambda call: LOST[name] if call.mutating and call.nth == 1 else None
    cinfra.destroy()
    assert not cloud.queues and not cloud.groups


def test_kept_connections_that_are_dead(cloud, cinfra):
    """Each connection dies at its second request, without a word."""
    cloud.fault = lambda call: close if call.on_connection > 1 else None
    cinfra.write(stack(20, 20))
    cinfra.apply()
    assert_made(cloud, cinfra, 20, 20)


# --- throttles ---

THROTTLES = [error("ThrottlingException"), error("RequestThrottled", 403), error("SlowDown", 503),
             error("com.amazonaws.x#TooManyRequestsException", 429), Reply(429, b""), Reply(503, HTML),
             error("RequestLimitExceeded", 503), error("ProvisionedThroughputExceededException")]


class Limit:
    """A token bucket of so many calls a second; what is over it is throttled, each time otherwise."""

    def __init__(self, rate):
        self.rate, self.tokens, self.at = rate, rate, time.monotonic()
        self.refused = 0

    def __call__(self):
        now = time.monotonic()
        self.tokens = min(self.rate, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens >= 1:
            self.tokens -= 1
            return None
        return self.refuse()

    def refuse(self):
        self.refused += 1
        return reply_with(THROTTLES[self.refused % len(THROTTLES)])


def test_300_resources_through_throttles(cloud, cinfra):
    """One service takes nothing at all until all of the other one's resources are made, then little."""
    limit = Limit(60)

    def fault(call):
        if call.service != "AmazonSQS":
            return None
        if call.operation == "CreateQueue" and len(cloud.groups) < 100:
            return limit.refuse()
        return limit()

    cloud.fault = fault
    cinfra.write(stack(200, 100))
    cinfra.apply()
    assert 0 < limit.refused < 200, "it goes slower, and not on at the same pace"
    assert_made(cloud, cinfra, 200, 100)


# --- clock and credentials ---


def test_a_clock_that_is_off(cloud, cinfra):
    """An hour: learned from the first refusal and kept for the run."""
    cloud.date_offset = 3600

    def fault(call):
        signed = datetime.strptime(call.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        off = abs(time.time() + cloud.date_offset - signed.timestamp()) > 300
        refused.append(off)
        return reply_with(error("SignatureDoesNotMatch", 403)) if off else None

    refused = []
    cloud.fault = fault
    cinfra.write(stack(20))
    cinfra.apply()
    assert len(cloud.queues) == 20
    assert refused[0] and sum(refused) < 5


def test_credentials_that_expire_in_the_middle(cloud, cinfra):
    """Those of a container: fetched anew once, while all calls under way wait."""
    def credentials():
        fetched.append(1)
        return Reply(body=json.dumps({
            "AccessKeyId": f"ASIA{len(fetched)}", "SecretAccessKey": "s", "Token": "t",
            "Expiration": "2099-01-01T00:00:00Z"}).encode())

    fetched = []
    cloud.credentials = credentials
    cloud.fault = lambda call: (
        reply_with(error("ExpiredTokenException")) if call.number > 30 and call.key == "ASIA1" else None)
    cinfra.write(stack(40))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del cinfra.env[name]
    cinfra.apply(AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{cloud.endpoint}/keys")
    assert len(cloud.queues) == 40
    assert len(fetched) == 2


# --- errors that say what to do ---


def test_a_redirect_is_told_and_not_followed(cloud, cinfra):
    cloud.fault = lambda call: reply_with(Reply(302, b"", {"Location": "https://login.example/x?secret"}))
    cinfra.write(stack(1))
    plan = cinfra.plan(expect=(ERROR, CREDENTIALS))
    assert "login.example" in plan.stderr and "secret" not in plan.stderr
    assert len(cloud.calls) == 1


def test_a_web_page_is_not_printed(cloud, cinfra):
    cloud.fault = lambda call: reply_with(Reply(403, HTML))
    cinfra.write(stack(1))
    plan = cinfra.plan(expect=(ERROR, CREDENTIALS))
    assert "403" in plan.stderr and "<" not in plan.stderr
    assert len(cloud.calls) == 1


def test_a_reply_of_any_size(cloud, cinfra):
    cloud.fault = lambda call: reply_with(Reply(200, b" " * (70 << 20))) if call.service != "sts" else None
    cinfra.write(stack(1))
    plan = cinfra.plan(expect=ERROR)
    assert "larger than" in plan.stderr
    assert cloud.counts()["GetQueueUrl"] == 1


# --- waits end ---


def test_timeouts_of_an_entry_hold_between_attempts(cloud, cinfra):
    """Throttles are waited out for minutes, but not past the entry's own time."""
    cloud.fault = lambda call: (
        reply_with(error("ThrottlingException")) if call.operation == "CreateQueue" else None)
    cinfra.write("stack: shop\nqueues: { jobs: { timeouts: { create: 3s } } }\n")
    since = time.monotonic()
    apply = cinfra.apply(expect=ERROR)
    assert time.monotonic() - since < 10
    assert "ThrottlingException" in apply.stderr


def interrupt_at(cinfra, condition, cloud, signals, **env):
    """Seconds from the last of the signals to the end of an apply, and its exit code."""
    running = subprocess.Popen(
        [cinfra.binary, "apply", "--auto-approve"], cwd=cinfra.directory, env={**cinfra.env, **env},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        cloud.wait_for(condition)
        for _ in range(signals):
            running.send_signal(signal.SIGINT)
            time.sleep(0.3)  # two at once are one
        since = time.monotonic()
        return running.wait(60), time.monotonic() - since
    finally:
        running.kill()


@pytest.mark.parametrize("operation", ["GetCallerIdentity", "GetQueueUrl", "CreateQueue"])
def test_a_wait_ends_with_the_run(operation, cloud, cinfra):
    """AWS asks for a minute of patience; the user has none."""
    cloud.fault = lambda call: (
        reply_with(error("SlowDown", 503, **{"Retry-After": 60})) if call.operation == operation else None)
    cinfra.write(stack(1))
    code, seconds = interrupt_at(cinfra, lambda: cloud.counts()[operation], cloud, 1)
    assert code == INTERRUPTED and seconds < 5


@pytest.mark.parametrize("operation", ["GetCallerIdentity", "GetQueueUrl", "CreateQueue"])
def test_a_call_that_hangs_ends_with_the_second_signal(operation, cloud, cinfra):
    cloud.fault = lambda call: hang if call.operation == operation else None
    cinfra.write(stack(1))
    code, seconds = interrupt_at(cinfra, lambda: cloud.counts()[operation], cloud, 2)
    assert code == INTERRUPTED and seconds < 5
