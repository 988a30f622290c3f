"""Hand the course out: copy the lessons, without outputs, and three pages into my_notebooks/.

Deeper sections arrive folded, and the code of the first cell, which only looks for the course's
helpers, hidden. A lesson says which kernel it has, as JupyterLab does, so that it has no unsaved
changes when it opens.

A file that the student changed is theirs: it is never overwritten, moved or removed. Its new
version is placed beside it, once. An unchanged copy of a lesson that the course has renumbered,
renamed or withdrawn moves to first_edition/. Only the student can read what was handed out.

With COURSE_LESSONS="03 04" in the environment, only these lessons are handed out, and what the
student already has is brought up to date. Any other is handed out when a link to it is opened
(commands/server.py).
"""

import argparse
import hashlib
import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

from commands.lessons import ROOT, add_choice, chosen, is_named, sha256, write_whole
from commands.lock import hold_lock

SOURCE = ROOT / "notebooks"
TARGET = Path(os.environ.get("COURSE_MY_NOTEBOOKS", ROOT / "my_notebooks"))
PAGES = ("docs/glossary.md", "docs/names.md", "docs/symptoms.md")  # beside notebooks/
RECORD, LOCK = ".handed_out.json", ".handed_out.lock"
WAITING = "Waiting for another hand-out to finish."
OLD = "first_edition"  # the folder in `target` for unchanged copies of old lessons
UNFINISHED = ".handed_out."  # how a file's name begins while it is being written
# Links between the files handed out, all of which are in one folder on the student's side.
LINK = re.compile(r"(?<=\]\()\.\./(?:docs|notebooks)/(?=([^)#\s]+))")

Version = dict[str, str]


