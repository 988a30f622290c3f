"""Applies faults to copies of the course, one at a time, and runs the tests that should notice.

`python course.py test --faults` takes the faults of the bank or, with `--random N`, N made by rule.
What noticed a fault must pass without one: a test that fails anyway proves nothing, is named, and
its faults are tried again without it. The exit code is 1 if a fault of the bank isn't noticed, or
more than a tenth of the random ones aren't, and 2 if nothing is proved.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import nbformat

from commands import build
from tests.net.faults.bank import Fault, faults
from tests.net.faults.random_faults import all_files, random_faults
from tests.support.lessons import copy_course

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
PYTEST += ["--tb=no", "--color=no", "-rfE", "-m", ""]  # -m "": also the slow tests
SECONDS = 900  # for one fault
PASSED, STOPPED, NO_TESTS = 0, 2, 5  # pytest's exit codes; above 2 it could not even begin
FAILED = re.compile(r"^(?:FAILED|ERROR) (.*?)(?: - |$)", re.MULTILINE)


class NotProvedError(Exception):
    """The faults can't be tried; the message says why."""


def environment(folder: Path) -> dict[str, str]:
    """Return the environment in which Python, kernels too, imports the copy in `folder`.

    Python writes no bytecode: it couldn't tell two versions of a file with the same size and second
    apart. One thread, since two faults are tried at a time.
    """
    own = {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    return os.environ | own


def check_imports(folder: Path) -> None:
    """Raise NotProvedError unless a kernel would import the copy's course_utils."""
    code = "import course_utils; print(course_utils.__file__)"
    python = [sys.executable, "-c", code]
    options = {"cwd": folder / "notebooks", "env": environment(folder)}
    found = subprocess.run(python, **options, check=True, capture_output=True, text=True).stdout
    if not Path(found.strip()).resolve().is_relative_to(folder.resolve()):
        raise NotProvedError(f"The copy in {folder} imports {found.strip()}, not its own code.")


def call_pytest(
    folder: Path, *arguments: str, without: Iterable[str] = (), seconds: float | None = None
) -> subprocess.CompletedProcess:
    """Run tests in a copy, without some. Raise NotProvedError if pytest could not even begin."""
    command = [*PYTEST, *arguments, *(f"--deselect={name}" for name in without)]
    options = {"cwd": folder, "env": environment(folder), "capture_output": True, "text": True}
    ran = subprocess.run(command, timeout=seconds, **options)
    if ran.returncode > STOPPED and not (without and ran.returncode == NO_TESTS):
        output = ran.stdout[-2000:] + ran.stderr[-2000:]
        raise NotProvedError(f"pytest {' '.join(arguments)}\n{output}")
    return ran


def noticed_by(
    folder: Path, tests: tuple[str, ...], seconds: float, without: Iterable[str] = ()
) -> str:
    """Run tests in a copy, without some; return the first that fails, '' if all pass."""
    try:
        ran = call_pytest(folder, "-x", *tests, without=without, seconds=seconds)
    except subprocess.TimeoutExpired:
        return f"no end after {seconds:.0f} s"
    if ran.returncode in (PASSED, NO_TESTS):
        return ""
    failed = FAILED.search(ran.stdout)
    return failed[1] if failed else f"pytest ended with {ran.returncode}"


def copy_into_notebook(lesson: Path) -> None:
    """Copy a lesson's cells into its notebook, and keep the stored outputs."""
    path = build.notebook_of(lesson)
    notebook, stored = build.read_lesson(lesson), nbformat.read(path, as_version=4)
    for new, old in zip(notebook.cells, stored.cells, strict=True):
        if "outputs" in old:
            new.update(outputs=old.outputs, execution_count=old.execution_count)
    nbformat.write(notebook, path)


def try_fault(
    fault: Fault, clean: Path, seconds: float, without: Iterable[str]
) -> tuple[str, float]:
    """Return the test that notices a fault, '' if none does, and how many seconds that took."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(clean, Path(folder) / "course"))
        fault.apply(copy)
        if fault.file.startswith("lessons/"):
            copy_into_notebook(copy / fault.file)
        return noticed_by(copy, fault.tests, seconds, without), time.monotonic() - start


def without_parameters(test: str) -> str:
    """Return a test's name without its parameters, which may hold anything."""
    return test.partition("[")[0]


def failing_anyway(noticing: Iterable[str], clean: Path, processes: int) -> set[str]:
    """Return which of the tests that noticed faults fail without one, and print them."""
    names = {without_parameters(name) for name in noticing}
    names = {name.partition("::")[0] if ".ipynb::" in name else name for name in names}  # all cells
    # Tests that did not end have no name.
    tests = sorted(name for name in names if (clean / name.partition("::")[0]).is_file())
    if not tests:
        return set()
    in_parallel = ["-n", f"{processes}", "--dist", "loadfile"] if len(tests) > 1 else []
    ran = call_pytest(clean, "--tb=short", *in_parallel, *tests)
    failing = {without_parameters(name) for name in FAILED.findall(ran.stdout)}
    can_be_left_out = failing and all("::" in name for name in failing)  # not a file with an error
    if ran.returncode != PASSED and not can_be_left_out:
        raise NotProvedError(f"Without a fault:\n{ran.stdout[-5000:]}{ran.stderr}")
    if failing:
        print(f"Fails without a fault, so it proves nothing: {', '.join(sorted(failing))}")
    print(f"Without a fault, {len(tests) - len(failing)} of {len(tests)} tests pass.", flush=True)
    return failing


def is_chosen(fault: Fault, words: list[str]) -> bool:
    """Return whether a word is the fault's lesson, or part of its file's name or its own."""
    named = f"{fault.file}: {fault.name}"
    return not words or any(word == fault.lesson or word in named for word in words)


def try_all(chosen: list[Fault], processes: int = 2, limit: float = SECONDS) -> list[str]:
    """Try faults, each for at most `limit` seconds, and print what notices them.

    Return those that nothing notices.
    """
    start, noticed, failing, left = time.monotonic(), {}, set(), chosen
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(processes) as pool:
        clean = Path(folder)
        copy_course(clean)
        check_imports(clean)

        def report(fault):
            test, seconds = try_fault(fault, clean, limit, failing)
            noticed[fault] = test
            verdict = f"noticed by {test}" if test else "NOT NOTICED"
            progress = f"{next(number):3}/{len(left)} {seconds:4.0f} s"
            print(f"{progress}  {fault.file}: {fault.name}: {verdict}", flush=True)

        while left:
            number = count(1)
            list(pool.map(report, left))
            failing |= failing_anyway([noticed[fault] for fault in left], clean, processes)
            left = [fault for fault in left if without_parameters(noticed[fault]) in failing]
    survivors = [f"{fault.file}: {fault.name}" for fault in chosen if not noticed[fault]]
    print(f"\n{len(chosen) - len(survivors)} of {len(chosen)} faults were noticed", end=" ")
    print(f"({time.monotonic() - start:.0f} s).")
    for survivor in survivors:
        print(f"  not noticed: {survivor}")
    return survivors


def main(arguments: list[str] | None = None) -> int:
    """Try the faults and give the exit code."""
    parser = argparse.ArgumentParser(prog="course.py test --faults", description=__doc__)
    help_words = "a lesson's two digits, or a part of a file's or a fault's name; default: all"
    parser.add_argument("words", nargs="*", help=help_words)
    parser.add_argument("-n", "--processes", type=int, choices=(1, 2), default=2)
    help_seconds = "the time limit of one fault; a fault that reaches it counts as noticed"
    parser.add_argument("--seconds", type=float, default=SECONDS, help=help_seconds)
    parser.add_argument("--random", type=int, metavar="N", help="draw N faults made by rule")
    parser.add_argument("--seed", type=int, default=0, help="of the random faults")
    options = parser.parse_args(arguments)
    if options.random is None:
        chosen = [fault for fault in faults() if is_chosen(fault, options.words)]
    else:
        files = [name for name in all_files() if is_chosen(Fault(name, "", "", ""), options.words)]
        chosen = random_faults(options.random, options.seed, files)
        print(f"{len(chosen)} random faults, seed {options.seed}", flush=True)
    if not chosen:
        parser.error(f"no fault has {' or '.join(options.words)} in its name")
    survivors = try_all(chosen, options.processes, options.seconds)
    allowed = 0 if options.random is None else 0.1 * len(chosen)
    return 1 if len(survivors) > allowed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NotProvedError as reason:
        print(reason, file=sys.stderr)
        sys.exit(2)
