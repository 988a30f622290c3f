"""Write each lesson's number wherever the lesson is mentioned, so that no one does it by hand.

A lesson's number is in the name of its file lessons/NN_name.py, and everything else follows from
that: the names of its files in other folders, every path that holds NN_name, the text of a link to
such a path, and the title of the lesson and of its page for the instructor. A link whose text also
names a section, [NN, 'Its heading'](NN_name.ipynb), gets the anchor that leads there.
"""

import os
import re
from pathlib import Path
from urllib.parse import quote

from commands import lessons

# The files in which lessons are mentioned; notebooks/ and docs/names.md are made from them.
PATTERNS = (
    *("*.md", "docs/**/*.md", "instructor/**/*.md"),
    *("lessons/*.py", "tests/net/faults/bank/*.toml"),
)
# The other files that have a lesson's number in their names.
FOLLOWING = ("notebooks", ".ipynb"), ("docs/pictures", ".png"), ("instructor", ".md")
LINK = re.compile(r"\[([^\][]*)\]\(([^)\s]*)\)")
SECTION = re.compile(r"\d\d, '(.+)'", re.S)


def heading_id(heading: str) -> str:
    """Return the id that JupyterLab and nbconvert give a heading of a notebook.

    A website made with MyST has the same if this is its `myst_heading_slug_func`.
    """
    return "-".join(heading.replace("`", "").split())


def anchor(heading: str) -> str:
    """Return the part of a link after the # that leads to a heading of a notebook."""
    return quote(heading_id(heading), safe="?:,'/")


def pages(root: Path) -> list[Path]:
    """Return the files in which a lesson may be mentioned."""
    return sorted({path for pattern in PATTERNS for path in root.glob(pattern)})


def replace_numbers(text: str, numbers: dict[str, str]) -> str:
    """Return a text in which each mention of a lesson has its present number."""
    names = "|".join(sorted(map(re.escape, numbers), key=len, reverse=True))
    named = re.compile(rf"(?<!\d)\d\d_({names})(?!\w)")

    def of_link(link: re.Match) -> str:
        target = named.search(link[2])
        if not target:
            return link[0]
        words = re.sub(r"(?<![\d.])\d\d(?!\d)", numbers[target[1]], link[1], count=1)
        section, path = SECTION.fullmatch(words), link[2]
        if section and path.partition("#")[0].endswith(".ipynb"):
            path = f"{path.partition('#')[0]}#{anchor(section[1])}"
        return f"[{words}]({path})"

    return named.sub(lambda path: f"{numbers[path[1]]}_{path[1]}", LINK.sub(of_link, text))


def replace_title(text: str, number: str) -> str:
    """Return the text of a lesson, or of its page, with its number in the title."""
    return re.sub(r"^((?:# )?# )\d\d(?= )", rf"\g<1>{number}", text, count=1, flags=re.MULTILINE)


def find_stale_texts(root: Path) -> dict[Path, str]:
    """Return each file that has a lesson's old number in its text, with the corrected text."""
    numbers, found = lessons.numbers(root), {}
    for path in pages(root):
        text = path.read_bytes().decode()
        new = replace_numbers(text, numbers)
        if name := re.fullmatch(r"\d\d_(\w+)", path.stem):
            new = replace_title(new, numbers.get(name[1], path.stem[:2]))
        if new != text:
            found[path] = new
    return found


def find_stale_names(root: Path) -> dict[Path, Path]:
    """Return each file that has a lesson's old number in its name, with its new path."""
    numbers = lessons.numbers(root)
    return {
        path: path.with_name(f"{number}{path.name[2:]}")
        for folder, suffix in FOLLOWING
        for path in lessons.files(root / folder, suffix)
        if (number := numbers.get(path.stem[3:], path.stem[:2])) != path.stem[:2]
    }


def describe_stale(root: Path) -> list[str]:
    """Return a sentence for each file that `renumber` would change."""
    names = [
        f"{old.relative_to(root)} has a lesson's old number: it becomes {new.name}."
        for old, new in find_stale_names(root).items()
    ]
    texts = find_stale_texts(root)
    return names + [f"{path.relative_to(root)} has a lesson's old number." for path in texts]


def renumber(root: Path) -> list[str]:
    """Write the present numbers into file names, pages and lessons; return what was done.

    Raises FileExistsError, and changes nothing, if a file already has the new name of another.
    """
    renamed = find_stale_names(root)
    for old, new in renamed.items():
        if os.path.lexists(new):
            raise FileExistsError(
                f"{old.relative_to(root)} belongs to the lesson {new.stem}, and there is already a "
                f"file {new.name} beside it. Delete the one that is out of date."
            )
    for old, new in renamed.items():
        old.rename(new)
    rewritten = find_stale_texts(root)
    for path, text in rewritten.items():
        lessons.write_whole(path, text.encode())
    return [
        *(f"{old.relative_to(root)} is now {new.name}" for old, new in renamed.items()),
        *(f"{path.relative_to(root)} has the lessons' present numbers" for path in rewritten),
    ]
