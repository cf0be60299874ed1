"""Names that cannot be resolved, or whose resolver never answers."""

import signal
import subprocess
import time

from stress.cloud import ACCESS_KEY, SECRET_KEY
from support.cinfra import CREDENTIALS, ERROR, INTERRUPTED, Cinfra

HANGS = """
#include <netdb.h>
#include <stdlib.h>
#include <unistd.h>
#include <fcntl.h>
int getaddrinfo(const char *a, const char *b, const struct addrinfo *c, struct addrinfo **d)
{
	(void)a, (void)b, (void)c, (void)d;
	close(open(getenv("ASKED"), O_CREAT | O_WRONLY, 0600));
	for (;;)
		sleep(1000);
}
"""


def stack(tmp_path, endpoint):
    cinfra = Cinfra(tmp_path / "stack", endpoint, AWS_ACCESS_KEY_ID=ACCESS_KEY, AWS_SECRET_ACCESS_KEY=SECRET_KEY)
    cinfra.write("stack: shop\nqueues: { jobs: {} }\n")
    return cinfra


def test_an_unknown_name(tmp_path):
    since = time.monotonic()
    plan = stack(tmp_path, "http://nowhere.invalid").run("plan", expect=(ERROR, CREDENTIALS))
    assert "nowhere.invalid" in plan.stderr and "region" in plan.stderr
    assert time.monotonic() - since < 30


def test_a_resolver_that_hangs(tmp_path):
    """It holds neither the other calls nor the end of the run."""
    (tmp_path / "hangs.c").write_text(HANGS)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", tmp_path / "hangs.so", tmp_path / "hangs.c"], check=True)
    cinfra = stack(tmp_path, "http://aws.example")
    asked = tmp_path / "asked"
    running = subprocess.Popen(
        [cinfra.binary, "plan"], cwd=cinfra.directory, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**cinfra.env, "LD_PRELOAD": str(tmp_path / "hangs.so"), "ASKED": str(asked)})
    try:
        while not asked.exists() and running.poll() is None:
            time.sleep(0.02)
        for _ in range(2):
            running.send_signal(signal.SIGINT)
            time.sleep(0.3)
        assert running.wait(20) == INTERRUPTED
    finally:
        running.kill()
