"""The examples, from apply to destroy, on each emulator."""

import shutil
from itertools import zip_longest
from pathlib import Path

import pytest

from support.cinfra import CHANGES, DONE, DRIFT
from support.drifts import DRIFTS, UNCHANGEABLE
from support.inventory import inventory
from support.type_case import Aws, cases, rows

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def example(request, cinfra):
    """The binary in a copy of an example's folder."""
    shutil.copytree(EXAMPLES / request.param, cinfra.directory, dirs_exist_ok=True)
    return cinfra


def recorded(cinfra):
    [state] = [text for name, text in cinfra.state().items() if not name.endswith(".op.json")]
    return state["resources"]


def changed(plan):
    """{(address, property)} of a plan."""
    return {(change["address"], one["path"].split(".")[0].split("[")[0])
            for change in plan["changes"] for one in change["differences"]}


# What else is named when a property of a type drifted, by address.
FOLLOWS = {"StreamSpecification": {("functions.changes.events.orders", "EventSourceArn")}}  # another stream


class Live:
    """The example as boto3 sees it."""

    def __init__(self, emulator, resources):
        self.emulator, self.resources, self.seen = emulator, resources, Aws(emulator)
        self.cases = {one.type: one for one in reversed(cases().values())}

    def aws(self, address):
        return self.seen.as_if_at({"it": self.resources[address]})

    def read(self, properties):
        """The values of {(address, property)}."""
        return {(address, name): self.cases[self.resources[address]["type"]].read(self.aws(address)).get(name)
                for address, name in properties}

    def drift(self, address, name):
        DRIFTS[self.resources[address]["type"]][name](self.aws(address))

    def changeable(self, address):
        """The properties that AWS lets others change, less what this emulator does not."""
        about = self.resources[address]
        case, rows_of = self.cases[about["type"]], rows(about["type"])
        fixed = {*case.fixed_on(self.emulator), *case.lacking(self.emulator), *UNCHANGEABLE.get(about["type"], {})}
        return [name for name in sorted(about["properties"])
                if name not in fixed and "replace" not in rows_of[name]["flags"]]


def rounds(live):
    """[{(address, property)}]: every property once, one of each resource in a round, and what has
    consequences alone."""
    left = {address: live.changeable(address) for address in live.resources}
    alone = [{(address, name)} for address, names in left.items() for name in names if name in FOLLOWS]
    together = zip_longest(*([(address, name) for name in names if name not in FOLLOWS]
                             for address, names in left.items()))
    return [{one for one in some if one} for some in together] + alone


def empty_plan(cinfra, recording):
    recording.clear()
    cinfra.assert_no_changes()
    assert recording.mutating() == []


@pytest.mark.fast
@pytest.mark.threads
@pytest.mark.parametrize("example", ["hello", "orders"], indirect=True)
def test_from_apply_to_destroy(emulator, recording, example):
    example.apply()
    empty_plan(example, recording)
    example.destroy()
    assert inventory(emulator) == {}


def check_round(emulator, example, drifted):
    """Each is found, by its name and nothing else, and put back."""
    live = Live(emulator, recorded(example))
    before = live.read(drifted)
    for address, name in sorted(drifted):
        live.drift(address, name)
    assert [one for one, value in live.read(drifted).items() if value == before[one]] == []
    plan = example.plan("--json", expect=DRIFT).json()
    assert changed(plan) == drifted.union(*(FOLLOWS.get(name, ()) for _, name in drifted))
    example.apply()
    example.assert_no_changes()
    assert Live(emulator, recorded(example)).read(drifted) == before


@pytest.mark.parametrize("example", ["orders"], indirect=True)
def test_every_property_that_others_change_is_found_and_put_back(emulator, recording, example):
    example.apply()
    for drifted in rounds(Live(emulator, recorded(example))):
        check_round(emulator, example, drifted)
    empty_plan(example, recording)
    example.destroy()
    assert inventory(emulator) == {}


@pytest.mark.parametrize("example", ["orders"], indirect=True)
def test_a_code_change_updates_its_function_alone(recording, example):
    example.apply()
    handler = example.directory / "src" / "worker" / "app.py"
    handler.write_text(handler.read_text() + "\n# another version\n")
    plan = example.plan("--json", expect=CHANGES).json()
    assert [(c["address"], c["action"]) for c in plan["changes"]] == [("functions.worker", "update")]
    assert changed(plan) == {("functions.worker", "Code")}
    example.apply()
    empty_plan(example, recording)
    handler.write_text(handler.read_text().replace("\n# another version\n", ""))
    assert example.plan(expect=CHANGES).code == CHANGES
    example.apply()
    assert example.plan().code == DONE
