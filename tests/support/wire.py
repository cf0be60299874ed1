"""Cases of tests/wire: what a type sends and what it is answered, as text to be read by people.

    # Words about the case.
    AWS::SQS::Queue

    === apply                      a command, and the properties of the resource for it
    {"QueueName": "t-it"}

    --- sqs:GetQueueUrl            each call in its order: the request …
    POST /
    X-Amz-Target: AmazonSQS.GetQueueUrl

    {"QueueName": "t-it"}
    <<< 400                        … and the reply it gets
    Content-Type: application/x-amz-json-1.0

    {"__type": "com.amazonaws.sqs#QueueDoesNotExist"}

Bodies are shown one member a line.  The mark of a create, random, is <marker>.

Where a resource is not enough, a command has {"stack": a whole stack, "zips": {name: bytes in it}}.

    python -m support.wire [--record EMULATOR] [NAME …]

writes cases anew: the requests as they are now, each with the reply that its case has for it;
with --record also the replies, as an emulator gives them.  Read what changed before it is kept.
"""

import argparse
import json
import random
import re
import sys
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_plus
from xml.etree import ElementTree

from aiohttp import web

from support import models, validate
from support.cinfra import Cinfra
from support.decode import Decoder
from support.emulator import ACCOUNT, Emulator
from support.proxy import Proxy
from support.recording import Exchange

CASES = Path(__file__).resolve().parents[1] / "wire"
WIDTH = 110
BINARY = 1024 * 1024  # bytes that are no text to read
MARKER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:/|%2F)[0-9a-f]{32}")
CHECKSUM = re.compile(r"(?<=x-amz-checksum-sha256: ).*")
# Headers of every request, which e2e tests check.
USUAL = {"host", "user-agent", "accept", "accept-encoding", "authorization", "connection", "content-length",
         "x-amz-date", "x-amz-content-sha256", "amz-sdk-invocation-id", "amz-sdk-request"}
SAID = {"accept": "application/json"}  # … but for what has a meaning
REPLY_HEADERS = ("content-type", "x-amzn-errortype", "x-amzn-query-error", "x-amz-bucket-region", "x-amz-version-id", "etag",
                 "x-amz-transition-default-minimum-object-size")
IDENTITY = f"""<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/t</Arn>
<Account>{ACCOUNT}</Account><UserId>AIDA</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>"""


@dataclass
class Call:
    name: str
    request: str
    status: int = 200
    headers: list = field(default_factory=list)
    body: str = ""

    def text(self):
        headers = "".join(f"{name}: {value}\n" for name, value in self.headers)
        return f"--- {self.name}\n{self.request}<<< {self.status}\n{headers}\n{self.body}".rstrip("\n") + "\n"

    def reply(self, marker):
        body = self.body.replace("<marker>", marker)
        if body.startswith("<"):
            body = body.replace(">\n<", "><")
        headers = {"x-amz-request-id": "wire", **dict(self.headers)}  # as on each of AWS's
        return web.Response(status=self.status, body=body.encode(), headers=headers)


@dataclass
class Step:
    command: str
    properties: dict
    calls: list

    def text(self):
        said = compact(self.properties) + "\n" if self.properties else ""
        return "\n".join([f"=== {self.command}\n{said}", *(call.text() for call in self.calls)])


@dataclass
class Case:
    type: str
    words: str
    steps: list

    def text(self):
        return "\n".join([f"{self.words}{self.type}\n", *(step.text() for step in self.steps)])


# --- reading ---


def blocks(text, mark):
    """What stands before the first line that begins with the mark, and (rest of that line, its block)…"""
    first, *rest = re.split(rf"^{re.escape(mark)} (.*)\n", text, flags=re.MULTILINE)
    return first, list(zip(rest[0::2], rest[1::2]))


def parse_call(name, text):
    request, _, reply = re.split(r"^(<<<) ", text, maxsplit=1, flags=re.MULTILINE)
    head, _, body = reply.partition("\n\n")
    status, *headers = head.rstrip("\n").split("\n")
    return Call(name, request.rstrip("\n") + "\n", int(status), [tuple(line.split(": ", 1)) for line in headers],
                body.rstrip("\n"))


def parse(text):
    head, commands = blocks(text, "===")
    lines = head.strip().split("\n")
    words = "".join(line + "\n" for line in lines if line.startswith("#"))
    steps = []
    for command, rest in commands:
        said, calls = blocks(rest, "---")
        steps.append(Step(command, json.loads(said) if said.strip() else {}, [parse_call(*call) for call in calls]))
    return Case(lines[-1], words, steps)


# --- showing ---


