"""The bank of faults cannot rot: each still applies, and its runner tells red from green."""

import ast
import shutil
from collections import Counter

import pytest

from commands import build
from tests.faults.__main__ import NotProvedError, check_imports, noticed, take_over
from tests.faults.bank import Fault, faults
from tests.lessons import NUMBERS, ROOT
from tests.test_architecture import COURSE_UTILS

BANK = faults()


def test_there_are_enough_faults_for_every_lesson():
    assert len(BANK) >= 80
    counts = Counter(fault.lesson for fault in BANK)
    assert [number for number in NUMBERS if counts[number] < 5] == []


@pytest.mark.parametrize("path", COURSE_UTILS.values(), ids=COURSE_UTILS)
def test_every_module_has_a_fault(path):
    holds_code = len(ast.parse(path.read_text("utf-8")).body) > 1  # more than a docstring
    assert not holds_code or path.relative_to(ROOT).as_posix() in {fault.file for fault in BANK}


@pytest.mark.parametrize("fault", BANK, ids=lambda fault: f"{fault.file}: {fault.name}")
def test_the_fault_still_applies(fault, tmp_path):
    """Where it does not, the message names the text: bring the entry up to date."""
    copied = tmp_path / fault.file
    copied.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / fault.file, copied)
    fault.apply(tmp_path)
    assert copied.read_bytes() != (ROOT / fault.file).read_bytes()
    if copied.suffix == ".py":
        ast.parse(copied.read_text("utf-8"))
    assert all((ROOT / path).exists() for path in fault.tests if path.endswith((".py", ".ipynb")))


@pytest.mark.parametrize("text", ["none", "twice twice"])
def test_a_fault_that_does_not_apply_is_named(tmp_path, text):
    (tmp_path / "a.py").write_text(text)
    with pytest.raises(ValueError, match=r"a\.py: the fault 'a slip' wants this text exactly once"):
        Fault("a.py", "a slip", "twice", "once").apply(tmp_path)


def test_a_lesson_takes_its_notebook_along(tmp_path):
    """Else the test that both agree would notice every fault, whatever it is."""
    (lesson,) = (ROOT / "lessons").glob("01_*.py")
    for path in (lesson, build.notebook_of(lesson), ROOT / "pyproject.toml"):
        (tmp_path / path.relative_to(ROOT)).parent.mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / path.relative_to(ROOT))
    copied = tmp_path / "lessons" / lesson.name
    copied.write_text(copied.read_text("utf-8").replace("RandomState(42)", "RandomState(43)"))
    take_over(copied)
    assert build.differences(copied, build.notebook_of(copied)) == []
    assert "RandomState(43)" in build.notebook_of(copied).read_text("utf-8")


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("pass", ""),
        ("assert False", "test_it.py::test_it"),
        ("import time; time.sleep(60)", "no end after 3 s"),
        ("import os; os._exit(1)", "pytest ended with 1"),
    ],
)
def test_the_runner_tells_what_notices(tmp_path, test, said):
    (tmp_path / "test_it.py").write_text(f"def test_it():\n    {test}\n")
    seconds = 3 if "no end" in said else 100
    assert noticed(tmp_path, ("test_it.py",), seconds) == said


def test_no_tests_prove_nothing(tmp_path):
    with pytest.raises(NotProvedError):
        noticed(tmp_path, ("test_that_is_not_there.py",), 60)


def test_the_copys_own_code_must_be_imported(tmp_path):
    (tmp_path / "notebooks").mkdir()
    with pytest.raises(NotProvedError, match="imports"):
        check_imports(tmp_path)
    (tmp_path / "course_utils").mkdir()
    (tmp_path / "course_utils/__init__.py").touch()
    check_imports(tmp_path)
