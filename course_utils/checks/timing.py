"""The checks of 'Where the time goes'. The slow loops are the oracle, and a clock is beside them.

The measured ratio of two times on one machine is told, but no verdict says 'not right yet' for it.
"""

from time import perf_counter

import numpy as np
import torch

from course_utils.checks.causes import call, exercise, fixed_rates
from course_utils.checks.core import NotDone, arrays, diagnose
from course_utils.checks.matching import judge_match

clock = perf_counter  # read as `clock()` below, so that a test can put its own here


def _crawl(x, y, lr, n_epochs):
    """The loop of the lesson, row by row, with the table of powers made again in each epoch."""
    W = torch.zeros(4, dtype=torch.float64)
    for _ in range(n_epochs):
        gradient = torch.zeros(4, dtype=torch.float64)
        for i in range(len(x)):
            powers = torch.stack([x[i] ** k for k in range(4)])
            residual = powers @ W - y[i]
            gradient = gradient + 2 / len(x) * residual * powers
        W = W - lr * gradient
    return W


def _seconds(function, repeats):
    """The shortest of several times of function(), which has been called before."""
    times = []
    for _ in range(repeats):
        start = clock()
        function()
        times.append(clock() - start)
    return min(times)


def _gain(answer, slow, arguments):
    """How many times as fast as `slow` an answer is, on the same arguments, here and now."""
    times = []

    def timed(*given):
        start = clock()
        got = answer(*given)
        times.append(clock() - start)
        return got

    for _ in range(6):
        call(timed, *arguments)
    fastest = max(min(times[1:]), 1e-9)  # a coarse clock may say 0
    return _seconds(lambda: slow(*arguments), repeats=3) / fastest + 1e-6


def _told(gain, slow, hint):
    """Say how fast a right answer is; one that is no faster than the slow loop isn't done yet."""
    if gain < 4:
        raise NotDone(f"The result is right, but only {gain:.1f} times as fast as {slow}: {hint}")
    if gain < 20:
        return f"Same result, {int(gain)} times as fast; 20 is within reach: {hint}"
    return f"Same result, {int(gain):,} times as fast."


@exercise(
    1,
    hint="one table of powers, made once, serves all epochs; and one product with it serves all "
    "rows.",
)
def sprint(answer):
    """Judge `sprint(x, y, lr, n_epochs)`: the result of the slow loop, in less time."""
    for n, lr, n_epochs in ((7, 0.13, 5), (11, 0.07, 8), (40, 0.03, 10)):
        rng = np.random.RandomState(n)
        x, y = torch.from_numpy(rng.rand(n) + 0.2), torch.from_numpy(rng.randn(n) + 1)
        (got,) = arrays(call(answer, x, y, lr, n_epochs), {"W": (4,)})
        _judge_sprint(got, x, y, lr, n_epochs)
    gain = _gain(answer, _crawl, (x, y, lr, n_epochs))
    return _told(gain, "crawl", "how many calls does one epoch make? Six are enough.")


def _judge_sprint(got, x, y, lr, n_epochs):
    want = _crawl(x, y, lr, n_epochs).numpy()
    x, y = x.numpy(), y.numpy()
    n = len(x)

    def after(table=None, epochs=n_epochs, factor=2 / n, rate=lr, target=y):
        A, W = np.vander(x, 4, increasing=True) if table is None else table, np.zeros(4)
        for _ in range(epochs):
            W = W - rate * factor * A.T @ (A @ W - target)
        return W

    table = np.vander(x, 4, increasing=True)
    mistakes = {
        "W hasn't moved from zero.": np.zeros(4),
        "It climbs: subtract the gradient.": after(rate=-lr),
        "The learning rate isn't used.": after(rate=1.0),
        "You summed over the rows; crawl divides by their number.": after(factor=2.0),
        "The 2 of the gradient is missing.": after(factor=1 / n),
        "You divided by all entries of the table; crawl divides by the rows.": after(
            factor=2 / (4 * n)
        ),
        "The powers are in the wrong order: the constant is the first.": after(table[:, ::-1]),
        "The powers begin with x: the first column of crawl is x⁰, all ones.": after(
            table * x[:, None]
        ),
        "That is a single epoch: is the return inside the loop?": after(epochs=1),
        "That is one epoch too few.": after(epochs=n_epochs - 1),
        "That is one epoch too many.": after(epochs=n_epochs + 1),
        "That is the least-squares solution, as after very many epochs; crawl takes n_epochs.": (
            np.linalg.lstsq(table, y)[0]
        ),
        "W moves after each row here; crawl moves it once per epoch.": _row_by_row(
            table, y, lr * 2 / n, n_epochs
        ),
        "W moves after each row here, and by the whole step; crawl moves it once per epoch, by the "
        "mean.": _row_by_row(table, y, lr * 2, n_epochs),
        "That is the last row's gradient alone: add up all rows.": _last_row(
            table, y, lr * 2 / n, n_epochs
        ),
        **fixed_rates(lambda rate: after(rate=rate)),
    }
    diagnose(got, want, mistakes, rtol=1e-5)  # float32 will do


