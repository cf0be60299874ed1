"""The kill sweep with the state in local files."""

from fault import sweep_kill
from fault.faults import is_write
from fault.points import calls_of

SAMPLE = ("hello/apigatewayv2:CreateApi.1/after", "mixed/dynamodb:CreateTable.1/late")


def points(lab):
    return [f"{case}/{call}/{side}" for case in ("hello", "mixed")
            for call in calls_of(lab, case, is_write, store="local") for side in ("after", "late")]


def run(lab, point):
    sweep_kill.run(lab, point, store="local")
