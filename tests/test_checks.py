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
    with pytest.raises(core.Wrong, match="changes the arrays it was given"):
        core.call(lambda a: a.sort(), np.array([2.0, 1.0]))


@pytest.mark.parametrize(
    ("got", "agrees"),
    [([1, 2 + 1e-7], True), ([1, 2 + 1e-5], False), ([[1, 2]], False), ([1, np.nan], False)],
)
def test_same_wants_six_digits_and_one_shape(got, agrees):
    assert core.same(got, [1, 2]) == agrees


def test_the_parts_that_are_right_are_named():
    with pytest.raises(core.Wrong, match="w is right, b isn't"):
        core.diagnose([1, 3], [1, 2], {}, ("w", "b"))
    with pytest.raises(core.Wrong, match="something divides by zero"):
        core.diagnose([1, np.nan], [1, 2], {})


def test_a_generator_is_as_good_as_a_list():
    assert core.call(lambda n: (k**2 for k in range(n)), 3) == [0, 1, 4]


CAME = [
    ((1, 2), "a tuple of 2"),
    ([1], "a list of 1"),
    (np.ones((2, 3)), "an array of shape (2, 3)"),
    (0.5, "a float"),
    (7, "an int"),
    (ValueError(), "a ValueError"),
    (OSError(), "an OSError"),
    (None, "a NoneType"),
    (torch.tensor(2.0), "a Tensor"),
    ("text", "a str"),
    (dict.fromkeys("pqrs", 1), "a dict"),
]


@pytest.mark.parametrize(("value", "named"), CAME, ids=[named for _, named in CAME])
def test_what_was_expected_and_what_was_returned_are_named(value, named):
    def wrong(function, *arguments):
        with pytest.raises(core.Wrong) as told:
            function(*arguments)
        return str(told.value)

    assert f"Expected a function, got {named}:" in wrong(core.call, value)
    four = ("p", "q", "r", "s")
    assert wrong(core.numbers, value, four) == f"Expected 4 numbers (p, q, r, s), got {named}."
    part = {"p": (2, 2), "q": ()}
    assert (
        wrong(core.arrays, value, {**part, "r": ()})
        == f"Expected 3 results (p, q, r), got {named}."
    )


@pytest.mark.parametrize("value", [{}, "text"])
def test_text_is_no_number(value):
    with pytest.raises(core.Wrong, match=r"Expected a number for p, got a (dict|str)"):
        core.numbers(value, ("p",))
    with pytest.raises(core.Wrong, match=r"Expected a number for q, got a (dict|str)"):
        core.numbers([1, value], ("p", "q"))
    with pytest.raises(core.Wrong, match=r"Expected numbers for p, got a (dict|str)"):
        core.arrays(value, {"p": ()})


def test_a_number_may_come_as_an_array_of_one():
    got = core.numbers([np.array([[2]]), True], ("p", "q"))
    assert got.tolist() == [2.0, 1.0]
    assert got.dtype == float


def test_a_shape_that_is_wrong_is_told_with_its_likely_cause():
    with pytest.raises(core.Wrong, match=r"one number for p, got shape \(2, 2\)\. Was an"):
        core.numbers(np.ones((2, 2)), ("p",))
    with pytest.raises(core.Wrong, match=r"one number for p, got shape \(2,\)\. Is a mean"):
        core.numbers(np.ones(2), ("p",))
    with pytest.raises(core.Wrong, match=r"of shape \(2, 3\), got shape \(3, 2\)\. That"):
        core.arrays(torch.ones(3, 2), {"p": (2, 3)})
    with pytest.raises(core.Wrong, match=r"got shape \(2, 2\)\.$"):
        core.arrays(torch.ones(2, 2), {"p": (2, 3)})


def test_numbers_are_shown_with_four_digits():
    assert core.shown(2 / 3) == "0.6667"
    assert core.shown([2 / 3, 12345.6]) == "(0.6667, 1.235e+04)"
