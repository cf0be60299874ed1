"""A secret stays where it was put: not in state, journal, caches, output, logs or error texts.

Every place that can hold one gets one that is like no other, all commands run with all logs, in
success and in failure; then every file, stream, object and command line is searched for it.
"""

import base64
import json
import os
import stat
import urllib.parse
import zipfile

import pytest
from aiohttp import web

from support.cinfra import CREDENTIALS, DONE, ERROR, Cinfra
from support.emulator import ACCESS_KEY, REGION, SECRET_KEY, Emulator
from support.proxy import EXCHANGE, Proxy

BUCKET = "states"
STORES = {
    "local": "",
    "s3": f"state: {{ s3: {{ bucket: {BUCKET}, key: shop.json, region: {REGION} }} }}\n",
}
STACK = """
stack: shop
variables:
  option: { type: string, sensitive: true }
  file: { type: string, sensitive: true }
  environment: { type: string, sensitive: true }
  pair: { type: map, sensitive: true, default: {} }
functions:
  worker:
    code: src
    build: { command: python3 spy.py }
    runtime: python3.12
    handler: app.handler
    environment:
      OPTION: ${var.option}
      FILE: "x-${var.file}-y"
      ENCODED: ${base64(var.environment)}
      JSON: "${jsonencode(var.pair)}"
queues: { jobs: { tags: { note: "${var.option}" } } }
outputs:
  option: ${var.option}
  joined: "https://u:${var.file}@host/"
  marked: { value: "${queues.jobs.url}", sensitive: true }
"""
# What the build command sees of the processes above it.
SPY = """
import os, pathlib
pid = os.getpid()
with open("cmdlines", "ab") as out:
    while pid > 1:
        out.write(pathlib.Path(f"/proc/{pid}/cmdline").read_bytes() + b"\\n")
        pid = int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")")[-1].split()[1])
"""


class Secret:
    """A text that is like no other, in all the forms it could be found in."""

    def __init__(self, name, prefix="", suffix=""):
        self.name = name
        self.core = "Q" + os.urandom(15).hex().upper() + name.upper()
        self.text = prefix + self.core + suffix

    def forms(self):
        core = self.core.encode()
        yield from (core, core.hex().encode(), core.hex().upper().encode())
        for shift in range(3):  # where it may begin in base64's groups of three
            yield base64.b64encode(b"\0" * shift + core)[4:-4]
        yield urllib.parse.quote(self.core).encode()
        yield json.dumps(self.core).encode()[1:-1]

    def is_in(self, data):
        return any(form in data for form in self.forms())


class Secrets(dict):
    def new(self, name, **parts):
        self[name] = Secret(name, **parts)
        return self[name].text

    def found_in(self, data):
        return [name for name, secret in self.items() if secret.is_in(data)]


@pytest.fixture(scope="module")
def moto():
    with Emulator("moto") as emulator:
        yield emulator


@pytest.fixture
def secrets():
    return Secrets()


class Echo:
    """A fault: errors that give back what they were sent, as AWS's validation errors do."""

    def __init__(self, *operations):
        self.operations = operations

    async def __call__(self, request):
        exchange = request[EXCHANGE]
        body = exchange.body.decode("utf-8", "replace")
        asked = f"{exchange.target} {exchange.header('x-amz-target')} {body}"
        if not any(name in asked for name in self.operations):
            return None
        message = f"1 validation error detected: Value '{body}' is wrong; you sent {dict(exchange.headers)}"
        return web.json_response({"__type": "InvalidParameterValueException", "message": message}, status=400)


@pytest.fixture
def fault():
    return Echo()


@pytest.fixture
def proxy(moto, fault):
    moto.reset()
    with Proxy(moto.endpoint, fault=fault) as proxy:
        yield proxy


