#!/usr/bin/python3
"""generate.py --binary build/cinfra [--check]: write the files that are made
from the program's own tables and checked in: schemas/ and docs/.

Each function in GENERATORS takes the binary and yields (path, text).  With
--check nothing is written; a file that is not current is named and the exit
code is 1.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from reference import pages

ROOT = Path(__file__).resolve().parent.parent


def ask(binary, *arguments):
    """What a command of the program prints."""
    return subprocess.run([binary, *arguments], capture_output=True, text=True, check=True).stdout


def reference(binary):
    return pages(json.loads(ask(binary, "types", "--json")))


def stack_schema(binary):
    yield "schemas/stack.schema.json", ask(binary, "types", "--schema")


GENERATORS = (reference, stack_schema)


def outdated(binary):
    """Yield (path, text) of every file that is not what it should be."""
    for generator in GENERATORS:
        for name, text in generator(binary):
            path = ROOT / name
            if not path.exists() or path.read_text() != text:
                yield path, text


def main():
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("--binary", default=ROOT / "build" / "cinfra")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    stale = list(outdated(args.binary))
    for path, text in stale:
        name = path.relative_to(ROOT)
        if args.check:
            print(f"{name} is not current: run 'make generate'")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            print(f"wrote {name}")
    return 1 if args.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
