"""The checks of 'Start here'."""

import numpy as np
import torch

from course_utils.checks.causes import call, exercise
from course_utils.checks.core import Wrong, diagnose, numbers, same

_MEANS = {
    "'numpy.ndarray' object has no attribute": "It is given an array, and only tensors have this.",
    "is invalid for input of size": "The shape names a fixed number of rows: write −1 instead.",
    "cannot reshape array": "The shape names a fixed number of rows: write −1 instead.",
    "could not be broadcast": "Print both shapes and write them below each other.",
    "'Tensor' object has no attribute": "It is given tensors too: use what both have, as reshape.",
}


@exercise(1, hint="the sum of the numbers is values.sum(), and len(values) is how many they are.")
def average(answer):
    """Judge `average(values)`: the mean of an array of shape (n,)."""
    for values in (
        np.array([9.0, -1.5, 6.5, 2.5, 17.0, 3.0, 20.0]),
        np.array([4.0, 30.0, -8.0, 1.5, 2.5, 11.0, 5.0, 3.0]),
    ):
        n, total = len(values), values.sum()
        mistakes = {
            "That is the sum. For the mean, divide it by how many numbers there are, "
            "len(values).": [total],
            "You divided the sum by one too few: divide by len(values) itself.": [total / (n - 1)],
            "You divided the sum by one too many: divide by len(values) itself.": [total / (n + 1)],
            "That is how many numbers there are.": [n],
            "You divided twice: values.mean() divides already.": [total / n**2],
            "That is the median, the number in the middle; the mean is the sum over the count.": [
                np.median(values)
            ],
            "That is halfway between the smallest and the largest; the mean counts all numbers.": [
                (values.min() + values.max()) / 2
            ],
            "That is the largest of the numbers.": [values.max()],
            "That is the first of the numbers.": [values[0]],
        }
        diagnose(numbers(call(answer, values), ("the mean",)), [total / n], mistakes)
    return "That is all there is to a check: it called your function on numbers of its own."


@exercise(
    2,
    hint="torch.from_numpy(values) makes a tensor, .float() makes it float32, "
    ".reshape(-1, 1) makes it a column.",
)
def to_column(answer):
    """Judge `to_column(values)`: an array of shape (n,) as a float32 tensor of shape (n, 1)."""
    values = np.array([2.5, -1.0, 4.0, 0.5, 8.0, 3.25, -6.0])
    got = call(answer, values, means=_MEANS)
    if isinstance(got, np.ndarray):
        raise Wrong("That is still a NumPy array; torch.from_numpy makes a tensor of it.")
    if not isinstance(got, torch.Tensor):
        raise Wrong(f"Expected a tensor, got a value of type {type(got).__name__}.")
    shape, expected = tuple(got.shape), (7, 1)
    if shape == (1, 7):
        raise Wrong("That is a row, (1, 7): a column of 7 numbers has the shape (7, 1).")
    if shape == (7,):
        raise Wrong("The shape is still (7,), one axis: reshape it to (7, 1).")
    if shape != expected:
        raise Wrong(f"The shape is {shape}; a column of 7 numbers has {expected}.")
    if got.dtype != torch.float32:
        why = "from_numpy keeps the array's own dtype; " if got.dtype == torch.float64 else ""
        kind = str(got.dtype).removeprefix("torch.")
        raise Wrong(f"The shape is right. The dtype is {kind}: {why}.float() makes float32.")
    got = got.detach().numpy().ravel()
    if same(np.sort(got), np.sort(values), rtol=1e-5) and not same(got, values, rtol=1e-5):
        raise Wrong("The shape is right, but the numbers have changed their order.")
    if same(got, np.trunc(values)):
        raise Wrong("The fractions are lost: the numbers became whole ones on the way.")
    diagnose(got, values, {}, rtol=1e-5)
    values = np.array([7.5, 0.25, -3.0, 12.0])
    other = call(answer, values, means=_MEANS)
    if not (same(np.shape(other), (4, 1)) and same(np.ravel(other), values, rtol=1e-5)):
        raise Wrong("With 7 numbers it is right, with 4 it isn't: use values, and let −1 count.")
    return "A row for each number, and the kind that PyTorch's layers want."


@exercise(3, hint="make y a column, too: y.reshape(-1, 1). A column stays one by it.")
def mended_mse(answer):
    """Judge `mended_mse(y_pred, y)`: the MSE of a column for y of shape (n,) or (n, 1)."""
    for n, kind, make in (
        (7, "arrays", np.array),
        (7, "tensors", torch.from_numpy),
        (5, "", np.array),
    ):
        rng = np.random.RandomState(n)
        y = rng.randn(n)
        y_pred = (y + 0.5 * rng.randn(n) + 0.3).reshape(-1, 1)
        errors = y_pred[:, 0] - y
        want = [(errors**2).mean()]
        pairs = y_pred - y
        mistakes = {
            f"That is the mean over all {n**2} pairs, not over {n} rows: y_pred is ({n}, 1), and y "
            "still isn't a column.": [(pairs**2).mean()],
            f"That is the sum over all {n**2} pairs: make y a column, and take the mean.": [
                (pairs**2).sum()
            ],
            f"You summed over the {n} rows; take the mean.": [(errors**2).sum()],
            "That is the mean of the differences: the square is missing.": [errors.mean()],
            "That is the mean of the sizes of the differences: square them instead.": [
                np.abs(errors).mean()
            ],
            "That is the root of the MSE: drop the root.": [np.sqrt(want[0])],
            "It is 0 whatever the predictions are: is y_pred compared with itself?": [0.0],
        }
        for shape in ((n,), (n, 1)):
            got = call(answer, make(y_pred), make(y.reshape(shape)), means=_MEANS)
            size = tuple(getattr(got, "shape", ()))
            if len(size) == 2 and size[0] == n:
                raise Wrong(f"Expected one number, got a table of shape {size}: take the mean.")
            got = numbers(got, ("the MSE",))
            if shape == (n, 1) and not same(got, want):
                raise Wrong(
                    f"For y of shape ({n},) it is right, for y of shape ({n}, 1) it isn't. "
                    "There both are columns, and both must stay so: reshape(-1, 1) keeps a column."
                )
            if kind == "tensors" and not same(got, want):
                raise Wrong("With arrays it is right, with tensors it isn't: use what both have.")
            diagnose(got, want, mistakes)
    return "Row by row, whether y comes flat or as a column."