@pytest.fixture(params=STORES)
def cinfra(request, proxy, moto, tmp_path, secrets):
    moto.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    moto.client("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    (tmp_path / "temp").mkdir()
    cinfra = Cinfra(tmp_path / "stack", proxy.endpoint, TMPDIR=str(tmp_path / "temp"), CINFRA_LOG="debug",
                    CINFRA_VAR_environment=secrets.new("environment", prefix="é\"\\ "))
    cinfra.write(STORES[request.param] + STACK)
    cinfra.write("def handler(event, context): return 1\n", "src/app.py")
    cinfra.write(SPY, "spy.py")
    values = {"file": secrets.new("file", prefix="%/+ "), "pair": {"key": secrets.new("pair", prefix="'\"<")}}
    cinfra.write(json.dumps(values), "values.yaml")
    return cinfra


def with_keys_in_files(cinfra, secrets):
    """The keys come from the files, with a session token."""
    cinfra.env.pop("AWS_ACCESS_KEY_ID")
    cinfra.env.pop("AWS_SECRET_ACCESS_KEY")
    cinfra.write(f"[default]\nregion = {REGION}\n", ".home/.aws/config")
    cinfra.write(f"[default]\naws_access_key_id = {ACCESS_KEY}\n"
                 f"aws_secret_access_key = {secrets.new('key', suffix='/+=')}\n"
                 f"aws_session_token = {secrets.new('token', suffix='//==')}\n", ".home/.aws/credentials")


GIVEN = {"values.yaml", "credentials", "config", "token", "process.py", "cmdlines"}  # were given a secret


def contents(path):
    yield path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())


def assert_hidden(secrets, cinfra, moto, results=()):
    leaks = []
    for path in cinfra.directory.parent.rglob("*"):
        if path.is_file() and path.name not in GIVEN:
            leaks += [f"{name} in {path}" for data in contents(path) for name in secrets.found_in(data)]
    s3 = moto.client("s3")
    for version in s3.list_object_versions(Bucket=BUCKET).get("Versions", []):
        body = s3.get_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])["Body"].read()
        leaks += [f"{name} in {version['Key']}" for name in secrets.found_in(body)]
    for command, result in results:
        for stream in ("stdout", "stderr"):
            text = getattr(result, stream)
            leaks += [f"{name} in {stream} of {command}: {text}" for name in secrets.found_in(text.encode())]
    assert not leaks, "\n".join(leaks)


COMMANDS = (
    ["validate"], ["plan"], ["plan", "--json"], ["apply", "--auto-approve"], ["plan", "--all-properties"], ["show"],
    ["show", "functions.worker"], ["show", "--json", "functions.worker"], ["output"], ["output", "--json"],
    ["output", "option"], ["output", "joined"], ["state", "list"], ["state", "pull"], ["state", "history"], ["graph"],
    ["plan"], ["destroy", "--auto-approve"],
)
VALUES = ("validate", "plan", "apply", "graph", "destroy")  # take variables


def arguments(command, secrets):
    if command[0] not in VALUES:
        return command
    return [*command, "--var", f"option={secrets['option'].text}", "--var-file", "values.yaml"]


def run(cinfra, secrets, *commands, expect=None):
    secrets.setdefault("option", Secret("option", prefix="+@/", suffix="=x"))
    return [(command, cinfra.run(*arguments(command, secrets), expect=expect)) for command in commands]


def test_nothing_is_kept(cinfra, moto, secrets):
    with_keys_in_files(cinfra, secrets)
    results = run(cinfra, secrets, *COMMANDS[:4])
    assert [result.code for _, result in results] == [DONE] * 4, "\n".join(map(str, results))
    variables = moto.client("lambda").get_function(FunctionName="shop-worker")["Configuration"]["Environment"]["Variables"]
    assert variables["OPTION"] == secrets["option"].text  # so it did get there
    assert secrets.found_in(json.dumps(variables).encode()) == ["environment", "file", "pair", "option"]
    assert_hidden(secrets, cinfra, moto, results)
    # A changed one shows as such, and no more.
    secrets["old"] = secrets.pop("option")
    results = run(cinfra, secrets, ["plan"], ["apply", "--auto-approve"], *COMMANDS[4:])
    assert "OPTION" in results[0][1].stdout and "(sensitive" in results[0][1].stdout
    assert all(result.code in (DONE, ERROR) for _, result in results)
    assert_hidden(secrets, cinfra, moto, results)


