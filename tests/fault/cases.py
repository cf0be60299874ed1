"""The stacks that the sweeps go through, and the change that is disturbed."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STACKS = Path(__file__).resolve().parent / "stacks"


@dataclass(frozen=True)
class Case:
    name: str
    folder: Path                 # what lies beside the stack file
    change: str = "cinfra.yaml"  # the stack file that is applied when it happens
    before: tuple = ()           # stack files applied before, in this order
    edits: tuple = ()            # (label, ((text, its replacement), …)): what is edited before the second run

    def text(self):
        return (self.folder / self.change).read_text()

    def edited(self, label):
        text = self.text()
        for old, new in dict(self.edits)[label]:
            if old not in text:
                raise KeyError(f"{self.name}: {label}: no {old!r} in {self.change}")
            text = text.replace(old, new)
        return text

    def prepare(self, lab):
        for name in self.before:
            lab.place(self, (self.folder / name).read_text())
            lab.run("apply")
        lab.place(self, self.text())


EXAMPLES = ROOT / "examples"
CASES = {case.name: case for case in (
    Case("hello", EXAMPLES / "hello"),
    Case("orders", EXAMPLES / "orders"),
)}
