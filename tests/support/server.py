"""Server processes for tests: on a free loopback port, ended with their parent."""

import ctypes
import os
import signal
import socket
import subprocess
import time

PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl


def free_port():
    """A loopback port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment(**extra):
    """Our environment without AWS settings and proxies, plus `extra`."""
    kept = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("AWS_", "CINFRA_", "MOTO_", "MINISTACK_"))
        and name.lower() not in PROXY_VARIABLES
    }
    return {**kept, **extra}


def _die_with_parent():
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Server:
    """A child process in a process group of its own, with its output in a file."""

    def __init__(self, command, env, log, healthy, timeout=60):
        self.log = log
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                command, env=env, cwd=log.parent, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=_die_with_parent,
            )
        try:
            self._wait(healthy, timeout)
        except BaseException:
            self.stop()
            raise

    def _wait(self, healthy, timeout):
        deadline = time.monotonic() + timeout
        while not healthy():
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.process.args[0]} ended:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.process.args[0]} is not healthy:\n{self.tail()}")
            time.sleep(0.05)

    def tail(self, lines=30):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self):
        """End the whole group: first politely, then surely."""
        for number, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                break
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
        self.process.wait()
