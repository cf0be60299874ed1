#!/usr/bin/python3
"""layers.py [ROOT]: every #include obeys the layer table.

A file may include its own layer and those in its row.  The resource types are
reached only through the generated registry.
"""

import re
import sys
from pathlib import Path

from common import code, finish, sources

LAYERS = {
    "base": (),
    "net": ("base",),
    "model": ("base",),
    "lang": ("base", "model"),
    "plan": ("base", "model"),
    "aws": ("base", "net", "model"),
    "state": ("base", "model", "aws"),
    "engine": ("base", "model", "plan", "state"),
    "providers": ("base", "model", "aws"),
    "cmd": ("base", "net", "model", "lang", "plan", "aws", "state", "engine"),
    "main": ("base", "cmd"),
}
# Files open to a layer one by one.
EXTRA = {
    "cmd": ("version.h", "providers/aws/registry.h", "providers/aws/provider.h"),
    "main": ("version.h",),
}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)


def layer_of(path):
    """The layer of a file named relative to the root; None for what is no layer."""
    parts = Path(path).parts
    if path == "src/main.c":
        return "main"
    name = parts[1] if parts[0] == "src" and len(parts) > 2 else parts[0]
    return name if name in LAYERS else None


def target_layer(include):
    return include.split("/")[0] if "/" in include else None


def check(root):
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        layer = layer_of(name)
        if layer is None:
            yield f"{name}:1: in no layer"
            continue
        text = code(path.read_text(), keep_strings=True)
        for match in INCLUDE.finditer(text):
            include = match[1]
            target = target_layer(include)
            if target == layer or target in LAYERS[layer] or include in EXTRA.get(layer, ()):
                continue
            line = text.count("\n", 0, match.start()) + 1
            allowed = " ".join((layer,) + LAYERS[layer] + EXTRA.get(layer, ()))
            yield f'{name}:{line}: {layer} must not include "{include}" (allowed: {allowed})'


if __name__ == "__main__":
    finish("layers", list(check(Path(sys.argv[1] if len(sys.argv) > 1 else "."))))
