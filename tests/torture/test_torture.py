"""One thing fails in the middle of an apply: a file operation, an allocation, a call to AWS.

For every n, the n-th one: cinfra says what went wrong and leaves with the exit code it documents
(a failed allocation may abort it), nothing is lost, a second apply completes, a plan is empty, AWS
holds exactly what is wanted, a destroy leaves nothing.  `make check` tries a sample of the points,
`make check-torture` all of them; `TORTURE_POINT=17` tries one.
"""

import os
import signal
import subprocess

import pytest
from aiohttp import web

from support import validate
from support.cinfra import BINARY, DONE, ERROR, LOCKED, Cinfra
from support.emulator import REGION, Emulator
from support.inventory import inventory
from support.proxy import NoReply, Proxy

ALL = os.environ.get("TORTURE_ALL")
POINT = os.environ.get("TORTURE_POINT")
SAMPLE = int(os.environ.get("TORTURE_SAMPLE", 6))  # points of a sweep unless all are asked for
SHARDS = 64 if ALL else 1  # of a sweep: the tests of one end before they count as hanging
SHIM = BINARY.parent / "torture" / "shim.so"
SANITIZER = next((line.split()[2] for line in subprocess.run(["ldd", BINARY], capture_output=True, text=True).stdout
                  .splitlines() if "libasan" in line), None)

BUCKET = "states"
STORES = {
    "local": "",
    "s3": f"state: {{ s3: {{ bucket: {BUCKET}, key: shop.json, region: {REGION} }} }}\n",
}
STACK = """
stack: shop
random: { suffix: { length: 6 } }
queues:
  failed: {}
  jobs: { visibility_timeout: 90, dead_letter: failed }
topics: { orders: {} }
functions:
  worker: { code: src, runtime: python3.12, handler: app.handler }
outputs: { url: "${queues.jobs.url}" }
"""
# Most allocations are OpenSSL's and curl's: there are as many, and each is tried in a third of the time.
SMALL_STACK = """
stack: shop
queues: { jobs: { visibility_timeout: 90 } }
outputs: { url: "${queues.jobs.url}" }
"""
ENVIRONMENT = {"CINFRA_SETTLE_SECONDS": "1", "CINFRA_LEASE_SECONDS": "3", "AWS_MAX_ATTEMPTS": "2"}


def preload(point):
    libraries = [SANITIZER] if SANITIZER else []
    return {"LD_PRELOAD": ":".join([*libraries, str(SHIM)]), "TORTURE": point}


class Calls:
    """A fault of the proxy: the n-th call is refused, or from the n-th on the network is down."""

    def __init__(self, how, wanted):
        self.how, self.wanted, self.seen = how, wanted, 0

    async def __call__(self, request):
        self.seen += 1
        if self.how == "refused" and self.seen == self.wanted:
            return web.Response(status=403, body=b"<html>not here</html>", content_type="text/html")
        if self.how == "down" and self.seen >= self.wanted:
            raise NoReply
        return None


class Lab:
    """An emulator, and at each point a stack in a folder of its own."""

    def __init__(self, emulator, directory, store, stack=STACK, kinds=None):
        self.emulator, self.directory, self.store = emulator, directory, store
        self.stack, self.kinds = stack, kinds  # of objects that it makes; None: all that there are
        self.clients = {}
        self.folders = 0
        self.wanted = None

    def client(self, service):
        if service not in self.clients:
            self.clients[service] = self.emulator.client(service)
        return self.clients[service]

    def begin(self, endpoint):
        self.emulator.reset()
        if self.store == "s3":
            self.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.folders += 1
        cinfra = Cinfra(self.directory / str(self.folders), endpoint, **ENVIRONMENT)
        cinfra.write(STORES[self.store] + self.stack)
        cinfra.write("def handler(event, context): return 1\n", "src/app.py")
        return cinfra

    def holds(self):
        found = inventory(self.emulator, self.client, self.kinds)
        found.pop("buckets", None)
        return found

    def learn(self):
        """What an apply makes that nobody disturbs."""
        with Proxy(self.emulator.endpoint) as proxy:
            self.begin(proxy.endpoint).apply()
        self.wanted = self.holds()
        assert len(self.wanted) == (len(self.kinds) if self.kinds else 5)

    def check(self, cinfra, result):
        """What must hold after a run that was disturbed."""
        if result.code != DONE:
            cinfra.apply()
        cinfra.assert_no_changes()
        assert self.holds() == self.wanted
        assert "shop-jobs" in cinfra.output("url").stdout
        cinfra.destroy()
        assert self.holds() == {}
        left = {path.name for path in (cinfra.directory / ".cinfra").glob("*")}
        # What a run that is killed was writing stays.
        assert result.code < 0 or not [name for name in left if name.endswith(".tmp")], left


