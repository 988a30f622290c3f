"""The checks of 'Fitting polynomials'. NumPy and closed forms are the oracle."""

import numpy as np
import torch

from course_utils.checks.causes import call, exercise, fixed_rates
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
            "Those are sums: write a power, **.": column + exponents,
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
    # A small part of the limit, so that a loop ends though its H is n times too large.
    for n, curvatures, part, share in (
        (7, [0.07, 0.5, 1.1], 0.12, 0.004),
        (9, [0.11, 0.3, 0.8, 1.6], 0.1, 0.0007),
    ):
        A = _matrix(n, curvatures)
        lr = part * 2 / curvatures[-1]
        got = _epochs(call(answer, A, lr, share))
        want, mistakes = _judged_epochs(n, np.array(curvatures), lr, share)
        diagnose(got, [want], mistakes)
    # Near the limit, the steepest mode is the slowest: its factor is close to −1.
    A, lr, share = _matrix(8, [0.2, 0.9, 1.5]), 1.31, 0.03
    flattest = {
        "Close to the limit the flattest mode may not be the slowest: here the factor of the "
        "steepest is close to −1. Take the size of each factor, then the largest.": [
            _until(1 - lr * 0.2, share)
        ]
    }
    diagnose(_epochs(call(answer, A, lr, share)), [_until(1 - lr * 1.5, share)], flattest)
    if not same(_epochs(call(answer, A, lr, 1.0)), [0]):
        raise Wrong("With share = 1 nothing has to shrink: that takes 0 epochs.")
    return "The targets play no part, and nothing was trained."


def _matrix(n, curvatures):
    """Return a design matrix of n rows whose Hessian has these eigenvalues."""
    rng, d = np.random.RandomState(n), len(curvatures)
    rows, _ = np.linalg.qr(rng.randn(n, d))
    turn, _ = np.linalg.qr(rng.randn(d, d))
    return rows * np.sqrt(n / 2 * np.array(curvatures)) @ turn


def _epochs(got):
    return numbers(got, ("the number of epochs",))


def _until(factor, share):
    """Return the least k with |factor|**k <= share."""
    return np.ceil(np.log(share) / np.log(abs(factor)))


def _judged_epochs(n, curvatures, lr, share):
    """Return the number of epochs, and what mistakes would give."""

    def needed(curvatures, lr=lr):
        return [_until(np.abs(1 - lr * curvatures).max(), share)]

    slowest = 1 - lr * curvatures[0]
    want, d = _until(slowest, share), len(curvatures)
    mistakes = {
        "That is the fastest mode's number. The slowest decides: its factor is the largest in "
        "size.": [_until(np.abs(1 - lr * curvatures).min(), share)],
        "That is a fraction of an epoch: round up to a whole one.": [
            np.log(share) / np.log(slowest)
        ],
        "One too few: more than the share is still left.": [want - 1],
        "One too many.": [want + 1],
        "The sign is wrong: a number of epochs is positive.": [-want],
        "The 2 is missing in H = 2/n·AᵀA.": needed(curvatures / 2),
        "The mean is missing in H = 2/n·AᵀA: divide by the number of rows.": needed(curvatures * n),
        "The n of H = 2/n·AᵀA is the number of rows; you divide by all entries of A.": needed(
            curvatures / d
        ),
        "The n of H = 2/n·AᵀA is the number of rows; you divide by the columns.": needed(
            curvatures * n / d
        ),
        "The loss falls so far in that time; the distance along the mode takes twice as long.": [
            _until(slowest**2, share)
        ],
        "That turns 1 − lr·λ into e^(−lr·λ), which is close for tiny steps only.": [
            np.ceil(-np.log(share) / (lr * curvatures[0]))
        ],
        "That is 1/(lr·λ) epochs, when about 37% is left: go on until `share` is.": [
            np.ceil(1 / (lr * curvatures[0]))
        ],
        "That is the factor of an epoch: count how often it takes to reach the share.": [slowest],
        "That is what is left at the end: return the number of epochs.": [slowest**want],
        "That is κ. The number of epochs depends on lr and share, too.": [
            curvatures[-1] / curvatures[0]
        ],
        "The learning rate isn't used.": needed(curvatures, 1),
        **fixed_rates(lambda rate: needed(curvatures, rate)),
    }
    return want, mistakes


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
    if answer is None:
        raise Wrong("This is None: type a number.")
    (got,) = numbers(answer, ("κ",))
    if 2000 <= got <= 12_500:
        return "It is 5,000. You read a bowl's shape off its loss, without seeing the data."
    for low, high, told in (
        (-np.inf, 0, "κ is a ratio of two curvatures, and both are positive."),
        (1 / 12_500, 1 / 2000, "That is the smallest λ over the largest: κ is the other way."),
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
