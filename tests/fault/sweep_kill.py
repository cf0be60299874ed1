"""Killed at any call that changes something, or that reads or writes the state; applied again."""

from fault.cases import CASES
from fault.faults import Fault
from fault.points import SIDES, calls_of, split, unharmed

SAMPLE = tuple(f"hello/{call}/{side}" for side in SIDES for call in ("op:write.1", "op:write.3"))


def points(lab):
    return [f"{case}/{call}/{side}" for case in CASES for call in calls_of(lab, case) for side in SIDES]


def run(lab, point, store="s3"):
    case_name, call, side = point.split("/")
    case, (name, number) = CASES[case_name], split(call)
    _, wanted = unharmed(lab, case_name)
    lab.begin(store)
    case.prepare(lab)
    lab.killed("apply", Fault(name, "kill", side="late" if side == "later" else side, nth=number))
    finish(lab, side, "apply")
    lab.check_all(wanted)


def finish(lab, side, command):
    """The second run.  A late call arrives when that is about to change something, a later one
    when it has ended; what it did then is the next run's to mend."""
    if side == "late":
        lab.release_at_first_write()
    lab.run(command)
    lab.release()
    if side in ("late", "later"):
        lab.run(command)
