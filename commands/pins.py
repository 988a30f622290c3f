"""Write the lock: the exact version of every package that the course can install.

`python -m commands.pins` asks uv for versions that satisfy requirements.txt and all extras of
pyproject.toml together, on Linux, macOS and Windows, from the oldest supported Python up. They go
into constraints.txt, and those that Binder needs into binder/requirements.txt. A locked version is
kept as long as it still fits. Options are passed on to uv: `--upgrade` takes the newest versions,
`--upgrade-package NAME` the newest of one package. Nothing is installed.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BINDER = "binder/requirements.txt"
CUDA = re.compile("cuda|nvidia|triton")
LOCK_HEAD = """\
# Made by `python -m commands.pins`: the version of every package that the course can install, on
# every system and Python. requirements.txt points here. A constraint alone installs nothing, so
# CUDA's packages cost nothing where PyTorch's CPU build is used.
"""
BINDER_HEAD = """\
# Made by `python -m commands.pins` from requirements.txt and constraints.txt, only for Binder.
# No line may name a file, or every commit would install PyTorch again; postBuild adds the course.
--extra-index-url https://download.pytorch.org/whl/cpu
"""


class PinsError(Exception):
    """uv found no versions that fit together; no file has changed."""


def read_pins(requirements: Path) -> list[str]:
    """Return the package lines of a requirements file, without options and comments."""
    lines = [
        line.partition("#")[0].strip() for line in requirements.read_text("utf-8").splitlines()
    ]
    return [line for line in lines if line and not line.startswith("-")]


def compile_pins(root: Path, locked: list[str], *options: str | Path) -> list[str]:
    """Return the pins that uv finds for what the student needs, keeping those `locked` that fit."""
    with tempfile.TemporaryDirectory() as folder:
        student, output = Path(folder, "student.in"), Path(folder, "pins.txt")
        student.write_text("\n".join(read_pins(root / "requirements.txt")) + "\n", "utf-8")
        output.write_text("".join(f"{line}\n" for line in locked), "utf-8")
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", student, *options]
        command += ["--output-file", output, "--no-header", "--no-annotate"]
        result = subprocess.run(list(map(str, command)), cwd=root, capture_output=True, text=True)
        if result.returncode:
            raise PinsError(
                f"uv found no versions that fit together. It says:\n{result.stderr.strip()}"
            )
        return output.read_text("utf-8").splitlines()


def main(options: list[str] | None = None, root: Path = ROOT) -> int:
    """Write the lock and Binder's part of it; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m commands.pins", description=__doc__)
    options = parser.parse_known_args(options)[1]
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    oldest = project["requires-python"].removeprefix(">=")
    lock = root / "constraints.txt"
    python = (root / "binder/runtime.txt").read_text("utf-8").strip().removeprefix("python-")
    everything = ["pyproject.toml", "--all-extras", "--universal", "--python-version", oldest]
    # One version for all Pythons, so that each gets what was tested on the others.
    everything += ["--fork-strategy", "fewest", *options]
    try:
        pins = compile_pins(root, read_pins(lock) if lock.exists() else [], *everything)
        with tempfile.TemporaryDirectory() as folder:
            constraints = Path(folder, "constraints.txt")
            constraints.write_text("\n".join(pins) + "\n", "utf-8")
            linux: list[str | Path] = ["--constraints", constraints, "--python-version", python]
            linux += ["--python-platform", "linux", *options]
            image = [pin for pin in compile_pins(root, pins, *linux) if not CUDA.match(pin)]
    except PinsError as error:
        print(error, file=sys.stderr)
        return 1
    for path, head, lines in ((lock, LOCK_HEAD, pins), (root / BINDER, BINDER_HEAD, image)):
        path.write_text(head + "".join(f"{line}\n" for line in lines), "utf-8", newline="\n")
        print(f"{path.relative_to(root).as_posix()}: {len(lines)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
