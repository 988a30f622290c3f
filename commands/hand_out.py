"""Hands the lessons out: copies notebooks/ into my_notebooks/, with the outputs cleared.

A lesson that the student changed is theirs: it is never written to. Its new version is placed
beside it, once. A record in my_notebooks/ holds the SHA-256 of what was handed out, by name.
"""

import hashlib
import json
import os
import sys
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "notebooks"
TARGET = Path(os.environ.get("COURSE_MY_NOTEBOOKS", ROOT / "my_notebooks"))


def hand_out(source: Path, target: Path) -> tuple[list[str], list[str]]:
    """Bring `target` up to date; return what was done and what went wrong, in lines."""
    done, wrong = {}, []
    try:
        target.mkdir(exist_ok=True)
        for leftover in target.glob(".*.part"):
            leftover.unlink()
    except OSError as error:
        return [], [f"{target}: {error.strerror}"]
    record = Record(target / ".handed_out.json")
    for path in sorted([*source.glob("*.ipynb"), *source.glob("matplotlibrc")]):
        try:
            verb, name = _bring(target / path.name, cleared(path), record)
            done.setdefault(verb, []).append(name)
        except OSError as error:
            wrong.append(f"{error.filename or path}: {error.strerror}")
        except ValueError as error:
            wrong.append(str(error))
    done.pop("", None)
    return [f"{verb} {', '.join(names)}" for verb, names in done.items()], wrong


def cleared(path: Path) -> bytes:
    """Return what is handed out for a file: a notebook without its outputs, others as they are."""
    content = path.read_bytes()
    if path.suffix != ".ipynb":
        return content
    try:
        notebook = json.loads(content)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)
        # As Jupyter writes it, so that saving an unchanged lesson leaves its bytes alone.
        text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        return text.encode()
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not a notebook ({error!r})") from None


class Record:
    """The versions that were handed out, by file name; on disk after every change."""

    def __init__(self, path: Path):
        """Read the record; without one, whatever is not the current version is the student's."""
        self.path = path
        try:
            self.versions = dict(json.loads(path.read_bytes()))
        except (OSError, ValueError, TypeError):
            self.versions = {}

    def place(self, path: Path, content: bytes) -> None:
        """Write a file whole or not at all, and note its version."""
        if _version(path) != _sha256(content):
            _replace(path, content)
        if self.versions.get(path.name) != _sha256(content):
            self.versions[path.name] = _sha256(content)
            _replace(self.path, json.dumps(self.versions, indent=1).encode())


def _bring(path: Path, content: bytes, record: Record) -> tuple[str, str]:
    """Place one file, or its new version beside the student's; return what was done, '' if none."""
    new, present, versions = _sha256(content), _version(path), record.versions
    if present in (None, new, versions.get(path.name)):
        record.place(path, content)
        verb = {None: "Handed out", new: ""}.get(present, "Refreshed")
        return verb, path.name
    series = f"{path.stem}_new_version"
    if new in [v for name, v in versions.items() if name == path.name or name.startswith(series)]:
        return "", path.name
    stems = (series if number == 1 else f"{series}_{number}" for number in count(1))
    besides = (path.with_stem(stem) for stem in stems)
    beside = next(p for p in besides if _version(p) in (None, new, versions.get(p.name)))
    record.place(beside, content)
    return "Your changes stay; the new version stands beside them:", beside.name


def _version(path: Path) -> str | None:
    """Return a file's SHA-256, None where there is no file."""
    if path.is_symlink() or path.is_dir():
        raise ValueError(f"{path} is in a lesson's place; rename it and call this again")
    return _sha256(path.read_bytes()) if path.exists() else None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    os.replace(part, path)


def main(target: Path | None = None) -> int:
    """Hand this course out and give the exit code."""
    done, wrong = hand_out(SOURCE, target or TARGET)
    print(*done, sep="\n", end="\n" if done else "")
    for line in wrong:
        print(f"Not handed out: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
