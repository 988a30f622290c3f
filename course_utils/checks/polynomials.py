"""The checks of 'Fitting polynomials'. NumPy and closed forms are the oracle."""

import numpy as np
import torch

from course_utils.checks.causes import call, exercise
from course_utils.checks.core import Wrong, arrays, diagnose, numbers, same


@exercise(
    1,
    hint="x.reshape(-1, 1) is a column, torch.arange(n) a row of exponents; column ** row "
    "broadcasts to a table.",
)
def power_matrix(answer):
    """Judge `power_matrix(x, n)`: columns 1, x, x², … as a tensor of shape (len(x), n)."""
    means = {
        "must match the size": "PyTorch tried to pair the numbers of x with the exponents one by "
        "one. Make x a column first, so that every x meets every exponent."
    }
    # With as many numbers as exponents a missing column shape would go unnoticed.
    for x, n in (([0.5, -1.5, 2.0, 0.0, 3.0, 1.25], 4), ([1.5, -0.5, 3.0], 3), ([-2.0, 0.4], 5)):
        x = torch.tensor(x)
        got = call(answer, x, n, means=means)
        if tuple(np.shape(got)) == (n,) == tuple(x.shape):
            raise Wrong(
                f"{n} numbers and {n} powers give shape ({n}, {n}), not ({n},): make x a column "
                "first."
            )
        (got,) = arrays(got, {"the matrix": (len(x), n)})
        want = np.vander(x.double().numpy(), n, increasing=True)
        column, exponents = x.double().numpy()[:, None], np.arange(n, dtype=float)
        mistakes = {
            "The powers come in falling order: the constant column of ones belongs first, "
            "so that W[0] is the constant.": want[:, ::-1],
            "It begins with x: the first column is x⁰, all ones, and the last is "
            f"x to the power {n - 1}.": want * column,
            "Each column is a multiple of x: write a power, **, not a product.": column * exponents,
            "Those are exponents raised to x: swap base and exponent.": exponents[None] ** column,
            "The shape is right, the order isn't: that is the transpose, reshaped.": (
                want.T.reshape(len(x), n)
            ),
        }
        diagnose(got, want, mistakes, rtol=1e-5)
    return "Each row holds the powers of one x, each column one power of all of them."


@exercise(
    2,
    hint="the eigenvalues of 2/n·AᵀA give a factor 1 − lr·λ for each mode. The largest in size is "
    "the slowest: multiply by it until at most the share is left, and count.",
)
def epochs_needed(answer):
    """Judge `epochs_needed(A, lr, share)`: the least k with |1 − lr·λ|ᵏ ≤ share for every mode."""
    for seed, n, d, part, share in ((4, 7, 2, 0.31, 0.004), (8, 9, 3, 0.37, 0.03)):
        A = np.random.RandomState(seed).rand(n, d) + 0.1
        _judge_epochs(answer, A, part, share)
    # Near the limit, the steepest mode is the slowest: its factor is close to −1.
    A = np.random.RandomState(5).randn(8, 3)
    _judge_epochs(answer, A, 0.985, 0.06)
    if not same(_epochs(call(answer, A, 0.1 / _curvatures(A)[-1], 1.0)), [0]):
        raise Wrong("With share = 1 nothing has to shrink: that takes 0 epochs.")
    return "The targets play no part, and nothing was trained."


def _curvatures(A):
    return np.linalg.eigvalsh(2 / len(A) * A.T @ A)


def _epochs(got):
    return numbers(got, ("the number of epochs",))


def _until(factor, share):
    """Return the least k with factor**k <= share, or nan if there is none."""
    factor = abs(factor)
    if not 0 < factor < 1:
        return np.nan
    return np.ceil(np.log(share) / np.log(factor))


