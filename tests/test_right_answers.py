"""Every exercise: right answers in several styles, and data that no mistake meets by chance."""

import importlib
import inspect
import io
from contextlib import redirect_stdout
from itertools import combinations
from types import ModuleType

import numpy as np
import pytest

from course_utils.checks import causes, core
from tests.lessons import NUMBERS, exercises, run_lesson

EXERCISES = [(number, exercise) for number in NUMBERS for exercise in exercises(number)]
FUNCTIONS = [
    pytest.param(number, exercise, id=f"{number}-{exercise.name}")
    for number, exercise in EXERCISES
    if exercise.solution.startswith("def ")
]


def right_answers(number):
    """Return lesson NN's right answers by exercise."""
    return importlib.import_module(f"tests.wrong_answers.lesson_{number}").RIGHT


RIGHT = [
    pytest.param(number, exercise, answer, id=f"{number}-{exercise.name}-{k}")
    for number, exercise in EXERCISES
    for k, answer in enumerate(right_answers(number)[exercise.name])
]


def told(number, exercise, answer):
    """Run an answer and then its check among the lesson's names, and return what is printed."""
    names = dict(run_lesson(number))
    exec(answer, names)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(exercise.check, names)
    return printed.getvalue()


@pytest.mark.parametrize(("number", "exercise", "answer"), RIGHT)
def test_right_answers_in_different_styles_are_right(number, exercise, answer):
    assert ": right. " in told(number, exercise, answer)


@pytest.mark.parametrize(("number", "exercise"), EXERCISES)
def test_at_least_five_styles_of_a_right_answer_are_known(number, exercise):
    answers = [exercise.solution, *right_answers(number)[exercise.name]]
    assert len(set(answers)) >= 5


@pytest.mark.parametrize(("number", "exercise"), EXERCISES)
def test_no_two_named_mistakes_give_one_result(number, exercise, monkeypatch):
    """A judge that tells one of two causes with the same result may tell the wrong one."""
    compared = []

    def diagnose(got, want, mistakes, names=(), rtol=1e-6):
        results = [("the right answer", want), *mistakes.items()]
        for (one, a), (other, b) in combinations(results, 2):
            assert not core.same(a, b, rtol), f"{one!r} and {other!r} give {a}"
        compared.append(len(results))
        core.diagnose(got, want, mistakes, names, rtol)

    judge = importlib.import_module(f"course_utils.checks.lesson_{number}")
    monkeypatch.setattr(judge, "diagnose", diagnose, raising=False)
    assert ": right. " in told(number, exercise, exercise.solution)


def parameters(exercise):
    """Return the names of the parameters of an exercise's function."""
    names = {}
    head = exercise.solution.split("\n", 1)[0]
    exec(f"{head}\n    pass", names)
    return list(inspect.signature(names[exercise.name]).parameters)


# The solution, with one argument kept from its first call.
FROZEN = """
{solution}

import copy
_right, _kept = {name}, []

def {name}(*arguments):
    _kept or _kept.append(copy.deepcopy(arguments[{k}]))
    return _right(*arguments[:{k}], copy.deepcopy(_kept[0]), *arguments[{k} + 1:])
"""


@pytest.mark.parametrize(("number", "exercise"), FUNCTIONS)
def test_no_argument_has_one_value_in_all_data_sets(number, exercise):
    """Whoever writes a constant for an argument, such as a learning rate, is refused."""
    for k, name in enumerate(parameters(exercise)):
        answer = FROZEN.format(solution=exercise.solution, name=exercise.name, k=k)
        assert "not right yet." in told(number, exercise, answer), f"with {name} fixed"


@pytest.mark.parametrize(("number", "exercise"), FUNCTIONS)
def test_the_notebooks_names_do_not_serve_for_the_arguments(number, exercise):
    """The lesson's own x, lr and so on, where an argument has their name in the solution."""
    _, body = exercise.solution.split("\n", 1)
    for name in parameters(exercise):
        value = run_lesson(number).get(name)
        changed = ", ".join(f"{p}_given" if p == name else p for p in parameters(exercise))
        line = told(number, exercise, f"def {exercise.name}({changed}):\n{body}")
        assert "not right yet." in line, f"with the notebook's {name}"
        if isinstance(value, (int, float, np.ndarray)) and "UnboundLocalError" not in line:
            assert f"It reads {name} from the notebook" in line


def reader():
    """Read data, a tool and an attribute that has the name of data."""
    return [series.mean() + ModuleType.series for _ in range(2)], np.ones(2), tool()


def tool():
    """Stand for a function of the notebook."""


class Reader:
    """Read the notebook's data in a method."""

    def read(self):
        """Read, in a function within."""
        return (lambda: series)()


series = [1.0, 2.0]


def test_only_data_of_the_notebook_are_named():
    assert causes.notebook_data(reader) == ["series"]
    assert causes.notebook_data(Reader) == ["series"]
    assert causes.notebook_data(np.mean) == []
    assert causes.notebook_data(0.5) == []
