"""State in S3: the same life as in a folder, and only one run at a time."""

import asyncio
import json
import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from aiohttp import web

from support.cinfra import BINARY, DONE, ERROR, LOCKED, Cinfra
from support.emulator import ACCESS_KEY, REGION, SECRET_KEY
from support.inventory import inventory
from support.proxy import Proxy

BUCKET, KEY = "states", "team/shop.json"
STATE = f"state: {{ s3: {{ bucket: {BUCKET}, key: {KEY} }} }}\n"
STACK = f"stack: shop\n{STATE}queues: {{ jobs: {{}} }}\n"


@pytest.fixture
def s3(emulator):
    client = emulator.client("s3")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return client


def stored(s3, key=KEY):
    return json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())


def keys(s3):
    return [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def queues(emulator):
    return emulator.client("sqs").list_queues().get("QueueUrls", [])


def store_calls(recording):
    """(method, status) of what was asked of the state's objects."""
    return [(exchange.method, exchange.status) for exchange in recording.exchanges
            if exchange.target.startswith(f"/{BUCKET}/")]


def test_life_as_with_a_folder(emulator, recording, cinfra, s3):
    cinfra.write("stack: shop\nstage: dev\n" + STATE + "queues: { jobs: {} }\noutputs: { url: { value: '${queues.jobs.url}' } }\n")
    cinfra.apply()
    assert keys(s3) == ["team/shop-dev.json", "team/shop-dev.json.op"]
    assert not list(cinfra.directory.glob(".cinfra/*.json"))
    state = stored(s3, "team/shop-dev.json")
    assert (state["stack"], state["stage"], list(state["resources"])) == ("shop", "dev", ["queues.jobs"])
    assert stored(s3, "team/shop-dev.json.op")["free"]
    cinfra.assert_no_changes()
    assert "shop-dev-jobs" in cinfra.output("url").stdout
    assert cinfra.run("state", "list", expect=DONE).stdout == "queues.jobs\n"
    cinfra.apply("--stage", "test")
    assert "team/shop-test.json" in keys(s3)
    cinfra.destroy("--stage", "test")
    cinfra.destroy()
    assert queues(emulator) == []
    assert stored(s3, "team/shop-dev.json")["resources"] == {}


def test_stage_in_the_key_stays_as_written(emulator, cinfra, s3):
    cinfra.write("stack: shop\nstage: dev\nqueues: {}\nstate: { s3: { bucket: states, key: '${stage}/shop.json' } }\n"
                 "random: { x: {} }\n")
    cinfra.apply()
    assert keys(s3) == ["dev/shop.json", "dev/shop.json.op"]


def test_option_names_the_object_itself(emulator, cinfra, s3):
    cinfra.write("stack: shop\nstage: dev\nqueues: { jobs: {} }\n")
    cinfra.apply("--state", f"s3://{BUCKET}/elsewhere")
    assert keys(s3) == ["elsewhere", "elsewhere.op"]
    cinfra.destroy("--state", f"s3://{BUCKET}/elsewhere")
    wrong = cinfra.plan("--state", "elsewhere", expect=ERROR)
    assert "s3://BUCKET/KEY" in wrong.stderr


def test_own_endpoint(emulator, recording, cinfra, s3):
    """A store that speaks S3, at another address than everything else."""
    cinfra.write(STACK.replace("} }", f", endpoint: '{emulator.endpoint}' }} }}", 1))
    cinfra.apply()
    assert keys(s3) == [KEY, KEY + ".op"]
    assert store_calls(recording) == []
    cinfra.assert_no_changes()


# --- how little it costs ---

def test_plan_reads_four_times_and_writes_nothing(recording, cinfra, s3):
    cinfra.write(STACK)
    cinfra.plan()
    cinfra.apply()
    recording.clear()
    cinfra.assert_no_changes()
    assert store_calls(recording) == [("GET", 200)] * 4
    assert recording.mutating() == []


@pytest.mark.emulators("ministack")  # the faster one: results are written once a second
def test_apply_of_300_resources_writes_ten_times(emulator, recording, cinfra, s3):
    groups = "\n".join(f"  g{n}: {{}}" for n in range(300))
    cinfra.write(f"stack: shop\n{STATE}log_groups:\n{groups}\n")
    cinfra.apply()
    assert len(stored(s3)["resources"]) == 300
    assert sum(method != "GET" for method, _ in store_calls(recording)) <= 10
    recording.clear()
    cinfra.assert_no_changes()
    assert len(store_calls(recording)) == 4


# --- one run at a time ---

class Gate:
    """Holds CreateQueue until it is opened."""

    def __init__(self):
        self.opened = False

    async def __call__(self, request):
        while not self.opened and "CreateQueue" in request.headers.get("X-Amz-Target", ""):
            await asyncio.sleep(0.05)


@pytest.fixture
def gate():
    return Gate()


@pytest.fixture
def gated(recording, gate, tmp_path):
    """The binary, whose queues come into being only when the gate is open."""
    with Proxy(recording.endpoint, fault=gate) as proxy:
        yield Cinfra(tmp_path / "stack", proxy.endpoint)
        gate.opened = True


def start(cinfra, *arguments):
    command = [str(cinfra.binary), *arguments]
    return subprocess.Popen(command, cwd=cinfra.directory, env=cinfra.env, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_for(condition, what):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail(f"{what} did not come")


def held(s3):
    return KEY + ".op" in keys(s3) and "free" not in stored(s3, KEY + ".op")


def test_second_run_leaves_or_waits(emulator, gate, gated, s3):
    gated.write(STACK)
    first = start(gated, "apply", "--yes")
    wait_for(lambda: held(s3), "the lease")
    second = gated.apply(expect=LOCKED)
    assert "apply by" in second.stderr and "at work since" in second.stderr and "--lock-timeout" in second.stderr
    assert gated.plan(expect=LOCKED).code == LOCKED
    assert gated.run("state", "rm", "queues.jobs", "--yes", expect=(ERROR, LOCKED))
    assert gated.apply("--lock-timeout", "1s", expect=LOCKED).stderr.startswith("Waiting for apply by")
    third = start(gated, "apply", "--yes", "--lock-timeout", "60s")
    assert third.stdout.readline().startswith("Waiting for apply by")
    gate.opened = True
    assert first.wait(30) == DONE, first.stdout.read()
    assert third.wait(30) == DONE, third.stdout.read()
    assert len(queues(emulator)) == 1
    gated.assert_no_changes()


def test_many_applies_at_once(emulator, recording, tmp_path, s3):
    """Nobody is lost, and nothing is made twice: four stacks in one state, one after the other."""
    runs = [Cinfra(tmp_path / f"run{n}", recording.endpoint) for n in range(4)]
    for run in runs:
        run.write(STACK)
    with ThreadPoolExecutor(len(runs)) as pool:
        results = list(pool.map(lambda run: run.apply("--lock-timeout", "2m", expect=None), runs))
    assert [result.code for result in results] == [DONE] * len(runs), "\n".join(map(str, results))
    assert sum("1 added" in result.stdout for result in results) == 1
    assert len(queues(emulator)) == 1
    runs[0].assert_no_changes()


def test_unlock(emulator, gate, gated, s3):
    gated.write(STACK)
    run = start(gated, "apply", "--yes")
    wait_for(lambda: held(s3), "the lease")
    run.send_signal(signal.SIGKILL)
    run.wait()
    gate.opened = True
    operation = stored(s3, KEY + ".op")
    operation["owner"]["boot_id"], operation["host"] = "another", "elsewhere"  # else it is plain that it is gone
    s3.put_object(Bucket=BUCKET, Key=KEY + ".op", Body=json.dumps(operation).encode())
    assert "elsewhere" in gated.apply(expect=LOCKED).stderr
    asked = gated.run("unlock", expect=ERROR)
    for word in ("elsewhere", "apply", operation["started"], "1 of 1", "sign of life"):
        assert word in asked.stdout
    gated.run("unlock", "--yes", expect=DONE)
    kept = stored(s3, KEY + ".op")
    assert kept["intents"] == operation["intents"] and kept["unlocked"]
    assert "Nobody" in gated.run("unlock", expect=DONE).stdout
    gated.apply()
    assert len(queues(emulator)) == 1
    gated.assert_no_changes()


@pytest.mark.parametrize("writers", [16])
def test_race_of_writers(emulator, recording, s3, writers):
    """16 writers, 100 rounds: each round has one winner, and what is there is what it wrote."""
    s3.create_bucket(Bucket="race", CreateBucketConfiguration={"LocationConstraint": REGION})
    with Proxy(emulator.endpoint) as proxy:
        env = {**os.environ, "AWS_ENDPOINT_URL": proxy.endpoint, "AWS_ACCESS_KEY_ID": ACCESS_KEY,
               "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
        ended = subprocess.run([BINARY.parent / "unit", "backend_s3_race_of_many_writers"], env=env,
                               capture_output=True, text=True, timeout=300)
        assert ended.returncode == 0 and "rounds with one winner: 100" in ended.stdout, ended
        puts = [exchange.status for exchange in proxy.exchanges if exchange.method == "PUT"]
    assert puts.count(200) == 100 and puts.count(412) == 100 * (writers - 1)


# --- a store that cannot keep it ---

def test_store_that_ignores_conditions(emulator, recording, tmp_path, s3):
    async def careless(request):
        if not request.path.endswith(".op"):
            return None
        if request.method == "PUT":
            return web.Response(headers={"ETag": '"0123"'})
        return web.Response(status=404, body=b"<Error><Code>NoSuchKey</Code></Error>")

    with Proxy(recording.endpoint, fault=careless) as proxy:
        cinfra = Cinfra(tmp_path / "stack", proxy.endpoint)
        cinfra.write(STACK)
        cinfra.plan()
        result = cinfra.apply(expect=ERROR)
    assert "ignores the conditions" in result.stderr
    assert queues(emulator) == [] and keys(s3) == []


def test_bucket_that_is_not_there(cinfra, emulator):
    cinfra.write(STACK)
    result = cinfra.apply(expect=ERROR)
    assert f"cinfra init --state s3://{BUCKET}/{KEY}" in result.stderr
    assert queues(emulator) == []


# --- copies ---

def test_pull_push_and_history(emulator, cinfra, s3):
    cinfra.write(STACK)
    assert "no such state" in cinfra.run("state", "pull", expect=ERROR).stderr
    cinfra.apply()
    first = cinfra.run("state", "pull", expect=DONE).stdout
    assert json.loads(first) == stored(s3)
    cinfra.write(STACK.replace("{}", "{ visibility_timeout: 90 }"))
    cinfra.apply()
    history = cinfra.run("state", "history", "--json", expect=DONE).json()
    assert [one["current"] for one in history] == [True, False]
    assert cinfra.run("state", "pull", history[1]["version"], expect=DONE).stdout == first
    old = cinfra.write(first, "old.json")
    assert "newer" in cinfra.run("state", "push", old, "--yes", expect=ERROR).stderr
    assert "terminal" in cinfra.run("state", "push", old, "--force", expect=ERROR).stderr
    before = stored(s3)["serial"]
    cinfra.run("state", "push", old, "--yes", "--force", expect=DONE)
    after, given = stored(s3), json.loads(first)
    assert after["serial"] > before and after["lineage"] == given["lineage"]
    assert after["resources"] == given["resources"]
    assert stored(s3, KEY + ".op")["free"]
    assert len(cinfra.run("state", "history", expect=DONE).stdout.splitlines()) == 3


def test_push_refuses_what_is_not_its_own(cinfra, s3):
    cinfra.write(STACK)
    cinfra.apply()
    mine = stored(s3)
    other = cinfra.write(json.dumps({**mine, "lineage": "other"}), "other.json")
    refused = cinfra.run("state", "push", other, "--yes", expect=ERROR)
    assert "lineage" in refused.stderr and "--force" in refused.stderr
    for wrong in ({**mine, "stack": "cellar"}, {**mine, "stage": "x"}, {**mine, "format": 99}, {**mine, "more": 1}):
        cinfra.run("state", "push", cinfra.write(json.dumps(wrong), "wrong.json"), "--yes", "--force", expect=ERROR)
    assert stored(s3) == mine
    cinfra.run("state", "push", other, "--yes", "--force", expect=DONE)
    assert stored(s3)["lineage"] == "other"
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"{ damaged")
    assert "--force" in cinfra.run("state", "push", other, "--yes", expect=ERROR).stderr
    cinfra.run("state", "push", other, "--yes", "--force", expect=DONE)
    cinfra.assert_no_changes()


def test_push_over_unfinished_work(gate, gated, s3):
    """What a run has made and not yet recorded is not forgotten by a push."""
    gated.write(STACK)
    gated.apply("--target", "queues.none", expect=None)
    run = start(gated, "apply", "--yes")
    wait_for(lambda: held(s3), "the lease")
    run.send_signal(signal.SIGKILL)
    run.wait()
    gate.opened = True
    operation = stored(s3, KEY + ".op")
    state = {"format": 1, "stack": "shop", "lineage": operation["lineage"], "serial": 1, "epoch": 0,
             "resources": {}, "outputs": {}, "random": {}}
    path = gated.write(json.dumps(state), "state.json")
    assert "unfinished" in gated.run("state", "push", path, "--yes", expect=LOCKED).stderr
    path = gated.write(json.dumps({**state, "epoch": operation["epoch"]}), "state.json")
    gated.run("state", "push", path, "--yes", expect=DONE)


# --- the bucket ---

def test_init_makes_the_bucket(emulator, recording, cinfra):
    url = f"s3://{BUCKET}/{KEY}"
    asked = cinfra.run("init", "--state", url, expect=ERROR)
    assert "will be made" in asked.stdout and inventory(emulator) == {}
    cinfra.run("init", "--state", url, "--yes", expect=DONE)
    s3 = emulator.client("s3")
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    [rule] = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert all(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values())
    [statement] = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    recording.clear()
    again = cinfra.run("init", "--state", url, "--yes", expect=DONE)
    assert "as it should be" in again.stdout and recording.mutating() == []
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    recording.clear()
    cinfra.run("init", "--state", url, "--yes", expect=DONE)
    assert recording.mutating() == ["s3:PutBucketVersioning"]
    s3.delete_bucket_policy(Bucket=BUCKET)  # moto refuses everything then: it knows no conditions
    cinfra.apply()
    assert keys(s3) == [KEY, KEY + ".op"]
