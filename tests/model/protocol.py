"""protocol.py: the state protocol (docs/RELIABILITY.md) as a model small enough to explore whole.

Two runs want to replace one resource: delete the old object of a name, create a new one. A store
holds the two objects of the protocol (the state, and the operation object: lease and journal) and
offers compare-and-swap. Any run may be killed, or paused past its lease, between any two steps; a
call that was sent may arrive at any later time until its signature expires, also when its sender
is dead. `explore` walks every interleaving and checks the invariants; taking a rule away
(`without`) has to make one of them fail, which is how we know that the rule is needed.
"""

from dataclasses import dataclass, replace

RULES = {
    "cas": "every write is a compare-and-swap",
    "intent-first": "no mutating call leaves before its intent is acknowledged",
    "lease-check": "every mutating call is preceded by a check of the lease",
    "margin": "a lease is taken over only some time after its owner gave it up by its own clock",
    "epoch-in-state": "a takeover is complete only when the new epoch is in the state",
    "carry-journal": "taking the operation object keeps the journal found in it",
    "suspects": "a create whose end is unknown stays on record, and what it made is adopted",
    "incarnation": "a delete re-reads the incarnation it is about to delete",
    "signature-wait": "a name with an unsettled delete is not created again until the call expired",
}


@dataclass(frozen=True)
class Op:
    """The operation object."""

    version: int = 0
    epoch: int = 0
    owner: int | None = None  # a run, or None: free
    intent: tuple | None = None  # ("delete", incarnation) or ("create", nonce)
    result: tuple | None = None  # ("deleted",) or ("created", incarnation)
    suspects: frozenset = frozenset()  # nonces of creates whose end is unknown


@dataclass(frozen=True)
class State:
    version: int = 0
    epoch: int = 0
    record: tuple | None = (1, "old")  # (incarnation, configuration)


@dataclass(frozen=True)
class Run:
    at: str = "start"
    epoch: int = 0
    op: int = 0  # versions last seen
    state: int = 0
    record: tuple | None = None
    intent: tuple | None = None
    # good; late: given up by its own clock; lost: others may take it; stale: both think it theirs
    lease: str = "none"
    flight: tuple | None = None  # a call on its way
    reply: tuple | None = None
    dead: bool = False


@dataclass(frozen=True)
class World:
    op: Op = Op()
    state: State = State()
    object: tuple | None = (1, "old", None)  # (incarnation, configuration, nonce) in AWS
    made: int = 1  # incarnations so far
    outside: int = 1  # how often somebody else may still make the object anew
    runs: tuple = (Run(), Run())
    fault: str | None = None


