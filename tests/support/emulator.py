"""moto and ministack as servers: start, wait until healthy, reset, stop."""

import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import boto3
import botocore.config

from support.server import Server, clean_environment, free_port

ACCOUNT = "123456789012"
REGION = "eu-west-1"
ACCESS_KEY = "AKIDEXAMPLE"
MOTO = Path(__file__).with_name("moto_server.py")
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


def _moto(port):
    return [sys.executable, "-P", MOTO, "-H", "127.0.0.1", "-p", str(port)], {
        "MOTO_ACCOUNT_ID": ACCOUNT,
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    }


def _ministack(port):
    return [sys.executable, "-m", "ministack"], {
        "BIND_HOST": "127.0.0.1",  # without these two it listens on every interface
        "IOT_MTLS_ENABLED": "0",
        "GATEWAY_PORT": str(port),
        "LOG_LEVEL": "WARNING",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "LAMBDA_EXECUTOR": "local",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,  # what it hands to the functions it runs
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
    }


# name: (command and environment, path of the health check, path of the reset)
KINDS = {
    "moto": (_moto, "/moto-api/", "/moto-api/reset"),
    "ministack": (_ministack, "/_ministack/health", "/_ministack/reset"),
}
# Never through a proxy that the environment may name.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Emulator:
    """A running emulator: `with Emulator("moto") as aws: aws.client("sqs")…`; `env` is added to its environment."""

    def __init__(self, name, **env):
        command, self._health, self._reset = KINDS[name]
        self.name = name
        self.account = ACCOUNT
        self.region = REGION
        self._directory = tempfile.TemporaryDirectory(prefix=f"cinfra-{name}-")
        self._start(command, env)

    def _start(self, command, env, attempts=3):
        """The free port may be taken by the time the server binds it."""
        while True:
            port = free_port()
            self.endpoint = f"http://127.0.0.1:{port}"
            arguments, extra = command(port)
            extra = {"TMPDIR": self._directory.name, "PYTHONUNBUFFERED": "1", **extra, **env}
            log = Path(self._directory.name, "log")
            try:
                self.server = Server(arguments, clean_environment(**extra), log, self.healthy)
                return
            except RuntimeError:
                attempts -= 1
                if not attempts:
                    raise

    def healthy(self):
        try:
            with _opener.open(self.endpoint + self._health, timeout=5) as reply:
                return reply.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def reset(self):
        """Forget every resource."""
        request = urllib.request.Request(self.endpoint + self._reset, data=b"", method="POST")
        with _opener.open(request, timeout=30):
            pass

    def client(self, service, region=REGION):
        """A boto3 client that talks to the emulator itself, not through a proxy."""
        return boto3.client(
            service, region_name=region, endpoint_url=self.endpoint,
            aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY,
            config=botocore.config.Config(
                proxies={}, retries={"total_max_attempts": 2}, s3={"addressing_style": "path"},
            ),
        )

    def stop(self):
        self.server.stop()
        self._directory.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
