"""Points: where a change is disturbed.  A point is text: SWEEP/CASE/CALL.N/SIDE…, which replays it.

A sweep is a module `sweep_*.py` with

    DOC = "what it shows"
    def points(lab): …            the points of the full sweep, without the sweep's name
    def run(lab, point): …        try one; raises Failed
    SAMPLE = (…)                  points that `make check` tries
"""

import functools
import importlib
from collections import Counter
from pathlib import Path

from fault.cases import CASES
from fault.faults import is_store, is_write

SIDES = ("before", "after", "late", "later")


def sweeps():
    """{name: module} of all that there are."""
    here = Path(__file__).parent
    return {path.stem.removeprefix("sweep_"): importlib.import_module(f"fault.{path.stem}")
            for path in sorted(here.glob("sweep_*.py"))}


def try_point(lab, point):
    """Run SWEEP/…; raises Failed (or whatever went wrong) when something does not hold."""
    name, _, rest = point.partition("/")
    try:
        sweeps()[name].run(lab, rest)
    finally:
        lab.end()


def split(call):
    """`name.n` as name and number."""
    name, _, number = call.rpartition(".")
    return name, int(number)


def may_be_missed(point):
    """How often the journal is written depends on the time that a run takes, and how many calls a
    recovery has to make on where the first run died."""
    return "/op:write." in f"/{point}" or point.startswith("double/")


def numbered(names):
    """Each call as `name.n`: the n-th of its name."""
    seen = Counter()
    for name in names:
        seen[name] += 1
        yield f"{name}.{seen[name]}"


@functools.cache
def unharmed(lab, case_name, edit=None, command="apply", store="s3"):
    """(calls, snapshot) of a case's change when nothing goes wrong."""
    case = CASES[case_name]
    lab.begin(store)
    case.prepare(lab)
    if edit:
        lab.place(case, case.edited(edit))
    if command == "destroy":
        lab.run("apply")
    run = lab.run(command)
    found = lab.snapshot()
    lab.end()
    return run.calls, found


def calls_of(lab, case_name, wanted=lambda name: is_write(name) or is_store(name), **options):
    """The calls of an unharmed run that a sweep is about, as `name.n`."""
    calls, _ = unharmed(lab, case_name, **options)
    return [call for call in numbered(calls) if wanted(split(call)[0])]
