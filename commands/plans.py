"""Add up the minutes of the instructor's pages and plans, so that nobody does it by hand.

A lesson's page says how long each section takes, in class and 'short'. From there the build writes
the sums into the page and the table of lessons, and the minutes, times and reserves into the plans.
By hand one writes what comes when: a lesson counts in full on an evening and short in the plan of a
day, unless the word 'short' or 'at home' follows its link. A reserve takes what is left before the
next time of a day, or of all the minutes of an evening.
"""

import re
from collections.abc import Callable
from itertools import groupby, pairwise
from pathlib import Path

from commands import lessons

Rows = list[list[str]]
Minutes = dict[str, tuple[int, int]]  # of each lesson, by its file's stem: in class, and short
LESSON = re.compile(r"\[\d\d[^]]*\]\((\d\d_\w+)\.md\)(?: (short|at home))?")


class PlanError(Exception):
    """A table of minutes that cannot be added up."""


def find_stale_pages(root: Path) -> dict[Path, str]:
    """Return each of the instructor's pages whose sums are old, with the corrected text."""
    folder, found = root / "instructor", {}
    minutes: Minutes = {}
    for page in [*lessons.files(folder, ".md"), folder / "README.md"]:
        if page.exists():
            text = page.read_bytes().decode()
            try:
                new = add_up(text, minutes)
            except (ValueError, IndexError) as error:
                raise PlanError(
                    f"{page.relative_to(root)} has a table of minutes or times in which a cell is "
                    f"missing or not a number: {error}"
                ) from None
            if total := re.search(r"^\| \*\*all\*\* \| (\d+) \| (\d+) \|", new, re.M):
                minutes[page.stem] = int(total[1]), int(total[2])
            if new != text:
                found[page] = new
    return found


def add_up(text: str, minutes: Minutes) -> str:
    """Return a page with right sums in its tables."""
    lines: list[str] = []
    for is_table, group in groupby(text.split("\n"), lambda line: line.startswith("| ")):
        part = list(group)
        if is_table and lines[-1:] and lines[-1].startswith("|--") and lines[-2] in SUMS:
            rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in part]
            before = [[*row] for row in rows]
            SUMS[lines[-2]](rows, minutes)
            part = [
                line if new == old else f"| {' | '.join(new)} |".replace("|  |", "| |")
                for line, old, new in zip(part, before, rows, strict=True)
            ]
        lines += part
    return "\n".join(lines)


def _total(rows: Rows, column: int) -> str:
    """Return the sum of a column, but for its last row; after a plus, that of what is after one."""
    parts = [row[column].split(" + ") for row in rows[:-1]]
    sums = [sum(int(part[k]) for part in parts if len(part) > k) for k in (0, 1)]
    return " + ".join(map(str, filter(None, sums))) or "0"


def _taught(text: str, minutes: Minutes, usual: str) -> int:
    """Return how long the lessons take that a text links to."""
    found = ((minutes.get(stem, (0, 0)), word or usual) for stem, word in LESSON.findall(text))
    return sum({"in full": full, "short": short}.get(word, 0) for (full, short), word in found)


def _page(rows: Rows, minutes: Minutes) -> None:
    rows[-1][1:3] = _total(rows, 1), _total(rows, 2)


def _index(rows: Rows, minutes: Minutes) -> None:
    for row in rows[:-1]:
        if (link := LESSON.match(row[0])) and link[1] in minutes:
            row[2:4] = map(str, minutes[link[1]])
    rows[-1][1:4] = (_total(rows, column) for column in (1, 2, 3))


def _day(rows: Rows, minutes: Minutes) -> None:
    now = _clock(rows[0][0])
    for row, following in pairwise(rows):
        row[0] = f"{now // 60}:{now % 60:02}"
        if row[2].startswith("reserve"):
            row[1] = str(_clock(following[0]) - now)
        elif LESSON.search(row[2]):
            row[1] = str(_taught(row[2], minutes, "short"))
        now += int(row[1])
    rows[-1][0] = f"{now // 60}:{now % 60:02}"


def _evenings(rows: Rows, minutes: Minutes) -> None:
    for row in rows:
        row[2] = str(_taught(row[1], minutes, "in full"))
        row[5] = str(int(row[6]) - sum(map(int, row[2:5])))


def _clock(time: str) -> int:
    hours, past = time.split(":")
    return 60 * int(hours) + int(past)


# What adds up the rows of a table, by its head.
SUMS: dict[str, Callable[[Rows, Minutes], None]] = {
    "| section | minutes | short | when time is short |": _page,
    "| lesson | alone | in class | short | what the class takes home |": _index,
    "| from | minutes | what |": _day,
    "| evening | lessons | their minutes | questions | break | reserve | in all |": _evenings,
}
