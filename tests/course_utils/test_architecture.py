"""Imports between modules go one way, and the tests' folders keep their rules."""

import importlib
import re
import subprocess
import sys

import pytest

from tests.support.lessons import ROOT
from tests.support.modules import COURSE_UTILS, imports

# What a module may import from course_utils, by the start of its name; the longest match counts.
MAY_IMPORT = {
    "course_utils": (),
    "course_utils.data": (),
    "course_utils.tables": (),
    "course_utils.descent": ("course_utils._validate",),
    "course_utils.kernel": ("course_utils.self_check",),
    "course_utils.figures": (),
    "course_utils.plots": (
        "course_utils._validate",
        "course_utils.descent",
        "course_utils.figures",
        "course_utils.plots",
    ),
    "course_utils.graphs": ("course_utils.figures", "course_utils.graphs"),
    "course_utils.frames": ("course_utils.figures", "course_utils.sliders"),
    "course_utils.sliders": ("course_utils._validate", "course_utils.figures"),
    "course_utils.animation": ("course_utils.figures",),
    "course_utils.self_check": ("course_utils.figures", "course_utils.graphs"),
    "course_utils.checks": (
        "course_utils.checks",
        "course_utils.data",
        "course_utils.descent",
        "course_utils.kernel",
        "course_utils.tables",
    ),
}

TESTS = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "tests").rglob("*.py")}


@pytest.mark.parametrize("module", COURSE_UTILS)
def test_imports_in_course_utils_go_one_way(module):
    rule = max((name for name in MAY_IMPORT if module.startswith(name)), key=len)
    for name in imports(COURSE_UTILS[module]):
        assert not name.startswith(("commands", "tests", "lessons"))
        if name.startswith("course_utils"):
            assert name.startswith(MAY_IMPORT[rule] or "nothing"), f"{module} imports {name}"


@pytest.mark.parametrize("module", COURSE_UTILS)
def test_what_a_module_offers_is_there(module):
    loaded = importlib.import_module(module)
    missing = [name for name in getattr(loaded, "__all__", []) if not hasattr(loaded, name)]
    assert missing == []


@pytest.mark.parametrize("path", sorted((ROOT / "commands").glob("*.py")), ids=lambda p: p.name)
def test_commands_do_not_import_course_utils(path):
    assert not any(name.startswith("course_utils") for name in imports(path))


def test_only_the_checks_of_later_lessons_load_torch():
    """'Gradient descent by hand' does not use torch, so nothing that it uses may load it."""
    first = ("checks", "core", "gradient_descent")  # of the checks
    names = [
        name
        for name in COURSE_UTILS
        if not name.startswith("course_utils.checks") or name.endswith(first)
    ]
    code = f"import sys, {', '.join(names)}; sys.exit('torch' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_no_test_imports_a_test():
    """What tests share is in tests/support."""
    found = {name: imports(path) for name, path in TESTS.items()}
    assert [(f, i) for f in found for i in found[f] if re.match(r"tests\..*\btest_", i)] == []


def test_every_folder_of_tests_is_a_package():
    """Otherwise tests/course_utils would hide the real course_utils."""
    folders = {path.parent for path in TESTS.values()}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_the_root_is_defined_once():
    pattern = re.compile(r"^ROOT\b.*=", re.MULTILINE)
    found = [name for name, path in TESTS.items() if pattern.search(path.read_text("utf-8"))]
    assert found == ["tests/support/lessons.py"]
