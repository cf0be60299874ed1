#!/usr/bin/python3
"""The demo: examples/orders from nothing to a working service and back.

Starts ministack (an AWS emulator that runs Lambda code) on a free loopback port,
shows each command before it runs it, and stops what it started.  Ends with an
error as soon as something is not as it should be.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.cinfra import Cinfra
from support.emulator import Emulator
from support.inventory import inventory

BOLD, DIM, RED, PLAIN = ("\033[1m", "\033[2m", "\033[31m", "\033[0m") if sys.stdout.isatty() else ("",) * 4


def say(text):
    print(f"\n{BOLD}# {text}{PLAIN}", flush=True)


def fail(text):
    sys.exit(f"{RED}demo: {text}{PLAIN}")


class Demo:
    def __init__(self, emulator, folder, binary):
        self.aws = emulator
        self.cinfra = Cinfra(folder, emulator.endpoint, binary)
        if sys.stdout.isatty():
            self.cinfra.env.pop("NO_COLOR")

    def run(self, *arguments, expect=0):
        """Show a command, run it with its output on the terminal, check how it ends."""
        print(f"\n{BOLD}$ cinfra {' '.join(arguments)}{PLAIN}", flush=True)
        ended = subprocess.run(
            [self.cinfra.binary, *arguments], cwd=self.cinfra.directory, env=self.cinfra.env,
            stdin=subprocess.DEVNULL,
        )
        print(f"{DIM}(exit code {ended.returncode}){PLAIN}", flush=True)
        if ended.returncode != expect:
            fail(f"cinfra {arguments[0]} ended with {ended.returncode}, not {expect}")

    def request(self, method, path, body=None):
        """Ask the deployed API; the emulator tells APIs apart by the host name."""
        [api] = self.aws.client("apigatewayv2").get_apis()["Items"]
        host = f"{api['ApiId']}.execute-api.localhost:{self.aws.endpoint.rpartition(':')[2]}"
        data = json.dumps(body) if body is not None else None
        shown = f"-d '{data}' " if data else ""
        print(f"\n{BOLD}$ curl -X {method} {shown}-H 'Host: {host}' {self.aws.endpoint}{path}{PLAIN}")
        request = urllib.request.Request(
            self.aws.endpoint + path, method=method, data=data and data.encode(),
            headers={"Host": host, "Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as reply:
                status, text = reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        print(f"{status} {text}", flush=True)
        if status >= 300:
            fail(f"the API answered {status}")
        return json.loads(text)

    def show_table(self):
        """What the handler wrote."""
        dynamodb = self.aws.client("dynamodb")
        [name] = dynamodb.list_tables()["TableNames"]
        items = dynamodb.scan(TableName=name)["Items"]
        print(f"\n{BOLD}$ aws dynamodb scan --table-name {name}{PLAIN}")
        print(json.dumps(items, indent=1), flush=True)
        if not items:
            fail("the handler wrote nothing to the table")

    def change_behind_its_back(self):
        """Change one property of one queue with boto3."""
        sqs = self.aws.client("sqs")
        url = sqs.get_queue_url(QueueName="orders-orders")["QueueUrl"]
        print(f"\n{BOLD}$ aws sqs set-queue-attributes --queue-url {url} --attributes VisibilityTimeout=60{PLAIN}")
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})

    def change_code(self):
        """New orders get another status."""
        name = "src/http/app.py"
        print(f"\n{BOLD}$ sed -i 's/\"status\": \"new\"/\"status\": \"fresh\"/' {name}{PLAIN}", flush=True)
        path = self.cinfra.directory / name
        path.write_text(path.read_text().replace('"status": "new"', '"status": "fresh"'))

    def show_nothing_left(self):
        left = inventory(self.aws)
        print(f"\n{BOLD}What AWS still has, listed by boto3:{PLAIN} {left or 'nothing'}", flush=True)
        if left:
            fail("destroy left something behind")

    def play(self):
        say("Nothing is there yet. What would be made?")
        self.run("plan")
        say("Make it.")
        self.run("apply", "--auto-approve")
        say("A real request through the API: the deployed handler writes to the table.")
        order = self.request("POST", "/orders", {"customer": "Ada"})
        self.request("GET", f"/orders/{order['order_id']}")
        self.show_table()
        say("Again: nothing to do, exit code 0.")
        self.run("plan", "--detailed-exitcode")
        say("Someone changes a queue behind its back; plan finds it: exit code 3, drift.")
        self.change_behind_its_back()
        self.run("plan", "--detailed-exitcode", expect=3)
        self.run("apply", "--auto-approve")
        say("New code: only the function is updated, and the service goes on.")
        self.change_code()
        self.run("plan", "--detailed-exitcode", expect=2)
        self.run("apply", "--auto-approve")
        order = self.request("POST", "/orders", {"customer": "Grace"})
        if order["status"] != "fresh":
            fail("the new code does not run")
        self.run("plan", "--detailed-exitcode")
        say("Take it all down.")
        self.run("destroy", "--auto-approve")
        self.show_nothing_left()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=ROOT / "build" / "cinfra")
    parser.add_argument("--example", default=ROOT / "examples" / "orders")
    args = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cinfra-demo-") as name:
        folder = Path(name, "orders")
        shutil.copytree(args.example, folder, ignore=shutil.ignore_patterns(".cinfra", "__pycache__"))
        say("Starting ministack, an AWS emulator, on a free loopback port.")
        with Emulator("ministack") as emulator:
            print(f"AWS_ENDPOINT_URL={emulator.endpoint}", flush=True)
            Demo(emulator, folder, os.path.abspath(args.binary)).play()
    print(f"\n{BOLD}Done in {time.monotonic() - start:.0f} s; the emulator is stopped.{PLAIN}")


if __name__ == "__main__":
    main()
