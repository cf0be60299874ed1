"""The checked-in cases are what botocore signs; the unit tests hold src/aws/sigv4.c against them."""

import json

import generate
import pytest


@pytest.mark.parametrize("group", generate.GROUPS, ids=lambda group: group.__name__)
def test_cases_are_botocore_s(group):
    path = generate.CASES / f"{group.__name__}.json"
    assert path.read_text() == generate.text_of(group), "run tests/sigv4/generate.py"


def test_there_are_many_and_all_differ():
    signatures = [case["signature"] for group in generate.GROUPS
                  for case in json.loads((generate.CASES / f"{group.__name__}.json").read_text())]
    assert len(signatures) >= 300
    assert len(set(signatures)) > len(signatures) * 0.95


def test_no_stray_files():
    names = {f"{group.__name__}.json" for group in generate.GROUPS}
    assert {path.name for path in generate.CASES.iterdir()} == names
