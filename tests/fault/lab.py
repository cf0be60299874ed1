"""Where points are tried: an emulator, the proxy before it, runs of the binary, and what must hold.

One lab serves many points, one after the other; `begin` empties it.
"""

import asyncio
import json
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from support import signature, validate
from support.cinfra import DONE, Cinfra, Result
from support.emulator import REGION, SECRET_KEY, Emulator
from support.inventory import inventory
from support.proxy import EXCHANGE, Proxy
from support.snapshot import snapshot

from fault.aws import Correcting
from fault.faults import ACTIONS, Counter, call_name, is_write

BUCKET, KEY = "states", "state.json"
STORE = f"/{BUCKET}/"
PATIENCE = 150  # seconds that a run may take: some waits that AWS asks for are two minutes


class Failed(AssertionError):
    """A point at which something that must hold does not."""


class NotReached(Failed):
    """The call that the point is about was not made."""


class Run:
    """One process; its access key tells its calls from those of others."""

    def __init__(self, lab, number, command, counter):
        self.lab, self.command, self.counter = lab, command, counter
        self.key = f"AKIDRUN{number:09}"
        self.struck = threading.Event()  # by a signal of a fault
        self.calls = []  # names, as they began
        self._output = tempfile.TemporaryFile(mode="w+")
        self._errors = tempfile.TemporaryFile(mode="w+")
        self.process = self.result = None

    def start(self, cinfra, **env):
        self.process = subprocess.Popen(
            [str(cinfra.binary), *self.command], cwd=cinfra.directory,
            env={**cinfra.env, "AWS_ACCESS_KEY_ID": self.key, **env},
            stdin=subprocess.DEVNULL, stdout=self._output, stderr=self._errors)
        return self

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=PATIENCE):
        """Its result, once it has ended and all that it asked is answered."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failed(f"{self} did not end in {timeout} s\n{self._text(-1)}") from None
        self.lab.settle()
        self.result = self._text(code)
        return self.result

    def _text(self, code):
        texts = []
        for file in (self._output, self._errors):
            file.seek(0)
            texts.append(file.read())
        return Result(code, *texts)

    def met(self):
        return {*self.counter.met} == {*self.counter.seen}

    def wait_for_signal(self):
        """Until a fault has sent its signal; False when the run ends without."""
        while not self.struck.wait(0.05):
            if self.process.poll() is not None:
                return False
        return True

    def __str__(self):
        return "cinfra " + " ".join(self.command)


class Lab:
    """`with Lab() as lab: lab.begin(); lab.run("apply", faults=[…]); lab.check_all(…)`"""

    store = STORE

    def __init__(self, kind="moto"):
        # A thousand policies of AWS, read anew at each point, of which the cases name none.
        self.emulator = Emulator(kind, MOTO_IAM_LOAD_MANAGED_POLICIES="false")
        self.proxy = Proxy(self.emulator.endpoint, fault=self._fault).start()
        self._clients = {}
        self._as_aws = Correcting(self.proxy.forward, self.client)
        self._folder = tempfile.TemporaryDirectory(prefix="cinfra-fault-")
        self._in_hand, self._idle = 0, threading.Condition()
        self._number = 0
        self.runs, self.late, self.release_at = {}, None, None
        self.settings = {"CINFRA_SETTLE_SECONDS": "1"}  # environment of every run

    def close(self):
        for run in self.runs.values():
            if run.process and run.process.poll() is None:
                run.process.kill()
                run.process.wait()
        self.proxy.stop()
        self.emulator.stop()
        self._folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def client(self, service):
        if service not in self._clients:
            self._clients[service] = self.emulator.client(service)
        return self._clients[service]

    # --- a point's life ---

    def begin(self, store="s3"):
        """Empty account, empty folder, a bucket for the state."""
        self.emulator.reset()
        self.proxy.clear()
        self.runs, self.late, self.release_at = {}, None, None
        self._number += 1
        self.cinfra = self.folder(f"point{self._number}")
        self.state = ("--state", f"s3://{BUCKET}/{KEY}") if store == "s3" else ()
        s3 = self.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})

    def folder(self, name):
        """Another place to run from."""
        return Cinfra(Path(self._folder.name, name), self.proxy.endpoint)

    def end(self):
        shutil.rmtree(self.cinfra.directory, ignore_errors=True)

    def place(self, case, text):
        """A case's stack file, and what lies beside it, in the run's folder."""
        for path in case.folder.iterdir():
            if path.is_dir() and not (self.cinfra.directory / path.name).exists():
                shutil.copytree(path, self.cinfra.directory / path.name)
        self.cinfra.write(text)

    def start(self, command, *arguments, faults=(), counter=None, cinfra=None, **env):
        words = [command, *self.state, *arguments]
        words += ["--auto-approve"] if command in ("apply", "destroy") else []
        words += ["--allow-data-loss"] if command == "apply" else []
        run = Run(self, len(self.runs) + 1, words, counter or Counter(faults))
        self.runs[run.key] = run
        return run.start(cinfra or self.cinfra, **{**self.settings, **env})

    def run(self, command, *arguments, expect=DONE, **options):
        """A run to its end; `expect` is the exit code (or codes) it must have, None any."""
        run = self.start(command, *arguments, **options)
        result = run.wait()
        if expect is not None and result.code not in (expect if isinstance(expect, tuple) else (expect,)):
            raise Failed(f"{run}: {expect} expected, {result}")
        return run

    def killed(self, command, fault, *arguments, **options):
        """A run that must meet its fault, and die of it."""
        run = self.run(command, *arguments, faults=[fault], expect=None, **options)
        if not run.met():
            self.missed(run)
        return run

    def missed(self, run):
        faults = ", ".join(map(str, run.counter.seen))
        raise NotReached(f"{run} never came to {faults}: {' '.join(run.calls)}\n{run.result}")

    # --- the proxy's hook ---

    async def _fault(self, request):
        exchange = request[EXCHANGE]
        name = call_name(exchange, STORE)
        parsed = signature.parse(exchange)
        run = self.runs.get(parsed[0]) if parsed else None
        if run is None:
            return None
        with self._idle:
            self._in_hand += 1
        try:
            return await self._meet(run, name, request)
        finally:
            with self._idle:
                self._in_hand -= 1
                self._idle.notify_all()

    async def forward(self, exchange):
        await self._as_aws(call_name(exchange, STORE), exchange)

    async def _meet(self, run, name, request):
        run.calls.append(name)
        if self.late and self.release_at and self.release_at(name):
            await self._release()
        for fault in run.counter.take(name):
            reply = await ACTIONS[fault.do](self, run, fault, request)
            if reply is not None:
                return reply
        await self.forward(request[EXCHANGE])
        return Proxy.answer(request[EXCHANGE])

    def settle(self):
        """Wait until every call that left is answered; dead runs' calls go on without them."""
        asyncio.run_coroutine_threadsafe(_turns(), self.proxy.loop).result(PATIENCE)
        with self._idle:
            if not self._idle.wait_for(lambda: not self._in_hand, PATIENCE):
                raise Failed("calls are still in hand")

    async def _release(self):
        exchange, self.late = self.late, None
        await self.forward(exchange)
        self.proxy.record(exchange)

    def release(self):
        """Forward the late call now, if it still waits."""
        if self.late:
            asyncio.run_coroutine_threadsafe(self._release(), self.proxy.loop).result(PATIENCE)

    def release_at_first_write(self):
        """… or when the next run is about to change something."""
        self.release_at = is_write

    # --- what must hold ---

    def snapshot(self):
        return snapshot(self.client, without=BUCKET)

    def inventory(self):
        found = inventory(self.emulator, self.client)
        found["buckets"] = [name for name in found.get("buckets", []) if name != BUCKET]
        return {what: names for what, names in found.items() if names}

    def check_snapshot(self, wanted):
        found = self.snapshot()
        if found != wanted:
            raise Failed("the account is not as it must be:\n" + "\n".join(differences(wanted, found)))

    def check_no_changes(self):
        before = len(self.proxy.exchanges)
        run = self.run("plan", "--detailed-exitcode", expect=DONE)
        written = [name for name in run.calls if is_write(name) or name.endswith(":write")]
        if written or len(self.proxy.exchanges) == before:
            raise Failed(f"a plan wrote: {written}")

    def check_destroy(self):
        self.run("destroy")
        left = self.inventory()
        if left:
            raise Failed(f"destroy left {left}")

    def check_requests(self):
        """Every request is one that AWS takes."""
        secrets = {key: SECRET_KEY for key in self.runs}
        problems = validate.check_all(self.proxy.exchanges, secrets)
        if problems:
            raise Failed("requests that AWS would refuse:\n" + "\n".join(dict.fromkeys(problems)))

    def calls_by(self, run):
        """(exchange, name) of what a run asked, in the order in which it ended."""
        return [(exchange, call_name(exchange, STORE)) for exchange in list(self.proxy.exchanges)
                if (signature.parse(exchange) or [None])[0] == run.key]

    def check_history(self):
        """Every version of state and operation object is newer than the one before."""
        last = {}
        for exchange in self.proxy.exchanges:
            name = call_name(exchange, STORE)
            if name not in ("state:write", "op:write") or exchange.status != 200:
                continue
            written = json.loads(exchange.body)
            now = (written["epoch"], written["serial"])
            if now <= last.get(name, (0, 0)) or written["serial"] <= last.get(name, (0, 0))[1]:
                raise Failed(f"{name}: epoch and serial {now} after {last[name]}")
            last[name] = now

    def check_all(self, wanted):
        self.check_history()
        self.check_snapshot(wanted)
        self.check_no_changes()
        self.check_destroy()
        self.check_requests()

    def log(self):
        """What every run asked, for people."""
        lines = []
        for run in self.runs.values():
            lines += [f"== {run}", *(f"   {fault}" for fault in run.counter.met), f"   {' '.join(run.calls)}",
                      str(run.result)]
        return "\n".join(lines)

    def stored(self):
        """State and operation object as they are."""
        found = {}
        s3 = self.client("s3")
        for key in (KEY, KEY + ".op"):
            try:
                found[key] = json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
            except s3.exceptions.NoSuchKey:
                found[key] = None
        return found


