"""Try points: `python -m fault [POINT…]`, each a point, its beginning, or a pattern; none means all.

    make check-fault                                           all sweeps
    make check-fault T=kill/hello                              those that begin so
    make check-fault T='kill/*/late'                           those that match
    make check-fault T=kill/hello/lambda:CreateFunction.1/late one, with all that it said

Several points are shared by --jobs processes, each with an emulator of its own.  Prints what
failed, then a line per sweep; the exit code is 1 if anything failed.  What each failed point asked
and was answered is kept in the folder --keep.
"""

import argparse
import collections
import time
import traceback
from concurrent.futures import ProcessPoolExecutor, as_completed
from fnmatch import fnmatch
from multiprocessing import get_context, util
from pathlib import Path

from fault.lab import Failed, Lab, NotReached
from fault.points import may_be_missed, sweeps, try_point

PROGRESS = 100  # points from one line of progress to the next
_lab = None


def _begin():
    global _lab
    _lab = Lab()
    util.Finalize(None, _lab.close, exitpriority=10)


def _try(point):
    """(point, seconds, what went wrong or None, log); the point was missed: the log alone is None."""
    start, problem, log = time.monotonic(), None, ""
    try:
        try_point(_lab, point)
    except NotReached as missed:
        if may_be_missed(point):
            return point, time.monotonic() - start, None, None
        problem = str(missed)
    except Failed as failure:
        problem = str(failure)
    except Exception:
        problem = traceback.format_exc()
    if problem:
        log = _lab.log()
    return point, time.monotonic() - start, problem, log


def all_points(asked):
    found = []
    with Lab() as lab:
        for name, sweep in sweeps().items():
            if any(fnmatch(name, one.partition("/")[0]) for one in asked or [name]):
                found += [f"{name}/{point}" for point in sweep.points(lab)]
    chosen = [point for point in found if not asked
              or any(point.startswith(one) or fnmatch(point, one) for one in asked)]
    # Which calls a run makes in which order may differ: a point asked for by name is tried all the same.
    return chosen or [one for one in asked if one.count("/") > 2 and "*" not in one]


def run_all(points, jobs):
    """Results as they come."""
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin) as pool:
        for future in as_completed([pool.submit(_try, point) for point in points]):
            yield future.result()


def show(result, keep, whole):
    point, seconds, problem, log = result
    if not problem:
        if whole:
            print(f"{'missed' if log is None else 'ok'} {point} ({seconds:.1f} s)")
        return
    lines = problem.strip().splitlines()
    print(f"FAILED {point}\n    " + "\n    ".join(lines if whole else lines[:6]), flush=True)
    if keep:
        path = Path(keep, point.replace("/", "_"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{problem}\n\n{log}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", default="", help="a folder for the logs of failed points")
    parser.add_argument("--list", action="store_true", help="print the points, try none")
    parser.add_argument("--every", type=int, default=1, help="only every n-th point")
    parser.add_argument("points", nargs="*")
    args = parser.parse_args()
    start = time.monotonic()
    points = all_points(args.points)[::args.every]
    if args.list:
        print("\n".join(points))
        return 0
    tried, missed, failed = collections.Counter(), collections.Counter(), collections.Counter()
    for result in run_all(points, min(args.jobs, len(points) or 1)):
        name = result[0].partition("/")[0]
        tried[name] += 1
        failed[name] += bool(result[2])
        missed[name] += result[3] is None
        show(result, args.keep, len(points) == 1)
        if not sum(tried.values()) % PROGRESS:
            print(f"-- {sum(tried.values())} of {len(points)}, {sum(failed.values())} failed", flush=True)
    for name in tried:
        print(f"== {name}: {tried[name]} points, {missed[name]} of them not reached, {failed[name]} failures")
    bad = sum(failed.values()) + (not points)
    print(f"== {time.monotonic() - start:.0f} s")
    print(f"{sum(tried.values()) - sum(missed.values()) - sum(failed.values())} passed, {bad} failed")
    return 1 if bad else 0
