"""State in a folder: the version before, and a state that was lost."""

import pytest

from support.cinfra import CHANGES, ERROR

pytestmark = pytest.mark.emulators("moto")  # what AWS says plays no part


def test_a_lost_state_is_refused_and_comes_back(emulator, recording, cinfra):
    cinfra.write("stack: t\nqueues: { a: {} }\n")
    cinfra.apply()
    cinfra.write("stack: t\nqueues: { a: {}, b: {} }\n")
    cinfra.apply()
    current, before = cinfra.run("state", "history", expect=0).stdout.splitlines()
    assert current.endswith("current  (current)") and before.endswith("backup")
    (cinfra.directory / ".cinfra" / "t.json").unlink()
    recording.clear()
    for command in (["plan"], ["apply", "--yes"], ["show"], ["output"]):
        refused = cinfra.run(*command, expect=ERROR)
        assert "there is no state, but" in refused.stderr and "state push" in refused.stderr
    assert recording.mutating() == []
    cinfra.write(cinfra.run("state", "pull", "backup", expect=0).stdout, "copy.json")
    cinfra.run("state", "push", "--yes", "copy.json", expect=0)
    plan = cinfra.plan_json(expect=CHANGES)
    assert [change["address"] for change in plan["changes"]] == ["queues.b"]
