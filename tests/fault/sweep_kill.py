"""Killed at any call that changes something, or that reads or writes the state; applied again."""

from fault.cases import CASES
from fault.faults import Fault
from fault.points import SIDES, calls_of, split, unharmed
from support.cinfra import DONE

SAMPLE = (
    *(f"hello/{call}/{side}" for side in ("after", "late") for call in (
        "op:write.1", "state:write.1", "apigatewayv2:CreateApi.1", "lambda:CreateFunction.1",
        "apigatewayv2:CreateIntegration.1")),
    "mixed/s3:CreateBucket.1/late", "mixed/kms:CreateKey.1/after", "mixed/sqs:DeleteQueue.1/later",
    "deposed/apigatewayv2:DeleteApi.1/after", "orders/sns:Subscribe.1/after",
)


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


def finish(lab, side, command, expect=DONE):
    """The second run.  A late call arrives when that is about to change something, a later one
    when it has ended; what it did then is the next run's to mend."""
    if side == "late":
        lab.release_at_first_write()
    lab.run(command, expect=expect)
    lab.release()
    if side in ("late", "later"):
        lab.run(command)
