"""Hands the lessons out: copies notebooks/ into my_notebooks/, with the outputs cleared.

A file that the student changed is theirs: it is never written to, moved or removed. Its new version
is placed beside it, once. An unchanged copy that the course has renumbered, renamed or withdrawn
moves to first_edition/. What is handed out can be read by the student alone, on every machine.
"""

import argparse
import hashlib
import json
import os
import re
import sys
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path

from commands.lock import only_one

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "notebooks"
TARGET = Path(os.environ.get("COURSE_MY_NOTEBOOKS", ROOT / "my_notebooks"))
OLD = "first_edition"  # the folder in `target` for unchanged copies of what the course had
# The name of a file while it is written; eight random characters come between.
PART = (".handed_out.", ".part")

Version = dict[str, str]


def hand_out(source: Path, target: Path) -> tuple[list[str], list[str]]:
    """Bring `target` up to date; return what was done and what went wrong, in lines."""
    lessons = sorted(source.glob("*.ipynb"))
    if not lessons:
        return [], [f"{source} has no lessons. Get them back with: git restore -SW {source.name}"]
    try:
        target.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:
        return [], [f"{target} is not a folder: rename it and call this again"]
    except OSError as error:
        return [], [f"{target}: {error.strerror}"]
    with only_one(target / ".handed_out.lock", "Waiting for another hand-out to finish."):
        for leftover in target.glob("????????".join(PART)):
            with suppress(OSError):
                leftover.unlink()
        return _hand_out([*lessons, *source.glob("matplotlibrc")], target)


def _hand_out(lessons: list[Path], target: Path) -> tuple[list[str], list[str]]:
    """Bring every lesson, then set aside what the course no longer has."""
    record, wrong = Record(target / ".handed_out.json"), []
    done: dict[str, list[str]] = {}
    placed = {_subject(path.name): "" for path in lessons}  # the name of each for the student
    for path in lessons:
        where = path
        try:
            content, version = cleared(path)
            where = target / path.name
            verb, name = _bring(where, content, version, record)
            placed[_subject(name)] = name
            done.setdefault(verb, []).append(name)
        except OSError as error:
            wrong.append(f"{where}: {error.strerror}")
        except ValueError as error:
            wrong.append(str(error))
    names = {path.name for path in lessons}
    for subject, files in record.subjects.items():
        new = placed.get(subject)
        old = [name for name in files if _lesson(name) not in names]
        for name in old if new != "" else []:  # A lesson that did not arrive replaces nothing.
            try:
                verb, place = _set_aside(target / name, files[name], new)
                done.setdefault(verb, []).append(place)
                del files[name]
            except OSError as error:
                wrong.append(f"{error.filename}: {error.strerror}")
    try:
        record.save()
    except OSError as error:
        wrong.append(f"{record.path}: {error.strerror}")
    done.pop("", None)
    return [f"{verb} {', '.join(names)}" for verb, names in done.items()], wrong


def cleared(path: Path) -> tuple[bytes, Version]:
    """Return what is handed out for a file, a notebook without its outputs, and its version.

    A version has two hashes. That of the bytes says whether a copy is unchanged, that of the cells'
    text whether there is news: an edited lesson gets no new version for other metadata.
    """
    content = text = path.read_bytes()
    if path.suffix == ".ipynb":
        try:
            notebook = json.loads(content)
            for cell in notebook["cells"]:
                if cell["cell_type"] == "code":
                    cell.update(outputs=[], execution_count=None)
            cells = [[cell["cell_type"], "".join(cell["source"])] for cell in notebook["cells"]]
            text = json.dumps(cells).encode()
            # As Jupyter writes it, so that saving an unchanged lesson leaves its bytes alone.
            whole = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
            content = whole.encode()
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            name = f"{path.parent.name}/{path.name}"
            raise ValueError(
                f"{name} is not a notebook ({error!r}). Get it back with: git restore -SW {name}"
            ) from None
    return content, {"bytes": _sha256(content), "source": _sha256(text)}


