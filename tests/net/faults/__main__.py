"""Applies faults to copies of the course, one at a time, and runs the tests that should notice.

`python course.py test --faults` takes the faults of the bank or, with `--random N`, N made by rule.
What noticed a fault must pass without one: tests that fail anyway prove nothing. The exit code is 1
if a fault of the bank isn't noticed, or more than a tenth of the random ones aren't, and 2 if
nothing is proved.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import nbformat

from commands import build
from tests.net.faults.bank import Fault, faults
from tests.net.faults.random_faults import all_files, random_faults
from tests.support.lessons import copy_course

PYTEST = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
PYTEST += ["--tb=no", "--color=no", "-rfE", "-m", ""]  # -m "": also the slow tests
SECONDS = 900  # for one fault
PASSED, STOPPED = 0, 2  # pytest's exit codes; above them it could not even begin


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


def noticed_by(folder: Path, tests: tuple[str, ...], seconds: float) -> str:
    """Run tests in a copy; return the first that fails, '' if all pass."""
    options = {"cwd": folder, "env": environment(folder), "capture_output": True, "text": True}
    try:
        ran = subprocess.run([*PYTEST, *tests], timeout=seconds, **options)
    except subprocess.TimeoutExpired:
        return f"no end after {seconds:.0f} s"
    if ran.returncode == PASSED:
        return ""
    if ran.returncode > STOPPED:
        raise NotProvedError(f"pytest {' '.join(tests)}\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    failed = re.search(r"^(?:FAILED|ERROR) (.*?)(?: - |$)", ran.stdout, re.MULTILINE)
    return failed[1] if failed else f"pytest ended with {ran.returncode}"


def copy_into_notebook(lesson: Path) -> None:
    """Copy a lesson's cells into its notebook, and keep the stored outputs."""
    path = build.notebook_of(lesson)
    notebook, stored = build.read_lesson(lesson), nbformat.read(path, as_version=4)
    for new, old in zip(notebook.cells, stored.cells, strict=True):
        if "outputs" in old:
            new.update(outputs=old.outputs, execution_count=old.execution_count)
    nbformat.write(notebook, path)


def try_fault(fault: Fault, clean: Path, seconds: float) -> tuple[str, float]:
    """Return the test that notices a fault, '' if none does, and how many seconds that took."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(clean, Path(folder) / "course"))
        fault.apply(copy)
        if fault.file.startswith("lessons/"):
            copy_into_notebook(copy / fault.file)
        return noticed_by(copy, fault.tests, seconds), time.monotonic() - start


def check_clean(noticing: set[str], clean: Path, processes: int) -> None:
    """Raise NotProvedError unless the tests that noticed faults pass without one."""
    # Without parameters, which may hold anything. Tests that did not end have no name.
    names = {test.partition("[")[0] for test in noticing}
    tests = sorted(name for name in names if (clean / name.partition("::")[0]).is_file())
    if not tests:
        return
    in_parallel = ["-n", f"{processes}", "--dist", "loadfile"] if len(tests) > 1 else []
    command = [*PYTEST, "--tb=short", *in_parallel, *tests]
    options = {"cwd": clean, "env": environment(clean), "capture_output": True, "text": True}
    ran = subprocess.run(command, **options)
    if ran.returncode != PASSED:
        raise NotProvedError(f"A test fails without a fault:\n{ran.stdout[-5000:]}{ran.stderr}")
    print(f"Without a fault, what noticed one passes ({len(tests)} tests).", flush=True)


def is_chosen(fault: Fault, words: list[str]) -> bool:
    """Return whether a word is the fault's lesson, or part of its file's name or its own."""
    named = f"{fault.file}: {fault.name}"
    return not words or any(word == fault.lesson or word in named for word in words)


def try_all(chosen: list[Fault], processes: int = 2, limit: float = SECONDS) -> list[str]:
    """Try faults, each for at most `limit` seconds, and print what notices them.

    Return those that nothing notices.
    """
    start, survivors, noticing, number = time.monotonic(), [], set(), count(1)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(processes) as pool:
        clean = Path(folder)
        copy_course(clean)
        check_imports(clean)

        def report(fault):
            test, seconds = try_fault(fault, clean, limit)
            verdict = f"noticed by {test}" if test else "NOT NOTICED"
            progress = f"{next(number):3}/{len(chosen)} {seconds:4.0f} s"
            print(f"{progress}  {fault.file}: {fault.name}: {verdict}", flush=True)
            if test:
                noticing.add(test)
            else:
                survivors.append(f"{fault.file}: {fault.name}")

        list(pool.map(report, chosen))
        check_clean(noticing, clean, processes)
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
