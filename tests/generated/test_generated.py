"""The generated files that are checked in are what the program would write now."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("CINFRA") or ROOT / "build" / "cinfra"


def test_generated_files_are_current():
    ended = subprocess.run(
        [sys.executable, ROOT / "tools" / "generate.py", "--binary", BINARY, "--check"],
        capture_output=True, text=True,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
