"""Generated mutants of course_utils: `python -m tests.faults.mutants [module ...]`.

mutmut's operators make the mutants: one small change each, such as + for −, another number, None
for a value, an argument gone, a word in capitals. (Its own runner passes over decorated functions,
which all our pictures are.) A mutant is killed when a unit test fails, or when a cell of a notebook
gives an output that the regression run would refuse.

Everything runs in forks of one process that has imported all. A fork runs each unit test once with
coverage, then again with every mutant of a line that the test runs, the mutated module put in the
place of the loaded one. After each kill the test must pass without a mutant; where it does not,
the mutants before it have left something behind, and a fresh fork tries again. Each cell of a
notebook, too, runs in forks with the mutants that it would meet, before it runs in earnest.
"""

import argparse
import contextlib
import os
import sys
import time
from collections import Counter

# One thread: a fork of a process with threads of OpenMP or BLAS would hang in them.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

import matplotlib
import pytest

from tests.faults.mutation import mutants_of
from tests.faults.trials import Arena, Notebook, UnitTests
from tests.lessons import NUMBERS, ROOT
from tests.test_architecture import COURSE_UTILS

GOAL = 0.9
TESTS = ["validate", "data", "descent", "plots", "graphs", "self_check", "checks", "sliders"]
TESTS += ["animation", "figures", "truth_panel", "exercises", "lesson_*"]
# These start kernels or other processes, which know nothing of a mutant.
NOT_RUN = "not solved_exercises and not subprocess and not process"


def chosen(modules, sample, seed):
    """Return the mutants of the modules that are named, in part or whole."""
    names = [
        name
        for name in COURSE_UTILS
        if not modules or any(f".{part}." in f"{name}." for part in modules)
    ]
    if not names:
        sys.exit(f"No module of course_utils is named {' or '.join(modules)}.")
    return [mutant for name in names for mutant in mutants_of(name, sample, seed)]


def main(options=None):
    """Make the mutants, try them, and print who survived; 1 where too many did."""
    parser = argparse.ArgumentParser(prog="python course.py test --mutants")
    parser.add_argument("modules", nargs="*", help="such as descent or checks.core; all if none")
    parser.add_argument("--sample", type=int, help="so many mutants of each module, at random")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at a time")
    parser.add_argument("-k", dest="tests", help="only the unit tests that pytest's -k picks")
    parser.add_argument("--notebooks", nargs="*", default=NUMBERS, help="only these, or none")
    chose = parser.parse_args(options)
    if not hasattr(os, "fork"):
        sys.exit("Mutants need a system that can fork: Linux, macOS, or WSL on Windows.")
    begun = time.monotonic()
    mutants = chosen(chose.modules, chose.sample, chose.seed)
    print(f"{len(mutants)} mutants; seed {chose.seed}", flush=True)
    matplotlib.use("agg")
    arena = Arena(mutants, chose.jobs)
    files = [str(path) for name in TESTS for path in sorted(ROOT.glob(f"tests/test_{name}.py"))]
    options = ["-q", "-s", "--no-header", "-p", "no:cacheprovider", "--assert=plain", "-k"]
    only = f"({NOT_RUN}) and ({chose.tests})" if chose.tests else NOT_RUN
    with open(os.devnull, "w") as quiet, contextlib.redirect_stdout(quiet):
        code = pytest.main([*options, only, *files], plugins=[UnitTests(arena)])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        sys.exit("The unit tests could not be run: see python -m pytest tests.")
    print(f"unit tests: {time.monotonic() - begun:.0f} s, {arena.tries.total()} tries", flush=True)
    os.chdir(ROOT / "notebooks")
    arena.run(Notebook(arena, number).work for number in chose.notebooks)
    return report(arena, time.monotonic() - begun)


def report(arena, seconds):
    """Print the survivors and the figures; return 1 where too many survived."""
    for mutant in arena.mutants:
        if not mutant.killer:
            path = COURSE_UTILS[mutant.module].relative_to(ROOT)
            print(f"\n{path}:{mutant.line}", *mutant.diff(), sep="\n  ")
    for trial in sorted(arena.unusable):
        print(f"Not used, since it fails twice in a row without a mutant: {trial}")
    totals = Counter(mutant.module for mutant in arena.mutants)
    killed = Counter(mutant.module for mutant in arena.mutants if mutant.killer)
    totals["all"], killed["all"] = totals.total(), killed.total()
    print(f"\n{'module':<36}{'killed':>8}{'survived':>10}{'total':>8}")
    for name, total in totals.items():
        row = f"{name:<36}{killed[name]:>8}{total - killed[name]:>10}{total:>8}"
        print(f"{row}{100 * killed[name] / max(total, 1):>8.1f} %")
    share = killed["all"] / max(1, totals["all"])
    print(f"\n{share:.1%} of {totals['all']} mutants killed; the goal is {GOAL:.0%}. "
          f"{arena.tries.total()} tries in {seconds:.0f} s.")  # fmt: skip
    return int(share < GOAL)


if __name__ == "__main__":
    sys.exit(main())
