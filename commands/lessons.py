"""What the commands share: where the lessons are, their numbers, the choice of some, safe writing.

Standard library only: the hand-out uses it too.
"""

import argparse
import hashlib
import os
import re
import secrets
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def files(folder: Path, suffix: str) -> list[Path]:
    """Return a folder's files NN_name with this suffix, in the lessons' order."""
    return [path for path in sorted(folder.glob(f"*{suffix}")) if re.match(r"\d\d_", path.name)]


def sources(root: Path) -> list[Path]:
    """Return the texts of all notebooks: the lessons, in order, then those without a number."""
    numbered = files(root / "lessons", ".py")
    return numbered + sorted({*(root / "lessons").glob("*.py")} - {*numbered})


def numbers(root: Path = ROOT) -> dict[str, str]:
    """Return the number of each lesson, two digits, by its name: {'start_here': '00', ...}."""
    return {path.stem[3:]: path.stem[:2] for path in files(root / "lessons", ".py")}


def find_repeats(paths: list[Path]) -> list[str]:
    """Return the numbers and names that two of the files NN_name have in common."""
    parts = Counter(part for path in paths for part in (path.stem[:2], path.stem[3:]))
    return [part for part, times in parts.items() if times > 1]


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Let a command's user name lessons, by number or by a part of the name."""
    help_words = "a lesson's number or a part of its name; default: all"
    parser.add_argument("lessons", nargs="*", metavar="lesson", help=help_words)


def chosen(paths: list[Path], words: list[str], parser: argparse.ArgumentParser) -> list[Path]:
    """Return those of the files that the words name; exit if a word names none."""
    for word in words:
        if not any(is_named(path, word) for path in paths):
            there = ", ".join(path.stem for path in paths) or "none yet"
            parser.error(f"there is no lesson {word}; there are {there}")
    return [path for path in paths if not words or any(is_named(path, word) for word in words)]


def is_named(path: Path, word: str) -> bool:
    """Return whether a word is a lesson's number or a part of its name."""
    return word.zfill(2) == path.stem[:2] if word.isdecimal() else word in path.stem


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def write_whole(path: Path, content: bytes, prefix: str = ".", mode: int = 0o666) -> None:
    """Write a file whole or not at all: what was there before stays until the new one is complete.

    The new file is first `{prefix}{8 random characters}.part`, in the same folder. `mode` is its
    permissions, less what the umask takes away.
    """
    part = path.with_name(f"{prefix}{secrets.token_hex(4)}.part")
    part.touch(mode, exist_ok=False)
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