def test_process_arguments(cinfra, secrets):
    """The command line that was typed holds what was typed; no other does."""
    run(cinfra, secrets, ["apply", "--auto-approve"], expect=DONE)
    lines = (cinfra.directory / "cmdlines").read_bytes().splitlines()
    own = [line for line in lines if b"values.yaml" in line]
    assert own and all(secrets.found_in(line) == ["option"] for line in own)
    assert not [line for line in lines if line not in own and secrets.found_in(line)]
    os.truncate(cinfra.directory / "cmdlines", 0)


@pytest.mark.parametrize("fault", [Echo("/functions"), Echo("CreateQueue", "SetQueueAttributes"),
                                   Echo("GetCallerIdentity")], ids=["function", "queue", "identity"])
def test_errors_that_echo(cinfra, moto, secrets, fault):
    with_keys_in_files(cinfra, secrets)
    results = run(cinfra, secrets, ["plan"], ["apply", "--auto-approve"], ["show"], ["state", "pull"],
                  ["apply", "--auto-approve"], ["destroy", "--auto-approve"])
    assert results[1][1].code in (ERROR, CREDENTIALS) and "validation error" in results[1][1].stderr
    assert_hidden(secrets, cinfra, moto, results)


WRONG = {
    "broken YAML": 'file: "{secret}\npair: x\n',
    "broken beside it": "file: {secret}\nother: [\n",
    "tab": "file: {secret}\n\tpair: {secret}\n",
    "duplicate": "file: {secret}\nfile: {secret}\n",
    "unknown variable": "file: {secret}\nfil: {secret}\n",
    "wrong type": "pair: {secret}\nfile: [{secret}]\n",
    "alias": "file: *{secret}\n",
    "no map": "- {secret}\n",
    "not UTF-8": "file: {secret}\xff\n",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_variables(cinfra, moto, secrets, wrong):
    text = WRONG[wrong].format(secret=secrets["file"].text.replace("%", "a").replace("/+ ", ""))
    cinfra.write(text.encode("latin-1"), "values.yaml")
    results = run(cinfra, secrets, ["validate"], ["plan"], ["apply", "--auto-approve"], expect=ERROR)
    assert_hidden(secrets, cinfra, moto, results)


@pytest.mark.parametrize("declared", ["{ type: number, sensitive: true }", "{ type: list, sensitive: true }",
                                      "{ type: string, sensitive: true, pattern: '^a$' }",
                                      "{ type: string, sensitive: true, allowed: [a, b] }"])
def test_values_that_do_not_fit(cinfra, moto, secrets, declared):
    stack = (cinfra.directory / "cinfra.yaml").read_text()
    cinfra.write(stack.replace("option: { type: string, sensitive: true }", f"option: {declared}")
                 .replace("environment: { type: string, sensitive: true }", f"environment: {declared}")
                 .replace("file: { type: string, sensitive: true }", f"file: {declared}"))
    results = run(cinfra, secrets, ["validate"], ["plan"], ["apply", "--auto-approve"], expect=ERROR)
    assert_hidden(secrets, cinfra, moto, results)


USES = {
    "timeout": "timeout: ${var.option}",
    "enum": "runtime: ${var.option}",
    "code": "memory_size: 128\n    description: ${join('', [var.option, var.nothing])}",
    "index": "timeout: ${var.pair[var.option]}",
    "number": "timeout: ${split(',', var.option)[3]}",
}


@pytest.mark.parametrize("use", USES)
def test_wrong_uses(cinfra, moto, secrets, use):
    stack = (cinfra.directory / "cinfra.yaml").read_text()
    cinfra.write(stack.replace("    handler: app.handler", "    handler: app.handler\n    " + USES[use])
                 .replace("    runtime: python3.12\n", "" if use == "enum" else "    runtime: python3.12\n"))
    results = run(cinfra, secrets, ["validate"], ["plan"], ["apply", "--auto-approve"], expect=ERROR)
    assert_hidden(secrets, cinfra, moto, results)


# --- what leads to AWS ---

def place(name, text):
    return pytest.param(text, id=name)


@pytest.mark.parametrize("environment", [
    place("endpoint", {"AWS_ENDPOINT_URL": "http://user:{secret}@127.0.0.1:1"}),
    place("endpoint with a query", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1/?token={secret}"}),
    place("proxy", {"HTTP_PROXY": "http://user:{secret}@127.0.0.1:1", "http_proxy": "http://user:{secret}@127.0.0.1:1"}),
    place("keys", {"AWS_SECRET_ACCESS_KEY": "{secret}", "AWS_SESSION_TOKEN": "{secret}", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}),
    place("container", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/{secret}",
                        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "{secret}", "AWS_ACCESS_KEY_ID": ""}),
    place("container's header", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/x",
                                 "AWS_CONTAINER_AUTHORIZATION_TOKEN": "{secret}\r\nX: y", "AWS_ACCESS_KEY_ID": ""}),
    place("container's address", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://user:{secret}@example.com/",
                                  "AWS_ACCESS_KEY_ID": ""}),
    place("container's token file", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/x",
                                     "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "token", "AWS_ACCESS_KEY_ID": ""}),
    place("web identity", {"AWS_WEB_IDENTITY_TOKEN_FILE": "token", "AWS_ACCESS_KEY_ID": "",
                           "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/x"}),
])
@pytest.mark.parametrize("fault", [Echo("GetCallerIdentity", "AssumeRole")], ids=["echo"])
def test_ways_to_aws(cinfra, moto, secrets, fault, environment):
    text = secrets.new("way")
    cinfra.write(text + "\n", "token")
    given = {name: value.replace("{secret}", text) for name, value in environment.items()}
    for name, value in given.items():
        cinfra.env[name] = value
    cinfra.env["AWS_MAX_ATTEMPTS"] = "1"
    results = run(cinfra, secrets, ["plan"], ["apply", "--auto-approve"], ["state", "list"])
    assert results[1][1].code not in (DONE,), results[1][1]
    assert_hidden(secrets, cinfra, moto, results)


