"""Measure cinfra: start-up, size, and plans that find nothing to do.

Stacks are applied to an emulator through server.py, which keeps every reply;
the measured plans are answered by it alone, over TLS, each reply late by `--delay`.
`--write` puts the figures into docs/PERFORMANCE.md.
"""

import argparse
import contextlib
import json
import os
import platform
import re
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import stacks
from support.cinfra import BINARY, ROOT, Cinfra
from support.emulator import Emulator
from support.server import _die_with_parent

IN_FLIGHT = 64
REPORT = ROOT / "docs" / "PERFORMANCE.md"
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"


def make_certificate(directory):
    """A certificate authority and a server certificate; returns their paths."""
    def openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], cwd=directory, check=True, capture_output=True)

    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", 2, "-subj", "/CN=cinfra bench CA")
    openssl("req", *curve, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (directory / "extensions").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", 2, "-extfile", "extensions", "-out", "server.pem")
    return directory / "ca.pem", directory / "server.pem", directory / "server.key"


class CannedAws:
    """server.py as a child process."""

    def __init__(self, upstream, directory):
        self.ca, certificate, key = make_certificate(directory)
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("server.py")), "--upstream", upstream,
             "--certificate", str(certificate), "--key", str(key)],
            stdout=subprocess.PIPE, text=True, preexec_fn=_die_with_parent,
        )
        self.endpoint = f"https://127.0.0.1:{int(self.process.stdout.readline())}"
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self.ca)),
        )

    def steer(self, command):
        with self._opener.open(f"{self.endpoint}/_bench/{command}", data=b"") as reply:
            return json.load(reply)

    def stop(self):
        self.process.terminate()
        self.process.wait()


@contextlib.contextmanager
def bench(binary, emulator="ministack"):
    """A folder to run the binary in, and the server it talks to."""
    with tempfile.TemporaryDirectory(prefix="cinfra-bench-") as name, Emulator(emulator) as upstream:
        server = CannedAws(upstream.endpoint, Path(name))
        try:
            cinfra = Cinfra(Path(name, "stack"), server.endpoint, binary, AWS_CA_BUNDLE=str(server.ca))
            cinfra.write("def handler(event, context):\n    return {}\n", "code/app.py")
            yield cinfra, server
        finally:
            server.stop()


# Peak RSS is inherited from the process that forks, so a small one does.
LAUNCHER = """
import os, sys, time
start = time.monotonic()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
wall = time.monotonic() - start
numbers = os.waitstatus_to_exitcode(status), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss
print(*numbers, file=sys.stderr)
"""


def measure(cinfra, *arguments):
    """Run once; return (exit code, wall seconds, CPU seconds, peak RSS in bytes, output)."""
    with tempfile.TemporaryFile() as output:
        ended = subprocess.run(
            [sys.executable, "-I", "-S", "-c", LAUNCHER, cinfra.binary, *arguments], cwd=cinfra.directory,
            env=cinfra.env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE, text=True,
        )
        output.seek(0)
        text = output.read().decode("utf-8", "replace") + ended.stderr
    code, wall, cpu, rss = ended.stderr.split()[-4:]
    return int(code), float(wall), float(cpu), int(rss) * 1024, text


def measure_start(cinfra, runs=50):
    """CPU milliseconds of `cinfra version`, the median of many runs."""
    times = [measure(cinfra, "version") for _ in range(runs)]
    if any(run[0] for run in times):
        sys.exit(f"bench: cinfra version failed:\n{times[0][4]}")
    return statistics.median(run[2] for run in times) * 1000


def measure_size(binary):
    """Bytes of the stripped binary."""
    with tempfile.TemporaryDirectory() as name:
        stripped = Path(name, "stripped")
        subprocess.run(["strip", "-o", stripped, binary], check=True)
        return stripped.stat().st_size


def apply_stack(cinfra, server, wanted):
    """Apply a mixed stack while the server learns; return how many resources it has."""
    cinfra.write(stacks.mixed(wanted))
    server.steer("learn")
    cinfra.apply(timeout=3600)
    cinfra.plan(expect=0, timeout=3600)
    return len(cinfra.run("state", "list", expect=0).stdout.splitlines())


