"""Every exercise: right answers in several styles are right, and the notebook's data are named."""

from types import ModuleType

import numpy as np
import pytest

from course_utils.checks import causes
from tests.lessons.wrong_answers import answers_of
from tests.support.lessons import NUMBERS, exercises, one_line, run_cell, run_lesson

EXERCISES = [(number, exercise) for number in NUMBERS for exercise in exercises(number)]


RIGHT = [
    pytest.param(number, exercise, answer, id=f"{number}-{exercise.name}-{k}")
    for number, exercise in EXERCISES
    for k, answer in enumerate(answers_of(number).RIGHT[exercise.name])
]


@pytest.mark.parametrize(("number", "exercise", "answer"), RIGHT)
def test_right_answers_in_different_styles_are_right(number, exercise, answer):
    names = dict(run_lesson(number))
    run_cell(answer, names)
    assert ": right. " in one_line(lambda: exec(exercise.check, names))


@pytest.mark.parametrize(("number", "exercise"), EXERCISES)
def test_at_least_five_styles_of_a_right_answer_are_known(number, exercise):
    answers = [exercise.solution, *answers_of(number).RIGHT[exercise.name]]
    assert len(set(answers)) >= 5


def reader():
    """Read data, a tool and an attribute that has the name of data."""
    return [series.mean() + ModuleType.hidden for _ in range(2)], np.ones(2), tool()


def tool():
    """Stand for a function of the notebook."""


class Reader:
    """Read the notebook's data in a method."""

    def read(self):
        """Read, in a function within."""
        return (lambda: series)()


def caller():
    """Call a function that reads the notebook's data."""
    return Reader().read(), reader()


series, hidden = [1.0, 2.0], 3


@pytest.mark.parametrize("answer", [reader, Reader, caller])
def test_data_of_the_notebook_are_named_however_they_are_read(answer):
    assert causes.notebook_data(answer) == ["series"]


@pytest.mark.parametrize("answer", [tool, np.mean, 0.5, None, [series], ModuleType])
def test_tools_and_values_read_no_data_of_the_notebook(answer):
    assert causes.notebook_data(answer) == []
