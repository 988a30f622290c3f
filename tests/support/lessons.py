"""The course as the tests see it: the lessons' cells, exercises and own code run, and a copy."""

import functools
import io
import linecache
import re
import runpy
import shutil
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import nbformat

from commands import lessons
from commands.minutes import tags

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))  # the lessons first, by their numbers
LESSONS = lessons.files(ROOT / "notebooks", ".ipynb")
NUMBERS = [path.name[:2] for path in LESSONS]
UNNUMBERED = [path.stem for path in NOTEBOOKS if path not in LESSONS]
TEXTS = NUMBERS + UNNUMBERED  # all notebooks, by number or name


@dataclass(frozen=True)
class Exercise:
    """One exercise of a notebook: the cells' indices, the check's call, the folded solution."""

    name: str
    cell: int
    check_cell: int
    check: str
    solution: str


def path_of(lesson, folder="lessons", suffix=".py"):
    """Return a notebook's file in a folder, by its two digits or by its name without them."""
    files = sorted((ROOT / folder).glob(f"*{suffix}"))
    found = [path for path in files if lesson in (path.stem[:2], path.stem[3:], path.stem)]
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise FileNotFoundError(f"Expected one file of {lesson} in {folder}/, found {names}.")
    return found[0]


def subject(lesson):
    """Return the name that a lesson's modules have: of its pictures, checks, tests and answers."""
    return _subject_of(path_of(lesson))


def _subject_of(path):
    line = r"^from course_utils\.checks import (\w+) as check$"
    found = re.search(line, path.read_text("utf-8"), re.M)
    if not found:
        raise ValueError(f"{path.name} lacks `from course_utils.checks import <subject> as check`.")
    return found[1]


def missing_parts(path):
    """Return what a lesson's file lacks of all that belongs to it, in the order of CONTRIBUTING.

    These are files that are not there, and pages that do not mention the lesson.
    """
    root, stem, subject = path.parents[1], path.stem, _subject_of(path)
    files = [
        f"course_utils/checks/{subject}.py",
        f"notebooks/{stem}.ipynb",
        f"docs/pictures/{stem}.png",
        f"tests/lessons/test_{subject}.py",
        f"tests/lessons/wrong_answers/{subject}.py",
        f"tests/lessons/told/{subject}.txt",
        f"tests/net/faults/bank/{subject}.toml",
        f"instructor/{stem}.md",
    ]
    first = min((root / "lessons").glob("[0-9]*.py"))
    mentions = {
        "instructor/README.md": f"({stem}.md)",
        "README.md": f"(notebooks/{stem}.ipynb)",
        "docs/measured.md": f"| {stem[3:].replace('_', ' ')} |",
        f"lessons/{first.name}": f"({stem}.ipynb)",
    }
    return [name for name in files if not (root / name).exists()] + [
        f"a row for it in {page}"
        for page, mention in mentions.items()
        if path != first and mention not in (root / page).read_text("utf-8")
    ]


def read_notebook(lesson):
    """Return a stored notebook, by its two digits or by its name without them."""
    return nbformat.read(path_of(lesson, "notebooks", ".ipynb"), as_version=4)


def is_deeper(cell):
    """Return whether a cell belongs to a deeper section."""
    return "deeper" in tags(cell)


def stored_pictures(cells):
    """Return (index of the cell, its tags, the output) for each picture of a notebook's cells."""
    return [
        (k, tags(cell), output)
        for k, cell in enumerate(cells)
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]


def slider_calls(cells):
    """Return how many of a notebook's cells call `sliders.move`."""
    return sum("\nsliders.move(" in f"\n{cell.source}" for cell in cells)


@functools.cache
def exercises(lesson):
    """Return the exercises of a lesson; fail where one lacks its check or its solution."""
    cells = read_notebook(lesson).cells
    found = []
    for i, cell in enumerate(cells):
        if "exercise" not in tags(cell):
            continue
        check, solution = cells[i + 1], cells[i + 2]
        assert check.source.startswith("check."), f"no check after exercise cell {i}"
        assert solution.source.startswith("<details><summary>Solution</summary>"), i
        block = solution.source.split("```python\n")[1].split("\n```")[0]
        name = check.source.removeprefix("check.").split("(")[0]
        found.append(Exercise(name, i, i + 1, check.source, block))
    return tuple(found)


def read_output(lesson, text):
    """Return what the first cell of a stored notebook that holds `text` printed, and captions."""
    for cell in read_notebook(lesson).cells:
        if cell.cell_type == "code" and text in cell.source:
            shown = [o.get("text") or o.get("data", {}) for o in cell.outputs]
            return "".join(
                output if isinstance(output, str) else f"{output['text/plain']}\n"
                for output in shown
                if isinstance(output, str) or "course-caption" in output.get("text/html", "")
            )
    raise ValueError(f"No code cell of {lesson} holds {text!r}.")


def run_lesson(lesson):
    """Run a lesson's own code as a script, and return the names that it defines.

    Its pictures are drawn, but not rendered: that would take as long as all the rest. In each
    process it runs once, whether the lesson is given by its two digits or by its name.
    """
    return _run(path_of(lesson))[0]


def moved_by_sliders(lesson):
    """Return (draw, args, ranges) of each call of `sliders.move` in a lesson."""
    return _run(path_of(lesson))[1]


@functools.cache
def _run(path):
    from course_utils import figures, sliders  # every start of pytest would wait for matplotlib

    calls = []
    record = mock.patch.object(
        sliders, "move", lambda draw, *args, **ranges: calls.append((draw, args, ranges))
    )
    with figures.capture_figures(), record:
        return runpy.run_path(str(path)), calls


def run_cell(source, names):
    """Run source among names, and let Python find it, as IPython does for a cell."""
    name = f"<cell {hash(source)}>"
    linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
    exec(compile(source, name, "exec"), names)


def one_line(check, *answers):
    """Return what a check prints; it must be one line and no exception."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        check(*answers)
    assert printed.getvalue().count("\n") == 1
    return printed.getvalue()


def copy_course(target):
    """Copy the course into a folder, without what git ignores and git's own."""
    everywhere = shutil.ignore_patterns("__pycache__", "*.egg-info", ".*_cache", ".venv*", ".git")
    made = {".frames", "colab", "my_notebooks", "site", "slides", "test_output"}

    def left_out(folder, names):
        return everywhere(folder, names) | (made if Path(folder) == ROOT else set())

    shutil.copytree(ROOT, target, ignore=left_out, dirs_exist_ok=True)
