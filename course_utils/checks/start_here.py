"""The checks of 'Start here'."""

import numpy as np

from course_utils.checks.causes import call, exercise
from course_utils.checks.core import Wrong, arrays, diagnose, numbers, same

_MEANS = {
    "cannot reshape array": "The new shape must hold all the numbers: a −1 counts them for you.",
    "could not be broadcast": "Print both shapes and write them below each other.",
    "'builtin_function_or_method'": "A method's parentheses are missing, as in values.sum().",
    "AssertionError": "The assert says that the shapes differ: first give y the other's shape.",
    "converted to a scalar index": "reshape takes a shape: y_pred.shape.",
}


@exercise(1, hint="the sum of the numbers is values.sum(), and len(values) is how many there are.")
def average(answer):
    """Judge `average(values)`: the mean of an array of shape (n,)."""
    for values in (
        np.array([9.0, -1.5, 6.5, 2.5, 17.0, 3.0, 20.0]),
        np.array([4.0, 33.0, -8.0, 1.5, 2.5, 11.0, 5.0, 3.0, 0.5, 1.0, 7.5]),
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
            "Only the first number is counted: is the return inside the loop?": [values[0] / n],
            "You rounded: return the mean as it is.": [round(total / n, 2)],
            "You rounded to a whole number: return the mean as it is.": [total // n],
            "It is upside down: divide the sum by how many there are.": [n / total],
        }
        for k in {2, 3, 4, 5, 7, 10} - {n - 1, n}:
            mistakes[f"You divided by {k}: use len(values)."] = [total / k]
        got = call(answer, values, means=_MEANS)
        if callable(got):
            raise Wrong("You return the method itself: its parentheses are missing.")
        diagnose(numbers(got, ("the mean",)), [total / n], mistakes)
    return "That is all there is to a check: it called your function on numbers of its own."


@exercise(2, hint="give y the shape of the predictions: reshape takes any shape, y_pred.shape too.")
def fixed_mse(answer):
    """Judge `fixed_mse(y_pred, y)`: the MSE row by row, each of shape (n,) or (n, 1)."""
    for n in (7, 5):
        rng = np.random.RandomState(n)
        y = rng.randn(n)
        y_pred = y + 1.5 * rng.randn(n) + 0.3
        errors = y_pred - y
        want = [(errors**2).mean()]
        mistakes = {
            f"You summed over the {n} rows; take the mean.": [(errors**2).sum()],
            "That is the mean of the differences: the square is missing.": [errors.mean()],
            "That is the mean of the sizes of the differences: square them instead.": [
                np.abs(errors).mean()
            ],
            "That is the square of the mean difference: square first, then take the mean.": [
                errors.mean() ** 2
            ],
            "That is the root of the MSE: leave out the root.": [np.sqrt(want[0])],
            "It is 0 whatever the predictions are: is y_pred compared with itself?": [0.0],
            "The predictions are compared with themselves, over all pairs.": [2 * y_pred.var()],
            "Each prediction is compared with the mean of y, not with the y of its row.": [
                ((y_pred - y.mean()) ** 2).mean()
            ],
            "You sorted: each prediction belongs to the value in its own row.": [
                ((np.sort(y_pred) - np.sort(y)) ** 2).mean()
            ],
        }
        pairs = [((y_pred[:, None] - y) ** 2).mean()]
        sums = [((y_pred[:, None] - y) ** 2).sum()]
        right = ""
        for shapes in (((n, 1), (n,)), ((n, 1), (n, 1)), ((n,), (n,)), ((n,), (n, 1))):
            case = f"y_pred of shape {shapes[0]} and y of shape {shapes[1]}"
            got = call(answer, y_pred.reshape(shapes[0]), y.reshape(shapes[1]), means=_MEANS)
            size = tuple(getattr(got, "shape", ()))
            if size and size[0] == n:
                raise Wrong(f"Expected one number, got an array of shape {size}: take the mean.")
            got = numbers(got, ("the MSE",))
            if same(got, pairs) or same(got, sums):
                what = "mean" if same(got, pairs) else "sum"
                raise Wrong(
                    f"{right}For {case}, that is the {what} over all {n**2} pairs, not over {n} "
                    "rows: give both one shape."
                )
            if right and not same(got, want):
                raise Wrong(f"{right}For {case} it isn't.")
            diagnose(got, want, mistakes)
            right = f"For {case} it is right. "
    return "Row by row, whichever of the two is flat."


@exercise(
    3,
    hint="table.sum(axis=1) is the sum of each row; as a column, it stands beside the rows.",
)
def shares(answer):
    """Judge `shares(table)`: each number of a table as a share of the sum of its row."""
    for table in (
        np.array([[1.0, 2.0, 5.0, 2.0], [7.0, 0.5, 1.5, 4.0], [3.0, 9.0, 6.0, 13.0]]),
        np.array([[8.0, 1.5], [2.0, 11.0]]),  # square: silent mistakes
    ):
        n, m = table.shape
        want = table / table.sum(axis=1).reshape(-1, 1)
        mistakes = {
            "These are shares of the sum of each column: each row must add up to 1.": (
                table / table.sum(axis=0)
            ),
            "These are shares of the sum of the whole table: each row must add up to 1.": (
                table / table.sum()
            ),
            "You divided by the mean of the row: divide by its sum.": want * m,
            "You divided by the largest number of the row: divide by its sum.": (
                table / table.max(axis=1).reshape(-1, 1)
            ),
            "These are percentages: shares add up to 1, not to 100.": 100 * want,
            "You subtracted the sums: divide by them.": table - table.sum(axis=1).reshape(-1, 1),
            "It is upside down: the sum divided by each number.": 1 / want,
            "You rounded: return the shares as they are.": want.round(2),
        }
        if n == m:
            mistakes |= {
                "The sums are right, but flat: NumPy took them as one row, without a message, "
                "because this table has as many rows as columns. Make them a column.": (
                    table / table.sum(axis=1)
                ),
            }
        got = call(answer, table, means=_MEANS)
        if getattr(got, "shape", ()) in ((n,), (n, 1)):
            raise Wrong("You return one number for each row: divide the table by them.")
        (got,) = arrays(got, {"the shares": (n, m)})
        diagnose(got, want, mistakes)
    return "Each row adds up to 1, even where flat sums would not be refused."
