"""VS Code, opened on the course's folder, finds the course's Python, and lessons run there."""

import re
import subprocess
import sys
from fnmatch import fnmatch

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from commands import set_up
from commands.execute import WIDGET, drop_unstored
from commands.minutes import tags
from tests.support import jsonc, students
from tests.support.lessons import NOTEBOOKS, ROOT, TEXTS, read_notebook

SETTINGS = jsonc.read(ROOT / ".vscode/settings.json")
EXTENSIONS = jsonc.read(ROOT / ".vscode/extensions.json")
# The widgets whose scripts VS Code's Jupyter extension brings: those of ipywidgets 8.
BUILT_IN = {f"@jupyter-widgets/{name} 2" for name in ("base", "controls", "output")}


def test_the_python_is_that_of_the_environment_that_course_py_makes():
    """As a folder: VS Code looks in bin/ or Scripts/ for the Python."""
    folder = SETTINGS["python.defaultInterpreterPath"].removeprefix("${workspaceFolder}/")
    assert ROOT / folder == set_up.VENV
    assert set_up.PYTHON.parent.parent == set_up.VENV


def test_a_student_gets_no_other_settings():
    """A setting for tests, for example, would ask each student to install pytest."""
    assert {*SETTINGS} == {
        "python.defaultInterpreterPath",
        "files.exclude",
        "files.watcherExclude",
    }


def test_the_extensions_are_those_of_the_dev_container():
    container = jsonc.read(ROOT / ".devcontainer/devcontainer.json")["customizations"]["vscode"]
    assert container == {"extensions": EXTENSIONS["recommendations"]}
    assert {*EXTENSIONS} == {"recommendations"}
    assert EXTENSIONS["recommendations"] == ["ms-python.python", "ms-toolsai.jupyter"]


def find_files():
    """Return what belongs to the course: all files of a copy of it, or those that git lists."""
    if not (ROOT / ".git").exists():
        return [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file()]
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [*filter(None, listed.split("\0"))]


def test_no_file_of_the_course_and_no_lesson_of_a_student_is_hidden():
    names = {f"my_notebooks/{NOTEBOOKS[0].name}", *find_files()}
    parts = {part for name in names for part in name.split("/")}
    patterns = {pattern.removeprefix("**/") for pattern in SETTINGS["files.exclude"]}
    assert [part for part in parts for pattern in patterns if fnmatch(part, pattern)] == []
    ignored = (ROOT / ".gitignore").read_text().split()
    assert patterns <= {pattern.rstrip("/") for pattern in ignored}
    assert all(SETTINGS["files.exclude"].values())


@pytest.mark.parametrize("lesson", TEXTS)
def test_a_lesson_is_a_notebook_that_chooses_the_python_of_the_folder(lesson):
    """For the name python3, VS Code offers the Python that the folder's settings name."""
    notebook = students.handed_out(lesson)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.language_info.name == "python"


def kinds(cell):
    """Return the kinds of a cell's outputs, of what a notebook stores."""
    found = set()
    for output in cell.outputs:
        data = {**output.get("data", {})}
        drop_unstored(data)
        found.add((output.output_type, *sorted(data)))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("lesson", ["gradient_descent_by_hand", "how_far_to_step"])
def test_a_lesson_runs_whole_with_pictures_and_sliders(tmp_path, lesson):
    """In a kernel as VS Code starts it, without course.py."""
    notebook = students.handed_out(lesson)
    notebook.cells.insert(0, new_code_cell(students.FOLDER_FIRST))
    students.run_all(notebook, tmp_path, sys.executable)
    stored = [cell for cell in read_notebook(lesson).cells if cell.cell_type == "code"]
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"][1:]
    compared = [k for k, cell in enumerate(cells) if "nbval-ignore-output" not in tags(cell)]
    assert [kinds(cells[k]) for k in compared] == [kinds(stored[k]) for k in compared]
    assert any("image/png" in kind for cell in cells for kind in kinds(cell))
    for cell in cells:
        widgets = [o.data for o in cell.outputs if WIDGET in o.get("data", {})]
        assert len(widgets) == len(re.findall(r"^sliders\.move\(", cell.source, re.M))
        assert all("text/plain" in data for data in widgets)
    models = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"].state
    found = {f"{m.model_module} {m.model_module_version[0]}" for m in models.values()}
    assert found
    assert found <= BUILT_IN


def test_a_comment_in_the_settings_is_left_out(tmp_path):
    (path := tmp_path / "a.json").write_text('// one\n{\n    // two\n    "a": "http://b"\n}\n')
    assert jsonc.read(path) == {"a": "http://b"}
