"""The stack's spelling of every property that CloudFormation has."""

import ctypes
import os
import re
import subprocess

import pytest

from support import cfn

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")
SOURCES = ["src/model/schema_names.c", "src/base/arena.c", "src/base/fatal.c", "src/base/memory.c"]

# Where one letter is a word of its own.
LETTERS = {"x", "y", "a", "b", "c", "q"}
OURS = (
    "ApiGateway", "ApiGatewayV2", "CloudWatch", "DynamoDB", "Events", "IAM", "KMS", "Lambda",
    "Logs", "S3", "SNS", "SQS",
)


@pytest.fixture(scope="session")
def snake(tmp_path_factory):
    """snake_case() of the program itself."""
    library = tmp_path_factory.mktemp("names") / "names.so"
    flags = ["-std=gnu11", "-D_GNU_SOURCE", "-shared", "-fPIC", "-Isrc"]
    subprocess.run([os.environ.get("CC", "cc"), *flags, "-o", library, *SOURCES], cwd=ROOT, check=True)
    names = ctypes.CDLL(str(library))
    names.arena_new.restype = ctypes.c_void_p
    names.snake_case.restype = ctypes.c_char_p
    names.snake_case.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    arena = names.arena_new()
    return lambda name: names.snake_case(arena, name.encode()).decode()


def levels(node, path=""):
    """Yield (path, names) of every set of properties in a schema."""
    if isinstance(node, list):
        node = dict(enumerate(node))
    if not isinstance(node, dict):
        return
    properties = node.get("properties")
    if isinstance(properties, dict) and all(isinstance(p, (dict, bool)) for p in properties.values()):
        yield path, sorted(properties)
    for key, child in node.items():
        yield from levels(child, f"{path}/{key}")


def test_no_two_properties_of_a_level_are_spelled_alike(snake):
    for type_name in cfn.type_names():
        for path, names in levels(cfn.schema(type_name)):
            spelled = {}
            for name in names:
                other = spelled.setdefault(snake(name), name)
                assert other == name, f"{type_name}{path}: {other} and {name} are {snake(name)}"


def test_spellings_are_words(snake):
    for type_name in cfn.type_names():
        if type_name.split("::")[1] not in OURS:
            continue
        for path, names in levels(cfn.schema(type_name)):
            for name in names:
                words = snake(name).split("_")
                assert all(re.fullmatch("[a-z][a-z0-9]*", word) for word in words), name
                short = {word for word in words if len(word) == 1} - LETTERS
                assert not short, f"{type_name}{path}/{name} is {snake(name)}"


def test_spelling_twice_changes_nothing(snake):
    for type_name in cfn.type_names():
        for _, names in levels(cfn.schema(type_name)):
            for name in names:
                assert snake(snake(name)) == snake(name)
