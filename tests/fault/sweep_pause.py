"""Stopped past the life of its lease, and continued after another run took over: it does nothing more.

The proxy's log shows it: the first run's last call comes before the takeover is complete, which is
when the state holds the new epoch.
"""

import json
import signal

from fault.cases import CASES
from fault.faults import Fault, is_write
from fault.lab import Failed, NotReached
from fault.points import calls_of, split, unharmed
from support.cinfra import LOCKED

SAMPLE = ("hello/op:write.1/before", "hello/lambda:AddPermission.1/before", "hello/op:write.3/after")
SHORT = {"CINFRA_LEASE_SECONDS": "3"}


def points(lab):
    return [f"{case}/{call}/{side}" for case in ("hello", "mixed")
            for call in calls_of(lab, case, lambda name: is_write(name) or name == "op:write")
            for side in ("before", "after")]


def run(lab, point):
    case_name, call, side = point.split("/")
    case, (name, number) = CASES[case_name], split(call)
    _, wanted = unharmed(lab, case_name)
    lab.begin()
    case.prepare(lab)
    first = lab.start("apply", faults=[Fault(name, "stop", side=side, nth=number)], **SHORT)
    if not first.wait_for_signal():
        lab.missed(first)
    second = lab.run("apply", "--lock-timeout", "50s", **SHORT)
    first.signal(signal.SIGCONT)
    result = first.wait()
    check_log(lab, first, second)
    if result.code != LOCKED:
        raise Failed(f"the first run was taken over, {LOCKED} expected: {result}")
    lab.check_all(wanted)


def check_log(lab, first, second):
    """Nothing of the first run after the takeover; worst of all a call that changed something."""
    taken = takeover(lab, first, second)
    after = [(exchange, name) for exchange, name in lab.calls_by(first) if exchange.started > taken]
    changed = [name for exchange, name in after if exchange.status == 200
               and (is_write(name) or name.endswith(":write"))]
    if after:
        told = ", ".join(f"{name} -> {exchange.status}" for exchange, name in after)
        raise Failed(f"{'CHANGED something' if changed else 'sent'} after the takeover was complete: {told}")


def takeover(lab, first, second):
    """When the state first held the second run's epoch."""
    mine = [json.loads(exchange.body)["epoch"] for exchange, name in lab.calls_by(first) if name == "op:write"]
    for exchange, name in lab.calls_by(second):
        if name == "state:write" and exchange.status == 200 and json.loads(exchange.body)["epoch"] > max(mine, default=0):
            return exchange.started + exchange.seconds
    raise NotReached("the first run had ended: there was nothing to take over")
