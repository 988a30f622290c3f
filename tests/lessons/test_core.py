"""A student who skips every deeper section misses nothing that the core of a lesson uses."""

import copy
import re
import subprocess
import sys

import jupytext
import nbformat
import pytest

from commands.build import METADATA
from commands.execute import execute
from commands.names import LessonNames
from tests.support.lessons import (
    NUMBERS,
    ROOT,
    UNNUMBERED,
    is_deeper,
    path_of,
    read_notebook,
)
from tests.support.names import named_lessons
from tests.support.tiers import slow_after

LESSONS = named_lessons()


def run_core(folder, **notebooks):
    """Run the cores of notebooks as the regression run does; return its exit code and report."""
    for name, notebook in notebooks.items():
        core = copy.deepcopy(notebook)
        core.cells = [cell for cell in core.cells if not is_deeper(cell)]
        nbformat.write(core, folder / f"{name}.ipynb")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--tb=short"]
    options = ["-c", ROOT / "pyproject.toml", f"--rootdir={folder}", folder]
    ran = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True)
    return ran.returncode, ran.stdout + ran.stderr


QUICK = [NUMBERS[-1], NUMBERS[1]]  # the two that run fastest


@pytest.mark.parametrize("number", slow_after(2, [*QUICK, *sorted({*NUMBERS} - {*QUICK})]))
def test_the_core_alone_gives_the_same_outputs(number, tmp_path):
    code, report = run_core(tmp_path, core=read_notebook(number))
    assert code == 0, report


TINY = """# %%
import random

random.seed(0)
x = 1
print(x)

# %% tags=["deeper"]
{}

# %%
print(x, random.random())
"""
DEEPER = {
    "needs_nothing": "y = x + 1",
    "needs_a_value": "x = 2",
    "needs_a_draw": "random.random()",
}


@pytest.mark.slow
def test_a_core_that_needs_a_deeper_cell_is_found(tmp_path):
    notebooks = {}
    for name, deeper in DEEPER.items():
        notebook = nbformat.v4.new_notebook(cells=jupytext.reads(TINY.format(deeper), "py").cells)
        notebook.metadata = METADATA
        execute(notebook, tmp_path)
        notebooks[name] = notebook
    code, report = run_core(tmp_path, **notebooks)
    assert code == 1, report
    for words in ("needs_a_value.ipynb::Cell 1", "needs_a_draw.ipynb::Cell 1", "4 passed"):
        assert words in report
    for words in ("stored: 2 0.84", "stored: 1 0.75"):
        assert words in report


def uses_of_deeper(lesson, names, words):
    """Return what the core of a lesson uses of the names and words of deeper sections."""
    cells = [cell for cell in lesson.cells if not is_deeper(cell)]
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown") + "\n"
    text = re.sub(r"^\*\*New (words|names), deeper:\*\*(.+\n)+|`[^`]*`", "", text, flags=re.M)
    text = " ".join(text.split())
    found = [word for word in words if re.search(rf"\b{re.escape(word)}s?\b", text, re.I)]
    return found + [name for name in names if name in lesson.uses and not lesson.uses[name].deeper]


@pytest.mark.parametrize("number", NUMBERS + UNNUMBERED)
def test_no_core_uses_a_name_or_word_of_a_deeper_section(number):
    names = {name for lesson in LESSONS.values() for name in lesson.new if name in lesson.deeper}
    words = {word for lesson in LESSONS.values() for word in lesson.words if word in lesson.deeper}
    assert uses_of_deeper(LessonNames(path_of(number)), names, words) == []


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("# %%\nnp.max(x)", ["numpy.max"]),
        ('# %% tags=["deeper"]\nnp.max(x)', []),
        ("# %% [markdown]\n# Two Big\n# numbers.", ["big number"]),
        ('# %% [markdown] tags=["deeper"]\n# A big number.', []),
        ("# %% [markdown]\n# **New words, deeper:** a word, big\n# number.\n#\n# Next", []),
    ],
)
def test_a_use_in_the_core_is_found(cell, found, tmp_path):
    path = tmp_path / "01_tiny.py"
    path.write_text(f"# %%\nimport numpy as np\n\n{cell}\n")
    assert uses_of_deeper(LessonNames(path), ["numpy.max"], ["big number"]) == found
