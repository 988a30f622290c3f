"""The comparison of all notebooks, `pytest --nbval notebooks/`, and the least that it can take.

The floor is what the notebooks take with nobody to compare them: the starts of the kernels, the
imports and the cells. On two processes it is that of the best division of the notebooks into two.
"""

import subprocess
import sys
import time

from benchmarks import lessons
from commands.test import CHECKS
from tests.support.lessons import NOTEBOOKS, ROOT

HEAD = ("all notebooks compared", "seconds", "floor", "times the floor")


def best_of_two(costs):
    """Return the shortest time in which two processes can do work of these lengths."""
    sums = {0.0}
    for cost in costs:
        sums |= {done + cost for done in sums}
    return min(max(done, sum(costs) - done) for done in sums)


def compare(*options):
    """Run pytest on the notebooks and return the seconds."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", "notebooks", *options]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def rows():
    """Yield the number of processes, the seconds of the run, the floor and their ratio."""
    costs = [lessons.measure(path).seconds for path in NOTEBOOKS]
    schedule = CHECKS[""][1]
    for name, options, floor in [
        ("on one process", [], sum(costs)),
        ("on two", [*schedule, "-n", "2"], best_of_two(costs)),
    ]:
        seconds = compare(*options)
        yield name, f"{seconds:.1f}", f"{floor:.1f}", f"{seconds / floor:.2f}"
