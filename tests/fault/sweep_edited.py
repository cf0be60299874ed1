"""Killed as in the kill sweep, but before the second run the stack is edited: what the dead run was
about is gone, has another name, or other properties."""

from fault.cases import CASES
from fault.faults import Fault, is_write
from fault.points import calls_of, split, unharmed
from fault.sweep_kill import finish
from support.cinfra import DONE, ERROR

SAMPLE = ("hello/removed/apigatewayv2:CreateRoute.2/after", "hello/changed/iam:CreateRole.1/late",
          "hello/renamed/lambda:CreateFunction.1/after", "mixed/back/kms:CreateKey.1/late",
          "mixed/changed/sns:Subscribe.1/late", "mixed/removed/events:PutTargets.1/after")


def points(lab):
    return [f"{case.name}/{label}/{call}/{side}" for case in CASES.values() for label, _ in case.edits
            for call in calls_of(lab, case.name, lambda name: is_write(name) or name.endswith(":write"))
            for side in ("after", "late")]


def run(lab, point):
    case_name, edit, call, side = point.split("/")
    case, (name, number) = CASES[case_name], split(call)
    _, wanted = unharmed(lab, case_name, edit)
    lab.begin()
    case.prepare(lab)
    lab.killed("apply", Fault(name, "kill", side=side, nth=number))
    lab.place(case, case.edited(edit))
    # What arrives late in something that the edit removed holds the removal up: that run may only say so.
    finish(lab, side, "apply", expect=(DONE, ERROR) if side == "late" else DONE)
    lab.check_all(wanted)
