"""The checks of `make lint` find what they are for, and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

LINT = Path(__file__).resolve().parents[2] / "tools" / "lint"


def lint(check, root, **files):
    """Write files (named with __ for / and a trailing _h or _c) and run a check."""
    for name, text in files.items():
        path = root / (name.replace("__", "/")[:-2] + "." + name[-1])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    result = subprocess.run(
        [sys.executable, LINT / check, root], capture_output=True, text=True
    )
    return result.returncode, result.stdout


@pytest.mark.parametrize("place, include", [
    ("src__base__a_c", "model/value.h"),
    ("src__plan__a_c", "aws/client.h"),
    ("src__engine__a_c", "aws/client.h"),
    ("src__cmd__a_c", "providers/aws/common.h"),
    ("src__main_c", "model/value.h"),
    ("providers__aws__types__a_c", "engine/apply.h"),
    ("src__lang__a_h", "plan/plan.h"),
    ("src__base__a_c", "str.h"),
])
def test_layers_refuse(tmp_path, place, include):
    code, output = lint("layers.py", tmp_path, **{place: f'/* x */\n#include "{include}"\n'})
    assert code == 1
    assert f'must not include "{include}"' in output and ":2:" in output


@pytest.mark.parametrize("place, include", [
    ("src__base__a_c", "base/str.h"),
    ("src__plan__a_c", "model/value.h"),
    ("src__cmd__a_c", "providers/aws/registry.h"),
    ("src__cmd__a_c", "version.h"),
    ("src__main_c", "cmd/cmd.h"),
    ("providers__aws__types__a_c", "providers/aws/common.h"),
])
def test_layers_allow(tmp_path, place, include):
    text = f'#include "{include}"\n#include <stdio.h>\n/* #include "engine/x.h" */\n'
    assert lint("layers.py", tmp_path, **{place: text}) == (0, "")


@pytest.mark.parametrize("call", ["strcpy(a, b)", "sprintf (a, b)", "atoi(a)", "system(a)", "rand()"])
def test_banned_refuses(tmp_path, call):
    code, output = lint("banned.py", tmp_path, src__base__a_c=f"void f(void)\n{{\n\t{call};\n}}\n")
    assert code == 1
    assert "src/base/a.c:3:" in output


def test_banned_leaves_text_and_longer_names(tmp_path):
    text = '/* strcpy(a) */ // rand()\nconst char *s = "system(x)";\nint n = my_atoi(s), r = x->rand(1);\n'
    assert lint("banned.py", tmp_path, src__base__a_c=text) == (0, "")


def function(name, lines):
    return f"int {name}(int a)\n{{\n" + "\ta++;\n" * lines + "\treturn a;\n}\n"


def test_functions_refuse_long_ones(tmp_path):
    text = function("small", 2) * 3 + function("endless", 90)
    code, output = lint("functions.py", tmp_path, src__base__a_c=text)
    assert code == 1
    assert "endless has 9" in output and "small" not in output.splitlines()[0]


def test_functions_refuse_a_high_median(tmp_path):
    code, output = lint("functions.py", tmp_path, src__base__a_c=function("middling", 40))
    assert code == 1
    assert "median" in output


def test_functions_refuse_complex_ones(tmp_path):
    body = "".join(f"\tif (a == {i}) return {i};\n" for i in range(30))
    text = function("small", 1) + "int knot(int a)\n{\n" + body + "\treturn 0;\n}\n" + function("tiny", 1)
    code, output = lint("functions.py", tmp_path, src__base__a_c=text)
    assert code == 1
    assert "knot has complexity 31" in output


def test_functions_allow_short_ones(tmp_path):
    code, output = lint("functions.py", tmp_path, src__base__a_c=function("small", 2))
    assert code == 0
    assert output.startswith("functions: 1, median")
