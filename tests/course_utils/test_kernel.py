"""A lesson that cannot run in its kernel says so in its first cell, in one sentence."""

import ast
import importlib
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jupyter_client import KernelManager
from nbformat.v4 import new_code_cell, new_notebook

from commands import server
from course_utils import kernel, self_check
from tests.support import students
from tests.support.form import START
from tests.support.lessons import ROOT, TEXTS
from tests.support.modules import COURSE_UTILS, imports
from tests.support.tiers import slow_after

IN_PYTHON_3_6 = {"contextlib", "course_utils", "importlib.util", "pathlib", "re", "sys", "time"}
INSTALL = "install what is missing, or"
OPEN_IT = "open the lesson with `python course.py`, or choose the course's .venv as the kernel."
JUPYTERLAB = ("-c", server.START)  # how the course's own JupyterLab starts a kernel


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def is_one_sentence(text):
    """Return whether a text is one sentence, in one line."""
    return bool(re.fullmatch(r"\S.*\w\.", text)) and not re.search(r"[.!?] [A-Z]", text)


def test_this_kernel_can_run_every_lesson(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "helpers.py").touch()
    kernel.check()


def test_the_look_at_the_kernel_loads_no_large_package():
    code = "import sys; from course_utils import kernel; kernel.check(); "
    code += "sys.exit(any(name in sys.modules for name in ('torch', 'matplotlib', 'sklearn')))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_the_packages_are_those_that_the_course_imports():
    paths = [*COURSE_UTILS.values(), *(ROOT / "lessons").glob("*.py")]
    found = {name.split(".")[0] for path in paths for name in imports(path)}
    assert {*kernel.PACKAGES} == found - sys.stdlib_module_names - {"course_utils"}


def test_an_old_python_can_read_the_first_cell_and_what_it_imports():
    texts = [
        START,
        *(COURSE_UTILS[f"course_utils{name}"].read_text("utf-8") for name in ("", ".kernel")),
    ]
    for text in texts:
        body = ast.parse(text, feature_version=(3, 6)).body
        names = {
            alias.name for node in body if isinstance(node, ast.Import) for alias in node.names
        }
        names |= {node.module for node in body if isinstance(node, ast.ImportFrom)}
        assert names <= IN_PYTHON_3_6


def test_the_oldest_python_is_the_self_checks():
    assert self_check.PYTHONS[0] == kernel.OLDEST


def an_old_python(monkeypatch, folder):
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    return f"This is Python 3.8, the course needs 3.11 or newer: {OPEN_IT}"


def a_file_beside_the_notebook(monkeypatch, folder, file="numpy.py"):
    (name := folder / file).touch()
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    return (
        f"{name} has the name of a module that the course uses: rename it and restart the kernel."
    )


def a_file_that_hides_a_packages_package(monkeypatch, folder):
    """The first optimizer imports SymPy."""
    return a_file_beside_the_notebook(monkeypatch, folder, "sympy.py")


def two_files_beside_the_notebook(monkeypatch, folder):
    (folder / "random.py").touch()
    a_file_beside_the_notebook(monkeypatch, folder)
    return (
        f"{folder / 'numpy.py'} has the name of a module that the course uses and "
        f"{folder / 'random.py'} has the name of a module that Python itself uses: "
        "rename them and restart the kernel."
    )


def a_file_elsewhere(monkeypatch, folder):
    """A folder of PYTHONPATH, for example."""
    (name := folder / "code/torch.py").parent.mkdir()
    name.touch()
    monkeypatch.setattr(sys, "path", [str(name.parent), *sys.path])
    return (
        f"{name} has the name of a module that the course uses: rename it and restart the kernel."
    )


def hide(monkeypatch, *names):
    """Let Python find none of these packages."""
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name in names else find(name)
    )


def a_missing_package(monkeypatch, folder):
    hide(monkeypatch, "torch")
    return f"This Python does not have torch: {INSTALL} {OPEN_IT}"


def a_python_in_the_browser(monkeypatch, folder):
    hide(monkeypatch, "igraph", "torch", "torchviz")
    return f"This Python does not have igraph, torch, torchviz: {INSTALL} {OPEN_IT}"


def the_remains_of_a_package(monkeypatch, folder):
    (folder / "packages/torch/lib").mkdir(parents=True)
    spec = importlib.machinery.PathFinder.find_spec("torch", [str(folder / "packages")])
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: spec if name == "torch" else find(name)
    )
    return f"This Python does not have torch: {INSTALL} {OPEN_IT}"


