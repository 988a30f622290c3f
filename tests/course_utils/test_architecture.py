"""Imports between modules go one way."""

import subprocess
import sys

import pytest

from tests.support.lessons import ROOT
from tests.support.modules import COURSE_UTILS, imports

# What a module may import from course_utils, by the start of its name; the longest match counts.
MAY_IMPORT = {
    "course_utils": (),
    "course_utils.data": (),
    "course_utils.descent": ("course_utils._validate",),
    "course_utils.figures": (),
    "course_utils.plots": (
        "course_utils._validate",
        "course_utils.descent",
        "course_utils.figures",
        "course_utils.plots",
    ),
    "course_utils.graphs": ("course_utils.figures", "course_utils.graphs"),
    "course_utils.sliders": ("course_utils._validate", "course_utils.figures"),
    "course_utils.animation": ("course_utils.figures",),
    "course_utils.self_check": ("course_utils.figures", "course_utils.graphs"),
    "course_utils.checks": ("course_utils.checks", "course_utils.data", "course_utils.descent"),
}


@pytest.mark.parametrize("module", COURSE_UTILS)
def test_imports_in_course_utils_go_one_way(module):
    rule = max((name for name in MAY_IMPORT if module.startswith(name)), key=len)
    for name in imports(COURSE_UTILS[module]):
        assert not name.startswith(("commands", "tests", "lessons"))
        if name.startswith("course_utils"):
            assert name.startswith(MAY_IMPORT[rule] or "nothing"), f"{module} imports {name}"


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
