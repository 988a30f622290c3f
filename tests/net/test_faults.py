"""Every fault of the bank still applies, and the runner sees whether a test notices it."""

import ast
import shutil
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from commands import build
from tests.net.faults import __main__ as runner
from tests.net.faults.__main__ import (
    NotProvedError,
    check_imports,
    copy_into_notebook,
    failing_anyway,
    noticed_by,
)
from tests.net.faults.bank import Fault, faults
from tests.net.faults.random_faults import Source, all_changes, all_files, random_faults
from tests.support.lessons import NUMBERS, ROOT, UNNUMBERED, path_of
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
    """If it doesn't, the message quotes the old text: bring the entry up to date."""
    copied = tmp_path / fault.file
    copied.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / fault.file, copied)
    fault.apply(tmp_path)
    assert copied.read_bytes() != (ROOT / fault.file).read_bytes()
    if copied.suffix == ".py":
        ast.parse(copied.read_text("utf-8"))
    assert all((ROOT / path).exists() for path in fault.tests if path.endswith((".py", ".ipynb")))


def test_faults_of_a_notebook_without_a_number_are_tried_on_it(tmp_path):
    files = [name for name in all_files() if Path(name).stem in UNNUMBERED]
    for fault in random_faults(len(files), 0, files):
        assert fault.lesson == ""
        assert f"notebooks/{Path(fault.file).stem}.ipynb" in fault.tests


@pytest.mark.parametrize("text", ["none", "twice twice"])
def test_the_message_about_a_fault_that_does_not_apply_names_it(tmp_path, text):
    (tmp_path / "a.py").write_text(text)
    with pytest.raises(ValueError, match=r"a\.py: the fault 'a mistake' needs .* found it \d time"):
        Fault("a.py", "a mistake", "twice", "once").apply(tmp_path)


def test_a_lessons_fault_is_copied_into_its_notebook(tmp_path):
    """Otherwise every fault would be noticed by the test that the two agree."""
    lesson = path_of("gradient_descent_by_hand")
    for path in (lesson, build.notebook_of(lesson), ROOT / "pyproject.toml"):
        (tmp_path / path.relative_to(ROOT)).parent.mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / path.relative_to(ROOT))
    copied = tmp_path / "lessons" / lesson.name
    copied.write_text(copied.read_text("utf-8").replace("RandomState(42)", "RandomState(43)"))
    copy_into_notebook(copied)
    assert build.differences(copied, build.notebook_of(copied)) == []
    assert "RandomState(43)" in build.notebook_of(copied).read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("pass", ""),
        ("assert False", "test_it.py::test_it"),
        ("import time; time.sleep(60)", "no end after 3 s"),
        ("import os; os._exit(1)", "pytest ended with 1"),
    ],
)
def test_the_runner_returns_what_notices_a_fault(tmp_path, test, expected):
    (tmp_path / "test_it.py").write_text(f"def test_it():\n    {test}\n")
    seconds = 3 if "no end" in expected else 100
    assert noticed_by(tmp_path, ("test_it.py",), seconds) == expected


def test_a_fault_that_only_a_slow_test_notices_is_noticed(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -m 'not slow'\nmarkers = slow")
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\ndef test_quick():\n    pass\n\n"
        "@pytest.mark.slow\ndef test_slow():\n    assert False\n"
    )
    assert noticed_by(tmp_path, ("test_it.py",), 100) == "test_it.py::test_slow"


def test_missing_tests_prove_nothing(tmp_path):
    with pytest.raises(NotProvedError):
        noticed_by(tmp_path, ("test_that_does_not_exist.py",), 60)


@pytest.mark.slow
def test_the_tests_that_fail_without_a_fault_are_found(tmp_path, capfd):
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\n@pytest.mark.parametrize('k', ['- [', 'b'])\n"
        "def test_right(k):\n    pass\n\ndef test_wrong():\n    assert False\n"
    )
    right, wrong = "test_it.py::test_right", "test_it.py::test_wrong"
    assert failing_anyway([f"{right}[- []", "no end after 3 s"], tmp_path, 1) == set()
    assert "Without a fault, 1 of 1 tests pass" in capfd.readouterr().out
    assert failing_anyway([wrong, f"{right}[b]"], tmp_path, 1) == {wrong}
    assert f"it proves nothing: {wrong}\n" in capfd.readouterr().out
    assert failing_anyway(["no end after 3 s", ""], tmp_path, 1) == set()
    notebook = new_notebook(cells=[new_code_cell("a = 1"), new_code_cell("a", execution_count=2)])
    notebook.cells[1].outputs = [new_output("execute_result", {"text/plain": "1"})]
    nbformat.write(notebook, tmp_path / "it.ipynb")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --nbval")
    assert failing_anyway(["it.ipynb::Cell 1"], tmp_path, 1) == set(), "it needs the cell before"
    (tmp_path / "test_broken.py").write_text("import nothing_of_the_kind")
    with pytest.raises(NotProvedError, match="nothing_of_the_kind"):
        failing_anyway(["test_broken.py"], tmp_path, 1)


