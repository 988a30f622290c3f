"""The checks of 'How far to step'. Eigenvalues and whole numbers of steps are the oracle."""

import numpy as np

from course_utils.checks.causes import call, exercise
from course_utils.checks.core import Wrong, arrays, diagnose, numbers, same
from course_utils.checks.reading import shape_of
from course_utils.checks.verdicts import Unknown
from course_utils.descent import QuadraticLoss, design_matrix


@exercise(
    1,
    hint="divide one of the last losses by the one before: that is what one step does to the "
    "loss, the square of the factor 1 − 0.3·h. The factor is negative: each step jumps too far "
    "across.",
)
def limit(answer):
    """Judge `limit`: 2/h of the parabola on which a walk with lr = 0.3 explodes."""
    if isinstance(answer, str):
        raise Wrong("Type a number, without quotes.")
    if isinstance(answer, tuple):
        raise Wrong("Expected one number: Python writes it with a point, not with a comma.")
    if answer is None:
        raise Wrong("This is None: print shows a number, it doesn't return it.")
    got = numbers(answer, ("the limit",))
    lr, losses = 0.3, 7266.7 / 5494.7
    distances = losses**0.5
    h = (1 + distances) / lr
    mistakes = {
        "The loss is the square of a distance: take the root of its factor first.": [
            2 * lr / (1 + losses)
        ],
        "That is the curvature with the root forgotten. The loss is the square of a distance, and "
        "the limit is 2/h.": [(1 + losses) / lr],
        "That is the curvature h; the limit is 2/h.": [h],
        "That is lr·h; divide it by lr, and the limit is 2/h.": [lr * h],
        "That is 1/h, which lands on the bottom in one step; the limit is 2/h.": [1 / h],
        "That is the factor of the loss: go on from there.": [losses],
        "That is how much the distance grows: go on from there.": [distances],
        "That is the factor of a step. From 1 − lr·h you get the curvature, then the limit.": [
            -distances
        ],
        "You divided the rate by the growth of the distance. The factor is 1 − lr·h: "
        "solve it for h.": [lr / distances],
        "You divided the rate by the growth of the loss. Its root is the size of 1 − lr·h: "
        "solve that for h.": [lr / losses],
        "A limit can't be negative. Each step lands on the other side, so the factor 1 − lr·h "
        "is negative.": [2 * lr / (1 - distances)],
        "That curvature is negative. Each step lands on the other side, so the factor 1 − lr·h "
        "is negative.": [(1 - distances) / lr],
        "That is the rate that explodes. The limit is below it.": [lr],
        "That is the limit of the eighty points; these are different data.": [0.8055],
    }
    try:
        diagnose(got, [2 / h], mistakes, rtol=5e-3)
    except Unknown:
        if got[0] <= 0:
            raise Wrong("A limit is above zero.") from None
        if got[0] > lr:
            raise Wrong("A rate of 0.3 explodes, so the limit is below it.") from None
        raise Wrong("That isn't the limit: what does one step do to the loss here?") from None
    return "An explosion tells you the curvature, and so the limit."


def _column(n, seed, width):
    return width * (np.random.RandomState(seed).randn(n, 1) + 0.5)


