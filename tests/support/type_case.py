"""Cases of tests/e2e/types: what a file there may say, and what its functions are given."""

import functools
import importlib.util
import json
import re
import subprocess
from pathlib import Path

from support.cinfra import BINARY

CASES = Path(__file__).resolve().parents[1] / "e2e" / "types"
REFERENCE = re.compile(r"\$\{resources\.(\w+)\.(\w+)\}")


class Case:
    """One file, with what it leaves out filled in."""

    def __init__(self, path):
        spec = importlib.util.spec_from_file_location(f"type_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.name = path.stem
        self.type = module.TYPE
        self.read = module.read
        self.create = module.CREATE
        self.depends = getattr(module, "DEPENDS", [])
        self.needs = getattr(module, "NEEDS", {})
        self.changes = getattr(module, "CHANGES", [])
        self.more = getattr(module, "MORE", {})
        self.replace = getattr(module, "REPLACE", [])
        self.drift = getattr(module, "DRIFT", {})
        self.defaults = getattr(module, "DEFAULTS", {})
        self.removals = getattr(module, "REMOVALS", None)
        self.equal = getattr(module, "EQUAL", [])
        self.foreign = getattr(module, "FOREIGN", [])
        self.setup = getattr(module, "setup", lambda aws: None)
        self.delete = getattr(module, "delete", None)
        self.attributes = getattr(module, "ATTRIBUTES", {})
        self.not_shown = getattr(module, "NOT_SHOWN", {})
        self.lacks = getattr(module, "LACKS", {})
        self.kept = getattr(module, "KEPT", {})
        self.fixed = getattr(module, "FIXED", {})

    def all_steps(self):
        more = [step for steps in self.more.values() for step in steps]
        return [self.create, *self.changes, *more, *self.replace]

    def lacking(self, emulator):
        """Properties that this emulator cannot carry, with the reason."""
        return self.lacks.get(emulator.name, {})

    def fixed_on(self, emulator):
        """Properties that this emulator takes at creation and never changes."""
        return self.fixed.get(emulator.name, {})

    def on(self, emulator, properties):
        """These properties, less what the emulator lacks: `A`, or the member `A.B` anywhere in A."""
        kept = dict(properties)
        for path in self.lacking(emulator):
            name, _, member = path.partition(".")
            if name in kept and member:
                kept[name] = _without(kept[name], member)
            elif not member:
                kept.pop(name, None)
        return kept


def _without(value, member):
    if isinstance(value, dict):
        return {name: _without(item, member) for name, item in value.items() if name != member}
    if isinstance(value, list):
        return [_without(item, member) for item in value]
    return value


@functools.cache
def cases():
    return {path.stem: Case(path) for path in sorted(CASES.glob("*.py"))}


@functools.cache
def _dump():
    """What `cinfra types` says of itself."""
    command = [str(BINARY), "types", "--json"]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def types():
    """The names of all types."""
    return [one["name"] for one in _dump()["types"]]


def dumped(type_name):
    """All that the program says of a type."""
    [found] = [one for one in _dump()["types"] if one["name"] == type_name]
    return found


def rows(type_name):
    """The top-level property rows of a type, by name."""
    return {row["name"]: row for row in dumped(type_name)["properties"]}


def snake(name):
    """The stack's spelling of an attribute, less the type's own word."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


class Aws:
    """What a case's functions see: boto3 clients, and where the resources are.

    `aws.id` is the physical id of the resource under test, `aws.at("Arn")` one of its
    attributes, `aws.at("Arn", "other")` that of another resource of the stack.
    """

    def __init__(self, emulator):
        self.emulator = emulator
        self.account = emulator.account
        self.region = emulator.region
        self.resources = {}
        self._clients = {}

    def client(self, service):
        if service not in self._clients:
            self._clients[service] = self.emulator.client(service)
        return self._clients[service]

    def look(self, cinfra):
        """Take over the ids from the state."""
        [state] = [document for name, document in cinfra.state().items() if not name.endswith(".op.json")]
        self.resources = {address.removeprefix("resources."): one
                          for address, one in state["resources"].items()}
        return self

    @property
    def id(self):
        return self.resources["it"]["id"]

    def at(self, name, resource="it"):
        about = self.resources[resource]
        return about["attributes"].get(name, about["properties"].get(name))

    def as_if_at(self, resources):
        """The same account, seen from what was recorded before."""
        other = Aws(self.emulator)
        other._clients, other.resources = self._clients, resources
        return other

    def resolved(self, value):
        """References as the text they stand for."""
        if isinstance(value, dict):
            return {key: self.resolved(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.resolved(item) for item in value]
        if isinstance(value, str):
            return REFERENCE.sub(lambda found: self._attribute(*found.groups()), value).replace("$${", "${")
        return value

    def _attribute(self, resource, word):
        about = self.resources[resource]
        words = about["type"].rpartition("::")[2]
        for name, value in {**about["properties"], **about["attributes"]}.items():
            if snake(name) == word or snake(name.removeprefix(words)) == word:
                return str(value)
        if word == "id":
            return about["id"]
        raise KeyError(f"resources.{resource} has no {word}: {about}")
