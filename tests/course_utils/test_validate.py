"""A lesson's arguments become float64, or the error says what was expected and given."""

import numpy as np
import pytest
import torch

from course_utils._validate import (
    to_array,
    to_count,
    to_number,
    to_path,
    to_positive,
    to_table,
    to_vector,
    to_vectors,
)


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor])
@pytest.mark.parametrize("shape", [(3,), (3, 1), (1, 3)])
def test_to_array_keeps_the_shape_and_copies(kind, shape):
    values = kind(np.reshape([1, 2, 3], shape).tolist())
    array = to_array("x", values)
    assert array.dtype == np.float64
    assert array.shape == shape
    assert array.ravel().tolist() == [1, 2, 3]
    array[:] = 0
    assert np.ravel(values).tolist() == [1, 2, 3]


@pytest.mark.parametrize("shape", [(4,), (4, 1), (1, 1)])
def test_to_vector_makes_a_column_flat(shape):
    values = np.arange(np.prod(shape)).reshape(shape)
    assert to_vector("x", values).tolist() == values.ravel().tolist()
    assert to_vector("x", values, length=len(values)).shape == (len(values),)


def test_a_tensor_that_requires_grad_is_a_number():
    number = to_number("w", torch.tensor([[1.5]], requires_grad=True))
    assert (number, type(number)) == (1.5, float)


def test_to_count_and_to_positive_accept_their_smallest():
    assert (to_count("steps", 0), to_positive("lr", 1e-300)) == (0, 1e-300)
    assert type(to_count("steps", 7.0)) is int


def test_to_vectors_requires_one_length_and_names_the_argument_that_differs():
    x, y = to_vectors(x=[[1], [2]], y=[3, 4])
    assert (x.tolist(), y.tolist()) == ([1, 2], [3, 4])
    with pytest.raises(ValueError, match="y must have 2 rows, but has 3"):
        to_vectors(x=[1, 2], y=[3, 4, 5])


def test_to_table_accepts_any_size_of_an_axis_given_as_a_word():
    values = [[1, 2, 3], [4, 5, 6]]
    for rows, columns in ((2, 3), ("n", 3), (2, "m"), ("n", "m")):
        assert to_table("A", values, rows, columns).tolist() == values


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda: to_array("p", "ab"), "p must be numbers in the shape of an array, got 'ab'."),
        (lambda: to_array("p", [[1], [2, 3]]), "p must be numbers in the shape of an array, got "),
        (lambda: to_array("p", {"a": 1}), "p must be numbers in the shape of an array, got "),
        (lambda: to_array("p", []), "p must hold at least one number, but it is empty."),
        (
            lambda: to_array("p", [1, np.nan, -np.inf]),
            "p must be finite, but 2 of its 3 numbers are NaN or infinite.",
        ),
        (
            lambda: to_vector("x", np.ones((2, 2))),
            "x must have shape (n,) or (n, 1), but has shape (2, 2).",
        ),
        (
            lambda: to_vector("x", np.ones((2, 1, 1))),
            "x must have shape (n,) or (n, 1), but has shape (2, 1, 1).",
        ),
        (lambda: to_vector("x", 1.0), "x must have shape (n,) or (n, 1), but has shape ()."),
        (lambda: to_vector("x", [1, 2], length=3), "x must have 3 rows, but has 2."),
        (lambda: to_vector("x", ["a"]), "x must be numbers"),
        (
            lambda: to_table("A", [[1, 2]], "splits", 3),
            "A must have shape (splits, 3), but has shape (1, 2).",
        ),
        (
            lambda: to_table("A", [[1, 2]], 2, "m"),
            "A must have shape (2, m), but has shape (1, 2).",
        ),
        (lambda: to_table("A", [1, 2]), "A must have shape (n, m), but has shape (2,)."),
        (
            lambda: to_path("path", [[1, 2, 3]]),
            "path must have shape (steps + 1, 2), but has shape (1, 3).",
        ),
        (
            lambda: to_path("path", [[1, 2]], length=5),
            "path must have shape (5, 2), but has shape (1, 2).",
        ),
        (lambda: to_number("w", [1, 2]), "w must be one number, but has shape (2,)."),
        (lambda: to_number("w", np.nan), "w must be finite"),
        (lambda: to_positive("lr", 0), "lr must be positive, got 0."),
        (lambda: to_positive("lr", -0.5), "lr must be positive, got -0.5."),
        (lambda: to_positive("lr", [1, 2]), "lr must be one number"),
        (lambda: to_count("k", -1), "k must be a whole number of at least 0, got -1."),
        (lambda: to_count("k", 0.5), "k must be a whole number of at least 0, got 0.5."),
        (lambda: to_count("k", [1, 2]), "k must be one number"),
    ],
)
def test_an_error_says_what_was_expected_and_what_was_given(work, words):
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - the words are compared below
        work()
    assert str(raised.value).startswith(words)


def test_a_long_value_is_quoted_in_part():
    with pytest.raises(ValueError, match=r"got 'a{79}\.$"):
        to_array("p", "a" * 500)
