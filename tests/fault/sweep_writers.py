"""Many applies at once on one stack: one works, the others wait or leave; no update is lost.

Every writer has a stack of its own mind: what is there in the end is what one of them wanted, and
who says it is done did it.
"""

from fault.lab import Failed
from support.cinfra import DONE, LOCKED

SAMPLE = ("2/wait", "8/leave")
STACK = """stack: shop
queues:
  jobs: {{ visibility_timeout: {}s }}
  {}: {{}}
topics: {{ news: {{ subscriptions: [{{ queue: jobs }}] }} }}
"""


def points(lab):
    return [f"{writers}/{how}" for how in ("wait", "leave") for writers in (2, 8)] * 3


def run(lab, point):
    writers, how = point.split("/")
    lab.begin()
    folders = [lab.folder(f"{lab.cinfra.directory.name}/{number}") for number in range(int(writers))]
    for number, folder in enumerate(folders):
        folder.write(STACK.format(60 + number, f"mine-{number}"))
    patience = ("--lock-timeout", "55s") if how == "wait" else ()
    runs = [lab.start("apply", *patience, cinfra=folder) for folder in folders]
    codes = [run.wait().code for run in runs]
    check_codes(runs, codes, how)
    check_one_won(lab, folders, codes)
    lab.check_history()


def check_codes(runs, codes, how):
    allowed = (DONE,) if how == "wait" else (DONE, LOCKED)
    for run, code in zip(runs, codes):
        if code not in allowed:
            raise Failed(f"{run}: {run.result}")
    if DONE not in codes:
        raise Failed("all writers left")


def check_one_won(lab, folders, codes):
    """The account is what exactly one writer wanted, one that was done."""
    content = [lab.run("plan", "--detailed-exitcode", cinfra=folder, expect=None).result.code == DONE for folder in folders]
    if content.count(True) != 1 or codes[content.index(True)] != DONE:
        raise Failed(f"codes {codes}, plans without changes {content}")
    lab.run("destroy", cinfra=folders[0])
    if lab.inventory():
        raise Failed(f"destroy left {lab.inventory()}")
