"""What every exercise check shares: hints, what a call may do, and when two results agree."""

import numpy as np
import pytest
import torch

from course_utils.checks import core


def test_a_hint_waits_for_the_second_failure_of_its_own_exercise(capsys):
    def failing(number):
        def judge(answer):
            raise core.Wrong(f"{answer} is not it.")

        return core.exercise(number, hint="look again.")(judge)

    first, second = failing(1), failing(2)
    first(7), first(8), second(9)
    assert capsys.readouterr().out.splitlines() == [
        "Exercise 1: not right yet. 7 is not it.",
        "Exercise 1: not right yet. 8 is not it. Hint: look again.",
        "Exercise 2: not right yet. 9 is not it.",
    ]


def test_an_answer_gets_copies_that_require_what_the_originals_do(capsys):
    array, tensor = np.ones(2), torch.ones(2, requires_grad=True)

    def answer(a, t):
        print("what a student prints to debug")
        return a is array, t is tensor, t.requires_grad

    assert core.call(answer, array, tensor) == (False, False, True)
    assert core.call(answer, array, tensor, in_place=True) == (True, True, True)
    assert capsys.readouterr().out == ""


def test_arguments_that_change_are_noticed():
    with pytest.raises(core.Wrong, match="changes the arrays that it was given"):
        core.call(lambda a: a.sort(), np.array([2.0, 1.0]))


@pytest.mark.parametrize(
    ("got", "agrees"),
    [([1, 2 + 1e-7], True), ([1, 2.001], False), ([[1, 2]], False), ([1, np.nan], False)],
)
def test_same_wants_six_digits_and_one_shape(got, agrees):
    assert core.same(got, [1, 2]) == agrees


def test_the_parts_that_are_right_are_named():
    with pytest.raises(core.Wrong, match="w fit, b not"):
        core.diagnose([1, 3], [1, 2], {}, ("w", "b"))
    with pytest.raises(core.Wrong, match="something divides by zero"):
        core.diagnose([1, np.nan], [1, 2], {})
