"""Read from a student's notebook what the checks said, and how far the student got."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from commands.progress.cells import Cell, printable
from commands.progress.contents import Lesson

# What may be known of an exercise: its sign, the sign where a console lacks it, and what it means.
SIGNS = {
    "right": ("✓", "+", "right"),
    "not right yet": ("✗", "x", "not right yet"),
    "error": ("!", "!", "the check stopped with an error"),
    "not done yet": ("·", ".", "not done yet"),
    "not readable": ("?", "?", "not readable"),
    "not run": ("–", "-", "the check was not run"),
    "no check": ("∅", "0", "the notebook lacks the check"),
}
# What a check of an older course printed or displayed, without metadata.
OLDER = re.compile(r"^(?:\S )?(?:Exercise|Stage) \d+: (?:right|not right yet|not done yet)\.", re.M)


@dataclass(frozen=True)
class Verdict:
    """What is known of an exercise, and the mistake or the error that the check named."""

    state: str
    mistake: str = ""


@dataclass
class Reading:
    """What one notebook says; `found` has each exercise's verdicts with their cell's count."""

    lesson: Lesson
    found: dict[str, list[tuple[int, Verdict]]] = field(default_factory=dict)
    reached: int = -1  # the last section with a cell that was run
    stopped: str = ""  # the error of the first cell, which looks for the course's helpers
    unknown: list[str] = field(default_factory=list)  # exercises that this course doesn't have
    older: bool = False  # whether it has verdicts without metadata


def read_verdicts(cells: list[Cell], lesson: Lesson) -> Reading:
    """Return what a copy of a lesson says."""
    reading = Reading(lesson)
    section = 0
    for cell in cells:
        for level, text in cell.headings:
            section = lesson.places.get(text, section) if level == 2 else section
        section = lesson.places.get(cell.id, section)
        if not cell.is_code:
            continue
        if cell.executed:
            reading.reached = max(reading.reached, section)
        if "start" in cell.tags:
            reading.stopped = cell.error
        _read_cell(cell, reading)
    return reading


def _read_cell(cell: Cell, reading: Reading) -> None:
    """Add what a cell's checks said to a reading."""
    said = dict(_verdicts(cell.outputs))
    if not said and any(OLDER.search(_text(output)) for output in cell.outputs):
        reading.older = True
        said = dict.fromkeys(cell.checks, Verdict("not readable", "a check of an older course"))
    for name in cell.checks:
        state = Verdict("error", cell.error) if cell.error else Verdict("not run")
        said.setdefault(name, state)
    for name, verdict in said.items():
        if name in reading.lesson.exercises:
            reading.found.setdefault(name, []).append((cell.count, verdict))
        elif verdict.state != "not run":
            reading.unknown.append(printable(name))


def _verdicts(outputs: tuple[dict[str, Any], ...]) -> Iterator[tuple[str, Verdict]]:
    """Yield the verdicts in the metadata of some outputs, by the exercise's name."""
    for output in outputs:
        about = output.get("metadata")
        if isinstance(about, dict) and "exercise" in about and "verdict" in about:
            state = str(about["verdict"])
            if state not in SIGNS:
                state = "not readable"
            yield str(about["exercise"]), Verdict(state, printable(str(about.get("mistake", ""))))


def _text(output: dict[str, Any]) -> str:
    data = output.get("data")
    text = data.get("text/plain", "") if isinstance(data, dict) else output.get("text", "")
    return "".join(map(str, text)) if isinstance(text, list) else str(text)


def choose(found: list[tuple[float, int, Verdict]]) -> Verdict:
    """Return the verdict that counts of several, each after its file's time and cell's count.

    Once right is right; of all others, the latest that was run counts.
    """
    if not found:
        return Verdict("no check")
    ran = [one for one in found if one[2].state != "not run"]
    right = [one for one in ran if one[2].state == "right"]
    return max(right or ran or found, key=lambda one: one[:2])[2]