def compact(value, indent=""):
    """JSON on one line where it fits, else a member a line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent + line) <= WIDTH or not isinstance(value, (dict, list)):
        return line
    inner = indent + "  "
    if isinstance(value, list):
        items = [f"{inner}{compact(item, inner)}" for item in value]
        return "[\n" + ",\n".join(items) + f"\n{indent}]"
    items = [f"{inner}{json.dumps(key, ensure_ascii=False)}: {compact(item, inner)}" for key, item in value.items()]
    return "{\n" + ",\n".join(items) + f"\n{indent}}}"


def show_body(body):
    if len(body) > BINARY:
        return f"<{len(body)} bytes>"
    text = body.decode("utf-8", "replace")
    if not text:
        return ""
    if text[0] in "{[":
        return compact(json.loads(text))
    if text[0] == "<":
        return text.replace("><", ">\n<")
    if "Action=" in text:
        return "\n".join(unquote_plus(pair) for pair in text.split("&"))
    return text


def show_request(exchange):
    headers = [f"{name}: {value}\n" for name, value in sorted(exchange.headers, key=lambda pair: pair[0].lower())
               if name.lower() not in USUAL or value == SAID.get(name.lower())]
    text = f"{exchange.method} {exchange.target}\n{''.join(headers)}\n{show_body(exchange.body)}".rstrip("\n") + "\n"
    if MARKER.search(text):
        text = CHECKSUM.sub("<checksum>", MARKER.sub("<marker>", text))
    return text


def marker_in(exchange):
    found = MARKER.search(exchange.target + show_body(exchange.body))
    return found and found[0].replace("%2F", "/")


# --- running ---


class Run:
    """One run of a case's commands; `steps` is what happened."""

    def __init__(self, case, strict=True, upstream=None):
        self.case, self.strict, self.upstream = case, strict, upstream
        self.steps, self.marker, self.problems = [], "", []

    def run(self):
        with tempfile.TemporaryDirectory() as directory, Proxy(self.upstream or "", fault=self.answer) as proxy:
            cinfra = Cinfra(directory, proxy.endpoint)
            for step in self.case.steps:
                self.steps.append(Step(step.command, step.properties, []))
                self.left, before = list(step.calls), len(proxy.exchanges)
                self.command(cinfra, step)
                if self.upstream:
                    self.take_replies(proxy.exchanges[before:])
            self.exchanges = proxy.exchanges
        return self

    def write_stack(self, cinfra, said):
        for name, size in said.get("zips", {}).items():
            with zipfile.ZipFile(cinfra.directory / name, "w") as archive:
                archive.writestr(zipfile.ZipInfo("data.bin"), random.Random(1).randbytes(size))
        resource = {"type": self.case.type, "properties": said}
        cinfra.write(json.dumps(said.get("stack", {"stack": "t", "resources": {"it": resource}})))

    def command(self, cinfra, step):
        if step.properties:
            self.write_stack(cinfra, step.properties)
        arguments = ["--auto-approve"] if step.command != "plan" else []
        arguments += ["--allow-data-loss"] if step.command == "apply" else []
        result = cinfra.run(step.command, *arguments, timeout=60)
        if result.code:
            self.problems.append(f"{step.command}: {result}")

    async def answer(self, request):
        exchange = Exchange(request.method, request.raw_path, [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.raw_headers],
            await request.read())
        name = validate.name_of(exchange)
        if name == "sts:GetCallerIdentity":
            return web.Response(body=IDENTITY.encode(), content_type="text/xml")
        call = Call(name, show_request(exchange))
        self.marker = marker_in(exchange) or self.marker
        self.steps[-1].calls.append(call)
        if self.upstream:
            return None
        known = self.find(call)
        if known is None:
            self.problems.append(f"no reply for {name}")
            known = Call(name, "", 400, [("Content-Type", "application/json")], '{"__type": "NoReplyInTheCase"}')
        call.status, call.headers, call.body = known.status, known.headers, known.body
        return known.reply(self.marker)

    def find(self, call):
        """The next reply; when written anew, the next or else any of the same operation."""
        if self.strict:
            return self.left.pop(0) if self.left and self.left[0].name == call.name else None
        for known in self.left:
            if known.name == call.name:
                self.left.remove(known)
                return known
        every = [known for step in self.case.steps for known in step.calls if known.name == call.name]
        return every[-1] if every else None

    def take_replies(self, exchanges):
        exchanges = [one for one in exchanges if validate.name_of(one) != "sts:GetCallerIdentity"]
        for call, exchange in zip(self.steps[-1].calls, exchanges):
            call.status = exchange.status
            call.headers = [(name.title(), value) for name, value in exchange.reply_headers
                            if name.lower() in REPLY_HEADERS]
            call.body = MARKER.sub("<marker>", show_body(exchange.reply_body))

    def text(self):
        return Case(self.case.type, self.case.words, self.steps).text()


# --- replies ---


class Replies(Decoder):
    def _xml_map(self, shape, element, path):
        return {}


def check_reply(call):
    """What in a reply is none of the operation's output, as texts."""
    service, _, name = call.name.partition(":")
    operation = models.service(service).operation_model(name)
    shape, problems = operation.output_shape, []
    if shape is None or call.status >= 300 or not call.body:
        return problems
    payload = shape.serialization.get("payload")
    if payload and shape.members[payload].type_name in ("blob", "string"):
        return problems
    shape = shape.members[payload] if payload else shape
    if call.body.startswith("<"):
        root = ElementTree.fromstring(call.body.replace(">\n<", "><").replace("<marker>", "marker"))
        result = root.find(f"{{*}}{name}Result")
        Replies(problems).xml(shape, [root if service == "s3" else result], "")
    else:
        Replies(problems).json_body(shape, call.body)
    return [f"reply of {call.name}: {problem}" for problem in problems]


def write_anew(path, emulator):
    case = parse(path.read_text())
    if emulator:
        emulator.reset()
    run = Run(case, strict=False, upstream=emulator and emulator.endpoint).run()
    path.write_text(run.text())
    for problem in run.problems:
        print(f"{path.name}: {problem}")
    return not run.problems


def main():
    parser = argparse.ArgumentParser(description="Write cases of tests/wire anew.")
    parser.add_argument("--record", choices=("moto", "ministack"))
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    paths = [CASES / f"{name}.wire" for name in arguments.names] or sorted(CASES.glob("*.wire"))
    emulator = Emulator(arguments.record) if arguments.record else None
    try:
        return 0 if all([write_anew(path, emulator) for path in paths]) else 1
    finally:
        if emulator:
            emulator.stop()


if __name__ == "__main__":
    sys.exit(main())
