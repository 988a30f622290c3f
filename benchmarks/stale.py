"""Which of the measured tables are out of date: what they depend on has changed since."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

from benchmarks import tables
from tests.support.lessons import ROOT

HEAD = ("table", "measured on", "days ago", "at commit", "rows", "took", "stale because")
SHOWN = 3  # files


def depends(benchmark: ModuleType) -> list[str]:
    """Return the files and folders that a benchmark depends on, itself included."""
    own = Path(str(benchmark.__file__)).relative_to(ROOT).as_posix()
    # What a run writes is no reason to run it again.
    return [own, *benchmark.DEPENDS, *(f":(exclude){page}" for page in tables.WHERE)]


def reason(commit: str | None, paths: list[str]) -> str:
    """Say which files have changed since a commit, 'fresh' if none has."""
    if commit is None:
        return "unknown: it was measured in a copy without git"
    if tables.git("rev-parse", "HEAD") is None:
        return "unknown: this copy of the course has no git history"
    changed = tables.git("diff", "--name-only", commit, "--", *paths)
    if changed is None:
        return "unknown: this copy lacks the commit, as a shallow clone does"
    files = changed.splitlines()
    if not files:
        return "fresh"
    more = ", …" if len(files) > SHOWN else ""
    changed_files = "1 file changed" if len(files) == 1 else f"{len(files)} files changed"
    return f"{changed_files}: {', '.join(files[:SHOWN])}{more}"


def report(benchmarks: dict[str, ModuleType]) -> Iterator[str]:
    """Yield the lines of a table: each benchmark, when it was measured, and what changed since."""
    yield from (tables.row(HEAD), "|---|---|---:|---|---:|---|---|")
    for name, benchmark in benchmarks.items():
        groups = tables.read(name).sources() or {"": []}
        for line, rows in groups.items():
            found = tables.SOURCE.match(f"{line}.")
            if not found:
                yield tables.row(
                    (name, "never", "", "", f"{len(rows)}", "", tables.NOT_YET.lower())
                )
                continue
            days = (date.today() - date.fromisoformat(found["date"])).days
            why = reason(found["commit"], depends(benchmark))
            if found["changed"]:
                why += "; measured with changes that were not committed"
            commit = found["commit"] or "none"
            counts = (f"{days}", commit, f"{len(rows)}", found["took"])
            yield tables.row((name, found["date"], *counts, why))
