"""Which texts does a pattern take?  Samples are tried, as two spellings of one pattern compare badly."""

import ctypes
import functools
import os
import random
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from re import _constants as op, _parser as parser

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ["src/model/schema_pattern.c", "src/base/arena.c", "src/base/fatal.c", "src/base/memory.c", "src/base/str.c"]
LONGEST = 3000
MANY = 12
LETTERS = [chr(code) for code in range(0x20, 0x7F)]


class Writer:
    """Writes texts that a pattern probably takes; lookaround is not heeded."""

    def __init__(self, pattern, rng):
        self.tree, self.rng = parser.parse(pattern, re.ASCII), rng

    def text(self, repeats):
        """`repeats` is "least", "most" or "some", for all repeats of the pattern."""
        self.repeats = repeats
        return self.sequence(self.tree)[:LONGEST]

    def sequence(self, tree):
        return "".join(self.node(what, about) for what, about in tree)

    def node(self, what, about):
        if what is op.LITERAL:
            return chr(about)
        if what is op.NOT_LITERAL:
            return self.rng.choice([letter for letter in LETTERS if ord(letter) != about])
        if what is op.ANY:
            return self.rng.choice(LETTERS)
        if what is op.IN:
            return self.rng.choice(one_of(about))
        if what is op.BRANCH:
            return self.sequence(self.rng.choice(about[1]))
        if what is op.SUBPATTERN:
            return self.sequence(about[-1])
        if what in (op.MAX_REPEAT, op.MIN_REPEAT):
            return "".join(self.sequence(about[2]) for _ in range(self.count(*about[:2])))
        return ""

    def count(self, least, most):
        if self.repeats == "least":
            return least
        if self.repeats == "most":
            return most if most <= LONGEST else least + MANY
        return self.rng.randint(least, min(most, least + MANY))


def one_of(items):
    """The letters that a bracket takes: ASCII ones where it has any."""
    pattern = re.compile("".join(["["] + [_item(*item) for item in items] + ["]"]), re.ASCII)
    return [letter for letter in LETTERS if pattern.match(letter)] or [
        chr(code) for code in range(0x110000) if pattern.match(chr(code))][:50]


def _item(what, about):
    if what is op.NEGATE:
        return "^"
    if what is op.LITERAL:
        return _letter(about)
    if what is op.RANGE:
        return f"{_letter(about[0])}-{_letter(about[1])}"
    name = str(about).rpartition("_")[2][0].lower()
    return "\\" + (name.upper() if "NOT" in str(about) else name)


def _letter(code):
    return f"\\U{code:08x}"


def samples(patterns, rng, rounds=20):
    """Texts about the edge of what is taken; patterns in Python's spelling."""
    found = {"", "a", "A", "0", "-", "_", " ", "a b", "a/b", "arn:aws:iam::123456789012:role/x"}
    for pattern in patterns:
        writer = Writer(pattern, rng)
        for repeats in ["least", "most"] + ["some"] * rounds:
            text = writer.text(repeats)
            found |= {text, *(mutated(text, rng) for _ in range(4))}
    return sorted((text for text in found if "\n" not in text), key=lambda text: (len(text), text))


def mutated(text, rng):
    """One letter more, less or another."""
    at = rng.randrange(len(text) + 1)
    way = rng.randrange(3)
    letter = rng.choice(LETTERS) if way else ""
    return text[:at] + letter + text[at + (way != 1):]


@functools.cache
def _program():
    """pattern_match() of the program itself."""
    library = Path(tempfile.mkdtemp(prefix="cinfra-audit-")) / "pattern.so"
    flags = ["-std=gnu11", "-D_GNU_SOURCE", "-shared", "-fPIC", "-Isrc"]
    try:
        subprocess.run([os.environ.get("CC", "cc"), *flags, "-o", library, *SOURCES], cwd=ROOT, check=True)
        return ctypes.CDLL(str(library))
    finally:
        shutil.rmtree(library.parent)


def takes(pattern, text):
    """Does a row's pattern take a text?"""
    answer = _program().pattern_match(pattern.encode(), text.encode())
    if answer < 0:
        raise ValueError(f"the program cannot use the pattern {pattern}")
    return answer == 1


def ere_in_python(pattern):
    """A POSIX pattern in Python's spelling."""
    bracket = re.compile(r"\[\^?\]?(?:\[:\w+:\]|[^]])*\]")

    def plain(found):
        inner = found[0][1:-1]
        for name, letters in (("alnum", "0-9A-Za-z"), ("alpha", "A-Za-z"), ("digit", "0-9"), ("space", " \t"),
                              ("print", " -~"), ("graph", "!-~"), ("upper", "A-Z"), ("lower", "a-z"), ("cntrl", "\x01-\x1f"),
                              ("punct", "!-/:-@\\[-`{-~")):
            inner = inner.replace(f"[:{name}:]", letters)
        negated = inner.startswith("^")
        inner = inner[negated:].replace("\\", "\\\\").replace("[", "\\[")
        inner = "\\]" + inner[1:] if inner.startswith("]") else inner
        return "[" + "^" * negated + inner + "]"
    return bracket.sub(plain, pattern)


def rng_for(name):
    """The same samples on every run."""
    return random.Random(name)