@contextlib.contextmanager
def first(server, wanted):
    """Real-time priority for client and server: what else the machine does waits. Needs root."""
    def schedule(policy, priority):
        for pid in (0, server.process.pid) if wanted else ():
            os.sched_setscheduler(pid, policy, os.sched_param(priority))

    schedule(os.SCHED_FIFO, 5)
    try:
        yield
    finally:
        schedule(os.SCHED_OTHER, 0)


def measure_plan(cinfra, server, delay):
    """One plan that finds no changes: (wall seconds, CPU seconds, peak RSS in bytes, counts)."""
    server.steer(f"replay?delay={delay}")
    code, wall, cpu, rss, text = measure(cinfra, "plan", "--detailed-exitcode")
    if code:
        sys.exit(f"bench: a plan ended with {code}:\n{text[-4000:]}")
    return wall, cpu, rss, server.steer("counts")


def table_row(resources, delay, runs):
    """The median of the runs, by wall time."""
    wall, cpu, rss, counts = sorted(runs, key=lambda run: run[0])[len(runs) // 2]
    floor = max(counts["calls"] * delay / 1000 / IN_FLIGHT, delay / 1000)
    return {
        "resources": resources, "delay ms": delay, "calls": counts["calls"],
        "calls/resource": f"{counts['calls'] / resources:.2f}", "in flight": counts["peak"],
        "wall s": f"{wall:.2f}", "floor s": f"{floor:.2f}", "wall/floor": f"{wall / floor:.2f}",
        "CPU s": f"{cpu:.2f}", "peak RSS MB": f"{rss / 1e6:.1f}", "misses": counts["misses"],
    }


def measure_plans(cinfra, server, wanted, args):
    """Apply a stack, then measure the plan that finds no changes; return rows for the table."""
    resources = apply_stack(cinfra, server, wanted)
    rows = []
    for delay in map(int, args.delay.split(",")):
        with first(server, args.first):
            runs = [measure_plan(cinfra, server, delay) for _ in range(args.runs)]
        rows.append(table_row(resources, delay, runs))
        if args.verbose:
            print(json.dumps(runs[0][3], indent=1))
    return rows


def table(rows):
    """Rows as a Markdown table."""
    heads = list(rows[0])
    widths = [max(len(head), *(len(str(row[head])) for row in rows)) for head in heads]

    def line(cells):
        return "| " + " | ".join(str(cell).rjust(width) for cell, width in zip(cells, widths)) + " |"

    rule = "|" + "|".join("-" * (width + 1) + ":" for width in widths) + "|"
    return "\n".join([line(heads), rule] + [line(row.values()) for row in rows])


def write_report(text):
    """Put the figures between the two marks of docs/PERFORMANCE.md."""
    old = REPORT.read_text() if REPORT.exists() else f"# Performance\n\n{BEGIN}\n{END}\n"
    pattern = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.S)
    if not pattern.search(old):
        sys.exit(f"bench: {REPORT} lacks {BEGIN} … {END}")
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(pattern.sub(lambda _: f"{BEGIN}\n{text}\n{END}", old))


def describe_machine():
    return f"{os.cpu_count()} CPUs ({platform.machine()}), {platform.system()}, load {os.getloadavg()[0]:.0f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default="build/cinfra")
    parser.add_argument("--sizes", default="10,100,1000,5000")
    parser.add_argument("--delay", default="40,200", help="milliseconds for each reply, one after the other")
    parser.add_argument("--runs", type=int, default=3, help="plans of each size; the median counts")
    parser.add_argument("--first", action="store_true", help="measure ahead of the machine's other work; needs root")
    parser.add_argument("--emulator", default="ministack", help="where the replies come from")
    parser.add_argument("--verbose", action="store_true", help="calls by operation")
    parser.add_argument("--write", action="store_true", help="write docs/PERFORMANCE.md")
    args = parser.parse_args()
    rows = []
    with bench(args.binary, args.emulator) as (cinfra, server):
        text = (f"Taken on {describe_machine()}{', ahead of its other work' if args.first else ''}.\n\n"
                f"- `cinfra version`: {measure_start(cinfra):.1f} ms of CPU\n"
                f"- stripped binary: {measure_size(args.binary) / 1e6:.2f} MB\n")
        print(text, flush=True)
        for size in map(int, args.sizes.split(",")):
            rows += measure_plans(cinfra, server, size, args)
            print(table(rows), flush=True)
    if args.write:
        write_report(text + "\n" + table(rows))


if __name__ == "__main__":
    main()