def _judge_epochs(answer, A, part, share):
    curvatures = _curvatures(A)
    lr = part * 2 / curvatures[-1]
    got = _epochs(call(answer, A, lr, share))
    factors = 1 - lr * curvatures
    slowest = factors[np.argmax(np.abs(factors))]
    want = _until(slowest, share)
    half = 1 - lr / 2 * curvatures  # without the 2 of H
    summed = 1 - lr * len(A) * curvatures
    mistakes = {
        "Close to the limit the flattest mode isn't the slowest: the factor of the steepest is "
        "close to −1. Take the largest of all sizes.": [_until(factors[0], share)],
        "Take the size of each factor first, then the largest: a negative factor counts as much "
        "as a positive one.": [_until(factors.max(), share)],
        "That is the fastest mode's number. The slowest decides: its factor is the largest in "
        "size.": [_until(np.abs(factors).min(), share)],
        "That is the steepest mode's number; the slowest decides.": [_until(factors[-1], share)],
        "That is a fraction of an epoch: round up to a whole one.": [
            np.log(share) / np.log(abs(slowest))
        ],
        "One too few: more than the share is still left. Go on until at most the share is.": [
            want - 1
        ],
        "One too many.": [want + 1],
        "The sign is wrong: both logarithms are negative, so their quotient is positive.": [-want],
        "The 2 is missing in H = 2/n·AᵀA.": [_until(half[np.argmax(np.abs(half))], share)],
        "The mean is missing in H = 2/n·AᵀA: divide by the number of rows.": [
            _until(summed[np.argmax(np.abs(summed))], share)
        ],
        "You divide by the number of columns; n is the number of rows.": [
            _until(_largest(1 - lr * len(A) / A.shape[1] * curvatures), share)
        ],
        "The loss falls so far in that time; the mode's distance takes twice as long.": [
            _until(slowest**2, share)
        ],
        "That turns 1 − lr·λ into e^(−lr·λ), which is close for tiny steps only.": [
            np.ceil(-np.log(share) / (lr * curvatures[0]))
        ],
        "That is 1/(lr·λ) epochs, when about 37% is left. Go on until `share` is.": [
            np.ceil(1 / (lr * curvatures[0]))
        ],
        "That is the factor of an epoch: count how often it takes to reach the share.": [
            abs(slowest)
        ],
        "That is κ. The number of epochs depends on lr and share, too.": [
            curvatures[-1] / curvatures[0]
        ],
        **{
            f"You used lr = {rate} instead of the lr given.": [
                _until(_largest(1 - rate * curvatures), share)
            ]
            for rate in (0.05, 0.1)
        },
    }
    diagnose(got, [want], mistakes)


def _largest(factors):
    return factors[np.argmax(np.abs(factors))]


@exercise(
    3,
    hint="the curve has three cliffs, one for each mode. A mode's cliff comes at some number over "
    "lr·λ; κ is the largest λ over the smallest.",
)
def kappa(answer):
    """Judge `kappa`: the condition number read off the cliffs of a loss curve, within two."""
    if isinstance(answer, str):
        raise Wrong("Type a number, without quotes.")
    if isinstance(answer, tuple):
        raise Wrong("Expected one number: Python writes it without a comma.")
    (got,) = numbers(answer, ("κ",))
    if 2500 <= got <= 10_000:
        return "It is 5,000. You read a bowl's shape off its loss, without seeing the data."
    for low, high, told in (
        (-np.inf, 0, "κ is a ratio of two curvatures, and both are positive."),
        (1 / 10_000, 1 / 2500, "That is the smallest λ over the largest: κ is the other way."),
        (0, 1, "κ is the largest λ over the smallest: it is at least 1."),
        (
            15,
            30,
            "That is the ratio of two heights. How fast a mode falls doesn't depend on how "
            "high the loss was: divide the epochs of the cliffs.",
        ),
        (30, 60, "That is from the first cliff to the second: go on to the last."),
        (80, 200, "That is from the second cliff to the last: begin with the first."),
        (300, 500, "That is a ratio of heights, perhaps: divide the epochs of the cliffs."),
        (
            50_000,
            2_000_000,
            "That is the epoch of the last cliff. Divide it by that of the "
            "first: the learning rate cancels.",
        ),
    ):
        if low < got < high:
            raise Wrong(told)
    raise Wrong("Read off the epoch of the first cliff and of the last, and take their ratio.")
