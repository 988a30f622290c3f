"""Show where a class is: student by exercise, what is wrong, and where most stop.

It reads the outputs in the students' notebooks, executes nothing and changes nothing there. It is
for help, not for marks: anyone can edit what a notebook holds.
"""

import argparse
import os
import shutil
import sys
from datetime import datetime
from pathlib import Path

from commands.lessons import ROOT, write_whole
from commands.progress.as_csv import HEAD, to_csv
from commands.progress.as_html import to_html
from commands.progress.as_text import NOTE, to_encoding, to_first_lines, to_text, wrap
from commands.progress.classroom import read_class
from commands.progress.contents import read_course

FOLDERS = """\
FOLDER is one of these:
  a folder with a folder for each student, such as the homes on a hub, or an unpacked download from
  a learning platform. In a copy of the course, only its my_notebooks is read;
  a folder with everyone's notebooks, whose names say whose they are;
  the my_notebooks of one student."""
MADE = {"csv": ("\ufeff" + HEAD).encode(), "html": b'content="course.py progress"'}  # near the top


def why_not_read(folder: Path, course: Path) -> str:
    """Return why a folder can't be read, '' if it can."""
    try:
        if not folder.exists():
            return f"There is no folder {folder}."
        if not folder.is_dir():
            return f"{folder} is a file. Name the folder that holds the students' notebooks."
        if folder.samefile(course):
            return (
                f"{folder} holds the course's own notebooks, with nobody's answers. Students' "
                "copies are in my_notebooks."
            )
        os.scandir(folder).close()
    except OSError as error:
        return f"{folder} can't be read: {error.strerror}. On a hub, its administrator can."
    return ""


def why_not_write(path: Path, kind: str) -> str:
    """Return why a file can't be written, '' if it can; one that this command made is replaced."""
    if not path.parent.is_dir():
        return f"There is no folder {path.parent} to write {path.name} into."
    try:
        if not path.exists() or (path.is_file() and MADE[kind] in path.read_bytes()[:1000]):
            return ""
    except OSError as error:
        return f"{path} can't be read: {error.strerror}."
    return (
        f"{path} exists, and this command did not make it. Choose another name, or rename what is "
        "there."
    )


def say(text: str) -> None:
    """Print a text with the signs that the console has."""
    print(to_encoding(text, sys.stdout.encoding or "utf-8"))


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Read the folders named, print or write where the class is; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="course.py progress",
        description=__doc__,
        epilog=FOLDERS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help="with students' notebooks")
    parser.add_argument("--csv", metavar="FILE", help="write a table for a spreadsheet")
    parser.add_argument("--html", metavar="FILE", help="write a page for a browser or a printer")
    options = parser.parse_args(arguments)
    folders = [Path(name).resolve() for name in options.folders]
    files = {kind: Path(name) for kind in MADE if (name := getattr(options, kind))}
    problems = [why_not_read(folder, root / "notebooks") for folder in folders]
    problems += [why_not_write(path, kind) for kind, path in files.items()]
    if not any(problems):
        classroom = read_class(folders, read_course(root / "notebooks"))
        if not classroom.students:
            problems = ["There is no copy of a lesson in there.", *classroom.told, FOLDERS]
    if any(problems):
        print(*filter(None, problems), sep="\n", file=sys.stderr)
        return 1
    width = max(60, shutil.get_terminal_size().columns - 1)
    if files:
        text = f"{to_first_lines(classroom, width)}\n\n{wrap(NOTE, width)}"
    else:
        text = to_text(classroom, width)
    say(text)
    for kind, path in files.items():
        content = "\ufeff" + to_csv(classroom)  # the mark tells a spreadsheet that it is UTF-8
        if kind == "html":
            content = to_html(classroom, datetime.now())
        try:
            write_whole(path, content.encode("utf-8", "replace"), mode=0o600)
        except OSError as error:
            print(f"{path} can't be written: {error.strerror}.", file=sys.stderr)
            return 1
        say(f"Written, with your students' names in it: {path}")
    return 0


if __name__ == "__main__":
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # piped into `head` or `less`, which ended
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)
