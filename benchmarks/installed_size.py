"""What the student's packages take on the disk, the largest first.

Counts the packages of requirements.txt and all that they need, without CUDA: what course.py and
Binder install on Linux.
"""

import re
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.lessons import ROOT

HEAD = ("package", "MB")
CUDA_PACKAGES = re.compile("cuda|nvidia|triton")
CUDA_LIBRARIES = re.compile(r"lib.*(cuda|nvrtc).*\.so")


def measure():
    """Return the bytes that each package takes, by name."""
    lines = re.sub("#.*", "", (ROOT / "requirements.txt").read_text("utf-8")).splitlines()
    wanted = [Requirement(line) for line in lines if line.strip() and not line.startswith("-")]
    sizes, seen = {}, set()
    while wanted:
        one = wanted.pop()
        name, extras = canonicalize_name(one.name), frozenset({"", *one.extras})
        if (name, extras) in seen or CUDA_PACKAGES.match(name):
            continue
        seen.add((name, extras))
        package = distribution(name)
        files = [file for file in package.files if not CUDA_LIBRARIES.match(file.name)]
        paths = [Path(file.locate()) for file in files]
        sizes[name] = sum(path.stat().st_size for path in paths if path.is_file())
        for other in map(Requirement, package.requires or []):
            if not other.marker or any(other.marker.evaluate({"extra": e}) for e in extras):
                wanted.append(other)
    return sizes


def rows(shown=12):
    """Yield the largest packages, the rest and the sum, each with its megabytes."""
    sizes = sorted(measure().items(), key=lambda item: -item[1])
    rest = (f"{len(sizes) - shown} others", sum(size for _, size in sizes[shown:]))
    for name, size in [*sizes[:shown], rest, ("together", sum(size for _, size in sizes))]:
        yield name, f"{size / 1e6:,.1f}"
