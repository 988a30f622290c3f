"""Find the notebooks below a folder and whose they are. Nothing is written there."""

import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

OWN = "my_notebooks"  # a student's folder, as the hand-out names it
OLD = "first_edition"  # in it, where the hand-out moves unchanged copies of old lessons
SUFFIX = ".ipynb"
# What learning platforms add to a student's name, and TLJH to a user's.
ADDED = re.compile(r"^jupyter-|_\d+_assignsubmission_.*$|(_LATE)?_\d+_\d+$")
# What browsers, Jupyter, learning platforms and the hand-out add to the name of a second copy.
COPY = re.compile(r"([ _]?\(\d+\)|-\d+|-Copy\d+|_new_version(_\d+)?)+$")


def find(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield each notebook below a folder, or each thing not looked into, with why, else ''.

    Links aren't followed, so none leads out of the folder or round in circles. Hidden folders hold
    checkpoints. In a copy of the course, only the student's own folder is theirs.
    """
    refused: list[tuple[Path, str]] = []

    def refuse(error: OSError) -> None:
        refused.append((Path(error.filename), f"can't be read ({error.strerror})"))

    for place, folders, names in os.walk(folder, onerror=refuse):
        is_course = "course.py" in names and "course_utils" in folders
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        folders[:] = [name for name in folders if not is_course or name == OWN]
        if place == str(folder):
            yield from ((folder / name, "a link, which is not followed") for name in links)
        for name in () if is_course else sorted(names):
            if name.lower().endswith(SUFFIX) and not _is_hidden(name):
                path = Path(place, name)
                yield path, _why_not(path)
    yield from refused


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"  # both hold no work: the latter is macOS's


def _why_not(path: Path) -> str:
    """Return why a file is not to be opened, '' if it is a plain file."""
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        return f"can't be read ({error.strerror})"
    if stat.S_ISLNK(mode):
        return "a link, which is not followed"
    if path.stem.endswith("-checkpoint"):
        return "a checkpoint of Jupyter's"
    return "" if stat.S_ISREG(mode) else "not a plain file"


def is_of_one(folder: Path) -> bool:
    """Return whether a folder is a single student's."""
    return folder.name == OWN or (folder / OWN).is_dir()


def without_notebooks(folder: Path, found: Iterable[Path]) -> list[str]:
    """Return the names of the folders in a folder of students that hold none of these files."""
    if is_of_one(folder):
        return []
    seen = {path.relative_to(folder).parts[0] for path in found if path != folder}
    names = {path.name for path in folder.iterdir() if path.is_dir()} - seen
    return sorted(name for name in names if not _is_hidden(name))


def owner(path: Path, folder: Path, stems: Iterable[str]) -> str:
    """Return whose notebook a file in `folder` is: by its folder, or else by its file's name.

    `stems` are the names of the lessons' files, which are no part of a student's name.
    """
    parts = path.relative_to(folder).parts
    if is_of_one(folder):
        return (folder.parent if folder.name == OWN else folder).name
    if len(parts) > 1 and parts[0] != OLD:
        return parts[0]
    stem = COPY.sub("", path.name[: -len(SUFFIX)])
    for lesson in stems:
        words = "[ _-]*".join(map(re.escape, lesson.removeprefix(lesson[:3]).split("_")))
        stem = re.sub(rf"(?:{lesson[:2]})?[ _-]*{words}", "", stem, flags=re.I)
    return ADDED.sub("", stem.strip(" _-.")).strip(" _-.") or folder.name


def shorten(names: Iterable[str]) -> dict[str, str]:
    """Return {name: the name without what a platform added}, where this stays unique."""
    short = {name: ADDED.sub("", name) or name for name in names}
    times = Counter(short.values())
    return {name: new if times[new] == 1 else name for name, new in short.items()}
