"""CloudFormation's published schemas, as the package cfn-lint ships them."""

import functools
import importlib.util
import json
from pathlib import Path

# Importing the package takes a second; its files are all that is wanted.
SCHEMAS = Path(importlib.util.find_spec("cfnlint").origin).parent / "data" / "schemas"
REGION = "us-east-1"


@functools.cache
def _index():
    return json.loads((SCHEMAS / "providers" / f"{REGION}.json").read_text())


def type_names():
    """Every resource type that CloudFormation has."""
    return sorted(_index())


@functools.cache
def schema(type_name):
    """The schema of a resource type; KeyError for one that does not exist."""
    return json.loads((SCHEMAS / "resources" / f"{_index()[type_name]}.json").read_text())


def resolve(root, node):
    """Follow $ref: the node it leads to, with what stands beside the $ref on top."""
    seen = set()
    while "$ref" in node:
        if node["$ref"] in seen:
            raise ValueError(f"{node['$ref']} refers to itself")
        seen.add(node["$ref"])
        target = root
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def paths(root, key):
    """Property paths of a list such as createOnlyProperties: `A`, `A/B`, `A/*/B`."""
    return {
        path.removeprefix("/properties/").replace("/properties/", "/").replace("/items/", "/")
        for path in root.get(key, [])
    }
