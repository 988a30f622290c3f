"""The lessons as the commands see them: where they are, their numbers, those that were named."""

import argparse
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def files(folder: Path, suffix: str) -> list[Path]:
    """Return a folder's files NN_name with this suffix, in the lessons' order."""
    return [path for path in sorted(folder.glob(f"*{suffix}")) if re.match(r"\d\d_", path.name)]


def numbers(root: Path = ROOT) -> dict[str, str]:
    """Return the number of each lesson, two digits, by its name: {'start_here': '00', ...}."""
    return {path.stem[3:]: path.stem[:2] for path in files(root / "lessons", ".py")}


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Let a command's user name lessons, by number or by a part of the name."""
    help_words = "a lesson's number or a part of its name; default: all"
    parser.add_argument("lessons", nargs="*", metavar="lesson", help=help_words)


def chosen(paths: list[Path], words: list[str], parser: argparse.ArgumentParser) -> list[Path]:
    """Return those of the files NN_name that the words name; exit where a word names none."""
    for word in words:
        if not any(_names(word, path) for path in paths):
            there = ", ".join(path.stem for path in paths) or "none yet"
            parser.error(f"there is no lesson {word}; there are {there}")
    return [path for path in paths if not words or any(_names(word, path) for word in words)]


def _names(word: str, path: Path) -> bool:
    number, _, name = path.stem.partition("_")
    return word.zfill(2) == number if word.isdecimal() else word in f"{number}_{name}"