def check_words(result, may_abort=False):
    assert "Sanitizer" not in result.stderr and "runtime error" not in result.stderr, result
    if may_abort and result.code == -signal.SIGABRT:
        assert "cinfra: " in result.stderr, result  # says why
        return
    out_of_time = "has run out" in result.stderr  # of the lease: the store was gone for longer than its life
    assert result.code in (DONE, ERROR, *([LOCKED] if out_of_time else [])), result
    if result.code == ERROR:
        assert "error: " in result.stderr, result
    assert "terminate" not in result.stderr and "(null)" not in result.stderr, result


@pytest.fixture(scope="session")
def moto():
    with Emulator("moto", MOTO_IAM_LOAD_MANAGED_POLICIES="false") as emulator:
        yield emulator


@pytest.fixture(params=STORES)
def lab(request, moto, tmp_path):
    lab = Lab(moto, tmp_path, request.param)
    lab.learn()
    return lab


@pytest.fixture(params=STORES)
def small_lab(request, moto, tmp_path):
    lab = Lab(moto, tmp_path, request.param, SMALL_STACK, ["queues"])
    lab.learn()
    return lab


def points(total, shard, always):
    if POINT:
        return [int(POINT)] if shard == 0 else []
    if ALL:
        return range(1, total + 2)[shard::SHARDS]
    return sorted({*range(1, total + 2, max(1, total // SAMPLE)), *always})


def sweep(total, shard, attempt, always=()):
    """Try the points, of a sample those of `always` too; say which ones failed, with the first ones' reasons."""
    failed = []
    for point in points(total, shard, always):
        try:
            attempt(point)
        except (AssertionError, subprocess.TimeoutExpired) as error:
            failed.append((point, error))
    if failed:
        pytest.fail(f"{len(failed)} of {total} points: {[point for point, _ in failed]}\n"
                    + "\n\n".join(f"--- {point}: {error}" for point, error in failed[:3]), pytrace=False)


def count(lab, mode, log):
    with Proxy(lab.emulator.endpoint) as proxy:
        lab.begin(proxy.endpoint).apply(TORTURE_LOG=str(log), **preload(f"{mode}:0"))
    return [line.split() for line in log.read_text().splitlines()]


def disturb(lab, mode, point):
    """An apply whose `point`-th operation fails, and what must hold then."""
    with Proxy(lab.emulator.endpoint) as proxy:
        cinfra = lab.begin(proxy.endpoint)
        result = cinfra.apply(expect=None, **preload(f"{mode}:{point}"))
        check_words(result, may_abort=mode == "memory")
        # Most points come before anything is changed.
        untouched = not any(map(validate.mutates, proxy.calls())) and not (cinfra.directory / ".cinfra").exists()
        if result.code == DONE or not untouched:
            lab.check(cinfra, result)


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("mode", ["file", "disk"])
def test_file_operation_fails(lab, tmp_path, mode, shard):
    noted = count(lab, mode, tmp_path / "log")
    writes = [int(number) for number, operation, *_ in noted if operation == "write"] if mode == "file" else []
    assert len(noted) > 50 and (mode == "disk" or lab.store == "s3" or len(writes) >= 3)
    sweep(len(noted), shard, lambda point: disturb(lab, mode, point), writes)


if not SANITIZER:  # whose allocator is its own
    @pytest.mark.parametrize("shard", range(SHARDS))
    def test_allocation_fails(small_lab, tmp_path, shard):
        total = int(count(small_lab, "memory", tmp_path / "log")[-1][0])
        assert total > 1000
        sweep(total, shard, lambda point: disturb(small_lab, "memory", point))


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("how", ["refused", "down"])
def test_call_fails(lab, how, shard):
    with Proxy(lab.emulator.endpoint) as proxy:
        lab.begin(proxy.endpoint).apply()
        total = len(proxy.exchanges)

    def attempt(point):
        calls = Calls(how, point)
        with Proxy(lab.emulator.endpoint, fault=calls) as proxy:
            cinfra = lab.begin(proxy.endpoint)
            result = cinfra.apply(expect=None)
            check_words(result)
            calls.wanted = 1 << 30
            lab.check(cinfra, result)

    sweep(total, shard, attempt)
