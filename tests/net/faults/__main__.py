"""Applies faults to copies of the course, one at a time, and runs the tests that should notice.

Called by `python course.py test --faults`. The faults are those of the bank or, with `--random N`,
N that are made by rule. The unfaulted copy must pass first: nothing is proved where the tests fail
anyway. The exit code is 1 if a fault of the bank survives or more than a tenth of the random ones,
2 if nothing is proved.
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
from tests.support.lessons import ROOT

PYTEST = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
PYTEST += ["--tb=no", "--color=no", "-rfE"]
PASSED, STOPPED = 0, 2  # pytest's exit codes; above them it could not even begin


class NotProvedError(Exception):
    """The bank could not be tried: the message says why."""


def copy_repository(target: Path) -> None:
    """Copy every file that git tracks or would track."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def environment(folder: Path) -> dict[str, str]:
    """Return the environment in which Python, kernels too, imports the copy in `folder`.

    Nothing is compiled to disk: two versions of a file, alike in size and second, look the same.
    """
    return {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}


def check_imports(folder: Path) -> None:
    """Raise NotProvedError unless a kernel would import the copy's course_utils."""
    code = "import course_utils; print(course_utils.__file__)"
    python = [sys.executable, "-c", code]
    options = {"cwd": folder / "notebooks", "env": environment(folder)}
    found = subprocess.run(python, **options, check=True, capture_output=True, text=True).stdout
    if not Path(found.strip()).resolve().is_relative_to(folder.resolve()):
        raise NotProvedError(f"The copy in {folder} imports {found.strip()}")


def noticed(folder: Path, tests: tuple[str, ...], seconds: float) -> str:
    """Run tests in a copy; return the first that fails, '' where all pass."""
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


def take_over(lesson: Path) -> None:
    """Put a lesson's cells into its notebook and leave the outputs, as if it had been built."""
    path = build.notebook_of(lesson)
    notebook, stored = build.read_lesson(lesson), nbformat.read(path, as_version=4)
    for new, old in zip(notebook.cells, stored.cells, strict=True):
        if "outputs" in old:
            new.update(outputs=old.outputs, execution_count=old.execution_count)
    nbformat.write(notebook, path)


def try_fault(fault: Fault, clean: Path, seconds: float) -> tuple[str, float]:
    """Return the test that notices a fault, '' where none does, and how long that took."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(clean, Path(folder) / "course"))
        fault.apply(copy)
        if fault.file.startswith("lessons/"):
            take_over(copy / fault.file)
        return noticed(copy, fault.tests, seconds), time.monotonic() - begun


def check_clean(chosen: list[Fault], clean: Path, processes: int) -> None:
    """Raise NotProvedError unless every test that is to notice a fault passes without one."""
    paths = {test for fault in chosen for test in fault.tests if (clean / test).is_file()}
    in_parallel = ["-n", f"{processes}", "--dist", "loadfile"] if len(paths) > 1 else []
    command = [*PYTEST, "--tb=short", *in_parallel, *sorted(paths)]
    options = {"cwd": clean, "env": environment(clean), "capture_output": True, "text": True}
    ran = subprocess.run(command, **options)
    if ran.returncode != PASSED:
        raise NotProvedError(f"Without any fault this fails:\n{ran.stdout[-5000:]}{ran.stderr}")
    print(f"The copy passes without a fault ({len(paths)} files).", flush=True)


def is_chosen(fault: Fault, words: list[str]) -> bool:
    """Tell whether a word names the fault's lesson, or is in the name of its file or its own."""
    named = f"{fault.file}: {fault.name}"
    return not words or any(word == fault.lesson or word in named for word in words)


def main(arguments: list[str] | None = None) -> int:
    """Try the faults and give the exit code."""
    parser = argparse.ArgumentParser(prog="course.py test --faults", description=__doc__)
    help_words = "a lesson's two digits, or a part of a file's or a fault's name; default: all"
    parser.add_argument("words", nargs="*", help=help_words)
    parser.add_argument("-n", "--processes", type=int, choices=(1, 2), default=2)
    parser.add_argument("--seconds", type=float, default=300, help="the time limit of one fault")
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
        parser.error(f"no fault's name holds {' or '.join(options.words)}")
    begun, survivors, number = time.monotonic(), [], count(1)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(options.processes) as pool:
        clean = Path(folder)
        copy_repository(clean)
        check_imports(clean)
        check_clean(chosen, clean, options.processes)

        def report(fault):
            by, seconds = try_fault(fault, clean, options.seconds)
            verdict = f"killed by {by}" if by else "SURVIVED"
            place = f"{next(number):3}/{len(chosen)} {seconds:4.0f} s"
            print(f"{place}  {fault.file}: {fault.name}: {verdict}", flush=True)
            if not by:
                survivors.append(f"{fault.file}: {fault.name}")

        list(pool.map(report, chosen))
    print(f"\n{len(chosen) - len(survivors)} of {len(chosen)} faults were noticed", end=" ")
    print(f"({time.monotonic() - begun:.0f} s).")
    for survivor in survivors:
        print(f"  not noticed: {survivor}")
    allowed = 0 if options.random is None else 0.1 * len(chosen)
    return 1 if len(survivors) > allowed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NotProvedError as reason:
        print(reason, file=sys.stderr)
        sys.exit(2)
