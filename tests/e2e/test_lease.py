"""The lease and the ends of a run: pauses, signals, time limits, a store that does not take the state."""

import asyncio
import json
import os
import signal
import stat
import subprocess
import time

import pytest
from aiohttp import web

from support import validate
from support.cinfra import DONE, ERROR, INTERRUPTED, LOCKED, Cinfra
from support.emulator import REGION
from support.proxy import EXCHANGE, Proxy

pytestmark = pytest.mark.emulators("moto")  # what AWS says plays no part
BUCKET, KEY = "states", "shop.json"
S3 = f"state: {{ s3: {{ bucket: {BUCKET}, key: {KEY} }} }}\n"
QUEUES = "queues: { a: {}, b: { depends_on: [queues.a] } }\n"
# Seconds: of a short life calls are short, too (five twelfths); "" is the usual minute.
SHORT, USUAL = "3", ""


@pytest.fixture
def s3(emulator):
    client = emulator.client("s3")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return client


class Gate:
    """Holds calls until it is opened: those named, before they are forwarded or when their reply is in."""

    def __init__(self, *names, after=False):
        self.names, self.after = names, after
        self.opened, self.held = False, 0

    async def __call__(self, request):
        exchange = request[EXCHANGE]
        if self.opened or name_of(exchange) not in self.names:
            return None
        if self.after:
            await self.proxy.forward(exchange)
        self.held += 1
        while not self.opened:
            await asyncio.sleep(0.02)
        return self.proxy.answer(exchange) if self.after else None


def name_of(exchange):
    """`sqs:CreateQueue:shop-a`, `op:write`, `state:write`, …"""
    path = exchange.target.partition("?")[0]
    if path.startswith(f"/{BUCKET}/"):
        return ("op:" if path.endswith(".op") else "state:") + ("write" if exchange.method == "PUT" else "read")
    name = validate.name_of(exchange)
    return f"{name}:{json.loads(exchange.body)['QueueName']}" if name == "sqs:CreateQueue" else name


