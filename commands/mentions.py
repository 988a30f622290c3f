"""Writes the lessons' numbers wherever a lesson is mentioned, so that nobody does it by hand.

A lesson's number stands in the name of its file, NN_name. In all other places it follows from the
name: in every path that holds NN_name, in the text of a link to such a path, and in the title of
the lesson and of its page for the instructor.
"""

import re
from pathlib import Path

from commands import lessons

# The files in which lessons are mentioned; notebooks/ and docs/names.md are made from them.
PATTERNS = "*.md", "docs/*.md", "instructor/**/*.md", "lessons/*.py"
LINK = re.compile(r"\[([^\][]*)\]\(([^)\s]*)\)")


def pages(root: Path) -> list[Path]:
    """Return the files in which a lesson may be mentioned."""
    return sorted({path for pattern in PATTERNS for path in root.glob(pattern)})


def renumbered(text: str, numbers: dict[str, str]) -> str:
    """Return a text in which each mention of a lesson has its present number."""
    names = "|".join(sorted(map(re.escape, numbers), key=len, reverse=True))
    named = re.compile(rf"(?<!\d)\d\d_({names})(?!\w)")

    def of_link(link: re.Match) -> str:
        target = named.search(link[2])
        if not target:
            return link[0]
        words = re.sub(r"(?<![\d.])\d\d(?!\d)", numbers[target[1]], link[1], count=1)
        return f"[{words}]({link[2]})"

    return named.sub(lambda path: f"{numbers[path[1]]}_{path[1]}", LINK.sub(of_link, text))


def titled(text: str, number: str) -> str:
    """Return the text of a lesson, or of its page, with its number in the title."""
    return re.sub(r"^((?:# )?# )\d\d(?= )", rf"\g<1>{number}", text, count=1, flags=re.MULTILINE)


def stale(root: Path) -> dict[Path, str]:
    """Return each file in which a number is not the present one, with its text as it should be."""
    numbers, found = lessons.numbers(root), {}
    for path in pages(root):
        text = path.read_text(encoding="utf-8")
        new = renumbered(text, numbers)
        if re.fullmatch(r"\d\d_\w+", path.stem):
            new = titled(new, path.stem[:2])
        if new != text:
            found[path] = new
    return found


def renumber(root: Path) -> list[Path]:
    """Write the present numbers into all pages and lessons; return the files that changed."""
    found = stale(root)
    for path, text in found.items():
        path.write_text(text, encoding="utf-8")
    return [*found]
