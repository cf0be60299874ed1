"""Killed, and the run that recovers is killed as well; a third one puts it right."""

from fault.cases import CASES
from fault.faults import Fault, is_write
from fault.points import calls_of, split, unharmed
from support.cinfra import DONE

SAMPLE = ("hello/apigatewayv2:CreateApi.1/after/write.2/late", "mixed/sqs:CreateQueue.1/after/op:write.1/after")
# Where the recovery dies: before or after its n-th call that changes something, or of the store.
AGAIN = ("write.1/after", "write.2/late", "write.4/after", "op:write.1/after", "op:write.2/late",
         "state:write.1/after", "state:write.1/late")


def points(lab):
    return [f"{case}/{call}/after/{again}" for case in ("hello", "mixed")
            for call in calls_of(lab, case, lambda name: is_write(name) or name.endswith(":write"))[::3]
            for again in AGAIN]


def run(lab, point):
    case_name, call, side, again, again_side = point.split("/")
    case, (name, number) = CASES[case_name], split(call)
    _, wanted = unharmed(lab, case_name)
    lab.begin()
    case.prepare(lab)
    lab.killed("apply", Fault(name, "kill", side=side, nth=number))
    name, number = split(again)
    recovery = lab.run("apply", faults=[Fault(name, "kill", side=again_side, nth=number)], expect=None)
    if not recovery.met():
        if recovery.result.code == DONE:
            lab.check_all(wanted)
        lab.missed(recovery)
    lab.release_at_first_write()
    lab.run("apply")
    lab.release()
    lab.run("apply")
    lab.check_all(wanted)
