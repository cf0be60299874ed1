"""One call goes wrong on its way, and the run lives: it ends well by itself, or says why not and
the next one does."""

from fault.cases import CASES
from fault.faults import SERVER_ERROR, Fault, is_write
from fault.lab import Failed
from fault.points import calls_of, split, unharmed
from support.cinfra import DONE, ERROR, LOCKED

SAMPLE = ("hello/apigatewayv2:CreateApi.1/lost", "hello/op:write.1/lost", "hello/state:write.1/lost",
          "hello/lambda:CreateFunction.1/throttled", "mixed/kms:CreateKey.1/truncated")
# how: (what happens, how the run itself may end); a stale state is one that changed since
WAYS = {
    "lost": ({"do": "drop", "side": "after"}, (DONE,)),
    "dropped": ({"do": "drop", "side": "before"}, (DONE,)),
    "truncated": ({"do": "truncate"}, (DONE,)),
    "corrupted": ({"do": "corrupt"}, (DONE, ERROR)),
    "failed-after": ({"do": "error", "side": "after", "value": SERVER_ERROR}, (DONE,)),
    "throttled": ({"do": "throttle", "times": 3}, (DONE,)),
    "stale": ({"do": "stale"}, (DONE, ERROR, LOCKED)),
}
WRITES = ("lost", "dropped", "truncated", "corrupted", "failed-after", "throttled")
READS = ("truncated", "corrupted", "throttled", "stale")


def points(lab):
    return [f"{case}/{call}/{way}" for case in CASES for call in calls_of(lab, case, lambda name: True)
            for way in (WRITES if is_write(call) or ":write" in call else READS)]


def run(lab, point):
    case_name, call, way = point.split("/")
    case, (name, number) = CASES[case_name], split(call)
    how, codes = WAYS[way]
    _, wanted = unharmed(lab, case_name)
    lab.begin()
    case.prepare(lab)
    first = lab.run("apply", faults=[Fault(name, nth=number, **how)], expect=None)
    if not first.met():
        lab.missed(first)
    if first.result.code not in codes:
        raise Failed(f"{first}: {first.result}")
    if first.result.code != DONE:
        lab.run("apply")
    lab.check_all(wanted)
