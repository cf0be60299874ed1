"""An operation's input against its shape: everything the model says is checked."""

from datetime import datetime

import regex

# Patterns and limits that AWS's own services do not keep to: (service, shape): why.
WRONG_MODELS = {}

TYPES = {
    "structure": dict, "map": dict, "list": list, "string": str, "character": str,
    "integer": int, "long": int, "float": (int, float), "double": (int, float),
    "boolean": bool, "blob": bytes, "timestamp": datetime,
}
WHOLE = {"integer": 31, "long": 63}


def check(service, shape, value, path=""):
    """Yield what is wrong with a decoded value."""
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return
    if not isinstance(value, TYPES[kind]) or isinstance(value, bool) and kind != "boolean":
        yield f"{path or 'input'}: {kind} expected, got {value!r}"
        return
    if (service, shape.name) not in WRONG_MODELS:
        yield from _limits(shape, value, path or "input")
    if kind == "structure":
        yield from _structure(service, shape, value, path)
    elif kind == "list":
        for number, item in enumerate(value):
            yield from check(service, shape.member, item, f"{path}[{number}]")
    elif kind == "map":
        for key, item in value.items():
            yield from check(service, shape.key, key, f"{path}.{key} (key)")
            yield from check(service, shape.value, item, f"{path}.{key}")


def _structure(service, shape, value, path):
    for name in shape.required_members:
        if name not in value:
            yield f"{path or 'input'}: required member {name} is missing"
    if shape.metadata.get("union") and len(value) != 1:
        yield f"{path or 'input'}: one member expected, got {sorted(value)}"
    for name, item in value.items():
        if name in shape.members:
            yield from check(service, shape.members[name], item, f"{path}.{name}")
        else:
            yield f"{path or 'input'}: unknown member {name}"


def _limits(shape, value, path):
    """Ranges, lengths, patterns and allowed values."""
    kind, rules = shape.type_name, shape.metadata
    if kind in WHOLE and not -(2 ** WHOLE[kind]) <= value < 2 ** WHOLE[kind]:
        yield f"{path}: {value} does not fit a {kind}"
    size = _size(kind, value)
    if size is not None:
        if "min" in rules and size < rules["min"]:
            yield f"{path}: {size} is below the minimum {rules['min']} of {shape.name}"
        if "max" in rules and size > rules["max"]:
            yield f"{path}: {size} is above the maximum {rules['max']} of {shape.name}"
    if kind == "string":
        if shape.enum and value not in shape.enum:
            yield f"{path}: {value!r} is not one of {', '.join(shape.enum)}"
        pattern = rules.get("pattern")
        if pattern and not regex.fullmatch(pattern, value):
            yield f"{path}: {value!r} does not match {pattern} of {shape.name}"


def _size(kind, value):
    """What min and max speak of: a number, or a length."""
    if kind in ("integer", "long", "float", "double"):
        return value
    if kind in ("string", "list", "map", "blob"):
        return len(value)
    return None
