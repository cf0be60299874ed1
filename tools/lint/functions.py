#!/usr/bin/python3
"""functions.py [ROOT]: functions stay short and simple, measured by pmccabe."""

import re
import statistics
import subprocess
import sys
from pathlib import Path

from common import finish, sources

MAX_LINES = 80
MAX_MEDIAN = 20
MAX_COMPLEXITY = 25
ROW = re.compile(r"^(\d+)\t\d+\t\d+\t\d+\t(\d+)\t(\S+)\((\d+)\): (\S+)")


def measure(root):
    """Yield (complexity, lines, place, name) of every function."""
    files = [str(path) for path in sources(root, (".c",))]
    if not files:
        return
    output = subprocess.run(["pmccabe", *files], capture_output=True, text=True, check=True).stdout
    for line in output.splitlines():
        match = ROW.match(line)
        if match:
            complexity, lines, path, at, name = match.groups()
            yield int(complexity), int(lines), f"{path}:{at}", name


def check(functions):
    for complexity, lines, place, name in functions:
        if lines > MAX_LINES:
            yield f"{place}: {name} has {lines} lines, over {MAX_LINES}"
        if complexity > MAX_COMPLEXITY:
            yield f"{place}: {name} has complexity {complexity}, over {MAX_COMPLEXITY}"


def main(root):
    functions = list(measure(root))
    problems = list(check(functions))
    if not functions:
        finish("functions", problems, "none")
    lengths = [row[1] for row in functions]
    median = statistics.median(lengths)
    if median >= MAX_MEDIAN:
        problems.append(f"the median function has {median} lines, not under {MAX_MEDIAN}")
    longest = max(functions, key=lambda row: row[1])
    hardest = max(functions)
    finish("functions", problems, (
        f"{len(functions)}, median {median:g} lines, longest {longest[1]} ({longest[3]}), "
        f"highest complexity {hardest[0]} ({hardest[3]})"
    ))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
