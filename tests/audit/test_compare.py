"""The comparison itself: each kind of difference is seen, and what agrees is not."""

import pytest

from support.audit import compare

SCHEMA = {
    "properties": {
        "Name": {"type": "string", "pattern": "^[a-z]+$", "minLength": 1, "maxLength": 8},
        "Mode": {"enum": ["on", "off"]},
        "Days": {"type": "integer", "minimum": 1, "maximum": 30},
        "Parts": {"type": "array", "insertionOrder": False, "items": {"$ref": "#/definitions/Part"}},
        "Notes": {"type": "object"},
        "Arn": {"type": "string"},
    },
    "definitions": {"Part": {"type": "object", "properties": {"Key": {"type": "string"}}, "required": ["Key"]}},
    "required": ["Name"],
    "createOnlyProperties": ["/properties/Name"],
    "readOnlyProperties": ["/properties/Arn"],
}


def row(name, kind, *flags, **more):
    return {"name": name, "type": kind, "flags": list(flags), **more}


def rows():
    return {
        "Name": row("Name", "string", "required", "replace", pattern="[a-z]{1,}", min_length=1, max_length=8),
        "Mode": row("Mode", "string", values=["off", "on"]),
        "Days": row("Days", "integer", min=1, max=30),
        "Parts": row("Parts", "list", "set", item="object", properties=[row("Key", "string", "required")]),
        "Notes": row("Notes", "json"),
        "Arn": row("Arn", "string", "computed"),
    }


def findings(mine):
    dumped = {"name": "AWS::SQS::Queue", "properties": list(mine.values())}
    return [(one.path, one.what) for one in compare(dumped, SCHEMA)]


def test_what_agrees_is_no_finding():
    assert findings(rows()) == []


@pytest.mark.parametrize("name,change,found", [
    ("Name", {"pattern": "[a-z0-9]+"}, ("Name", "pattern")),
    ("Name", {"pattern": "[a-y]+"}, ("Name", "pattern")),
    ("Name", {"pattern": None}, ("Name", "pattern")),
    ("Name", {"max_length": 9}, ("Name", "length")),
    ("Name", {"flags": ["replace"]}, ("Name", "required")),
    ("Name", {"flags": ["required"]}, ("Name", "replace")),
    ("Mode", {"values": ["on"]}, ("Mode", "values")),
    ("Mode", {"flags": ["required"]}, ("Mode", "required")),
    ("Days", {"max": 31}, ("Days", "range")),
    ("Days", {"type": "string"}, ("Days", "type")),
    ("Parts", {"flags": []}, ("Parts", "order")),
    ("Parts", {"properties": [row("Key", "string")]}, ("Parts/Key", "required")),
    ("Parts", {"properties": []}, ("Parts/Key", "missing")),
    ("Parts", {"type": "json"}, ("Parts", "type")),
    ("Arn", {"flags": []}, ("Arn", "computed")),
    ("Notes", {"flags": ["replace"]}, ("Notes", "replace")),
])
def test_a_difference_is_found(name, change, found):
    mine = rows()
    mine[name].update(change)
    assert findings(mine) == [found]


def test_members_of_one_side():
    mine = rows()
    del mine["Days"]
    mine["Extra"] = row("Extra", "string")
    assert findings(mine) == [("Days", "missing"), ("Extra", "extra")]
