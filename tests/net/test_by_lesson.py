"""A lesson's tests run in one process, which runs the lesson's code once."""

import pytest

from tests.plugins.by_lesson import group_of
from tests.support.lessons import NUMBERS, path_of, subject

LAST = NUMBERS[-1]


@pytest.mark.parametrize(
    "test",
    [
        f"tests/lessons/test_{subject(LAST)}.py::test_it[a-3]",
        f"tests/lessons/test_{subject(LAST)}.py::test_it[10]",
        f"tests/lessons/test_exercises.py::test_it[{LAST}]",
        f"tests/lessons/test_exercises.py::test_it[{LAST}-average-2]",
    ],
)
def test_all_tests_of_a_lesson_run_in_one_process(test):
    assert group_of(test) == LAST


def test_the_ladder_and_the_two_lessons_that_it_runs_share_a_process():
    names = ("ladder", "data_loader", "autograd")
    number = path_of("build_your_own_autograd").name[:2]
    tests = [f"tests/lessons/test_{name}.py::test_it" for name in names]
    tests += [f"tests/lessons/test_exercises.py::test_it[{number}]"]
    assert len({group_of(test) for test in tests}) == 1


@pytest.mark.parametrize(
    "test",
    [
        f"notebooks/{LAST}_timing.ipynb::Cell 0",
        "notebooks/an_example.ipynb::Cell 0",
        "tests/commands/test_lock.py::test_it",
        "tests/commands/test_lock.py::test_it[1000]",
        "tests/commands/test_lock.py::test_it[text-01]",
    ],
)
def test_any_other_test_runs_with_the_tests_of_its_file(test):
    assert group_of(test) == test.partition("::")[0]


def test_the_tests_of_set_up_share_a_process_and_so_an_environment():
    files = [f"tests/commands/test_set_up{name}.py" for name in ("", "_pip", "_venv")]
    assert len({group_of(f"{file}::test_it") for file in files}) == 1


def test_the_default_runs_browser_has_one_jupyterlab_and_the_long_run_several():
    file = "tests/browser/test_jupyterlab.py"
    tests = ["test_keys", *(f"test_it[{number}-Dark]" for number in NUMBERS)]
    groups = [group_of(f"{file}::{test}") for test in tests]
    assert len(set(groups[:3])) == 1
    assert len(set(groups)) == (len(NUMBERS) + 1) // 2