class Model:
    def __init__(self, without=()):
        self.rules = set(RULES) - set(without)

    def has(self, rule):
        return rule in self.rules

    # --- writes ---

    def write_op(self, w, i, seen, **changes):
        """CAS on the operation object: (world, written)."""
        if self.has("cas") and w.op.version != seen:
            return w, False
        return replace(w, op=replace(w.op, version=w.op.version + 1, **changes)), True

    def write_state(self, w, seen, **changes):
        if self.has("cas") and w.state.version != seen:
            return w, False
        return replace(w, state=replace(w.state, version=w.state.version + 1, **changes)), True

    @staticmethod
    def put(w, i, **changes):
        runs = list(w.runs)
        runs[i] = replace(runs[i], **changes)
        return replace(w, runs=tuple(runs))

    def fenced(self, w, i):
        """The run found out that another one owns the operation object: it stops."""
        return self.put(w, i, at="fenced", lease="none")

    # --- the steps of a run; each is atomic, anything may happen between two ---

    def start(self, w, i):
        """Take the operation object when it is free, or its owner's lease is over."""
        owner = w.op.owner
        if owner is not None and w.runs[owner].lease not in ("lost", "stale"):
            return None
        keep = {} if self.has("carry-journal") else {
            "intent": None, "result": None, "suspects": frozenset()}
        epoch = max(w.op.epoch, w.state.epoch) + 1
        w, _ = self.write_op(w, i, w.op.version, owner=i, epoch=epoch, **keep)
        return self.put(w, i, at="settle", epoch=epoch, op=w.op.version, state=w.state.version,
                        lease="good", intent=w.op.intent, record=w.state.record)

    def settle(self, w, i):
        """What became of the journal's intent: its result, or what AWS says."""
        run, record = w.runs[i], w.state.record
        if w.op.result:
            record = (w.op.result[1], "new") if w.op.result[0] == "created" else None
        elif run.intent and run.intent[0] == "create":
            record = w.object[:2] if w.object and w.object[2] == run.intent[1] else None
            if not record and self.has("suspects"):
                w, ok = self.write_op(w, i, run.op, suspects=w.op.suspects | {run.intent[1]})
                if not ok:
                    return self.fenced(w, i)
        elif run.intent:
            record = record if w.object and w.object[0] == run.intent[1] else None
        w = self.put(w, i, op=w.op.version)
        return self.put(w, i, at="epoch", record=record)

    def epoch(self, w, i):
        run = w.runs[i]
        if self.has("epoch-in-state"):
            w, ok = self.write_state(w, run.state, epoch=run.epoch, record=run.record)
            if not ok:
                return self.fenced(w, i)
        return self.put(w, i, at="plan", state=w.state.version)

    def plan(self, w, i):
        """What is recorded decides what is to be done."""
        record = w.runs[i].record
        if record is None:
            return self.put(w, i, at="intend", intent=("create", (i, w.runs[i].epoch)))
        if record[1] == "old":
            return self.put(w, i, at="intend", intent=("delete", record[0]))
        return self.put(w, i, at="commit", intent=None)

    def intend(self, w, i):
        run = w.runs[i]
        if self.has("intent-first"):
            w, ok = self.write_op(w, i, run.op, intent=run.intent, result=None)
            if not ok:
                return self.fenced(w, i)
        return self.put(w, i, at="look", op=w.op.version)

    def look(self, w, i):
        """A delete makes sure that the object is the one on record, a create that there is none."""
        run, there = w.runs[i], w.object
        if run.intent[0] == "delete":
            if there is None:
                return self.put(w, i, at="result", reply=("deleted",))
            if self.has("incarnation") and there[0] != run.intent[1]:
                return self.put(w, i, at="foreign")
        elif there is not None and there[2] in w.op.suspects | {run.intent[1]}:
            return self.put(w, i, at="result", reply=("created", there[0]))
        elif there is not None:
            if there[2] and w.op.owner == i:
                w = replace(w, fault=f"object {there[0]}, made by a run, is taken for a stranger's")
            return self.put(w, i, at="foreign")
        return self.put(w, i, at="send")

    def send(self, w, i):
        run = w.runs[i]
        if self.has("lease-check") and run.lease not in ("good", "stale"):
            return self.put(w, i, at="fenced")
        unsettled = any(r.flight and r.flight[0] == "delete" for j, r in enumerate(w.runs) if j != i)
        if self.has("signature-wait") and run.intent[0] == "create" and unsettled:
            return None
        w = self.put(w, i, at="wait", flight=run.intent)
        if w.state.epoch > run.epoch:
            w = replace(w, fault=f"run {i} sends a call after the takeover by a later run")
        return w

    def wait(self, w, i):
        run = w.runs[i]
        return self.put(w, i, at="result") if run.reply else None

    def result(self, w, i):
        run = w.runs[i]
        record = (run.reply[1], "new") if run.reply[0] == "created" else None
        w, ok = self.write_op(w, i, run.op, result=run.reply)
        if not ok:
            return self.fenced(w, i)
        return self.put(w, i, at="plan", op=w.op.version, record=record, reply=None)

    def commit(self, w, i):
        run = w.runs[i]
        w, ok = self.write_state(w, run.state, record=run.record, epoch=run.epoch)
        if not ok and w.op.owner == i:
            w = replace(w, fault=f"run {i} owns the stack, but an older run has written the state")
        if not ok:
            return self.fenced(w, i)
        return self.put(w, i, at="release", state=w.state.version)

    def release(self, w, i):
        w, ok = self.write_op(w, i, w.runs[i].op, owner=None, intent=None, result=None)
        if not ok:
            return self.fenced(w, i)
        w = self.put(w, i, at="done", lease="none")
        ours = w.object and w.object[1] != "theirs"
        there = w.object[:2] if ours else None
        known = ours and w.state.record is None and w.object[2] in w.op.suspects
        if w.state.record != there and not known and not any(r.flight for r in w.runs):
            w = replace(w, fault=f"run {i} is done; on record is {w.state.record}, in AWS {there}")
        return w

    # --- what happens to runs ---

    def deliver(self, w, i):
        """A call arrives, whatever became of its sender."""
        run = w.runs[i]
        verb, what = run.flight
        if verb == "delete":
            if w.object and w.object[0] != what:
                w = replace(w, fault=f"a delete meant for object {what} hits object {w.object[0]}")
            w, reply = replace(w, object=None), ("deleted",)
        elif w.object:
            return self.put(w, i, flight=None, at="look")  # the name is taken: by whom?
        else:
            made = w.made + 1
            w, reply = replace(w, made=made, object=(made, "new", what)), ("created", made)
        return self.put(w, i, flight=None, reply=None if run.dead else reply)

    def happenings(self, w):
        for i, run in enumerate(w.runs):
            if run.flight:
                yield f"the {run.flight[0]} of run {i} arrives", self.deliver(w, i)
                if run.dead or run.lease in ("lost", "stale"):
                    yield f"the {run.flight[0]} of run {i} expires", self.put(w, i, flight=None, at="fenced")
            over = run.at in ("done", "fenced", "foreign", "start")
            if not run.dead and not over:
                yield f"run {i} is killed", self.put(w, i, dead=True)
            if run.lease == "good" and not over:
                gone = "late" if self.has("margin") else "stale"
                yield f"the lease of run {i} passes", self.put(w, i, lease=gone)
            if run.at == "plan" and run.record is None and not run.dead:
                yield f"run {i} is asked to stop", self.put(w, i, at="commit", intent=None)
            if run.lease == "late":
                yield f"the lease of run {i} may be taken over", self.put(w, i, lease="lost")
        # Not in the instant between a look and its call: no tool can promise that (RELIABILITY.md).
        busy = any(r.flight or (r.at == "send" and not r.dead) for r in w.runs)
        if w.outside and not busy and w.object and w.object[1] == "old":
            made = w.made + 1
            yield "somebody else makes the object anew", replace(
                w, outside=0, made=made, object=(made, "theirs", None))

    def steps(self, w):
        for i, run in enumerate(w.runs):
            if run.dead or run.at in ("done", "fenced", "foreign"):
                continue
            after = getattr(self, run.at)(w, i)
            if after is not None and after != w:
                yield f"run {i}: {run.at}", after
        yield from self.happenings(w)
