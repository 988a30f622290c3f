"""The checks of 'Fitting polynomials'. NumPy and closed forms are the oracle."""

import numpy as np
import torch

from course_utils.checks.causes import call, exercise
from course_utils.checks.core import NotDone, Wrong, arrays, diagnose, numbers
from course_utils.checks.reading import holds_ellipsis


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


# Of each change: whether it takes fewer epochs, the same number or more, and why.
_CHANGES = {
    "A": ("same", "the targets move the bottom of the bowl, not its axes: H holds no y."),
    "B": ("fewer", "one column less looks like the others, and the flattest mode is gone."),
    "C": ("more", "from 1 to 2, the five columns look even more alike. Compute κ."),
    "D": ("same", "there are twice as many rows, but H is a mean over them."),
}


@exercise(
    2,
    hint="at half of the limit, κ alone decides. Make each power matrix, and compare the last of "
    "np.linalg.eigvalsh(2 / len(A) * A.T @ A) with the first.",
)
def answers(answer):
    """Judge `[…, …, …, …]`: "fewer", "same" or "more" epochs, for the changes A to D."""
    if holds_ellipsis(answer):
        raise NotDone
    given = [_word(part) for part in _parts(answer)]
    wrong = [k for k, got in zip(_CHANGES, given, strict=True) if got != _CHANGES[k][0]]
    if wrong:
        n_right = 4 - len(wrong)
        others = f" {n_right} of the 4 {'is' if n_right == 1 else 'are'} right." * (n_right > 0)
        raise Wrong(f"Look at {wrong[0]} again: {_CHANGES[wrong[0]][1]}{others}")
    return "You know it of any data before an epoch runs: only the columns of A count."


def _parts(answer):
    if isinstance(answer, dict):
        answer = [answer.get(change, answer.get(change.lower())) for change in _CHANGES]
    elif isinstance(answer, str):
        answer = answer.replace(",", " ").split()
    elif isinstance(answer, (set, frozenset)):
        raise Wrong("A set has no order: write a list, for A, B, C and D in this order.")
    parts = list(answer) if hasattr(answer, "__iter__") else [answer]
    if len(parts) != 4:
        raise Wrong(f"Expected four words, for A, B, C and D, got {len(parts)}.")
    return parts


def _word(part):
    word = part.strip().lower() if isinstance(part, str) else ""
    if word not in ("fewer", "same", "more"):
        raise Wrong(f'Write "fewer", "same" or "more", got {part!r:.40}.')
    return word


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
