"""The checks of 'Fitting polynomials'. NumPy and closed forms are the oracle."""

import numpy as np
import torch

from course_utils.checks.causes import call, exercise
from course_utils.checks.core import NotDone, Wrong, arrays, diagnose, numbers
from course_utils.checks.reading import holds_ellipsis, named


@exercise(
    1,
    hint="x.reshape(-1, 1) is a column, torch.arange(n) a row of exponents; column ** row "
    "broadcasts to a table.",
)
def power_matrix(answer):
    """Judge `power_matrix(x, n)`: columns 1, x, x², … as a tensor of shape (len(x), n)."""
    means = {
        "must match the size": "PyTorch tried to pair the numbers of x with the exponents one by "
        "one: x must be a column, (len(x), 1), and the exponents a row, (n,).",
        "is invalid for input of size": "x may have any length: write -1.",
    }
    # With as many numbers as exponents a missing column shape would go unnoticed.
    for x, n in (([0.5, -1.5, 2.0, 0.0, 3.0, 1.25], 4), ([1.5, -0.5, 3.0], 3), ([-2.0, 0.4], 5)):
        x = torch.tensor(x)
        got = call(answer, x, n, means=means)
        shape = tuple(getattr(got, "shape", ()))
        if shape == (n,) == tuple(x.shape):
            raise Wrong(
                f"{n} numbers and {n} powers give shape ({n}, {n}), not ({n},): make x a column "
                "first."
            )
        if shape[:1] == (len(x),) != shape and shape[1:] in ((n - 1,), (n + 1,)):
            raise Wrong(f"For n = {n} that has {shape[1]} columns: the exponents are 0 to n − 1.")
        (got,) = arrays(got, {"the matrix": (len(x), n)})
        want = np.vander(x.double().numpy(), n, increasing=True)
        column, exponents = x.double().numpy()[:, None], np.arange(n, dtype=float)
        mistakes = {
            "The powers come in falling order: the constant column of ones belongs first, "
            "so that W[0] is the constant.": want[:, ::-1],
            "It begins with x: the first column is x⁰, all ones, and the last is "
            f"x to the power {n - 1}.": want * column,
            "They come in falling order, and the ones are missing: begin with x⁰.": (
                (want * column)[:, ::-1]
            ),
            "The first column is x⁰: ones, not zeros.": want * (exponents > 0),
            "Each column is a multiple of x: write a power, **, not a product.": column * exponents,
            "Those are sums: write a power, **.": column + exponents,
            "Those are exponents raised to x: swap base and exponent.": exponents[None] ** column,
            "The shape is right, the order isn't: that is the transpose, reshaped.": (
                want.T.reshape(len(x), n)
            ),
        }
        diagnose(got, want, mistakes, rtol=1e-5)
    return "Each row holds the powers of one x, each column one power of all of them."


# Of each change: whether it takes fewer epochs, the same number or more, and where to look.
_CHANGES = {
    "A": ("same", "where is y in H = 2/n·AᵀA?"),
    "B": ("fewer", "compute κ with four columns and with five."),
    "C": ("more", "compute κ at x64 + 1 and at x64."),
    "D": ("same", "H is a mean over the rows. What does it change if each is there twice?"),
}
_WORDS = {"less": "fewer", "the same": "same"}


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
    if given == ["fewer", "fewer", "more", "fewer"]:
        raise Wrong("That compares with lr = 0.05: our fit, too, now runs at half of its limit.")
    wrong = [k for k, got in zip(_CHANGES, given, strict=True) if got != _CHANGES[k][0]]
    if wrong:
        raise Wrong(f"Look at {wrong[0]} again: {_CHANGES[wrong[0]][1]}")
    return "Only the columns of A count. You know it of any data before an epoch runs."


def _parts(answer):
    if isinstance(answer, dict):
        missing = [k for k in _CHANGES if not {k, k.lower()} & set(answer)]
        if missing:
            raise Wrong(f"{missing[0]} is missing.")
        answer = [answer.get(k, answer.get(k.lower())) for k in _CHANGES]
    elif isinstance(answer, str):
        answer = answer.replace(",", " ").split()
    elif isinstance(answer, (set, frozenset)):
        raise Wrong("A set has no order: write a list, for A, B, C and D in this order.")
    if not isinstance(answer, (list, tuple, np.ndarray)):
        raise Wrong(f"Expected a list of four words, for A, B, C and D, got {named(answer)}.")
    parts = list(answer)
    if len(parts) != 4:
        raise Wrong(f"Expected four words, for A, B, C and D, got {len(parts)}.")
    return parts


def _word(part):
    word = part.strip(" .").lower() if isinstance(part, str) else ""
    word = _WORDS.get(word, word)
    if word not in ("fewer", "same", "more"):
        raise Wrong(f'Write "fewer", "same" or "more", got {part!r:.40}.')
    return word


_DIVIDE = "Divide the epoch of the last cliff by that of the first."


@exercise(
    3,
    hint="the curve has three cliffs, one for each mode. In the loss, a mode's cliff comes at "
    "about 1/(2·lr·λ); κ is the largest λ over the smallest.",
)
def kappa(answer):
    """Judge `kappa`: the condition number read off the cliffs of a loss curve, within two."""
    if isinstance(answer, str):
        raise Wrong("Type a number, without quotes.")
    if isinstance(answer, tuple):
        raise Wrong("Expected one number: divide the two, and write it without a comma.")
    if answer is None:
        raise Wrong("This is None: type a number.")
    (got,) = numbers(answer, ("κ",))
    if 2000 <= got <= 12_500:
        return "It is 5,000. You read a bowl's shape off its loss, without seeing the data."
    for low, high, told in (
        (-np.inf, 0, "κ is a ratio of two curvatures, and both are positive."),
        (1 / 12_500, 1 / 2000, "That is the smallest λ over the largest: κ is the other way."),
        (0, 1, "κ is the largest λ over the smallest: it is at least 1."),
        (15, 30, "Is that the epoch of the first cliff, or a ratio of two heights?"),
        (30, 60, "Is that from the first cliff to the second? Go on to the last."),
        (80, 200, "Is that from the second cliff to the last? Begin with the first."),
        (300, 500, "Is that a ratio of two heights?"),
        (292_000, 294_000, "That is κ of the lesson's own fit; this is another one."),
        (50_000, 300_000, "Is that the epoch of the last cliff? The learning rate is in it."),
        (300_000, np.inf, "Is that where the curve ends, or a ratio of two heights?"),
    ):
        if low < got < high:
            raise Wrong(f"{told} {_DIVIDE}")
    raise Wrong(_DIVIDE)
