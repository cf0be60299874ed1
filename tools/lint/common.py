"""What the checks share: which files there are, and C text without comments."""

import re
import sys
from pathlib import Path

TOKENS = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')""", re.S
)


def sources(root, suffixes=(".c", ".h"), tops=("src", "providers")):
    """All C files of the program below root, sorted."""
    return sorted(
        path for top in tops for path in (Path(root) / top).rglob("*") if path.suffix in suffixes
    )


def code(text, keep_strings=False):
    """C text with comments (and contents of literals) blanked, line breaks kept."""

    def blank(match):
        if match["comment"]:
            return re.sub(r"[^\n]", " ", match["comment"])
        return match["text"] if keep_strings else match["text"][0] * 2

    return TOKENS.sub(blank, text)


def finish(name, problems, summary=""):
    """Print the problems and end the process."""
    for problem in problems:
        print(problem)
    if summary:
        print(f"{name}: {summary}")
    sys.exit(1 if problems else 0)