@exercise(
    2,
    hint="the design matrix has a column for each parameter, so here x², x and ones; "
    "then 2/n · AᵀA and its largest eigenvalue.",
)
def curve_limit(answer):
    """Judge `curve_limit(x)`: 2 / λmax of the MSE of v·x² + w·x + b; x of shape (n, 1)."""
    for n, width in ((8, 1.3), (5, 0.6)):
        x = _column(n, n + 3, width)
        got = call(answer, x, means={"core dimension": "Put the columns side by side, as (n, 3)."})
        if shape_of(got) == (3,):
            raise Wrong("These are three numbers, one for each eigenvalue: the largest sets it.")
        got = numbers(got, ("the limit",))

        def bowl(*columns, x=x):
            return QuadraticLoss(np.hstack(columns), x)

        ones = np.ones_like(x)
        right = bowl(x**2, x, ones)
        smallest, middle, largest = right.eigenvalues
        mistakes = {
            "That is the limit of the line: the model has a column x², too.": [
                QuadraticLoss(design_matrix(x), x).max_lr
            ],
            "The column of ones is missing: b is a parameter, too.": [bowl(x**2, x).max_lr],
            "The column x is missing: w is a parameter, too.": [bowl(x**2, ones).max_lr],
            "2x is the derivative of x² by x. Here v moves, and beside v stands x².": [
                bowl(2 * x, x, ones).max_lr
            ],
            "That is λmax itself; the limit is 2/λmax.": [largest],
            "That is 1/λmax; the limit is 2/λmax.": [1 / largest],
            "That is λmax/2, turned over; the limit is 2/λmax.": [largest / 2],
            "x² and x are added up: they are two columns, with a comma between them.": [
                bowl(x**2 + x, ones).max_lr
            ],
            "The ones are there twice: design_matrix adds them.": [
                bowl(x**2, x, ones, ones).max_lr
            ],
            "You divide by A.size, all numbers of A; the mean is over its rows.": [6 / largest],
            "That is four times too large: the 2 belongs above the line in H = 2/n · AᵀA.": [
                8 / largest
            ],
            "That is the best rate, 2/(λmax + λmin); the limit is 2/λmax.": [
                2 / (largest + smallest)
            ],
            "That uses the smallest eigenvalue; the largest one, of the steepest direction, "
            "sets the limit.": [2 / smallest],
            "That uses the eigenvalue in the middle; the largest one sets the limit. "
            "np.linalg.eigvalsh sorts them, np.linalg.eigvals doesn't.": [2 / middle],
            f"That is {n} times too small for {n} rows: AᵀA is a sum over rows, H holds their "
            "mean.": [2 / (n * largest)],
            "That is twice too large: the 2 from the square is missing in H = 2/n · AᵀA.": [
                4 / largest
            ],
            f"That is {n / 2:g} times too small for {n} rows: the factor 2/n is missing in "
            "H = 2/n · AᵀA.": [2 / (n / 2 * largest)],
            "You take the mean over 80 rows, those of the notebook; here it is len(x).": [
                2 / (n / 80 * largest)
            ],
            "That divides by the largest entry of H instead of its largest eigenvalue.": [
                2 / right.hessian.max()
            ],
            "That divides by the sum of the eigenvalues; the largest one sets the limit.": [
                2 / right.eigenvalues.sum()
            ],
        }
        try:
            diagnose(got, [right.max_lr], mistakes)
        except Unknown:
            if same(got, [right.max_lr], rtol=5e-3):
                raise Wrong("That is rounded: return all digits.") from None
            raise
    return "Three parameters, one steepest direction, one limit."


TOO_FEW = (
    "That is one step too few: round up, or start from 1, for before the first step all of it is "
    "left."
)
TOO_MANY = "That is one step too many: count only the steps until the share is reached."
EXACT = (
    "That is one step too many where the share is reached exactly: with lr 0.25, eigenvalues 2, "
    "4.5 and 6 and the share 0.25, two steps are enough."
)
ROUND = (
    "In a round bowl at half of the limit, every factor is 0. Then one step is enough, and a "
    "logarithm of 0 doesn't help."
)


@exercise(
    3,
    hint="each part keeps abs(1 − lr·λ) of itself per step. Take the largest of these, and "
    "multiply by it until no more than the share is left.",
)
def steps_needed(answer):
    """Judge `steps_needed(lr, eigenvalues, share)`: the fewest steps until all parts are small."""
    for lr, eigenvalues, share in ((0.3, [0.4, 2.0, 6.0], 0.001), (0.31, [1.0, 4.0, 6.2], 0.02)):
        got = _steps(answer, lr, eigenvalues, share)
        factors = np.abs(1 - lr * np.array(eigenvalues))
        slowest, kappa = factors.max(), eigenvalues[-1] / eigenvalues[0]

        def exact(factor, share=share):
            return np.log(share) / np.log(factor)

        def steps(factor, share=share):
            return float(np.ceil(np.log(share) / np.log(factor)))

        mistakes = {
            TOO_FEW: [steps(slowest) - 1],
            TOO_MANY: [steps(slowest) + 1],
            "Steps are whole numbers: round up.": [exact(slowest)],
            "A number of steps can't be negative.": [-steps(slowest)],
            "The share is of the distance; you count until the loss has shrunk to it.": [
                steps(slowest**2)
            ],
            "You took the part that dies out first; every part must shrink.": [
                steps(factors.min())
            ],
            "You added up the steps of all parts; they shrink at the same time.": [
                sum(map(steps, factors))
            ],
            "Your factor, (κ − 1)/(κ + 1), is that of the best rate; here lr is given.": [
                steps((kappa - 1) / (kappa + 1))
            ],
            "Your factor, 1 − 1/κ, is that of half of the limit; here lr is given.": [
                steps(1 - 1 / kappa)
            ],
        }
        if factors[0] == slowest:
            mistakes[
                "You looked at the largest eigenvalue alone; here the flat part is slower."
            ] = [steps(factors[-1])]
        else:
            mistakes[
                "The steep part is the slowest here: at this rate its factor is negative, and its "
                "size is what counts."
            ] = [steps(factors[0])]
            mistakes["You used 0.001 instead of the share given."] = [steps(slowest, 0.001)]
        diagnose(got, [steps(slowest)], mistakes)
    diagnose(_steps(answer, 0.01, [0.2, 30.0, 150.0], 0.03), [1752.0], {TOO_MANY: [1753.0]})
    diagnose(_steps(answer, 0.25, [2.0, 4.5, 6.0], 0.25), [2.0], {EXACT: [3.0]})
    diagnose(_steps(answer, 0.4, [2.5, 2.5], 0.03), [1.0], {ROUND: [0.0]})
    return "The slowest part decides, and it can be at either end."