@pytest.mark.slow
def test_a_test_that_fails_anyway_proves_nothing_and_its_faults_are_tried_without_it(
    tmp_path, monkeypatch, capfd
):
    """As one that depends on what ran before it: two faults would seem to be noticed."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "course_utils").mkdir()
    (tmp_path / "course_utils/__init__.py").touch()
    (tmp_path / "a.py").write_text("right = True\nunseen = 1\n")
    (tmp_path / "test_a.py").write_text(
        "import a\n\ndef test_anyway():\n    assert False\n\n"
        "def test_right():\n    assert a.right\n"
    )
    copied = {"dirs_exist_ok": True}
    monkeypatch.setattr(runner, "copy_course", lambda to: shutil.copytree(tmp_path, to, **copied))
    monkeypatch.setattr(Fault, "tests", ("test_a.py",))
    bad = [Fault("a.py", "wrong", "True", "False"), Fault("a.py", "not seen", "1", "2")]
    assert runner.try_all(bad) == ["a.py: not seen"]
    printed = capfd.readouterr().out
    assert printed.count("noticed by test_a.py::test_anyway") == 2
    assert printed.count("wrong: noticed by test_a.py::test_right") == 1
    assert "1 of 2 faults were noticed" in printed


def test_the_runner_refuses_a_copy_that_imports_other_code(tmp_path):
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
    plot(pairs.reshape(-1, 3), alpha=0.8, width=0.8, **{"linewidth": 3.0, "length": 3.0})
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
    'plot(pairs.reshape(-1, 4), alpha=0.8, width=0.8, **{"linewidth": 3.0, "length": 3.0})',
    'plot(pairs.reshape(1, 3), alpha=0.8, width=0.8, **{"linewidth": 3.0, "length": 3.0})',
    'plot(pairs.reshape(3, -1), alpha=0.8, width=0.8, **{"linewidth": 3.0, "length": 3.0})',
    'plot(pairs.reshape(-1, 3), width=0.8, **{"linewidth": 3.0, "length": 3.0})',
    'plot(pairs.reshape(-1, 3), alpha=0.4, width=0.8, **{"linewidth": 3.0, "length": 3.0})',
    'plot(pairs.reshape(-1, 3), alpha=0.8, **{"linewidth": 3.0, "length": 3.0})',
    'plot(pairs.reshape(-1, 3), alpha=0.8, width=0.808, **{"linewidth": 3.0, "length": 3.0})',
    'plot(pairs.reshape(-1, 3), alpha=0.8, width=0.8, **{"qinewidth": 3.0, "length": 3.0})',
    'plot(pairs.reshape(-1, 3), alpha=0.8, width=0.8, **{"linewidth": 1.5, "length": 3.0})',
    'plot(pairs.reshape(-1, 3), alpha=0.8, width=0.8, **{"linewidth": 3.0, "qength": 3.0})',
    'plot(pairs.reshape(-1, 3), alpha=0.8, width=0.8, **{"linewidth": 3.0, "length": 3.03})',
    'return f"an area of {max(total, 7):.2f} qquare metres", pairs',
]


def changed_lines(tmp_path, text):
    """Return the lines that the rules make of a text, each with one change."""
    path = tmp_path / "a.py"
    path.write_text(text, "utf-8")
    source = Source(path)
    changes = all_changes("a.py", source)
    return [source.fault("a.py", *change).name.partition(" becomes ")[2] for change in changes]


def test_each_rule_makes_its_faults_and_no_others(tmp_path):
    # From Python 3.12 on, the code inside an f-string is changed too.
    assert {line for line in changed_lines(tmp_path, CODE) if "max(total, 7)" in line} == {
        RULES[-1]
    }
    assert {line for line in changed_lines(tmp_path, CODE) if "return" not in line} == set(
        RULES[:-1]
    )


def test_operators_between_brackets_and_comments_are_found(tmp_path):
    lines = changed_lines(tmp_path, "t = (a) \\\n    is not (b)\nx = (a  # one + two\n    * b)\n")
    assert lines == ["is (b)", "/ b)"]


def test_cells_that_nothing_compares_are_left_alone(tmp_path):
    (tmp_path / "a.py").write_text('x = 1\n# %% tags=["exercise"]\ny = 1\n\n# %%\nz = 1\n')
    source = Source(tmp_path / "a.py")
    first = [source.text[change[0] - 4] for change in all_changes("lessons/a.py", source)]
    assert first == ["x", "z"]


@pytest.mark.slow
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