async def _turns():
    """Let the proxy's loop see what lies in its sockets."""
    for _ in range(8):
        await asyncio.sleep(0)


NAMES = ("name", "Name", "FunctionName", "TableName", "RoleName", "AliasName", "AlarmName", "logGroupName",
         "RouteKey", "QueueArn", "TopicArn", "Description", "EventSourceArn")


def _name(one):
    """What a person would call an object of a snapshot."""
    for part in (one, one.get("about"), one.get("role"), one.get("attributes")):
        for name in NAMES:
            if part and part.get(name):
                return part[name]
    return json.dumps(one, sort_keys=True)[:60]


def differences(wanted, found):
    """Lines that tell two snapshots apart: objects too few, too many, and properties that differ."""
    for what in sorted({*wanted, *found}):
        missing, more = list(wanted.get(what, [])), []
        for one in found.get(what, []):
            if one in missing:
                missing.remove(one)
            else:
                more.append(one)
        for one in more:
            same = next((other for other in missing if _name(other) == _name(one)), None)
            if same is None:
                yield f"+ {what}: {_name(one)}"
            else:
                missing.remove(same)
                yield from (f"~ {what}: {_name(one)}{line}" for line in _paths(same, one))
        yield from (f"- {what}: {_name(one)}" for one in missing)


def _paths(old, new, path=""):
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from _paths(old.get(key), new.get(key), f"{path}.{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new)):
            yield from _paths(one, other, f"{path}[{number}]")
    elif old != new:
        yield f" {path}: {json.dumps(old)} -> {json.dumps(new)}"
