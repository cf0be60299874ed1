"""Nothing goes wrong: what holds for every other sweep holds for its cases as they are."""

from fault.cases import CASES
from fault.points import unharmed

SAMPLE = ("orders", "deposed")


def points(lab):
    return list(CASES) + [f"{case.name}/{label}" for case in CASES.values() for label, _ in case.edits]


def run(lab, point):
    name, _, edit = point.partition("/")
    case = CASES[name]
    _, wanted = unharmed(lab, name, edit or None)
    lab.begin()
    case.prepare(lab)
    lab.run("apply")
    if edit:
        lab.place(case, case.edited(edit))
        lab.run("apply")
    lab.check_all(wanted)
