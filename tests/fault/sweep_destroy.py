"""A destroy that is killed at any call; destroyed again, or applied again."""

from fault.cases import CASES
from fault.faults import Fault
from fault.lab import Failed
from fault.points import calls_of, split, unharmed
from fault.sweep_kill import finish
from support.cinfra import DONE, ERROR

SAMPLE = ("hello/apigatewayv2:DeleteApi.1/after/destroy", "hello/op:write.1/late/apply")


def points(lab):
    return [f"{case}/{call}/{side}/{then}" for case in ("hello", "orders", "mixed")
            for call in calls_of(lab, case, command="destroy")
            for side in ("before", "after", "late") for then in ("destroy", "apply")]


def run(lab, point):
    case_name, call, side, then = point.split("/")
    case, (name, number) = CASES[case_name], split(call)
    _, wanted = unharmed(lab, case_name)
    lab.begin()
    case.prepare(lab)
    lab.run("apply")
    lab.killed("destroy", Fault(name, "kill", side=side, nth=number))
    # A delete that arrives while its object is made anew may fail that run; the next one mends it.
    finish(lab, side, then, expect=(DONE, ERROR) if (side, then) == ("late", "apply") else DONE)
    if then == "apply":
        lab.check_all(wanted)
    elif lab.inventory():
        raise Failed(f"destroy left {lab.inventory()}")
