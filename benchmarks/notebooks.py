"""How long it takes to compare all notebooks, and the least that is possible.

The floor is the time that the notebooks take without any comparison: the kernels' starts, the
imports and the cells. With two processes, it assumes the best division of the notebooks.
"""

import subprocess
import sys
import time

from benchmarks import lessons
from commands.test import CHECKS
from tests.support.lessons import NOTEBOOKS, ROOT

HEAD = ("all notebooks compared", "seconds", "floor", "times the floor")
DEPENDS = ("notebooks", "course_utils", "tests/plugins", "benchmarks/lessons.py", "constraints.txt")


def best_of_two(costs):
    """Return the shortest time in which two processes can do work of these lengths."""
    sums = {0.0}  # of every subset of the costs
    for cost in costs:
        sums |= {first + cost for first in sums}
    return min(max(first, sum(costs) - first) for first in sums)


def compare(*options):
    """Run pytest on the notebooks and return how many seconds it takes."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", "notebooks", *options]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def rows():
    """Yield the number of processes, the seconds that the run takes, the floor and their ratio."""
    costs = [lessons.measure(path).seconds for path in NOTEBOOKS]
    schedule = CHECKS[""][1]
    for name, options, floor in [
        ("on one process", [], sum(costs)),
        ("on two", [*schedule, "-n", "2"], best_of_two(costs)),
    ]:
        seconds = compare(*options)
        yield name, f"{seconds:.1f}", f"{floor:.1f}", f"{seconds / floor:.2f}"
