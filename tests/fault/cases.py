"""The stacks that the sweeps go through, and the change that is disturbed.

A case is a folder with a stack file, and what was applied before.  Its edits are what happens to
the file between the run that is disturbed and the next one.
"""

from dataclasses import dataclass
from pathlib import Path

from support.cinfra import DONE, ERROR

from fault.faults import DENIED, Fault

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
STACKS = Path(__file__).resolve().parent / "stacks"


@dataclass(frozen=True)
class Before:
    """A stack file that is applied first; one with faults fails, and leaves something behind."""

    file: str
    faults: tuple = ()


@dataclass(frozen=True)
class Case:
    name: str
    folder: Path                 # what lies beside the stack file
    change: str = "cinfra.yaml"  # the stack file whose apply is disturbed
    before: tuple = ()           # of Before, in this order
    edits: tuple = ()            # (label, ((text, what stands in its place then), …))

    def text(self):
        return (self.folder / self.change).read_text()

    def edited(self, label):
        """The stack after an edit; `back` is the one that the change began from."""
        if label == "back":
            return (self.folder / self.before[-1].file).read_text()
        text = self.text()
        for old, new in dict(self.edits)[label]:
            if old not in text:
                raise KeyError(f"{self.name}: {label}: no {old!r} in {self.change}")
            text = text.replace(old, new)
        return text

    def prepare(self, lab):
        """All that was before; the folder is then ready for the change."""
        for step in self.before:
            lab.place(self, (self.folder / step.file).read_text())
            lab.run("apply", faults=step.faults, expect=ERROR if step.faults else DONE)
        lab.place(self, self.text())


DELETES_FAIL = (Fault("kms:ScheduleKeyDeletion", "error", value=DENIED, times=9),
                Fault("apigatewayv2:DeleteApi", "error", value=DENIED, times=9))

HELLO_EDITS = (
    ("removed", (("      GET /{name}: hello\n", ""),)),
    ("renamed", (("  hello: { code", "  greeter: { code"), (": hello\n      GET", ": greeter\n      GET"),
                 ("{name}: hello", "{name}: greeter"))),
    ("changed", (("handler: app.handle", "handler: app.handle, memory: 512"),)),
)
ORDERS_EDITS = (  # none of the stage: moto has no UpdateStage
    ("removed", (("      - { bucket: images, event: \"s3:ObjectCreated:*\", prefix: uploads/, suffix: .jpg }\n",
                  "      []\n"),
                 ("    subscriptions:\n      - { queue: shipping, filter_policy: { status: [confirmed] }, "
                  "raw_message_delivery: true }\n", ""),
                 ("  shipping:\n    encryption: data\n", ""),
                 ("      GET /orders/{orderId}: http\n", ""))),
    ("renamed", (("  report:\n", "  nightly:\n"), ("  images:\n", "  pictures:\n"),
                 ("bucket: images", "bucket: pictures"), ("buckets.images", "buckets.pictures"),
                 ("code: src/${self.key}", "code: src/http"), ("failed-orders", "lost-orders"),
                 ("topics.alerts", "topics.alarms"), ("  alerts: {}", "  alarms: {}"))),
    ("changed", (("memory: 256", "memory: 512"), ("visibility_timeout: 3m", "visibility_timeout: 4m"),
                 ("noncurrent_expire: 30d", "noncurrent_expire: 31d"), ("batch_size: 10", "batch_size: 8"),
                 ("POST /orders: http", "PUT /orders: http"), ("at_least: 1", "at_least: 2"),
                 ("cron(0 3 ", "cron(0 4 "))),
)
MIXED_EDITS = (
    ("removed", (("  index: { partition_key: word }\n", ""), ("  cellar: { versioning: true }\n", "  {}\n"),
                 ("    subscriptions:\n      - { queue: mail }\n", ""), ("      POST /: worker\n", ""),
                 ("  nightly:\n    schedule: rate(1 day)\n    targets: [{ function: worker }]\n", "  {}\n"),
                 ("  door:\n    type: AWS::ApiGatewayV2::Stage\n"
                  "    properties: { ApiId: \"${resources.gate.id}\", StageName: open }\n", ""))),
    ("renamed", (("tables.ledger", "tables.journal"), ("  ledger: { part", "  journal: { part"),
                 ("  cellar: {", "  loft: {"), ("  data: {", "  safe: {"), ("encryption: data", "encryption: safe"),
                 ("  letters: {", "  parcels: {"), ("resources.gate", "resources.portal"), ("  gate:", "  portal:"))),
    ("changed", (("partition_key: day", "partition_key: week"), ("mixed-mail-b", "mixed-mail-c"),
                 ("versioning: true", "versioning: false"), ("memory: 256", "memory: 384"),
                 (", multi_region: true", ""), ("ProtocolType: WEBSOCKET, RouteSelectionExpression: "
                                                "\"$request.body.action\"", "ProtocolType: HTTP"))),
    ("back", ()),
)

CASES = {case.name: case for case in (
    Case("hello", EXAMPLES / "hello", edits=HELLO_EDITS),
    Case("orders", EXAMPLES / "orders", edits=ORDERS_EDITS),
    Case("mixed", STACKS / "mixed", "after.yaml", before=(Before("before.yaml"),), edits=MIXED_EDITS),
    Case("deposed", STACKS / "mixed", "after.yaml",
         before=(Before("before.yaml"), Before("deposed.yaml", DELETES_FAIL))),
)}