def hand_out(source: Path, target: Path, words: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """Bring `target` up to date; return the lines that say what was done and what went wrong.

    `words` are numbers of lessons, or parts of their names: new to the student are only these.
    """
    files = _files(source)
    lessons = [path for path in files if path.suffix == ".ipynb"]
    if not lessons:
        return [], [f"{source} has no lessons. Get them back with: git restore -SW {source.name}"]
    try:
        target.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:
        return [], [f"{target} is not a folder: rename it and run this again"]
    except OSError as error:
        return [], [f"{target}: {error.strerror}"]
    with hold_lock(target / LOCK, WAITING):
        for leftover in target.glob(f"{UNFINISHED}????????.part"):
            with suppress(OSError):
                leftover.unlink()
        done, wrong = _hand_out(files, target, words)
    there = ", ".join(path.stem for path in lessons)
    unknown = [word for word in words if not any(is_named(path, word) for path in lessons)]
    return done, [*wrong, *(f"there is no lesson {word}; there are {there}" for word in unknown)]


def add_lesson(place: Path) -> None:
    """Hand out one lesson, at a path where the student has none yet, and nothing else."""
    folder, files = place.parent, _files(SOURCE)
    lesson = next((path for path in files if path.name == place.name), None)
    if not lesson or os.path.lexists(place) or not (folder / RECORD).exists():
        return
    with hold_lock(folder / LOCK, WAITING):
        content, version = prepare(lesson, {path.name for path in files}, _describe_kernel())
        _copy(place, content, version, Record(folder / RECORD))


def _files(source: Path) -> list[Path]:
    """Return all that can be handed out: the lessons, then the pages."""
    pages = [page for name in PAGES if (page := source.parent / name).exists()]
    return sorted(source.glob("*.ipynb")) + pages


def _hand_out(files: list[Path], target: Path, words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Copy every file, then set aside the copies of what the course no longer has."""
    record, wrong = Record(target / RECORD), []
    kernel = _describe_kernel()
    done: dict[str, list[str]] = defaultdict(list)  # what was done, with the names of the files
    names = {path.name for path in files}
    newest = {_subject(name): "" for name in names}  # the name that the student's newest copy has
    for path in files:
        if not _is_due(path, target, words, record):
            continue
        where = path
        try:
            content, version = prepare(path, names, kernel)
            where = target / path.name
            what, name = _copy(where, content, version, record)
            newest[_subject(name)] = name
            done[what].append(name)
        except OSError as error:
            wrong.append(f"{where}: {error.strerror}")
        except ValueError as error:
            wrong.append(str(error))
    for subject, versions in record.subjects.items():
        new = newest.get(subject)
        old = [name for name in versions if _original(name) not in names]
        for name in old if new != "" else []:  # A lesson that could not be copied replaces nothing.
            try:
                what, place = _set_aside(target / name, versions[name], new)
                done[what].append(place)
                del versions[name]
            except OSError as error:
                wrong.append(f"{error.filename}: {error.strerror}")
    try:
        record.save()
    except OSError as error:
        wrong.append(f"{record.path}: {error.strerror}")
    return [f"{what} {', '.join(which)}" for what, which in done.items() if what], wrong


def _is_due(path: Path, target: Path, words: Sequence[str], record: "Record") -> bool:
    """Return whether a file is to be handed out: all pages, and lessons chosen or had before."""
    if not words or path.suffix != ".ipynb" or any(is_named(path, word) for word in words):
        return True
    return bool(record.versions(path.name)) or os.path.lexists(target / path.name)


def prepare(
    path: Path, names: set[str], kernel: dict[str, dict] | None = None
) -> tuple[bytes, Version]:
    """Return what is handed out for a file, without outputs if it is a notebook, and its version.

    Links to the files with these names lead to the student's own copies. `kernel` is what
    the metadata of a notebook shall say of its kernel. A version has two hashes: the one of the
    bytes says whether a copy is unchanged, the one of the cells' text whether there is anything
    new. So an edited lesson gets no new version if only the metadata differ.
    """
    if path.suffix != ".ipynb":
        text = path.read_bytes().decode(errors="surrogateescape")
        content = _relink(text, names).encode(errors="surrogateescape")
        return content, {"bytes": sha256(content), "source": sha256(content)}
    try:
        notebook = json.loads(path.read_bytes())
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)
            else:
                cell["source"] = _relink("".join(cell["source"]), names).splitlines(keepends=True)
            _fold(cell)
        notebook.setdefault("metadata", {}).update(kernel or {})
        cells = [[cell["cell_type"], "".join(cell["source"])] for cell in notebook["cells"]]
        source = json.dumps(cells).encode()
        # As Jupyter writes it, so that saving an unchanged lesson does not change its bytes.
        whole = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        content = whole.encode()
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        name = f"{path.parent.name}/{path.name}"
        raise ValueError(
            f"{name} is not a notebook ({error!r}). Get it back with: git restore -SW {name}"
        ) from None
    return content, {"bytes": sha256(content), "source": sha256(source)}


def _describe_kernel() -> dict[str, dict]:
    """Return what this environment's kernel says of itself, which differs from Python to Python.

    JupyterLab writes it into each notebook that it opens: a notebook that has anything else there,
    or less, is changed by being opened.
    """
    from ipykernel.ipkernel import IPythonKernel
    from ipykernel.kernelspec import get_kernel_dict

    kernel = get_kernel_dict()
    spec = {"name": "python3", **{key: kernel[key] for key in ("display_name", "language")}}
    return {"kernelspec": spec, "language_info": IPythonKernel.language_info}


def _fold(cell: dict) -> None:
    """Fold a deeper section at its heading, and hide the code of the first cell."""
    metadata = cell.setdefault("metadata", {})
    if re.match("##+ Deeper: ", "".join(cell["source"])):
        metadata["jp-MarkdownHeadingCollapsed"] = True
    if "start" in metadata.get("tags", []):
        metadata["jupyter"] = {"source_hidden": True}


def _relink(text: str, names: set[str]) -> str:
    """Return a text in which links to files with these names lead to its own folder."""
    return LINK.sub(lambda link: "" if link[1] in names else link[0], text)


class Record:
    """What was handed out, {subject: {file name: version}}, saved after every change.

    A subject is a file's name without its number, so a renumbered lesson keeps its record.
    """

    def __init__(self, path: Path):
        """Read the record; without one, all files but the current version count as edited."""
        self.path = path
        self.subjects: dict[str, dict[str, Version]] = {}
        try:
            for key, value in json.loads(path.read_bytes()).items():
                # The first edition wrote {file name: hash of the bytes}.
                versions = {key: {"bytes": value}} if isinstance(value, str) else value
                for name, version in versions.items():
                    if name != Path(name).name or not re.fullmatch(
                        "[0-9a-f]{64}", version["bytes"]
                    ):
                        raise ValueError(name)
                    self.versions(name)[name] = version
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            self.subjects = {}
        self.saved = json.dumps(self.subjects)

    def versions(self, name: str) -> dict[str, Version]:
        """Return the versions that were handed out on the subject of a file, by file name."""
        return self.subjects.setdefault(_subject(name), {})

    def write(self, path: Path, content: bytes, version: Version) -> None:
        """Write a file whole or not at all, and record its version."""
        if _hash_file(path) != version["bytes"]:
            write_whole(path, content, UNFINISHED, 0o600)
        self.versions(path.name)[path.name] = version
        self.save()

    def save(self) -> None:
        """Write the record if it has changed."""
        text = json.dumps({name: versions for name, versions in self.subjects.items() if versions})
        if text != self.saved:
            write_whole(self.path, text.encode(), UNFINISHED, 0o600)
            self.saved = text


def _copy(path: Path, content: bytes, version: Version, record: Record) -> tuple[str, str]:
    """Write a file, or its new version beside the student's; return what was done, and its name."""
    new, present = version["bytes"], _hash_file(path)
    if present == "":
        raise ValueError(f"{path} is a link or a folder, not a file: rename it and run this again")
    known = {
        name: v for name, v in record.versions(path.name).items() if _original(name) == path.name
    }
    hashes = {name: v["bytes"] for name, v in known.items()}
    if present in (None, new, hashes.get(path.name)):
        record.write(path, content, version)
        return {None: "Handed out", new: ""}.get(present, "Refreshed"), path.name
    for same in (v for v in known.values() if v["bytes"] == new):
        same.update(version)  # The first edition did not record the source.
    brought = [name for name, v in known.items() if v.get("source") == version["source"]]
    for place in map(path.with_name, brought):  # Only another Python makes these bytes differ.
        if hashes[place.name] == _hash_file(place) != new:
            record.write(place, content, version)
            return "Refreshed", place.name
    if brought:
        return "", path.name
    beside = next(
        place
        for place in _numbered(path.with_stem(f"{path.stem}_new_version"))
        if _hash_file(place) in (None, new, hashes.get(place.name))
    )
    record.write(beside, content, version)
    return "Your changes stay; the new version is beside them:", beside.name


def _set_aside(path: Path, version: Version, new: str | None) -> tuple[str, str]:
    """Move an unchanged copy whose lesson has a different name now, or was withdrawn."""
    if not os.path.lexists(path):
        return "", path.name
    if _hash_file(path) == version["bytes"]:
        return "Moved old lessons that you had not changed:", move(path, path.parent / OLD)
    if new:
        return f"{path.name} has your edits and stays; the lesson is now", new
    return "No longer in the course; your edited copy stays:", path.name


def _original(name: str) -> str:
    """Return a file's name without the ending of a new version."""
    return re.sub(r"_new_version(_\d+)?(?=(\.\w+)?$)", "", name)


def _subject(name: str) -> str:
    return re.sub(r"^\d+_", "", _original(name))


def _numbered(path: Path) -> Iterator[Path]:
    """Yield a path, then the same path with _2, _3 and so on after the stem."""
    yield path
    yield from (path.with_stem(f"{path.stem}_{number}") for number in count(2))


def move(path: Path, folder: Path) -> str:
    """Move a file into a folder, under a name that is free there; return folder/name."""
    folder.mkdir(mode=0o700, exist_ok=True)
    place = next(filter(_claim, _numbered(folder / path.name)))
    try:
        os.replace(path, place)
    except BaseException:
        place.unlink()
        raise
    return f"{folder.name}/{place.name}"


def _claim(place: Path) -> bool:
    """Reserve a name with an empty file if nothing has it yet; return whether that worked."""
    try:
        place.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        return False
    return True


def _hash_file(path: Path) -> str | None:
    """Return a file's SHA-256, None if there is nothing, '' if it is a link, a folder or a pipe."""
    if not os.path.lexists(path):
        return None
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main(target: Path | None = None, words: Sequence[str] = ()) -> int:
    """Hand this course out and return the exit code."""
    words = words or os.environ.get("COURSE_LESSONS", "").replace(",", " ").split()
    done, wrong = hand_out(SOURCE, target or TARGET, words)
    print(*done, sep="\n", end="\n" if done else "")
    for line in wrong:
        print(f"Not handed out: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="course.py hand_out", description=__doc__)
    add_choice(parser)
    asked = parser.parse_args().lessons
    chosen(sorted(SOURCE.glob("*.ipynb")), asked, parser)
    sys.exit(main(words=asked))
