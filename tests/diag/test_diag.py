"""Broken stacks and what `cinfra validate` says about them.

CASE.yaml is validated in this directory; standard error must be CASE.err, to the
byte.  CASE.args, one argument a line, and CASE.env, NAME=VALUE lines, may stand
beside it.  An error exits 1, anything else 0.

With UPDATE=1 in the environment the .err files are written instead: read the
difference before it is committed.
"""

import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
CINFRA = os.environ.get("CINFRA", str(HERE.parents[1] / "build" / "cinfra"))
CASES = sorted(path.stem for path in HERE.glob("*.yaml"))


def lines(name):
    path = HERE / name
    return path.read_text().splitlines() if path.exists() else []


def environment(case):
    """Nothing of the user's own, so that the output is the same everywhere."""
    env = {name: value for name, value in os.environ.items() if name.startswith(("ASAN", "UBSAN", "LSAN", "TSAN"))}
    env.update({"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C"})
    env.update(line.split("=", 1) for line in lines(f"{case}.env"))
    return env


def validate(case):
    return subprocess.run(
        [CINFRA, "validate", "-f", f"{case}.yaml", *lines(f"{case}.args")],
        cwd=HERE, env=environment(case), capture_output=True, timeout=60,
    )


@pytest.mark.parametrize("case", CASES)
def test_diagnostics(case):
    result = validate(case)
    errors = result.stderr.decode(errors="replace")
    expected = HERE / f"{case}.err"
    if os.environ.get("UPDATE"):
        expected.write_text(errors)
    assert errors == expected.read_text()
    broken = any(" error: " in line or line.startswith("error: ") for line in errors.splitlines())
    assert result.returncode == (1 if broken else 0)
    assert bool(result.stdout) != broken


def test_every_expectation_has_a_stack():
    for path in HERE.glob("*.*"):
        if path.suffix in (".err", ".args", ".env"):
            assert path.stem in CASES, path.name


def test_there_are_enough():
    assert len(CASES) >= 70