def a_damaged_package(monkeypatch, folder):
    def fail(name):
        raise ImportError("DLL load failed.\nRead this.")

    monkeypatch.setattr(importlib, "import_module", fail)
    return f"NumPy does not work in this Python (ImportError): install it again, or {OPEN_IT}"


WRONG = [
    an_old_python,
    a_file_beside_the_notebook,
    a_file_that_hides_a_packages_package,
    two_files_beside_the_notebook,
    a_file_elsewhere,
    a_missing_package,
    a_python_in_the_browser,
    the_remains_of_a_package,
    a_damaged_package,
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_one_sentence_without_a_traceback(monkeypatch, tmp_path, wrong):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    sentence = wrong(monkeypatch, tmp_path)
    with pytest.raises(kernel.StartError) as raised:
        kernel.check()
    assert str(raised.value) == sentence
    assert raised.value._render_traceback_() == [sentence]
    assert is_one_sentence(sentence)


@pytest.mark.parametrize("file", ["numpy/__init__.py", "random.py"])
def test_what_another_folder_hides_on_purpose_stops_nothing(monkeypatch, tmp_path, file):
    """Nor does a search for it that fails."""
    write(tmp_path, {file: "", "lessons/notes.txt": ""})
    monkeypatch.chdir(tmp_path / "lessons")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert [shadow.name for shadow in self_check.find_shadows()] == [
        Path(file).parts[0].split(".")[0]
    ]
    kernel.check()
    monkeypatch.setattr(self_check, "find_shadows", lambda: 1 / 0)
    kernel.check()


def test_a_file_that_hides_what_only_jupyter_imports_stops_nothing(monkeypatch, tmp_path):
    (tmp_path / "tornado.py").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert [shadow.name for shadow in self_check.find_shadows()] == ["tornado"]
    kernel.check()


@pytest.mark.parametrize("module", ["sympy", "mpmath", "typing_extensions", "dateutil", "torch"])
def test_what_the_packages_require_is_needed(module):
    assert kernel.is_needed(module)


@pytest.mark.parametrize("module", ["tornado", "jupyterlab", "pytest", "nonsense"])
def test_what_only_jupyter_and_the_tests_use_is_not_needed(module):
    assert not kernel.is_needed(module)


def test_what_is_not_one_sentence_is_noticed():
    for text in ("Two. Sentences.", "A line\nand another.", "no end", ""):
        assert not is_one_sentence(text)


# What a student has, {path: text} beside the notebook, {path: text} among the packages, what is not
# installed, and what the first cell says; {here} is the notebook's folder.
MISSING = "The course's helpers are missing: "
HIDDEN = "{here}/%s has the name of a module that %s: rename it and restart the kernel."
SITUATIONS = {
    "another Python": ({}, {}, ["course_utils"], MISSING + OPEN_IT),
    "an empty folder": (
        {"course_utils/notes.txt": ""},
        {},
        ["course_utils"],
        MISSING + OPEN_IT,
    ),
    "a file of the same name": (
        {"course_utils.py": "x = 1"},
        {},
        [],
        f"{MISSING}rename {{here}}/course_utils.py if it is yours, or {OPEN_IT}",
    ),
    "the first edition": (
        {"course_utils/__init__.py": "", "course_utils/self_check.py": ""},
        {},
        [],
        f"{MISSING}rename {{here}}/course_utils/__init__.py if it is yours, or {OPEN_IT}",
    ),
    "the first edition, installed": (
        {},
        {"course_utils/__init__.py": "", "course_utils/self_check.py": ""},
        ["course_utils"],
        f"{MISSING}rename {{packages}}/course_utils/__init__.py if it is yours, or {OPEN_IT}",
    ),
    "no torch": ({}, {}, ["torch"], f"This Python does not have torch: {INSTALL} {OPEN_IT}"),
    "a Python in the browser": (
        {},
        {},
        ["torch", "torchviz", "igraph"],
        f"This Python does not have igraph, torch, torchviz: {INSTALL} {OPEN_IT}",
    ),
    "the remains of torch": (
        {},
        {"torch/lib/libtorch.so": ""},
        ["torch"],
        f"This Python does not have torch: {INSTALL} {OPEN_IT}",
    ),
    "a damaged NumPy": (
        {},
        {"numpy/__init__.py": "raise ImportError('DLL load failed.')"},
        ["numpy"],
        f"NumPy does not work in this Python (ImportError): install it again, or {OPEN_IT}",
    ),
    "a file that hides NumPy": ({"numpy.py": ""}, {}, [], HIDDEN % ("numpy.py", "the course uses")),
    "a file that hides a package's package": (
        {"sympy/__init__.py": ""},
        {},
        [],
        HIDDEN % ("sympy", "the course uses"),
    ),
}


def errors(notebook):
    """Return (index of the cell, traceback) of each error among a notebook's outputs."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [o.output_type for cell in code for o in cell.outputs] in ([], ["error"])
    return [(i, o.traceback) for i, cell in enumerate(code) for o in cell.outputs]


def short_lesson():
    """Return the first code cell of every lesson, and two more."""
    return new_notebook(cells=[new_code_cell(text) for text in (START, "1 / 1;", "import torch")])


# JupyterLab as the course starts it has the course.
KERNELS = [
    (situation, start)
    for start in (students.LAUNCHER, JUPYTERLAB)
    for situation, (_, _, without, _) in SITUATIONS.items()
    if start == students.LAUNCHER or "course_utils" not in without
]


@pytest.mark.parametrize(("situation", "start"), slow_after(0, KERNELS))
def test_a_wrong_kernel_is_one_error_in_one_sentence(tmp_path, situation, start):
    beside, among, without, words = SITUATIONS[situation]
    python, packages = students.make_python(tmp_path / "environment", *without)
    write(here := tmp_path / "my notebooks", {"notes.txt": "", **beside})
    write(packages, among)
    sentence = words.format(here=here, packages=packages)
    students.run_all(notebook := short_lesson(), here, python, start)
    assert errors(notebook) == [(0, [sentence])]
    assert is_one_sentence(sentence)


@pytest.mark.slow
def test_a_file_that_hides_a_module_of_python_counts_where_the_folder_comes_first(tmp_path):
    """As in VS Code; in Jupyter, Python's own modules come before it."""
    write(tmp_path, {"random.py": "", "helpers.py": "", "course_utils/notes.txt": ""})
    students.run_all(notebook := short_lesson(), tmp_path, sys.executable)
    assert errors(notebook) == []
    notebook = short_lesson()
    notebook.cells.insert(0, new_code_cell(students.FOLDER_FIRST))
    students.run_all(notebook, tmp_path, sys.executable)
    sentence = (HIDDEN % ("random.py", "Python itself uses")).format(here=tmp_path)
    assert errors(notebook) == [(1, [sentence])]


@pytest.mark.slow
@pytest.mark.parametrize("without", ["course_utils", "torch"])
def test_cells_that_are_sent_later_are_dropped(tmp_path, without):
    """JupyterLab sends the cells of 'Run all' while the first one is running."""
    python, _ = students.make_python(tmp_path / "environment", without)
    manager = KernelManager()
    manager.kernel_spec_manager = students.Kernels((python, *students.LAUNCHER), tmp_path)
    manager.start_kernel(cwd=tmp_path)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        for code in (START, *["1 / 0"] * 20):
            client.execute(code, stop_on_error=True)
            time.sleep(0.02)
        replies = [client.get_shell_msg(timeout=60)["content"]["status"] for _ in range(21)]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert replies == ["error", *["aborted"] * 20]


@pytest.mark.slow
@pytest.mark.parametrize("lesson", TEXTS)
def test_every_notebook_stops_at_its_first_cell_in_a_wrong_kernel(tmp_path, lesson):
    python, _ = students.make_python(tmp_path / "environment", "course_utils")
    students.run_all(notebook := students.handed_out(lesson), tmp_path, python)
    assert errors(notebook) == [(0, [MISSING + OPEN_IT])]


@pytest.mark.slow
def test_a_copy_of_the_first_edition_says_where_its_lesson_is_without_a_traceback(tmp_path):
    cell = new_code_cell("from course_utils.checks import lesson_05 as check")
    students.run_all(notebook := new_notebook(cells=[cell]), tmp_path, sys.executable)
    [(_, [sentence])] = errors(notebook)
    assert sentence.startswith("This copy is of the course's first edition")
    assert is_one_sentence(sentence)
