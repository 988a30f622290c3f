"""Estimate how long a lesson takes from what it holds: `python -m commands.minutes 03`.

The words, code cells, pictures, predictions and exercises of its executed notebook are counted, its
core and its deeper sections apart. The build writes the minutes into the lesson's title cell, after
'**Takes**', and from there into the tables of lessons, and their sums after '**In all**'.
"""

import argparse
import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from commands import lessons

# What one of each takes, in minutes.
MINUTES = {"words": 0.01, "code cells": 1, "pictures": 1, "prompts": 3, "exercises": 8}
PROMPT = re.compile(r"^> \*\*Predict\.\*\*", re.M)
TAKES = re.compile(r"\*\*Takes\*\*[^.]*\.")
IN_ALL = re.compile(r"\*\*In all\*\*[^.]*\.")
PAGES = "README.md", "instructor/README.md"  # each has a table of lessons with their minutes
# What is not read as words: solutions, code blocks, formulas, HTML, and the minutes themselves.
NOT_WORDS = re.compile(
    r"<details><summary>Solution.*?</details>|```.*?```|\$\$.*?\$\$|\$[^$]+\$|</?[a-z][^>]*>|"
    + TAKES.pattern,
    re.S,
)


def estimate(notebook: NotebookNode) -> tuple[int, int]:
    """Return the minutes that the core and the deeper sections take, rounded to 5; 0 for none."""
    core, deeper = (_estimate(count(cells)) for cells in split(notebook))
    return core, deeper


def _estimate(counts: dict[str, int]) -> int:
    minutes = sum(MINUTES[what] * counts[what] for what in MINUTES)
    return 5 * max(1, round(minutes / 5)) if minutes else 0


def replace_takes(text: str, core: int, deeper: int) -> str:
    """Return the text of a lesson with these minutes after '**Takes**'."""
    more = f", and {deeper} more with the deeper sections" if deeper else ""
    return TAKES.sub(f"**Takes** about {core} minutes{more}.", text, count=1)


def find_stale_pages(root: Path) -> dict[Path, str]:
    """Return each page whose table has other minutes than the lessons, with the corrected text."""
    taken = {  # what comes after '**Takes**': the core and, if there are any, the deeper sections
        lesson.stem: re.findall(r"\d+", takes[0])
        for lesson in lessons.files(root / "lessons", ".py")
        if (takes := TAKES.search(lesson.read_bytes().decode()))
    }
    core, deeper = (sum(int(one[k]) for one in taken.values() if len(one) > k) for k in (0, 1))
    in_all = (
        f"**In all**, the lessons take about {round(core / 60)} hours, "
        f"and {round(deeper / 60)} more with the deeper sections."
    )
    found = {}
    for page in (root / name for name in PAGES if (root / name).exists()):
        text = page.read_bytes().decode()
        new = IN_ALL.sub(in_all, text)
        for stem, minutes in taken.items():
            new = _replace_row(new, stem, " + ".join(minutes))
        if new != text:
            found[page] = new
    return found


def _replace_row(text: str, stem: str, minutes: str) -> str:
    """Return a page with other minutes in the row that begins with a link to this lesson.

    They are the first entry after the link that is a number; a picture may stand before the link.
    """
    link = rf"\| (?:<img [^|]*\| )?\[[^]]*\]\((?:notebooks/)?{stem}\.(?:ipynb|md)\)"
    row = re.compile(rf"^({link}(?:[^|\n]*\|)+? )\d+(?: \+ \d+)?(?= \|)", re.M)
    return row.sub(lambda match: match[1] + minutes, text)


def split(notebook: NotebookNode) -> tuple[list[NotebookNode], list[NotebookNode]]:
    """Return the cells of the core, and those of the deeper sections."""
    core: list[NotebookNode] = []
    deeper: list[NotebookNode] = []
    for cell in notebook.cells:
        (deeper if "deeper" in tags(cell) else core).append(cell)
    return core, deeper


def tags(cell: NotebookNode) -> list[str]:
    """Return the tags of a cell."""
    return cell.metadata.get("tags", [])


def count(cells: list[NotebookNode]) -> dict[str, int]:
    """Return how many cells there are, and how many of each thing that takes time.

    The code cells are those that a student reads: no exercise, no check, and not the first cell.
    """
    code = [cell for cell in cells if cell.cell_type == "code"]
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    words = NOT_WORDS.sub(" ", text).split()
    return {
        "cells": len(cells),
        "words": sum(any(map(str.isalnum, word)) for word in words),
        "code cells": sum(
            not {"exercise", "start"} & {*tags(cell)} and not cell.source.startswith("check.")
            for cell in code
        ),
        "pictures": sum("image/png" in o.get("data", {}) for cell in code for o in cell.outputs),
        "prompts": len(PROMPT.findall(text)),
        "exercises": sum("exercise" in tags(cell) for cell in code),
    }


def main(arguments: list[str] | None = None, root: Path = lessons.ROOT) -> int:
    """Print what the lessons named, or all, hold and how many minutes that takes."""
    parser = argparse.ArgumentParser(prog="commands.minutes", description=__doc__.split("\n")[0])
    lessons.add_choice(parser)
    notebooks = lessons.files(root / "notebooks", ".ipynb")
    for path in lessons.chosen(notebooks, parser.parse_args(arguments).lessons, parser):
        notebook = nbformat.read(path, as_version=4)
        core, deeper = map(count, split(notebook))
        print(f"{path.stem:<36}{'core':>6}{'deeper':>8}")
        for what in core:
            print(f"  {what:<34}{core[what]:>6,}{deeper[what]:>8,}")
        minutes = estimate(notebook)
        print(f"  {'minutes':<34}{minutes[0]:>6}{minutes[1]:>8}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
