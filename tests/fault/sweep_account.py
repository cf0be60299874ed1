"""The second run has credentials of another account: refused before it reads anything there, and
nothing is forgotten."""

from fault.cases import CASES
from fault.faults import Fault, is_write
from fault.lab import Failed
from fault.points import calls_of, split, unharmed
from support.cinfra import CREDENTIALS
from support.emulator import ACCOUNT

SAMPLE = ("hello/lambda:CreateFunction.1/after", "mixed/state:write.1/after", "mixed/kms:CreateKey.1/after")
OTHER = Fault("sts:GetCallerIdentity", "rewrite", times=9, value=(ACCOUNT, "999999999999"))


def points(lab):
    return [f"{case}/{call}/after" for case in ("hello", "mixed")
            for call in calls_of(lab, case, lambda name: is_write(name) or name.endswith(":write"))]


def run(lab, point):
    case_name, call, side = point.split("/")
    case, (name, number) = CASES[case_name], split(call)
    _, wanted = unharmed(lab, case_name)
    lab.begin()
    case.prepare(lab)
    lab.killed("apply", Fault(name, "kill", side=side, nth=number))
    before = lab.stored()
    for command in ("plan", "apply", "destroy"):
        other = lab.run(command, faults=[OTHER], expect=CREDENTIALS)
        made = [name for name in other.calls if name not in ("sts:GetCallerIdentity", "state:read", "op:read")]
        if made:
            raise Failed(f"{command} with another account's credentials asked {made}")
    if lab.stored() != before:
        raise Failed("a run with another account's credentials changed the state")
    lab.run("apply")
    lab.check_all(wanted)
