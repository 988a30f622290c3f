"""The checks of lesson 00, 'Start here'."""

import numpy as np
import torch

from course_utils.checks.core import Wrong, call, diagnose, exercise, numbers, same


@exercise(1, hint="the sum of the numbers is values.sum(), and len(values) is how many they are.")
def average(answer):
    """Judge `average(values)`: the mean of an array of shape (n,)."""
    values = np.array([9.0, -1.5, 6.5, 2.5, 17.0])
    got = numbers(call(answer, values), ("the mean",))
    total = values.sum()
    mistakes = {
        "That is the sum. For the mean, divide it by how many numbers there are, len(values).": [
            total
        ],
        "The sum is divided by one too few: len(values) itself is how many there are.": [total / 4],
        "The sum is divided by one too many: len(values) itself is how many there are.": [
            total / 6
        ],
        "That is how many numbers there are.": [5],
        "It is divided twice: values.mean() divides already.": [total / 25],
        "That is the median, the number in the middle; the mean is the sum over the count.": [
            np.median(values)
        ],
        "That is halfway between the smallest and the largest; the mean counts all numbers.": [
            (values.min() + values.max()) / 2
        ],
        "That is the largest of the numbers.": [values.max()],
        "That is the first of the numbers.": [values[0]],
    }
    diagnose(got, [total / 5], mistakes)
    return "That is all there is to a check: it called your function on numbers of its own."


@exercise(
    2,
    hint="torch.from_numpy(values) makes a tensor, .float() makes it float32, "
    ".reshape(-1, 1) makes it a column.",
)
def to_column(answer):
    """Judge `to_column(values)`: an array of shape (n,) as a float32 tensor of shape (n, 1)."""
    values = np.array([2.5, -1.0, 4.0, 0.5, 8.0, 3.25, -6.0])
    got = _call(answer, values)
    if isinstance(got, np.ndarray):
        raise Wrong("That is still a NumPy array; torch.from_numpy makes a tensor of it.")
    if not isinstance(got, torch.Tensor):
        raise Wrong(f"A tensor is wanted, but {type(got).__name__} came.")
    shape, wanted = tuple(got.shape), (7, 1)
    if shape == (1, 7):
        raise Wrong("That is a row, (1, 7): a column of 7 numbers has the shape (7, 1).")
    if shape == (7,):
        raise Wrong("The shape is still (7,), one axis: reshape it to (7, 1).")
    if shape != wanted:
        raise Wrong(f"The shape is {shape}, and a column of 7 numbers has {wanted}.")
    if got.dtype != torch.float32:
        why = "from_numpy keeps the array's own kind; " if got.dtype == torch.float64 else ""
        kind = str(got.dtype).removeprefix("torch.")
        raise Wrong(f"The shape is right. The dtype is {kind}: {why}.float() makes float32.")
    diagnose(got.numpy().ravel(), values, {}, rtol=1e-5)
    other = _call(answer, values[:4])
    if not same(np.shape(other), (4, 1)):
        raise Wrong("With 7 numbers it is right, with 4 not: let −1 count them.")
    return "A row for each number, and the kind that PyTorch's layers want."


@exercise(3, hint="make y a column, too: y.reshape(-1, 1). A column stays one by it.")
def mended_mse(answer):
    """Judge `mended_mse(y_pred, y)`: the MSE of a column for y of shape (n,) or (n, 1)."""
    rng = np.random.RandomState(3)
    y = rng.randn(7)
    y_pred = (y + 0.5 * rng.randn(7)).reshape(-1, 1)
    errors = y_pred[:, 0] - y
    want = [(errors**2).mean()]
    pairs = y_pred - y
    mistakes = {
        "That is the mean over all 49 pairs, not over 7 rows: y_pred is (7, 1), and y is still no "
        "column.": [(pairs**2).mean()],
        "That is the sum over all 49 pairs: y is no column, and a sum stands for the mean.": [
            (pairs**2).sum()
        ],
        "That is the sum of the squares; the mean is wanted.": [(errors**2).sum()],
        "That is the mean of the differences: the square is missing.": [errors.mean()],
        "That is the mean of the sizes of the differences: square them instead.": [
            np.abs(errors).mean()
        ],
        "That is the root of it: leave the root away.": [np.sqrt(want[0])],
        "It is 0 whatever the predictions are: is y_pred compared with itself?": [0.0],
    }
    for kind, make in (("arrays", np.array), ("tensors", torch.from_numpy)):
        for shape in ((7,), (7, 1)):
            got = _call(answer, make(y_pred), make(y.reshape(shape)))
            size = getattr(got, "shape", ())
            if len(size) == 2 and len(got) == 7:
                raise Wrong(f"A table of shape {tuple(size)} came, not one number: take the mean.")
            got = numbers(got, ("the MSE",))
            if shape == (7, 1) and not same(got, want):
                raise Wrong(
                    "For y of shape (7,) it is right, for y of shape (7, 1) not. A column must "
                    "stay a column: reshape(-1, 1) leaves it as it is."
                )
            if kind == "tensors" and not same(got, want):
                raise Wrong("With arrays it is right, with tensors not: use what both have.")
            diagnose(got, want, mistakes)
    return "Row by row, whether y comes flat or as a column."


def _call(answer, *arguments):
    """Call the answer, and say what the commonest errors mean."""
    means = {
        "'numpy.ndarray' object has no attribute": "An array came in, and this is a tensor's word.",
        "is invalid for input of size": "The shape names a fixed number of rows: write −1 instead.",
        "cannot reshape array": "The shape names a fixed number of rows: write −1 instead.",
        "could not be broadcast": "Print both shapes and write them below each other.",
        "'Tensor' object has no attribute": "Tensors come, too: use what both have, as reshape.",
    }
    try:
        return call(answer, *arguments)
    except Wrong as wrong:
        for words, meaning in means.items():
            if words in str(wrong):
                raise Wrong(f"{wrong} {meaning}") from None
        raise
