"""Plan cases: each *.case is run by the unit tests' program (see
tests/unit/plan_case.h), and each plan it shows as JSON obeys the schema."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted(Path(__file__).parent.glob("*.case"))
UNIT = Path(os.environ.get("CINFRA", ROOT / "build/cinfra")).with_name("unit")
SCHEMA = json.loads((ROOT / "schemas/plan.schema.json").read_text())


def section(case, name):
    """The text of a section, None without one."""
    _, found, rest = case.read_text().partition(f"@{name}\n")
    return rest.split("\n@")[0] if found else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_case(case):
    env = dict(os.environ, CINFRA_PLAN_CASE=case.name)
    run = subprocess.run([UNIT, "plan_cases"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    "case", [case for case in CASES if section(case, "JSON")], ids=lambda case: case.stem
)
def test_json_obeys_the_schema(case):
    plan = json.loads(section(case, "JSON"))
    errors = [error.message for error in Draft202012Validator(SCHEMA).iter_errors(plan)]
    assert errors == []


def test_schema_is_strict():
    Draft202012Validator.check_schema(SCHEMA)
    plan = json.loads(section(next(case for case in CASES if case.stem == "drift"), "JSON"))
    for broken in (
        plan | {"format": 2},
        plan | {"verdict": "maybe"},
        plan | {"surprise": 1},
        plan | {"changes": [plan["changes"][0] | {"action": "no-op"}]},
        {key: plan[key] for key in plan if key != "summary"},
    ):
        assert not Draft202012Validator(SCHEMA).is_valid(broken)