def _steps(answer, lr, eigenvalues, share):
    means = {
        "math domain error": ROUND,
        "empty": ROUND,
        "returns None": "Or does it end before it reaches its return?",
    }
    got = call(answer, lr, np.array(eigenvalues), share, means=means)
    if len(eigenvalues) > 1 and shape_of(got) == (len(eigenvalues),):
        raise Wrong("You return a number for each part: the slowest part decides.")
    return numbers(got, ("the steps",))


@exercise(
    4,
    hint="both columns need the same mean and the same standard deviation: those of x_train.",
)
def standardise(answer):
    """Judge `standardise(x_train, x_new)`: both with the mean and the deviation of x_train."""
    for n, m, width in ((9, 4, 3.0), (6, 5, 0.4)):
        train, new = _column(n, n, width), _column(m, n + m, 2 * width) + 1.7
        both = np.vstack([train, new])
        got = call(answer, train, new)
        if isinstance(got, (tuple, list)) and [shape_of(part) for part in got] == [(m, 1), (n, 1)]:
            raise Wrong("The two columns are swapped: return train, new.")
        got = arrays(got, {"the training column": (n, 1), "the new column": (m, 1)})
        mean, std = train.mean(), train.std()
        _judge_column(
            "The training column isn't right",
            got[0],
            (train - mean) / std,
            {
                "The training column is as it was: standardise it, too.": train,
                "The ruler is made of both columns together. At training time the new points "
                "weren't there: use x_train alone.": (train - both.mean()) / both.std(),
                "The training column has the ruler of the new one: it must be the other way "
                "round.": (train - new.mean()) / new.std(),
                "You divide by n − 1 under the root (ddof=1); x.std() divides by n.": (
                    (train - mean) / train.std(ddof=1)
                ),
            },
        )
        _judge_column(
            "The training column is right, the new column isn't",
            got[1],
            (new - mean) / std,
            {
                "The new column still has a ruler of its own: use the mean and the standard "
                "deviation of x_train.": (new - new.mean()) / new.std(),
                "The new column is centred at its own mean: use that of x_train.": (
                    (new - new.mean()) / std
                ),
                "The new column is divided by its own standard deviation: use that of x_train.": (
                    (new - mean) / new.std()
                ),
                "The new column is not divided by the standard deviation.": new - mean,
                "The new column is not centred: subtract the mean of x_train.": new / std,
                "The new column is as it was. If you use the mean and the deviation of train: they "
                "are 0 and 1 already, so use those of x_train.": new,
                "Only the mean is divided: put brackets around x_new − mean.": new - mean / std,
                "The mean is added: subtract it.": (new + mean) / std,
                "That turns standardised numbers back into hours: subtract first, then divide.": (
                    new * std + mean
                ),
                "That is your own ruler, turned back into hours: leave the new column's own mean "
                "and deviation out.": (new - new.mean()) / new.std() * std + mean,
                "The new column is standardised twice.": ((new - mean) / std - mean) / std,
                "The new column is divided by the variance; the standard deviation is its root.": (
                    (new - mean) / std**2
                ),
                "The new column is multiplied by the standard deviation: divide.": (
                    (new - mean) * std
                ),
                "The new column is subtracted from the mean: it is upside down.": (mean - new)
                / std,
                "For the new column you divide by n − 1 under the root (ddof=1).": (
                    (new - mean) / train.std(ddof=1)
                ),
            },
        )
    return "One ruler for all that the model ever meets."


def _judge_column(told, got, want, mistakes):
    """Diagnose a column; an unknown mistake is told as the column that is wrong."""
    try:
        diagnose(got, want, mistakes)
    except Unknown as unknown:
        raise Unknown(f"{told}. {unknown}") from None