class Run:
    """A stack in a folder, whose calls go through a proxy of their own."""

    def __init__(self, folder, upstream, fault, life):
        self.gate = fault
        self.proxy = Proxy(upstream, fault=fault).start()
        if isinstance(fault, Gate):
            fault.proxy = self.proxy
        self.cinfra = Cinfra(folder, self.proxy.endpoint, CINFRA_LEASE_SECONDS=life)
        self.process = None

    def start(self, *arguments):
        self.process = subprocess.Popen(
            [str(self.cinfra.binary), *arguments], cwd=self.cinfra.directory, env=self.cinfra.env,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return self

    def signal(self, number):
        self.process.send_signal(number)

    def end(self, code, timeout=30):
        text = self.process.communicate(timeout=timeout)[0]
        assert self.process.returncode == code, f"{code} expected, {self.process.returncode}: {text}"
        return text

    def writes(self, store=False):
        """(name, status, when it began) of the calls that changed something."""
        calls = [(name_of(exchange), exchange.status, exchange.started) for exchange in self.proxy.exchanges]
        return [call for call in calls
                if (call[0].endswith(":write") if store else call[0].startswith("sqs:Create"))]

    def close(self):
        if self.gate:
            self.gate.opened = True
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        self.proxy.stop()


@pytest.fixture
def runs(recording, tmp_path):
    """`runs(fault)`: a run in the one folder, through a proxy of its own."""
    made = []

    def make(fault=None, life=SHORT):
        made.append(Run(tmp_path / "stack", recording.endpoint, fault, life))
        return made[-1]

    yield make
    for run in made:
        run.close()


def wait_for(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    pytest.fail(f"{what} did not come")


def operation(run, s3=None):
    if s3:
        return json.loads(s3.get_object(Bucket=BUCKET, Key=KEY + ".op")["Body"].read())
    return json.loads((run.cinfra.directory / ".cinfra" / "shop.op.json").read_text())


def queues(emulator):
    urls = emulator.client("sqs").list_queues().get("QueueUrls", [])
    return sorted(url.rpartition("/")[2] for url in urls)


# --- the lease ---

def test_renewed_while_a_call_hangs(emulator, runs, s3):
    gate = Gate("sqs:CreateQueue:shop-a")
    run = runs(gate)
    run.cinfra.write("stack: shop\n" + S3 + QUEUES)
    run.start("apply", "--yes")
    wait_for(lambda: gate.held, "the call")
    seen = wait_for(lambda: len(run.writes(store=True)) > 6 and run.writes(store=True), "renewals")
    assert operation(run, s3)["life"] == 3
    times = [began for _, status, began in seen if status == 200]
    assert all(later - earlier < 2 for earlier, later in zip(times, times[1:]))
    gate.opened = True
    run.end(DONE)
    bodies = [json.loads(e.body) for e in run.proxy.exchanges if name_of(e) == "op:write" and e.status == 200]
    serials = [body["serial"] for body in bodies]
    assert serials == sorted(set(serials)) and len({body["write"] for body in bodies}) == len(bodies)


@pytest.mark.parametrize("where", ["s3", "folder"])
def test_pause_past_the_life_and_takeover(emulator, runs, s3, where):
    """The first run's last call comes before the takeover; what only it knows is in a file."""
    gate = Gate("sqs:CreateQueue:shop-a", after=True)
    first, second = runs(gate), runs()
    first.cinfra.write("stack: shop\n" + (S3 if where == "s3" else "") + QUEUES)
    first.start("apply", "--yes")
    wait_for(lambda: gate.held, "the call")
    first.signal(signal.SIGSTOP)
    second.start("apply", "--yes", "--lock-timeout", "60s")
    assert "Waiting for apply by" in second.end(DONE, 60)
    began = len(first.proxy.exchanges)
    gate.opened = True
    first.signal(signal.SIGCONT)
    text = first.end(LOCKED)
    late = [name_of(exchange) for exchange in first.proxy.exchanges[began:]]
    assert late == ["sqs:CreateQueue:shop-a"]  # its reply
    assert "the lease has run out" in text and "queues.a may have been made" in text
    [stray] = (first.cinfra.directory / ".cinfra").glob("stray-*.json")
    assert stray.name in text and stat.S_IMODE(stray.stat().st_mode) == 0o600
    assert [intent["status"] for intent in json.loads(stray.read_text())["intents"]] == ["open", "open"]
    assert queues(emulator) == ["shop-a", "shop-b"]
    second.cinfra.assert_no_changes()


def test_pause_past_the_life_ends_the_run(emulator, runs, s3):
    """It cannot know whether another run has taken over: it makes no call, and the next one goes on."""
    gate = Gate("sqs:CreateQueue:shop-a", after=True)
    run = runs(gate)
    run.cinfra.write("stack: shop\n" + S3 + QUEUES)
    run.start("apply", "--yes")
    wait_for(lambda: gate.held, "the call")
    run.signal(signal.SIGSTOP)
    time.sleep(4)  # more than the lease's life is the point
    began = len(run.proxy.exchanges)
    gate.opened = True
    run.signal(signal.SIGCONT)
    assert "the lease has run out" in run.end(LOCKED)
    assert [name_of(exchange) for exchange in run.proxy.exchanges[began:]] == ["sqs:CreateQueue:shop-a"]
    run.cinfra.apply()
    assert queues(emulator) == ["shop-a", "shop-b"]
    run.cinfra.assert_no_changes()


def test_calls_wait_for_a_store_that_does_not_answer(emulator, runs, s3):
    store = Gate("op:write")
    store.opened = True
    create = Gate("sqs:CreateQueue:shop-a", after=True)

    async def both(request):
        return await store(request) or await create(request)

    run = runs(both, life="8")
    store.proxy = create.proxy = run.proxy
    run.gate = None
    run.cinfra.write("stack: shop\n" + S3 + QUEUES)
    run.start("apply", "--yes")
    wait_for(lambda: create.held, "the call")
    store.opened, store.held = False, 0
    wait_for(lambda: store.held, "a renewal")
    time.sleep(1.5)  # more than half of the life in all
    create.opened = True
    time.sleep(0.5)
    assert [name for name, _, _ in run.writes() if name.endswith("shop-b")] == []
    store.opened = True
    run.end(DONE)
    assert queues(emulator) == ["shop-a", "shop-b"]


def test_second_run_beside_a_folder(emulator, runs):
    gate = Gate("sqs:CreateQueue:shop-a")
    first, second = runs(gate), runs()
    first.cinfra.write("stack: shop\n" + QUEUES)
    first.start("apply", "--yes")
    wait_for(lambda: gate.held, "the call")
    refused = second.cinfra.apply(expect=LOCKED).stderr
    for word in ("apply by", "at work since", operation(first)["started"], "--lock-timeout"):
        assert word in refused
    second.start("apply", "--yes", "--lock-timeout", "60s")
    assert second.process.stdout.readline().startswith("Waiting for apply by")
    gate.opened = True
    first.end(DONE)
    second.end(DONE)


def test_life_that_makes_no_sense(cinfra):
    cinfra.write("stack: shop\n" + QUEUES)
    for wrong in ("0", "x", "99999"):
        assert "CINFRA_LEASE_SECONDS" in cinfra.run("plan", expect=ERROR, CINFRA_LEASE_SECONDS=wrong).stderr


# --- signals and time ---

def statuses(run):
    return {intent["address"]: intent["status"] for intent in operation(run)["intents"]}


def test_first_signal_checkpoints_and_leaves_in_time(emulator, runs):
    """A call that does not end is left behind before the next signal would come."""
    gate = Gate("sqs:CreateQueue:shop-slow")
    run = runs(gate, USUAL)
    run.cinfra.write("stack: shop\nqueues: { quick: {}, slow: {}, after: { depends_on: [queues.slow] } }\n")
    run.start("apply", "--yes")
    wait_for(lambda: gate.held and "quick" in str(queues(emulator)), "the calls")
    run.signal(signal.SIGINT)
    began = time.monotonic()
    wait_for(lambda: statuses(run)["queues.quick"] == "done", "the checkpoint", 2)
    text = run.end(INTERRUPTED)
    assert 5 < time.monotonic() - began < 7.5
    assert "1 calls were under way" in text
    kept = operation(run)
    assert kept["unlocked"] and statuses(run) == {"queues.quick": "done", "queues.slow": "open", "queues.after": "open"}
    gate.opened = True
    run.cinfra.apply()
    assert queues(emulator) == ["shop-after", "shop-quick", "shop-slow"]
    run.cinfra.assert_no_changes()


def test_first_signal_takes_what_ends_in_time(emulator, runs):
    gate = Gate("sqs:CreateQueue:shop-a")
    run = runs(gate, USUAL)
    run.cinfra.write("stack: shop\n" + QUEUES)
    run.start("apply", "--yes")
    wait_for(lambda: gate.held, "the call")
    run.signal(signal.SIGTERM)
    time.sleep(0.5)
    gate.opened = True
    assert "1 added" in run.end(INTERRUPTED)
    assert operation(run)["free"] and queues(emulator) == ["shop-a"]
    run.cinfra.apply()
    assert queues(emulator) == ["shop-a", "shop-b"]


def test_second_signal_ends_at_once(emulator, runs):
    gate = Gate("sqs:CreateQueue:shop-a")
    run = runs(gate, USUAL)
    run.cinfra.write("stack: shop\n" + QUEUES)
    run.start("apply", "--yes")
    wait_for(lambda: gate.held, "the call")
    run.signal(signal.SIGINT)
    time.sleep(0.3)
    run.signal(signal.SIGTERM)
    began = time.monotonic()
    run.end(INTERRUPTED)
    assert time.monotonic() - began < 2
    gate.opened = True
    run.cinfra.apply()
    assert queues(emulator) == ["shop-a", "shop-b"]


def test_second_signal_while_the_store_hangs(emulator, runs, s3):
    gate = Gate("state:write")
    run = runs(gate, USUAL)
    run.cinfra.write("stack: shop\n" + S3 + QUEUES)
    run.start("apply", "--yes")
    wait_for(lambda: gate.held, "the state's write")
    run.signal(signal.SIGINT)
    run.signal(signal.SIGTERM)
    time.sleep(0.1)
    run.signal(signal.SIGTERM)
    began = time.monotonic()
    text = run.end(ERROR)
    assert time.monotonic() - began < 5
    assert "does not answer" in text and ".state.json" in text
    gate.opened = True
    run.cinfra.apply("--lock-timeout", "30s")
    run.cinfra.assert_no_changes()


def test_timeout_of_the_whole_run(emulator, runs):
    gate = Gate("sqs:CreateQueue:shop-a")
    run = runs(gate, USUAL)
    run.cinfra.write("stack: shop\n" + QUEUES)
    run.start("apply", "--yes", "--timeout", "2s")
    wait_for(lambda: gate.held, "the call")
    time.sleep(2.5)
    gate.opened = True
    text = run.end(INTERRUPTED)
    assert "--timeout" in text and operation(run)["free"]
    assert queues(emulator) == ["shop-a"]
    run.cinfra.apply("--timeout", "5m")
    assert queues(emulator) == ["shop-a", "shop-b"]
    run.cinfra.destroy("--timeout", "5m")


def test_deadline_of_a_step_cuts_a_call_that_hangs(emulator, runs):
    gate = Gate("sqs:CreateQueue:shop-a")
    run = runs(gate, USUAL)
    run.cinfra.write("stack: shop\nqueues: { a: { timeouts: { create: 3s } } }\n")
    began = time.monotonic()
    run.start("apply", "--yes")
    assert "queues.a" in run.end(ERROR)
    assert time.monotonic() - began < 10
    gate.opened = True
    run.cinfra.apply()
    assert queues(emulator) == ["shop-a"]


# --- a state that cannot be written ---

@pytest.mark.parametrize("way", ["push", "apply"])
def test_state_that_s3_does_not_take(emulator, runs, s3, way):
    full = {"is": True}

    async def refuse(request):
        if full["is"] and name_of(request[EXCHANGE]) == "state:write":
            return web.Response(status=403, body=b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
        return None

    run = runs(refuse)  # a write is tried for twice the lease's life
    run.gate = None
    run.cinfra.write("stack: shop\n" + S3 + QUEUES)
    text = str(run.cinfra.apply(expect=ERROR))
    assert "the state cannot be written" in text and "seconds more" in text
    [kept] = (run.cinfra.directory / ".cinfra").glob("shop-*.state.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert f"cinfra state push {kept.relative_to(run.cinfra.directory)}" in text
    assert operation(run, s3)["unlocked"]
    full["is"] = False
    if way == "push":
        run.cinfra.run("state", "push", kept, "--yes", expect=DONE)
        stored = json.loads(s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read())
        given = json.loads(kept.read_text())
        assert stored["resources"] == given["resources"] and stored["serial"] > given["serial"]
    else:
        run.cinfra.apply()
    assert operation(run, s3)["free"] and operation(run, s3)["intents"] == []
    run.cinfra.assert_no_changes()
    run.cinfra.destroy()
    assert queues(emulator) == []


def test_state_that_a_folder_does_not_take(emulator, runs):
    gate = Gate("sqs:CreateQueue:shop-a")
    run = runs(gate)
    run.cinfra.write("stack: shop\n" + QUEUES)
    run.start("apply", "--yes")
    wait_for(lambda: gate.held, "the call")
    in_the_way = run.cinfra.directory / ".cinfra" / "shop.json"
    in_the_way.mkdir()
    gate.opened = True
    text = run.end(ERROR)
    [kept] = (run.cinfra.directory / ".cinfra").glob("shop-*.state.json")
    assert f"state push .cinfra/{kept.name}" in text
    in_the_way.rmdir()
    run.cinfra.run("state", "push", kept, "--yes", expect=DONE)
    run.cinfra.assert_no_changes()
