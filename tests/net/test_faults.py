"""The bank of faults cannot rot: each still applies, and its runner tells red from green."""

import ast
import shutil
from collections import Counter

import pytest

from commands import build
from tests.net.faults.__main__ import NotProvedError, check_imports, noticed, take_over
from tests.net.faults.bank import Fault, faults
from tests.net.faults.random_faults import Source, all_files, changes_of, random_faults
from tests.support.lessons import NUMBERS, ROOT, path_of
from tests.support.modules import COURSE_UTILS

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
    lesson = path_of("gradient_descent_by_hand")
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


CODE = """
import math as m

def area(radius: float = 2.0, strict=True):
    "A docstring with words."
    if not radius > 0 or radius == 1:
        raise ValueError(f"the radius is {radius}")
    total = -m.pi * radius**2
    total += round(radius, ndigits=3)
    pairs = zip(total, radius, strict=True)
    return f"an area of {max(total, 7):.2f} square metres", pairs
"""
RULES = [
    "def area(radius: float = 2.02, strict=True):",
    "def area(radius: float = 2.0, strict=False):",
    "if radius > 0 or radius == 1:",
    "if not radius >= 0 or radius == 1:",
    "if not radius > 1 or radius == 1:",
    "if not radius > 0 and radius == 1:",
    "if not radius > 0 or radius != 1:",
    "if not radius > 0 or radius == 2:",
    "total = m.pi * radius**2",
    "total = -m.pi / radius**2",
    "total = -m.pi * radius*2",
    "total = -m.pi * radius**3",
    "total -= round(radius, ndigits=3)",
    "total += round(radius, )",
    "total += round(radius, ndigits=4)",
    "pairs = zip(radius, total, strict=True)",
    'return f"an area of {max(total, 7):.2f} qquare metres", pairs',
]


def made_of(tmp_path, text):
    """Return the lines that the rules make of a text, each after the change."""
    path = tmp_path / "a.py"
    path.write_text(text, "utf-8")
    source = Source(path)
    found = changes_of("a.py", source)
    return [source.fault("a.py", *change).name.partition(" becomes ")[2] for change in found]


def test_each_rule_makes_its_faults_and_no_others(tmp_path):
    # Python 3.12 and later know where the code in an f-string is, and change it, too.
    assert {line for line in made_of(tmp_path, CODE) if "max(total, 7)" in line} == {RULES[-1]}
    assert {line for line in made_of(tmp_path, CODE) if "return" not in line} == set(RULES[:-1])


def test_an_operator_is_found_between_brackets_and_comments(tmp_path):
    lines = made_of(tmp_path, "t = (a) \\\n    is not (b)\nx = (a  # one + two\n    * b)\n")
    assert lines == ["is (b)", "/ b)"]


def test_the_cells_that_nothing_compares_are_left_alone(tmp_path):
    (tmp_path / "a.py").write_text('x = 1\n# %% tags=["exercise"]\ny = 1\n\n# %%\nz = 1\n')
    source = Source(tmp_path / "a.py")
    first = [source.text[change[0] - 4] for change in changes_of("lessons/a.py", source)]
    assert first == ["x", "z"]


def test_random_faults_apply_and_a_seed_draws_the_same_again(tmp_path):
    drawn = random_faults(60, 3, all_files())
    assert random_faults(60, 3, all_files()) == drawn
    assert random_faults(60, 4, all_files()) != drawn
    assert {fault.file.split("/")[0] for fault in drawn} == {"lessons", "course_utils"}
    for fault in drawn:
        copied = tmp_path / fault.file
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / fault.file, copied)
        fault.apply(tmp_path)
        ast.parse(copied.read_text("utf-8"))
