"""Measures what the course costs and proves: `python -m benchmarks [--write] [NAME [WORD ...]]`.

Without a name, it measures all costs. The proofs take hours and run only by name; words behind it
choose a part: `python -m benchmarks everywhere thread`. With --write, each table takes its place in
docs/measured.md or instructor/hub/README.md, with a line that says when and where it was measured.
--stale lists what has changed since. Measure on a machine that does nothing else.
"""

import compileall
import os
import sys
import time
import traceback
from importlib import import_module
from types import ModuleType

from benchmarks import stale, tables
from tests.support.lessons import ROOT

COSTS = {
    "set_up": "benchmarks.set_up",
    "installed_size": "benchmarks.installed_size",
    "imports": "benchmarks.imports",
    "lessons": "benchmarks.lessons",
    "notebooks": "benchmarks.notebooks",
    "waits": "benchmarks.waits",
    "speed_ladder": "benchmarks.speed_ladder",
    "graphs": "benchmarks.graphs",
    "sliders": "benchmarks.sliders",
    "website": "benchmarks.website",
    "progress": "benchmarks.progress",
    "hub": "benchmarks.hub",
}
PROOFS = {
    "runs": "benchmarks.runs",
    "everywhere": "tests.net.everywhere",
    "canary": "tests.net.canary",
    "faults": "benchmarks.faults",
}
# The module of each benchmark. It has the HEAD of its table, what it DEPENDS on, and a function
# rows(), which takes the words behind the benchmark's name if the module says which WORDS.
MODULES = {**COSTS, **PROOFS}


def load(name: str) -> ModuleType:
    """Return the module of a benchmark."""
    return import_module(MODULES[name])


def choose(options: list[str]) -> dict[str, list[str]]:
    """Return the benchmarks that the options name, each with the words behind its name."""
    chosen: dict[str, list[str]] = {}
    for option in options:
        if option in MODULES:
            chosen[option] = []
        elif chosen and hasattr(load(list(chosen)[-1]), "WORDS"):
            chosen[list(chosen)[-1]].append(option)
        else:
            sys.exit(f"There is no benchmark '{option}'. There are {', '.join(MODULES)}.")
    return chosen or {name: [] for name in COSTS}


def measure(name: str, words: list[str], write: bool) -> None:
    """Run a benchmark, and print its table row by row; write it to its page, too."""
    benchmark, command = load(name), " ".join([tables.COMMAND, name, *words])
    print(f"\n{benchmark.__doc__.splitlines()[0]} (`{command}`)", flush=True)
    if write:
        tables.read(name)  # if no page has a place for it, say so now
    print(f"\n{tables.row(benchmark.HEAD)}\n{tables.rule(benchmark.HEAD)}", flush=True)
    at, start, rows = tables.state(stale.depends(benchmark)), time.monotonic(), []
    try:
        for cells in benchmark.rows(*words):
            rows.append(cells)
            if len(cells) > 1:
                print(tables.row(cells), flush=True)
    except BaseException:  # what was measured until here may have taken hours
        done = {cells[0] for cells in rows}
        rows += [(key,) for key in tables.read(name).rows if key not in done] if write else []
        raise
    finally:
        line = tables.source(command, at, time.monotonic() - start)
        print(f"\n{line}.", flush=True)
        if write:
            tables.write(name, benchmark.HEAD, rows, line)


def main(options: list[str]) -> int:
    """Do what the options say; return 1 if a benchmark couldn't be run, else 0."""
    if "--stale" in options:
        print(*stale.report({name: load(name) for name in MODULES}), sep="\n")
        return 0
    failed = []
    for name, words in choose([one for one in options if one != "--write"]).items():
        try:
            measure(name, words, "--write" in options)
        except Exception:  # the next may run for hours, and needs nothing of this one
            traceback.print_exc()
            failed.append(name)
    if failed:
        print(f"\nNot measured, because of the errors above: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    # Nobody's first start is measured, in which Python compiles the course.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compileall.compile_dir(ROOT / "course_utils", quiet=1)
    sys.exit(main(sys.argv[1:]))