class Record:
    """What was handed out, {subject: {file name: version}}, on disk after every change.

    A subject is a name without its number, so a renumbered lesson keeps its record.
    """

    def __init__(self, path: Path):
        """Read the record; without one, whatever is not the current version is the student's."""
        self.path = path
        self.subjects: dict[str, dict[str, Version]] = {}
        try:
            for key, value in json.loads(path.read_bytes()).items():
                # The first edition wrote {file name: hash of the bytes}.
                files = {key: {"bytes": value}} if isinstance(value, str) else value
                for name, version in files.items():
                    if name != Path(name).name or not re.fullmatch(
                        "[0-9a-f]{64}", version["bytes"]
                    ):
                        raise ValueError(name)
                    self.of(name)[name] = version
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            self.subjects = {}
        self.on_disk = json.dumps(self.subjects)

    def of(self, name: str) -> dict[str, Version]:
        """Return what was handed out on the subject of a file, by file name."""
        return self.subjects.setdefault(_subject(name), {})

    def place(self, path: Path, content: bytes, version: Version) -> None:
        """Write a file whole or not at all, and note its version."""
        if _hash_of(path) != version["bytes"]:
            _replace(path, content)
        self.of(path.name)[path.name] = version
        self.save()

    def save(self) -> None:
        """Write the record if it has changed."""
        now = json.dumps({subject: files for subject, files in self.subjects.items() if files})
        if now != self.on_disk:
            _replace(self.path, now.encode())
            self.on_disk = now


def _bring(path: Path, content: bytes, version: Version, record: Record) -> tuple[str, str]:
    """Place one file, or its new version beside the student's; return what was done, '' if none."""
    new, present = version["bytes"], _hash_of(path)
    if present == "":
        raise ValueError(
            f"{path} is a link or a folder, not a lesson: rename it and call this again"
        )
    known = {name: v for name, v in record.of(path.name).items() if _lesson(name) == path.name}
    hashes = {name: v["bytes"] for name, v in known.items()}
    if present in (None, new, hashes.get(path.name)):
        record.place(path, content, version)
        verb = {None: "Handed out", new: ""}.get(present, "Refreshed")
        return verb, path.name
    for same in (v for v in known.values() if v["bytes"] == new):
        same.update(version)  # The first edition's record did not have the source.
    if version["source"] in [v.get("source") for v in known.values()]:
        return "", path.name
    series = f"{path.stem}_new_version"
    stems = (series if number == 1 else f"{series}_{number}" for number in count(1))
    besides = (path.with_stem(stem) for stem in stems)
    beside = next(p for p in besides if _hash_of(p) in (None, new, hashes.get(p.name)))
    record.place(beside, content, version)
    return "Your changes stay; the new version is beside them:", beside.name


def _set_aside(path: Path, version: Version, new: str | None) -> tuple[str, str]:
    """Move an unchanged copy away, now that its lesson has another name or none."""
    if not os.path.lexists(path):
        return "", path.name
    if _hash_of(path) == version["bytes"]:
        return "Moved old lessons that you had not changed:", _move(path, path.parent / OLD)
    if new:
        return f"{path.name} has your edits and stays; the lesson is now", new
    return "Your edits stay in what the course no longer has:", path.name


def _lesson(name: str) -> str:
    """Return the name of the lesson that a file is, or is a new version of."""
    return re.sub(r"_new_version(_\d+)?(?=(\.ipynb)?$)", "", name)


def _subject(name: str) -> str:
    return re.sub(r"^\d+_", "", _lesson(name))


def _move(path: Path, folder: Path) -> str:
    """Move a file into a folder, under a name that is free there; return its new place."""
    folder.mkdir(mode=0o700, exist_ok=True)
    names = (path.name if n == 1 else f"{path.stem}_{n}{path.suffix}" for n in count(1))
    place = next(place for place in map(folder.joinpath, names) if _claimed(place))
    try:
        os.replace(path, place)
    except BaseException:
        place.unlink()
        raise
    return f"{folder.name}/{place.name}"


def _claimed(place: Path) -> bool:
    """Make an empty file where there is nothing, so that the name is ours; tell whether it is."""
    try:
        place.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        return False
    return True


def _hash_of(path: Path) -> str | None:
    """Return a file's SHA-256, None where there is nothing, '' for what is not a plain file."""
    if not os.path.lexists(path):
        return None
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _replace(path: Path, content: bytes) -> None:
    handle, part = tempfile.mkstemp(PART[1], PART[0], path.parent)  # for nobody else to read
    os.close(handle)
    Path(part).write_bytes(content)
    os.replace(part, path)


def main(target: Path | None = None) -> int:
    """Hand this course out and give the exit code."""
    done, wrong = hand_out(SOURCE, target or TARGET)
    print(*done, sep="\n", end="\n" if done else "")
    for line in wrong:
        print(f"Not handed out: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    argparse.ArgumentParser(prog="course.py hand_out", description=__doc__).parse_args()
    sys.exit(main())
