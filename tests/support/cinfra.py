"""The binary under test: run in a folder of its own, against an endpoint."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from support.emulator import ACCESS_KEY, REGION, SECRET_KEY
from support.server import clean_environment

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("CINFRA") or ROOT / "build" / "cinfra").resolve()

# Exit codes.
DONE, ERROR, CHANGES, DRIFT, LOCKED, CREDENTIALS, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130


@dataclass
class Result:
    code: int
    stdout: str
    stderr: str

    def json(self):
        return json.loads(self.stdout)

    def __str__(self):
        return f"exit code {self.code}\n--- stdout\n{self.stdout}--- stderr\n{self.stderr}"


class Cinfra:
    """`cinfra.write(stack)`, then `cinfra.plan()`, `cinfra.apply()`, …

    `endpoint` is where all AWS calls go; None leaves the program without one.
    """

    def __init__(self, directory, endpoint=None, binary=None, **env):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.binary = Path(binary or BINARY).resolve()
        home = self.directory / ".home"
        home.mkdir(exist_ok=True)
        self.env = clean_environment(
            HOME=str(home), AWS_ACCESS_KEY_ID=ACCESS_KEY, AWS_SECRET_ACCESS_KEY=SECRET_KEY,
            AWS_REGION=REGION, AWS_EC2_METADATA_DISABLED="true", NO_COLOR="1", LC_ALL="C.UTF-8",
        )
        if endpoint:
            self.env["AWS_ENDPOINT_URL"] = endpoint
        self.env.update(env)

    def write(self, text, name="cinfra.yaml"):
        """Write a file of the stack's folder; return its path."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text)
        return path

    def run(self, *arguments, expect=None, stdin=None, timeout=300, **env):
        """Run a command; `expect` is the exit code (or codes) it must end with."""
        command = [str(self.binary), *map(str, arguments)]
        ended = subprocess.run(
            command, cwd=self.directory, env={**self.env, **env}, timeout=timeout,
            input=stdin if stdin is not None else "", capture_output=True, text=True,
        )
        result = Result(ended.returncode, ended.stdout, ended.stderr)
        allowed = (expect,) if isinstance(expect, int) else expect
        if allowed is not None and result.code not in allowed:
            raise AssertionError(f"{' '.join(arguments)}: {expect} expected, {result}")
        return result

    def plan(self, *arguments, expect=(DONE, CHANGES, DRIFT), **options):
        return self.run("plan", "--detailed-exitcode", *arguments, expect=expect, **options)

    def plan_json(self, *arguments, **options):
        """The plan as data: {"format", "verdict", "changes": […]}."""
        return self.plan("--json", *arguments, **options).json()

    def assert_no_changes(self, *arguments):
        plan = self.plan(*arguments, expect=None)
        assert plan.code == DONE, f"no changes expected, {plan}"

    def apply(self, *arguments, expect=DONE, **options):
        return self.run("apply", "--auto-approve", *arguments, expect=expect, **options)

    def destroy(self, *arguments, expect=DONE, **options):
        return self.run("destroy", "--auto-approve", *arguments, expect=expect, **options)

    def output(self, *arguments):
        return self.run("output", *arguments, expect=DONE)

    def state(self):
        """The local state, as data."""
        files = sorted((self.directory / ".cinfra").rglob("*.json"))
        return {path.name: json.loads(path.read_text()) for path in files}
