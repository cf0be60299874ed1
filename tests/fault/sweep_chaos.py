"""Anything at any time, by a seed: runs are disturbed and killed, the stack is edited between them.
When it is quiet again one apply puts everything right: no orphan, no phantom, all properties."""

import random

from fault.cases import CASES
from fault.faults import SERVER_ERROR, Fault
from fault.lab import Failed
from fault.points import unharmed
from support.cinfra import DONE, ERROR, LOCKED

SAMPLE = ("hello/1", "hello/11")
SEEDS, RUNS = 25, 4
DISTURBANCES = (  # (chance, what); reads only: what a reply says may be wrong
    (0.03, {"do": "delay", "value": 0.3}),
    (0.02, {"do": "drop", "side": "before"}),
    (0.02, {"do": "drop", "side": "after"}),
    (0.02, {"do": "throttle"}),
    (0.02, {"do": "error", "side": "after", "value": SERVER_ERROR}),
    (0.01, {"do": "truncate"}),
    (0.01, {"do": "kill", "side": "before"}),
    (0.02, {"do": "kill", "side": "after"}),
    (0.01, {"do": "kill", "side": "late"}),
)


class Chaos:
    """What a call meets depends on the seed, the run, and the how-manieth of its name it is: not on
    the order in which calls of several names come."""

    def __init__(self, seed):
        self.seed, self.seen, self.met = seed, {}, []

    def take(self, name):
        self.seen[name] = self.seen.get(name, 0) + 1
        dice = random.Random(f"{self.seed}/{name}/{self.seen[name]}").random()
        for chance, what in DISTURBANCES:
            if dice < chance:
                self.met.append(Fault(name, nth=self.seen[name], **what))
                return [self.met[-1]]
            dice -= chance
        return []


def points(lab):
    return [f"{case}/{seed}" for case in CASES for seed in range(SEEDS)]


def run(lab, point):
    case_name, seed = point.split("/")
    case, dice = CASES[case_name], random.Random(point)
    edits = [dice.choice([None, *dict(case.edits)]) for _ in range(RUNS)]
    _, wanted = unharmed(lab, case_name, edits[-1])
    lab.begin()
    case.prepare(lab)
    for number, edit in enumerate(edits):
        lab.place(case, case.edited(edit) if edit else case.text())
        lab.release_at_first_write()
        disturbed = lab.run("apply", counter=Chaos(f"{point}/{number}"), expect=None)
        if disturbed.result.code not in (DONE, ERROR, LOCKED, -9):
            raise Failed(f"{disturbed}: {disturbed.result}")
    lab.run("apply")
    if lab.late:
        lab.release()
        lab.run("apply")
    lab.check_all(wanted)
