"""How much disk space the student's packages take, the largest first.

It counts the packages of requirements.txt and everything they need, without CUDA: what course.py
and Binder install on Linux.
"""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from commands.pins import CUDA, read_pins
from tests.support.lessons import ROOT

HEAD = ("package", "MB")
DEPENDS = ("requirements.txt", "constraints.txt")
CUDA_LIBRARIES = re.compile(r"lib.*(cuda|nvrtc).*\.so")


def needed(lines: list[str]) -> Iterator[tuple[str, Distribution | None]]:
    """Yield each package that these requirements need here, without CUDA; None if not installed."""
    todo, seen = [Requirement(line) for line in lines], set()
    while todo:
        requirement = todo.pop()
        name, extras = canonicalize_name(requirement.name), frozenset({"", *requirement.extras})
        applies = not requirement.marker or requirement.marker.evaluate({"extra": ""})
        if not applies or (name, extras) in seen or CUDA.match(name):
            continue
        seen.add((name, extras))
        try:
            package = distribution(name)
        except PackageNotFoundError:
            yield name, None
            continue
        yield name, package
        for other in map(Requirement, package.requires or []):
            if not other.marker or any(other.marker.evaluate({"extra": e}) for e in extras):
                other.marker = None  # it applies; which extra asked for it is known only here
                todo.append(other)


def measure():
    """Return the size of each package in bytes, by name."""
    sizes = {}
    for name, package in needed(read_pins(ROOT / "requirements.txt")):
        files = [file for file in package.files if not CUDA_LIBRARIES.match(file.name)]
        paths = [Path(file.locate()) for file in files]
        sizes[name] = sum(path.stat().st_size for path in paths if path.is_file())
    return sizes


def rows(shown=12):
    """Yield the largest packages, the others and the sum, each with its megabytes."""
    sizes = sorted(measure().items(), key=lambda item: -item[1])
    others = (f"{len(sizes) - shown} others", sum(size for _, size in sizes[shown:]))
    for name, size in [*sizes[:shown], others, ("together", sum(size for _, size in sizes))]:
        yield name, f"{size / 1e6:,.1f}"
