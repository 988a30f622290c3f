"""Runs the notebooks with the newest release of every package, and prints what that changes.

`python course.py test --canary [torch==2.13.0 ...]` installs what a student needs, without the pins
and the lock, into an environment that is thrown away; a package that is named keeps that version.
The exit code is 1 if a cell differs: a warning of what the next pins will bring, not a fault.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from commands.pins import read_pins
from tests.net.everywhere import Condition, run
from tests.support.lessons import ROOT, copy_course

UV = [sys.executable, "-m", "uv"]
TOOLS = ["pytest"]  # with nbval, a student's package, all that the comparison needs


def newest(lines: list[str], kept: list[str]) -> list[str]:
    """Return the names that requirements name, without versions but those `kept`."""
    versions = {canonicalize_name(Requirement(one).name): one for one in kept}
    names = [canonicalize_name(Requirement(line).name) for line in lines]
    return [versions.pop(name, name) for name in names] + list(versions.values())


def installed(python: Path) -> dict[str, str]:
    """Return the version of each package in an environment."""
    command = [*UV, "pip", "list", "--format", "json", "--python", python]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {canonicalize_name(one["name"]): one["version"] for one in json.loads(listed)}


def changes(now: dict[str, str], lines: list[str]) -> list[str]:
    """Return a table's row for each package that is not at its locked version."""
    locked: dict[str, set[str]] = {}
    for line in map(Requirement, lines):
        locked.setdefault(canonicalize_name(line.name), set()).add(str(line.specifier)[2:])
    return [
        f"| {name} | {' or '.join(sorted(locked.get(name, {'none'})))} | {version} |"
        for name, version in sorted(now.items())
        if version.partition("+")[0] not in locked.get(name, set()) and name != "pip"
    ]


def main(kept: list[str]) -> int:
    """Install, run, report; give the exit code."""
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
        print("| package | locked | newest |\n|---|---:|---:|")
        print(*changes(now, read_pins(ROOT / "constraints.txt")), sep="\n", flush=True)
        copy_course(course)
        # Else the self-check would name each new version as a fault, every night.
        pins = [f"{name}=={now[name]}\n" for name in newest(lines, [])]
        (course / "requirements.txt").write_text("".join(pins), "utf-8")
        proof = f"import sys\nassert sys.prefix == {str(environment)!r}"
        condition = Condition("canary", proof, {"PYTHONPATH": str(course)}, folder=course)
        condition.command = [str(python), "-m", "pytest"]
        cells, wrong = run(condition, scratch)
    print(f"\nOf {cells} cells, {len(wrong)} differ with the newest release of every package.")
    print("".join(f"\n- {line}" for line in wrong))
    return int(bool(wrong) or not cells)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
