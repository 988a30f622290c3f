"""Runs the notebooks and unit tests with the newest packages, and prints what that changes.

`python course.py test --canary [torch==2.13.0 ...]` installs what a student needs into a temporary
environment, without the pins and the lock; a package named on the command line keeps that version.
The exit code is 1 if anything differs: a warning about the next pins, not a fault of the course.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from commands.pins import read_pins
from tests.net.conditions import Condition
from tests.net.everywhere import run
from tests.support.lessons import ROOT, copy_course

HEAD = ("the newest of every package", "not as locked", "cells", "unit tests", "differing")
DEPENDS = ("notebooks", "course_utils", "tests", "requirements.txt", "constraints.txt")
WORDS = "packages that keep a version"
SHOWN = ("torch", "numpy", "matplotlib", "scikit-learn")
UV = [sys.executable, "-m", "uv"]
# With what students have, nbval for one, all that the plugins and the unit tests import.
TOOLS = ["jupytext", "pytest", "pytest-xdist"]


def newest(lines: list[str], kept: list[str]) -> list[str]:
    """Return the packages of some requirements without versions, except for those `kept`."""
    versions = {canonicalize_name(Requirement(line).name): line for line in kept}
    names = [canonicalize_name(Requirement(line).name) for line in lines]
    return [versions.pop(name, name) for name in names] + list(versions.values())


def installed(python: Path) -> dict[str, str]:
    """Return the version of each package in an environment."""
    command = [*UV, "pip", "list", "--format", "json", "--python", python]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {canonicalize_name(one["name"]): one["version"] for one in json.loads(listed)}


def changes(now: dict[str, str], lines: list[str]) -> list[str]:
    """Return a row of a table for each package that isn't at its locked version."""
    locked: dict[str, set[str]] = {}
    for line in map(Requirement, lines):
        locked.setdefault(canonicalize_name(line.name), set()).add(str(line.specifier)[2:])
    return [
        f"| {name} | {' or '.join(sorted(locked.get(name, {'none'})))} | {version} |"
        for name, version in sorted(now.items())
        if version.partition("+")[0] not in locked.get(name, set()) and name != "pip"
    ]


def run_newest(kept: list[str]) -> tuple[dict[str, str], list[str], int, int, list[str]]:
    """Install and run; return the versions, the table of changes, and what `run` returns."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder).resolve()
        environment, course = scratch / "environment", scratch / "newest/course"
        python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        lines = read_pins(ROOT / "requirements.txt")
        subprocess.run(
            [*UV, "venv", "--quiet", "--python", sys.executable, environment], check=True
        )
        install = [*UV, "pip", "install", "--quiet", "--python", python]
        subprocess.run([*install, *newest([*lines, *TOOLS], kept)], cwd=scratch, check=True)
        now = installed(python)
        changed = changes(now, read_pins(ROOT / "constraints.txt"))
        copy_course(course)
        # Otherwise the self-check would report each new version.
        pins = [f"{name}=={now[name]}\n" for name in newest(lines, [])]
        (course / "requirements.txt").write_text("".join(pins), "utf-8")
        proof = f"import sys\nassert sys.prefix == {str(environment)!r}"
        condition = Condition("canary", proof, {"PYTHONPATH": str(course)}, folder=course)
        condition.command = [str(python), "-m", "pytest"]
        return now, changed, *run(condition, scratch)


def rows(*kept: str) -> Iterator[tuple[str, ...]]:
    """Yield the row of the table in docs/measured.md."""
    now, changed, cells, units, differs = run_newest(list(kept))
    print(*differs, sep="\n", file=sys.stderr)
    versions = ", ".join(f"{name} {now[name]}" for name in SHOWN)
    yield versions, f"{len(changed)}", f"{cells:,}", f"{units:,}", f"{len(differs)}"


def main(kept: list[str]) -> int:
    """Install, run and report; give the exit code."""
    _, changed, cells, units, differs = run_newest(kept)
    print("| package | locked | newest |\n|---|---:|---:|", *changed, sep="\n")
    print(
        f"\nOf {cells} cells and {units} unit tests, {len(differs)} differ with the newest release "
        "of every package."
    )
    print("".join(f"\n- {line}" for line in differs))
    return int(bool(differs) or not cells)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
