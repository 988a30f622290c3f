"""The tables of measured numbers on the pages, and the lines below them that say where and when.

A table belongs to the benchmark that the line below it names. Rows that were measured in another
run, perhaps on another machine, have a line of their own there, which lists them.
"""

import os
import platform
import re
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path

import psutil

from tests.support.lessons import ROOT

WHERE = ("docs/measured.md", "instructor/hub/README.md")
PAGES = tuple(ROOT / path for path in WHERE)
COMMAND = "python -m benchmarks --write"
NOT_YET = "Not measured by its command yet"
SOURCE = re.compile(
    r"Measured on (?P<date>[\d-]+) in (?P<took>\d+ \w+) (?P<state>at commit (?P<commit>\w+)"
    r"(?P<changed> with changes that were not committed)?|from a copy without git) "
    r"by `(?P<command>[^`]+)` \((?P<machine>.*?)\)(?=(?:: (?P<rows>.*))?\.$)"
)


def row(cells: Iterable[str]) -> str:
    """Return a row of a table in Markdown."""
    return f"| {' | '.join(cells)} |"


def rule(head: tuple[str, ...]) -> str:
    """Return the line below the head of a table in Markdown."""
    return f"|---|{'---:|' * (len(head) - 1)}"


def machine() -> str:
    """Name the processor, its cores, the memory, the system, and Python's and torch's versions."""
    name, cpuinfo = platform.processor() or platform.machine(), Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        name = next((line.split(": ")[1] for line in lines if line.startswith("model name")), name)
    return (
        f"{name}, {os.cpu_count()} cores, {psutil.virtual_memory().total / 1e9:.0f} GB, "
        f"{platform.system()}, Python {platform.python_version()}, torch {version('torch')}"
    )


def git(*options: str) -> str | None:
    """Return what git prints about the course; None where it can't say."""
    if not (ROOT / ".git").exists():  # a copy may lie in a folder of another project's git
        return None
    with suppress(OSError):
        ran = subprocess.run(["git", *options], cwd=ROOT, capture_output=True, text=True)
        return ran.stdout.strip() if ran.returncode == 0 else None
    return None


def state(paths: Iterable[str]) -> str:
    """Return at which commit the course is, and whether files in these paths have changed since."""
    commit = git("rev-parse", "--short=9", "HEAD")
    if not commit:
        return "from a copy without git"
    changed = git("status", "--porcelain", "--", *paths)
    return f"at commit {commit}{' with changes that were not committed' if changed else ''}"


def source(command: str, at: str, seconds: float) -> str:
    """Return the line that says when, where and by what something was measured, without its end."""
    took = f"{seconds:.0f} seconds" if seconds < 120 else f"{seconds / 60:.0f} minutes"
    return f"Measured on {date.today()} in {took} {at} by `{command}` ({machine()})"


@dataclass
class Table:
    """The table of a benchmark: its head and, by its first cell, each row with its source."""

    head: tuple[str, ...]
    rows: dict[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)

    def sources(self) -> dict[str, list[str]]:
        """Return the first cells of the rows that have the same source, most rows first."""
        groups: dict[str, list[str]] = {}
        for name, (_, line) in self.rows.items():
            groups.setdefault(line, []).append(name)
        return dict(sorted(groups.items(), key=lambda group: -len(group[1])))

    def text(self) -> str:
        """Return it in Markdown, and below it what was measured when; the first line: the rest."""
        first, *others = self.sources().items()
        lines = [row(self.head), rule(self.head), *(row(cells) for cells, _ in self.rows.values())]
        lines += ["", f"{first[0]}."]
        return "\n".join([*lines, *(f"{line}: {'; '.join(names)}." for line, names in others), ""])


def _place(name: str) -> re.Pattern[str]:
    """Match the table of a benchmark on a page, if there is one, and the lines below it."""
    line = rf"(?:Measured on|{NOT_YET}).*`{COMMAND} {name}(?: [^`\n]*)?`.*\n"
    return re.compile(rf"^(?:(?P<table>(?:\|.*\n)+)\n)?(?P<lines>(?:{line})+)", re.M)


def _find(name: str) -> tuple[Path, str, re.Match[str]]:
    """Return the page with a benchmark's table, its text, and where the table is."""
    for path in PAGES:
        text = path.read_text("utf-8")
        if found := _place(name).search(text):
            return path, text, found
    raise ValueError(
        f"No page has a place for the table '{name}'. Where it belongs, in {PAGES[0].name}, write "
        f"a paragraph of one line: {NOT_YET}: `{COMMAND} {name}`."
    )


def read(name: str) -> Table:
    """Return the table of a benchmark as the page has it; rows that nobody measured have no source.

    Raise ValueError if no page has a place for it.
    """
    _, _, found = _find(name)
    head, _, *lines = (found["table"] or "|  |\n|  |").splitlines()
    rows = [tuple(line[2:-2].split(" | ")) for line in lines]
    known = [one for line in found["lines"].splitlines() if (one := SOURCE.match(line))]
    main = next((one[0] for one in known if not one["rows"]), "")
    own = {name: one[0] for one in known if one["rows"] for name in one["rows"].split("; ")}
    return Table(
        tuple(head[2:-2].split(" | ")),
        {cells[0]: (cells, own.get(cells[0], main)) for cells in rows},
    )


def write(name: str, head: tuple[str, ...], rows: list[tuple[str, ...]], line: str) -> None:
    """Put the rows that were measured now, with their source, in place of a benchmark's table.

    Of a row that has only its name, the page keeps what it says, if that was measured.
    """
    path, text, found = _find(name)
    old = read(name)
    kept = {key: one for key, one in old.rows.items() if one[1] and old.head == head}
    new = {
        cells[0]: kept[cells[0]] if len(cells) == 1 else (cells, line)
        for cells in rows
        if len(cells) > 1 or cells[0] in kept
    }
    if new:
        table = Table(head, new).text()
        path.write_text(text[: found.start()] + table + text[found.end() :], "utf-8")