PROCESSES = {
    "fails": "import sys; print('{secret}'); sys.exit(3)",
    "broken": "print('{{ \"Version\": 1, \"SecretAccessKey\": \"{secret}')",
    "wrong version": "print('{{ \"Version\": 9, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"{secret}\" }}')",
    "expired": "print('{{ \"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"{secret}\", \"SessionToken\": \"{secret}\", \"Expiration\": \"2001-01-01T00:00:00Z\" }}')",
}


@pytest.mark.parametrize("process", PROCESSES)
def test_credential_process(cinfra, moto, secrets, process):
    cinfra.env.pop("AWS_ACCESS_KEY_ID")
    script = cinfra.write(PROCESSES[process].format(secret=secrets.new("process")), "process.py")
    cinfra.write(f"[default]\nregion = {REGION}\ncredential_process = python3 {script}\n", ".home/.aws/config")
    results = run(cinfra, secrets, ["plan"], ["apply", "--auto-approve"], expect=CREDENTIALS)
    assert_hidden(secrets, cinfra, moto, results)


def test_modes(cinfra):
    """What is written is for its owner alone."""
    secrets = Secrets()
    run(cinfra, secrets, ["apply", "--auto-approve"], expect=DONE)
    for path in (cinfra.directory / ".cinfra").rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077 or path.parent.name == "packages", path


def test_search_finds(secrets):
    """Every form is found; without this the others could not fail."""
    text = secrets.new("plain", prefix="é\"%")
    for encoded in (text, json.dumps(text), urllib.parse.quote(text), text.encode().hex(),
                    base64.b64encode(b"ab" + text.encode()).decode(), base64.b64encode(b"a" + text.encode()).decode()):
        assert secrets.found_in(b"before" + encoded.encode() + b"after") == ["plain"], encoded
    assert secrets.found_in(b"nothing") == []
    assert SECRET_KEY not in STACK