def _row_by_row(A, y, rate, n_epochs):
    W = np.zeros(A.shape[1])
    for _ in range(n_epochs):
        for row, target in zip(A, y, strict=True):
            W = W - rate * (row @ W - target) * row
    return W


def _last_row(A, y, rate, n_epochs):
    W = np.zeros(A.shape[1])
    for _ in range(n_epochs):
        W = W - rate * (A[-1] @ W - y[-1]) * A[-1]
    return W


# Of the printouts A to D: where the time goes, and what speaks against each other cause.
_CAUSES = {"A": 2, "B": 4, "C": 1, "D": 5}
_AGAINST = {
    ("A", 1): "overhead doesn't grow with the rows. A's time doubles with them.",
    ("A", 3): "the first call of A isn't shown. What happens when the rows double?",
    ("A", 4): "nothing in A is on another device. What happens when the rows double?",
    ("A", 5): "an interruption lengthens one time out of many. A's grow evenly.",
    ("B", 1): "overhead is there on the CPU as well. Which two of B's times differ, and by what?",
    ("B", 2): "the work is the same in the last two times of B. What is between them?",
    ("B", 3): "all of B's times come after a warm-up. What is between the last two?",
    ("B", 5): "each of B's times is the shortest of many. What is between the last two?",
    ("C", 2): "work grows with the rows. C has a hundred times the rows in about the same time.",
    ("C", 3): "all of C's times come after a warm-up.",
    ("C", 4): "all of C is on the CPU.",
    ("C", 5): "each of C's times is the shortest of many, and they hardly differ.",
    ("D", 1): "overhead is in each call alike. One of D's calls differs from the others.",
    ("D", 2): "the work is the same in all calls of D.",
    ("D", 3): "the first call of D isn't the long one.",
    ("D", 4): "D is on the CPU, and copies nothing.",
}


@exercise(
    2,
    hint="ask of each: what changes from number to number, the rows, the call or the device? And "
    "does the time follow?",
)
def causes(answer):
    """Judge `[…, …, …, …]`: the numbers of where the time goes in A, B, C and D."""
    judge_match(answer, _CAUSES, _AGAINST, "cause")
    return "You can tell from a few times what would help."


def _one_by_one(A, y, lrs, n_epochs):
    """W after n_epochs for each learning rate, one training after another."""
    return np.array([_descent(A, y, lr, n_epochs) for lr in lrs])


def _descent(A, y, lr, n_epochs, factor=2.0):
    W = np.zeros(A.shape[1])
    for _ in range(n_epochs):
        W = W - lr * factor / len(y) * A.T @ (A @ W - y)
    return W


@exercise(
    3,
    hint="a row of W for each learning rate: the residuals have a row for each, too, and the "
    "learning rates are a column.",
)
def sweep(answer):
    """Judge `sweep(A, y, lrs, n_epochs)`: W for each learning rate, shape (m, d)."""
    for n, d, m, n_epochs in ((7, 3, 5, 6), (9, 4, 6, 8), (12, 3, 60, 10)):
        rng = np.random.RandomState(n)
        A, y, lrs = rng.randn(n, d), rng.randn(n) + 1, rng.rand(m) * 0.2 + 0.01
        (got,) = arrays(call(answer, A, y, lrs, n_epochs), {"W": (m, d)})
        _judge_sweep(got, A, y, lrs, n_epochs)
    gain = _gain(answer, _one_by_one, (A, y, lrs, n_epochs))
    if gain < 2:
        raise NotDone(
            f"The result is right, but only {gain:.1f} times as fast as one training after "
            "another. Let each product do the work of all learning rates."
        )
    return f"{m} trainings, {int(gain)} times as fast as one after another."


def _judge_sweep(got, A, y, lrs, n_epochs):
    def after(rates=lrs, epochs=n_epochs, factor=2.0):
        return np.array([_descent(A, y, lr, epochs, factor) for lr in rates])

    (n, d), m = A.shape, len(lrs)
    mistakes = {
        "W hasn't moved from zero.": np.zeros_like(got),
        "It climbs: subtract the gradient.": after(-lrs),
        "You summed over the rows; take the mean.": after(factor=2.0 * n),
        "The 2 of the gradient is missing.": after(factor=1.0),
        "The 2 and the division by the rows are missing.": after(factor=1.0 * n),
        "You divided by the number of learning rates: divide by the rows of A.": after(
            factor=2.0 * n / m
        ),
        "You divided by the columns of A: divide by its rows.": after(factor=2.0 * n / d),
        "The mean runs over all learning rates, too: divide by the rows of A alone.": after(
            factor=2.0 / m
        ),
        "All rows are those of the first learning rate.": after(np.full(m, lrs[0])),
        "All rows are those of the last learning rate.": after(np.full(m, lrs[-1])),
        "All rows are those of the mean learning rate.": after(np.full(m, lrs.mean())),
        "The order is reversed.": after(lrs[::-1]),
        "That is a single epoch: is the return inside the loop?": after(epochs=1),
        "That is one epoch too few.": after(epochs=n_epochs - 1),
        "That is one epoch too many.": after(epochs=n_epochs + 1),
        "The learning rates aren't used.": after(np.ones(m)),
    }
    diagnose(got, after(), mistakes)
