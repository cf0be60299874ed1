"""What each type sends to AWS, call by call: NAME.wire pins requests and says the replies to them.

See support/wire.py for the form of the files and for how they are written anew.
"""

import difflib

import pytest

from support import validate
from support.emulator import ACCESS_KEY, SECRET_KEY
from support.type_case import types
from support.wire import CASES, Run, check_reply, parse

PATHS = {path.stem: path for path in sorted(CASES.glob("*.wire"))}


@pytest.mark.parametrize("name", PATHS)
def test_replies(name):
    """They have what botocore's models say, and nothing else."""
    steps = parse(PATHS[name].read_text()).steps
    assert [problem for step in steps for call in step.calls for problem in check_reply(call)] == []


@pytest.mark.parametrize("name", PATHS)
def test_requests(name):
    text = PATHS[name].read_text()
    run = Run(parse(text)).run()
    difference = difflib.unified_diff(text.split("\n"), run.text().split("\n"), "the case", "this run", lineterm="")
    problems = [*difference, *run.problems, *validate.check_all(run.exchanges, {ACCESS_KEY: SECRET_KEY})]
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


def test_every_type_has_a_case():
    assert {parse(path.read_text()).type for path in PATHS.values()} == set(types())
