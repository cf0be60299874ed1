#!/usr/bin/python3
"""banned.py [ROOT]: no call to a function that is easy to use wrongly."""

import re
import sys
from pathlib import Path

from common import code, finish, sources

BANNED = {
    "strcpy": "memcpy with a length, or struct str",
    "strcat": "struct str",
    "strncpy": "memcpy; it does not terminate",
    "strncat": "struct str",
    "sprintf": "snprintf or arena_printf",
    "vsprintf": "vsnprintf or arena_vprintf",
    "gets": "getline",
    "strtok": "strtok_r or a loop",
    "atoi": "strtoll, with its end and errno checked",
    "atol": "strtoll, with its end and errno checked",
    "atoll": "strtoll, with its end and errno checked",
    "atof": "strtod, with its end and errno checked",
    "sscanf": "a parser",
    "system": "posix_spawn with an argument list",
    "popen": "posix_spawn with an argument list",
    "localtime": "gmtime_r",
    "gmtime": "gmtime_r",
    "ctime": "clock_iso8601",
    "asctime": "clock_iso8601",
    "alloca": "an arena",
    "strdupa": "an arena",
    "rand": "random_bytes",
    "random": "random_bytes",
    "srand": "random_bytes",
    "tmpnam": "mkstemp",
    "mktemp": "mkstemp",
    "setenv": "an environment passed on; it races with getenv",
    "putenv": "an environment passed on; it races with getenv",
    "strerror": "%m or strerror_r",
}
CALL = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")


def check(root):
    for path in sources(root):
        text = code(path.read_text())
        for match in CALL.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            name = match[1]
            yield f"{path.relative_to(root)}:{line}: {name}() is banned: use {BANNED[name]}"


if __name__ == "__main__":
    finish("banned", list(check(Path(sys.argv[1] if len(sys.argv) > 1 else "."))))
